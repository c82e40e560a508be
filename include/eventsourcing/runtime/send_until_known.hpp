// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SEND_UNTIL_KNOWN_HPP
#define EVENTSOURCING_RUNTIME_SEND_UNTIL_KNOWN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// What a call with several attempts waits by, and whom it tells. A view of what it was made of.
struct RetryTerms {
    const Environment& environment;
    const Observer& observer;
    const Backoff& backoff;
    /// How long an append is sent again if the call has no deadline.
    std::chrono::nanoseconds patience;
    /// With an instant in place of a duration.
    const CallOptions& call;
};

/// Waits between two attempts. `cancelled` after a stop; `timed_out` if the deadline comes before
/// the end of the wait, at once.
inline Result<void> wait_for_attempt(std::chrono::nanoseconds wait, const RetryTerms& terms) {
    if (terms.call.deadline && terms.environment.steady_now() + wait >= *terms.call.deadline)
        return errc::timed_out;
    if (!terms.environment.sleep(wait, terms.call.stop))
        return errc::cancelled;
    return {};
}

/// Whether an append that was sent again, and failed so, is known not to be stored: a store looks
/// for it first.
inline bool settles(const Error& error) {
    return error == errc::conflict || error == errc::condition_failed ||
           error == errc::duplicate_id;
}

/// Whether a store may get over it.
inline bool may_pass(const Error& error) {
    return error.outcome() == Outcome::unknown || error == errc::unavailable ||
           error == errc::not_sent || error == errc::timed_out;
}

/// The rest of `send_until_known`, after a first error whose outcome is unknown.
template <class Send>
[[gnu::cold]] auto send_again_until_known(Error unknown, const Send& send, std::string_view stream,
                                          const RetryTerms& terms) -> decltype(send()) {
    const auto begin = terms.environment.steady_now();
    const auto end = terms.call.deadline.value_or(later(begin, terms.patience));
    for (unsigned attempt = 1;; ++attempt) {
        const std::chrono::nanoseconds wait = terms.backoff.after(attempt, terms.environment);
        if (terms.environment.steady_now() + wait >= end)
            return unknown;
        terms.observer.tell([&] {
            return OutcomeRetried{
                .stream = stream, .attempt = attempt, .wait = wait, .error = unknown};
        });
        if (!terms.environment.sleep(wait, terms.call.stop))
            return unknown;
        auto sent = send();
        if (sent || settles(sent.error()))
            return sent;
        if (sent.error().outcome() == Outcome::unknown)
            unknown = std::move(sent).error();
        else if (!may_pass(sent.error())) // the first one may be stored nevertheless
            return std::move(unknown).with_message(
                joined({unknown.message(), "; sent again: ", sent.error().message()}));
    }
}

/// Calls `send`, which appends a batch with a check and returns a `Result`, once more while the
/// outcome of the first call, `sent`, is unknown, with waits: the same batch, so that a store that
/// has it returns its receipt. Until the deadline, or for as long as the patience if there is none;
/// then the result is the error whose outcome is unknown.
template <class Send>
auto send_until_known(decltype(std::declval<const Send&>()()) sent, const Send& send,
                      std::string_view stream, const RetryTerms& terms) -> decltype(send()) {
    if (!sent && sent.error().outcome() == Outcome::unknown) [[unlikely]]
        return guarded_append("sending again", [&] { // what throws leaves it unknown
            return send_again_until_known(std::move(sent).error(), send, stream, terms);
        });
    return sent;
}
/// The same with the first call.
template <class Send>
auto send_until_known(const Send& send, std::string_view stream, const RetryTerms& terms)
    -> decltype(send()) {
    return send_until_known(send(), send, stream, terms);
}

} // namespace eventsourcing::detail

#endif
