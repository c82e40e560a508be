// SPDX-License-Identifier: MIT
// As runtime/upcast.test.cpp, over SQLite.
#include <eventsourcing/engines/sqlite.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "runtime/upcast_checks.hpp"

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

TEST_CASE("V8: unknown types are refused or ignored as the aggregate says, in SQLite") {
    const sqlite_tests::Folder folder;
    ignores_unknown_types(sqlite_tests::open_store(folder / "es.db"));
}

TEST_CASE("An upcast that asks for the record sees all of it, in SQLite") {
    const sqlite_tests::Folder folder;
    sees_the_record(sqlite_tests::open_store(folder / "es.db"));
}
