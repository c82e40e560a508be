// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/following/runners.hpp>

#include "catch.hpp"

#include <string>

using eventsourcing::detail::Runners;

TEST_CASE("Runners are kept in the order in which they stored, and each once") {
    std::string owner = Runners("").after("a", false);
    CHECK(owner == "a");
    CHECK_FALSE(Runners(owner).has_others("a"));
    owner = Runners(owner).after("b", false);
    CHECK(owner == "b a");
    CHECK(Runners(owner).has_others("a"));
    CHECK(Runners(owner).is_first("b"));
    owner = Runners(owner).after("a", false);
    CHECK(owner == "a b");
    CHECK(Runners(owner).without("a") == "b");
    CHECK(Runners(owner).without("c") == "a b");
    CHECK(Runners("b").without("b").empty());
}

TEST_CASE("A runner that stores nothing while another stores many pages is left out") {
    std::string owner = "a b";
    for (int page = 1; page <= 16; ++page) {
        owner = Runners(owner).after("a", true);
        CHECK(owner == "a b:" + std::to_string(page));
        CHECK(Runners(owner).shows("b") == (page < 8));
        CHECK(Runners(owner).shows("a"));
    }
    CHECK(Runners(Runners(owner).after("b", false)).shows("b"));
    CHECK(Runners(owner).after("a", true) == "a");
}

TEST_CASE("As many runners are kept as an owner has room for") {
    std::string owner;
    for (char id = 'a'; id <= 'i'; ++id)
        owner = Runners(owner).after(std::string(36, id), true);
    CHECK(owner.size() <= 255);
    CHECK(Runners(owner).is_first(std::string(36, 'i')));
    CHECK(Runners(owner).has(std::string(36, 'd')));
    CHECK_FALSE(Runners(owner).has(std::string(36, 'c')));
}

TEST_CASE("An owner that another program wrote is read as well as it can be") {
    CHECK(Runners("  a  b:x c:").has("b"));
    CHECK(Runners("  a  b:x c:").has("c"));
    CHECK_FALSE(Runners(" : ").has_others("a"));
}
