// SPDX-License-Identifier: MIT
// As runtime/upcast.test.cpp, over EventStoreDB.
#include <eventsourcing/engines/eventstoredb.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/target.hpp"
#include "runtime/upcast_checks.hpp"

using namespace upcast_checks;

TEST_CASE("V4, V5: loads and records of EventStoreDB go through upcasts, its bytes do not",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    reads_all_versions(*store);
}

TEST_CASE("V8: unknown types are refused or ignored as the aggregate says, in EventStoreDB",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    ignores_unknown_types(*store);
}

TEST_CASE("An upcast that asks for the record sees all of it, in EventStoreDB", "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    sees_the_record(*store);
}
