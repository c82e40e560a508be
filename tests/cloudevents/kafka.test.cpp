// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/kafka.hpp>

#include "catch.hpp"
#include "cloudevents/messages.hpp"
#include "fails_with.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace es = eventsourcing;

namespace {

using messages::made, messages::minimal;

es::KafkaMessage binary(std::vector<es::MessageHeader> more,
                        std::optional<std::string> value = {}) {
    es::KafkaMessage message{.headers = {{"ce_specversion", "1.0"},
                                         {"ce_id", "1"},
                                         {"ce_source", "/"},
                                         {"ce_type", "t"}},
                             .value = std::move(value)};
    message.headers.insert(message.headers.end(), more.begin(), more.end());
    return message;
}
std::string refusal(const es::KafkaMessage& message, es::errc kind = es::errc::malformed) {
    const auto event = es::decode_kafka(message);
    if (event)
        return "";
    CHECK(event.error() == kind);
    return event.error().message();
}

constexpr std::string_view structured = R"({"specversion":"1.0","id":"1","source":"/","type":"t"})";

} // namespace

TEST_CASE("A binary record has a header for each attribute as it is, and the data as its value") {
    auto fields = minimal();
    fields.subject = "100 % \"Euro \xE2\x82\xAC\"";
    fields.time = es::Timestamp::from_unix(1);
    fields.datacontenttype = "text/plain";
    fields.extensions = {{"attempts", -5}, {"replayed", true}};
    fields.data = es::CloudEventData::text("a");
    const auto message = es::encode_kafka_binary(made(fields)).value();
    CHECK(message == es::KafkaMessage{.headers = {{"ce_specversion", "1.0"},
                                                  {"ce_id", "1"},
                                                  {"ce_source", "/"},
                                                  {"ce_type", "t"},
                                                  {"ce_subject", *fields.subject},
                                                  {"ce_time", "1970-01-01T00:00:01Z"},
                                                  {"ce_attempts", "-5"},
                                                  {"ce_replayed", "true"},
                                                  {"content-type", "text/plain"}},
                                      .value = "a"});
    const auto read = es::decode_kafka(message).value();
    CHECK(read.subject() == fields.subject);
    CHECK(read.data() == fields.data);
    CHECK(read.extension("attempts")->integer().value() == -5);
    CHECK(read.extension("replayed")->boolean().value());
}

TEST_CASE("A value in a header of Kafka is taken as it is") {
    const auto event = es::decode_kafka(binary({{"ce_subject", "\"a%20b\" "}}));
    REQUIRE(event);
    CHECK(event->subject() == "\"a%20b\" ");
}

TEST_CASE("An event without data is a tombstone, null and empty data are not") {
    CHECK(!es::encode_kafka_binary(made(minimal())).value().value);
    auto fields = minimal();
    fields.data = es::CloudEventData::json("null");
    const auto message = es::encode_kafka_binary(made(fields)).value();
    CHECK(message.value == "null");
    CHECK(message.headers.back() == es::MessageHeader{"content-type", "application/json"});
    fields.data = es::CloudEventData::bytes("");
    CHECK(es::encode_kafka_binary(made(fields)).value().value == "");
    CHECK(!es::decode_kafka(binary({})).value().data());
    CHECK(es::decode_kafka(binary({}, "")).value().data() == es::CloudEventData::bytes(""));
}

TEST_CASE("The key of a record is no part of the event") {
    auto fields = minimal();
    fields.extensions["partitionkey"] = "pk";
    const auto event = made(fields);
    CHECK(!es::encode_kafka_binary(event).value().key);
    CHECK(es::encode_kafka_binary(event, "mine").value().key == "mine");
    const auto mapped = es::encode_kafka_binary(event, es::kafka_partition_key(event)).value();
    CHECK(mapped.key == "pk");
    CHECK(es::decode_kafka(mapped).value() == event); // the attribute stays
    CHECK(!es::kafka_partition_key(made(minimal())));
    CHECK(es::encode_kafka_structured(event, "k").key == "k");

    auto message = binary({});
    message.key = "k";
    CHECK(es::decode_kafka(message).value() == made(minimal())); // and none is added
}

TEST_CASE("A structured record is its value") {
    const auto message = es::encode_kafka_structured(made(minimal()));
    CHECK(message == es::KafkaMessage{.headers = {{"content-type", "application/cloudevents+json"}},
                                      .value = std::string(structured)});
    CHECK(es::decode_kafka(message).value() == made(minimal()));
    auto other = message;
    other.headers[0].value = "Application/CloudEvents+Json; charset=utf-8";
    CHECK(es::decode_kafka(other));
    other.headers[0].value = "application/cloudevents+avro";
    CHECK_FALSE(refusal(other, es::errc::unsupported).empty());
    other.headers[0].value = "application/cloudevents-batch+json"; // Kafka has no batches
    CHECK_FALSE(refusal(other, es::errc::unsupported).empty());
    other = message;
    other.value.reset();
    CHECK_FALSE(refusal(other).empty());
    CHECK(es::decode_kafka(message, {.event_size = structured.size()}));
    CHECK(fails_with(es::errc::too_large,
                     es::decode_kafka(message, {.event_size = structured.size() - 1})));
}

TEST_CASE("A binary record over the limit is refused before it is looked at") {
    const auto message = binary({}, "0123456789");
    const std::size_t size = 14 + 3 + 5 + 1 + 9 + 1 + 7 + 1 + 10;
    CHECK(es::decode_kafka(message, {.event_size = size}));
    CHECK(fails_with(es::errc::too_large, es::decode_kafka(message, {.event_size = size - 1})));
}

TEST_CASE("A record that is no CloudEvent is malformed") {
    for (std::size_t left_out = 0; left_out < 4; ++left_out) {
        auto message = binary({}, "x");
        message.headers.erase(message.headers.begin() + static_cast<std::ptrdiff_t>(left_out));
        CHECK_FALSE(refusal(message).empty());
    }
    for (const es::MessageHeader& header :
         {es::MessageHeader{"ce_id", "2"}, es::MessageHeader{"ce_subject", "\xFF"},
          es::MessageHeader{"ce_subject", ""}, es::MessageHeader{"ce_subject", "a\nb"},
          es::MessageHeader{"ce_MyExt", "a"}, es::MessageHeader{"ce_", "a"},
          es::MessageHeader{"ce_data", "a"}, es::MessageHeader{"ce_time", "now"},
          es::MessageHeader{"content-type", "xyz"}, es::MessageHeader{"ce_datacontenttype", "a/b"}})
        CHECK_FALSE(refusal(binary({header}, "x")).empty());
    CHECK_FALSE(refusal(binary({{"content-type", "a/b"}, {"content-type", "a/b"}}, "x")).empty());
}

TEST_CASE("What others add to a record does no harm") {
    const auto event = es::decode_kafka(binary({{"ce_datacontenttype", "text/plain"},
                                                {"content-type", "text/plain"},
                                                {"traceparent", "00-1"},
                                                {"CE_id", "2"}},
                                               "x"));
    REQUIRE(event);
    CHECK(event->data() == es::CloudEventData::text("x"));
    CHECK(event->extensions().empty());
}

TEST_CASE("An event whose data is an event is not sent as a structured record") {
    auto fields = minimal();
    fields.datacontenttype = "application/cloudevents+json";
    CHECK(fails_with(es::errc::unsupported, es::encode_kafka_binary(made(fields))));
}

TEST_CASE("Kafka: text is not sent as another character set than it is in") {
    messages::check_character_sets(
        [](const es::CloudEvent& event) { return es::encode_kafka_binary(event); },
        [](const es::CloudEvent& event) { return es::encode_kafka_structured(event); },
        [](const auto& message) { return es::decode_kafka(message); });
}
