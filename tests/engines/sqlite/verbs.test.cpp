// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/simulated_disk.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"
#include "laws/each_store.hpp"

#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace sqlite_tests;

static_assert(es::AppendsIf<es::SqliteStore> && es::AppendsAll<es::SqliteStore>);
static_assert(es::TellsHead<es::SqliteStore> && es::FindsEvents<es::SqliteStore>);
static_assert(es::SyncsUpTo<es::SqliteStore>);

namespace {

constexpr auto no_stream = es::ExpectedRevision::no_stream();

/// One event for each of these streams, which must be new.
auto append_to_each(const es::SqliteStore& store, const std::vector<es::StreamNameView>& streams,
                    const Events& events) {
    std::vector<es::StreamBatch> parts;
    for (std::size_t i = 0; i < streams.size(); ++i)
        parts.push_back({streams[i], no_stream, es::EventBatch(std::span(&events[i], 1))});
    return store.append_all(parts);
}

} // namespace

TEST_CASE("Two new streams whose names have the same hash are appended to together") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    const Events events{event("combat.first"), event("combat.second")};
    REQUIRE(append_to_each(store, {"combat-89201", "combat-142230"}, events));
    CHECK(store.read_stream("combat-89201")->records().front().type == "combat.first");
    CHECK(store.read_stream("combat-142230")->records().front().type == "combat.second");
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->ok());
}

TEST_CASE("An append to several streams that can't go on half-way leaves nothing behind") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    Raw(folder / "combat.db")
        .run("CREATE TRIGGER es_no_orc BEFORE INSERT ON es_events WHEN NEW.stream_name = "
             "'combat-orc' BEGIN SELECT RAISE(ABORT, 'no orcs'); END");
    const Events events{event("combat.new_type"), event()};
    REQUIRE_FALSE(append_to_each(store, {"combat-ogre", "combat-orc"}, events));
    CHECK(*store.head() == std::nullopt);
    REQUIRE(append_to_each(store, {"combat-ogre", "combat-elf"}, events));
    CHECK(all_positions(store).size() == 2);
}

TEST_CASE("Appends to several streams share commits with plain ones, and none is lost", "[waits]") {
    const Folder folder(fast_place());
    const auto store = open_store(folder / "combat.db");
    constexpr int rounds = 30;
    std::atomic<int> refused = 0;
    const auto mover = [&](const std::string& own) {
        for (int i = 0; i < rounds; ++i) {
            const std::string name = "combat-" + own + "x" + std::to_string(i);
            const auto stream = es::StreamNameView::parse(name).value();
            const Events events{event(), event()};
            const es::StreamBatch parts[] = {
                {stream, no_stream, es::EventBatch(std::span(&events[0], 1))},
                {"combat-none", no_stream},
            };
            if (!store.append_all(parts))
                ++refused;
            if (!append(store, "combat-all", {events[1]}))
                ++refused;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (const char* own : {"a", "b", "c"})
            threads.emplace_back(mover, own);
    }
    CHECK(refused == 0);
    CHECK(all_positions(store).size() == 3 * 2 * rounds);
    CHECK(store.verify().value().ok());
}

TEST_CASE(
    "Whenever power is lost, an append to several streams is in all of them or in none, and a "
    "retry is done once") {
    int cuts = 0;
    for (int nth = 1;; ++nth) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        SimulatedDisk disk(path);
        FaultPlan plan(path, power_cut, nth);
        const VfsShim shim({&plan, &disk});
        INFO("call " << nth);
        const Events events{event(), event()};
        bool acknowledged = false;
        if (auto store = es::SqliteStore::open(path)) {
            (void)append(*store, "combat-ogre", {event()});
            acknowledged = append_to_each(*store, {"combat-elf", "combat-orc"}, events).has_value();
            store->close();
        }
        if (!plan.struck())
            break;
        ++cuts;
        std::mt19937 random(static_cast<std::uint32_t>(nth));
        disk.lose_power(Unsynced::torn, random);
        plan.revive();
        const auto store = open_store(path);
        const auto elf = store.read_stream("combat-elf")->records().size();
        const auto orc = store.read_stream("combat-orc")->records().size();
        CHECK(elf == orc);
        if (acknowledged)
            CHECK(elf == 1);
        REQUIRE(append_to_each(store, {"combat-elf", "combat-orc"}, events));
        CHECK(store.read_stream("combat-elf")->records().size() == 1);
        CHECK(store.read_stream("combat-orc")->records().size() == 1);
    }
    CHECK(cuts > 10);
}

TEST_CASE("What was synced up to is there after a loss of power, in the relaxed mode too") {
    const int frames = GENERATE(2, 2'000); // with checkpoints in between, and without
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    SimulatedDisk disk(path);
    FaultPlan plan(path, {"the end of power", any_of(VfsOp::sync), SQLITE_IOERR, 0, true},
                   1'000'000);
    const VfsShim shim({&plan, &disk});
    {
        const auto store = open_store(
            path, {.durability = es::SqliteDurability::relaxed, .checkpoint_frames = frames});
        for (int i = 0; i < 10; ++i)
            REQUIRE(append(store, "combat-ogre", {event()}));
        REQUIRE(store.sync(es::Position{10}));
        for (int i = 0; i < 3; ++i)
            REQUIRE(append(store, "combat-ogre", {event()}));
        plan.kill();
    }
    std::mt19937 random;
    disk.lose_power(Unsynced::lost, random);
    plan.revive();
    const auto left = all_positions(open_store(path)).size();
    CHECK(left >= 10);
    if (frames == 2'000)
        CHECK(left == 10); // or it was never put to the test
}

TEST_CASE("What another program has appended in the relaxed mode is synced by a store of the full "
          "one") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    SimulatedDisk disk(path);
    FaultPlan plan(path, {"the end of power", any_of(VfsOp::sync), SQLITE_IOERR, 0, true},
                   1'000'000);
    const VfsShim shim({&plan, &disk});
    {
        const auto store = open_store(path);
        const auto other = open_store(path, {.durability = es::SqliteDurability::relaxed});
        REQUIRE(append(other, "combat-ogre", {event()}));
        REQUIRE(store.sync(es::Position{1}));
        plan.kill();
    }
    std::mt19937 random;
    disk.lose_power(Unsynced::lost, random);
    plan.revive();
    CHECK(all_positions(open_store(path)).size() == 1);
}

TEST_CASE("After a sync that failed the store stays failed") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    FaultPlan plan(path, {"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC}, 1'000'000);
    const VfsShim shim({&plan});
    const auto store = open_store(path, {.durability = es::SqliteDurability::relaxed});
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(store.sync(es::Position{2}).error() == es::errc::beyond_head);
    FaultPlan failing(path, {"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC}, 1);
    const VfsShim over({&failing});
    const auto store2 = open_store(path, {.durability = es::SqliteDurability::relaxed});
    const auto refused = store2.sync(es::Position{1});
    CHECK(refused.error() == es::errc::failed);
    CHECK(refused.error().message().find("could not be synced") != std::string::npos);
    CHECK(append(store2, "combat-ogre", {event()}).error() == es::errc::failed);
    CHECK(store2.sync(es::Position{1}).error() == es::errc::failed);
}

TEST_CASE("A duplicate id is told with the place of its own event, wherever in its batch that is") {
    each_store::on_each_store([](const auto& store, const auto& /*other*/) {
        const auto put = [&](es::StreamNameView stream, const Events& events) {
            return store.append_unchecked(stream, es::EventBatch(events));
        };
        const auto place_of = [](const auto& refused) {
            REQUIRE_FALSE(refused);
            REQUIRE(es::duplicate_id(refused.error()));
            return *es::duplicate_id(refused.error());
        };
        const auto place = [](const es::NewEvent& event, std::uint64_t revision) {
            return es::DuplicateId{event.id, "combat-ogre", es::Revision{revision}};
        };
        const Events events{event(), event(), event()};
        REQUIRE(put("combat-ogre", Events{event()}));
        REQUIRE(put("combat-ogre", events));

        Events changed = events;
        changed[2].data = "{}";
        CHECK(place_of(put("combat-ogre", changed)) == place(events[2], 3));
        CHECK(place_of(put("combat-elf", Events{event(), events[1], event()})) ==
              place(events[1], 2));
        CHECK(place_of(put("combat-elf", Events{event(), events[1], events[2]})) ==
              place(events[1], 2));
        CHECK(place_of(put("combat-elf", Events{event(), event(), events[2]})) ==
              place(events[2], 3));

        const Events others{event()};
        const auto both = [&](const Events& of_ogre) {
            const std::vector<es::StreamBatch> parts{
                {"combat-elf", no_stream, es::EventBatch(others)},
                {"combat-ogre", es::ExpectedRevision::exactly(es::Revision{0}),
                 es::EventBatch(of_ogre)}};
            return store.append_all(parts);
        };
        CHECK(place_of(both(events)) == place(events[0], 1));
        CHECK(place_of(both(Events{event(), events[1]})) == place(events[1], 2));
        REQUIRE(put("combat-elf", others));
        CHECK(place_of(both(changed)) == place(events[2], 3));

        // of two streams that have their batches already the first one is named
        const Events of_troll{event()};
        REQUIRE(put("combat-troll", of_troll));
        const Events of_orc{event()};
        const std::vector<es::StreamBatch> parts{
            {"combat-orc", no_stream, es::EventBatch(of_orc)},
            {"combat-ogre", es::ExpectedRevision::exactly(es::Revision{0}), es::EventBatch(events)},
            {"combat-troll", no_stream, es::EventBatch(of_troll)}};
        CHECK(place_of(store.append_all(parts)) == place(events[0], 1));
    });
}

TEST_CASE("The head, an event and the end of a stream are found in a file that others write") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    const auto other = open_store(folder / "combat.db");
    CHECK(*store.head() == std::nullopt);
    const Events events{event()};
    REQUIRE(append(other, "combat-ogre", events));
    CHECK(*store.head() == es::Position{1});
    const auto found = store.find_event(events[0].id);
    REQUIRE(found);
    REQUIRE(found->records().size() == 1);
    CHECK(found->records().front().stream == "combat-ogre");
    const auto refused = append(store, "combat-elf", events);
    REQUIRE(es::duplicate_id(refused.error()));
    CHECK(es::duplicate_id(refused.error())->id == events[0].id);
}

TEST_CASE("A sync does not confirm events of a log that was cut short") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const auto durability = GENERATE(es::SqliteDurability::relaxed, es::SqliteDurability::full);
    auto store = open_store(path, {.durability = durability});
    REQUIRE(append(store, "combat-ogre", {event(), event(), event()}));
    CHECK(*store.head() == es::Position{3});
    std::filesystem::resize_file(path + "-wal", 0);
    const auto synced = store.sync(es::Position{3});
    REQUIRE_FALSE(synced);
    CHECK(synced.error() == es::errc::failed);
    CHECK(synced.error().message().find("-wal\" was cut short") != std::string::npos);
    CHECK(append(store, "combat-ogre", {event()}).error() == es::errc::failed);
}
