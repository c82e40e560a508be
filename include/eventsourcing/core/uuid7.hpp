// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UUID7_HPP
#define EVENTSOURCING_CORE_UUID7_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/random_bits.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <bit>
#include <cstdint>

namespace eventsourcing {

namespace detail {

/// The ordered part of UUIDv7 ids: 48 bits of milliseconds and 12 bits of their fraction in units
/// of 1/4096 ms (RFC 9562 section 6.2, method 3). It ascends with every call, whatever the clock
/// does: if the clock stands still or goes back, by one unit of 244 ns.
class Uuid7Clock {
public:
    constexpr std::uint64_t next(Timestamp now) {
        const auto time = units(now);
        return last_ = time > last_ ? time : last_ + 1;
    }

private:
    static constexpr std::uint64_t units(Timestamp now) {
        if (now.unix_seconds() < 0)
            return 0; // an id has no time before 1970
        const auto nanoseconds = std::uint64_t{now.nanoseconds()};
        const auto milliseconds =
            static_cast<std::uint64_t>(now.unix_seconds()) * 1000 + nanoseconds / 1'000'000;
        return milliseconds << 12U | (nanoseconds % 1'000'000) * 4096 / 1'000'000;
    }

    std::uint64_t last_ = 0;
};

/// The number whose bytes in memory are those of `number`, the most significant one first.
constexpr std::uint64_t big_endian(std::uint64_t number) {
    return std::endian::native == std::endian::big ? number : __builtin_bswap64(number);
}

/// A UUIDv7 of 60 bits of time and 62 random ones (the upper two of `random` are not used).
constexpr Uuid make_uuid7(std::uint64_t time, std::uint64_t random) {
    constexpr std::uint64_t version = 7;
    constexpr std::uint64_t variant = 2;
    const std::uint64_t high = time >> 12U << 16U | version << 12U | (time & 0xFFFU);
    const std::uint64_t low = variant << 62U | (random & 0x3FFF'FFFF'FFFF'FFFFU);
    return Uuid{std::bit_cast<Uuid::Bytes>(std::array{big_endian(high), big_endian(low)})};
}

} // namespace detail

/// A new UUIDv7 (RFC 9562) of the time `now`, to about 244 ns, and 62 random bits of the operating
/// system. May be called from several threads at once.
///
/// The ids of one thread ascend strictly, also if `now` stands still or goes back: they go on from
/// the latest time seen. So pass the time of the system's clock; a simulated clock needs an
/// `Environment` of its own. A forked child never repeats ids of its parent.
inline Uuid new_uuid7(Timestamp now) {
    static constinit thread_local detail::Uuid7Clock clock;
    return detail::make_uuid7(clock.next(now), detail::random_bits());
}

} // namespace eventsourcing

#endif
