// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CALL_OPTIONS_HPP
#define EVENTSOURCING_STORE_CALL_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

namespace eventsourcing {

namespace detail {

/// `begin + time`, at most the end of the clock; `begin` itself for a negative time.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::steady_clock::time_point
later(std::chrono::steady_clock::time_point begin, std::chrono::duration<Rep, Period> time) {
    using Duration = std::chrono::duration<Rep, Period>;
    constexpr auto end = std::chrono::steady_clock::time_point::max();
    if (time <= Duration::zero())
        return begin;
    return time < std::chrono::floor<Duration>(end - begin)
               ? std::chrono::time_point_cast<std::chrono::steady_clock::duration>(begin + time)
               : end;
}

} // namespace detail

/// How long a call may wait, and what may stop it. Without any of it the call waits as long as it
/// must.
///
/// After the deadline a call returns `errc::timed_out`, after a stop `errc::cancelled`; both mean
/// that nothing was done. If something may have been done it is `errc::unknown_outcome`.
struct CallOptions {
    /// An instant of the clock of the store's environment, `Environment::steady_now`.
    std::optional<std::chrono::steady_clock::time_point> deadline{};
    /// How long it may last, from its beginning on: the store that is called makes it an instant of
    /// its own clock. With a deadline, too, the earlier one counts.
    std::optional<std::chrono::nanoseconds> timeout{};
    std::stop_token stop{};

    /// The options of a call that may last this long. Asks no clock.
    [[nodiscard]] static CallOptions within(std::chrono::nanoseconds time) {
        return {.timeout = time};
    }

    /// The same with an instant in place of the duration, for a call that begins now and is made of
    /// several others, which share the time.
    [[nodiscard]] CallOptions begun(const Environment& environment) const {
        CallOptions out{.deadline = deadline, .stop = stop};
        if (timeout) {
            const auto end = detail::later(environment.steady_now(), *timeout);
            out.deadline = deadline ? std::min(*deadline, end) : end;
        }
        return out;
    }
};

/// The options of a call that may last this long: `board.wait_for(receipt, es::within(2s))`.
[[nodiscard]] inline CallOptions within(std::chrono::nanoseconds time) {
    return CallOptions::within(time);
}

namespace detail {

/// What a store checks before it begins: `cancelled` after a stop, `timed_out` after the deadline.
inline Result<void> check_call(const CallOptions& call, const Environment& environment) {
    if (call.stop.stop_requested())
        return errc::cancelled;
    if (call.timeout && *call.timeout <= std::chrono::nanoseconds::zero())
        return errc::timed_out;
    if (call.deadline && environment.steady_now() >= *call.deadline)
        return errc::timed_out;
    return {};
}

/// What `wait_for_append` of every store says after a stop.
[[gnu::cold]] inline Error wait_stopped(std::string_view store) {
    return {errc::cancelled, joined({store, ": waiting for an append was stopped"})};
}

} // namespace detail

} // namespace eventsourcing

#endif
