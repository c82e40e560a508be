// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_PERCENT_HPP
#define EVENTSOURCING_CLOUDEVENTS_PERCENT_HPP

#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <string>
#include <string_view>

// Percent-encoding (RFC 3986, 2.1).

namespace eventsourcing::detail {

/// Appends `%` and two hexadecimal digits in upper case.
inline void percent_encode(char byte, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += '%';
    out += digits[static_cast<unsigned char>(byte) >> 4U];
    out += digits[static_cast<unsigned char>(byte) & 0xFU];
}

/// Appends the bytes that `text` stands for. False where `%` is not followed by two hexadecimal
/// digits.
inline bool percent_decode(std::string_view text, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3 || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2]))
            return false;
        out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
        i += 2;
    }
    return true;
}

} // namespace eventsourcing::detail

#endif
