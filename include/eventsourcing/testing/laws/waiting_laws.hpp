// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_WAITING_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_WAITING_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace eventsourcing::detail::laws {

/// How long a call may wait that something else should end. A call that ends at its deadline fails;
/// since the machine may be busy, it gets a second try.
inline constexpr std::chrono::seconds patience{1};
inline constexpr std::chrono::seconds long_patience{10};

template <class Answer>
struct Waited {
    Answer answer = errc::internal;
    bool before_deadline = false;
};

/// The result of a call in another thread that `action` should end.
template <class Call, class Action>
auto while_waiting(std::chrono::seconds time, Call&& call, Action&& action) {
    using Clock = std::chrono::steady_clock;
    Waited<decltype(call(CallOptions{}))> out;
    {
        const std::jthread waiting([&] {
            const auto options = CallOptions::within(time);
            out.answer = call(options);
            out.before_deadline = Clock::now() < *options.deadline;
        });
        // the call should be waiting by then; the law is valid also if it is not
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        action();
    }
    return out;
}

inline auto wait_for_an_append(Trial& trial, std::chrono::seconds time) {
    const auto end = trial.end_position();
    return while_waiting(
        time,
        [&](const CallOptions& call) { return trial.store.copy().wait_for_append(end, call); },
        [&] { trial.given("law-wait", some_events(1)); });
}

inline auto wait_for_a_stop(Trial& trial, std::chrono::seconds time) {
    const auto end = trial.end_position();
    std::stop_source stopper;
    return while_waiting(
        time,
        [&](CallOptions call) {
            call.stop = stopper.get_token();
            return trial.store.copy().wait_for_append(end, call);
        },
        [&] { stopper.request_stop(); });
}

inline void waking(Trial& trial) {
    using std::chrono::milliseconds;
    const auto& store = trial.store.copy();
    const auto empty = store.wait_for_append(std::nullopt, CallOptions::within(milliseconds(10)));
    if (trial.expect_done(empty, "waiting for the first event"))
        trial.expect(!*empty, "waiting for the first event ended without one");

    if (!trial.given("law-wait", some_events(1)))
        return;
    const auto there = store.wait_for_append(std::nullopt, CallOptions::within(long_patience));
    if (trial.expect_done(there, "waiting for an event that exists"))
        trial.expect(*there, "waiting for an event that exists ran into the deadline");

    const auto begin = std::chrono::steady_clock::now();
    const auto late =
        store.wait_for_append(trial.end_position(), CallOptions::within(milliseconds(30)));
    if (trial.expect_done(late, "waiting until the deadline"))
        trial.expect(!*late, "waiting ended though nothing was appended");
    trial.expect(std::chrono::steady_clock::now() - begin >= milliseconds(25),
                 "waiting ended before its deadline");

    auto woken = wait_for_an_append(trial, patience);
    if (woken.answer && !woken.before_deadline)
        woken = wait_for_an_append(trial, long_patience);
    if (trial.expect_done(woken.answer, "waiting for an append"))
        trial.expect(*woken.answer && woken.before_deadline,
                     "an append did not wake the caller that waited for it");

    auto stopped = wait_for_a_stop(trial, patience);
    if (!stopped.before_deadline)
        stopped = wait_for_a_stop(trial, long_patience);
    trial.expect_refused(stopped.answer, errc::cancelled, "a stop while waiting");
    trial.expect(stopped.before_deadline, "a stop did not end waiting before its deadline");

    std::stop_source stopper;
    stopper.request_stop();
    CallOptions call = CallOptions::within(long_patience);
    call.stop = stopper.get_token();
    trial.expect_refused(store.wait_for_append(trial.end_position(), call), errc::cancelled,
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
        const Verbs& verbs = trial.store.verbs();
        const auto batch = some_events(1);
        if (verbs.append_if)
            trial.expect_refused(trial.append_if("law-late", batch, {}, call), kind,
                                 "append_if " + when);
        if (verbs.append_all)
            trial.expect_refused(
                trial.append_all({{"law-late", ExpectedRevision::no_stream(), &batch}}, call), kind,
                "append_all " + when);
        if (verbs.find_event)
            trial.expect_refused(trial.store.find_event(batch.ids[0], call), kind,
                                 "find_event " + when);
        if (verbs.head)
            trial.expect_refused(trial.store.head(call), kind, "head " + when);
        if (verbs.sync)
            trial.expect_refused(trial.store.sync(Position{}, call), kind, "sync " + when);
    };
    check(late, errc::timed_out, "after its deadline");
    check(stopped, errc::cancelled, "after a stop");
    trial.expect_stream("law-late", {});
}

inline void closing(Trial& trial) {
    if (!trial.given("law-closed", some_events(1)))
        return;
    LawStore copy = trial.store.copy();
    if (trial.capabilities.wakes_readers) {
        const auto end = trial.end_position();
        const auto waiting = while_waiting(
            long_patience, [&](const CallOptions& call) { return copy.wait_for_append(end, call); },
            [&] { trial.store.close(); });
        trial.expect_refused(waiting.answer, errc::closed, "waiting while the store is closed");
        trial.expect(waiting.before_deadline, "closing the store did not end a call that waited");
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
        check(trial.store.wait_for_append({}, CallOptions::within(long_patience)),
              "wait_for_append");
    const Verbs& verbs = trial.store.verbs();
    const auto batch = some_events(1);
    if (verbs.append_if)
        check(trial.append_if("law-closed", batch, {}), "append_if");
    if (verbs.append_all)
        check(trial.append_all({{"law-closed", ExpectedRevision::exists(), &batch}}), "append_all");
    if (verbs.find_event)
        check(trial.store.find_event(batch.ids[0]), "find_event");
    if (verbs.head)
        check(trial.store.head(), "head");
    if (verbs.sync)
        check(trial.store.sync(Position{}), "sync");
}

} // namespace eventsourcing::detail::laws

#endif
