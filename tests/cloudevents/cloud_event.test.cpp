// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/cloud_event.hpp>

#include "catch.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace {

es::CloudEventFields minimal() {
    return {.id = "1", .source = "/combat", .type = "combat.entity_attacked"};
}

/// Why `fields` are refused; empty where they are not.
std::string refusal(es::CloudEventFields fields) {
    const auto made = es::CloudEvent::make(std::move(fields));
    if (made)
        return "";
    CHECK(made.error() == es::errc::invalid);
    return made.error().message();
}

} // namespace

TEST_CASE("An id, a source and a type make a CloudEvent") {
    const auto event = es::CloudEvent::make(minimal());
    REQUIRE(event);
    CHECK(event->id() == "1");
    CHECK(event->source() == "/combat");
    CHECK(event->type() == "combat.entity_attacked");
    CHECK(!event->subject());
    CHECK(!event->time());
    CHECK(!event->datacontenttype());
    CHECK(!event->dataschema());
    CHECK(event->extensions().empty());
    CHECK(!event->data());
    CHECK(es::CloudEvent::specversion == "1.0");
}

TEST_CASE("A CloudEvent holds all of its attributes, its extensions and its data") {
    auto fields = minimal();
    fields.subject = "combat-ogre";
    fields.time = es::Timestamp::from_unix(1);
    fields.datacontenttype = "application/json";
    fields.dataschema = "https://example.org/combat/1.0";
    fields.extensions["attempts"] = 3;
    fields.extensions["replayed"] = true;
    fields.extensions["region"] = "north";
    fields.data = es::CloudEventData::json(R"({"damage":150})");
    const auto event = es::CloudEvent::make(fields);
    REQUIRE(event);
    CHECK(event->subject() == "combat-ogre");
    CHECK(event->time() == es::Timestamp::from_unix(1));
    CHECK(event->datacontenttype() == "application/json");
    CHECK(event->dataschema() == "https://example.org/combat/1.0");
    CHECK(event->data() == es::CloudEventData::json(R"({"damage":150})"));
    REQUIRE(event->extension("attempts"));
    CHECK(*event->extension("attempts") == es::CloudEventValue(3));
    REQUIRE(event->extension("replayed"));
    CHECK(*event->extension("replayed") == es::CloudEventValue(true));
    REQUIRE(event->extension("region"));
    CHECK(*event->extension("region") == es::CloudEventValue("north"));
    CHECK(!event->extension("id"));
    CHECK(!event->extension("south"));
    CHECK(event->fields() == fields);
}

TEST_CASE("A changed CloudEvent is made of the fields of another one") {
    const auto event = es::CloudEvent::make(minimal());
    REQUIRE(event);
    auto fields = event->fields();
    CHECK(es::CloudEvent::make(fields).value() == *event);
    fields.subject = "combat-ogre";
    CHECK_FALSE(es::CloudEvent::make(fields).value() == *event);
}

TEST_CASE("The required attributes of a CloudEvent are there and not empty") {
    auto fields = minimal();
    fields.id.clear();
    CHECK(refusal(fields) ==
          "CloudEvent attribute id: missing or empty; expected at least one character");
    fields = minimal();
    fields.source.clear();
    CHECK(refusal(fields) ==
          "CloudEvent attribute source: missing or empty; expected at least one character");
    fields = minimal();
    fields.type.clear();
    CHECK(refusal(fields) ==
          "CloudEvent attribute type: missing or empty; expected at least one character");
}

TEST_CASE("An optional attribute of a CloudEvent is absent or not empty") {
    for (auto attribute : {&es::CloudEventFields::subject, &es::CloudEventFields::datacontenttype,
                           &es::CloudEventFields::dataschema}) {
        auto fields = minimal();
        fields.*attribute = "";
        CHECK_FALSE(refusal(fields).empty());
    }
}

TEST_CASE("Text in a CloudEvent is UTF-8 without control characters and noncharacters") {
    using namespace std::literals;
    const auto text = GENERATE(as<std::string>{}, "a\nb"s, "\0"s, "\x7F"s, "\xC2\x80"s /* U+0080 */,
                               "\xEF\xBF\xBF"s /* U+FFFF */, "\xEF\xB7\x90"s /* U+FDD0 */,
                               "\xEF\xB7\xAF"s /* U+FDEF */, "\xF0\x9F\xBF\xBF"s /* U+1FFFF */,
                               "\xC2\x9F"s /* U+009F */, "\xF4\x8F\xBF\xBE"s /* U+10FFFE */,
                               "\xFF"s, "\xED\xA0\x80"s /* a surrogate */);
    auto fields = minimal();
    fields.id = text;
    CHECK_FALSE(refusal(fields).empty());
    fields = minimal();
    fields.subject = text;
    CHECK_FALSE(refusal(fields).empty());
    fields = minimal();
    fields.extensions["region"] = text;
    CHECK_FALSE(refusal(fields).empty());
}

TEST_CASE("Any other text is allowed in a CloudEvent") {
    auto fields = minimal();
    fields.id = "\xC3\xA4 \xF0\x9F\x91\xB9 \xEE\x80\x80 \xC2\xA0 \xF4\x8F\xBF\xBD"; // ..., U+10FFFD
    fields.type = " ";
    fields.subject = "a/b?c#d%";
    fields.extensions["empty"] = "";
    CHECK(refusal(fields).empty());
}

TEST_CASE("A refused character is shown with its place") {
    auto fields = minimal();
    fields.id = "ab\x1B";
    CHECK(refusal(fields) ==
          "CloudEvent attribute id: \"\\x1b\" at byte 3 is not allowed: no control characters, no "
          "Unicode noncharacters");
    fields.id = "\xFF";
    CHECK(refusal(fields) == "CloudEvent attribute id: \"\\xff\" at byte 1 is not UTF-8");
}

TEST_CASE("The source of a CloudEvent is a URI-reference") {
    auto fields = minimal();
    fields.source = "a%20b";
    CHECK(refusal(fields).empty());
    fields.source = "a b";
    CHECK(refusal(fields) ==
          "CloudEvent attribute source: \"a b\" is not a URI-reference: expected "
          "a character of a URI, or % and two digits at byte 2");
    fields.source = "/gr\xC3\xBC"
                    "n";
    CHECK_FALSE(refusal(fields).empty());
}

TEST_CASE("The schema of a CloudEvent is an absolute URI") {
    auto fields = minimal();
    for (const std::string_view good : {"https://example.org/combat?v=1", "urn:combat:1", "a:"}) {
        fields.dataschema = good;
        CHECK(refusal(fields).empty());
    }
    for (const std::string_view bad :
         {"/combat", "combat", "//example.org/x", "https://example.org/combat#x", "a b:"}) {
        fields.dataschema = bad;
        CHECK_FALSE(refusal(fields).empty());
    }
}

TEST_CASE("The content type of a CloudEvent is a media type") {
    auto fields = minimal();
    fields.datacontenttype = "text/plain; charset=utf-8";
    CHECK(refusal(fields).empty());
    fields.datacontenttype = "json";
    CHECK(refusal(fields) ==
          "CloudEvent attribute datacontenttype: \"json\" is not a media type such "
          "as application/json or text/plain; charset=utf-8");
}

TEST_CASE("The name of an extension is of lower-case letters and digits, and not taken") {
    auto fields = minimal();
    for (const std::string name : {"a", "9", "partitionkey", "aratherlongnameofmorethantwenty",
                                   "idx", "datax", "timestamp"}) {
        fields.extensions = {{name, true}};
        CHECK(refusal(fields).empty());
    }
    for (const std::string name :
         {"", "Region", "my_extension", "my-extension", "a.b", "a b", "a\n", "ce:x", "\xC3\xA4",
          "data", "data_base64", "id", "source", "specversion", "type", "time", "subject",
          "datacontenttype", "dataschema"}) {
        fields.extensions = {{name, true}};
        CHECK_FALSE(refusal(fields).empty());
    }
}

TEST_CASE("A CloudEvent may have any number of extensions") {
    auto fields = minimal();
    for (int i = 0; i < 1000; ++i)
        fields.extensions.try_emplace("e" + std::to_string(i), i);
    const auto event = es::CloudEvent::make(fields);
    REQUIRE(event);
    CHECK(event->extensions().size() == 1000);
}

TEST_CASE("The place of a refused character is found whatever is before it") {
    auto fields = minimal();
    for (std::size_t before = 0; before < 20; ++before) {
        fields.id = std::string(before, 'x') + "\x7F" + "yyyyyyyyyyyyyyyy";
        CHECK(refusal(fields).find("at byte " + std::to_string(before + 1) + " is not allowed") !=
              std::string::npos);
    }
    for (char c = ' '; c < 0x7F; ++c) {
        fields.id = std::string(9, c);
        CHECK(refusal(fields).empty());
    }
}
