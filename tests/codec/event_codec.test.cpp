// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/event_codec.hpp>

#include "catch.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace combat {
struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage;
};
struct EntityDied {
    static constexpr std::array event_type_aliases{std::string_view{"combat.killed"},
                                                   std::string_view{"fight.over"}};
    std::string entity_id;
};
/// An older shape of the first, kept together with it.
struct EntityHit {
    static constexpr std::string_view event_type = "combat.entity_attacked";
    static constexpr std::string_view event_type_version = "0.9";
    std::string entity_id;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
/// Has a second member, or throws instead.
struct EntityNamed {
    std::string name;
    static void members(auto& self, auto&& member) {
        member("name", self.name);
        if (self.name.starts_with('!'))
            throw_or_skip(std::runtime_error("no second member"));
    }
};
} // namespace combat

namespace audit {
/// Data members that have the names of what an event may say of its type.
struct Logged {
    std::string event_type;
    std::string event_type_version;
    std::string event_source;
    std::vector<std::string> event_type_aliases;
    std::string json_name;
    bool operator==(const Logged&) const = default;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "audit", .source = "events://example.org/audit"};
}
} // namespace audit

namespace {
using Event = std::variant<combat::EntityAttacked, combat::EntityDied, combat::EntityHit>;
using Codec = es::EventCodec<Event>;
} // namespace

static_assert(es::EventTable<Event>::rows.size() == 5);

TEST_CASE("an event is written with its type and version and read back by them") {
    const Event event = combat::EntityAttacked{"ogre", 150};
    std::string text = "before ";
    REQUIRE(Codec::encode(event, text));
    CHECK(text == R"(before {"entity_id":"ogre","damage":150})");
    CHECK(Codec::type(event) == "combat.entity_attacked");
    CHECK(Codec::version(event) == "1.0");
    const auto back = Codec::decode("combat.entity_attacked", "1.0", text.substr(7));
    REQUIRE(back);
    CHECK(std::get<combat::EntityAttacked>(*back).damage == 150);
}

TEST_CASE("a data member may have the name of what an event says of its type") {
    using Audit = es::EventCodec<audit::Logged>;
    const audit::Logged event{"a", "b", "c", {"d"}, "e"};
    CHECK(Audit::type(event) == "audit.logged");
    CHECK(Audit::version(event) == "1.0");
    CHECK(es::EventTraits<audit::Logged>::event_source == "events://example.org/audit");
    CHECK(es::EventTraits<audit::Logged>::event_type_aliases.empty());
    std::string text;
    REQUIRE(Audit::encode(event, text));
    CHECK(Audit::decode("audit.logged", "1.0", text).value_or(audit::Logged{}) == event);
    CHECK(es::encode_json(std::variant<int, audit::Logged>(event)).value_or("") ==
          R"({"logged":)" + text + "}");
}

TEST_CASE("the version tells apart what has one name") {
    const auto old = Codec::decode("combat.entity_attacked", "0.9", R"({"entity_id":"ogre"})");
    REQUIRE(old);
    CHECK(std::get<combat::EntityHit>(*old).entity_id == "ogre");
    CHECK(Codec::version(*old) == "0.9");
}

TEST_CASE("an event is read under each of its aliases, and written under its name") {
    for (const auto* name : {"combat.entity_died", "combat.killed", "fight.over"}) {
        const auto event = Codec::decode(name, "1.0", R"({"entity_id":"ogre"})");
        REQUIRE(event);
        CHECK(Codec::type(*event) == "combat.entity_died");
    }
}

TEST_CASE("an unknown type and an unknown version are errors of their own") {
    const auto type = Codec::decode("combat.fled", "1.0", "{}");
    CHECK(type.error() == es::errc::unknown_type);
    CHECK(type.error().message() ==
          "event type \"combat.fled\": not among those declared here (combat.entity_attacked, "
          "combat.entity_died, combat.killed, fight.over); add it to the "
          "variant, or as an alias");
    const auto version = Codec::decode("combat.entity_attacked", "2.0", R"({"entity_id":"ogre"})");
    CHECK(version.error() == es::errc::unknown_version);
    CHECK(version.error().message() == "combat.entity_attacked in version \"2.0\": known here: "
                                       "1.0, 0.9; declare that version as well");
}

TEST_CASE("an error in the data says the type and the place") {
    const auto bad =
        Codec::decode("combat.entity_attacked", "1.0", R"({"entity_id":"ogre","damage":-5})");
    CHECK(bad.error() == es::errc::malformed);
    CHECK(bad.error().message() ==
          "combat.entity_attacked: $.damage: expected an unsigned 32-bit integer, got -5");
}

TEST_CASE("an event is the whole text") {
    const auto decoded = [](std::string_view text) {
        return Codec::decode("combat.killed", "1.0", text);
    };
    CHECK(decoded(" {\"entity_id\":\"ogre\"} \n"));
    for (const std::string_view text : {R"({"entity_id":"ogre"}x)", R"({"entity_id":"ogre"} {})",
                                        R"({"entity_id":"ogre"},)", R"({"entity_id":"ogre"}})"}) {
        INFO(text);
        CHECK(decoded(text).error() == es::errc::malformed);
    }
    CHECK(decoded("{\"entity_id\":\"ogre\"}x").error().message() ==
          "combat.killed: $: expected the end of the text, got x");
}

TEST_CASE("an event that can't be written leaves the text as it was and says why") {
    std::string text = "before";
    const auto done = Codec::encode(combat::EntityDied{"\xc3("}, text);
    CHECK(done.error() == es::errc::invalid);
    CHECK(done.error().message().starts_with("combat.entity_died: $.entity_id: "));
    CHECK(text == "before");
}

TEST_CASE("the one event of an aggregate needs no variant") {
    using One = es::EventCodec<combat::EntityAttacked>;
    const auto event = One::decode("combat.entity_attacked", "1.0",
                                   R"({"damage":3,"entity_id":"ogre","unknown":[{}]})");
    REQUIRE(event);
    CHECK(event->damage == 3);
    CHECK(One::type(*event) == "combat.entity_attacked");
}

TEST_CASE(
    "what a function of an event throws while it is written is an error that leaves the text") {
    using Named = es::EventCodec<combat::EntityNamed>;
    std::string text = "before";
    const auto done = Named::encode({"!" + std::string(10'000, 'x')}, text);
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().message() ==
          "combat.entity_named: writing the event threw: no second member");
    CHECK(text == "before");
}
