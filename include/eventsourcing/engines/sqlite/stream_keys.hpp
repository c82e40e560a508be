// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STREAM_KEYS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STREAM_KEYS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace eventsourcing::detail::sqlite {

/// SipHash-2-4 with the key 0 and `number`: each number gives another function.
constexpr std::uint64_t sip_hash(std::string_view bytes, std::uint64_t number) {
    std::array<std::uint64_t, 4> v{0x736f6d6570736575, 0x646f72616e646f6d ^ number,
                                   0x6c7967656e657261, 0x7465646279746573 ^ number};
    const auto rounds = [&v](int count) {
        for (; count > 0; --count) {
            v[0] += v[1];
            v[2] += v[3];
            v[1] = std::rotl(v[1], 13) ^ v[0];
            v[3] = std::rotl(v[3], 16) ^ v[2];
            v[0] = std::rotl(v[0], 32) + v[3];
            v[2] += v[1];
            v[3] = std::rotl(v[3], 21) ^ v[0];
            v[1] = std::rotl(v[1], 17) ^ v[2];
            v[2] = std::rotl(v[2], 32);
        }
    };
    std::uint64_t word = 0;
    std::size_t i = 0;
    for (const char c : bytes) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << 8 * (i % 8);
        if (++i % 8 != 0)
            continue;
        v[3] ^= word;
        rounds(2);
        v[0] ^= word;
        word = 0;
    }
    word |= std::uint64_t{bytes.size()} << 56;
    v[3] ^= word;
    rounds(2);
    v[0] ^= word;
    v[2] ^= 0xff;
    rounds(4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/// The keys of es_stream_events that a stream has: its number, 31 bits, above its revisions, 32.
struct StreamKeys {
    /// Every revision is below this.
    static constexpr std::int64_t revisions_end = 0xffff'ffff;

    /// The key of revision 0.
    std::int64_t first = 0;

    [[nodiscard]] constexpr std::int64_t last() const { return first + revisions_end; }
    /// The key of a revision; for one that is too large, a key that no event has.
    [[nodiscard]] constexpr std::int64_t at(std::int64_t revision) const {
        return first + std::min(revision, revisions_end);
    }
    [[nodiscard]] constexpr bool contain(std::int64_t key) const {
        return key >= first && key < last();
    }
    constexpr bool operator==(const StreamKeys&) const = default;
};

/// The number of a stream is a hash of its name; if another stream has that number already, the
/// next hash, and so on. Streams are never deleted, so each is found again in the same way. A name
/// has no place only if all hashes belong to other streams: with 2^31 numbers that does not happen
/// by chance.
inline constexpr std::uint64_t most_stream_places = 64;

/// The `place`th of the keys that a stream of this name may have; part of the format of the file.
constexpr StreamKeys stream_keys(std::string_view name, std::uint64_t place = 0) {
    return {static_cast<std::int64_t>(sip_hash(name, place) >> 33 << 32)};
}

} // namespace eventsourcing::detail::sqlite

#endif
