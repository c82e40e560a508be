// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_WAITING_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_WAITING_LAWS_HPP

#include <eventsourcing/testing/laws/trial.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace eventsourcing::detail::laws {

/// How long a call may take that should be answered at once, on a busy machine.
inline constexpr std::chrono::seconds at_once{2};
/// The time that a call gets which something should end: more than `at_once` also from then on, so
/// that an answer at the deadline is not taken for one at once.
inline constexpr std::chrono::seconds patience{3};

/// What a call in another thread answered, and how long it took from when something was done that
/// should end it.
template <class Call, class Action>
auto while_waiting(Call&& call, Action&& action) {
    struct {
        decltype(call()) answer = errc::internal;
        std::chrono::nanoseconds time{};
    } out;
    auto begin = std::chrono::steady_clock::now();
    {
        std::chrono::steady_clock::time_point end;
        {
            const std::jthread waiting([&] {
                out.answer = call();
                end = std::chrono::steady_clock::now();
            });
            // the call should be waiting by then; where it is not yet, the law is as good
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            begin = std::chrono::steady_clock::now();
            action();
        }
        out.time = end - begin;
    }
    return out;
}

inline void waking(Trial& trial) {
    using std::chrono::milliseconds;
    const auto& store = trial.store.copy();
    const auto empty = store.wait_for_append(std::nullopt, CallOptions::within(milliseconds(10)));
    if (trial.expect_done(empty, "waiting for the first event"))
        trial.expect(!*empty, "waiting for the first event was answered without one");

    if (!trial.given("law-wait", some_events(1)))
        return;
    const auto there = store.wait_for_append(std::nullopt, CallOptions::within(at_once));
    if (trial.expect_done(there, "waiting for an event that is there"))
        trial.expect(*there, "waiting for an event that is there ran into the deadline");

    const auto end = trial.end_position();
    const auto begin = std::chrono::steady_clock::now();
    const auto late = store.wait_for_append(end, CallOptions::within(milliseconds(30)));
    if (trial.expect_done(late, "waiting past the deadline"))
        trial.expect(!*late, "waiting was answered though nothing was appended");
    trial.expect(std::chrono::steady_clock::now() - begin >= milliseconds(25),
                 "waiting ended before its deadline");

    const auto woken =
        while_waiting([&] { return store.wait_for_append(end, CallOptions::within(patience)); },
                      [&] { trial.given("law-wait", some_events(1)); });
    if (trial.expect_done(woken.answer, "waiting for an append"))
        trial.expect(*woken.answer && woken.time < at_once,
                     "an append did not wake who waited for it");

    const auto new_end = trial.end_position();
    std::stop_source stopper;
    CallOptions stoppable = CallOptions::within(patience);
    stoppable.stop = stopper.get_token();
    const auto stopped = while_waiting([&] { return store.wait_for_append(new_end, stoppable); },
                                       [&] { stopper.request_stop(); });
    trial.expect_refused(stopped.answer, errc::cancelled, "a stop while waiting");
    trial.expect(stopped.time < at_once, "a stop did not end waiting before its deadline");
    trial.expect_refused(store.wait_for_append(new_end, stoppable), errc::cancelled,
                         "waiting after a stop");
}

inline void calls_called_off(Trial& trial) {
    const CallOptions late{.deadline =
                               std::chrono::steady_clock::now() - std::chrono::milliseconds(1)};
    std::stop_source stopper;
    stopper.request_stop();
    const CallOptions stopped{.deadline = {}, .stop = stopper.get_token()};
    const auto check = [&](const CallOptions& call, errc kind, const std::string& when) {
        trial.expect_refused(
            trial.append("law-late", ExpectedRevision::no_stream(), some_events(1), {}, call), kind,
            "an append " + when);
        trial.expect_refused(trial.append_unchecked("law-late", some_events(1), call), kind,
                             "append_unchecked " + when);
        trial.expect_refused(trial.store.read_stream("law-late", {}, call), kind,
                             "read_stream " + when);
        if (trial.capabilities.global_order)
            trial.expect_refused(trial.store.read_all({}, call), kind, "read_all " + when);
    };
    check(late, errc::timed_out, "past its deadline");
    check(stopped, errc::cancelled, "after a stop");
    trial.expect_stream("law-late", {});
}

inline void closing(Trial& trial) {
    if (!trial.given("law-closed", some_events(1)))
        return;
    LawStore copy = trial.store.copy();
    if (trial.capabilities.wakes_readers) {
        const auto end = trial.end_position();
        const auto waiting =
            while_waiting([&] { return copy.wait_for_append(end, CallOptions::within(patience)); },
                          [&] { trial.store.close(); });
        trial.expect_refused(waiting.answer, errc::closed, "waiting while the store is closed");
        trial.expect(waiting.time < at_once, "closing the store did not answer who waited");
    } else {
        trial.store.close();
    }
    const auto check = [&](const auto& answer, std::string_view what) {
        trial.expect_refused(answer, errc::closed, std::string(what) + " of a closed store");
    };
    check(trial.append("law-closed", ExpectedRevision::exists(), some_events(1)), "append");
    check(trial.append_unchecked("law-closed", some_events(1)), "append_unchecked");
    check(trial.store.read_stream("law-closed"), "read_stream");
    check(copy.read_stream("law-closed"), "read_stream through a copy");
    if (trial.capabilities.global_order)
        check(trial.store.read_all(), "read_all");
    if (trial.capabilities.wakes_readers)
        check(trial.store.wait_for_append({}, CallOptions::within(at_once)), "wait_for_append");
}

} // namespace eventsourcing::detail::laws

#endif
