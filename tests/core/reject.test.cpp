// SPDX-License-Identifier: MIT
#include <eventsourcing/core/reject.hpp>

#include "catch.hpp"

#include <string>

namespace es = eventsourcing;

namespace {
enum class Refusal { already_dead, too_far };
}

static_assert(es::reject(Refusal::too_far) == Refusal::too_far);
static_assert(es::reject("the {} is dead", 1) == es::errc::rejected);

TEST_CASE("a rejection says its reason in words") {
    const auto error = es::reject(Refusal::already_dead);
    CHECK(error == es::errc::rejected);
    CHECK(error == Refusal::already_dead);
    CHECK(error.message() == "already dead");
    CHECK(error.outcome() == es::Outcome::not_done);
}

TEST_CASE("what a rejection is about follows its reason") {
    CHECK(es::reject(Refusal::already_dead, std::string("ogre")).message() == "already dead: ogre");
    CHECK(es::reject(Refusal::too_far, 12).message() == "too far: 12");
    CHECK(es::reject(Refusal::too_far, Refusal::already_dead).message() == "too far: already_dead");
}

TEST_CASE("a rejection may have a sentence of its own, with and without a reason") {
    const std::string ogre = "ogre";
    CHECK(es::reject(Refusal::too_far, "the {} is {} steps away", ogre, 12).message() ==
          "the ogre is 12 steps away");
    CHECK(es::reject(Refusal::too_far, "out of reach").message() == "out of reach");
    CHECK(es::reject(Refusal::too_far, "the {} is {} steps away", ogre, 12) == Refusal::too_far);
    CHECK(es::reject("the {} is already dead: {}", ogre, true).message() ==
          "the ogre is already dead: true");
}
