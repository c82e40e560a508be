// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/time_point.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <chrono>
#include <cstdint>
#include <map>

using namespace std::chrono;

TEST_CASE("A time point of the system clock is a text in UTC, as a Timestamp is") {
    CHECK(text_of(sys_seconds(seconds(0))) == R"("1970-01-01T00:00:00Z")");
    CHECK(text_of(sys_time<nanoseconds>(nanoseconds(-1))) == R"("1969-12-31T23:59:59.999999999Z")");
    CHECK(text_of(sys_time<milliseconds>(milliseconds(1250))) == R"("1970-01-01T00:00:01.25Z")");
    CHECK(text_of(sys_days(year(2024) / 2 / 29)) == R"("2024-02-29T00:00:00Z")");
}

TEST_CASE("Time points come back, at the ends of what their types count and of what a text holds") {
    CHECK(comes_back(system_clock::now()));
    CHECK(comes_back(sys_time<nanoseconds>::min()));
    CHECK(comes_back(sys_time<nanoseconds>::max()));
    CHECK(comes_back(sys_seconds(seconds(-62'135'596'800))));
    CHECK(comes_back(sys_seconds(seconds(253'402'300'799))));
    CHECK(comes_back(sys_time<hours>(hours(-1))));
    CHECK(comes_back(sys_time<duration<std::int32_t>>::min()));
    CHECK(
        comes_back(std::map<sys_seconds, sys_days>{{sys_seconds(seconds(5)), sys_days(days(6))}}));
}

TEST_CASE("Time points outside the years 0001 to 9999 are not written") {
    CHECK(text_of(sys_seconds(seconds(253'402'300'800))) ==
          "$: expected a time of the years 0001 to 9999, got 253402300800 seconds from 1970 on");
    CHECK(text_of(sys_seconds::max()).starts_with("$: expected a time of the years 0001 to 9999"));
    CHECK(
        text_of(sys_time<days>::max()).starts_with("$: expected a time of the years 0001 to 9999"));
    CHECK(
        text_of(sys_time<days>::min()).starts_with("$: expected a time of the years 0001 to 9999"));
    CHECK(text_of(sys_time<duration<std::uint64_t>>::max())
              .starts_with("$: expected a time of the years 0001 to 9999"));
}

TEST_CASE("A text that a time point can't hold exactly is refused") {
    const auto refusal = [](std::string_view unit, std::string_view got) {
        return "$: expected a time in whole " + std::string(unit) +
               ", as many as its type can count, got \"" + std::string(got) + "\"";
    };
    CHECK(reread<sys_seconds>(R"("2024-02-29T12:00:00.5Z")") ==
          refusal("seconds", "2024-02-29T12:00:00.5Z"));
    CHECK(reread<sys_days>(R"("2024-02-29T12:00:00Z")") == refusal("days", "2024-02-29T12:00:00Z"));
    CHECK(reread<sys_time<nanoseconds>>(R"("9999-01-01T00:00:00Z")") ==
          refusal("nanoseconds", "9999-01-01T00:00:00Z"));
    CHECK(reread<sys_time<duration<std::int32_t>>>(R"("2038-01-19T03:14:08Z")") ==
          refusal("seconds", "2038-01-19T03:14:08Z"));
    CHECK(reread<sys_time<milliseconds>>(R"("2024-02-29T12:00:00.125+01:00")") ==
          R"("2024-02-29T11:00:00.125Z")");
    CHECK(reread<sys_seconds>(R"("x")") ==
          R"($: timestamp "x": expected a digit at character 1, got "x")");
    CHECK(reread<sys_seconds>("7") == "$: expected a string, got 7");
}
