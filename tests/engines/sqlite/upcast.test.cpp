// SPDX-License-Identifier: MIT
// As runtime/upcast.test.cpp, over SQLite.
#include <eventsourcing/engines/sqlite.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "runtime/upcast_checks.hpp"
#include "runtime/upcast_of_tails.hpp"

namespace es = eventsourcing;
using namespace upcast_checks;

TEST_CASE("V4, V5: loads and records of SQLite go through upcasts, its bytes do not") {
    const sqlite_tests::Folder folder;
    reads_all_versions(sqlite_tests::open_store(folder / "es.db"));
}
TEST_CASE("V4: SQLite's verify goes through upcasts, and tells of one that fails") {
    const sqlite_tests::Folder folder;
    auto store = sqlite_tests::open_store(folder / "es.db");
    store_event(store, combat::v1::EntityAttacked{"ogre", "7"});
    const auto report = store.verify<combat::Event>();
    REQUIRE(report);
    CHECK(report->ok());
    store_event(store, combat::v1::EntityAttacked{"ogre", ""});
    const auto bad = store.verify<combat::Event>();
    REQUIRE(bad);
    REQUIRE(bad->problems.size() == 1);
    CHECK_THAT(bad->problems.front(),
               Catch::Contains("combat.entity_attacked in version \"1.0\": upcast: no damage"));
}

TEST_CASE("V3: an upcast that fails or throws is an error with the place, in SQLite") {
    const sqlite_tests::Folder folder;
    tells_of_failed_upcasts(sqlite_tests::open_store(folder / "failed.db"));
    tells_of_throwing_upcasts(sqlite_tests::open_store(folder / "thrown.db"));
}

TEST_CASE("V4: what comes after a snapshot goes through upcasts, in SQLite") {
    const sqlite_tests::Folder folder;
    const auto store = sqlite_tests::open_store(folder / "es.db");
    reads_what_comes_after_a_snapshot(store, store);
}

TEST_CASE("V7: an unknown version stops a load, and the message lists those that are known, in "
          "SQLite") {
    const sqlite_tests::Folder folder;
    stops_at_unknown_versions(sqlite_tests::open_store(folder / "es.db"));
}

TEST_CASE("V8: unknown types are refused or ignored as the aggregate says, in SQLite") {
    const sqlite_tests::Folder folder;
    ignores_unknown_types(sqlite_tests::open_store(folder / "es.db"));
}

TEST_CASE("An upcast that asks for the record sees all of it, in SQLite") {
    const sqlite_tests::Folder folder;
    sees_the_record(sqlite_tests::open_store(folder / "es.db"));
}
