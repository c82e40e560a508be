// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/json_batch.hpp>

#include "catch.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace {

constexpr std::string_view minimal = R"({"specversion":"1.0","id":"1","source":"/","type":"t"})";

std::string nested(unsigned levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

std::string refusal(std::string_view text) {
    const auto events = es::decode_cloud_event_batch(text);
    return events ? "" : events.error().message();
}

} // namespace

TEST_CASE("A batch of CloudEvents reads back as it was written, in its order") {
    std::vector<es::CloudEvent> events;
    for (int i = 0; i < 500; ++i)
        events.push_back(es::CloudEvent::make({.id = std::to_string(i),
                                               .source = "/",
                                               .type = "t",
                                               .data = es::CloudEventData::json("[1]")})
                             .value());
    const auto read = es::decode_cloud_event_batch(es::encode_cloud_event_batch(events));
    REQUIRE(read);
    CHECK(*read == events);
}

TEST_CASE("A batch of CloudEvents may be empty") {
    CHECK(es::encode_cloud_event_batch({}) == "[]");
    for (const std::string_view empty : {"[]", " [ \n] "}) {
        const auto read = es::decode_cloud_event_batch(empty);
        REQUIRE(read);
        CHECK(read->empty());
    }
}

TEST_CASE("A batch with one wrong event is refused, and says which one") {
    const std::string good(minimal);
    CHECK(refusal("[" + good + "," + R"({"specversion":"1.0","source":"/","type":"t"})" + "]") ==
          "$[1]: CloudEvent attribute id: missing or empty; expected at least one character");
    CHECK(refusal("[" + good + R"(,{"specversion":"1.0","time":1}])") ==
          "$[1].time: expected a string, got 1");
    CHECK(refusal("[" + good + ",null]") == "$[1]: expected an object, got null");
    CHECK(refusal("[[" + good + "]]").starts_with("$[0]: expected an object, got "));
    const auto other = es::decode_cloud_event_batch("[" + good + R"(,{"specversion":"0.3"}])");
    REQUIRE(!other);
    CHECK(other.error() == es::errc::unsupported);
    CHECK(other.error().message() == "$[1].specversion: expected \"1.0\", got \"0.3\"");
}

TEST_CASE("A text that is no JSON array is no batch of CloudEvents") {
    const std::string good(minimal);
    for (const std::string& text :
         {std::string(), good, "[" + good, "[" + good + ",]", "[" + good + "]]", "[" + good + "] x",
          "[" + good + good + "]", std::string("null"), std::string("\xEF\xBB\xBF[]")})
        CHECK_FALSE(refusal(text).empty());
}

TEST_CASE("An event is as deep in a batch as by itself") {
    const auto with = [](unsigned levels) {
        return R"([{"specversion":"1.0","id":"1","source":"/","type":"t","data":)" +
               nested(levels) + "}]";
    };
    const auto events = es::decode_cloud_event_batch(with(63));
    REQUIRE(events);
    CHECK(es::decode_cloud_event_batch(es::encode_cloud_event_batch(*events)).value() == *events);
    CHECK(refusal(with(64)).find("nested deeper than 64 levels") != std::string::npos);
    CHECK_FALSE(refusal(std::string(1'000'000, '[')).empty());
}

TEST_CASE("An event has the same limit in a batch as by itself") {
    const std::string one(minimal);
    const es::CloudEventLimits enough{.event_size = one.size()};
    const es::CloudEventLimits short_by_one{.event_size = one.size() - 1};
    CHECK(es::decode_cloud_event(one, enough));
    CHECK(es::decode_cloud_event_batch("[ " + one + " , " + one + "]", enough));
    const auto refused = es::decode_cloud_event_batch("[" + one + "]", short_by_one);
    REQUIRE(!refused);
    CHECK(refused.error() == es::errc::too_large);
    CHECK(refused.error().message() ==
          "$[0]: CloudEvent: 54 bytes; at most 53 are allowed, see CloudEventLimits");
}

TEST_CASE("A batch over the limit is refused before it is looked at") {
    const auto refused = es::decode_cloud_event_batch("[   ]", {.batch_size = 4});
    REQUIRE(!refused);
    CHECK(refused.error() == es::errc::too_large);
    CHECK(refused.error().message() ==
          "CloudEvent batch: 5 bytes; at most 4 are allowed, see CloudEventLimits");
    CHECK(es::decode_cloud_event_batch("[  ]", {.batch_size = 4}));
}
