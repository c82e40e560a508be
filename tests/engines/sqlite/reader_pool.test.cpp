// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/reader_pool.hpp>

#include <eventsourcing/engines/sqlite/engine.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <latch>
#include <sys/resource.h>
#include <system_error>
#include <thread>

using namespace sqlite_tests;
namespace sqlite = es::detail::sqlite;

namespace {

/// Holds `count` of an engine's reading connections until it is let go.
class Holders {
public:
    Holders(sqlite::Engine& engine, int count) : held_(count) {
        for (int i = 0; i < count; ++i)
            threads_.emplace_back([&] {
                const auto done = engine.maintain({}, [&](auto&, auto) -> es::Result<void> {
                    held_.count_down();
                    let_go_.wait();
                    return {};
                });
                failed_ = failed_ || !done;
            });
        held_.wait();
    }
    ~Holders() { let_go(); }
    void let_go() {
        if (!let_go_.try_wait())
            let_go_.count_down();
        threads_.clear();
        CHECK_FALSE(failed_);
    }

private:
    std::latch held_;
    std::latch let_go_{1};
    std::atomic<bool> failed_ = false;
    std::vector<std::jthread> threads_;
};

es::Result<es::Page> read(sqlite::Engine& engine, const es::CallOptions& call = {}) {
    return engine.read(call, [](auto& page) { return page.all({}); });
}

std::ptrdiff_t open_descriptors() {
    const std::filesystem::path mine = "/proc/self/fd";
    return std::filesystem::exists(mine)
               ? std::distance(std::filesystem::directory_iterator(mine), {})
               : 0;
}

} // namespace

TEST_CASE("More callers than connections read one after the other, and no descriptor is left",
          "[waits]") {
    const Folder folder;
    const std::ptrdiff_t before = open_descriptors();
    auto store = open_store(folder / "combat.db", {.busy_timeout = 1h, .max_readers = 3});
    REQUIRE(append(store, "combat-ogre", {event()}));
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 64; ++i)
            threads.emplace_back([&] {
                for (int round = 0; round < 5; ++round) {
                    const auto page = store.read_all();
                    wrong += page && page->records().size() == 1 ? 0 : 1;
                }
            });
    }
    CHECK(wrong == 0);
    constexpr std::ptrdiff_t of_each = 4; // file, its locks, log, shared memory
    CHECK(open_descriptors() <= before + 4 * of_each + 1);
    store.close();
    CHECK(open_descriptors() <= before);
}

TEST_CASE("A caller that finds all connections in use waits as long as it may", "[waits]") {
    const Folder folder;
    const auto engine =
        sqlite::Engine::open(folder / "combat.db", {.busy_timeout = 1ms, .max_readers = 2});
    REQUIRE(engine);
    Holders holders(**engine, 2);
    const auto refused = read(**engine);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().message().find("all 2 connections that read are in use (max_readers)") !=
          std::string::npos);
    CHECK(read(**engine, es::CallOptions::within(1ms).begun({})).error() == es::errc::timed_out);

    std::stop_source stop;
    es::CallOptions stoppable;
    stoppable.stop = stop.get_token();
    stoppable.deadline = std::chrono::steady_clock::now() + 1h;
    std::jthread stopper([&] { stop.request_stop(); });
    CHECK(read(**engine, stoppable).error() == es::errc::cancelled);

    es::Result<es::Page> late = es::errc::internal;
    std::jthread waiter([&] { late = read(**engine, es::CallOptions::within(1h).begun({})); });
    holders.let_go();
    waiter.join();
    CHECK(late);
}

TEST_CASE("A caller waits for a connection without an end, if it may", "[waits]") {
    const Folder folder;
    const auto engine = sqlite::Engine::open(
        folder / "combat.db", {.busy_timeout = std::chrono::milliseconds::max(), .max_readers = 1});
    REQUIRE(engine);
    Holders holders(**engine, 1);
    std::stop_source stop;
    es::CallOptions stoppable;
    stoppable.stop = stop.get_token();
    std::jthread stopper([&] {
        std::this_thread::sleep_for(20ms); // a caller that does not wait has failed by then
        stop.request_stop();
    });
    CHECK(read(**engine, stoppable).error() == es::errc::cancelled);
}

TEST_CASE("Closing answers a caller that waits for a connection", "[waits]") {
    const Folder folder;
    const auto engine = sqlite::Engine::open(folder / "combat.db", {.max_readers = 1});
    REQUIRE(engine);
    Holders holders(**engine, 1);
    es::Result<es::Page> answer = es::errc::internal;
    std::jthread waiter([&] { answer = read(**engine, es::CallOptions::within(1h).begun({})); });
    std::jthread closer([&] { (*engine)->close(); }); // waits for the one that reads
    waiter.join();
    CHECK(answer.error() == es::errc::closed);
    holders.let_go();
    closer.join();
}

TEST_CASE("Closing does not wait for a caller that has left", "[waits]") {
    const Folder folder;
    const es::SqliteOptions one_reader{.max_readers = 1};
    const auto writer = sqlite::open_writer(folder / "combat.db", one_reader);
    REQUIRE(writer);
    for (int i = 0; i < 100; ++i) { // in most of which the caller waits when its connection is back
        es::detail::shared::EngineState state("sqlite store \"x\"");
        sqlite::ReaderPool pool((*writer)->absolute_path(), state, one_reader);
        auto only = std::optional(pool.borrow({}, 1h));
        REQUIRE(*only);
        std::atomic<bool> begun = false;
        bool closed = false;
        std::jthread waiter([&] {
            begun = true;
            closed = pool.borrow({}, 1h).error() == es::errc::closed;
        });
        while (!begun)
            std::this_thread::yield();
        std::this_thread::sleep_for(1ms);
        state.close();
        only.reset();
        pool.close();
        waiter.join();
        REQUIRE(closed);
    }
}

TEST_CASE("Without descriptors a read that needs one more connection is unavailable, and all else "
          "goes on",
          "[waits]") {
    const Folder folder;
    const int code = exit_code(in_child([&] {
        // The sanitizer needs a pipe when it sees an object of a class for the first time.
        (void)std::generic_category().message(EMFILE);
        auto store = es::SqliteStore::open(folder / "combat.db");
        const auto works = [&] {
            const Events one{event()};
            return store->append_unchecked("combat-ogre", es::EventBatch(one)).has_value();
        };
        if (!store || !works())
            return 1;
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        const auto allow = [&](rlim_t descriptors) {
            const rlimit next{descriptors, limit.rlim_max};
            return ::setrlimit(RLIMIT_NOFILE, &next) == 0;
        };
        if (!allow(0))
            return 2;
        const auto refused = store->read_all();
        if (refused || refused.error() != es::errc::unavailable ||
            refused.error().message().find("Too many open files") == std::string::npos)
            return 3;
        if (!works())
            return 4;
        if (!allow(limit.rlim_cur) || !store->read_all()) // and opens a connection
            return 5;
        if (!allow(0) || !store->read_all() || !works())
            return 6;
        allow(limit.rlim_cur);
        return 0;
    }));
    CHECK(code == 0);
}
