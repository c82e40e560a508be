// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CALL_OPTIONS_HPP
#define EVENTSOURCING_STORE_CALL_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>

#include <chrono>
#include <optional>
#include <stop_token>

namespace eventsourcing {

namespace detail {

/// `begin + time`, at most the end of the clock.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::steady_clock::time_point
later(std::chrono::steady_clock::time_point begin, std::chrono::duration<Rep, Period> time) {
    constexpr auto end = std::chrono::steady_clock::time_point::max();
    return time < std::chrono::floor<std::chrono::duration<Rep, Period>>(end - begin)
               ? std::chrono::time_point_cast<std::chrono::steady_clock::duration>(begin + time)
               : end;
}

} // namespace detail

/// How long a call may wait, and what may stop it. Without either it waits as long as it must.
///
/// After the deadline a call returns `errc::timed_out`, after a stop `errc::cancelled`; both mean
/// that nothing was done. If something may have been done it is `errc::unknown_outcome`.
struct CallOptions {
    std::optional<std::chrono::steady_clock::time_point> deadline{};
    std::stop_token stop{};

    /// The options of a call that may last this long from now on, at most to the end of the clock.
    [[nodiscard]] static CallOptions within(std::chrono::nanoseconds time) {
        return {.deadline = detail::later(std::chrono::steady_clock::now(), time)};
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
