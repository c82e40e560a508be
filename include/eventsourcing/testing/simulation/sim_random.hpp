// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_RANDOM_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_RANDOM_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstdint>

namespace eventsourcing {

namespace detail {

/// The mixing of SplitMix64: each bit of the result depends on each bit of the number.
constexpr std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

} // namespace detail

/// Random numbers from a seed, the same ones with every compiler. (Those of `<random>` differ from
/// one standard library to the next.)
///
/// Never draw twice in one argument list: compilers evaluate arguments in different orders.
class Random {
public:
    constexpr explicit Random(std::uint64_t seed) : state_(detail::mixed(seed + increment)) {}

    constexpr std::uint64_t next() {
        state_ += increment;
        return detail::mixed(state_);
    }
    /// 0 to `count - 1`; `count` is not 0.
    constexpr std::uint64_t below(std::uint64_t count) { return next() % count; }
    /// `first` to `last`, both included.
    constexpr std::int64_t between(std::int64_t first, std::int64_t last) {
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    /// True with this probability.
    constexpr bool chance(double probability) {
        return static_cast<double>(next() >> 11U) * 0x1p-53 < probability;
    }

private:
    static constexpr std::uint64_t increment = 0x9E3779B97F4A7C15U;

    std::uint64_t state_;
};

} // namespace eventsourcing

#endif
