// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb/same_json.hpp>

#include "catch.hpp"

namespace {

using eventsourcing::detail::eventstoredb::same_json;

} // namespace

TEST_CASE("JSON is compared by value, since servers rewrite it") {
    CHECK(same_json(R"({"a":1,"b":[1,2]})", "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": 1\n}"));
    CHECK(same_json("[1E5,0.1,1.0,-0.0]", "[100000.0, 0.1, 1.0, 0.0]"));
    CHECK(same_json(R"(["\u00e9\ud83d\ude00\/"])", "[\"\xC3\xA9\xF0\x9F\x98\x80/\"]"));
    CHECK(same_json(R"({"\u0061":null})", R"({"a":null})"));
    CHECK(same_json("[12345678901234567890123]", "[12345678901234567890123]"));
    CHECK(same_json(" [] ", "[]"));
}

TEST_CASE("JSON of another value is told apart") {
    CHECK_FALSE(same_json("[9007199254740993]", "[9007199254740992]"));
    CHECK_FALSE(same_json("[12345678901234567890]", "[12345678901234567891]"));
    CHECK_FALSE(same_json("[1,2]", "[2,1]"));
    CHECK_FALSE(same_json("[1]", "[1,1]"));
    CHECK_FALSE(same_json(R"({"a":1})", R"({"b":1})"));
    CHECK_FALSE(same_json(R"({"a":1})", R"({"a":1,"b":2})"));
    CHECK_FALSE(same_json("true", "false"));
    CHECK_FALSE(same_json("[null]", "[0]"));
    CHECK_FALSE(same_json("{}", "[]"));
    CHECK_FALSE(same_json("[\"1\"]", "[1]"));
    CHECK_FALSE(same_json("", "{}"));
}
