// SPDX-License-Identifier: MIT
#include <eventsourcing/store/timed_condition.hpp>

#include <eventsourcing/store/any_sink.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/fan_out.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>
#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <thread>

// What a clock that is moved does to calls that wait by it. A test that hangs would have to wait
// for an hour of the system's clock.

namespace {

namespace es = eventsourcing;
using namespace notes;
using namespace std::chrono_literals;

/// The result of `call` in another thread, which should be waiting when `action` is done: not in
/// each try, but in some of them.
template <class Call, class Action>
auto meanwhile(Call call, Action action) {
    decltype(call()) answer = es::errc::internal;
    {
        const std::jthread waiting([&] { answer = call(); });
        std::this_thread::sleep_for(1ms);
        action();
    }
    return answer;
}
constexpr int tries = 20;

} // namespace

TEST_CASE("A wait of an hour ends as soon as the clock has moved by an hour", "[waits]") {
    es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    for (int i = 0; i < tries; ++i) {
        const auto call = es::CallOptions::within(1h).begun(fixed);
        const auto woken = meanwhile([&] { return store.wait_for_append({}, call); },
                                     [&] {
                                         fixed.advance(59min);
                                         fixed.advance(1min);
                                     });
        CHECK(woken.value() == false);
    }
}

TEST_CASE("A wait goes on while the clock moves to before its deadline", "[waits]") {
    es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    for (int i = 0; i < tries; ++i) {
        const auto call = es::CallOptions::within(1h).begun(fixed);
        const auto end = store.head().value();
        const auto woken = meanwhile([&] { return store.wait_for_append(end, call); },
                                     [&] {
                                         fixed.advance(1h - 1ns);
                                         REQUIRE(store.append_unchecked("notes-1", one().batch()));
                                     });
        CHECK(woken.value() == true);
    }
}

TEST_CASE("A sleep of another thread in the same environment moves the clock of a wait, too",
          "[waits]") {
    const es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    const auto call = es::CallOptions::within(1h).begun(fixed);
    CHECK(meanwhile([&] { return store.wait_for_append({}, call); },
                    [&] { es::Environment(fixed).sleep(1h); })
              .value() == false);
}

TEST_CASE("A stop ends a wait by a clock that stands still", "[waits]") {
    const es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    for (int i = 0; i < tries; ++i) {
        std::stop_source stopper;
        es::CallOptions call = es::CallOptions::within(1h);
        call.stop = stopper.get_token();
        const auto woken = meanwhile([&] { return store.wait_for_append({}, call); },
                                     [&] { stopper.request_stop(); });
        CHECK(woken.error() == es::errc::cancelled);
    }
}

TEST_CASE("A clock that jumps while nobody waits is seen by the next call") {
    es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    const auto call = es::CallOptions::within(1h).begun(fixed);
    fixed.advance(24h);
    CHECK(store.wait_for_append({}, call).value() == false);
    CHECK(store.read_stream("notes-1", {}, call).error() == es::errc::timed_out);
    CHECK(store.read_all({}, call).error() == es::errc::timed_out);
    CHECK(store.head(call).error() == es::errc::timed_out);
    CHECK(store.append_unchecked("notes-1", one().batch(), call).error() == es::errc::timed_out);
    CHECK(store.read_stream("notes-1", {}, es::CallOptions::within(1h)));
}

TEST_CASE("Each of several waits ends at its own deadline", "[waits]") {
    es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    es::Result<bool> late = es::errc::internal;
    {
        const auto long_call = es::CallOptions::within(3h).begun(fixed);
        const std::jthread longer([&] { late = store.wait_for_append({}, long_call); });
        for (int i = 0; i < 2; ++i) {
            const auto call = es::CallOptions::within(1h).begun(fixed);
            CHECK(meanwhile([&] { return store.wait_for_append({}, call); },
                            [&] { fixed.advance(1h); })
                      .value() == false);
        }
        CHECK(store.append_unchecked("notes-1", one().batch()));
    }
    CHECK(late.value() == true);
}

TEST_CASE("A store that is gone is told no time any more") {
    es::FixedEnvironment fixed;
    {
        const es::MemoryStore store{fixed};
    }
    fixed.advance(1h);
    CHECK(es::MemoryStore{fixed}.read_all());
}

TEST_CASE("Whoever passes calls on has the environment of the store inside", "[waits]") {
    es::FixedEnvironment fixed;
    const es::MemoryStore store{fixed};
    const es::AnyStore any = store;
    const es::FanOutPrimaryDecides fan([](const es::FollowerFailure&) {}, store, es::MemoryStore{});
    const es::AnySink sink = store;
    const es::PipelinedMemorySink pipelined(store);
    fixed.advance(1h);
    CHECK(sink.environment().steady_now() == es::Environment(fixed).steady_now());
    CHECK(es::AnySink(any).environment().steady_now() == es::Environment(fixed).steady_now());
    CHECK(pipelined.environment().steady_now() == es::Environment(fixed).steady_now());
    CHECK(any.environment().steady_now() == es::Environment(fixed).steady_now());
    CHECK(fan.environment().steady_now() == es::Environment(fixed).steady_now());
    CHECK(es::MemoryStore{}.environment().is_system());
    CHECK(es::AnyStore(es::MemoryStore{}).environment().is_system());
    CHECK(es::AnySink(es::MemoryStore{}).environment().is_system());

    const auto call = es::CallOptions::within(1h).begun(any.environment());
    CHECK(meanwhile([&] { return any.wait_for_append({}, call); }, [&] { fixed.advance(1h); })
              .value() == false);
}

TEST_CASE("The id of a memory store is one of its environment") {
    const es::FixedEnvironment fixed;
    const es::FixedEnvironment same;
    CHECK(es::MemoryStore{fixed}.store_id().value() == es::Environment(same).new_id());
}

TEST_CASE("By the system's clock a condition waits until the deadline, and no longer for its look",
          "[waits]") {
    using es::detail::TimedCondition;
    std::mutex mutex;
    TimedCondition changed(mutex, {});
    std::unique_lock lock(mutex);
    const auto never = [] { return false; };
    const auto now = TimedCondition::look_clock();
    CHECK_FALSE(changed.wait(lock, {}, now + 2ms, never));
    CHECK(TimedCondition::look_clock() >= now + 2ms);
    CHECK_FALSE(changed.wait_or_look(lock, {}, now + 1h, now + 4ms, never));
    CHECK_FALSE(changed.wait_or_look(lock, {}, now + 5ms, now + 1h, never));
    CHECK(TimedCondition::look_clock() >= now + 5ms);
    CHECK_FALSE(changed.wait_or_look(lock, {}, {}, now + 6ms, never));
    CHECK(changed.wait(lock, {}, now, [] { return true; }));
}
