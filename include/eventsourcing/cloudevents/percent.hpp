// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_PERCENT_HPP
#define EVENTSOURCING_CLOUDEVENTS_PERCENT_HPP

#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Percent-encoding (RFC 3986, 2.1).

namespace eventsourcing::detail {

/// Appends a byte as `%` and two hexadecimal digits in upper case.
inline void append_encoded_byte(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += '%';
    out += digits[static_cast<unsigned char>(byte) >> 4U];
    out += digits[static_cast<unsigned char>(byte) & 0xFU];
}

/// The bytes that `text` stands for; nothing where `%` is not followed by two hexadecimal digits.
inline std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3 || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2]))
            return std::nullopt;
        out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
        i += 2;
    }
    return out;
}

} // namespace eventsourcing::detail

#endif
