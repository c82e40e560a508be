// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/check_projection.hpp>

#include "catch.hpp"

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/given_projection.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage = 0;
};
struct EntityDied {
    std::string entity_id;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
struct Combat {
    using Event = std::variant<EntityAttacked, EntityDied>;
};

struct Leaderboard {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::map<std::string, int> deaths;
        es::Timestamp last_death{};
    };
    static void apply_event(State& s, const es::Recorded<EntityDied>& e) {
        ++s.deaths[e.event.entity_id];
        s.last_death = e.recorded_at;
    }
};
struct Fighter {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t blows = 0;
    };
    static std::string key(const auto& e) { return e.event.entity_id; }
    static void apply_event(State& s, const EntityAttacked&) { ++s.blows; }
    static es::RowChange apply_event(State&, const EntityDied&) { return es::drop_row; }
};

/// Counts in a variable of its own.
std::uint32_t blows_of_all = 0;
struct Impure {
    using Event = EntityAttacked;
    struct State {
        std::uint32_t blows = 0;
    };
    static void apply_event(State& s, const EntityAttacked&) { s.blows = ++blows_of_all; }
};
/// Keeps a field that is not stored.
struct Forgetful {
    using Event = EntityAttacked;
    struct State {
        std::uint32_t blows = 0;
        std::uint32_t since = 0;
        static void members(auto& self, auto&& member) { member("blows", self.blows); }
        bool operator==(const State& other) const { return blows == other.blows; }
    };
    static void apply_event(State& s, const EntityAttacked&) {
        ++s.since;
        s.blows += s.since;
    }
};
struct ForgetfulRows : Forgetful {
    static std::string key(const auto& e) { return e.event.entity_id; }
};
struct Strict {
    using Event = es::EventsOf<Combat>;
    struct State {
        int deaths = 0;
    };
    static es::Result<void> apply_event(State& s, const EntityDied& e) {
        if (e.entity_id == "poison")
            return es::reject("poison");
        ++s.deaths;
        return {};
    }
};

const es::Timestamp noon = *es::Timestamp::parse("2026-11-28T12:00:00Z");
const std::tuple history{EntityAttacked{"ogre", 1},       EntityDied{"ogre"},
                         es::at(noon, EntityDied{"elf"}), es::on("fight-2", EntityDied{"ogre"}),
                         EntityAttacked{"elf", 2},        EntityAttacked{"elf", 3}};

} // namespace

TEST_CASE("A projection that uses only its State and the event is the same however it is run") {
    const auto report = es::check_projection<Leaderboard>(history);
    INFO(report.to_string());
    CHECK(report);
    CHECK(report.results().size() == 7);
    CHECK(es::check_projection<Fighter>(history));
    CHECK(es::check_projection<Leaderboard>(std::tuple{}));
    CHECK(es::check_projection<Fighter>(
        std::vector<Combat::Event>{EntityAttacked{"a", 1}, EntityDied{"a"}}));
}

TEST_CASE("A store is a history, and is only read") {
    const es::MemoryStore store;
    const std::vector<Combat::Event> events(1'100, Combat::Event(EntityDied{"ogre"}));
    for (const auto& event : events) {
        const es::Uuid id = es::Environment().new_id();
        REQUIRE(store.append_unchecked(es::StreamNameView("combat-1"),
                                       es::Batch<Combat::Event>({&event, 1}, {&id, 1}, noon)));
    }
    CHECK(es::check_projection<Leaderboard>(store));
    CHECK(store.list_progress()->empty());
}

TEST_CASE("A projection that remembers outside of its State is found") {
    const auto report = es::check_projection<Impure>(std::tuple{EntityAttacked{"ogre", 1}});
    REQUIRE(!report);
    CHECK(report.to_string().find("BROKEN       the same events give the same once more: the State "
                                  "differs\n      blows: expected 1, got 2") != std::string::npos);
}

TEST_CASE("A State that is not stored as a whole is found") {
    const auto attacks = std::tuple{EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 1}};
    const auto report = es::check_projection<Forgetful>(attacks);
    REQUIRE(!report);
    CHECK(report.to_string().find("held         a page size changes nothing") != std::string::npos);
    CHECK(
        report.to_string().find("BROKEN       a restart after any page changes nothing: a restart "
                                "after each page of 1: the State differs") != std::string::npos);
    const auto rows = es::check_projection<ForgetfulRows>(attacks);
    REQUIRE(!rows);
    CHECK(rows.to_string().find("the row \"ogre\" differs") != std::string::npos);
}

TEST_CASE("An event that can't be projected is named, and nothing is compared") {
    const auto report =
        es::check_projection<Strict>(std::tuple{EntityDied{"ogre"}, EntityDied{"poison"}});
    REQUIRE(!report);
    CHECK(report.results().size() == 1);
    CHECK(report.to_string().find(
              "each event can be projected: stream given-1, revision 1: poison") !=
          std::string::npos);
    const auto nameless =
        es::check_projection<Strict>(std::tuple{es::on("no name", EntityDied{"ogre"})});
    CHECK(nameless.to_string().find("the history can be stored: event 0: ") != std::string::npos);
}
