// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/cloud_event_data.hpp>

#include "catch.hpp"

#include <eventsourcing/cloudevents/cloud_event.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace es = eventsourcing;
using Data = es::CloudEventData;

namespace {

std::string refusal(Data data, std::optional<std::string> content_type = {}) {
    const auto made = es::CloudEvent::make({.id = "1",
                                            .source = "/",
                                            .type = "t",
                                            .datacontenttype = std::move(content_type),
                                            .data = std::move(data)});
    if (made)
        return "";
    CHECK(made.error() == es::errc::invalid);
    return made.error().message();
}

std::string nested(unsigned levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

} // namespace

TEST_CASE("Data that is JSON is one JSON value") {
    for (const char* good : {"null", "0", "\"text\"", "[1, 2]", R"({"a":{"b":[true]}})", " {} "})
        CHECK(refusal(Data::json(good)).empty());
    for (const char* bad : {"", " ", "{", "1,2", "{} {}", "nul", "{\"a\":1,\"a\":2}", "\"\\ud800\"",
                            "\"\xFF\"", "NaN", "-Infinity"})
        CHECK_FALSE(refusal(Data::json(bad)).empty());
    CHECK(refusal(Data::json("{\"damage\":}")) ==
          "CloudEvent data: $.damage: expected a JSON value, got \"}\"");
}

TEST_CASE("JSON data may hold every character, which attributes may not") {
    CHECK(refusal(Data::json("\"\\u0000\\uffff\x7F\xEF\xBF\xBF\"")).empty());
    CHECK(refusal(Data::text(std::string("\0\xEF\xBF\xBF", 4)), "text/plain").empty());
}

TEST_CASE("JSON data leaves room for the object around it") {
    CHECK(refusal(Data::json(nested(63))).empty());
    CHECK(refusal(Data::json(nested(64))).find("nested deeper than 64 levels") !=
          std::string::npos);
}

TEST_CASE("JSON data goes with each content type of JSON, and with none") {
    for (const std::string json :
         {"application/json", "Application/JSON; charset=utf-8", "text/json", "x/json",
          "application/vnd.combat+json", "application/ld+JSON", "a/b+json ;c=d"}) {
        CHECK(refusal(Data::json("1"), json).empty());
        CHECK_FALSE(refusal(Data::text("1"), json).empty());
        CHECK(refusal(Data::bytes("1"), json).empty());
    }
    CHECK(refusal(Data::json("1"), "text/plain") ==
          "CloudEvent data: it is JSON, but datacontenttype is \"text/plain\"; expected "
          "application/json, none, or data that is text or bytes");
}

TEST_CASE("Text goes with a content type that is not of JSON") {
    for (const std::string other :
         {"text/plain", "application/xml", "application/jsonl", "application/x-json-stream",
          "text/plain; a=\"b+json\"", "text/plain;json=1"}) {
        CHECK(refusal(Data::text("a"), other).empty());
        CHECK_FALSE(refusal(Data::json("1"), other).empty());
    }
    CHECK(refusal(Data::text("a")) ==
          "CloudEvent data: it is text, but datacontenttype is absent, which means JSON; expected "
          "one such as text/plain, or data that is JSON or bytes");
    CHECK(refusal(Data::text("\xFF"), "text/plain") ==
          "CloudEvent data: it is text, but not UTF-8; expected data that is bytes");
}

TEST_CASE("Bytes go with every content type, and with none") {
    const std::string bytes("\0\xFF", 2);
    CHECK(refusal(Data::bytes(bytes)).empty());
    CHECK(refusal(Data::bytes(bytes), "image/png").empty());
    CHECK(refusal(Data::bytes(bytes), "application/json").empty());
}

TEST_CASE("The body of a message is what its content type says, if it can be") {
    const auto body = [](std::optional<std::string> type, std::string text) {
        return es::detail::data_of_body(type, std::move(text));
    };
    CHECK(body("application/json", "{}") == Data::json("{}"));
    CHECK(body("application/json", "{") == Data::bytes("{"));
    CHECK(body("application/json", "") == Data::bytes(""));
    CHECK(body("text/json", "{") == Data::bytes("{"));
    CHECK(body("application/ld+json", nested(64)) == Data::bytes(nested(64)));
    CHECK(body("text/plain", "{}") == Data::text("{}"));
    CHECK(body("TEXT/html; charset=\"UTF-8\"", "\xC3\xA4") == Data::text("\xC3\xA4"));
    CHECK(body("text/plain; charset=us-ascii", "a") == Data::text("a"));
    CHECK(body("text/plain; charset=utf-16", "a") == Data::bytes("a"));
    CHECK(body("text/plain; charset=iso-8859-1", "a") == Data::bytes("a"));
    CHECK(body("text/plain", "\xFF") == Data::bytes("\xFF"));
    CHECK(body("application/xml", "<a/>") == Data::text("<a/>"));
    CHECK(body("image/svg+xml", "<a/>") == Data::text("<a/>"));
    CHECK(body("image/png", "a") == Data::bytes("a"));
    CHECK(body({}, "{}") == Data::bytes("{}"));
}
