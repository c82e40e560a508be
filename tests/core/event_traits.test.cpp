// SPDX-License-Identifier: MIT
#include <eventsourcing/core/event_traits.hpp>

#include "catch.hpp"

#include <array>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace combat {
struct EntityAttacked {
    std::string entity_id;
};
struct Renamed {
    static constexpr std::string_view event_type = "fight.hit";
    static constexpr std::string_view event_type_version = "2.1";
    static constexpr std::array event_type_aliases{std::string_view{"combat.hit"},
                                                   std::string_view{"combat.struck"}};
};
struct FromElsewhere {
    static constexpr const char* event_source = "events://example.com/arena";
};
struct Special {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat",
            .source = "events://example.org/combat",
            .version = "1.0",
            .schema = "https://example.org/combat.json"};
}
consteval es::EventFamily event_family(const Special&) {
    return {.name = "special", .source = "events://example.org/special", .version = "3"};
}
namespace nested {
struct Looted {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "loot", .source = "events://example.org/loot"};
}
} // namespace nested
} // namespace combat

namespace {
struct Hidden {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "hidden", .source = "events://example.org/hidden"};
}
} // namespace

struct AloneInTheGlobalNamespace {
    static constexpr std::string_view event_type = "alone";
    static constexpr std::string_view event_source = "events://example.org/alone";
};

TEST_CASE("an event takes what it does not name itself from the family of its namespace") {
    using Traits = es::EventTraits<combat::EntityAttacked>;
    CHECK(Traits::event_type == "combat.entity_attacked");
    CHECK(Traits::event_type_version == "1.0");
    CHECK(Traits::event_source == "events://example.org/combat");
    CHECK(Traits::event_schema == "https://example.org/combat.json");
    CHECK(Traits::event_type_aliases.empty());
}

TEST_CASE("a struct replaces its type whole, its version, its source, and keeps older names") {
    CHECK(es::EventTraits<combat::Renamed>::event_type == "fight.hit");
    CHECK(es::EventTraits<combat::Renamed>::event_type_version == "2.1");
    CHECK(es::EventTraits<combat::Renamed>::event_source == "events://example.org/combat");
    REQUIRE(es::EventTraits<combat::Renamed>::event_type_aliases.size() == 2);
    CHECK(es::EventTraits<combat::Renamed>::event_type_aliases[1] == "combat.struck");
    CHECK(es::EventTraits<combat::FromElsewhere>::event_source == "events://example.com/arena");
}

TEST_CASE("a family for one type, of a nested and of an anonymous namespace is found") {
    CHECK(es::EventTraits<combat::Special>::event_type == "special.special");
    CHECK(es::EventTraits<combat::Special>::event_type_version == "3");
    CHECK(es::EventTraits<combat::nested::Looted>::event_type == "loot.looted");
    CHECK(es::EventTraits<combat::nested::Looted>::event_type_version == "1.0");
    CHECK(es::EventTraits<Hidden>::event_type == "hidden.hidden");
}

TEST_CASE("a struct that names everything itself needs no family") {
    CHECK(es::EventTraits<AloneInTheGlobalNamespace>::event_type == "alone");
    CHECK(es::EventTraits<AloneInTheGlobalNamespace>::event_type_version == "1.0");
    CHECK(es::EventTraits<AloneInTheGlobalNamespace>::event_schema.empty());
}
