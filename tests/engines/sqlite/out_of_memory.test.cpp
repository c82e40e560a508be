// SPDX-License-Identifier: MIT
#include "allocations.hpp"
#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <cstddef>
#include <thread>

using namespace sqlite_tests;

namespace {

constexpr std::string_view tags[] = {"entity:ogre-of-the-marsh", "kind:monster-of-the-marsh"};

/// Calls `f` with less memory than it takes, again and again with a little more, until it is
/// enough. Answers how often it was not.
template <class F>
int starved(F f) {
    for (int enough = 0; enough < 1000; ++enough) {
        allocations::left = enough;
        const auto done = f();
        allocations::left = allocations::plenty;
        if (done)
            return enough;
        REQUIRE(done.error() == es::errc::unavailable);
        REQUIRE(done.error().outcome() == es::Outcome::not_done);
    }
    return 1000;
}

} // namespace

TEST_CASE("An append that runs out of memory at any place has done nothing") {
    const Folder folder(fast_place());
    auto store = open_store(folder / "combat.db", {.checkpoint_frames = 1});
    const Events events{event("combat.new_type", "{}", tags), event("combat.other_type")};
    CHECK(starved([&] {
              return append(store, "combat-ogre", es::ExpectedRevision::no_stream(), events);
          }) > 5);
    CHECK(all_positions(store).size() == 2);
    const es::AppendCondition condition{
        .fail_if_exists = {.items = {{.types = {"combat.other_type"}, .tags = {"kind:none"}}}}};
    const Events more{event("combat.third_type", "{}", tags)};
    CHECK(starved([&] {
              return append(store, "combat-ogre", es::ExpectedRevision::exists(), more, condition);
          }) > 5);
    CHECK(starved([&] { return append(store, "combat-ogre", more); }) > 1); // a retry
    CHECK(all_positions(store).size() == 3);
    CHECK(all_positions(store, {.items = {{.tags = {"kind:monster-of-the-marsh"}}}}).size() == 2);
    CHECK(store.verify()->ok());
}

TEST_CASE(
    "An append to several streams that runs out of memory at any place has done nothing in any") {
    const Folder folder(fast_place());
    const auto store = open_store(folder / "combat.db", {.checkpoint_frames = 1});
    const Events ogre{event("combat.new_type", "{}", tags), event()};
    const Events elf{event("combat.other_type", "{}", tags)};
    const es::StreamBatch parts[] = {
        {"combat-ogre", es::ExpectedRevision::no_stream(), es::EventBatch(ogre)},
        {"combat-none", es::ExpectedRevision::no_stream()},
        {"combat-elf", es::ExpectedRevision::no_stream(), es::EventBatch(elf)},
    };
    CHECK(starved([&] { return store.append_all(parts); }) > 5);
    CHECK(all_positions(store).size() == 3);
    CHECK(starved([&] { return store.append_all(parts); }) > 1); // a retry
    CHECK(all_positions(store, {.items = {{.tags = {"kind:monster-of-the-marsh"}}}}).size() == 2);
    CHECK(store.verify()->ok());
}

TEST_CASE("A refusal without memory for its words is a refusal") {
    const Folder folder(fast_place());
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const Events events{event()};
    for (int enough = 0;; ++enough) {
        allocations::left = enough;
        const auto done = append(store, "combat-ogre", es::ExpectedRevision::no_stream(), events);
        allocations::left = allocations::plenty;
        REQUIRE_FALSE(done);
        if (done.error() == es::errc::conflict)
            break;
        REQUIRE(done.error() == es::errc::unavailable);
    }
    CHECK(all_positions(store).size() == 1);
}

TEST_CASE("Reading and opening that run out of memory are errors") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    REQUIRE(append(store, "combat-ogre", {event("combat.tagged", "{}", tags)}));
    CHECK(starved([&] { return store.read_stream("combat-ogre"); }) > 1);
    CHECK(starved([&] { return store.read_all(); }) > 1);
    const auto id = store.read_all()->records().front().id;
    CHECK(starved([&] { return store.find_event(id); }) > 1);
    CHECK(starved([&] { return es::SqliteStore::open(path); }) > 3);
    CHECK(store.wait_for_append({}));
}

TEST_CASE("A caller without memory does not harm the others, which try again", "[waits]") {
    const Folder folder(fast_place());
    auto store = open_store(folder / "combat.db");
    int poor_done = 0;
    constexpr int each = 200;
    std::vector<int> done(4, 0);
    {
        std::vector<std::jthread> threads;
        threads.emplace_back([&] {
            for (int i = 0; i < each; ++i) {
                const Events events{event()};
                allocations::left = i % 12;
                const auto answer = store.append_unchecked("combat-poor", es::EventBatch(events));
                allocations::left = allocations::plenty;
                poor_done += answer ? 1 : 0;
            }
        });
        for (auto& count : done)
            threads.emplace_back([&] {
                for (int i = 0; i < each; ++i) {
                    const Events events{event()};
                    for (int tries = 0; tries < 100; ++tries)
                        if (append(store, "combat-rich", events)) {
                            ++count;
                            break;
                        }
                }
            });
    }
    for (const int count : done)
        CHECK(count == each);
    CHECK(all_positions(store).size() == 4 * each + static_cast<std::size_t>(poor_done));
    CHECK(poor_done > 0);
    CHECK(poor_done < each);
}

TEST_CASE("A commit of progress, or a snapshot, that runs out of memory has done nothing") {
    const Folder folder(fast_place());
    auto store = open_store(folder / "combat.db");
    const es::ProgressKey key{.name = "a subscription with a long name"};
    es::ProgressCommit commit{.key = key};
    commit.next.checkpoint.position = es::Position{1};
    commit.rows = {{.key = "a row with a name of its own", .data = std::string(100, 'x')}};
    commit.park = {
        {.key = "a key of parked events, long", .stream = es::StreamName("combat-ogre")}};
    commit.statements = {{"CREATE TABLE IF NOT EXISTS scores(name TEXT)"},
                         {"INSERT INTO scores VALUES(?)", {"a name that needs memory"}}};
    const es::Snapshot snapshot{.stream = es::StreamName("combat-ogre"),
                                .kind = "Combat",
                                .fingerprint = "f",
                                .data = std::string(100, 'x')};
    starved([&] { return store.commit_progress(commit); });
    starved([&] { return store.save_snapshot(snapshot); });
    CHECK(starved([&] { return store.load_progress(key); }) > 0);
    CHECK(starved([&] { return store.load_rows(key, {}, 10); }) > 1);
    CHECK(starved([&] { return store.load_parked(key, {}, 10); }) > 1);
    CHECK(starved([&] { return store.load_snapshot("combat-ogre", "Combat", "f"); }) > 1);
    CHECK(**store.load_progress(key) == commit.next);
    CHECK(store.load_rows(key, {}, 10)->size() == 1);
    CHECK(*store.load_parked(key, {}, 10) == commit.park);
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM scores") == "1");
    CHECK(store.verify()->ok());
}
