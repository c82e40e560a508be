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
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = from + bytes.size();
    for (; end - from >= 3; from += 3, to += 4) {
        const std::uint32_t group =
            std::uint32_t{from[0]} << 16U | std::uint32_t{from[1]} << 8U | from[2];
        to[0] = base64_digits[group >> 18U];
        to[1] = base64_digits[group >> 12U & 63U];
        to[2] = base64_digits[group >> 6U & 63U];
        to[3] = base64_digits[group & 63U];
    }
    if (from == end)
        return;
    const std::uint32_t last =
        std::uint32_t{from[0]} << 8U | (end - from == 2 ? std::uint32_t{from[1]} : 0);
    to[0] = base64_digits[last >> 10U];
    to[1] = base64_digits[last >> 4U & 63U];
    if (end - from == 2)
        to[2] = base64_digits[last << 2U & 63U];
}

/// The values of the digits; 255 for other characters.
inline constexpr std::array<std::uint8_t, 256> base64_values = [] {
    std::array<std::uint8_t, 256> out{};
    for (auto& value : out)
        value = 255;
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
    const std::size_t begin = out.size();
    out.resize(begin + text.size() / 4 * 3 - padding);
    char* to = out.data() + begin;
    const auto value = [&text](std::size_t i) {
        return std::uint32_t{base64_values[static_cast<unsigned char>(text[i])]};
    };
    const std::size_t whole = text.size() - (padding == 0 ? 0 : 4);
    std::uint32_t wrong = 0; // other characters set its upper bits
    std::size_t i = 0;
    for (; i < whole; i += 4, to += 3) {
        const std::uint32_t a = value(i);
        const std::uint32_t b = value(i + 1);
        const std::uint32_t c = value(i + 2);
        const std::uint32_t d = value(i + 3);
        wrong |= a | b | c | d;
        const std::uint32_t group = a << 18U | b << 12U | c << 6U | d;
        to[0] = static_cast<char>(static_cast<unsigned char>(group >> 16U));
        to[1] = static_cast<char>(static_cast<unsigned char>(group >> 8U));
        to[2] = static_cast<char>(static_cast<unsigned char>(group));
    }
    if (padding == 0)
        return wrong < 64;
    const std::uint32_t c = padding == 1 ? value(i + 2) : 0;
    wrong |= value(i) | value(i + 1) | c;
    const std::uint32_t group = value(i) << 18U | value(i + 1) << 12U | c << 6U;
    to[0] = static_cast<char>(static_cast<unsigned char>(group >> 16U));
    if (padding == 1)
        to[1] = static_cast<char>(static_cast<unsigned char>(group >> 8U));
    return wrong < 64 && (group & (padding == 1 ? 0xFFU : 0xFFFFU)) == 0;
}

} // namespace eventsourcing::detail

#endif
