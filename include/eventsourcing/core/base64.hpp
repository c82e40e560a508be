// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_BASE64_HPP
#define EVENTSOURCING_CORE_BASE64_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// RFC 4648, section 4: with padding, without line breaks.

namespace eventsourcing::detail {

inline constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `bytes` in Base64.
inline void encode_base64(std::string_view bytes, std::string& out) {
    const std::size_t begin = out.size();
    out.resize(begin + (bytes.size() + 2) / 3 * 4, '=');
    char* to = out.data() + begin;
    const auto byte = [&bytes](std::size_t i) {
        return i < bytes.size() ? std::uint32_t{static_cast<unsigned char>(bytes[i])} : 0;
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::uint32_t group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
        const std::size_t digits = bytes.size() - i < 3 ? bytes.size() - i + 1 : 4;
        for (std::size_t digit = 0; digit < digits; ++digit)
            to[digit] = base64_digits[group >> (18 - 6 * digit) & 63U];
        to += 4;
    }
}

/// The values of the digits, 64 for other characters.
inline constexpr std::array<std::uint8_t, 256> base64_values = [] {
    std::array<std::uint8_t, 256> out{};
    for (auto& value : out)
        value = 64;
    for (std::size_t i = 0; i < base64_digits.size(); ++i)
        out[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint8_t>(i);
    return out;
}();

/// Decodes `text` and appends its bytes. False if it is no Base64: another character, no or wrong
/// padding, or bits at its end that belong to no byte.
inline bool decode_base64(std::string_view text, std::string& out) {
    if (text.size() % 4 != 0)
        return false;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const std::size_t digits = text.size() - padding;
    out.reserve(out.size() + digits * 3 / 4);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const std::uint32_t value = base64_values[static_cast<unsigned char>(text[i])];
        if (value == 64)
            return false;
        bits = bits << 6U | value;
        if (i % 4 == 0)
            continue;
        const unsigned left = 6U - 2U * static_cast<unsigned>(i % 4); // bits for the next byte
        out += static_cast<char>(static_cast<unsigned char>(bits >> left));
        bits &= (1U << left) - 1U;
    }
    return bits == 0;
}

} // namespace eventsourcing::detail

#endif
