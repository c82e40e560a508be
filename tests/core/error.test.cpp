// SPDX-License-Identifier: MIT
#include <eventsourcing/core/error.hpp>

#include "catch.hpp"

#include <string>
#include <utility>

namespace es = eventsourcing;

namespace {
enum class Refusal { already_dead, out_of_mana = 7 };
enum class Other { first };
namespace elsewhere {
enum class Refusal { already_dead };
}
struct Ticket {
    int number;
};
} // namespace

TEST_CASE("an error knows its kind, and says it in words") {
    const es::Error error = es::errc::closed;
    CHECK(error == es::errc::closed);
    CHECK_FALSE(error == es::errc::failed);
    CHECK(error.message() == "the store or sink is closed");
    CHECK(std::string(error.code().category().name()) == "eventsourcing");
}

TEST_CASE("every kind has words of its own") {
    for (int kind = 1; kind <= static_cast<int>(es::errc::beyond_head); ++kind) {
        const auto text = es::detail::errc_text(static_cast<es::errc>(kind));
        CHECK(text != "unknown error");
        for (int other = 1; other < kind; ++other)
            CHECK(text != es::detail::errc_text(static_cast<es::errc>(other)));
    }
}

TEST_CASE("an application's own enumeration is an error without a specialisation") {
    const es::Error error(es::errc::rejected, Refusal::out_of_mana);
    CHECK(error == es::errc::rejected);
    CHECK(error == Refusal::out_of_mana);
    CHECK_FALSE(error == Refusal::already_dead);
    CHECK_FALSE(error == Other::first);
    CHECK(error.message() == "out of mana");
    CHECK(error.code().value() == 7);
    CHECK(std::string(error.code().category().name()).ends_with("::Refusal"));
    CHECK(es::Error(es::errc::rejected, Refusal{3}).message() == "Refusal 3");
}

TEST_CASE("enumerations of one name in two namespaces are told apart") {
    const es::Error error(es::errc::rejected, Refusal::already_dead);
    CHECK_FALSE(error == elsewhere::Refusal::already_dead);
}

TEST_CASE("a message of its own replaces the words, and places go before it") {
    es::Error error(es::errc::malformed, "expected a number, got \"x\"");
    CHECK(error.message() == "expected a number, got \"x\"");
    error = std::move(error).within("$.damage").within("combat.entity_attacked");
    CHECK(error.message() == "combat.entity_attacked: $.damage: expected a number, got \"x\"");
    CHECK(error == es::errc::malformed);
    CHECK(es::Error(es::errc::closed).within("store x").message() ==
          "store x: the store or sink is closed");
}

TEST_CASE("only an unknown outcome leaves open what happened, unless it is said") {
    CHECK(es::Error(es::errc::conflict).outcome() == es::Outcome::not_done);
    CHECK(es::Error(es::errc::unknown_outcome).outcome() == es::Outcome::unknown);
    CHECK(es::Error(es::errc::threw).with_outcome(es::Outcome::unknown).outcome() ==
          es::Outcome::unknown);
}

TEST_CASE("a conflict carries stream, expected and actual; copies carry them too") {
    const auto error = es::Error(es::errc::conflict)
                           .with_conflict({.stream = "combat-ogre",
                                           .expected = es::ExpectedRevision::no_stream(),
                                           .actual = es::Revision{4}});
    const es::Error copy = error;
    REQUIRE(copy.conflict() != nullptr);
    CHECK(copy.conflict()->stream == "combat-ogre");
    CHECK(copy.conflict()->expected == es::ExpectedRevision::no_stream());
    CHECK(copy.conflict()->actual == es::Revision{4});
    CHECK(es::Error(es::errc::closed).conflict() == nullptr);
}

TEST_CASE("what is attached comes back under its own type only, and the last one stays") {
    auto error = es::Error(es::errc::rejected).with_attached(Ticket{1}).with_attached(Ticket{2});
    const es::Error copy = error;
    error = es::errc::closed;
    REQUIRE(copy.attached<Ticket>() != nullptr);
    CHECK(copy.attached<Ticket>()->number == 2);
    CHECK(copy.attached<int>() == nullptr);
    CHECK(error.attached<Ticket>() == nullptr);
}

TEST_CASE("an error of another kind keeps its code") {
    const auto error =
        es::Error(es::errc::rejected, Refusal::already_dead).as(es::errc::cannot_apply);
    CHECK(error == es::errc::cannot_apply);
    CHECK(error == Refusal::already_dead);
    CHECK_FALSE(error == es::errc::rejected);
}

TEST_CASE("an error moved from and assigned over is an ordinary value") {
    es::Error first(es::errc::invalid, "first");
    es::Error second = std::move(first);
    CHECK(second.message() == "first");
    first = second;
    CHECK(first.message() == "first");
    auto& alias = first;
    first = alias;
    CHECK(first.message() == "first");
}
