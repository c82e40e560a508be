// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CALL_OPTIONS_HPP
#define EVENTSOURCING_STORE_CALL_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>

#include <chrono>
#include <optional>
#include <stop_token>

namespace eventsourcing {

/// How long a call may wait, and what may stop it. Without either it waits as long as it must.
///
/// After the deadline a call returns `errc::timed_out`, after a stop `errc::cancelled`; both mean
/// that nothing was done. If something may have been done it is `errc::unknown_outcome`.
struct CallOptions {
    std::optional<std::chrono::steady_clock::time_point> deadline{};
    std::stop_token stop{};

    /// The options of a call that may last this long from now on, at most to the end of the clock.
    [[nodiscard]] static CallOptions within(std::chrono::nanoseconds time) {
        using Clock = std::chrono::steady_clock;
        const auto now = Clock::now();
        const auto end = Clock::time_point::max();
        return {.deadline = time < end - now ? now + time : end};
    }
};

namespace detail {

/// What a store checks before it begins: `cancelled` after a stop, `timed_out` after the deadline.
inline Result<void> check_call(const CallOptions& call) {
    if (call.stop.stop_requested())
        return errc::cancelled;
    if (call.deadline && std::chrono::steady_clock::now() >= *call.deadline)
        return errc::timed_out;
    return {};
}

} // namespace detail

} // namespace eventsourcing

#endif
