// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_READY_HPP
#define EVENTSOURCING_RUNTIME_READY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/observing/plain_text.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing {

/// Whatever follows a store and says how it is: a subscription, a relay, a process manager.
template <class F>
concept TellsStatus = requires(const F& follower) {
    { follower.status() } -> std::same_as<SubscriptionStatus>;
};

/// One that is ready as long as its oldest event that was not handled is not older than `lag`.
template <TellsStatus F>
struct LagLimit {
    const F& follower;
    std::chrono::nanoseconds lag;
};
/// `es::ready(board, es::lagging_at_most(relay, 5s))`.
template <TellsStatus F>
[[nodiscard]] LagLimit<F> lagging_at_most(const F& follower, std::chrono::nanoseconds lag) {
    return {follower, lag};
}

namespace detail {

inline void add_unready(std::string& all, const SubscriptionStatus& status,
                        std::optional<std::chrono::nanoseconds> limit) {
    using enum SubscriptionState;
    const bool goes_on = status.state != stopped && status.state != not_started;
    if (limit ? goes_on && status.lag && *status.lag <= *limit : status.state == live)
        return;
    all += joined({all.empty() ? "" : "; ", status.name, " is ", status_word(status.state),
                   status.behind ? joined({", ", counted(*status.behind, "event"), " behind"}) : "",
                   status.lag ? joined({", lag ", time_text(*status.lag)}) : "",
                   status.failure ? joined({", ", status.failure->message}) : "",
                   limit ? joined({" (its limit is a lag of ", time_text(*limit), ")"}) : ""});
}
template <TellsStatus F>
void add_unready(std::string& all, const F& follower) {
    add_unready(all, follower.status(), std::nullopt);
}
template <class F>
void add_unready(std::string& all, const LagLimit<F>& limited) {
    add_unready(all, limited.follower.status(), limited.lag);
}

} // namespace detail

/// For the health check of a program: success if each of them has handled all that there was at its
/// last step or, for one with a limit, goes on and lags no more than that. Else `unavailable`, with
/// a message that names those that are not ready, and why.
///
/// It reads the head of the store, and the oldest event that was not handled. It does not
/// notice that nothing runs a follower, unless that one has a limit.
template <class... Fs>
    requires(sizeof...(Fs) > 0)
[[nodiscard]] Result<void> ready(const Fs&... followers) {
    std::string unready;
    (detail::add_unready(unready, followers), ...);
    if (unready.empty())
        return {};
    return Error(errc::unavailable, detail::joined({"not ready: ", unready}));
}

} // namespace eventsourcing

#endif
