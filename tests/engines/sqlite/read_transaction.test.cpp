// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/read_transaction.hpp>

#include <eventsourcing/engines/sqlite/reader.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;
namespace sqlite = es::detail::sqlite;

TEST_CASE("Under a later schema no call reads, waits or writes, and none calls the file corrupt") {
    const std::string migration =
        GENERATE(as<std::string>(), "", "ALTER TABLE es_stream_events RENAME TO es_streams;",
                 "ALTER TABLE es_types RENAME COLUMN name TO kind;", "DROP TABLE es_event_tags;",
                 "DROP TABLE es_store;", "ALTER TABLE es_events DROP COLUMN metadata;");
    const bool was_read = GENERATE(false, true); // and has its statements and types
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    constexpr std::string_view tags[] = {"entity:ogre"};
    REQUIRE(append(store, "combat-ogre", {event("combat.entered", "{}", tags), event()}));
    const auto wait = [&] {
        es::CallOptions call;
        call.deadline = std::chrono::steady_clock::now();
        return store.wait_for_append(es::Position{2}, call);
    };
    if (was_read) {
        REQUIRE(store.read_all());
        REQUIRE(store.read_stream("combat-ogre"));
        REQUIRE_FALSE(*wait());
    }
    {
        Raw raw(folder / "combat.db");
        raw.run("PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE;" + migration +
                "PRAGMA user_version = 6; COMMIT");
    }
    const auto check = [](const auto& result) {
        REQUIRE_FALSE(result);
        CHECK(result.error() == es::errc::unsupported);
        CHECK(result.error().message().ends_with(
            "\": another process has brought the file to schema 6, and this library reads and "
            "writes schema 5: use the later library here, too"));
    };
    INFO(migration);
    check(store.read_stream("combat-ogre"));
    check(store.read_stream("combat-elf"));
    check(store.read_stream("combat-ogre", {.events_only = true}));
    check(store.read_stream("combat-ogre", {.direction = es::Direction::backward}));
    check(store.read_all());
    check(store.read_all({.query = {.items = {{.types = {"combat.entered"}}}}}));
    check(store.read_all({.query = {.items = {{.tags = {"entity:ogre"}}}}}));
    check(wait());
    check(append(store, "combat-ogre", {event()}));
    const Events one{event()};
    const std::vector<es::StreamBatch> parts{
        {"combat-ogre", es::ExpectedRevision::exactly(es::Revision{1}), es::EventBatch(one)}};
    check(store.append("combat-ogre", es::ExpectedRevision::exactly(es::Revision{1}),
                       es::EventBatch(one)));
    check(store.append_if("combat-ogre", es::EventBatch(one),
                          {{{{.tags = {"entity:elf"}}}}, es::Position{2}}));
    check(store.append_all(parts));
    check(store.head());
    check(store.find_event(one[0].id));
    check(store.sync(es::Position{2}));
    check(store.store_id());
    const es::ProgressKey key{.name = "scores", .fingerprint = "f1"};
    check(store.load_progress(key));
    check(store.list_progress());
    check(store.load_row(key, "a"));
    check(store.load_rows(key, {}, 10));
    check(store.load_parked(key, {}, 10));
    check(store.commit_progress(
        {.key = key, .loaded = {}, .next = {.checkpoint = {}, .owner = "test", .fence = 1}}));
    check(store.drop_progress(key));
    check(store.load_snapshot("combat-ogre", "state", "f1"));
    const auto ogre = es::StreamName::parse("combat-ogre");
    REQUIRE(ogre);
    check(
        store.save_snapshot({.stream = *ogre, .kind = "state", .fingerprint = "f1", .data = "{}"}));
    check(store.prune_snapshots("state", "f2"));
    check(store.verify());
    check(store.backup(folder / "backup.db"));
}

TEST_CASE("All that is read in a transaction is of one moment, which ends with it") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const auto reader = sqlite::open_reader(folder / "combat.db", "store");
    REQUIRE(reader);
    {
        sqlite::ReadTransaction transaction(**reader);
        REQUIRE(transaction.begin());
        CHECK(sqlite::read_head(**reader).value() == 1);
        REQUIRE(append(store, "combat-ogre", {event()}));
        CHECK(sqlite::read_head(**reader).value() == 1);
    }
    CHECK(sqlite::read_head(**reader).value() == 2);
}
