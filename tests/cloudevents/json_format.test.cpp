// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/json_format.hpp>

#include "catch.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

namespace es = eventsourcing;

namespace {

es::CloudEventFields full() {
    return {.id = "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",
            .source = "events://example.org/combat",
            .type = "combat.entity_attacked",
            .subject = "combat-ogre",
            .time = es::Timestamp::from_unix(1'767'225'600, 250'000'000),
            .datacontenttype = "application/json",
            .dataschema = "https://example.org/combat/1.0",
            .extensions = {{"replayed", false}, {"attempts", -3}, {"typeversion", "1.0"}},
            .data = R"({"entity_id":"ogre","damage":150})"};
}

/// A text with the required attributes and `more` members.
std::string with(std::string_view more) {
    return R"({"specversion":"1.0","id":"1","source":"/","type":"t",)" + std::string(more) + "}";
}

std::string refusal(std::string_view text, es::errc kind = es::errc::malformed) {
    const auto event = es::decode_cloud_event(text);
    if (event)
        return "";
    CHECK(event.error() == kind);
    return event.error().message();
}

} // namespace

TEST_CASE("A CloudEvent is one line of JSON, the core attributes first, the data last") {
    const auto event = es::CloudEvent::make(full());
    REQUIRE(event);
    CHECK(es::encode_cloud_event(*event) == R"({"specversion":"1.0",)"
                                            R"("id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",)"
                                            R"("source":"events://example.org/combat",)"
                                            R"("type":"combat.entity_attacked",)"
                                            R"("subject":"combat-ogre",)"
                                            R"("time":"2026-01-01T00:00:00.25Z",)"
                                            R"("datacontenttype":"application/json",)"
                                            R"("dataschema":"https://example.org/combat/1.0",)"
                                            R"("attempts":-3,"replayed":false,"typeversion":"1.0",)"
                                            R"("data":{"entity_id":"ogre","damage":150}})");
}

TEST_CASE("What a CloudEvent does not have is not written") {
    const auto event = es::CloudEvent::make({.id = "1", .source = "/", .type = "t"});
    REQUIRE(event);
    CHECK(es::encode_cloud_event(*event) ==
          R"({"specversion":"1.0","id":"1","source":"/","type":"t"})");
}

TEST_CASE("A CloudEvent reads back as it was written") {
    auto fields = full();
    const auto check = [](const es::CloudEventFields& of) {
        const auto event = es::CloudEvent::make(of);
        REQUIRE(event);
        const auto read = es::decode_cloud_event(es::encode_cloud_event(*event));
        REQUIRE(read);
        CHECK(*read == *event);
    };
    check(full());
    check({.id = "1", .source = "/", .type = "t"});
    fields.id = "quote \" backslash \\ ogre \xF0\x9F\x91\xB9";
    fields.extensions["lowest"] = std::numeric_limits<std::int32_t>::min();
    fields.extensions["highest"] = std::numeric_limits<std::int32_t>::max();
    fields.extensions["empty"] = "";
    fields.data = "null";
    check(fields);
    fields.data = std::string(63, '[') + std::string(63, ']');
    check(fields);
}

TEST_CASE("The members of a CloudEvent come in any order, with any white space and escapes") {
    const auto event = es::decode_cloud_event(
        "\n{ \"data\" : [1, 2] , \"t\\u0079pe\":\"t\\n\", \"type\\u0031\" : 1, \"source\":\"/\","
        "\"id\":\"\\u00e4\", \"specversion\":\"1.0\" }\r\n");
    REQUIRE(!event); // the type holds a control character
    const auto fixed = es::decode_cloud_event(
        "\n{ \"data\" : [1, 2] , \"t\\u0079pe\":\"\\u0074\", \"type\\u0031\" : 1, \"source\":\"/\","
        "\"id\":\"\\u00e4\", \"specversion\":\"1.0\" }\r\n");
    REQUIRE(fixed);
    CHECK(fixed->type() == "t");
    CHECK(fixed->id() == "\xC3\xA4");
    CHECK(fixed->data() == "[1, 2]");
    REQUIRE(fixed->extension("type1"));
    CHECK(*fixed->extension("type1") == es::CloudEventValue(1));
}

TEST_CASE("A null attribute is an absent one, null data is data") {
    const auto event = es::decode_cloud_event(
        with(R"("subject":null,"time":null,"datacontenttype":null,"region":null,"data":null)"));
    REQUIRE(event);
    CHECK(!event->subject());
    CHECK(!event->time());
    CHECK(event->extensions().empty());
    CHECK(event->data() == "null");
    CHECK(es::decode_cloud_event(with(R"("data_base64":null)")));
    CHECK_FALSE(
        es::decode_cloud_event(R"({"specversion":"1.0","id":null,"source":"/","type":"t"})"));
}

TEST_CASE("The time of a CloudEvent is read from RFC 3339") {
    const auto event = es::decode_cloud_event(with(R"("time":"2026-01-01T01:00:00.250+01:00")"));
    REQUIRE(event);
    CHECK(event->time() == es::Timestamp::from_unix(1'767'225'600, 250'000'000));
    CHECK(refusal(with(R"("time":"yesterday")")).starts_with("$.time: "));
    CHECK(refusal(with(R"("time":1)")) == "$.time: expected a string, got 1");
}

TEST_CASE("A CloudEvent without a required attribute is malformed") {
    CHECK(refusal(R"({"id":"1","source":"/","type":"t"})") ==
          R"($.specversion: missing; expected "1.0")");
    CHECK(refusal(R"({"specversion":"1.0","source":"/","type":"t"})") ==
          "CloudEvent attribute id: missing or empty; expected at least one character");
    CHECK_FALSE(refusal(R"({"specversion":"1.0","id":"1","type":"t"})").empty());
    CHECK_FALSE(refusal(R"({"specversion":"1.0","id":"1","source":"/"})").empty());
}

TEST_CASE("Another version of the specification is not supported") {
    CHECK(refusal(R"({"specversion":"0.3","id":"1","source":"/","type":"t"})",
                  es::errc::unsupported) == R"($.specversion: expected "1.0", got "0.3")");
}

TEST_CASE("Data that is not JSON is not supported") {
    CHECK(refusal(with(R"("data_base64":"AAEC")"), es::errc::unsupported) ==
          "$.data_base64: binary data can't be held yet; only JSON can");
    CHECK_FALSE(
        refusal(with(R"("datacontenttype":"text/plain","data":"ouch")"), es::errc::unsupported)
            .empty());
}

TEST_CASE("An extension is a string, a truth value or an integer of 32 bits") {
    const auto event = es::decode_cloud_event(with(R"("a":"1","b":true,"c":-2147483648)"));
    REQUIRE(event);
    CHECK(*event->extension("a") == es::CloudEventValue("1"));
    CHECK(*event->extension("b") == es::CloudEventValue(true));
    CHECK(*event->extension("c") == es::CloudEventValue(std::numeric_limits<std::int32_t>::min()));
    for (const std::string_view bad : {"2147483648", "1.0", "1e2", "{}", "[]", "[1]", "tru", "-"})
        CHECK(refusal(with("\"a\":" + std::string(bad))).starts_with("$.a: expected "));
    CHECK_FALSE(refusal(with(R"("Region":"north")")).empty());
}

TEST_CASE("A text that is no JSON object, or more than one, is no CloudEvent") {
    for (const std::string_view text : {"", " ", "null", "[]", "\"\"", "{", "{}", "{}}",
                                        "\xEF\xBB\xBF{}", "{\"id\":\"1\",}", "{\"id\" \"1\"}"})
        CHECK_FALSE(refusal(text).empty());
    CHECK(refusal(with(R"("data":1)") + "x") == "$: expected the end of the text, got x");
}

TEST_CASE("An attribute that comes twice makes a CloudEvent malformed") {
    CHECK(refusal(with(R"("id":"2")")) ==
          "$.id: duplicate member; expected each name once in an object");
    CHECK_FALSE(refusal(with(R"("a":1,"\u0061":null)")).empty());
    CHECK_FALSE(refusal(with(R"("data":1,"data":1)")).empty());
}

TEST_CASE("No prefix of a CloudEvent is read as one") {
    const auto event = es::CloudEvent::make(full());
    REQUIRE(event);
    const std::string text = es::encode_cloud_event(*event);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(es::decode_cloud_event(std::string_view(text).substr(0, size)));
}
