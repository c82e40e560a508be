// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_WAITING_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_WAITING_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/timed_condition.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace eventsourcing::detail::laws {

/// Whether a thread has come so far. Its waits are by the system's clock, whatever the store's is.
class Milestone {
public:
    void reach() {
        const std::lock_guard lock(mutex_);
        reached_ = true;
        changed_.notify_all();
    }
    /// Waits that long at most; returns whether it was reached.
    bool wait(std::chrono::nanoseconds time) {
        std::unique_lock lock(mutex_);
        return system_wait(changed_, lock, later(TimedCondition::look_clock(), time),
                           [&] { return reached_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool reached_ = false;
};

template <class Answer>
struct Waited {
    Answer answer = errc::internal;
    bool before_deadline = false;
};

/// The result of a call in another thread, which has `time` by the clock of the store's
/// environment, and which `action(stop_source)` should end before. If it does not, the deadline
/// comes, also by a clock that is moved; and if the call does not look at its deadline, a stop.
template <class Call, class Action>
auto while_waiting(const Trial& trial, std::chrono::nanoseconds time, Call&& call,
                   Action&& action) {
    const Environment environment = trial.store.environment();
    CallOptions options = CallOptions::within(time).begun(environment);
    std::stop_source stopper;
    options.stop = stopper.get_token();
    Waited<decltype(call(options))> out;
    Milestone ended;
    const std::jthread waiting([&] {
        out.answer = call(options);
        out.before_deadline = environment.steady_now() < *options.deadline;
        ended.reach();
    });
    // the call should be waiting by then; the law is valid also if it is not
    ended.wait(std::chrono::milliseconds(20));
    action(stopper);
    if (ended.wait(trial.patience))
        return out;
    environment.sleep(*options.deadline - environment.steady_now());
    if (!ended.wait(trial.patience))
        stopper.request_stop();
    ended.wait(std::chrono::nanoseconds::max());
    return out;
}

/// The result of waiting for an event until the deadline, when none comes.
inline auto wait_for_the_deadline(const Trial& trial, std::optional<Position> after) {
    constexpr std::chrono::milliseconds time{30};
    const auto& store = trial.store;
    return while_waiting(
        trial, time, [&](const CallOptions& call) { return store.wait_for_append(after, call); },
        [&](const std::stop_source& /*stopper*/) { store.environment().sleep(time); });
}

inline auto wait_for_an_append(Trial& trial) {
    const auto end = trial.end_position();
    return while_waiting(
        trial, trial.patience,
        [&](const CallOptions& call) { return trial.store.copy().wait_for_append(end, call); },
        [&](const std::stop_source& /*stopper*/) { trial.given("law-wait", some_events(1)); });
}

inline auto wait_for_a_stop(Trial& trial) {
    const auto end = trial.end_position();
    return while_waiting(
        trial, trial.patience,
        [&](const CallOptions& call) { return trial.store.copy().wait_for_append(end, call); },
        [&](std::stop_source& stopper) { stopper.request_stop(); });
}

inline void waking(Trial& trial) {
    const auto nothing = [](const std::stop_source& /*stopper*/) {};
    const auto none = wait_for_the_deadline(trial, std::nullopt);
    if (trial.expect_done(none.answer, "waiting for the first event"))
        trial.expect(!*none.answer, "waiting for the first event ended without one");

    if (!trial.given("law-wait", some_events(1)))
        return;
    const auto there = while_waiting(
        trial, trial.patience,
        [&](const CallOptions& call) {
            return trial.store.copy().wait_for_append(std::nullopt, call);
        },
        nothing);
    if (trial.expect_done(there.answer, "waiting for an event that exists"))
        trial.expect(*there.answer, "waiting for an event that exists ran into the deadline");

    const auto late = wait_for_the_deadline(trial, trial.end_position());
    if (trial.expect_done(late.answer, "waiting until the deadline"))
        trial.expect(!*late.answer, "waiting ended though nothing was appended");
    trial.expect(!late.before_deadline, "waiting ended before its deadline");

    const auto woken = wait_for_an_append(trial);
    if (trial.expect_done(woken.answer, "waiting for an append"))
        trial.expect(*woken.answer && woken.before_deadline,
                     "an append did not wake the caller that waited for it");

    const auto stopped = wait_for_a_stop(trial);
    trial.expect_refused(stopped.answer, errc::cancelled, "a stop while waiting");
    trial.expect(stopped.before_deadline, "a stop did not end waiting before its deadline");

    std::stop_source over;
    over.request_stop();
    const auto end = trial.end_position();
    const auto unwanted = while_waiting(
        trial, trial.patience,
        [&](CallOptions call) {
            call.stop = over.get_token();
            return trial.store.copy().wait_for_append(end, call);
        },
        nothing);
    trial.expect_refused(unwanted.answer, errc::cancelled, "waiting after a stop");
}

inline void calls_called_off(Trial& trial) {
    const Environment environment = trial.store.environment();
    const CallOptions late{.deadline = environment.steady_now() - std::chrono::milliseconds(1)};
    constexpr std::chrono::milliseconds time{1};
    const CallOptions over = CallOptions::within(time).begun(environment);
    environment.sleep(time);
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
    check(over, errc::timed_out, "whose time has passed");
    check({.timeout = std::chrono::nanoseconds(0)}, errc::timed_out, "that may last no time");
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
            trial, trial.patience,
            [&](const CallOptions& call) { return copy.wait_for_append(end, call); },
            [&](const std::stop_source& /*stopper*/) { trial.store.close(); });
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
        check(trial.store.wait_for_append({}, CallOptions::within(trial.patience)),
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
