// SPDX-License-Identifier: MIT
#include "../examples/combat/combat.hpp"

#include "catch.hpp"

#include <eventsourcing/testing/catch2.hpp>
#include <eventsourcing/testing/given.hpp>

#include <cstdint>
#include <limits>

using namespace combat;
using es::given, es::rejected, es::state;

namespace {

const EntityEntered ogre{"ogre", 900};

} // namespace

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
