// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_number.hpp>

#include "catch.hpp"

#include <cmath>
#include <string>

using eventsourcing::detail::is_tiny;
using eventsourcing::detail::parse_floating;

TEST_CASE("Numbers that are too small are 0, numbers that are too big are refused") {
    double value = 1;
    CHECK(parse_floating("1e-400", value));
    CHECK(value == 0);
    CHECK_FALSE(std::signbit(value));
    CHECK(parse_floating("-1e-400", value));
    CHECK(value == 0);
    CHECK(std::signbit(value));
    CHECK(parse_floating("5e-324", value));
    CHECK(value == 5e-324);
    CHECK(parse_floating("1.7976931348623157e308", value));
    CHECK(value == 1.7976931348623157e308);
    CHECK_FALSE(parse_floating("1.8e308", value));
    CHECK_FALSE(parse_floating("-1e309", value));
    CHECK(parse_floating("0e999999999999999999999999", value));
    CHECK(value == 0);

    float narrow = 1;
    CHECK(parse_floating("1e-60", narrow));
    CHECK(narrow == 0);
    CHECK_FALSE(parse_floating("1e39", narrow));
}

TEST_CASE("What is out of range is told small from big by its digits and its exponent") {
    const std::string zeros(400, '0');
    CHECK(is_tiny("1e-400"));
    CHECK(is_tiny("123456E-400"));
    CHECK(is_tiny("0." + zeros + "1"));
    CHECK(is_tiny("0." + zeros + "1e5"));
    CHECK(is_tiny("1e-99999999999999999999999"));
    CHECK_FALSE(is_tiny("1e400"));
    CHECK_FALSE(is_tiny("1e+400"));
    CHECK_FALSE(is_tiny("1" + zeros));
    CHECK_FALSE(is_tiny("1" + zeros + ".5e-10"));
    CHECK_FALSE(is_tiny("0." + zeros + "1e1000"));
    CHECK_FALSE(is_tiny("1e99999999999999999999999"));
    for (std::size_t digits = 4; digits < 60; ++digits) { // more than any integer has
        CHECK(is_tiny("1e-" + std::string(digits, '9')));
        CHECK_FALSE(is_tiny("1e" + std::string(digits, '9')));
    }
}
