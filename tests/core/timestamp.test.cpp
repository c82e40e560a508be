// SPDX-License-Identifier: MIT
#include <eventsourcing/core/timestamp.hpp>

#include "catch.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <random>
#include <ratio>
#include <string>

namespace es = eventsourcing;

namespace {

es::Timestamp parsed(std::string_view text) {
    const auto result = es::Timestamp::parse(text);
    INFO(text);
    if (!result)
        FAIL(result.error().message());
    return *result;
}

/// Why the text is refused, without the part that quotes it.
std::string refusal(std::string_view text) {
    const auto result = es::Timestamp::parse(text);
    INFO(text);
    REQUIRE_FALSE(result);
    CHECK(result.error() == es::errc::malformed);
    const auto message = result.error().message();
    const auto start = "timestamp " + es::detail::in_quotes(text) + ": ";
    CHECK(message.substr(0, start.size()) == start);
    return message.substr(start.size());
}

es::Timestamp any_time(std::mt19937_64& random) {
    std::uniform_int_distribution<std::int64_t> seconds{es::Timestamp::min().unix_seconds(),
                                                        es::Timestamp::max().unix_seconds()};
    std::uniform_int_distribution<std::int64_t> nanoseconds{0, 999'999'999};
    // many of them with few fraction digits, as they are in real life
    constexpr std::int64_t units[] = {1, 10, 1000, 1'000'000, 100'000'000, 1'000'000'000};
    const auto unit = units[random() % 6];
    return es::Timestamp::from_unix(seconds(random), nanoseconds(random) / unit * unit);
}

} // namespace

TEST_CASE("a timestamp is written in UTC with no more fraction digits than it needs") {
    CHECK(es::Timestamp{}.to_string() == "1970-01-01T00:00:00Z");
    CHECK(es::Timestamp::from_unix(1'795'415'460, 250'000'000).to_string() ==
          "2026-11-23T06:31:00.25Z");
    CHECK(es::Timestamp::from_unix(0, 1).to_string() == "1970-01-01T00:00:00.000000001Z");
    CHECK(es::Timestamp::from_unix(0, 100'000'000).to_string() == "1970-01-01T00:00:00.1Z");
    CHECK(es::Timestamp::from_unix(0, -1).to_string() == "1969-12-31T23:59:59.999999999Z");
    CHECK(es::Timestamp::min().to_string() == "0001-01-01T00:00:00Z");
    CHECK(es::Timestamp::max().to_string() == "9999-12-31T23:59:59.999999999Z");
}

TEST_CASE("a timestamp has the text that the C library gives it") {
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        const auto time = es::Timestamp::from_unix(any_time(random).unix_seconds());
        const std::time_t seconds = time.unix_seconds();
        std::tm parts{};
        REQUIRE(gmtime_r(&seconds, &parts) != nullptr);
        char text[64];
        // %Y does not pad to four digits everywhere
        std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                      parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
        REQUIRE(time.to_string() == text);
    }
}

TEST_CASE("what a timestamp writes it reads back exactly") {
    std::mt19937_64 random{2};
    for (int i = 0; i < 20'000; ++i) {
        const auto time = any_time(random);
        REQUIRE(parsed(time.to_string()) == time);
    }
    CHECK(parsed(es::Timestamp::min().to_string()) == es::Timestamp::min());
    CHECK(parsed(es::Timestamp::max().to_string()) == es::Timestamp::max());
}

TEST_CASE("the examples of RFC 3339 section 5.8 are read") {
    CHECK(parsed("1985-04-12T23:20:50.52Z").to_string() == "1985-04-12T23:20:50.52Z");
    CHECK(parsed("1996-12-19T16:39:57-08:00").to_string() == "1996-12-20T00:39:57Z");
    CHECK(parsed("1990-12-31T23:59:60Z").to_string() == "1991-01-01T00:00:00Z");
    CHECK(parsed("1990-12-31T15:59:60-08:00").to_string() == "1991-01-01T00:00:00Z");
    CHECK(parsed("1937-01-01T12:00:27.87+00:20").to_string() == "1937-01-01T11:40:27.87Z");
}

TEST_CASE("T and Z may be small letters") {
    CHECK(parsed("2026-11-23t06:31:00z") == parsed("2026-11-23T06:31:00Z"));
}

TEST_CASE("any number of fraction digits is read, and those after the ninth are cut off") {
    CHECK(parsed("2026-11-23T06:31:00.5Z").nanoseconds() == 500'000'000);
    CHECK(parsed("2026-11-23T06:31:00.123456789Z").nanoseconds() == 123'456'789);
    CHECK(parsed("2026-11-23T06:31:00.9999999999Z").nanoseconds() == 999'999'999);
    CHECK(parsed("2026-11-23T06:31:00.0000000009Z").nanoseconds() == 0);
    std::string many = "2026-11-23T06:31:00.25";
    many.append(100'000, '1').append("+01:00");
    CHECK(parsed(many).to_string() == "2026-11-23T05:31:00.251111111Z");
}

TEST_CASE("offsets are applied, whatever day, month or year that leads to") {
    CHECK(parsed("2026-11-23T06:31:00+00:00") == parsed("2026-11-23T06:31:00Z"));
    CHECK(parsed("2026-11-23T06:31:00-00:00") == parsed("2026-11-23T06:31:00Z"));
    CHECK(parsed("2024-03-01T00:30:00+01:00").to_string() == "2024-02-29T23:30:00Z");
    CHECK(parsed("2025-12-31T12:00:00-23:59").to_string() == "2026-01-01T11:59:00Z");
    CHECK(parsed("2026-01-01T12:00:00+23:59").to_string() == "2025-12-31T12:01:00Z");
}

TEST_CASE("a leap second is read as the second after it") {
    CHECK(parsed("2016-12-31T23:59:60Z") == parsed("2017-01-01T00:00:00Z"));
    CHECK(parsed("2016-12-31T23:59:60.75Z") == parsed("2017-01-01T00:00:00.75Z"));
    CHECK(parsed("2015-06-30T23:59:60Z") == parsed("2015-07-01T00:00:00Z"));
    CHECK(parsed("2024-02-29T23:59:60Z") == parsed("2024-03-01T00:00:00Z"));
    CHECK(parsed("2017-01-01T05:29:60+05:30") == parsed("2017-01-01T00:00:00Z"));
    CHECK(parsed("1960-12-31T23:59:60Z") == parsed("1961-01-01T00:00:00Z"));
}

TEST_CASE("second 60 is refused if no leap second is possible") {
    const auto why = "second 60: a leap second is at 23:59:60 UTC on the last day of a month";
    for (const auto* text : {"2016-12-30T23:59:60Z", "2016-12-31T23:58:60Z", "2016-12-31T22:59:60Z",
                             "2016-12-31T23:59:60+01:00", "2017-01-01T05:29:60Z",
                             "2024-02-28T23:59:60Z", "1960-12-30T23:59:60Z"})
        CHECK(refusal(text) == why);
    CHECK(refusal("2016-12-31T23:59:61Z") == "second 61: expected 00 to 60");
}

TEST_CASE("days that the calendar does not have are refused") {
    CHECK(refusal("2026-02-30T00:00:00Z") == "day 30: February 2026 has 28 days");
    CHECK(refusal("2024-02-30T00:00:00Z") == "day 30: February 2024 has 29 days");
    CHECK(refusal("1900-02-29T00:00:00Z") == "day 29: February 1900 has 28 days");
    CHECK(refusal("2026-04-31T00:00:00Z") == "day 31: April 2026 has 30 days");
    CHECK(refusal("2026-01-32T00:00:00Z") == "day 32: expected 01 to 31");
    CHECK(refusal("2026-01-00T00:00:00Z") == "day 00: expected 01 to 31");
    CHECK(refusal("2026-13-01T00:00:00Z") == "month 13: expected 01 to 12");
    CHECK(refusal("2026-00-01T00:00:00Z") == "month 00: expected 01 to 12");
    CHECK(refusal("0000-01-01T00:00:00Z") == "year 0000: expected 0001 to 9999");
}

TEST_CASE("times of day and offsets out of range are refused") {
    CHECK(refusal("2026-01-01T24:00:00Z") == "hour 24: expected 00 to 23");
    CHECK(refusal("2026-01-01T23:60:00Z") == "minute 60: expected 00 to 59");
    CHECK(refusal("2026-01-01T00:00:00+24:00") == "offset hour 24: expected 00 to 23");
    CHECK(refusal("2026-01-01T00:00:00-01:60") == "offset minute 60: expected 00 to 59");
}

TEST_CASE("an offset may not lead out of the years 0001 to 9999") {
    const auto why = "in UTC this is outside the years 0001 to 9999";
    CHECK(refusal("0001-01-01T00:00:00+00:01") == why);
    CHECK(refusal("9999-12-31T23:59:59-00:01") == why);
    CHECK(refusal("9999-12-31T23:59:60Z") == why);
    CHECK(parsed("0001-01-01T00:01:00+00:01") == es::Timestamp::min());
    CHECK(parsed("9999-12-31T23:58:59.999999999-00:01") == es::Timestamp::max());
}

TEST_CASE("text that is no timestamp is refused with what was expected, and the place") {
    CHECK(refusal("") == "expected a digit at character 1, got the end");
    CHECK(refusal("tomorrow") == "expected a digit at character 1, got \"tomorrow\"");
    CHECK(refusal("2026-11-23") == "expected \"T\" at character 11, got the end");
    CHECK(refusal("2026-11-23 06:31:00Z") == "expected \"T\" at character 11, got \" 06:31:0...\"");
    CHECK(refusal("20261123T063100Z") == "expected \"-\" at character 5, got \"1123T063...\"");
    CHECK(refusal("2026-11-23T0631") == "expected \":\" at character 14, got \"31\"");
    CHECK(refusal("2026-11-23T06:31Z") == "expected \":\" at character 17, got \"Z\"");
    CHECK(refusal("2026-11-23T06:31:00") ==
          "expected Z or an offset such as +01:00 at character 20, got the end");
    CHECK(refusal("2026-11-23T06:31:00,5Z") ==
          "expected Z or an offset such as +01:00 at character 20, got \",5Z\"");
    CHECK(refusal("2026-11-23T06:31:00.Z") == "expected a digit at character 21, got \"Z\"");
    CHECK(refusal("2026-11-23T06:31:00+0100") == "expected \":\" at character 23, got \"00\"");
    CHECK(refusal("2026-11-23T06:31:00+01") == "expected \":\" at character 23, got the end");
    CHECK(refusal("2026-11-23T06:31:00Z ") == "expected the end at character 21, got \" \"");
    CHECK(refusal("+2026-11-23T06:31:00Z") ==
          "expected a digit at character 1, got \"+2026-11...\"");
    CHECK(refusal(std::string_view("2026-11-23T06:31:00Z\0", 21)) ==
          "expected the end at character 21, got \"\\x00\"");
    CHECK(refusal(std::string_view("2026-11-23T06:31:00\0", 20)) ==
          "expected Z or an offset such as +01:00 at character 20, got \"\\x00\"");
}

TEST_CASE("no beginning of a timestamp is a timestamp") {
    const std::string whole = "2026-11-23T06:31:00.25+01:00";
    REQUIRE(es::Timestamp::parse(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(es::Timestamp::parse(whole.substr(0, size)));
}

TEST_CASE("seconds and nanoseconds carry, and times out of range become the nearest one") {
    using Limits = std::numeric_limits<std::int64_t>;
    const auto time = es::Timestamp::from_unix(10, 2'500'000'000);
    CHECK(time.unix_seconds() == 12);
    CHECK(time.nanoseconds() == 500'000'000);
    CHECK(es::Timestamp::from_unix(10, -2'500'000'000) == es::Timestamp::from_unix(7, 500'000'000));
    CHECK(es::Timestamp::from_unix(10, -2'000'000'000) == es::Timestamp::from_unix(8));
    CHECK(es::Timestamp::from_unix(es::Timestamp::max().unix_seconds(), 1'000'000'000) ==
          es::Timestamp::max());
    CHECK(es::Timestamp::from_unix(es::Timestamp::min().unix_seconds(), -1) ==
          es::Timestamp::min());
    for (const auto nanoseconds : {Limits::min(), std::int64_t{0}, Limits::max()}) {
        CHECK(es::Timestamp::from_unix(Limits::max(), nanoseconds) == es::Timestamp::max());
        CHECK(es::Timestamp::from_unix(Limits::min(), nanoseconds) == es::Timestamp::min());
    }
}

TEST_CASE("every 64-bit number of nanoseconds is a time and comes back") {
    using Limits = std::numeric_limits<std::int64_t>;
    const auto back = [](std::int64_t nanoseconds) {
        return es::Timestamp::from_unix_nanoseconds(nanoseconds).to_unix_nanoseconds().value();
    };
    for (const auto edge : {Limits::min(), std::int64_t{-1'000'000'000}, std::int64_t{0},
                            std::int64_t{1'000'000'000}, Limits::max()})
        for (const std::int64_t near : {-2, -1, 0, 1, 2}) {
            if ((edge == Limits::min() && near < 0) || (edge == Limits::max() && near > 0))
                continue;
            CHECK(back(edge + near) == edge + near);
        }
    std::mt19937_64 random{3};
    for (int i = 0; i < 10'000; ++i) {
        const auto nanoseconds = static_cast<std::int64_t>(random());
        REQUIRE(back(nanoseconds) == nanoseconds);
    }
}

TEST_CASE("times that do not fit in 64 bits of nanoseconds are refused") {
    CHECK(es::Timestamp::from_unix_nanoseconds(std::numeric_limits<std::int64_t>::max())
              .to_string() == "2262-04-11T23:47:16.854775807Z");
    CHECK(es::Timestamp::from_unix_nanoseconds(std::numeric_limits<std::int64_t>::min())
              .to_string() == "1677-09-21T00:12:43.145224192Z");
    for (const auto* text : {"2262-04-11T23:47:16.854775808Z", "1677-09-21T00:12:43.145224191Z",
                             "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
        const auto result = parsed(text).to_unix_nanoseconds();
        REQUIRE_FALSE(result);
        CHECK(result.error() == es::errc::invalid);
        CHECK(result.error().message() == "timestamp " + std::string(text) +
                                              ": engines store nanoseconds in 64 bits, which hold "
                                              "times from 1677-09-21 to 2262-04-11");
    }
}

TEST_CASE("timestamps are ordered in time") {
    CHECK(es::Timestamp::from_unix(1) < es::Timestamp::from_unix(1, 1));
    CHECK(es::Timestamp::from_unix(1, 999'999'999) < es::Timestamp::from_unix(2));
    CHECK(es::Timestamp::from_unix(-1) < es::Timestamp{});
    CHECK(es::Timestamp::min() < es::Timestamp::max());
}

TEST_CASE("a timestamp moves by durations of any unit") {
    using namespace std::chrono_literals;
    constexpr auto start = es::Timestamp::from_unix(1'767'225'600, 999'999'999);
    static_assert(start + 1ns == es::Timestamp::from_unix(1'767'225'601));
    static_assert(start - 1s == es::Timestamp::from_unix(1'767'225'599, 999'999'999));
    static_assert(start + 25h - 1h == start + std::chrono::days(1));
    static_assert(start + -1ms == start - 1ms);
    CHECK((start - 999'999'999ns).to_string() == "2026-01-01T00:00:00Z");
    CHECK((es::Timestamp{} - 1ns).to_string() == "1969-12-31T23:59:59.999999999Z");
    using Picoseconds = std::chrono::duration<std::int64_t, std::pico>;
    using Thirds = std::chrono::duration<std::int32_t, std::ratio<1, 3>>;
    CHECK(es::Timestamp{} + Picoseconds(1'999) == es::Timestamp::from_unix(0, 1));
    CHECK(es::Timestamp{} + Thirds(4) == es::Timestamp::from_unix(1, 333'333'333));
    auto time = start;
    time += 1min;
    time -= 30s;
    CHECK(time - start == 30s);
}

TEST_CASE("a timestamp that moves out of range stays at the first or the last one") {
    using namespace std::chrono_literals;
    const auto min = es::Timestamp::min();
    const auto max = es::Timestamp::max();
    CHECK(max + 1ns == max);
    CHECK(min - 1ns == min);
    CHECK(max - 0ns == max);
    const auto both = [&](auto largest, auto lowest) {
        CHECK(max + largest == max);
        CHECK(min - largest == min);
        CHECK(max - lowest == max);
        CHECK(min + lowest == min);
        CHECK(es::Timestamp{} + largest <= max);
        CHECK(es::Timestamp{} + lowest >= min);
    };
    const auto of_unit = [&](auto unit) {
        using Unit = decltype(unit);
        both(Unit::max(), Unit::min());
    };
    of_unit(std::chrono::nanoseconds{});
    of_unit(std::chrono::milliseconds{});
    of_unit(std::chrono::seconds{});
    of_unit(std::chrono::hours{});
    of_unit(std::chrono::years{});
    of_unit(std::chrono::duration<std::int64_t, std::atto>{});
    of_unit(std::chrono::duration<std::int64_t, std::exa>{});
    of_unit(std::chrono::duration<std::int8_t>{});
    CHECK(es::Timestamp{} + std::chrono::years::max() == max);
    CHECK(es::Timestamp{} + std::chrono::seconds::max() == max);
    CHECK(es::Timestamp{} + std::chrono::seconds::min() == min);

    // all of the range, in one step and back
    const auto whole = std::chrono::seconds(max.unix_seconds() - min.unix_seconds());
    CHECK(min + whole + 999'999'999ns == max);
    CHECK(max - whole - 999'999'999ns == min);
    CHECK(min + whole + 1s == max);
}

TEST_CASE("the time between two timestamps is exact up to 292 years, and the longest beyond") {
    using std::chrono::nanoseconds;
    using Limits = std::numeric_limits<std::int64_t>;
    constexpr auto middle = es::Timestamp::from_unix(5, 999'999'999);
    for (const std::int64_t nanosecond :
         {Limits::min(), Limits::min() + 1, std::int64_t{-1'000'000'001}, std::int64_t{-1},
          std::int64_t{0}, std::int64_t{1}, std::int64_t{1'000'000'000}, Limits::max() - 1,
          Limits::max()}) {
        const nanoseconds time(nanosecond);
        CHECK((middle + time) - middle == time);
    }
    CHECK((middle + nanoseconds::max() + nanoseconds(1)) - middle == nanoseconds::max());
    CHECK((middle + nanoseconds::min() - nanoseconds(1)) - middle == nanoseconds::min());
    static_assert(es::Timestamp::max() - es::Timestamp::min() == nanoseconds::max());
    static_assert(es::Timestamp::min() - es::Timestamp::max() == nanoseconds::min());
    static_assert(es::Timestamp{} - es::Timestamp{} == nanoseconds(0));

    std::mt19937_64 random{7};
    for (int i = 0; i < 100'000; ++i) {
        const auto time = any_time(random);
        const nanoseconds step(static_cast<std::int64_t>(random()));
        const auto moved = time + step;
        if (moved == es::Timestamp::min() || moved == es::Timestamp::max())
            continue;
        REQUIRE(moved - time == step);
        REQUIRE(moved - step == time);
    }
}

TEST_CASE("a timestamp is one of the system's clock, and back") {
    using Clock = std::chrono::system_clock;
    static_assert(es::Timestamp::from_system_clock(Clock::time_point{}) == es::Timestamp{});
    static_assert(es::Timestamp{}.to_system_clock() == Clock::time_point{});
    using namespace std::chrono_literals;
    for (const auto time :
         {Clock::time_point::min(), Clock::time_point::min() + 1ns, Clock::time_point{-1ns},
          Clock::time_point{1s}, Clock::time_point::max() - 1ns, Clock::time_point::max()})
        CHECK(es::Timestamp::from_system_clock(time).to_system_clock() == time);
    CHECK(es::Timestamp::from_system_clock(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1))
              .to_string() == "2026-01-01T00:00:00Z");
    CHECK(es::Timestamp::max().to_system_clock() == Clock::time_point::max());
    CHECK(es::Timestamp::min().to_system_clock() == Clock::time_point::min());
    CHECK(es::Timestamp::from_system_clock(std::chrono::sys_seconds::max()) ==
          es::Timestamp::max());
}
