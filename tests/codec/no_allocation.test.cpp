// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json.hpp>

#include "allocations.hpp"
#include "catch.hpp"

#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace no_allocation_test {

enum class Kind { melee, ranged };
struct Weapon {
    std::string name;
    Kind kind{};
};
struct Entered {
    std::string id;
    std::vector<Weapon> weapons;
    std::array<double, 2> at{};
    std::optional<std::string> title;
    std::variant<int, std::string> choice;
    es::Uuid by;
    es::Timestamp time;
    std::uint64_t round{};
};
struct Left {
    std::string id;
};
consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "arena", .source = "events://example.org/arena", .version = "1"};
}
using Codec = es::EventCodec<std::variant<Entered, Left>>;

constexpr std::string_view long_text = "a text that is longer than the buffer inside a string";

Entered entered() {
    return {std::string(long_text),
            {{"bow", Kind::ranged}, {"axe", Kind::melee}, {std::string(long_text), Kind::melee}},
            {1.5, -2e100},
            std::string(long_text),
            std::string("\u00e9\n\"") + std::string(long_text),
            {},
            {},
            7};
}

/// How often `f`, which must succeed, allocates.
template <class F>
std::size_t allocations_of(const F& f) {
    const std::size_t before = allocations::made;
    const bool done = f();
    const std::size_t after = allocations::made;
    REQUIRE(done);
    return after - before;
}

/// The text of `entered()`, its members in the order of the struct or in another one.
std::string text_of_entered(bool in_order) {
    auto text = *es::encode_json(entered());
    if (!in_order) {
        const auto at = text.find(",\"round\"");
        text = "{" + text.substr(at + 1, text.size() - at - 2) + R"(,"unknown":{"x":[1,"y"]},)" +
               text.substr(1, at - 1) + "}";
    }
    return text;
}

} // namespace no_allocation_test

using namespace no_allocation_test;

TEST_CASE("Writing into a text that is reused allocates nothing") {
    const std::variant<Entered, Left> event = entered();
    std::string out = *es::encode_json(entered());
    CHECK(allocations_of([&] {
              out.clear();
              return es::encode_json_to(out, *std::get_if<Entered>(&event)).has_value();
          }) == 0);
    CHECK(allocations_of([&] {
              out.clear();
              return Codec::encode(event, out).has_value();
          }) == 0);
}

TEST_CASE("Writing a short text into a new one allocates once") {
    const Left event{std::string(400, 'x')};
    std::string out;
    CHECK(allocations_of([&] { return es::encode_json_to(out, event).has_value(); }) == 1);
}

TEST_CASE("Reading allocates for the fields only, in any order of the members") {
    for (const bool in_order : {true, false}) {
        const auto text = text_of_entered(in_order);
        std::optional<es::Result<Entered>> read;
        const auto of_reading = allocations_of([&] {
            read.emplace(es::decode_json<Entered>(text));
            return read->has_value();
        });
        std::optional<Entered> copy;
        const auto of_a_copy = allocations_of([&] {
            copy.emplace(**read);
            return true;
        });
        CHECK(of_a_copy == 5);              // three strings, and the weapons with one
        CHECK(of_reading == of_a_copy + 2); // a vector that grows from 1 to 2 to 4

        const std::string_view left =
            in_order ? R"({"id":"short"})" : R"({"more":[0],"id":"short"})";
        CHECK(allocations_of([&] { return es::decode_json<Left>(left).has_value(); }) == 0);
        CHECK(allocations_of([&] { return Codec::decode("arena.left", "1", left).has_value(); }) ==
              0);
    }
}

TEST_CASE("Reading into a reused value allocates nothing if its strings have room") {
    Left left{std::string(200, 'x')};
    const std::string text = R"({"id":")" + std::string(150, 'y') + R"(\n\u00e9"})";
    CHECK(allocations_of([&] { return es::decode_json_to(left, text).has_value(); }) == 0);
    CHECK(left.id.ends_with("y\n\u00e9"));
}
