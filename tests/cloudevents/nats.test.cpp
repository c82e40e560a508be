// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/nats.hpp>

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

es::NatsMessage binary(std::vector<es::MessageHeader> more, std::string payload = "") {
    es::NatsMessage message{
        {{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/"}, {"ce-type", "t"}},
        std::move(payload)};
    message.headers.insert(message.headers.end(), more.begin(), more.end());
    return message;
}

constexpr std::string_view structured = R"({"specversion":"1.0","id":"1","source":"/","type":"t"})";

} // namespace

TEST_CASE("A binary message of NATS has the content type as an attribute like the others") {
    auto fields = minimal();
    fields.subject = "Euro \xE2\x82\xAC";
    fields.datacontenttype = "text/plain; charset=utf-8";
    fields.data = es::CloudEventData::text("a");
    const auto message = es::encode_nats_binary(made(fields)).value();
    CHECK(message == es::NatsMessage{{{"ce-specversion", "1.0"},
                                      {"ce-id", "1"},
                                      {"ce-source", "/"},
                                      {"ce-type", "t"},
                                      {"ce-subject", "Euro%20%E2%82%AC"},
                                      {"ce-datacontenttype", "text/plain;%20charset=utf-8"}},
                                     "a"});
    CHECK(es::decode_nats(message).value() == made(fields));
}

TEST_CASE("Events of all kinds of data go through messages of NATS") {
    auto fields = minimal();
    fields.data = es::CloudEventData::json("null");
    auto message = es::encode_nats_binary(made(fields)).value();
    CHECK(message.headers.back() == es::MessageHeader{"ce-datacontenttype", "application/json"});
    CHECK(es::decode_nats(message).value().data() == fields.data);
    CHECK(es::decode_nats(es::encode_nats_structured(made(fields))).value() == made(fields));
    fields.data = es::CloudEventData::bytes("\xFF");
    message = es::encode_nats_binary(made(fields)).value();
    CHECK(message.headers.size() == 4);
    CHECK(es::decode_nats(message).value() == made(fields));
    CHECK(!es::decode_nats(binary({})).value().data());
    // an event in an event: the content type is not that of the message
    fields.datacontenttype = "application/cloudevents+json";
    fields.data = es::CloudEventData::json(std::string(structured));
    CHECK(es::decode_nats(es::encode_nats_binary(made(fields)).value()).value() == made(fields));
}

TEST_CASE("Headers of NATS are read as those of HTTP") {
    const auto event = es::decode_nats(
        binary({{"CE-Subject", "\"a%20b\""}, {"Ce-DataContentType", "text/plain"}}, "x"));
    REQUIRE(event);
    CHECK(event->subject() == "a b");
    CHECK(event->data() == es::CloudEventData::text("x"));
    CHECK_FALSE(es::decode_nats(binary({{"ce-subject", "%FF"}})));
    CHECK_FALSE(es::decode_nats(binary({{"CE-ID", "1"}})));
    CHECK_FALSE(es::decode_nats(binary({{"ce-a-b", "1"}})));
}

TEST_CASE("The content type of a message of NATS is that of the data if no attribute says it") {
    const auto plain =
        es::decode_nats(binary({{"Content-Type", "application/json"}}, R"({"a":1})"));
    REQUIRE(plain);
    CHECK(plain->datacontenttype() == "application/json");
    CHECK(plain->data() == es::CloudEventData::json(R"({"a":1})"));
    const auto both = es::decode_nats(
        binary({{"content-type", "text/html"}, {"ce-datacontenttype", "text/plain"}}, "x"));
    REQUIRE(both);
    CHECK(both->datacontenttype() == "text/plain");
    CHECK(!es::decode_nats(binary({{"Content-Type", ""}}, "x")).value().datacontenttype());
    CHECK(fails_with(es::errc::malformed, es::decode_nats(binary({{"Content-Type", "a b"}}, "x"))));
}

TEST_CASE("A message of NATS is structured if its content type says so") {
    const es::NatsMessage message{{{"Content-Type", "application/cloudevents+json"}},
                                  std::string(structured)};
    CHECK(es::encode_nats_structured(made(minimal())) == message);
    CHECK(es::decode_nats(message).value() == made(minimal()));
    auto other = message;
    other.headers[0] = {"content-type", "Application/CloudEvents+JSON; charset=utf-8"};
    CHECK(es::decode_nats(other));
    for (const std::string type : {"application/cloudevents+avro", "application/cloudevents",
                                   "application/cloudevents-batch+json"}) {
        other.headers[0].value = type;
        CHECK(fails_with(es::errc::unsupported, es::decode_nats(other)));
    }
    CHECK(es::decode_nats(message, {.event_size = structured.size()}));
    CHECK(fails_with(es::errc::too_large,
                     es::decode_nats(message, {.event_size = structured.size() - 1})));
}

TEST_CASE("A binary message of NATS over the limit is refused before it is looked at") {
    const auto message = binary({}, "0123456789");
    const std::size_t size = 14 + 3 + 5 + 1 + 9 + 1 + 7 + 1 + 10;
    CHECK(es::decode_nats(message, {.event_size = size}));
    CHECK(fails_with(es::errc::too_large, es::decode_nats(message, {.event_size = size - 1})));
}

TEST_CASE("A message of NATS without headers is structured, as old servers send it") {
    const es::NatsMessage message{{}, std::string(structured)};
    CHECK(es::decode_nats(message).value() == made(minimal()));
    CHECK(fails_with(es::errc::too_large,
                     es::decode_nats(message, {.event_size = structured.size() - 1})));
    CHECK(fails_with(es::errc::malformed, es::decode_nats({})));
}

TEST_CASE("NATS: text is not sent as another character set than it is in") {
    messages::check_character_sets(es::encode_nats_binary, es::encode_nats_structured,
                                   [](const auto& message) { return es::decode_nats(message); });
}
