// SPDX-License-Identifier: MIT
// Events of older versions become those of today wherever events are decoded (V1, V3, V4, V5, V7),
// and events of unknown types are refused or ignored (V8). The same over SQLite is in
// engines/sqlite/upcast.test.cpp.
#include <eventsourcing/runtime/load.hpp>

#include <eventsourcing/cloudevents/convert.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/recorded.hpp>

#include "catch.hpp"
#include "runtime/upcast_checks.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

namespace es = eventsourcing;
using namespace upcast_checks;

TEST_CASE("V1: an event of each version is decoded as it was and goes through all its upcasts") {
    using Codec = es::EventCodec<combat::Event>;
    const auto first = Codec::decode(attacked, "1.0", R"({"entity_id":"ogre","damage":"7"})");
    REQUIRE(first);
    const auto& event = std::get<combat::EntityAttacked>(*first);
    CHECK(event.entity_id == "ogre");
    CHECK(event.damage == 7);
    CHECK(event.weapon == "fists");

    const auto second = Codec::decode(attacked, "2.0", R"({"entity_id":"ogre","damage":8})");
    REQUIRE(second);
    CHECK(std::get<combat::EntityAttacked>(*second).damage == 8);

    const auto today =
        Codec::decode(attacked, "3.0", R"({"entity_id":"ogre","damage":9,"weapon":"axe"})");
    REQUIRE(today);
    CHECK(std::get<combat::EntityAttacked>(*today).weapon == "axe");

    const auto one = es::EventCodec<combat::EntityAttacked>::decode(
        attacked, "1.0", R"({"entity_id":"ogre","damage":"7"})");
    REQUIRE(one);
    CHECK(one->damage == 7);
}

TEST_CASE("V1: only the version of today is written") {
    const combat::Event event = combat::EntityAttacked{"ogre", 9, "axe"};
    CHECK(es::EventCodec<combat::Event>::version(event) == "3.0");
    CHECK(es::EventCodec<combat::Event>::type(combat::EntityDied{}) == "combat.entity_died");
}

TEST_CASE("V1: an older form is read as strictly as it was") {
    const auto wrong = es::EventCodec<combat::Event>::decode(attacked, "1.0",
                                                             R"({"entity_id":"ogre","damage":7})");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error() == es::errc::malformed);
    CHECK(wrong.error().message() == "combat.entity_attacked in version \"1.0\": $.damage: "
                                     "expected a string, got 7");
}

TEST_CASE("V4, V5: loads and records of the memory store go through upcasts, its bytes do not") {
    reads_all_versions(es::MemoryStore{});
}
TEST_CASE("V4, V5: loads and records of AnyStore go through upcasts, its bytes do not") {
    reads_all_versions(es::AnyStore(es::MemoryStore{}));
}

TEST_CASE("V4: an event of an older version comes back from a CloudEvent as that of today") {
    const es::Environment environment{};
    const auto ce = es::to_cloud_event(combat::v1::EntityAttacked{"ogre", "7"}, environment);
    REQUIRE(ce);
    const auto event = es::from_cloud_event<combat::Event>(*ce);
    REQUIRE(event);
    CHECK(std::get<combat::EntityAttacked>(*event).damage == 7);
}

TEST_CASE("V3: an upcast that answers an error is an error with the place") {
    tells_of_failed_upcasts(es::MemoryStore{});
}

TEST_CASE("V3: an upcast that throws is an error with the place") {
    tells_of_throwing_upcasts(es::MemoryStore{});
}

TEST_CASE("V7: an unknown version stops a load, and the message lists those that are known") {
    stops_at_unknown_versions(es::MemoryStore{});
}

TEST_CASE("V4: the memory store upcasts events that it keeps as their own structs") {
    es::MemoryStore store;
    const es::StreamName stream("combat-ogre");
    const combat::v1::EntityAttacked old{"ogre", "7"};
    const std::array<es::Uuid, 1> ids{es::Environment{}.new_id()};
    REQUIRE(store.append_unchecked(
        stream, es::Batch<combat::v1::EntityAttacked>({&old, 1}, ids, {}, nullptr, {})));
    std::uint32_t damage = 0;
    REQUIRE(store.read_events<combat::Event>(stream, {}, [&](const combat::Event& event, auto) {
        damage = std::get<combat::EntityAttacked>(event).damage;
    }));
    CHECK(damage == 7);
    CHECK(es::load<combat::Combat>(store, stream)->state.told == "ogre 7 fists;");
}

TEST_CASE("V8: unknown types are refused or ignored as the aggregate says, in the memory store") {
    ignores_unknown_types(es::MemoryStore{});
}
TEST_CASE("An upcast that asks for the record sees all of it, in the memory store") {
    sees_the_record(es::MemoryStore{});
}
TEST_CASE("Where there is no record, an upcast that asks for it says so, and the rest is decoded") {
    using Codec = es::EventCodec<dated::Paid>;
    const auto old = Codec::decode("dated.paid", "1.0", R"({"amount":5})");
    REQUIRE_FALSE(old);
    CHECK(old.error() == es::errc::unsupported);
    CHECK_THAT(old.error().message(), Catch::Contains("decode it from a store"));
    CHECK(Codec::decode("dated.paid", "2.0", R"({"amount":5,"on":"","by":""})"));
}
