// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_CHARS_HPP
#define EVENTSOURCING_CODEC_JSON_CHARS_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace eventsourcing::detail {

/// Whether a byte needs a closer look inside a JSON string: the quote, the backslash, control
/// characters and whatever is not ASCII. All others stand for themselves.
constexpr bool is_special(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
}

/// Eight bytes of memory as a number, the first byte in its lowest bits.
inline std::uint64_t load_eight(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big)
        word = __builtin_bswap64(word);
    return word;
}

/// Not 0 if one of the eight bytes is special; its lowest bit is in the first of them.
constexpr std::uint64_t special_bytes(std::uint64_t word) {
    constexpr std::uint64_t each = 0x0101010101010101U;
    // A subtraction borrows from the byte below only if that one is special itself, so that the
    // lowest bit found is true, whatever is found above it.
    const std::uint64_t quote = (word ^ each * '"') - each;
    const std::uint64_t backslash = (word ^ each * '\\') - each;
    const std::uint64_t control = word - each * 0x20;
    return (quote | backslash | control | word) & each * 0x80;
}

/// Whether `size` bytes are the same; for names, for which calling memcmp costs more than
/// comparing.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
    if (size < 8) {
        while (size != 0 && a[size - 1] == b[size - 1])
            --size;
        return size == 0;
    }
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (load_eight(a + i) != load_eight(b + i))
            return false;
    return load_eight(a + size - 8) == load_eight(b + size - 8); // the last eight, again if need be
}

/// The first special byte from `at` on, or `end`.
inline const char* skip_plain(const char* at, const char* end) {
    for (; end - at >= 8; at += 8)
        if (const auto found = special_bytes(load_eight(at)); found != 0)
            return at + std::countr_zero(found) / 8;
    while (at != end && !is_special(*at))
        ++at;
    return at;
}

} // namespace eventsourcing::detail

#endif
