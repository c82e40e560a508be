// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_BACKOFF_HPP
#define EVENTSOURCING_RUNTIME_BACKOFF_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace eventsourcing {

/// How long to wait between attempts: a random part of a time that doubles with each one, so that
/// callers that collided once do not collide again.
struct Backoff {
    /// The longest first wait, 0 or more.
    std::chrono::nanoseconds first = std::chrono::milliseconds(2);
    /// The longest of all waits, at least `first`.
    std::chrono::nanoseconds most = std::chrono::milliseconds(250);

    /// The wait after the attempt of this number, from 1: from nothing up to `first` for the first
    /// one. Asks the environment for one random number.
    [[nodiscard]] std::chrono::nanoseconds after(unsigned attempt,
                                                 const Environment& environment) const {
        std::chrono::nanoseconds time = first;
        for (unsigned i = 1; i < attempt && time < most; ++i)
            time += std::min(time, most - time);
        return std::chrono::nanoseconds(static_cast<std::int64_t>(
            environment.jitter() * static_cast<double>(std::min(time, most).count())));
    }
};

} // namespace eventsourcing

#endif
