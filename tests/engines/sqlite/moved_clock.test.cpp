// SPDX-License-Identifier: MIT
// A SQLite store by a clock that is moved. A test that hangs would have to wait for an hour of the
// system's clock.
#include <eventsourcing/engines/sqlite/engine.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <latch>
#include <optional>
#include <stop_token>
#include <thread>

using namespace sqlite_tests;
namespace sqlite = es::detail::sqlite;
namespace shared = es::detail::shared;

namespace {

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

/// Another program that writes, and does not end.
class Holder {
public:
    explicit Holder(const std::string& path) : raw_(path) { raw_.run("BEGIN IMMEDIATE"); }

private:
    Raw raw_;
};

} // namespace

TEST_CASE("A wait for an append to SQLite ends as soon as the clock has moved by an hour",
          "[waits]") {
    es::FixedEnvironment fixed;
    const Folder folder;
    const auto store = open_store(folder / "combat.db", {.environment = fixed});
    for (int i = 0; i < tries; ++i) {
        const auto call = es::CallOptions::within(1h).begun(store.environment());
        const auto woken = meanwhile([&] { return store.wait_for_append({}, call); },
                                     [&] {
                                         fixed.advance(59min);
                                         fixed.advance(1min);
                                     });
        CHECK(woken.value() == false);
    }
}

TEST_CASE("By a clock that stands still SQLite still sees what another handle appends", "[waits]") {
    const es::FixedEnvironment fixed;
    const Folder folder;
    const auto store = open_store(folder / "combat.db", {.environment = fixed});
    auto other = open_store(folder / "combat.db"); // looked for, as another process is
    CHECK(meanwhile([&] { return store.wait_for_append({}, es::CallOptions::within(1h)); },
                    [&] { CHECK(append(other, "combat-ogre", {event()})); })
              .value() == true);
}

TEST_CASE("Calls of a SQLite store whose time has passed by its own clock do nothing") {
    es::FixedEnvironment fixed;
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.environment = fixed});
    REQUIRE(append(store, "combat-ogre", {event()}));
    const auto call = es::CallOptions::within(1h).begun(fixed);
    CHECK(store.read_stream("combat-ogre", {}, call));
    fixed.advance(1h);
    CHECK(
        append(store, "combat-ogre", es::ExpectedRevision::exists(), {event()}, {}, call).error() ==
        es::errc::timed_out);
    CHECK(store.read_stream("combat-ogre", {}, call).error() == es::errc::timed_out);
    CHECK(store.read_all({}, call).error() == es::errc::timed_out);
    CHECK(store.head(call).error() == es::errc::timed_out);
    CHECK(store.backup(folder / "b.db", call).error() == es::errc::timed_out);
    CHECK(store.verify(call).error() == es::errc::timed_out);
    CHECK(store.read_stream("combat-ogre", {}, es::CallOptions::within(1h))->records().size() == 1);
}

TEST_CASE("Waiting for the lock of the file takes only the time of the environment") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 20s, .environment = fixed});
    const Holder holder(folder / "combat.db");
    const auto begin = environment.steady_now();
    const auto late = append(store, "combat-ogre", es::ExpectedRevision::no_stream(), {event()}, {},
                             es::CallOptions::within(10s));
    CHECK(late.error() == es::errc::timed_out);
    CHECK(environment.steady_now() == begin + 10s);
    const auto impatient = append(store, "combat-ogre", {event()});
    CHECK(impatient.error() == es::errc::unavailable);
    CHECK(environment.steady_now() == begin + 30s);
}

TEST_CASE("An append that waits for those before it leaves when the clock passes its deadline",
          "[waits]") {
    es::FixedEnvironment fixed;
    const shared::EngineState state("sqlite store \"x\"", fixed);
    shared::CommitQueue queue(10, state);
    const es::AppendCondition none;
    const es::NewEvent one{};
    const es::CallOptions unhurried;
    const shared::AppendRequest first{"combat-ogre", {}, {&one, 1}, {}, none, unhurried};
    shared::CommitQueue::Caller leader(first);
    REQUIRE(queue.enter(leader).value() == shared::CommitQueue::Role::leader);
    const shared::CommitQueue::Leadership leading(queue);
    const auto enter = [&](const es::CallOptions& call) {
        const shared::AppendRequest request{"combat-ogre", {}, {&one, 1}, {}, none, call};
        shared::CommitQueue::Caller caller(request);
        return queue.enter(caller);
    };
    for (int i = 0; i < tries; ++i) {
        const auto call = es::CallOptions::within(1h).begun(fixed);
        const auto late = meanwhile([&] { return enter(call); },
                                    [&] {
                                        fixed.advance(59min);
                                        fixed.advance(1min);
                                    });
        REQUIRE_FALSE(late);
        CHECK(late.error() == es::errc::timed_out);
        CHECK(queue.waiting() == 0);
        CHECK(enter(call).error() == es::errc::timed_out); // it has passed before

        std::stop_source stopper;
        es::CallOptions stoppable = es::CallOptions::within(1h).begun(fixed);
        stoppable.stop = stopper.get_token();
        CHECK(
            meanwhile([&] { return enter(stoppable); }, [&] { stopper.request_stop(); }).error() ==
            es::errc::cancelled);
    }
}

TEST_CASE("A caller waits for a connection that reads until the clock passes its deadline",
          "[waits]") {
    es::FixedEnvironment fixed;
    const Folder folder;
    const auto engine =
        sqlite::Engine::open(folder / "combat.db", {.max_readers = 1, .environment = fixed});
    REQUIRE(engine);
    std::latch held(1);
    std::latch let_go(1);
    const std::jthread holder([&] {
        CHECK((*engine)->maintain({}, [&](auto&, auto) -> es::Result<void> {
            held.count_down();
            let_go.wait();
            return {};
        }));
    });
    held.wait();
    const auto read = [&](const es::CallOptions& call) {
        return (*engine)->read(call, [](auto& page) { return page.all({}); });
    };
    for (int i = 0; i < tries; ++i) {
        const auto call = es::CallOptions::within(1h).begun(fixed);
        CHECK(meanwhile([&] { return read(call); }, [&] { fixed.advance(1h); }).error() ==
              es::errc::timed_out);
    }
    let_go.count_down();
}

TEST_CASE("A file has the id that the environment of its store gave it") {
    const Folder folder;
    const es::FixedEnvironment same;
    CHECK(open_store(folder / "combat.db", {.environment = es::FixedEnvironment{}})
              .store_id()
              .value() == es::Environment(same).new_id());
    const es::FixedEnvironment other{{.seed = 7}};
    CHECK(es::SqliteStore::restored(folder / "combat.db", es::FixedEnvironment{{.seed = 7}})
              .value() == es::Environment(other).new_id());
}

TEST_CASE("Since when a checkpoint is held up is told by the clock of the environment") {
    es::FixedEnvironment fixed;
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.checkpoint_frames = 5, .environment = fixed});
    REQUIRE(append(store, "combat-ogre", {event()}));
    Raw reader(folder / "combat.db");
    reader.run("BEGIN; SELECT count(*) FROM es_events");
    const auto begin = es::Environment(fixed).steady_now();
    for (int i = 0; i < 20; ++i)
        REQUIRE(append(store, "combat-ogre", {event()}));
    const auto status = store.log_status();
    REQUIRE(status);
    REQUIRE(status->held_up_since);
    CHECK(*status->held_up_since >= begin);
    CHECK(*status->held_up_since <= es::Environment(fixed).steady_now());
}
