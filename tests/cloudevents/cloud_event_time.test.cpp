// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/cloud_event_time.hpp>

#include "catch.hpp"

#include <array>
#include <string>

namespace es = eventsourcing;

namespace {

es::CloudEventTime time_of(const std::string& text) {
    const auto time = es::CloudEventTime::parse(text);
    INFO(text << (time ? "" : ": " + time.error().message()));
    REQUIRE(time);
    return *time;
}

} // namespace

TEST_CASE("The time of a CloudEvent keeps its text, of any year, precision and offset") {
    const auto text =
        GENERATE(as<std::string>{}, "2018-04-05T17:31:00Z", "2018-04-05T17:31:00.5Z",
                 "2018-04-05T17:31:00.500Z", "2018-04-05T17:31:00.123456789012345678901234567890Z",
                 "2018-04-05t17:31:00z", "2018-04-05T17:31:00+00:00", "2018-04-05T17:31:00-00:00",
                 "2018-04-05T17:31:00+23:59", "0000-01-01T00:00:00Z", "0000-02-29T00:00:00+14:00",
                 "0000-01-01T00:00:00+00:01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                 "9999-12-31T23:59:59-23:59", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
                 "2000-02-29T12:00:00Z", "2024-02-29T00:00:00.0Z");
    const auto time = time_of(text);
    CHECK(time.to_string() == text);
    std::array<char, es::Timestamp::text_size> buffer;
    CHECK(time.to_text(buffer) == text);
}

TEST_CASE("What is no time of RFC 3339 is no time of a CloudEvent") {
    const auto text = GENERATE(
        as<std::string>{}, "", "2018", "2018-04-05", "2018-04-05 17:31:00Z", "2018-04-05T17:31Z",
        "2018-04-05T17:31:00", "2018-04-05T17:31:00.Z", "2018-04-05T17:31:00,5Z",
        "2018-04-05T24:00:00Z", "2018-04-05T17:60:00Z", "2018-04-05T17:31:61Z",
        "2018-04-05T17:31:60Z", "2019-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2018-00-05T00:00:00Z", "2018-13-05T00:00:00Z", "2018-04-00T00:00:00Z",
        "2018-04-31T00:00:00Z", "12018-04-05T17:31:00Z", "-018-04-05T17:31:00Z",
        "2018-4-05T17:31:00Z", "2018-04-05T17:31:00+24:00", "2018-04-05T17:31:00+01:60",
        "2018-04-05T17:31:00+0100", "2018-04-05T17:31:00+01", "2018-04-05T17:31:00Z ",
        " 2018-04-05T17:31:00Z", "0000-00-00T00:00:00Z", std::string("2018-04-05T17:31:00Z\0", 21));
    INFO(text);
    const auto time = es::CloudEventTime::parse(text);
    REQUIRE(!time);
    CHECK(time.error() == es::errc::malformed);
}

TEST_CASE("The time of a CloudEvent is a timestamp, if it has one") {
    CHECK(time_of("2019-01-01T00:30:00.25+01:00").timestamp().value() ==
          es::Timestamp::parse("2018-12-31T23:30:00.25Z").value());
    CHECK(time_of("1990-12-31T23:59:60Z").timestamp().value() ==
          es::Timestamp::parse("1991-01-01T00:00:00Z").value());
    CHECK(time_of("2018-04-05T17:31:00.1234567899Z").timestamp().value().nanoseconds() ==
          123'456'789);
    CHECK(time_of("0000-12-31T23:59:59-00:01").timestamp().value() ==
          es::Timestamp::parse("0001-01-01T00:00:59Z").value());
    for (const std::string outside :
         {"0000-06-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"}) {
        const auto none = time_of(outside).timestamp();
        REQUIRE(!none);
        CHECK(none.error() == es::errc::invalid);
        CHECK(none.error().message() ==
              "timestamp \"" + outside + "\": in UTC this is outside the years 0001 to 9999");
    }
}

TEST_CASE("A timestamp is a time of a CloudEvent") {
    const es::CloudEventTime time = es::Timestamp::from_unix(1'767'225'600, 250'000'000);
    CHECK(time.to_string() == "2026-01-01T00:00:00.25Z");
    CHECK(time == time_of("2026-01-01T01:00:00.250+01:00"));
    CHECK(es::CloudEventTime(es::Timestamp::min()).to_string() == "0001-01-01T00:00:00Z");
    CHECK(es::CloudEventTime(es::Timestamp::max()).timestamp().value() == es::Timestamp::max());
    CHECK(es::CloudEventTime() == es::Timestamp());
}

TEST_CASE("Times of CloudEvents are compared as points in time, to their last digit") {
    CHECK(time_of("2018-04-05T17:31:00Z") == time_of("2018-04-05t19:31:00.000+02:00"));
    CHECK(time_of("2018-04-05T17:31:00.1234567890Z") == time_of("2018-04-05T17:31:00.123456789Z"));
    CHECK(time_of("2018-04-05T17:31:00.12345678901Z") ==
          time_of("2018-04-05T18:31:00.1234567890100+01:00"));
    CHECK(time_of("2018-04-05T17:31:00.12345678901Z") != time_of("2018-04-05T17:31:00.123456789Z"));
    CHECK(time_of("2018-04-05T17:31:00.1234567890Z") < time_of("2018-04-05T17:31:00.1234567891Z"));
    CHECK(time_of("2018-04-05T17:31:00.12345678909Z") < time_of("2018-04-05T17:31:00.1234567891Z"));
    CHECK(time_of("0000-01-01T00:00:00+00:01") < time_of("0000-01-01T00:00:00Z"));
    CHECK(time_of("9999-12-31T23:59:59-00:01") > es::Timestamp::max());
    CHECK(time_of("2018-04-05T17:31:00.1Z") > time_of("2018-04-05T17:31:00.09Z"));
}
