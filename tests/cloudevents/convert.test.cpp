// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/convert.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <eventsourcing/cloudevents/http.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace {

struct Attacked {
    std::string entity_id;
    std::uint32_t damage;
    bool operator==(const Attacked&) const = default;
};
struct Died {
    static constexpr std::string_view event_type = "combat.gone";
    static constexpr std::string_view event_type_version = "2.0";
    static constexpr std::string_view event_source = "/elsewhere";
    static constexpr std::array event_type_aliases{std::string_view{"combat.fallen"}};
    std::string entity_id;
    bool operator==(const Died&) const = default;
};
struct DiedOfOld {
    static constexpr std::string_view event_type = "combat.gone";
    static constexpr std::string_view event_type_version = "1.0";
    bool operator==(const DiedOfOld&) const = default;
};
using Event = std::variant<Attacked, Died>;

consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat",
            .source = "events://example.org/combat",
            .version = "1.0",
            .schema = "https://example.org/combat/1.0"};
}

const auto id = es::Uuid::parse("018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f").value();

template <class E>
es::Recorded<E> recorded(E event) {
    return {.event = std::move(event),
            .id = id,
            .stream = es::StreamNameView{"combat-ogre"},
            .revision = es::Revision{7},
            .position = {},
            .recorded_at = es::Timestamp::from_unix(1'767'225'600),
            .metadata = {},
            .tags = {}};
}

std::optional<std::string> text(const es::CloudEvent& event, std::string_view name) {
    const auto* value = event.extension(name);
    return value ? std::optional(value->text().value()) : std::nullopt;
}

es::CloudEvent cloud_event(es::CloudEventFields fields) {
    fields.id = "1";
    fields.source = "/";
    return es::CloudEvent::make(std::move(fields)).value();
}

} // namespace

TEST_CASE("A stored event becomes a CloudEvent with all that is known of it") {
    const auto event = es::to_cloud_event(recorded(Attacked{"ogre", 150}));
    REQUIRE(event);
    CHECK(event->id() == "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f");
    CHECK(event->type() == "combat.attacked");
    CHECK(event->source() == "events://example.org/combat");
    CHECK(event->subject() == "combat-ogre");
    CHECK(event->time() == es::Timestamp::from_unix(1'767'225'600));
    CHECK(event->datacontenttype() == "application/json");
    CHECK(event->dataschema() == "https://example.org/combat/1.0");
    CHECK(event->data() == es::CloudEventData::json(R"({"entity_id":"ogre","damage":150})"));
    CHECK(text(*event, "typeversion") == "1.0");
    CHECK(text(*event, "streamrevision") == "7");
    CHECK(event->extensions().size() == 2);
}

TEST_CASE("An event in a variant becomes the same CloudEvent as by itself") {
    CHECK(es::to_cloud_event(recorded(Event(Attacked{"ogre", 150}))).value() ==
          es::to_cloud_event(recorded(Attacked{"ogre", 150})).value());
}

TEST_CASE("What an event names itself goes before what its family names") {
    const auto event = es::to_cloud_event(recorded(Event(Died{"ogre"})));
    REQUIRE(event);
    CHECK(event->type() == "combat.gone");
    CHECK(event->source() == "/elsewhere");
    CHECK(text(*event, "typeversion") == "2.0");
}

TEST_CASE("A stored event keeps the source that it was stored with") {
    auto stored = recorded(Attacked{"ogre", 150});
    stored.source = "events://example.org/combat-of-old";
    CHECK(es::to_cloud_event(stored)->source() == "events://example.org/combat-of-old");
    stored.source = "no source";
    CHECK(es::to_cloud_event(stored).error() == es::errc::invalid);
}

TEST_CASE("The position of an event becomes text that sorts like positions") {
    const auto sequence = [](es::Position position) {
        auto stored = recorded(Attacked{"ogre", 150});
        stored.position = position;
        return text(es::to_cloud_event(stored).value(), "sequence").value();
    };
    CHECK(sequence(es::Position{42}) == "00000000000000000042");
    CHECK(sequence(es::Position{std::numeric_limits<std::uint64_t>::max()}) ==
          "18446744073709551615");
    CHECK(sequence(es::Position{42, 41}) == "00000000000000000042.00000000000000000041");
    CHECK(sequence(es::Position{9}) < sequence(es::Position{10}));
    CHECK(sequence(es::Position{9, 9}) < sequence(es::Position{9, 10}));
    CHECK(sequence(es::Position{9}) < sequence(es::Position{9, 1}));
    CHECK(sequence(es::Position{9, 1}) < sequence(es::Position{10}));
}

TEST_CASE("The metadata that CloudEvents knows becomes extensions, the rest stays inside") {
    auto stored = recorded(Attacked{"ogre", 150});
    stored.metadata = {.correlation_id = "fight",
                       .causation_id = "swing",
                       .command_id = "secret",
                       .traceparent = "00-1-2-01",
                       .tracestate = "a=b",
                       .values = {{"user", "secret"}}};
    stored.tags = {"secret"};
    const auto event = es::to_cloud_event(stored);
    REQUIRE(event);
    CHECK(text(*event, "correlationid") == "fight");
    CHECK(text(*event, "causationid") == "swing");
    CHECK(text(*event, "traceparent") == "00-1-2-01");
    CHECK(text(*event, "tracestate") == "a=b");
    CHECK(es::encode_cloud_event(*event).find("secret") == std::string::npos);
}

TEST_CASE("A stored event comes back from the JSON of its CloudEvent") {
    for (const Event& sent : {Event(Attacked{"ogre", 150}), Event(Died{"\xF0\x9F\x91\xB9"})}) {
        const auto event = es::decode_cloud_event(
            es::encode_cloud_event(es::to_cloud_event(recorded(sent)).value()));
        REQUIRE(event);
        const auto back = es::from_cloud_event<Event>(*event);
        REQUIRE(back);
        CHECK(*back == sent);
    }
}

TEST_CASE("One struct is read from a CloudEvent as a variant is") {
    const auto event = es::to_cloud_event(recorded(Attacked{"ogre", 150})).value();
    CHECK(es::from_cloud_event<Attacked>(event).value() == Attacked{"ogre", 150});
    CHECK(fails_with(es::errc::unknown_type, es::from_cloud_event<Died>(event)));
}

TEST_CASE("A CloudEvent of an alias is read as the event of today") {
    const auto event = cloud_event(
        {.type = "combat.fallen", .data = es::CloudEventData::json(R"({"entity_id":"ogre"})")});
    CHECK(es::from_cloud_event<Event>(event).value() == Event(Died{"ogre"}));
}

TEST_CASE("A CloudEvent without typeversion is taken for the only event of its type") {
    const auto event =
        cloud_event({.type = "combat.attacked",
                     .data = es::CloudEventData::json(R"({"entity_id":"ogre","damage":1})")});
    CHECK(es::from_cloud_event<Event>(event).value() == Event(Attacked{"ogre", 1}));
    const auto empty =
        cloud_event({.type = "combat.attacked",
                     .extensions = {{"typeversion", ""}},
                     .data = es::CloudEventData::json(R"({"entity_id":"ogre","damage":1})")});
    CHECK(es::from_cloud_event<Event>(empty).value() == Event(Attacked{"ogre", 1}));

    using TwoVersions = std::variant<Died, DiedOfOld>;
    const auto either = cloud_event(
        {.type = "combat.gone", .data = es::CloudEventData::json(R"({"entity_id":"ogre"})")});
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<TwoVersions>(either)));
}

TEST_CASE("A CloudEvent in a version that is not declared is never decoded") {
    es::CloudEventFields fields{.type = "combat.attacked",
                                .extensions = {{"typeversion", "1.1"}},
                                .data =
                                    es::CloudEventData::json(R"({"entity_id":"ogre","damage":1})")};
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<Event>(cloud_event(fields))));
    fields.extensions["typeversion"] = 1;
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<Event>(cloud_event(fields))));
    fields.extensions["typeversion"] = true;
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<Event>(cloud_event(fields))));
}

TEST_CASE("A CloudEvent that tells of no event of the variant is an error") {
    CHECK(fails_with(es::errc::unknown_type,
                     es::from_cloud_event<Event>(cloud_event(
                         {.type = "com.example.other", .data = es::CloudEventData::json("{}")}))));
    const auto bare = es::from_cloud_event<Event>(cloud_event({.type = "combat.attacked"}));
    REQUIRE(!bare);
    CHECK(bare.error() == es::errc::malformed);
    CHECK(bare.error().message() ==
          "CloudEvent of type \"combat.attacked\": expected data in JSON, got none");
    const auto wrong = es::from_cloud_event<Event>(
        cloud_event({.type = "combat.attacked",
                     .data = es::CloudEventData::json(R"({"entity_id":"ogre","damage":-5})")}));
    REQUIRE(!wrong);
    CHECK(wrong.error() == es::errc::malformed);
    CHECK(wrong.error().message() ==
          "combat.attacked: $.damage: expected an unsigned 32-bit integer, got -5");
}

TEST_CASE("An event that was not stored becomes a CloudEvent with an id and a time") {
    const auto now = es::Timestamp::from_unix(1'767'225'600);
    const es::FixedEnvironment environment(now);
    const auto event = es::to_cloud_event(Event(Attacked{"ogre", 150}), environment);
    REQUIRE(event);
    const auto uuid = es::Uuid::parse(event->id());
    REQUIRE(uuid);
    CHECK(event->time() == now);
    CHECK(event->type() == "combat.attacked");
    CHECK(event->source() == "events://example.org/combat");
    CHECK(event->dataschema() == "https://example.org/combat/1.0");
    CHECK(!event->subject());
    CHECK(event->extensions().size() == 1);
    CHECK(text(*event, "typeversion") == "1.0");
    CHECK(event->data() == es::CloudEventData::json(R"({"entity_id":"ogre","damage":150})"));
    CHECK(es::from_cloud_event<Event>(*event).value() == Event(Attacked{"ogre", 150}));

    const auto next = es::to_cloud_event(Attacked{"ogre", 150}, environment);
    REQUIRE(next);
    CHECK(next->id() != event->id());
}

TEST_CASE("An environment that throws makes no CloudEvent") {
    struct NoClock : es::EnvironmentSource {
        es::Timestamp now() override { throw_or_skip(std::runtime_error("no clock")); }
        es::Uuid new_id() override { return {}; }
        bool sleep(std::chrono::nanoseconds, const std::stop_token&) override { return true; }
        double jitter() override { return 0; }
        std::chrono::steady_clock::time_point steady_now() noexcept override { return {}; }
        void watch(es::TimeWatcher&) override {}
        void unwatch(es::TimeWatcher&) noexcept override {}
    };
    const es::Environment environment(std::make_shared<NoClock>());
    const auto event = es::to_cloud_event(Attacked{"ogre", 150}, environment);
    REQUIRE_FALSE(event);
    CHECK(event.error() == es::errc::threw);
    CHECK(event.error().message() == "the environment threw: no clock");
}

TEST_CASE("An event that was not stored may have a stream and metadata already") {
    const auto event = es::to_cloud_event(Attacked{"ogre", 150}, es::Environment(), "combat-ogre",
                                          {.correlation_id = "fight", .traceparent = "00-1-2-01"});
    REQUIRE(event);
    CHECK(event->subject() == "combat-ogre");
    CHECK(text(*event, "correlationid") == "fight");
    CHECK(text(*event, "traceparent") == "00-1-2-01");
    const auto bare =
        es::to_cloud_event(Attacked{"ogre", 150}, es::Environment(), {.causation_id = "swing"});
    REQUIRE(bare);
    CHECK(!bare->subject());
    CHECK(text(*bare, "causationid") == "swing");
}

TEST_CASE("An event that can't be encoded, or whose metadata no attribute can hold, is an error") {
    const auto bytes = es::to_cloud_event(recorded(Attacked{"\xFF", 1}));
    REQUIRE(!bytes);
    CHECK(bytes.error() == es::errc::invalid);
    CHECK(bytes.error().message().find("combat.attacked: $.entity_id: expected UTF-8") == 0);
    CHECK(
        fails_with(es::errc::invalid, es::to_cloud_event(Attacked{"\xFF", 1}, es::Environment())));
    auto stored = recorded(Attacked{"ogre", 1});
    stored.metadata.correlation_id = "a\nb";
    CHECK(message_of(es::to_cloud_event(stored)) ==
          "CloudEvent attribute correlationid: \"\\x0a\" at byte 2 is not allowed: no control "
          "characters, no Unicode noncharacters");
}

TEST_CASE("Neither a stream nor metadata can add a header or a line") {
    using namespace std::literals;
    for (const auto& text : {"a\r\nX-Evil: 1"s, "a\nb"s, "a\rb"s, "a\0b"s, "\xC2\x85"s}) {
        CHECK_FALSE(es::StreamName::parse("combat-" + text));
        for (auto field : {&es::Metadata::correlation_id, &es::Metadata::causation_id,
                           &es::Metadata::traceparent, &es::Metadata::tracestate}) {
            es::Metadata metadata;
            metadata.*field = text;
            CHECK(fails_with(es::errc::invalid,
                             es::to_cloud_event(Attacked{"ogre", 1}, es::Environment(), metadata)));
            auto stored = recorded(Attacked{"ogre", 1});
            stored.metadata = metadata;
            CHECK(fails_with(es::errc::invalid, es::to_cloud_event(stored)));
        }
    }
    const auto event = es::to_cloud_event(Attacked{"ogre", 1}, es::Environment(),
                                          {.correlation_id = "%0D%0AX-Evil: \"1\""});
    const auto message = event.and_then(es::encode_http_binary);
    REQUIRE(message);
    CHECK(std::count(message->headers.begin(), message->headers.end(),
                     es::MessageHeader{"ce-correlationid", "%250D%250AX-Evil:%20%221%22"}) == 1);
    CHECK(text(es::decode_http(*message).value(), "correlationid") == "%0D%0AX-Evil: \"1\"");
}

TEST_CASE("A CloudEvent whose data came as bytes is read if they are JSON") {
    es::CloudEventFields fields{
        .type = "combat.attacked",
        .datacontenttype = "application/json",
        .data = es::CloudEventData::bytes(R"({"entity_id":"ogre","damage":1})")};
    CHECK(es::from_cloud_event<Event>(cloud_event(fields)).value() == Event(Attacked{"ogre", 1}));
    fields.datacontenttype.reset();
    CHECK(message_of(es::from_cloud_event<Event>(cloud_event(fields))) ==
          "CloudEvent of type \"combat.attacked\": expected data in JSON, got bytes without a "
          "content type");
    fields.datacontenttype = "text/plain";
    fields.data = es::CloudEventData::text(R"({"entity_id":"ogre","damage":1})");
    const auto text = es::from_cloud_event<Event>(cloud_event(fields));
    REQUIRE(!text);
    CHECK(text.error() == es::errc::malformed);
    CHECK(text.error().message() ==
          "CloudEvent of type \"combat.attacked\": expected data in JSON, got \"text/plain\"");
}

namespace {
std::string curse() {
    throw_or_skip(std::runtime_error("cursed"));
}
struct Cursed {
    static constexpr std::string_view event_type = "combat.cursed";
    static constexpr std::string_view event_source = "/elsewhere";
    std::string entity_id = curse();
};
} // namespace

TEST_CASE("An event that throws when it is made of a CloudEvent is an error") {
    const auto cursed = es::from_cloud_event<Cursed>(cloud_event(
        {.type = "combat.cursed", .data = es::CloudEventData::json(R"({"entity_id":"ogre"})")}));
    CHECK(fails_with(es::errc::threw, cursed));
    CHECK(message_of(cursed) == "combat.cursed: making or reading the event threw: cursed");
}

TEST_CASE("An unknown event is told from a malformed one, whatever else is wrong with it") {
    CHECK(fails_with(es::errc::unknown_type,
                     es::from_cloud_event<Event>(cloud_event({.type = "com.example.other"}))));
    es::CloudEventFields fields{.type = "combat.attacked", .extensions = {{"typeversion", "0.9"}}};
    const auto older = es::from_cloud_event<Event>(cloud_event(fields));
    REQUIRE(!older);
    CHECK(older.error() == es::errc::unknown_version);
    CHECK(older.error().message() == "combat.attacked in version \"0.9\": known here: 1.0; declare "
                                     "that version as well");
    fields.type = "combat.fallen"; // an alias, in a version that it never had
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<Event>(cloud_event(fields))));
}

namespace shop {

struct Placed {
    static constexpr std::string_view event_type = "shop.placed";
    static constexpr std::string_view event_type_version = "1.0";
    int sum;
    bool operator==(const Placed&) const = default;
};
struct PlacedInCurrency {
    static constexpr std::string_view event_type = "shop.placed";
    static constexpr std::string_view event_type_version = "2.0";
    int sum;
    std::string currency;
    bool operator==(const PlacedInCurrency&) const = default;
};
using Event = std::variant<Placed, PlacedInCurrency>;

consteval es::EventFamily event_family(const Placed&) {
    return {.name = "shop", .source = "/shop", .schema = "https://example.org/shop/1"};
}
consteval es::EventFamily event_family(const PlacedInCurrency&) {
    return {.name = "shop", .source = "/shop", .schema = "https://example.org/shop/2"};
}

} // namespace shop

TEST_CASE("Without typeversion, the schema says which version of its type an event is") {
    const auto event = [](std::optional<std::string> schema, std::string data) {
        return cloud_event({.type = "shop.placed",
                            .dataschema = std::move(schema),
                            .data = es::CloudEventData::json(std::move(data))});
    };
    CHECK(es::from_cloud_event<shop::Event>(event("https://example.org/shop/1", R"({"sum":1})"))
              .value() == shop::Event(shop::Placed{1}));
    CHECK(es::from_cloud_event<shop::Event>(
              event("https://example.org/shop/2", R"({"sum":1,"currency":"EUR"})"))
              .value() == shop::Event(shop::PlacedInCurrency{1, "EUR"}));
    const auto unknown =
        es::from_cloud_event<shop::Event>(event("https://example.org/shop/3", "{}"));
    REQUIRE(!unknown);
    CHECK(unknown.error() == es::errc::unknown_version);
    CHECK(unknown.error().message() ==
          "shop.placed in version \"https://example.org/shop/3\": known "
          "here: 1.0, 2.0; declare that version as well");
    CHECK(fails_with(es::errc::unknown_version,
                     es::from_cloud_event<shop::Event>(event({}, R"({"sum":1})"))));
    // one version is known, and a schema is named that is not its own
    CHECK(fails_with(
        es::errc::unknown_version,
        es::from_cloud_event<shop::Placed>(event("https://example.org/shop/2", R"({"sum":1})"))));
    CHECK(es::from_cloud_event<shop::Placed>(event({}, R"({"sum":1})")).value() == shop::Placed{1});
    // typeversion goes before
    auto fields = event("https://example.org/shop/2", R"({"sum":1})").fields();
    fields.extensions["typeversion"] = "1.0";
    CHECK(es::from_cloud_event<shop::Event>(cloud_event(fields)).value() ==
          shop::Event(shop::Placed{1}));
}

namespace shop {

struct Paid {
    static constexpr std::string_view event_type = "shop.paid";
    static constexpr std::string_view event_type_version = "1.0";
    int sum;
    bool operator==(const Paid&) const = default;
};
struct PaidInCurrency {
    static constexpr std::string_view event_type = "shop.paid";
    static constexpr std::string_view event_type_version = "2.0";
    int sum;
    bool operator==(const PaidInCurrency&) const = default;
};

consteval es::EventFamily event_family(const Paid&) {
    return {.name = "shop", .source = "/shop"};
}
consteval es::EventFamily event_family(const PaidInCurrency&) {
    return {.name = "shop", .source = "/shop", .schema = "https://example.org/paid/2"};
}

} // namespace shop

TEST_CASE("A schema tells the version that names it from one that names none") {
    const auto event = cloud_event({.type = "shop.paid",
                                    .dataschema = "https://example.org/paid/2",
                                    .data = es::CloudEventData::json(R"({"sum":1})")});
    using Older = std::variant<shop::Paid, shop::PaidInCurrency>;
    using Newer = std::variant<shop::PaidInCurrency, shop::Paid>;
    CHECK(es::from_cloud_event<Older>(event).value() == Older(shop::PaidInCurrency{1}));
    CHECK(es::from_cloud_event<Newer>(event).value() == Newer(shop::PaidInCurrency{1}));
    auto other = event.fields();
    other.dataschema = "https://example.org/paid/3";
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<Older>(cloud_event(other))));
    CHECK(fails_with(es::errc::unknown_version, es::from_cloud_event<Newer>(cloud_event(other))));
    CHECK(es::from_cloud_event<shop::Paid>(event).value() == shop::Paid{1});
}

TEST_CASE("A CloudEvent has no schema if its family names none") {
    CHECK(!es::to_cloud_event(shop::Paid{1}, es::Environment()).value().dataschema());
    CHECK(es::to_cloud_event(shop::PaidInCurrency{1}, es::Environment()).value().dataschema() ==
          "https://example.org/paid/2");
}
