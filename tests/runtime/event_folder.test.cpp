// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/event_folder.hpp>

#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/reject.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace event_folder_tests {

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

/// What was added later has a default for the events before it.
struct Received {
    std::string id;
    std::optional<std::string> lot = "legacy";
    Point target{.x = 0, .y = 7};
};

struct Fragile {
    static inline bool breaks = false;

    std::string id = breaks ? throw_or_skip<const char*>(std::runtime_error("broken")) : "";
};

consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "x", .source = "events://example.org/x", .version = "1.0"};
}
using Event = std::variant<Moved, Listed, Own, HoldsOwn, Received>;

/// What was applied last.
struct Seen {
    std::string json;
    std::size_t index = std::variant_npos;
    const char* id = nullptr;
    int extra = 0;
    es::Generation generation{};

    void see(const auto& event) { json = *es::encode_json(event); }
};
struct Nothing {};
struct EachByItself {
    using Command = Nothing;
    using Event = event_folder_tests::Event;
    using State = Seen;

    static void apply_event(Seen& seen, const Moved& event) {
        seen.see(event);
        seen.id = event.id.data();
        seen.index = 0;
    }
    static void apply_event(Seen& seen, const Listed& event) {
        seen.see(event);
        seen.extra = event.extra;
        seen.index = 1;
    }
    static void apply_event(Seen& seen, const Own& event) {
        seen.see(event);
        seen.index = 2;
    }
    static void apply_event(Seen& seen, const HoldsOwn& event) {
        seen.see(event);
        seen.index = 3;
    }
    static void apply_event(Seen& seen, const Received& event) {
        seen.see(event);
        seen.id = event.id.data();
        seen.index = 4;
    }
    static Own handle_command(const Seen& /*seen*/, const Nothing& /*command*/) { return {}; }
};
/// Takes the variant, and a copy of the state.
struct AllAsOne {
    using Command = Nothing;
    using Event = event_folder_tests::Event;
    using State = Seen;

    static Seen apply_event(Seen seen, const Event& event) {
        seen.index = event.index();
        std::visit([&seen](const auto& one) { EachByItself::apply_event(seen, one); }, event);
        seen.generation = es::Generation{77};
        return seen;
    }
    static Own handle_command(const Seen& /*seen*/, const Nothing& /*command*/) { return {}; }
};

template <class T>
inline constexpr bool read_whole = es::detail::JsonFormOf<T>::template read_whole<T>();

static_assert(read_whole<Moved>);
static_assert(read_whole<std::vector<Own>>);
static_assert(read_whole<std::optional<Listed>>);
static_assert(!read_whole<Listed>);
static_assert(!read_whole<Own>);
static_assert(!read_whole<HoldsOwn>);
static_assert(!read_whole<std::array<Own, 2>>);
static_assert(!read_whole<nlohmann::json>);

es::EventRecord record(std::string_view type, std::string_view data) {
    return {.stream = "x-1",
            .type = type,
            .version = "1.0",
            .content_type = "application/json",
            .data = data};
}

/// What an aggregate sees of a text, and what decoding it alone makes of it.
template <class E, class A>
std::pair<std::string, std::string> both(es::detail::EventFolder<A>& folder, const Seen& seen,
                                         std::string_view type, std::string_view data) {
    const auto done = folder.fold(record(type, data));
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    const auto alone = es::detail::decode_event<Event>(record(type, data));
    REQUIRE(alone);
    CHECK(seen.index == alone->index());
    return {seen.json, *es::encode_json(std::get<E>(*alone))};
}

template <class A>
void leave_nothing_behind() {
    Seen seen;
    es::detail::EventFolder<A> folder(seen);
    const std::string_view moved[] = {
        R"({"id":"a name that is longer than fifteen characters","note":"n","path":[{"x":1,"y":2},)"
        R"({"x":3,"y":4}],"counts":{"a":1,"b":2},"pair":[1,2],"target":{"x":5,"y":6},)"
        R"("hit":{"point":{"x":7,"y":8}}})",
        R"({"id":"","path":[{"x":9}],"counts":{"c":3},"pair":[null,null],"target":{"x":1},)"
        R"("hit":{"none":null}})",
    };
    for (const int i : {0, 1, 0, 1, 1, 0}) {
        const auto [event, alone] = both<Moved>(folder, seen, "x.moved", moved[i]);
        CHECK(event == alone);
    }
    for (const auto* text : {R"({"kind":1,"extra":5})", R"({"kind":0})"}) {
        const auto [event, alone] = both<Listed>(folder, seen, "x.listed", text);
        CHECK(event == alone);
        REQUIRE(folder.fold(record("x.listed", R"({"kind":2})")));
        CHECK(seen.extra == 0);
    }
    for (const auto* text : {R"({"value":1})", "{}"}) {
        const auto [event, alone] = both<Own>(folder, seen, "x.own", text);
        CHECK(event == alone);
    }
    for (const auto* text :
         {R"({"id":"a","lot":"1","target":{"x":1,"y":null}})", R"({"id":"b","target":{"x":2}})",
          R"({"id":"c","target":{"x":3}})", R"({"id":"d","lot":null,"target":{"x":4,"y":5}})"}) {
        const auto [event, alone] = both<Received>(folder, seen, "x.received", text);
        CHECK(event == alone);
    }
    CHECK(seen.json == R"({"id":"d","lot":null,"target":{"x":4,"y":5}})");
    for (const auto* text : {R"({"id":"a","own":{"value":1}})", R"({"id":"b","own":{}})"}) {
        const auto [event, alone] = both<HoldsOwn>(folder, seen, "x.holds_own", text);
        CHECK(event == alone);
    }
    CHECK(seen.generation == es::Generation{18});
}

TEST_CASE("Nothing of an event is left in the next one of its type") {
    leave_nothing_behind<EachByItself>();
    leave_nothing_behind<AllAsOne>();
}

TEST_CASE("The memory of an event is used again by the next one of its type") {
    Seen seen;
    es::detail::EventFolder<EachByItself> folder(seen);
    const std::string first = R"({"id":")" + std::string(100, 'a') +
                              R"(","note":null,"path":[],"counts":{},"pair":[1,2],)"
                              R"("target":{"x":1,"y":null},"hit":{"none":null}})";
    const std::string second = R"({"id":")" + std::string(50, 'b') +
                               R"(","note":null,"path":[],"counts":{},"pair":[1,2],)"
                               R"("target":{"x":1,"y":null},"hit":{"none":null}})";
    REQUIRE(folder.fold(record("x.moved", first)));
    const char* const place = seen.id;
    REQUIRE(folder.fold(record("x.listed", R"({"kind":0})")));
    REQUIRE(folder.fold(record("x.moved", second)));
    CHECK(std::string(seen.id) == std::string(50, 'b'));
    CHECK(seen.id == place);
}

TEST_CASE("After text that can't be decoded the next event is right") {
    Seen seen;
    es::detail::EventFolder<EachByItself> folder(seen);
    constexpr const char* good =
        R"({"id":"a","note":"n","path":[{"x":1}],"counts":{},"pair":[1,2],"target":{"x":1},)"
        R"("hit":{"none":null}})";
    REQUIRE(folder.fold(record("x.moved", good)));
    for (const auto* text : {R"({"id":"b","note":"m","path":[{"x":2},)",
                             R"({"id":"b","path":[],"counts":{},"pair":[1,2],"target":{"x":1},)"
                             R"("hit":{"none":null}} and more)"}) {
        const auto bad = folder.fold(record("x.moved", text));
        REQUIRE_FALSE(bad);
        const auto alone = es::detail::decode_event<Event>(record("x.moved", text));
        REQUIRE_FALSE(alone);
        CHECK(bad.error() == es::errc::malformed);
        CHECK(bad.error().message() == alone.error().message());
        CHECK(seen.generation == es::Generation{1});
    }
    const auto [event, expected] = both<Moved>(folder, seen, "x.moved", good);
    CHECK(event == expected);
}

struct Breaks {
    using Command = Nothing;
    using Event = std::variant<Own, Fragile>;
    using State = Seen;

    static es::Result<Seen> apply_event(const Seen& seen, const Own& own) {
        if (own.value < 0)
            return es::reject("negative");
        if (own.value == 0)
            throw_or_skip(std::runtime_error("zero"));
        return seen;
    }
    static Seen apply_event(Seen seen, const Fragile& event) {
        seen.json = event.id;
        return seen;
    }
    static Own handle_command(const Seen& /*seen*/, const Nothing& /*command*/) { return {}; }
};

TEST_CASE("An event that throws when it is made is an error, and the next one is read") {
    Seen seen;
    es::detail::EventFolder<Breaks> folder(seen);
    Fragile::breaks = true;
    const auto done = folder.fold(record("x.fragile", R"({"id":"a"})"));
    const auto alone = es::EventCodec<Fragile>::decode("x.fragile", "1.0", R"({"id":"a"})");
    Fragile::breaks = false;
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().message() ==
          "stream x-1, revision 0: x.fragile: making or reading the event threw: broken");
    REQUIRE_FALSE(alone);
    CHECK(alone.error().message() == "x.fragile: making or reading the event threw: broken");
    REQUIRE(folder.fold(record("x.fragile", R"({"id":"b"})")));
    CHECK(seen.json == "b");
}

TEST_CASE("What apply_event refuses, throws or cannot count is told with its place") {
    Seen seen;
    es::detail::EventFolder<Breaks> folder(seen);
    const auto refused = folder.fold(record("x.own", R"({"value":-1})"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::cannot_apply);
    CHECK(refused.error().message() == "stream x-1, revision 0: x.own: negative");
    const auto threw = folder.fold(record("x.own", R"({"value":0})"));
    REQUIRE_FALSE(threw);
    CHECK(threw.error() == es::errc::threw);
    CHECK(threw.error().message() == "stream x-1, revision 0: x.own: apply_event threw: zero");
    seen.generation = es::Generation{std::numeric_limits<std::uint64_t>::max()};
    const auto full = folder.fold(record("x.own", R"({"value":1})"));
    REQUIRE_FALSE(full);
    CHECK(full.error() == es::errc::overflow);
    CHECK(full.error().message().find("stream x-1, revision 0: ") == 0);
}

TEST_CASE("Types are told apart by their text, whatever its place in memory") {
    Seen seen;
    es::detail::EventFolder<EachByItself> folder(seen);
    std::string type = "x.own";
    REQUIRE(folder.fold(record(type, "{}")));
    REQUIRE(folder.fold(record("x.listed", R"({"kind":0})")));
    CHECK(seen.index == 1);
    REQUIRE(folder.fold(record(std::string("x.own"), "{}")));
    CHECK(seen.index == 2);
    // another page may be where the last one was
    type = "x.abc";
    folder.next_page();
    const auto unknown = folder.fold(record(type, "{}"));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == es::errc::unknown_type);
    // what has a type of the page in common with another event may differ in the rest
    const auto own = record("x.own", "{}");
    REQUIRE(folder.fold(own));
    auto binary = own;
    binary.content_type = "application/cbor";
    const auto refused = folder.fold(binary);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::malformed);
    CHECK(refused.error().message() == message_of(es::detail::decode_event<Event>(binary)));
    auto version = own;
    version.version = "9";
    CHECK(fails_with(es::errc::unknown_version, folder.fold(version)));
}

} // namespace event_folder_tests
