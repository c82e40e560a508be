// SPDX-License-Identifier: MIT
#include "../examples/combat/combat.hpp"
#include "../examples/combat/following.hpp"
#include "../examples/combat/healer.hpp"
#include "../examples/combat/leaderboard.hpp"

#include "catch.hpp"

#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/catch2.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>
#include <eventsourcing/testing/given.hpp>
#include <eventsourcing/testing/given_process.hpp>
#include <eventsourcing/testing/given_projection.hpp>
#include <eventsourcing/testing/settle.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

using namespace combat;
using es::given, es::rejected, es::state;

namespace {

const EntityEntered ogre{"ogre", 900};

} // namespace

TEST_CASE("How far the followers have come is kept in a file for each server") {
    CHECK(progress_file("esdb://localhost") == "combat.localhost_2113.progress.db");
    CHECK(progress_file("esdb://localhost:2113?tls=false") == "combat.localhost_2113.progress.db");
    CHECK(progress_file("esdb://admin:S%2FE@10.0.0.1:2114/?tls=false") ==
          "combat.10.0.0.1_2114.progress.db");
    CHECK(progress_file("esdb://a:1,b:2") == "combat.a_1_b_2.progress.db");
}

TEST_CASE("An ogre enters when nobody is in combat") {
    CHECK(given<Combat>().when(Enter{"ogre", 900}).then(EntityEntered{"ogre", 900}));
    CHECK(given<Combat>().when(Enter{"ogre", 900}).then(state([](const State& s) {
        return s.entity_id == "ogre" && s.hitpoints == 900;
    })));
}

TEST_CASE("Nobody enters while another one stands") {
    CHECK(given<Combat>(ogre).when(Enter{"troll", 700}).then(rejected(Refusal::still_standing)));
    CHECK(given<Combat>(ogre, EntityAttacked{"ogre", 899})
              .when(Enter{"ogre", 900})
              .then(rejected(Refusal::still_standing)));
}

TEST_CASE("Nobody enters without hit points") {
    CHECK(given<Combat>().when(Enter{"ghost", 0}).then(rejected(Refusal::no_hitpoints)));
}

TEST_CASE("An attack takes hit points") {
    CHECK(given<Combat>(ogre).when(Attack{"ogre", 150}).then(EntityAttacked{"ogre", 150}));
    CHECK(given<Combat>(ogre).when(Attack{"ogre", 150}).then(state([](const State& s) {
        return s.hitpoints == 750;
    })));
}

TEST_CASE("An attack for all hit points that are left kills") {
    CHECK(given<Combat>(ogre)
              .when(Attack{"ogre", 900})
              .then(EntityAttacked{"ogre", 900}, EntityDied{"ogre"}));
    CHECK(given<Combat>(ogre, EntityAttacked{"ogre", 899})
              .when(Attack{"ogre", 1})
              .then(EntityAttacked{"ogre", 1}, EntityDied{"ogre"}));
    CHECK(given<Combat>(ogre).when(Attack{"ogre", 899}).then(EntityAttacked{"ogre", 899}));
}

TEST_CASE("Hit points never go below zero") {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    CHECK(given<Combat>(ogre).when(Attack{"ogre", most}).then(state([](const State& s) {
        return s.hitpoints == 0 && s.fallen == 1;
    })));
}

TEST_CASE("A miss is no attack") {
    CHECK(given<Combat>(ogre).when(Attack{"ogre", 0}).then(rejected(Refusal::no_damage)));
}

TEST_CASE("What is not in combat can't be attacked or healed") {
    CHECK(given<Combat>().when(Attack{"ogre", 150}).then(rejected(Refusal::no_such_entity)));
    CHECK(given<Combat>(ogre).when(Attack{"troll", 150}).then(rejected(Refusal::no_such_entity)));
    CHECK(given<Combat>(ogre).when(Heal{"troll", 1}).then(rejected(Refusal::no_such_entity)));
}

TEST_CASE("The dead can't be attacked or healed") {
    const auto after_death = given<Combat>(ogre, EntityAttacked{"ogre", 900}, EntityDied{"ogre"});
    CHECK(after_death.when(Attack{"ogre", 1}).then(rejected(Refusal::already_dead)));
    CHECK(after_death.when(Heal{"ogre", 1}).then(rejected(Refusal::already_dead)));
}

TEST_CASE("After a death another one may enter") {
    CHECK(given<Combat>(ogre, EntityAttacked{"ogre", 900}, EntityDied{"ogre"})
              .when(Enter{"ogre-2", 900})
              .then(EntityEntered{"ogre-2", 900}));
}

TEST_CASE("Healing gives back what was lost, and no more") {
    const auto wounded = given<Combat>(ogre, EntityAttacked{"ogre", 150});
    CHECK(wounded.when(Heal{"ogre", 150}).then(EntityHealed{"ogre", 150}));
    CHECK(wounded.when(Heal{"ogre", 100}).then(state([](const State& s) {
        return s.hitpoints == 850;
    })));
    CHECK(wounded.when(Heal{"ogre", 151}).then(rejected(Refusal::too_much_healing)));
    CHECK(wounded.when(Heal{"ogre", 0}).then(rejected(Refusal::nothing_to_heal)));
    CHECK(given<Combat>(ogre).when(Heal{"ogre", 1}).then(rejected(Refusal::nothing_to_heal)));
}

TEST_CASE("A refusal says whom it is about, and why") {
    const State wounded{.entity_id = "ogre", .hitpoints = 880, .full_hitpoints = 900};
    const auto healed = es::decide<Combat>(wounded, Heal{"ogre", 100});
    REQUIRE(!healed);
    CHECK(healed.error().message() == "the ogre lacks 20 hit points, not 100");

    const auto attacked = es::decide<Combat>(wounded, Attack{"troll", 1});
    REQUIRE(!attacked);
    CHECK(attacked.error().message() == "no such entity: troll");
}

TEST_CASE("The leaderboard knows what each fighter has stood") {
    CHECK(given<Leaderboard>(ogre, EntityAttacked{"ogre", 150}, EntityHealed{"ogre", 50},
                             EntityAttacked{"ogre", 100})
              .then(Leaderboard::State{{{"ogre",
                                         {.blows = 2,
                                          .damage = 250,
                                          .healed = 50,
                                          .hitpoints = 700,
                                          .full_hitpoints = 900}}},
                                       4}));
    CHECK(given<Leaderboard>(ogre, EntityAttacked{"ogre", 899}, EntityAttacked{"ogre", 480},
                             EntityDied{"ogre"})
              .then([](const Leaderboard::State& s) {
                  return s.fighters.at("ogre").damage == 900 &&
                         s.fighters.at("ogre").hitpoints == 0;
              }));
}

TEST_CASE("Who has stood most blows is first on the leaderboard") {
    const Leaderboard::State state{{{"a", {.blows = 1}}, {"b", {.blows = 3}}, {"c", {.blows = 1}}},
                                   9};
    const auto rows = ranked(state);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].entity_id == "b");
    CHECK(rows[1].entity_id == "a");
    CHECK(rows[2].entity_id == "c");
}

TEST_CASE("The healer comes a day after the last blow") {
    const auto day = es::deadline<HealDue>(std::chrono::hours(24));
    const auto entered = es::on("combat-arena", ogre);
    const EntityAttacked hit{"ogre", 150};
    CHECK(given<Healer>(entered).when(hit).then(day));
    CHECK(given<Healer>(entered, hit).when(hit).then(day));
    CHECK(given<Healer>(entered, hit, hit)
              .when(HealDue{})
              .then(es::send<Combat>("arena", Heal{"ogre", 300})));
    CHECK(given<Healer>(entered, hit, EntityHealed{"ogre", 100})
              .when(HealDue{})
              .then(es::send<Combat>("arena", Heal{"ogre", 50})));
}

TEST_CASE("The healer does not come to those who are healed or dead") {
    const EntityAttacked hit{"ogre", 150};
    CHECK(given<Healer>(ogre, hit).when(EntityHealed{"ogre", 100}).then(es::nothing));
    CHECK(given<Healer>(ogre, hit).when(EntityHealed{"ogre", 150}).then(es::cancel<HealDue>));
    CHECK(given<Healer>(ogre, hit).when(EntityDied{"ogre"}).then(es::complete));
    CHECK(given<Healer>(ogre, hit)
              .when(es::Rejected<Heal>{Heal{"ogre", 150}, "arena", "already dead: ogre"})
              .then(es::nothing));
}

TEST_CASE("Whoever is left alone for a day has all hit points again") {
    es::FixedEnvironment world;
    const es::MemoryStore store{world};
    const es::Repository<Combat, es::MemoryStore> fights{store};
    es::ProcessManager<Healer, es::MemoryStore> healers{store, es::from_beginning};
    const auto hitpoints = [&] { return fights.load("ogre").value().state.hitpoints; };
    REQUIRE(fights.execute("ogre", Enter{"ogre", 900}));
    REQUIRE(fights.execute("ogre", Attack{"ogre", 150}));
    CHECK(es::settle(world, healers));
    world.advance(std::chrono::hours(23));
    REQUIRE(fights.execute("ogre", Attack{"ogre", 150}));
    CHECK(es::settle(world, healers));
    world.advance(std::chrono::hours(23));
    CHECK(es::settle(world, healers));
    CHECK(hitpoints() == 600);
    world.advance(std::chrono::hours(2));
    CHECK(es::settle(world, healers));
    CHECK(hitpoints() == 900);
}
