// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/received.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <eventsourcing/cloudevents/convert.hpp>
#include <eventsourcing/cloudevents/http.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace {

struct Raised {
    std::string by;
    std::int64_t sum = 0;
    bool operator==(const Raised&) const = default;
};
struct Folded {
    std::string by;
    bool operator==(const Folded&) const = default;
};
using Event = std::variant<Raised, Folded>;

consteval es::EventFamily event_family(const auto&) {
    return {.name = "poker", .source = "events://example.org/poker", .version = "1.0"};
}

/// Draws the same values with each standard library.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : bits_(seed) {}

    std::uint64_t number() { return bits_(); }
    std::uint64_t below(std::uint64_t end) { return bits_() % end; }
    bool coin() { return below(2) == 0; }
    /// Text as an attribute may hold it, or nothing.
    std::string text() {
        constexpr std::array<std::string_view, 12> parts{
            "a",   "Z", "7", " ", "\"", "%", "%41", "\\", ",;=", "\xC3\xA9", "\xF0\x9F\x91\xB9",
            "true"};
        std::string all;
        for (auto left = below(6); left > 0; --left)
            all += parts[below(parts.size())];
        return all;
    }
    es::Timestamp time() {
        return es::Timestamp::from_unix(
            static_cast<std::int64_t>(below(300'000'000'000)) - 60'000'000'000,
            static_cast<std::int64_t>(coin() ? below(1'000'000'000) : 0));
    }
    std::uint64_t size() {
        constexpr std::array<std::uint64_t, 5> ends{0, 1, 9, 10,
                                                    std::numeric_limits<std::uint64_t>::max()};
        return coin() ? ends[below(ends.size())] : number();
    }

private:
    std::mt19937_64 bits_;
};

es::Recorded<Event> any_event(Draw& draw) {
    es::Uuid::Bytes id{};
    for (auto& byte : id)
        byte = static_cast<std::uint8_t>(draw.below(256));
    return {
        .event = draw.coin() ? Event(Raised{draw.text(), static_cast<std::int64_t>(draw.number())})
                             : Event(Folded{draw.text()}),
        .id = es::Uuid(id),
        .stream =
            es::StreamName::of("poker", "t\xC3\xA9" + std::to_string(draw.below(1000))).value(),
        .revision = es::Revision{draw.size()},
        .position = draw.coin()
                        ? std::optional(es::Position{draw.size(), draw.coin() ? draw.size() : 0})
                        : std::nullopt,
        .recorded_at = draw.time(),
        .metadata = {.correlation_id = draw.text(),
                     .causation_id = draw.text(),
                     .command_id = draw.text(),
                     .traceparent = draw.text(),
                     .tracestate = draw.text(),
                     .values = {{"user", draw.text()}}},
        .tags = {"table:1"},
        .source = draw.coin() ? "events://example.org/poker-of-old" : ""};
}

/// What is left of a stored event outside.
es::Recorded<Event> outside(es::Recorded<Event> stored) {
    stored.metadata.command_id.clear();
    stored.metadata.values.clear();
    stored.tags.clear();
    if (stored.source.empty())
        stored.source = "events://example.org/poker";
    return stored;
}

bool same(const es::Recorded<Event>& a, const es::Recorded<Event>& b) {
    return a.event == b.event && a.id == b.id && a.stream == b.stream && a.revision == b.revision &&
           a.position == b.position && a.recorded_at == b.recorded_at && a.metadata == b.metadata &&
           a.tags == b.tags && a.source == b.source;
}

es::CloudEvent of_a_stranger(es::CloudEventFields fields) {
    fields.source = "/stranger";
    fields.type = "poker.folded";
    fields.data = es::CloudEventData::json(R"({"by":"ann"})");
    return es::CloudEvent::make(std::move(fields)).value();
}

es::CloudEventFields stored_fields() {
    return {.id = "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",
            .subject = "poker-1",
            .time = es::Timestamp::from_unix(5),
            .extensions = {{"streamrevision", "7"}}};
}

} // namespace

TEST_CASE("A stored event that became a CloudEvent comes back with all that was written of it") {
    Draw draw(13);
    for (int i = 0; i < 2'000; ++i) {
        const auto stored = any_event(draw);
        const auto event = es::to_cloud_event(stored);
        REQUIRE(event);
        const auto back = es::from_cloud_event<es::Recorded<Event>>(*event);
        REQUIRE(back);
        REQUIRE(same(*back, outside(stored)));
        // what came back says the same outside
        REQUIRE(es::to_cloud_event(*back).value() == *event);
    }
}

TEST_CASE("It comes back also from JSON and from the headers of HTTP") {
    Draw draw(14);
    for (int i = 0; i < 300; ++i) {
        const auto stored = any_event(draw);
        const auto event = es::to_cloud_event(stored).value();
        const auto json = es::decode_cloud_event(es::encode_cloud_event(event))
                              .and_then(es::from_cloud_event<es::Recorded<Event>>);
        REQUIRE(json);
        REQUIRE(same(*json, outside(stored)));
        const auto message = es::encode_http_binary(event);
        REQUIRE(message);
        const auto http =
            es::decode_http(*message).and_then(es::from_cloud_event<es::Recorded<Event>>);
        REQUIRE(http);
        REQUIRE(same(*http, outside(stored)));
    }
}

TEST_CASE("A received event has what the CloudEvent says, whoever sent it") {
    Draw draw(15);
    for (int i = 0; i < 300; ++i) {
        const auto stored = any_event(draw);
        const auto event = es::to_cloud_event(stored).value();
        const auto back = es::from_cloud_event<es::Received<Event>>(event);
        REQUIRE(back);
        const auto expected = outside(stored);
        CHECK(back->event == expected.event);
        CHECK(back->id == expected.id.to_string());
        CHECK(back->source == expected.source);
        CHECK(back->subject == expected.stream.str());
        CHECK(back->time == expected.recorded_at);
        CHECK(back->revision == expected.revision);
        CHECK(back->position == expected.position);
        CHECK(back->metadata == expected.metadata);
    }

    const auto bare = es::from_cloud_event<es::Received<Folded>>(of_a_stranger({.id = "no uuid"}));
    REQUIRE(bare);
    CHECK(bare->event == Folded{"ann"});
    CHECK(bare->id == "no uuid");
    CHECK(bare->source == "/stranger");
    CHECK_FALSE(bare->subject);
    CHECK_FALSE(bare->time);
    CHECK_FALSE(bare->revision);
    CHECK_FALSE(bare->position);
    CHECK(bare->metadata.empty());

    const auto foreign = es::from_cloud_event<es::Received<Folded>>(
        of_a_stranger({.id = "1",
                       .subject = "a/b",
                       .extensions = {{"sequence", "12"},
                                      {"streamrevision", "seven"},
                                      {"correlationid", 5},
                                      {"causationid", true}}}));
    REQUIRE(foreign);
    CHECK(foreign->subject == "a/b");
    CHECK_FALSE(foreign->revision);
    CHECK_FALSE(foreign->position);
    CHECK(foreign->metadata.correlation_id == "5");
    CHECK(foreign->metadata.causation_id == "true");
}

TEST_CASE("An event that was not stored comes back as a received one, with its metadata") {
    const es::FixedEnvironment environment(es::Timestamp::from_unix(1'767'225'600));
    const auto event = es::to_cloud_event(Folded{"ann"}, environment, "poker-1",
                                          {.correlation_id = "fight", .traceparent = "00-1-2-01"});
    const auto back = event.and_then(es::from_cloud_event<es::Received<Event>>);
    REQUIRE(back);
    CHECK(back->event == Event(Folded{"ann"}));
    CHECK(back->id == event->id());
    CHECK(back->subject == "poker-1");
    CHECK(back->time == es::Timestamp::from_unix(1'767'225'600));
    CHECK(back->metadata == es::Metadata{.correlation_id = "fight", .traceparent = "00-1-2-01"});
    CHECK(
        message_of(event.and_then(es::from_cloud_event<es::Recorded<Event>>)) ==
        "CloudEvent of type \"poker.folded\": streamrevision: missing, so this is no stored event "
        "of this library; read it as es::Received<E>");
}

TEST_CASE("A CloudEvent that lacks something of a stored event says what") {
    const auto refusal = [](auto&& change) {
        auto fields = stored_fields();
        change(fields);
        const auto event = of_a_stranger(fields);
        CHECK(es::from_cloud_event<es::Received<Event>>(event));
        const auto back = es::from_cloud_event<es::Recorded<Event>>(event);
        CHECK(fails_with(es::errc::malformed, back));
        const std::string about = "CloudEvent of type \"poker.folded\": ";
        const std::string message = message_of(back);
        return message.starts_with(about) ? message.substr(about.size()) : message;
    };
    CHECK(es::from_cloud_event<es::Recorded<Event>>(of_a_stranger(stored_fields())));
    CHECK(refusal([](auto& f) { f.id = "1"; }).starts_with("id: "));
    CHECK(refusal([](auto& f) { f.subject.reset(); }).starts_with("subject: missing"));
    CHECK(refusal([](auto& f) {
              f.subject = "poker";
          }).starts_with("subject: stream name \"poker\": "));
    CHECK(refusal([](auto& f) { f.time.reset(); }).starts_with("time: missing"));
    CHECK(refusal([](auto& f) { f.extensions["streamrevision"] = "seven"; }) ==
          "streamrevision: expected a number, got \"seven\"");
    CHECK(refusal([](auto& f) { f.extensions["streamrevision"] = "-1"; }) ==
          "streamrevision: expected a number, got \"-1\"");
    CHECK(refusal([](auto& f) {
              f.extensions["streamrevision"] = "18446744073709551616";
          }).starts_with("streamrevision: expected a number"));
}

TEST_CASE("A time that no timestamp can hold is an error, not another time") {
    auto fields = stored_fields();
    fields.time = es::CloudEventTime::parse("0000-06-01T00:00:00Z").value();
    const auto event = of_a_stranger(fields);
    CHECK(fails_with(es::errc::malformed, es::from_cloud_event<es::Received<Event>>(event)));
    CHECK(fails_with(es::errc::malformed, es::from_cloud_event<es::Recorded<Event>>(event)));
    CHECK(message_of(es::from_cloud_event<es::Received<Event>>(event))
              .starts_with("CloudEvent of type \"poker.folded\": time: "));
}

TEST_CASE("An unknown event is told from one that lacks attributes, also with its metadata") {
    auto fields = stored_fields();
    fields.id = "1";
    fields.extensions["typeversion"] = "9";
    CHECK(fails_with(es::errc::unknown_version,
                     es::from_cloud_event<es::Recorded<Event>>(of_a_stranger(fields))));
    CHECK(fails_with(es::errc::unknown_type,
                     es::from_cloud_event<es::Received<Raised>>(of_a_stranger(stored_fields()))));
}
