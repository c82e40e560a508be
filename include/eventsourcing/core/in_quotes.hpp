// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_IN_QUOTES_HPP
#define EVENTSOURCING_CORE_IN_QUOTES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// `text` in double quotes, safe in a message whatever it contains: control characters and bytes
/// that are not UTF-8 become `\x1b`, and what is over `limit` bytes becomes `...`.
inline std::string in_quotes(std::string_view text, std::size_t limit = 64) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    std::size_t i = 0;
    while (i < text.size() && i < limit) {
        const auto [value, size] = decode_utf8(text.substr(i));
        if (size != 0 && !is_control(value)) {
            if (value == '"' || value == '\\')
                out += '\\';
            out += text.substr(i, size);
            i += size;
            continue;
        }
        for (const auto end = i + (size == 0 ? 1 : size); i < end; ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            out += "\\x";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        }
    }
    return out += i < text.size() ? "...\"" : "\"";
}

} // namespace eventsourcing::detail

#endif
