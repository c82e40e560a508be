// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/engine.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <stop_token>
#include <thread>
#include <unistd.h>

using namespace sqlite_tests;

namespace {

using Clock = std::chrono::steady_clock;

/// Holds the write lock of a file.
class Holder {
public:
    explicit Holder(const std::string& path) : raw_(path) { raw_.run("BEGIN IMMEDIATE"); }
    ~Holder() { raw_.try_run("ROLLBACK"); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

private:
    Raw raw_;
};

constexpr auto no_stream = es::ExpectedRevision::no_stream();

/// How many files and the like this process has open.
std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// Whether `call` takes less than `limit` once in many times. A busy machine makes some calls slow,
/// a fault makes all of them slow.
template <class Call>
bool is_once_within(Clock::duration limit, Call&& call) {
    for (int i = 0; i < 30; ++i) {
        const auto begin = Clock::now();
        call();
        if (Clock::now() - begin < limit)
            return true;
    }
    return false;
}

} // namespace

// ---- waiting for the lock of the file -----------------------------------------------------------

TEST_CASE("A file that stays locked makes an append unavailable after the busy timeout",
          "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 50ms});
    const auto begin = Clock::now();
    {
        const Holder holder(folder / "combat.db");
        const auto done = append(store, "combat-ogre", no_stream, {event()});
        REQUIRE_FALSE(done);
        CHECK(done.error() == es::errc::unavailable);
        CHECK(done.error().outcome() == es::Outcome::not_done);
        CHECK(done.error().message() ==
              "sqlite store \"" + folder / "combat.db" +
                  "\": the file was locked by another connection for 50 ms; nothing was done: try "
                  "again, or open it with a longer busy_timeout");
        CHECK(Clock::now() - begin >= 50ms);
        CHECK(store.read_stream("combat-ogre")); // readers don't wait
    }
    CHECK(append(store, "combat-ogre", no_stream, {event()}));
}

TEST_CASE("An append waits for the file no longer than until its deadline", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 1h});
    const Holder holder(folder / "combat.db");
    const auto begin = Clock::now();
    const auto done =
        append(store, "combat-ogre", no_stream, {event()}, {}, es::CallOptions::within(50ms));
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::timed_out);
    CHECK(done.error().message() == "sqlite store \"" + folder / "combat.db" +
                                        "\": the file was locked by another connection until the "
                                        "deadline; nothing was done");
    CHECK(Clock::now() - begin >= 50ms);
}

TEST_CASE("A stop ends the waiting for the file", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 1h});
    const Holder holder(folder / "combat.db");
    std::stop_source stop;
    std::thread stopper([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    const auto done =
        append(store, "combat-ogre", no_stream, {event()}, {}, {.stop = stop.get_token()});
    stopper.join();
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::cancelled);
}

TEST_CASE("An append goes on when the file is free", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 1h});
    std::optional<Holder> holder(folder / "combat.db");
    std::thread releaser([&] {
        std::this_thread::sleep_for(50ms);
        holder.reset();
    });
    CHECK(append(store, "combat-ogre", no_stream, {event()}));
    releaser.join();
}

TEST_CASE("A call that is too late or stopped does not begin") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    std::stop_source stop;
    stop.request_stop();
    const es::CallOptions late{.deadline = Clock::now() - 1s};
    const es::CallOptions stopped{.stop = stop.get_token()};
    CHECK(append(store, "combat-ogre", no_stream, {event()}, {}, late).error() ==
          es::errc::timed_out);
    CHECK(append(store, "combat-ogre", no_stream, {event()}, {}, stopped).error() ==
          es::errc::cancelled);
    CHECK(store.read_stream("combat-ogre", {}, late).error() == es::errc::timed_out);
    CHECK(store.read_all({}, stopped).error() == es::errc::cancelled);
    CHECK(all_positions(store).empty());
}

TEST_CASE("Opening waits for a file that another process migrates, and gives up") {
    const Folder folder;
    {
        Raw raw(folder / "combat.db"); // a new file, in which another process has begun
        raw.run("BEGIN EXCLUSIVE");
        const auto store = es::SqliteStore::open(folder / "combat.db", {.busy_timeout = 30ms});
        REQUIRE_FALSE(store);
        CHECK(store.error() == es::errc::unavailable);
        raw.run("ROLLBACK");
    }
    CHECK(es::SqliteStore::open(folder / "combat.db"));
}

TEST_CASE("Opening waits for a connection that keeps the file from being switched to a log",
          "[waits]") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw other(folder / "combat.db");
    REQUIRE(other.value("PRAGMA journal_mode = DELETE") == "delete");
    // SQLite does not wait by itself for one that has begun to write
    other.run(GENERATE("BEGIN; SELECT count(*) FROM es_events", "BEGIN IMMEDIATE"));
    CHECK(es::SqliteStore::open(folder / "combat.db", {.busy_timeout = 30ms}).error() ==
          es::errc::unavailable);
    std::thread leaves([&] {
        std::this_thread::sleep_for(50ms);
        while (other.try_run("COMMIT") != SQLITE_OK) // the file is being looked at
            std::this_thread::sleep_for(1ms);
    });
    const auto store = es::SqliteStore::open(folder / "combat.db", {.busy_timeout = 1h});
    leaves.join();
    CHECK(store);
}

// ---- waiting for the turn -----------------------------------------------------------------------

TEST_CASE("Deadline, stop and close also end the waiting for another append of the process",
          "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 1h});
    const Holder holder(folder / "combat.db");
    std::stop_source stop;
    std::stop_source stop_first;
    es::Result<es::Receipt> first = es::errc::internal;
    es::Result<es::Receipt> stopped = es::errc::internal;
    es::Result<es::Receipt> closed = es::errc::internal;
    std::thread one([&] {
        first = append(store, "combat-ogre", no_stream, {event()}, {},
                       {.stop = stop_first.get_token()});
    });
    std::this_thread::sleep_for(20ms);
    std::thread two([&] {
        stopped =
            append(store, "combat-ogre", no_stream, {event()}, {}, {.stop = stop.get_token()});
    });
    std::thread three([&] { closed = append(store, "combat-ogre", no_stream, {event()}); });
    CHECK(append(store, "combat-ogre", no_stream, {event()}, {}, es::CallOptions::within(50ms))
              .error() == es::errc::timed_out);
    stop.request_stop();
    two.join();
    CHECK(stopped.error() == es::errc::cancelled);

    store.close();
    one.join();
    three.join();
    CHECK(first.error() == es::errc::closed);
    CHECK(closed.error() == es::errc::closed);
}

TEST_CASE("A caller that waited for others has no patience left when its turn comes", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.busy_timeout = 300ms});
    const Holder holder(folder / "combat.db");
    std::vector<es::Result<es::Receipt>> answers(5, es::errc::internal);
    const auto all_wait = [&] {
        std::vector<std::thread> callers;
        for (auto& answer : answers)
            callers.emplace_back([&] { answer = append(store, "combat-ogre", {event()}); });
        for (auto& caller : callers)
            caller.join();
        for (const auto& answer : answers)
            CHECK(answer.error() == es::errc::unavailable);
    };
    CHECK(is_once_within(1s, all_wait)); // 5 times 300 ms if each began again
}

// ---- waiting for appends ------------------------------------------------------------------------

TEST_CASE("A caller that waits for an append is answered when there is one", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    CHECK_FALSE(*store.wait_for_append({}, es::CallOptions::within(30ms)));
    es::Result<bool> answer = es::errc::internal;
    std::thread waiting([&] { answer = store.wait_for_append({}); });
    std::this_thread::sleep_for(30ms);
    REQUIRE(append(store, "combat-ogre", {event()}));
    waiting.join();
    REQUIRE(answer);
    CHECK(*answer);
    CHECK(*store.wait_for_append({}));
    const auto none = store.wait_for_append(es::Position{1}, es::CallOptions::within(30ms));
    REQUIRE(none);
    CHECK_FALSE(*none);
}

TEST_CASE("A caller that waits knows what this process appended without a look at the file") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const auto open_before = open_descriptors();
    CHECK(*store.wait_for_append({}));
    CHECK(open_descriptors() == open_before);
    CHECK_FALSE(*store.wait_for_append(es::Position{1}, es::CallOptions::within(1ms)));
    CHECK(open_descriptors() > open_before); // a look needs a connection that reads
}

TEST_CASE("Past its deadline a call still says whether there is something new") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    auto other = open_store(folder / "combat.db");
    CHECK_FALSE(*store.wait_for_append({}, es::CallOptions::within(0ns)));
    REQUIRE(append(other, "combat-ogre", {event()}));
    CHECK(*store.wait_for_append({}, es::CallOptions::within(0ns)));
}

TEST_CASE("A caller that waits is answered when another process appends", "[waits]") {
    const Folder folder;
    open_store(folder / "combat.db").close(); // nothing is open when the process is forked
    const pid_t child = in_child([&] {
        std::this_thread::sleep_for(100ms);
        auto store = es::SqliteStore::open(folder / "combat.db");
        const Events events{event()};
        return store && store->append_unchecked("combat-ogre", es::EventBatch(events)) ? 0 : 1;
    });
    const auto store = open_store(folder / "combat.db");
    const auto answer = store.wait_for_append({});
    REQUIRE(answer);
    CHECK(*answer);
    CHECK(exit_code(child) == 0);
}

TEST_CASE("Polling reads the table only when another connection has changed the file") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    const auto reader = es::detail::sqlite::open_reader(folder / "combat.db", "x");
    REQUIRE(reader);
    const auto poll = [&] { return es::detail::sqlite::poll_head(**reader).value(); };
    CHECK(poll() == 0);
    REQUIRE(append(store, "combat-ogre", {event(), event()}));
    CHECK(poll() == 2);
    (*reader)->seen_head().head = 7; // which it would not say if it had looked
    CHECK(poll() == 7);
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(poll() == 3);
}

TEST_CASE("Many wait at once, and each is answered", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    auto other = open_store(folder / "combat.db"); // as another process would
    std::vector<es::Result<bool>> answers(8, es::errc::internal);
    std::vector<std::thread> waiting;
    for (auto& answer : answers)
        waiting.emplace_back([&] { answer = store.wait_for_append({}); });
    CHECK(append(other, "combat-ogre", {event()}));
    for (auto& thread : waiting)
        thread.join();
    for (const auto& answer : answers)
        CHECK((answer && *answer));
}

TEST_CASE("A stop ends the waiting for an append, and so does closing", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    std::stop_source stop;
    es::Result<bool> stopped = es::errc::internal;
    es::Result<bool> closed = es::errc::internal;
    std::thread one([&] { stopped = store.wait_for_append({}, {.stop = stop.get_token()}); });
    std::thread two([&] { closed = store.wait_for_append({}); });
    std::this_thread::sleep_for(30ms);
    stop.request_stop();
    one.join();
    CHECK(stopped.error() == es::errc::cancelled);
    store.close();
    two.join();
    CHECK(closed.error() == es::errc::closed);
}

// ---- closing ------------------------------------------------------------------------------------

TEST_CASE("Closing waits for readers, and leaves one file", "[waits]") {
    const Folder folder(fast_place());
    for (int i = 0; i < 10; ++i) {
        const std::string path = folder / ("combat-" + std::to_string(i) + ".db");
        auto store = open_store(path, {.durability = es::SqliteDurability::relaxed});
        Events events(2'000);
        std::generate(events.begin(), events.end(), [] { return event(); });
        REQUIRE(append(store, "combat-ogre", events));
        es::errc end{};
        std::thread reader([&, own = store] {
            for (;;)
                if (const auto report = own.verify(); !report) {
                    end = report.error().kind();
                    return;
                }
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(3 + i));
        store.close();
        CHECK_FALSE(std::filesystem::exists(path + "-wal"));
        reader.join();
        CHECK(end == es::errc::closed);
    }
}
