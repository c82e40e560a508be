// SPDX-License-Identifier: MIT
#include <eventsourcing/core/decide.hpp>

#include <eventsourcing/core/reject.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// Every shape in which an aggregate may write its handle_command.

namespace es = eventsourcing;

namespace decide_shapes {
struct Do {
    int what = 0;
};
struct Undo {};
struct Done {
    int what = 0;
    bool operator==(const Done&) const = default;
};
struct Undone {
    bool operator==(const Undone&) const = default;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shapes", .source = "events://example.org/shapes"};
}
enum class Refusal { too_much };

struct State {
    int limit = 10;
    es::Generation generation{};
};
using Both = std::variant<Done, Undone>;

struct Base {
    using Command = std::variant<Do, Undo>;
    using Event = Both;
    using State = decide_shapes::State;
    static void apply_event(State&, const Both&) {}
};

struct OneEvent : Base {
    static Done handle_command(const State&, const Do& c) { return {c.what}; }
    static Undone handle_command(const State&, const Undo&) { return {}; }
};
struct TheVariant : Base {
    static Both handle_command(const State&, const Do& c) { return Done{c.what}; }
    static Both handle_command(const State&, const Undo&) { return Undone{}; }
};
struct Ranges : Base {
    static std::vector<Both> handle_command(const State&, const Do& c) {
        return {Done{c.what}, Undone{}, Done{c.what}};
    }
    static std::vector<Undone> handle_command(const State&, const Undo&) { return {{}, {}}; }
};
struct Optionals : Base {
    static std::optional<Done> handle_command(const State& s, const Do& c) {
        return c.what > s.limit ? std::nullopt : std::optional(Done{c.what});
    }
    static es::Nothing handle_command(const State&, const Undo&) { return es::nothing; }
};
struct Results : Base {
    static es::Result<es::Events<Both>> handle_command(const State& s, const Do& c) {
        if (c.what > s.limit)
            return es::reject(Refusal::too_much, c.what);
        if (c.what == 0)
            return es::nothing;
        return {Done{c.what}, Undone{}};
    }
    static es::Result<Undone> handle_command(const State&, const Undo&) { return Undone{}; }
};
struct Whole : Base {
    static es::Result<es::Events<Both>> handle_command(const State& s, const Command& c) {
        if (const auto* one = std::get_if<Do>(&c))
            return Results::handle_command(s, *one);
        return Undone{};
    }
};
struct Throwing : Base {
    static Done handle_command(const State&, const Do&) {
        throw_or_skip(std::runtime_error("no idea"));
    }
    static Undone handle_command(const State&, const Undo&) { throw_or_skip(42); }
};

/// An expected-like of another library.
template <class T, class E>
struct TheirExpected {
    using value_type = T;
    std::variant<T, E> held;
    explicit operator bool() const { return held.index() == 0; }
    [[nodiscard]] bool has_value() const { return held.index() == 0; }
    T& operator*() & { return std::get<0>(held); }
    T&& operator*() && { return std::get<0>(std::move(held)); }
    E& error() & { return std::get<1>(held); }
    E&& error() && { return std::get<1>(std::move(held)); }
};
struct TheirError {
    int code = 0;
    [[nodiscard]] std::string message() const { return "their error " + std::to_string(code); }
};
struct Foreign : Base {
    static TheirExpected<Done, TheirError> handle_command(const State& s, const Do& c) {
        if (c.what > s.limit)
            return {TheirError{c.what}};
        return {Done{c.what}};
    }
    static TheirExpected<std::vector<Both>, Refusal> handle_command(const State&, const Undo&) {
        return {Refusal::too_much};
    }
};

/// A command that can only be moved.
struct Deliver {
    std::unique_ptr<int> parcel;
};
struct MoveOnly {
    using Command = Deliver;
    using Event = Done;
    using State = decide_shapes::State;
    static void apply_event(State&, const Done&) {}
    static Done handle_command(const State&, Deliver&& c) { return {*c.parcel}; }
};
} // namespace decide_shapes

namespace {
using namespace decide_shapes;

std::vector<Both> all(const es::Result<es::Events<Both>>& events) {
    REQUIRE(events.has_value());
    return {events->begin(), events->end()};
}
using List = std::vector<Both>;
} // namespace

TEST_CASE("a decision may be one event or the variant") {
    CHECK(all(es::decide<OneEvent>(State{}, Do{3})) == List{Done{3}});
    CHECK(all(es::decide<OneEvent>(State{}, Undo{})) == List{Undone{}});
    CHECK(all(es::decide<TheVariant>(State{}, Do{3})) == List{Done{3}});
}

TEST_CASE("a decision may be a range of the variant or of one event") {
    CHECK(all(es::decide<Ranges>(State{}, Do{3})) == List{Done{3}, Undone{}, Done{3}});
    CHECK(all(es::decide<Ranges>(State{}, Undo{})) == List{Undone{}, Undone{}});
}

TEST_CASE("a decision may be an optional or nothing") {
    CHECK(all(es::decide<Optionals>(State{}, Do{3})) == List{Done{3}});
    CHECK(all(es::decide<Optionals>(State{}, Do{30})).empty());
    CHECK(all(es::decide<Optionals>(State{}, Undo{})).empty());
}

TEMPLATE_TEST_CASE("a decision may be a result, by overloads or of the whole variant", "", Results,
                   Whole) {
    CHECK(all(es::decide<TestType>(State{}, Do{3})) == List{Done{3}, Undone{}});
    CHECK(all(es::decide<TestType>(State{}, Do{0})).empty());
    CHECK(all(es::decide<TestType>(State{}, Undo{})) == List{Undone{}});
    const auto refused = es::decide<TestType>(State{}, Do{30});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::rejected);
    CHECK(refused.error() == Refusal::too_much);
    CHECK(refused.error().message() == "too much: 30");
}

TEMPLATE_TEST_CASE("a command may be given as the variant", "", OneEvent, Whole) {
    const std::variant<Do, Undo> command = Undo{};
    CHECK(all(es::decide<TestType>(State{}, command)) == List{Undone{}});
}

TEST_CASE("any expected-like answer is taken, and its error is carried along") {
    CHECK(all(es::decide<Foreign>(State{}, Do{3})) == List{Done{3}});
    const auto refused = es::decide<Foreign>(State{}, Do{30});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::rejected);
    CHECK(refused.error().message() == "their error 30");
    REQUIRE(refused.error().attached<TheirError>() != nullptr);
    CHECK(refused.error().attached<TheirError>()->code == 30);
    CHECK(fails_with(Refusal::too_much, es::decide<Foreign>(State{}, Undo{})));
}

TEST_CASE("a handle_command that throws is an error, whatever it throws") {
    const auto thrown = es::decide<Throwing>(State{}, Do{});
    REQUIRE_FALSE(thrown);
    CHECK(thrown.error() == es::errc::threw);
    CHECK(thrown.error().message() == "handle_command threw: no idea");
    CHECK(fails_with(es::errc::threw, es::decide<Throwing>(State{}, Undo{})));
}

TEST_CASE("a command may be movable only") {
    const auto events = es::decide<MoveOnly>(State{}, Deliver{std::make_unique<int>(8)});
    REQUIRE(events);
    CHECK((*events)[0] == Done{8});
}
