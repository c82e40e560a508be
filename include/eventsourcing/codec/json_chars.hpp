// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_CHARS_HPP
#define EVENTSOURCING_CODEC_JSON_CHARS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace eventsourcing::detail {

/// Whether a byte of a JSON string is special: the quote, the backslash, control characters and all
/// that is not ASCII. Other bytes mean themselves.
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
    // A subtraction borrows from the byte below only if that one is special itself, so the lowest
    // bit found is correct, whatever is found above it.
    const std::uint64_t quote = (word ^ each * '"') - each;
    const std::uint64_t backslash = (word ^ each * '\\') - each;
    const std::uint64_t control = word - each * 0x20;
    return (quote | backslash | control | word) & each * 0x80;
}

/// Fewer than eight bytes as a number; the missing ones are 0.
inline std::uint64_t load_part(const char* at, std::size_t size) {
    const auto byte = [at](std::size_t i) {
        return std::uint64_t{static_cast<unsigned char>(at[i])} << 8 * i;
    };
    if (size < 4) // the first, the middle and the last, which may be the same
        return size == 0 ? 0 : byte(0) | byte(size / 2) | byte(size - 1);
    const auto four = [at](std::size_t i) {
        std::uint32_t word = 0;
        std::memcpy(&word, at + i, sizeof word);
        if constexpr (std::endian::native == std::endian::big)
            word = __builtin_bswap32(word);
        return std::uint64_t{word} << 8 * i;
    };
    return four(0) | four(size - 4); // they may overlap
}

/// Whether `size` bytes are the same; for names, which are so short that calling memcmp costs more
/// than comparing.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
    if (size < 8)
        return load_part(a, size) == load_part(b, size);
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (load_eight(a + i) != load_eight(b + i))
            return false;
    return load_eight(a + size - 8) == load_eight(b + size - 8); // the last eight; they may overlap
}

/// The first special byte from `at` on, or `end`.
inline const char* skip_plain(const char* at, const char* end) {
    for (; end - at >= 8; at += 8)
        if (const auto found = special_bytes(load_eight(at)); found != 0)
            return at + std::countr_zero(found) / 8;
    const auto left = static_cast<std::size_t>(end - at);
    constexpr std::uint64_t quotes = 0x0101010101010101U * '"';
    const auto word = load_part(at, left) | quotes
                                                << 8 * left; // stops after the last at the latest
    return at + std::countr_zero(special_bytes(word)) / 8;
}

} // namespace eventsourcing::detail

#endif
