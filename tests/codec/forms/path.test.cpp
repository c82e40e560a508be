// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/path.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <filesystem>
#include <map>

TEST_CASE("A path is a string, also as a key, and comes back") {
    using std::filesystem::path;
    CHECK(text_of(path("/a/b.txt")) == R"("/a/b.txt")");
    CHECK(comes_back(path("a//b/../\u00e4\n")));
    CHECK(comes_back(path()));
    CHECK(comes_back(std::map<path, path>{{"a/b", "c"}}));
    CHECK(reread<path>("7") == "$: expected a string, got 7");
    CHECK(text_of(path("\xff")).starts_with("$: expected UTF-8"));
}
