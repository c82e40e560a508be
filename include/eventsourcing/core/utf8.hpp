// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UTF8_HPP
#define EVENTSOURCING_CORE_UTF8_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace eventsourcing::detail {

/// A decoded Unicode scalar value with the number of bytes it took; 0 bytes if they are not UTF-8.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0;
};

/// Decodes the code point at the start of `text` (RFC 3629: no overlong forms, no surrogates,
/// nothing above U+10FFFF). `text` is not empty.
constexpr CodePoint decode_utf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80)
        return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size)
        return {};
    // the range of the second byte depends on the first one; the others are 80..BF
    unsigned low = 0x80;
    unsigned high = 0xBF;
    switch (lead) {
    case 0xE0:
        low = 0xA0;
        break; // overlong
    case 0xED:
        high = 0x9F;
        break; // surrogates
    case 0xF0:
        low = 0x90;
        break; // overlong
    case 0xF4:
        high = 0x8F;
        break; // above U+10FFFF
    default:
        break;
    }
    char32_t value = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const unsigned next = byte(i);
        if (next < low || next > high)
            return {};
        value = value << 6U | (next & 0x3FU);
        low = 0x80;
        high = 0xBF;
    }
    return {value, size};
}

/// A control character: C0, delete and C1.
constexpr bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}
/// One of the 66 code points that Unicode never assigns.
constexpr bool is_noncharacter(char32_t c) {
    return (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/// How many of the first bytes of `text` are ASCII, checked eight at a time: maybe some too few.
inline std::size_t ascii_words(std::string_view text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t i = 0;
    for (std::uint64_t word = 0; i + sizeof word <= text.size(); i += sizeof word) {
        std::memcpy(&word, text.data() + i, sizeof word);
        if ((word & high_bits) != 0)
            break;
    }
    return i;
}

/// The place of the first byte that is not valid UTF-8; `npos` if there is none.
constexpr std::size_t first_invalid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        if (!std::is_constant_evaluated())
            i += ascii_words(text.substr(i));
        // after ASCII comes another script, or the end: stay here for some characters
        for (int n = 0; n < 16 && i < text.size(); ++n) {
            const auto size = decode_utf8(text.substr(i)).size;
            if (size == 0)
                return i;
            i += size;
        }
    }
    return std::string_view::npos;
}

constexpr bool valid_utf8(std::string_view text) {
    return first_invalid_utf8(text) == std::string_view::npos;
}

} // namespace eventsourcing::detail

#endif
