// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_PERCENT_HPP
#define EVENTSOURCING_CORE_PERCENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Percent-encoding (RFC 3986, 2.1).

namespace eventsourcing::detail {

/// Whether a URL may contain this character as it is, in any of its parts (RFC 3986, unreserved).
constexpr bool is_unreserved(char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

/// Appends a byte as `%` and two hexadecimal digits in upper case.
inline void append_encoded_byte(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += '%';
    out += digits[static_cast<unsigned char>(byte) >> 4U];
    out += digits[static_cast<unsigned char>(byte) & 0xFU];
}

/// Appends `text` as one part of a URL: all except the unreserved characters as `%C3`.
inline void append_percent_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_unreserved(c))
            out += c;
        else
            append_encoded_byte(out, c);
    }
}

/// Decodes `text`; nothing if a `%` is not followed by two hexadecimal digits.
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
