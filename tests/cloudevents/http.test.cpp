// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/http.hpp>

#include "catch.hpp"
#include "cloudevents/messages.hpp"
#include "fails_with.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace es = eventsourcing;

namespace {

using messages::made, messages::minimal;

/// A message in binary mode with these headers in addition to the required ones.
es::HttpMessage binary(std::vector<es::MessageHeader> more, std::string body = "") {
    es::HttpMessage message{
        {{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/"}, {"ce-type", "t"}},
        std::move(body)};
    message.headers.insert(message.headers.end(), more.begin(), more.end());
    return message;
}
es::HttpMessage with_type(std::string content_type, std::string body) {
    return {{{"Content-Type", std::move(content_type)}}, std::move(body)};
}

es::Result<std::string> subject_of(std::string header) {
    return es::decode_http(binary({{"ce-subject", std::move(header)}}))
        .transform([](const es::CloudEvent& event) { return *event.subject(); });
}
std::string header_of(std::string subject) {
    auto fields = minimal();
    fields.subject = std::move(subject);
    const auto message = es::encode_http_binary(made(fields)).value();
    for (const auto& [name, value] : message.headers)
        if (name == "ce-subject")
            return value;
    return "";
}

std::string refusal(const es::HttpMessage& message, es::errc kind = es::errc::malformed) {
    const auto event = es::decode_http(message);
    if (event)
        return "";
    CHECK(event.error() == kind);
    return event.error().message();
}

constexpr std::string_view structured =
    R"({"specversion":"1.0","id":"1","source":"/","type":"t","data":{"a":1}})";

} // namespace

TEST_CASE("A binary HTTP message has a header for each attribute, and the data as its body") {
    auto fields = minimal();
    fields.subject = "s";
    fields.time = es::Timestamp::from_unix(1);
    fields.dataschema = "https://example.org/s";
    fields.datacontenttype = "text/plain; charset=\"utf-8\"";
    fields.extensions = {{"attempts", -5},
                         {"binary", es::CloudEventValue::binary("Ma")},
                         {"replayed", false},
                         {"region", "north"}};
    fields.data = es::CloudEventData::text("a\nb");
    const auto message = es::encode_http_binary(made(fields));
    REQUIRE(message);
    CHECK(message->body == "a\nb");
    CHECK(message->headers ==
          std::vector<es::MessageHeader>{{"ce-specversion", "1.0"},
                                         {"ce-id", "1"},
                                         {"ce-source", "/"},
                                         {"ce-type", "t"},
                                         {"ce-subject", "s"},
                                         {"ce-time", "1970-01-01T00:00:01Z"},
                                         {"ce-dataschema", "https://example.org/s"},
                                         {"ce-attempts", "-5"},
                                         {"ce-binary", "TWE="},
                                         {"ce-region", "north"},
                                         {"ce-replayed", "false"},
                                         {"Content-Type", "text/plain; charset=\"utf-8\""}});
    const auto read = es::decode_http(*message);
    REQUIRE(read);
    CHECK(read->data() == fields.data);
    CHECK(read->datacontenttype() == fields.datacontenttype);
    CHECK(read->extension("attempts")->integer().value() == -5);
    CHECK(read->extension("attempts")->if_text()); // a header does not say that it is a number
}

TEST_CASE("Events of all kinds of data go through binary HTTP messages") {
    const std::pair<std::string, es::CloudEventData> all[] = {
        {"application/json", es::CloudEventData::json(R"({"a":[1,null]})")},
        {"application/json", es::CloudEventData::json(R"("I'm a string")")},
        {"application/json", es::CloudEventData::json("null")},
        {"application/ld+json; a=b", es::CloudEventData::json("1.5")},
        {"text/plain", es::CloudEventData::text("\"quoted\"")},
        {"application/octet-stream", es::CloudEventData::bytes(std::string("\0\1\xFF", 3))},
        {"application/json", es::CloudEventData::bytes("no JSON")}};
    for (const auto& [type, data] : all) {
        auto fields = minimal();
        fields.datacontenttype = type;
        fields.data = data;
        const auto message = es::encode_http_binary(made(fields)).value();
        CHECK(message.body == data.content);
        CHECK(es::decode_http(message).value() == made(fields));
        CHECK(es::decode_http(es::encode_http_structured(made(fields))).value() == made(fields));
    }
}

TEST_CASE("What the JSON format leaves out, an HTTP message says") {
    auto fields = minimal();
    fields.data = es::CloudEventData::json("{}");
    const auto message = es::encode_http_binary(made(fields)).value();
    CHECK(message.headers.back() == es::MessageHeader{"Content-Type", "application/json"});
    fields.data = es::CloudEventData::bytes("{}"); // bytes without a content type
    CHECK(es::encode_http_binary(made(fields)).value().headers.size() == 4);
    fields.data.reset();
    CHECK(es::encode_http_binary(made(fields)).value().headers.size() == 4);
    CHECK(es::encode_http_binary(made(fields)).value().body.empty());
}

TEST_CASE("An HTTP body is taken as its content type says, an empty one is no data") {
    const auto data = [](std::vector<es::MessageHeader> headers, std::string body) {
        return es::decode_http(binary(std::move(headers), std::move(body))).value().data();
    };
    CHECK(data({{"Content-Type", "application/json"}}, "1.5") == es::CloudEventData::json("1.5"));
    CHECK(data({{"content-type", " text/plain "}}, "a") == es::CloudEventData::text("a"));
    CHECK(data({{"Content-Type", "image/png"}}, "a") == es::CloudEventData::bytes("a"));
    CHECK(data({{"Content-Type", "application/json"}}, "I'm not JSON") ==
          es::CloudEventData::bytes("I'm not JSON"));
    CHECK(data({}, "a") == es::CloudEventData::bytes("a"));
    CHECK(!data({{"Content-Type", "application/json"}}, ""));
    CHECK(!data({}, ""));
    const auto bare = es::decode_http(binary({}, "a")).value();
    CHECK(!bare.datacontenttype()); // nothing is invented
    CHECK(!bare.time());
}

TEST_CASE("Only the necessary characters of a header value are percent-encoded") {
    CHECK(header_of("Euro \xE2\x82\xAC \xF0\x9F\x98\x80") == "Euro%20%E2%82%AC%20%F0%9F%98%80");
    CHECK(header_of("100%") == "100%25");
    CHECK(header_of("%41") == "%2541");
    CHECK(header_of("\"q\"") == "%22q%22");
    CHECK(header_of("a+b") == "a+b");
    std::string plain;
    for (char c = '!'; c <= '~'; ++c)
        if (c != '"' && c != '%')
            plain += c;
    CHECK(header_of(plain) == plain);
    auto fields = minimal();
    fields.source = "/a%20b";
    CHECK(es::encode_http_binary(made(fields)).value().headers[2].value == "/a%2520b");
}

TEST_CASE("Every text goes through a header and back") {
    for (const std::string text :
         {" ", " a ", "\"", "\"a\"", "a\"b", "%", "%25", "%zz", "\\", "\"\\\"", "a;b,c",
          "\xC2\xA0\xEE\x80\x80\xF4\x8F\xBF\xBD", "a=b; c=\"d\"", "(comment)"}) {
        CHECK(subject_of(header_of(text)).value() == text);
    }
}

TEST_CASE("The value of a header is trimmed, unquoted, then percent-decoded once") {
    CHECK(subject_of("Euro%20%e2%82%ac").value() == "Euro \xE2\x82\xAC");
    CHECK(subject_of("%41%42c%2D%7E").value() == "ABc-~");
    CHECK(subject_of("%2541").value() == "%41");
    CHECK(subject_of("100%2525").value() == "100%25");
    CHECK(subject_of("a+b").value() == "a+b");
    CHECK(subject_of(" \ta\t ").value() == "a");
    CHECK(subject_of("\"Euro%20%E2%82%AC x\"").value() == "Euro \xE2\x82\xAC x");
    CHECK(subject_of("\"a\\\"b\\\\c\\d\"").value() == "a\"b\\cd");
    CHECK(subject_of("\"%22\"").value() == "\"");
    CHECK(subject_of("\"\\%41\"").value() == "A"); // first the one, then the other
    CHECK(subject_of("a \"b c\" d").value() == "a \"b c\" d");
    CHECK(subject_of("a b").value() == "a b");
    CHECK(subject_of("(a)").value() == "(a)"); // there are no comments
    CHECK(subject_of("%20").value() == " ");
    CHECK(subject_of("%E0%A0%80%EF%BF%BD").value() == "\xE0\xA0\x80\xEF\xBF\xBD");
    CHECK(subject_of("\xC3\xA4").value() == "\xC3\xA4"); // not encoded, but clear
}

TEST_CASE("A header that is no text of an attribute is refused") {
    for (const std::string bad :
         {"%C0%A0",    "%FF",    "\"%FF\"",   "%F0%80%80%AF", "%F4%90%80%80", "%E2%28%A1",
          "%ED%A0%80", "%80",    "%E2%82",    "a%0Ab",        "a%0D%0Ab",     "%00",
          "%7F",       "%C2%85", "%EF%BF%BF", "%EF%B7%90",    "%F0%9F%BF%BE", "\xFF",
          "a\nb",      "%",      "%4",        "100%4",        "%zz",          "%%",
          "% 41",      "\"a",    "\"",        "\"a\\\"",      "\"a\" b",      "\"a\"b\"",
          "",          "\"\"",   "  "}) {
        INFO(bad);
        const auto subject = subject_of(bad);
        REQUIRE(!subject);
        CHECK(subject.error() == es::errc::malformed);
    }
    CHECK(message_of(subject_of("100%4")) ==
          "CloudEvent attribute subject: % in \"100%4\" is not followed by two hexadecimal digits; "
          "% itself is %25");
    CHECK(message_of(subject_of("\"a")) ==
          "CloudEvent attribute subject: \"\\\"a\" begins with a double quote; expected one at its "
          "end and none between");
}

TEST_CASE("No attribute can add a header or a line") {
    for (const auto& text :
         {std::string("a\r\nX-Evil: 1"), std::string("a\nb"), std::string("a\0b", 3)}) {
        for (auto attribute : {&es::CloudEventFields::id, &es::CloudEventFields::source,
                               &es::CloudEventFields::type}) {
            auto fields = minimal();
            fields.*attribute = text;
            CHECK_FALSE(es::CloudEvent::make(fields));
        }
        for (auto attribute :
             {&es::CloudEventFields::subject, &es::CloudEventFields::datacontenttype,
              &es::CloudEventFields::dataschema}) {
            auto fields = minimal();
            fields.*attribute = text;
            CHECK_FALSE(es::CloudEvent::make(fields));
        }
        auto fields = minimal();
        fields.extensions["a"] = text;
        CHECK_FALSE(es::CloudEvent::make(fields));
        fields.extensions = {{text, "a"}};
        CHECK_FALSE(es::CloudEvent::make(fields));
    }
}

TEST_CASE("The content type of a binary message is taken as it is") {
    const auto event = es::decode_http(binary({{"Content-Type", "Text/Plain;a=\"%41\""}}, "x"));
    REQUIRE(event);
    CHECK(event->datacontenttype() == "Text/Plain;a=\"%41\"");
    CHECK_FALSE(refusal(binary({{"Content-Type", "xyz"}})).empty());
    CHECK_FALSE(refusal(binary({{"Content-Type", ""}})).empty());
    CHECK(refusal(binary({{"Content-Type", "a/b"}, {"content-type", "a/b"}})) ==
          "CloudEvent message: it has two headers \"content-type\"; expected one");
}

TEST_CASE("White space in the content type of a message may be tabs") {
    const auto read = es::decode_http({{{"ce-specversion", "1.0"},
                                        {"ce-id", "1"},
                                        {"ce-source", "/"},
                                        {"ce-type", "t"},
                                        {"Content-Type", "\tapplication/json\t;\tcharset=utf-8\t"}},
                                       "{}"});
    REQUIRE(read);
    CHECK(read->datacontenttype() == "application/json ; charset=utf-8");
    CHECK(read->data() == es::CloudEventData::json("{}"));
}

TEST_CASE("Names of headers are read in upper and lower case, others are left aside") {
    const es::HttpMessage message{{{"Accept", "*/*"},
                                   {"CE-SpecVersion", "1.0"},
                                   {"Ce-Id", "1"},
                                   {"ce-source", "/"},
                                   {"CE-TYPE", "t"},
                                   {"Ce-MyExt", "a"},
                                   {"ce", "x"},
                                   {"X-ce-id", "2"},
                                   {"Host", "example.org"},
                                   {"CONTENT-TYPE", "text/plain"}},
                                  "x"};
    const auto event = es::decode_http(message);
    REQUIRE(event);
    CHECK(event->id() == "1");
    CHECK(event->extensions().size() == 1);
    CHECK(event->extension("myext")->text().value() == "a");
    CHECK(event->datacontenttype() == "text/plain");
}

TEST_CASE("An attribute that comes twice makes an HTTP message malformed") {
    for (const std::string name : {"ce-id", "CE-ID", "ce-specversion", "ce-source", "Ce-Type",
                                   "ce-subject", "ce-time", "ce-dataschema", "ce-region"}) {
        const std::string value = name == "ce-time"         ? "2026-01-01T00:00:00Z"
                                  : name == "ce-dataschema" ? "a:b"
                                                            : "1.0";
        const auto message = binary({{"ce-subject", "1"},
                                     {"ce-time", "2026-01-01T00:00:00Z"},
                                     {"ce-dataschema", "a:b"},
                                     {"ce-region", "1"},
                                     {name, value}});
        CHECK(refusal(message).find("it comes twice") != std::string::npos);
    }
}

TEST_CASE("An HTTP message without a required attribute is no CloudEvent") {
    for (std::size_t left_out = 0; left_out < 4; ++left_out) {
        auto message = binary({});
        message.headers.erase(message.headers.begin() + static_cast<std::ptrdiff_t>(left_out));
        CHECK_FALSE(refusal(message).empty());
        message = binary({});
        message.headers[left_out].value.clear();
        CHECK_FALSE(
            refusal(message, left_out == 0 ? es::errc::unsupported : es::errc::malformed).empty());
    }
    CHECK(refusal({}) == "CloudEvent attribute specversion: expected \"1.0\", got none");
    auto message = binary({});
    message.headers[0].value = "0.3";
    CHECK(refusal(message, es::errc::unsupported) ==
          "CloudEvent attribute specversion: expected \"1.0\", got \"0.3\"");
}

TEST_CASE("Headers that can be no attributes make an HTTP message malformed") {
    for (const std::string name :
         {"ce-", "ce-my-ext", "ce-my_ext", "ce-data", "ce-data_base64", "ce-a.b", "ce-\xC3\xA4"})
        CHECK_FALSE(refusal(binary({{name, "a"}})).empty());
    CHECK(refusal(binary({{"ce-time", "yesterday"}})).starts_with("CloudEvent attribute time: "));
    CHECK_FALSE(refusal(binary({{"ce-dataschema", "/s"}})).empty());
    auto message = binary({});
    message.headers[2].value = "/a%20b"; // a blank once it is decoded
    CHECK(refusal(message).starts_with("CloudEvent attribute source: \"/a b\" is not a "));
    CHECK(es::decode_http(binary({{"ce-note", ""}})).value().extension("note")->to_string() == "");
}

TEST_CASE("A content type in a header of its own is taken if it is the same one") {
    CHECK(es::decode_http(binary({{"ce-datacontenttype", "a/b"}, {"Content-Type", "a/b"}})));
    CHECK_FALSE(refusal(binary({{"ce-datacontenttype", "a/b"}, {"Content-Type", "a/c"}})).empty());
    CHECK_FALSE(refusal(binary({{"ce-datacontenttype", "a/b"}})).empty());
}

TEST_CASE("The content type alone says how a message carries events") {
    const auto mode = [](std::string type) {
        return es::http_mode(with_type(std::move(type), "")).value();
    };
    for (const std::string type :
         {"application/cloudevents+json", "Application/CloudEvents+JSON; charset=UTF-8",
          " application/cloudevents+json", "application/cloudevents",
          "application/cloudevents+xml"})
        CHECK(mode(type) == es::CloudEventMode::structured);
    for (const std::string type :
         {"application/cloudevents-batch+json", "APPLICATION/CLOUDEVENTS-BATCH+JSON;a=b",
          "application/cloudevents-batch"})
        CHECK(mode(type) == es::CloudEventMode::batch);
    for (const std::string type : {"application/json", "text/application/cloudevents", ""})
        CHECK(mode(type) == es::CloudEventMode::binary);
    CHECK(es::http_mode({}).value() == es::CloudEventMode::binary);
    CHECK_FALSE(es::http_mode({{{"Content-Type", "a/b"}, {"Content-Type", "a/b"}}, ""}));
}

TEST_CASE("A structured HTTP message is read from its body only") {
    auto message =
        with_type("application/cloudevents+json; charset=utf-8", std::string(structured));
    message.headers.push_back({"ce-id", "another"});
    const auto event = es::decode_http(message);
    REQUIRE(event);
    CHECK(event->id() == "1");
    CHECK(event->data() == es::CloudEventData::json(R"({"a":1})"));
    CHECK(es::encode_http_structured(*event) ==
          with_type("application/cloudevents+json", std::string(structured)));
    for (const std::string_view body : {"", "{", "{}", "[]"})
        CHECK_FALSE(refusal(with_type("application/cloudevents+json", std::string(body))).empty());
}

TEST_CASE("An unknown event format is not supported") {
    for (const std::string type : {"application/cloudevents", "application/cloudevents+avro",
                                   "application/cloudevents+jsonx", "application/cloudeventsx"})
        CHECK(refusal(with_type(type, std::string(structured)), es::errc::unsupported)
                  .starts_with("CloudEvent message: the event format "));
    const auto batch = es::decode_http_batch(with_type("application/cloudevents-batch+xml", "[]"));
    REQUIRE(!batch);
    CHECK(batch.error() == es::errc::unsupported);
}

TEST_CASE("A batch in an HTTP message is read as one, and one event as a batch of one") {
    const std::string one(structured);
    const std::vector<es::CloudEvent> events(2, es::decode_cloud_event(one).value());
    const auto message = es::encode_http_batch(events);
    CHECK(message == with_type("application/cloudevents-batch+json", "[" + one + "," + one + "]"));
    CHECK(es::decode_http_batch(message).value() == events);
    CHECK(refusal(message, es::errc::unsupported) ==
          "CloudEvent message: expected one event, got a batch; decode_http_batch reads it");
    CHECK(fails_with(es::errc::too_large, es::decode_http_batch(message, {.batch_size = 10})));
    CHECK(fails_with(es::errc::too_large, es::decode_http_batch(message, {.event_size = 10})));
    CHECK(es::decode_http_batch(es::encode_http_batch({})).value().empty());
    CHECK(es::decode_http_batch(es::encode_http_structured(events[0])).value().size() == 1);
    CHECK(es::decode_http_batch(es::encode_http_binary(events[0]).value()).value().size() == 1);
    CHECK_FALSE(es::decode_http_batch({}));
    CHECK_FALSE(
        es::decode_http_batch(with_type("application/cloudevents-batch+json", "[" + one + ",{}]")));
}

TEST_CASE("An event whose data is an event is not sent as what would be taken for another") {
    auto fields = minimal();
    fields.datacontenttype = "application/cloudevents+json";
    fields.data = es::CloudEventData::json(std::string(structured));
    const auto message = es::encode_http_binary(made(fields));
    REQUIRE(!message);
    CHECK(message.error() == es::errc::unsupported);
    CHECK(es::decode_http(es::encode_http_structured(made(fields))).value() == made(fields));
}

TEST_CASE("An HTTP message over the limit is refused before it is looked at") {
    const auto message = binary({}, "0123456789");
    const std::size_t size = 14 + 3 + 5 + 1 + 9 + 1 + 7 + 1 + 10;
    CHECK(es::decode_http(message, {.event_size = size}));
    const auto refused = es::decode_http(message, {.event_size = size - 1});
    REQUIRE(!refused);
    CHECK(refused.error() == es::errc::too_large);
    const auto whole = with_type("application/cloudevents+json", std::string(structured));
    CHECK(fails_with(es::errc::too_large, es::decode_http(whole, {.event_size = 10})));
}

TEST_CASE("HTTP: text is not sent as another character set than it is in") {
    messages::check_character_sets(es::encode_http_binary, es::encode_http_structured,
                                   [](const auto& message) { return es::decode_http(message); });
}
