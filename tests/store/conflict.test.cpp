// SPDX-License-Identifier: MIT
#include <eventsourcing/store/conflict.hpp>

#include "catch.hpp"

#include <limits>

namespace es = eventsourcing;

namespace {

constexpr auto no_stream = es::ExpectedRevision::no_stream();
constexpr auto exists = es::ExpectedRevision::exists();
constexpr es::ExpectedRevision exactly(std::uint64_t revision) {
    return es::ExpectedRevision::exactly(es::Revision{revision});
}

} // namespace

TEST_CASE("An expectation is met by the streams it is for") {
    using es::detail::meets;
    STATIC_REQUIRE(meets(std::nullopt, no_stream));
    STATIC_REQUIRE_FALSE(meets(es::Revision{0}, no_stream));
    STATIC_REQUIRE(meets(es::Revision{0}, exists));
    STATIC_REQUIRE_FALSE(meets(std::nullopt, exists));
    STATIC_REQUIRE(meets(es::Revision{4}, exactly(4)));
    STATIC_REQUIRE_FALSE(meets(es::Revision{5}, exactly(4)));
    STATIC_REQUIRE_FALSE(meets(std::nullopt, exactly(0)));
    STATIC_REQUIRE_FALSE(meets(std::nullopt, exactly(std::numeric_limits<std::uint64_t>::max())));
}

TEST_CASE("A stored batch is a retry only at the place of its expectation") {
    using es::detail::could_start_at;
    STATIC_REQUIRE(could_start_at(es::Revision{0}, no_stream));
    STATIC_REQUIRE_FALSE(could_start_at(es::Revision{0}, exists));
    STATIC_REQUIRE_FALSE(could_start_at(es::Revision{0}, exactly(0)));
    STATIC_REQUIRE_FALSE(
        could_start_at(es::Revision{0}, exactly(std::numeric_limits<std::uint64_t>::max())));
    STATIC_REQUIRE(could_start_at(es::Revision{3}, exactly(2)));
    STATIC_REQUIRE(could_start_at(es::Revision{3}, exists));
    STATIC_REQUIRE_FALSE(could_start_at(es::Revision{3}, no_stream));
    STATIC_REQUIRE_FALSE(could_start_at(es::Revision{3}, exactly(3)));
}

TEST_CASE("A conflict says in words and data what was expected and found") {
    const auto error = es::detail::conflict_error("combat-ogre", no_stream, es::Revision{6});
    CHECK(error == es::errc::conflict);
    CHECK(error.message() == "stream combat-ogre: expected no events, but the last is revision 6; "
                             "load it again and decide again");
    REQUIRE(error.conflict());
    CHECK(error.conflict()->stream == "combat-ogre");
    CHECK(error.conflict()->expected == no_stream);
    CHECK(error.conflict()->actual == es::Revision{6});
    CHECK(es::detail::conflict_error("combat-ogre", exists, std::nullopt).message() ==
          "stream combat-ogre: expected at least one event, but it has none; load it again and "
          "decide again");
}

TEST_CASE("A failed condition and an id that is stored already say where the event is") {
    const auto failed = es::detail::condition_error("seats.sold", es::Position{7}, "seat-1");
    CHECK(failed == es::errc::condition_failed);
    CHECK(failed.message() == "the append condition is matched by the seats.sold at position 7 "
                              "(stream seat-1); read again and decide again");
    const es::Uuid id = *es::Uuid::parse("018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f");
    const auto known = es::detail::duplicate_error(id, "seat-1", es::Revision{3},
                                                   es::detail::other_expectation(exists));
    CHECK(known == es::errc::duplicate_id);
    CHECK(known.message() ==
          "event 018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f is stored already: stream seat-1, revision "
          "3; a retry has the expectation of the first attempt, and this one expects at least one "
          "event");
}
