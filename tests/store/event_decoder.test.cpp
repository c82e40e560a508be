// SPDX-License-Identifier: MIT
#include <eventsourcing/store/event_decoder.hpp>

#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/core/event_family.hpp>

#include "catch.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace event_decoder_tests {

namespace es = eventsourcing;

struct Point {
    int x = 0;
    std::optional<int> y;
};
/// All of it is read, whatever there is in the text.
struct Moved {
    std::string id;
    std::optional<std::string> note;
    std::vector<Point> path;
    std::map<std::string, int> counts;
    std::array<std::optional<int>, 2> pair;
    Point target;
    std::variant<std::monostate, Point> hit;
};
/// Its `members` line leaves out what is zero.
struct Listed {
    int kind = 0;
    int extra = 0;

    static void members(auto& self, auto&& member) {
        member("kind", self.kind);
        if (self.kind == 1)
            member("extra", self.extra);
    }
};
/// Reads only what it finds.
struct Own {
    int value = 7;
};
consteval es::Json json_form(const Own& /*own*/) {
    return es::Json::own;
}
void to_json(nlohmann::json& j, const Own& own) {
    j["value"] = own.value;
}
void from_json(const nlohmann::json& j, Own& own) {
    if (j.contains("value"))
        j.at("value").get_to(own.value);
}
struct HoldsOwn {
    std::string id;
    Own own;
};

struct Fragile {
    static inline bool breaks = false;

    std::string id = breaks ? throw std::runtime_error("broken") : "";
};

consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "x", .source = "events://example.org/x", .version = "1.0"};
}
using Event = std::variant<Moved, Listed, Own, HoldsOwn>;

static_assert(es::detail::is_read_whole<Moved>());
static_assert(es::detail::is_read_whole<std::vector<Own>>());
static_assert(es::detail::is_read_whole<std::optional<Listed>>());
static_assert(!es::detail::is_read_whole<Listed>());
static_assert(!es::detail::is_read_whole<Own>());
static_assert(!es::detail::is_read_whole<HoldsOwn>());
static_assert(!es::detail::is_read_whole<std::array<Own, 2>>());
static_assert(!es::detail::is_read_whole<nlohmann::json>());

es::EventRecord record(std::string_view type, std::string_view data) {
    return {.stream = "x-1",
            .type = type,
            .version = "1.0",
            .content_type = "application/json",
            .data = data};
}

/// What the decoder makes of a text, and what decoding it alone makes of it.
template <class E>
std::pair<std::string, std::string> both(es::detail::EventDecoder<Event>& decoder,
                                         std::string_view type, std::string_view data) {
    const auto done = decoder.decode(record(type, data));
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    const auto alone = es::detail::decode_event<Event>(record(type, data));
    REQUIRE(alone);
    return {*es::encode_json(std::get<E>(decoder.event())), *es::encode_json(std::get<E>(*alone))};
}

TEST_CASE("Nothing of an event is left in the next one of its type") {
    es::detail::EventDecoder<Event> decoder;
    const std::string_view moved[] = {
        R"({"id":"a name that is longer than fifteen characters","note":"n","path":[{"x":1,"y":2},)"
        R"({"x":3,"y":4}],"counts":{"a":1,"b":2},"pair":[1,2],"target":{"x":5,"y":6},)"
        R"("hit":{"point":{"x":7,"y":8}}})",
        R"({"id":"","path":[{"x":9}],"counts":{"c":3},"pair":[null,null],"target":{"x":1},)"
        R"("hit":{"none":null}})",
    };
    for (const int i : {0, 1, 0, 1, 1, 0}) {
        const auto [event, alone] = both<Moved>(decoder, "x.moved", moved[i]);
        CHECK(event == alone);
    }
    for (const auto* text : {R"({"kind":1,"extra":5})", R"({"kind":0})"}) {
        const auto [event, alone] = both<Listed>(decoder, "x.listed", text);
        CHECK(event == alone);
        REQUIRE(decoder.decode(record("x.listed", R"({"kind":2})")));
        CHECK(std::get<Listed>(decoder.event()).extra == 0);
    }
    for (const auto* text : {R"({"value":1})", "{}"}) {
        const auto [event, alone] = both<Own>(decoder, "x.own", text);
        CHECK(event == alone);
    }
    for (const auto* text : {R"({"id":"a","own":{"value":1}})", R"({"id":"b","own":{}})"}) {
        const auto [event, alone] = both<HoldsOwn>(decoder, "x.holds_own", text);
        CHECK(event == alone);
    }
}

TEST_CASE("The memory of an event is used again by the next one of its type") {
    es::detail::EventDecoder<Event> decoder;
    const std::string first = R"({"id":")" + std::string(100, 'a') +
                              R"(","path":[],"counts":{},"pair":[1,2],"target":{"x":1},)"
                              R"("hit":{"none":null}})";
    const std::string second = R"({"id":")" + std::string(50, 'b') +
                               R"(","path":[],"counts":{},"pair":[1,2],"target":{"x":1},)"
                               R"("hit":{"none":null}})";
    REQUIRE(decoder.decode(record("x.moved", first)));
    const char* const place = std::get<Moved>(decoder.event()).id.data();
    REQUIRE(decoder.decode(record("x.listed", R"({"kind":0})")));
    REQUIRE(decoder.decode(record("x.moved", second)));
    CHECK(std::get<Moved>(decoder.event()).id == std::string(50, 'b'));
    CHECK(std::get<Moved>(decoder.event()).id.data() == place);
}

TEST_CASE("After text that can't be decoded the next event is right") {
    es::detail::EventDecoder<Event> decoder;
    constexpr const char* good =
        R"({"id":"a","note":"n","path":[{"x":1}],"counts":{},"pair":[1,2],"target":{"x":1},)"
        R"("hit":{"none":null}})";
    REQUIRE(decoder.decode(record("x.moved", good)));
    const auto bad = decoder.decode(record("x.moved", R"({"id":"b","note":"m","path":[{"x":2},)"));
    REQUIRE_FALSE(bad);
    const auto alone = es::detail::decode_event<Event>(
        record("x.moved", R"({"id":"b","note":"m","path":[{"x":2},)"));
    REQUIRE_FALSE(alone);
    CHECK(bad.error() == es::errc::malformed);
    CHECK(bad.error().message() == alone.error().message());
    const auto [event, expected] = both<Moved>(decoder, "x.moved", good);
    CHECK(event == expected);
}

TEST_CASE("An event that throws when it is made is an error, and the next one is read") {
    es::detail::EventDecoder<std::variant<Own, Fragile>> decoder;
    Fragile::breaks = true;
    const auto done = decoder.decode(record("x.fragile", R"({"id":"a"})"));
    const auto alone = es::EventCodec<Fragile>::decode("x.fragile", "1.0", R"({"id":"a"})");
    Fragile::breaks = false;
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().message() ==
          "stream x-1, revision 0: x.fragile: making or reading the event threw: broken");
    REQUIRE_FALSE(alone);
    CHECK(alone.error().message() == "x.fragile: making or reading the event threw: broken");
    REQUIRE(decoder.decode(record("x.fragile", R"({"id":"b"})")));
    CHECK(std::get<Fragile>(decoder.event()).id == "b");
}

TEST_CASE("Types are told apart by their text, whatever its place in memory") {
    es::detail::EventDecoder<Event> decoder;
    std::string type = "x.own";
    REQUIRE(decoder.decode(record(type, "{}")));
    const auto kind = [&](const es::EventRecord& r) {
        return decoder.decode(r) ? decoder.event().index() : std::variant_npos;
    };
    CHECK(kind(record("x.listed", R"({"kind":0})")) == 1);
    CHECK(kind(record(std::string("x.own"), "{}")) == 2);
    // another page may be where the last one was
    type = "x.abc";
    decoder.next_page();
    const auto unknown = decoder.decode(record(type, "{}"));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == es::errc::unknown_type);
    auto binary = record("x.own", "{}");
    binary.content_type = "application/cbor";
    const auto refused = decoder.decode(binary);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::malformed);
    auto version = record("x.own", "{}");
    version.version = "9";
    CHECK(decoder.decode(version).error() == es::errc::unknown_version);
}

} // namespace event_decoder_tests
