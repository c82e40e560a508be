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

TEST_CASE("the arguments of a sentence are written as one would write them") {
    CHECK(es::reject("{} kg of {}, not {}", 0.1, 'x', 2.5F).message() == "0.1 kg of x, not 2.5");
    CHECK(es::reject("at least {}", 1e-9).message() == "at least 1e-09");
    CHECK(es::reject("no {}", static_cast<Refusal>(1000)).message() == "no 1000");
}

TEST_CASE("a text that is made at run time is a reason, with its braces as they are") {
    const std::string text = "no {} today";
    const std::string_view view = text;
    const char* const chars = text.c_str();
    CHECK(es::reject(text).message() == "no {} today");
    CHECK(es::reject(view).message() == "no {} today");
    CHECK(es::reject(chars).message() == "no {} today");
    CHECK(es::reject(text + "!").message() == "no {} today!");
    CHECK(es::reject(text) == es::errc::rejected);
}
