// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_SHOWN_TEXT_HPP
#define EVENTSOURCING_TOOL_SHOWN_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail::tool {

/// Whether a terminal may be given this character: no control character, which could change what
/// is on the screen, nor one that turns the direction of the text around it.
constexpr bool is_harmless(char32_t c) {
    return !is_control(c) && !(c >= 0x202A && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069);
}

/// Any bytes as text for a terminal: what is not harmless UTF-8 becomes `\x1b`.
inline std::string shown_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    while (!bytes.empty()) {
        const auto [c, size] = decode_utf8(bytes);
        const std::size_t taken = std::max<std::size_t>(size, 1);
        if (size != 0 && is_harmless(c))
            out += bytes.substr(0, taken);
        else
            for (const char byte : bytes.substr(0, taken)) {
                const auto value = static_cast<unsigned char>(byte);
                out += "\\x";
                out += digits[value >> 4U];
                out += digits[value & 0xFU];
            }
        bytes.remove_prefix(taken);
    }
    return out;
}

struct CodePointRange {
    char32_t first;
    char32_t last;
};
/// Combining and invisible characters.
inline constexpr CodePointRange without_width[] = {{0x300, 0x36F},   {0x1AB0, 0x1AFF},
                                                   {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
                                                   {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};
/// East Asian characters and emoji, two columns wide.
inline constexpr CodePointRange of_double_width[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

/// How many columns of a terminal a character takes.
inline std::size_t width_of(char32_t c) {
    const auto holds = [c](const CodePointRange& range) {
        return c >= range.first && c <= range.last;
    };
    if (std::any_of(std::begin(without_width), std::end(without_width), holds))
        return 0;
    return std::any_of(std::begin(of_double_width), std::end(of_double_width), holds) ? 2 : 1;
}

/// How many columns of a terminal a harmless text takes.
inline std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto [c, size] = decode_utf8(text);
        width += width_of(c);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return width;
}

/// A harmless text in at most `most` columns; what is cut off becomes `…`. `most` is 1 or more.
inline std::string cut_to(std::string_view text, std::size_t most) {
    if (width_of(text) <= most)
        return std::string(text);
    std::size_t width = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const auto [c, size] = decode_utf8(text.substr(end));
        if (width + width_of(c) > most - 1)
            break;
        width += width_of(c);
        end += std::max<std::size_t>(size, 1);
    }
    return std::string(text.substr(0, end)) + "…";
}

} // namespace eventsourcing::detail::tool

#endif
