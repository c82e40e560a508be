// SPDX-License-Identifier: MIT
#include <eventsourcing/core/apply.hpp>

#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/fold.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>

// Every shape in which an aggregate may write its apply_event, seen through `fold`.

namespace es = eventsourcing;

namespace apply_shapes {
struct Added {
    int by = 0;
};
struct Cleared {};
struct Add {
    int by = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shapes", .source = "events://example.org/shapes"};
}
using Both = std::variant<Added, Cleared>;

enum class Refusal { negative };

struct Sum {
    int value = 0;
    es::Generation generation{};
};

/// What all aggregates here have in common but their apply_event.
struct Base {
    using Command = Add;
    using Event = Both;
    using State = Sum;
    static Added handle_command(const Sum&, const Add& c) { return {c.by}; }
};

struct ByValue : Base {
    static Sum apply_event(Sum s, const Added& e) { return s.value += e.by, s; }
    static Sum apply_event(Sum s, const Cleared&) { return s.value = 0, s; }
};
struct ByConstReference : Base {
    static Sum apply_event(const Sum& s, const Added& e) { return {s.value + e.by}; }
    static Sum apply_event(const Sum&, const Cleared&) { return {}; }
};
struct InPlace : Base {
    static void apply_event(Sum& s, const Added& e) { s.value += e.by; }
    static void apply_event(Sum& s, const Cleared&) { s.value = 0; }
};
struct AnsweringResults : Base {
    static es::Result<Sum> apply_event(Sum s, const Added& e) {
        if (e.by < 0)
            return es::Error(es::errc::rejected, Refusal::negative);
        return s.value += e.by, s;
    }
    static es::Result<Sum> apply_event(Sum, const Cleared&) { return Sum{}; }
};
struct InPlaceAnsweringResults : Base {
    static es::Result<void> apply_event(Sum& s, const Added& e) {
        if (e.by < 0)
            return es::Error(es::errc::invalid, "a negative sum");
        s.value += e.by;
        return {};
    }
    static es::Result<void> apply_event(Sum& s, const Cleared&) {
        return s.value = 0, es::Result<void>();
    }
};
struct Whole : Base {
    static Sum apply_event(Sum s, const Both& e) {
        if (const auto* added = std::get_if<Added>(&e))
            s.value += added->by;
        else
            s.value = 0;
        return s;
    }
};
struct WholeInPlace : Base {
    static void apply_event(Sum& s, const Both& e) { s = Whole::apply_event(s, e); }
};
/// A whole-variant function wins: the overloads are its helpers, and would count double.
struct WholeAndOverloads : Base {
    static Sum apply_event(Sum s, const Added& e) { return s.value += e.by, s; }
    static Sum apply_event(Sum s, const Cleared&) { return s.value = 0, s; }
    static Sum apply_event(Sum s, const Both& e) {
        s = std::visit([&s](const auto& one) { return apply_event(s, one); }, e);
        return s.value += 1000, s;
    }
};
/// A catch-all template takes the variant too, but must not be taken for a function of the whole.
struct CatchAll : Base {
    static Sum apply_event(Sum s, const Added& e) { return s.value += e.by, s; }
    static Sum apply_event(Sum s, const auto&) { return s.value = 0, s; }
};
struct MixedShapes : Base {
    static void apply_event(Sum& s, const Added& e) { s.value += e.by; }
    static es::Result<Sum> apply_event(const Sum&, const Cleared&) { return Sum{}; }
};
struct EventByValue : Base {
    static Sum apply_event(Sum s, Added e) { return s.value += e.by, s; }
    static Sum apply_event(Sum s, Cleared) { return s.value = 0, s; }
};
/// Tries to own the generation.
struct Meddling : Base {
    static void apply_event(Sum& s, const Added& e) {
        s.value += e.by;
        s.generation = es::Generation{77};
    }
    static Sum apply_event(Sum, const Cleared&) { return {}; }
};
struct Throwing : Base {
    static Sum apply_event(Sum s, const Added& e) {
        if (e.by < 0)
            throw_or_skip(std::string("not an exception of the standard library"));
        return s.value += e.by, s;
    }
    static Sum apply_event(Sum, const Cleared&) { throw_or_skip(std::runtime_error("cleared")); }
};

// The state is a variant: it can't hold its generation.
struct Open {
    int visitors = 0;
};
struct Closed {};
using Door = std::variant<Closed, Open>;
struct TrackedDoor {
    using Command = Add;
    using Event = Both;
    using State = es::Tracked<Door>;
    static Door apply_event(const Door& door, const Added& e) {
        const auto* open = std::get_if<Open>(&door);
        return Open{(open ? open->visitors : 0) + e.by};
    }
    static void apply_event(Door& door, const Cleared&) { door = Closed{}; }
    static es::Result<es::Events<Event>> handle_command(const Door& door, const Add& c) {
        if (std::holds_alternative<Closed>(door))
            return {Cleared{}, Added{c.by}};
        return Added{c.by};
    }
};

/// One event only: no variant needed.
struct Single {
    using Command = Add;
    using Event = Added;
    using State = Sum;
    static constexpr void apply_event(Sum& s, const Added& e) { s.value += e.by; }
    static constexpr Added handle_command(const Sum&, const Add& c) { return {c.by}; }
};

struct ThrowsOnCopy {
    static constexpr std::string_view event_type = "throws";
    static constexpr std::string_view event_source = "test";
    ThrowsOnCopy() = default;
    ThrowsOnCopy(const ThrowsOnCopy&) { throw_or_skip(1); }
    ThrowsOnCopy& operator=(const ThrowsOnCopy&) = default;
    static void members(auto&, auto&&) {}
};
struct Fragile {
    using Command = Add;
    using Event = std::variant<Added, ThrowsOnCopy>;
    using State = Sum;
    static void apply_event(Sum&, const Event&) {}
    static Added handle_command(const Sum&, const Add& c) { return {c.by}; }
};
} // namespace apply_shapes

namespace {
using namespace apply_shapes;

const std::array<Both, 4> history{Added{5}, Added{7}, Cleared{}, Added{4}};

constexpr int folded_in_constant_expression() {
    const std::array<Added, 3> events{Added{1}, Added{2}, Added{3}};
    const auto sum = es::fold<Single>(events);
    return sum->value * 10 + static_cast<int>(sum->generation.value());
}
static_assert(folded_in_constant_expression() == 63);
} // namespace

TEMPLATE_TEST_CASE("events are folded whatever the shape of apply_event", "", ByValue,
                   ByConstReference, InPlace, AnsweringResults, InPlaceAnsweringResults, Whole,
                   WholeInPlace, CatchAll, MixedShapes, EventByValue) {
    const auto sum = es::fold<TestType>(history);
    REQUIRE(sum);
    CHECK(sum->value == 4);
    CHECK(sum->generation == es::Generation{4});
}

TEST_CASE("a function of the whole variant wins over overloads") {
    CHECK(es::fold<WholeAndOverloads>(history).value().value == 2004);
}

TEST_CASE("the library owns the generation, whatever apply_event does with it") {
    const auto sum = es::fold<Meddling>(history);
    REQUIRE(sum);
    CHECK(sum->generation == es::Generation{4});
    CHECK(es::fold<Meddling>(history, {.value = 1, .generation = es::Generation{40}})
              .value()
              .generation == es::Generation{44});
}

TEST_CASE("a state that can't hold its generation is tracked from outside") {
    const auto door = es::fold<TrackedDoor>(history);
    REQUIRE(door);
    CHECK(std::get<Open>(door->value).visitors == 4);
    CHECK(door->generation == es::Generation{4});
    CHECK(es::decide<TrackedDoor>(es::Tracked<Door>{}, Add{1}).value().size() == 2);
}

TEST_CASE("an event that is refused is an error that keeps the reason") {
    const std::array<Both, 2> events{Added{1}, Added{-1}};
    const auto sum = es::fold<AnsweringResults>(events);
    REQUIRE_FALSE(sum);
    CHECK(sum.error() == es::errc::cannot_apply);
    CHECK(sum.error() == Refusal::negative);
    const auto in_place = es::fold<InPlaceAnsweringResults>(events);
    REQUIRE_FALSE(in_place);
    CHECK(in_place.error() == es::errc::cannot_apply);
    CHECK(in_place.error().message() == "a negative sum");
}

TEST_CASE("an apply_event that throws is an error, whatever it throws") {
    const std::array<Both, 1> cleared{Cleared{}};
    const auto sum = es::fold<Throwing>(cleared);
    REQUIRE_FALSE(sum);
    CHECK(sum.error() == es::errc::threw);
    CHECK(sum.error().message() == "apply_event threw: cleared");
    const std::array<Both, 1> negative{Added{-1}};
    CHECK(fails_with(es::errc::threw, es::fold<Throwing>(negative)));
}

TEST_CASE("a generation at its end is an error, not a wrap-around") {
    const es::Generation last{~std::uint64_t{0}};
    const std::array<Both, 1> one{Added{1}};
    CHECK(fails_with(es::errc::overflow, es::fold<InPlace>(one, {.value = 0, .generation = last})));
    const es::Generation last_but_one{~std::uint64_t{0} - 1};
    CHECK(es::fold<InPlace>(one, {.value = 0, .generation = last_but_one}).value().generation ==
          last);
}

TEST_CASE("a valueless variant of events is an error") {
    std::array<Fragile::Event, 1> events{Added{1}};
    [[maybe_unused]] const ThrowsOnCopy thrower;
    CHECK_THROWS_AS(events[0].emplace<ThrowsOnCopy>(thrower), int);
    REQUIRE(events[0].valueless_by_exception());
    CHECK(fails_with(es::errc::invalid, es::fold<Fragile>(events)));
}
