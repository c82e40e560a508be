// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/given_projection.hpp>

#include "catch.hpp"
#include "throw_or_skip.hpp"

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/catch2.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage;
};
struct EntityHealed {
    std::string entity_id;
};
struct EntityDiedV1 {
    static constexpr std::string_view event_type = "combat.entity_died", event_type_version = "0.9";
    std::string name;
};
struct EntityDied {
    std::string entity_id;
    static EntityDied upcast(const EntityDiedV1& old) { return {old.name}; }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
struct Combat {
    using Command = std::variant<EntityHealed>;
    using Event = std::variant<EntityAttacked, EntityHealed, EntityDied>;
    struct State {
        int events = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Event&) { ++s.events; }
    static es::Nothing handle_command(const State&, const EntityHealed&) { return {}; }
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
        std::uint32_t deaths = 0;
    };
    static std::string key(const auto& e) { return e.event.entity_id; }
    static void apply_event(State& s, const EntityAttacked&) { ++s.blows; }
    static es::RowChange apply_event(State& s, const EntityDied&) {
        return ++s.deaths < 2 ? es::keep_row : es::drop_row;
    }
};
struct Scores {
    using Event = es::EventsOf<Combat>;
    using State = es::SqliteStatements;
    static void apply_event(State& sql, const es::Recorded<EntityDied>& e) {
        sql.run("INSERT INTO scores VALUES(?1, ?2)", e.event.entity_id, 1);
    }
};
enum class Refusal { too_strong = 1, too_weak };
struct Blows {
    using Event = EntityAttacked;
    struct State {
        std::map<std::string, std::string> of;
    };
    static es::Result<void> apply_event(State& s, const es::Recorded<EntityAttacked>& e) {
        if (e.event.damage > 100)
            return es::reject(Refusal::too_strong);
        s.of[e.stream.str()] = e.metadata.correlation_id;
        return {};
    }
};
/// Forgets a field when it is stored.
struct Forgetful {
    using Event = EntityAttacked;
    struct State {
        int blows = 0;
        int hidden = 0;
        static void members(auto& self, auto&& member) { member("blows", self.blows); }
        bool operator==(const State&) const = default;
    };
    static void apply_event(State& s, const EntityAttacked&) { s = {s.blows + 1, s.hidden + 1}; }
};

const es::Timestamp noon = *es::Timestamp::parse("2026-11-28T12:00:00Z");

} // namespace

TEST_CASE("A projection is tried on given events, with their times, in older forms, too") {
    CHECK(es::given<Leaderboard>(EntityDied{"ogre"}, es::at(noon, EntityDied{"ogre"}))
              .then(Leaderboard::State{{{"ogre", 2}}, noon}));
    CHECK(es::given<Leaderboard>(es::on("combat-7", EntityDied{"ogre"})).then([](const auto& s) {
        return s.deaths.at("ogre") == 1;
    }));
    CHECK(es::given<Leaderboard>(EntityHealed{"ogre"}).then(Leaderboard::State{}));
    CHECK(es::given<Leaderboard>().then({}));
    CHECK(es::given<Leaderboard>(EntityDiedV1{"ogre"}, Combat::Event(EntityDied{"elf"}))
              .then({{{"ogre", 1}, {"elf", 1}}}));
    CHECK(es::given<Blows>(
              es::on("fight-7", es::with({.correlation_id = "request"}, EntityAttacked{"ogre", 1})))
              .then(Blows::State{{{"fight-7", "request"}}}));
}

TEST_CASE("A verdict on a projection says which fields differ") {
    const auto given = es::given<Leaderboard>(EntityDied{"ogre"}, EntityDied{"ogre"});
    const auto verdict = given.then(Leaderboard::State{{{"ogre", 1}}});
    REQUIRE(!verdict);
    CHECK(
        verdict.describe() ==
        "the State is not as expected\n  deaths: expected [\"ogre\" -> 1], got [\"ogre\" -> 2]\n");
    const auto asked = given.then([](const auto& s) { return s.deaths.empty(); });
    REQUIRE(!asked);
    CHECK(asked.describe() ==
          "the State is not as expected\n  the predicate is false for {deaths: [\"ogre\" -> 2], "
          "last_death: 1970-01-01T00:00:00Z}\n");
    CHECK(given.then({{{"ogre", 2}}}).describe() == "as expected\n");
    CHECK(Catch::Detail::stringify(verdict) == verdict.describe());
}

TEST_CASE("Rows of a projection are expected by their keys") {
    const auto given = es::given<Fighter>(EntityAttacked{"ogre", 3}, EntityDied{"ogre"},
                                          EntityDied{"elf"}, EntityDied{"elf"});
    CHECK(given.then("ogre", Fighter::State{1, 1}));
    CHECK(given.then("ogre", [](const Fighter::State& s) { return s.blows == 1; }));
    CHECK(given.then_none("elf"));
    CHECK(given.then_none("nobody"));
    CHECK(es::given<Fighter>().then(es::nothing));
    CHECK(given.then("ogre", Fighter::State{2, 1}).describe() ==
          "the row \"ogre\" is not as expected\n  blows: expected 2, got 1\n");
    CHECK(given.then("elf", Fighter::State{}).describe() ==
          "there is no row \"elf\", but \"ogre\"\n");
    CHECK(given.then_none("ogre").describe() == "there is a row \"ogre\": {blows: 1, deaths: 1}\n");
    CHECK(!given.then(es::nothing));
}

TEST_CASE("Statements of a projection are expected with their values") {
    const auto given = es::given<Scores>(EntityDied{"ogre"}, EntityDied{"elf"});
    const std::string insert = "INSERT INTO scores VALUES(?1, ?2)";
    CHECK(given.then(es::statement(insert, "ogre", 1), es::statement(insert, "elf", 1)));
    CHECK(given.then([](const auto& list) { return list.size() == 2; }));
    CHECK(es::given<Scores>().then(es::nothing));
    const auto verdict = given.then(es::statement(insert, "ogre", 1));
    REQUIRE(!verdict);
    CHECK(verdict.describe() ==
          "the statements are not as expected\n  statement 2: expected none\n               got "
          "INSERT INTO scores VALUES(?1, ?2) [\"elf\", 1]\n");
    CHECK(!given.then(es::nothing));
    CHECK(!given.then([](const auto& list) { return list.empty(); }));
}

TEST_CASE("A projection that refuses an event is no State, and may be expected") {
    const auto given = es::given<Blows>(EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 101});
    CHECK(given.then(es::rejected()));
    CHECK(given.then(es::rejected(Refusal::too_strong)));
    CHECK(!given.then(es::rejected(Refusal::too_weak)));
    const auto verdict = given.then(Blows::State{});
    REQUIRE(!verdict);
    CHECK(verdict.describe() == "the events given can't be projected: event 1: stream given-1, "
                                "revision 1: too strong\n");
    CHECK(!es::given<Blows>(EntityAttacked{"ogre", 1}).then(es::rejected()));
    const auto nameless = es::given<Blows>(es::on("no name", EntityAttacked{"ogre", 1}));
    CHECK(nameless.then(Blows::State{}).describe().find("event 0: stream name \"no name\"") !=
          std::string::npos);
}

TEST_CASE("A State that does not survive being stored is not as expected") {
    const auto verdict =
        es::given<Forgetful>(EntityAttacked{"ogre", 1}).then(Forgetful::State{1, 1});
    REQUIRE(!verdict);
    CHECK(verdict.describe().find("as expected, but the State does not survive being stored\n") ==
          0);
}

TEST_CASE("A predicate that throws is told with the State") {
    const auto verdict = es::given<Leaderboard>().then(
        [](const auto&) -> bool { throw_or_skip(std::out_of_range("nobody")); });
    REQUIRE(!verdict);
    CHECK(verdict.describe().find("the predicate threw: nobody, for {") != std::string::npos);
}

TEST_CASE("given of an aggregate is another one beside that of projections") {
    CHECK(es::given<Combat>(EntityDied{"ogre"}).when(EntityHealed{"ogre"}).then(es::nothing));
}
