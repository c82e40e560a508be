// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/cloud_event_value.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace es = eventsourcing;
using Value = es::CloudEventValue;

TEST_CASE("The value of an attribute has the canonical text of its type") {
    CHECK(Value(true).to_string() == "true");
    CHECK(Value(false).to_string() == "false");
    CHECK(Value(0).to_string() == "0");
    CHECK(Value(std::numeric_limits<std::int32_t>::min()).to_string() == "-2147483648");
    CHECK(Value("text").to_string() == "text");
    CHECK(Value(std::string_view("text")).to_string() == "text");
    CHECK(Value().to_string().empty());
    CHECK(Value::binary("Ma").to_string() == "TWE=");
    CHECK(Value(es::Timestamp::from_unix(1)).to_string() == "1970-01-01T00:00:01Z");
    CHECK(Value(es::CloudEventTime::parse("2018-04-05t17:31:00z").value()).to_string() ==
          "2018-04-05t17:31:00z");
    CHECK(Value(es::Uri::parse("https://cloudevents.io").value()).to_string() ==
          "https://cloudevents.io");
    CHECK(Value(es::UriReference::parse("//authority/path").value()).to_string() ==
          "//authority/path");
}

TEST_CASE("The value of an attribute is read as the type it is") {
    CHECK(Value(true).boolean().value());
    CHECK(Value(-5).integer().value() == -5);
    CHECK(Value("a").text().value() == "a");
    CHECK(Value::binary(std::string("\0\xFF", 2)).bytes().value() == std::string("\0\xFF", 2));
    CHECK(Value::binary("").bytes().value().empty());
    CHECK(Value(es::Timestamp::from_unix(1)).time().value() == es::Timestamp::from_unix(1));
    CHECK(Value("https://a").uri().value().str() == "https://a");
    CHECK(Value("/a").uri_reference().value().str() == "/a");
}

TEST_CASE("Where a message has text only, a truth value and an integer are read from it") {
    CHECK(Value("true").boolean().value());
    CHECK_FALSE(Value("false").boolean().value());
    CHECK(Value("-2147483648").integer().value() == std::numeric_limits<std::int32_t>::min());
    CHECK(Value("2147483647").integer().value() == std::numeric_limits<std::int32_t>::max());
    CHECK(Value("0").integer().value() == 0);
    CHECK(Value("-0").integer().value() == 0);
    for (const char* bad : {"", "-", "+1", "01", "-01", "00", "1.0", "1e2", " 1", "1 ",
                            "2147483648", "-2147483649", "0x1", "--1", "true"})
        CHECK(fails_with(es::errc::malformed, Value(bad).integer()));
    for (const char* bad : {"", "True", "TRUE", "1", "0", " true", "yes"})
        CHECK(fails_with(es::errc::malformed, Value(bad).boolean()));
}

TEST_CASE("The value of an attribute is not read as a type it is not") {
    CHECK(message_of(Value(1).text()) == "expected text, got 1");
    CHECK(fails_with(es::errc::malformed, Value("a b").uri_reference()));
    CHECK(fails_with(es::errc::malformed, Value("/a").uri()));
    CHECK(fails_with(es::errc::malformed, Value("yesterday").time()));
    CHECK(message_of(Value("A").bytes()) == "expected Base64, got \"A\"");
    CHECK(message_of(Value("a").boolean()) == "expected true or false, got \"a\"");
    CHECK(message_of(Value(true).integer()) == "expected an integer of 32 bits, got true");
    CHECK(fails_with(es::errc::malformed, Value(1).boolean()));
    CHECK(fails_with(es::errc::malformed, Value(1).time()));
    CHECK(fails_with(es::errc::malformed, Value(1).uri()));
    CHECK(fails_with(es::errc::malformed, Value(1).uri_reference()));
    CHECK(fails_with(es::errc::malformed, Value(1).bytes()));
}
