// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STEP_HPP
#define EVENTSOURCING_RUNTIME_STEP_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace eventsourcing {

/// What a step of a subscription, a relay or a process manager did, and when the next one is worth
/// making.
struct Step {
    enum class Kind : std::uint8_t {
        worked,  ///< there may be more to do at once
        idle,    ///< all that there is has been handled
        waiting, ///< something failed that may pass; it is tried again at `next`
        stopped, ///< it does nothing until `resume`; `status()` says why
    };

    Kind kind = Kind::idle;
    /// How many events were handled.
    std::size_t events = 0;
    /// An instant of the environment's monotonic clock. Idle: when there is something to do without
    /// a new event. Waiting: when it is tried again.
    std::optional<std::chrono::steady_clock::time_point> next{};

    bool operator==(const Step&) const = default;
};

} // namespace eventsourcing

#endif
