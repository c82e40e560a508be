// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_SHOWN_TEXT_HPP
#define EVENTSOURCING_TOOL_SHOWN_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/tool/character_width.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail::tool {

/// Whether a terminal may be given this character: no control character, which could change what
/// is on the screen, nor one that ends a line or turns the direction of the text around it.
constexpr bool is_harmless(char32_t c) {
    return !is_control(c) && !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069);
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

/// JSON on one line, of which a terminal may be given each character: in a string it is `\u009b`.
inline std::string harmless_json(std::string_view json) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto [c, size] = decode_utf8(json);
        const std::size_t taken = std::max<std::size_t>(size, 1);
        if (size != 0 && is_harmless(c)) {
            out += json.substr(0, taken);
        } else if (size != 0 && c < ' ') {
            out += ' '; // between two tokens
        } else {
            const char32_t shown = size == 0 ? 0xFFFD : c; // below 0x10000, as all that are not
            out += "\\u";
            for (const unsigned shift : {12U, 8U, 4U, 0U})
                out += digits[(shown >> shift) & 0xFU];
        }
        json.remove_prefix(taken);
    }
    return out;
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
