// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/json_format.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

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
            .data = es::CloudEventData::json(R"({"entity_id":"ogre","damage":150})")};
}

/// A text with the required attributes and `more` members.
std::string with(std::string_view more) {
    return R"({"specversion":"1.0","id":"1","source":"/","type":"t",)" + std::string(more) + "}";
}

std::string nested(unsigned levels) {
    return std::string(levels, '[') + std::string(levels, ']');
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
    fields.data = es::CloudEventData::json("null");
    check(fields);
    fields.data = es::CloudEventData::json(nested(63));
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
    CHECK(fixed->data() == es::CloudEventData::json("[1, 2]"));
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
    CHECK(event->data() == es::CloudEventData::json("null"));
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
    for (const std::string_view version : {"1", "1.1", "1.0.2", "2.0", "", "1.0 "})
        CHECK_FALSE(refusal(R"({"id":"1","source":"/","type":"t","specversion":")" +
                                std::string(version) + "\"}",
                            es::errc::unsupported)
                        .empty());
    CHECK_FALSE(refusal(R"({"specversion":1.0,"id":"1","source":"/","type":"t"})").empty());
    CHECK(refusal(R"({"specversion":"0.3","id":"1","source":"/","type":"t"})",
                  es::errc::unsupported) == R"($.specversion: expected "1.0", got "0.3")");
}

TEST_CASE("Data of a content type that is not JSON is text, and not parsed") {
    for (const std::string_view type :
         {"text/plain", "application/xml", "application/x-json-stream",
          "text/plain; profile=\\\"application/json\\\"", "text/plain; note=\\\"x+json\\\""}) {
        const auto event = es::decode_cloud_event(
            with("\"datacontenttype\":\"" + std::string(type) + R"(","data":"{\"a\":\n1}")"));
        INFO((event ? "" : event.error().message()));
        REQUIRE(event);
        CHECK(event->data() == es::CloudEventData::text("{\"a\":\n1}"));
        const auto again = es::decode_cloud_event(es::encode_cloud_event(*event));
        REQUIRE(again);
        CHECK(*again == *event);
    }
    CHECK(refusal(with(R"("datacontenttype":"text/plain","data":{"a":1})")) ==
          R"($.data: expected a string, since datacontenttype is "text/plain", got "{\"a\":1}")");
}

TEST_CASE("A string that is JSON data stays a string, whatever it looks like") {
    for (const std::string_view type : {"", R"("datacontenttype":"application/json",)",
                                        R"("datacontenttype":"Application/LD+JSON; a=b",)"}) {
        const auto event =
            es::decode_cloud_event(with(std::string(type) + R"("data":"{\"a\":1}")"));
        REQUIRE(event);
        CHECK(event->data() == es::CloudEventData::json(R"("{\"a\":1}")"));
    }
}

TEST_CASE("The content type may come after the data") {
    const auto text = es::decode_cloud_event(with(R"("data":"1","datacontenttype":"text/plain")"));
    REQUIRE(text);
    CHECK(text->data() == es::CloudEventData::text("1"));
    CHECK_FALSE(refusal(with(R"("data":1,"datacontenttype":"text/plain")")).empty());
}

TEST_CASE("Data in Base64 is bytes, whatever the content type, and none is added") {
    const auto bare = es::decode_cloud_event(with(R"("data_base64":"AAEC/f7\/")"));
    REQUIRE(bare);
    CHECK(bare->data() == es::CloudEventData::bytes(std::string("\0\1\2\xFD\xFE\xFF", 6)));
    CHECK(!bare->datacontenttype());
    CHECK(es::encode_cloud_event(*bare) == with(R"("data_base64":"AAEC/f7/")"));

    const auto json = es::decode_cloud_event(
        with(R"("data_base64":"eyJhIjoxfQ==","datacontenttype":"application/json")"));
    REQUIRE(json);
    CHECK(json->data() == es::CloudEventData::bytes(R"({"a":1})"));
    const auto plus = es::decode_cloud_event(with(R"("data_base64":"\u002B\u002B\u002b\u002B")"));
    REQUIRE(plus);
    CHECK(plus->data() == es::CloudEventData::bytes("\xFB\xEF\xBE"));
    const auto empty = es::decode_cloud_event(with(R"("data_base64":"")"));
    REQUIRE(empty);
    CHECK(empty->data() == es::CloudEventData::bytes(""));

    for (const std::string_view bad : {"A", "AA", "AAA", "AA=A", "A===", "AA E", "AA\\n==", "AA-_",
                                       "AB==", "AAE==", "====", "="})
        CHECK(refusal(with("\"data_base64\":\"" + std::string(bad) + "\""))
                  .starts_with("$.data_base64: expected Base64 "));
    CHECK_FALSE(refusal(with(R"("data_base64":5)")).empty());
}

TEST_CASE("Data comes in one form") {
    CHECK(refusal(with(R"("data":1,"data_base64":"AAEC")")) ==
          "$.data_base64: there is data as well; expected one of them");
    CHECK_FALSE(refusal(with(R"("data_base64":"AAEC","data":null)")).empty());
    CHECK(es::decode_cloud_event(with(R"("data":1,"data_base64":null)")));
}

TEST_CASE("Data that says nothing is data, and absent data is none") {
    for (const std::string_view data : {"null", "false", "0", "\"\"", "{}", "[]"}) {
        const auto event = es::decode_cloud_event(with("\"data\":" + std::string(data)));
        REQUIRE(event);
        CHECK(event->data() == es::CloudEventData::json(std::string(data)));
    }
    const auto none = es::decode_cloud_event(with(R"("datacontenttype":"application/json")"));
    REQUIRE(none);
    CHECK(!none->data());
    const auto text = es::decode_cloud_event(with(R"("datacontenttype":"text/plain","data":"")"));
    REQUIRE(text);
    CHECK(text->data() == es::CloudEventData::text(""));
}

TEST_CASE("The numbers of JSON data are passed on as they were written") {
    const std::string numbers = "[1.10,1E2,123456789012345678901234567890,1e400,-0]";
    const auto event = es::decode_cloud_event(with("\"data\":" + numbers));
    REQUIRE(event);
    CHECK(es::encode_cloud_event(*event) == with("\"data\":" + numbers));
}

TEST_CASE("The time of a CloudEvent is passed on as it was written") {
    for (const std::string_view time :
         {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999999Z", "2018-04-05t17:31:00z",
          "2018-04-05T17:31:00-00:00", "1990-12-31T23:59:60Z", "2019-01-01T00:30:00+01:00"}) {
        const std::string text = with("\"time\":\"" + std::string(time) + "\"");
        const auto event = es::decode_cloud_event(text);
        INFO(time);
        REQUIRE(event);
        CHECK(es::encode_cloud_event(*event) == text);
    }
}

TEST_CASE("Data is nested 63 levels deep at most") {
    CHECK(es::decode_cloud_event(with("\"data\":" + nested(63))));
    const auto message = refusal(with("\"data\":" + nested(64)));
    CHECK(message.find("nested deeper than 64 levels") != std::string::npos);
    CHECK_FALSE(refusal(with("\"data\":" + nested(100'000))).empty());
    CHECK_FALSE(refusal(with("\"data\":" + std::string(1'000'000, '['))).empty());
    const auto objects = [](unsigned levels) {
        std::string text = "0";
        for (; levels > 1; --levels)
            text = R"({"a":)" + text + "}";
        return "[" + text + "]"; // the last level
    };
    CHECK(es::decode_cloud_event(with("\"data\":" + objects(63))));
    CHECK(refusal(with("\"data\":" + objects(64))).find("nested deeper than 64 levels") !=
          std::string::npos);
}

TEST_CASE("A CloudEvent over the limit is refused before it is looked at") {
    const std::string text = with(R"("data":1)");
    CHECK(es::decode_cloud_event(text, {.event_size = text.size()}));
    const auto refused = es::decode_cloud_event(text, {.event_size = text.size() - 1});
    REQUIRE(!refused);
    CHECK(refused.error() == es::errc::too_large);
    CHECK(refused.error().message() ==
          "CloudEvent: 63 bytes; at most 62 are allowed, see CloudEventLimits");
    CHECK(fails_with(es::errc::too_large,
                     es::decode_cloud_event(std::string(16 * 1024 * 1024 + 1, ' '))));
    const auto large = with("\"data\":\"" + std::string(1024 * 1024, 'x') + "\"");
    CHECK(es::decode_cloud_event(large)); // every reader must accept 64 KiB
}

TEST_CASE("Reading a CloudEvent adds nothing") {
    const auto event =
        es::decode_cloud_event(R"({"specversion":"1.0","id":"1","source":"/","type":"t"})");
    REQUIRE(event);
    CHECK(*event == es::CloudEvent::make({.id = "1", .source = "/", .type = "t"}).value());
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
    CHECK(es::decode_cloud_event(with(R"("a":-0)")).value().extension("a")->integer().value() == 0);
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
    for (const std::string_view twice :
         {R"("a":1,"\u0061":null)", R"("a":null,"a":1)", R"("a":null,"a":null)", R"("a":1,"a":1)",
          R"("subject":null,"subject":"s")", R"("\u0069d":"1")", R"("data":1,"data":1)",
          R"("data_base64":null,"data_base64":"")"})
        CHECK(refusal(with(twice)).find("duplicate member") != std::string::npos);
}

TEST_CASE("No prefix of a CloudEvent is read as one") {
    const auto event = es::CloudEvent::make(full());
    REQUIRE(event);
    const std::string text = es::encode_cloud_event(*event);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(es::decode_cloud_event(std::string_view(text).substr(0, size)));
}
