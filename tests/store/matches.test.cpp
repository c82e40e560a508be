// SPDX-License-Identifier: MIT
#include <eventsourcing/store/matches.hpp>

#include "catch.hpp"

#include <array>

namespace es = eventsourcing;

namespace {

bool matches(const es::Query& query) {
    constexpr std::array<std::string_view, 2> tags{"account:1", "owner:ann"};
    return es::detail::matches(query, "bank.opened", tags);
}
bool matches(es::Query::Item item) {
    return matches(es::Query{.items = {std::move(item)}});
}

} // namespace

TEST_CASE("A query without items matches every event, and so does an item that names nothing") {
    CHECK(matches(es::Query{}));
    CHECK(matches(es::Query::Item{}));
}

TEST_CASE("An item matches one of its types, and all of its tags") {
    CHECK(matches({.types = {"bank.closed", "bank.opened"}, .tags = {}}));
    CHECK_FALSE(matches({.types = {"bank.closed"}, .tags = {}}));
    CHECK(matches({.types = {}, .tags = {"owner:ann"}}));
    CHECK(matches({.types = {}, .tags = {"owner:ann", "account:1"}}));
    CHECK_FALSE(matches({.types = {}, .tags = {"owner:ann", "account:2"}}));
    CHECK(matches({.types = {"bank.opened"}, .tags = {"account:1"}}));
    CHECK_FALSE(matches({.types = {"bank.closed"}, .tags = {"account:1"}}));
}

TEST_CASE("One item that matches is enough") {
    CHECK(matches(es::Query{
        .items = {{.types = {"bank.closed"}, .tags = {}}, {.types = {}, .tags = {"account:1"}}}}));
}

TEST_CASE("A condition without items is none") {
    CHECK(es::AppendCondition{}.none());
    CHECK(es::AppendCondition{.fail_if_exists = {}, .after = es::Position{3}}.none());
    CHECK_FALSE(es::AppendCondition{.fail_if_exists = {.items = {{}}}, .after = {}}.none());
}
