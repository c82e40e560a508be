// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/tuple.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tuple_form_tests {

struct Point {
    int x = 0;
    bool operator==(const Point&) const = default;
};

} // namespace tuple_form_tests

using namespace tuple_form_tests;

TEST_CASE("A pair and a tuple are arrays of their elements, and come back") {
    CHECK(text_of(std::pair(1, std::string("a"))) == R"([1,"a"])");
    CHECK(text_of(std::tuple(1, true, Point{2})) == R"([1,true,{"x":2}])");
    CHECK(text_of(std::tuple<>()) == "[]");
    CHECK(
        comes_back(std::tuple<int, std::vector<std::pair<std::string, Point>>, std::optional<int>>(
            1, {{"a", {2}}}, std::nullopt)));
    CHECK(comes_back(std::map<int, std::pair<int, int>>{{1, {2, 3}}}));
    CHECK(comes_back(std::tuple<>()));
}

TEST_CASE("A pair and a tuple have all of their elements and no more") {
    using Pair = std::pair<int, Point>;
    CHECK(reread<Pair>("[]") == "$: expected an array of 2 elements, got 0");
    CHECK(reread<Pair>("[1]") == "$: expected an array of 2 elements, got 1");
    CHECK(reread<Pair>(R"([1,{"x":2},3])") == "$: expected an array of 2 elements, got more");
    CHECK(reread<Pair>(R"([1 {"x":2}])") == R"($: expected "," or "]", got an object)");
    CHECK(reread<Pair>(R"([1,{"x":true}])") ==
          "$[1].x: expected a signed 32-bit integer, got true");
    CHECK(reread<Pair>("7") == "$: expected an array of 2 elements, got 7");
    CHECK(reread<std::tuple<>>("[1]") == "$: expected an array of 0 elements, got more");
    CHECK(text_of(std::pair(1, std::string("\xff"))).starts_with("$[1]: expected UTF-8"));
}
