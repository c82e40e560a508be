// SPDX-License-Identifier: MIT
// As runtime/upcast.test.cpp, over EventStoreDB.
#include <eventsourcing/engines/eventstoredb.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/target.hpp"
#include "runtime/upcast_checks.hpp"
#include "runtime/upcast_of_tails.hpp"

using namespace upcast_checks;

TEST_CASE("V1, V4, V5: loads and records of EventStoreDB go through upcasts, its bytes do not",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    reads_all_versions(*store);
}

TEST_CASE("V3: an upcast that answers an error is an error with the place, in EventStoreDB",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    tells_of_failed_upcasts(*store);
}

TEST_CASE("V3: an upcast that throws is an error with the place, in EventStoreDB",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    tells_of_throwing_upcasts(*store);
}

TEST_CASE("V4: what comes after a snapshot goes through upcasts, in EventStoreDB with snapshots "
          "in a store beside",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    reads_what_comes_after_a_snapshot(*store, es::MemoryStore{});
}

TEST_CASE("V7: an unknown version stops a load, and the message lists those that are known, in "
          "EventStoreDB",
          "[eventstoredb]") {
    esdb_tests::Target target;
    auto store = target();
    REQUIRE(store);
    stops_at_unknown_versions(*store);
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
