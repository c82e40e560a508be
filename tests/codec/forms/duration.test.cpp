// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/duration.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <ratio>

using namespace std::chrono;

TEST_CASE("A duration is its count in its own unit, and comes back") {
    CHECK(text_of(milliseconds(-5)) == "-5");
    CHECK(text_of(hours(2)) == "2");
    CHECK(text_of(duration<double>(1.5)) == "1.5");
    CHECK(comes_back(nanoseconds::min()));
    CHECK(comes_back(nanoseconds::max()));
    CHECK(comes_back(duration<std::uint8_t, std::ratio<1, 30>>(255)));
    CHECK(comes_back(duration<float>(0.1F)));
    CHECK(comes_back(std::optional<seconds>(seconds(1))));
    CHECK(comes_back(std::map<seconds, minutes>{{seconds(-1), minutes(2)}}));
}

TEST_CASE("A duration is read as strictly as its count") {
    CHECK(reread<milliseconds>("1.5") == "$: expected a signed 64-bit integer, got 1.5");
    CHECK(reread<milliseconds>(R"("5 ms")") ==
          R"($: expected a signed 64-bit integer, got "5 ms")");
    CHECK(reread<duration<std::uint8_t>>("256") ==
          "$: expected an unsigned 8-bit integer, got 256");
    CHECK(text_of(duration<double>(std::numeric_limits<double>::infinity()))
              .starts_with("$: expected a finite number, got infinity"));
}
