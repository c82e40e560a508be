// SPDX-License-Identifier: MIT
#include <eventsourcing/core/enum_name.hpp>

#include "catch.hpp"

#include <cstdint>

namespace es = eventsourcing;

namespace {
enum class Kind { fire, ice = 5, below = -3 };
enum class Small : std::uint8_t { a = 1, last = 239, out_of_reach = 250 };
enum class Byte : signed char { lowest = -16, highest = 127 };
enum Written : int { w_one, w_two };
enum Unwritten { u_one };
} // namespace

static_assert(es::NamedEnum<Kind>);
static_assert(es::NamedEnum<Written>);
static_assert(!es::NamedEnum<Unwritten>);
static_assert(!es::NamedEnum<int>);

TEST_CASE("an enumerator is named, also in an anonymous namespace and with a negative value") {
    CHECK(es::enum_name(Kind::fire) == "fire");
    CHECK(es::enum_name(Kind::ice) == "ice");
    CHECK(es::enum_name(Kind::below) == "below");
    CHECK(es::enum_name(w_two) == "w_two");
    CHECK(es::enum_name(Byte::lowest) == "lowest");
    CHECK(es::enum_name(Byte::highest) == "highest");
}

TEST_CASE("a value without an enumerator, or out of reach, has no name") {
    CHECK(es::enum_name(Kind{2}).empty());
    CHECK(es::enum_name(Kind{100'000}).empty());
    CHECK(es::enum_name(Kind{-100'000}).empty());
    CHECK(es::enum_name(Small::last) == "last");
    CHECK(es::enum_name(Small::out_of_reach).empty());
}

TEST_CASE("a name leads back to its enumerator, and an unknown one to nothing") {
    CHECK(es::enum_value<Kind>("below") == Kind::below);
    CHECK(es::enum_value<Small>("a") == Small::a);
    CHECK_FALSE(es::enum_value<Kind>("lava"));
    CHECK_FALSE(es::enum_value<Kind>(""));
}
