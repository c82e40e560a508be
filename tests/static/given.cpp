// SPDX-License-Identifier: MIT
// given/when/then in constant expressions: for literal types on every compiler, and for types with
// texts where std::string is constexpr.
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/given.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace es = eventsourcing;

namespace counter {
struct Increment {
    int by = 1;
};
struct Decrement {};
struct Incremented {
    int by = 0;
    std::string_view why = "because";
};
struct Decremented {};
enum class Refusal { below_zero };
consteval es::EventFamily event_family(const auto&) {
    return {.name = "counter", .source = "events://example.org/counter"};
}
struct State {
    int value = 0;
    es::Generation generation{};
};
struct Counter {
    using Command = std::variant<Increment, Decrement>;
    using Event = std::variant<Incremented, Decremented>;
    using State = counter::State;

    static constexpr void apply_event(State& s, const Incremented& e) { s.value += e.by; }
    static constexpr State apply_event(State s, const Decremented&) {
        --s.value;
        return s;
    }
    static constexpr es::Result<es::Events<Event>> handle_command(const State&,
                                                                  const Increment& c) {
        if (c.by == 0)
            return es::nothing;
        if (c.by == 3)
            return {Incremented{1}, Incremented{1}, Incremented{1}};
        return Incremented{c.by};
    }
    static constexpr es::Result<es::Events<Event>> handle_command(const State& s,
                                                                  const Decrement&) {
        if (s.value == 0)
            return es::reject(Refusal::below_zero);
        return Decremented{};
    }
};

static_assert(es::given<Counter>().when(Increment{1}).then(Incremented{1}));
static_assert(!es::given<Counter>().when(Increment{1}).then(Incremented{2}));
static_assert(!es::given<Counter>().when(Increment{1}).then(Incremented{1, "other"}));
static_assert(!es::given<Counter>().when(Increment{1}).then(Decremented{}));
static_assert(!es::given<Counter>().when(Increment{1}).then(Incremented{1}, Decremented{}));
static_assert(
    es::given<Counter>().when(Increment{3}).then(Incremented{1}, Incremented{1}, Incremented{1}));
static_assert(es::given<Counter>().when(Increment{0}).then(es::nothing));
static_assert(!es::given<Counter>().when(Increment{1}).then(es::nothing));
static_assert(es::given<Counter>().when(Decrement{}).then(es::rejected(Refusal::below_zero)));
static_assert(es::given<Counter>().when(Decrement{}).then(es::rejected()));
static_assert(!es::given<Counter>().when(Increment{1}).then(es::rejected()));
static_assert(es::given<Counter>(Incremented{2}).when(Decrement{}).then(Decremented{}));
static_assert(es::given<Counter>(Incremented{2}, Decremented{})
                  .when(Decrement{})
                  .then(es::state([](const State& s) {
                      return s.value == 0 && s.generation == es::Generation{3};
                  })));
static_assert(!es::given<Counter>().when(Increment{1}).then(es::state([](const State& s) {
    return s.value == 2;
})));
static_assert(es::given<Counter>(State{.value = 5}).when(Decrement{}).then(Decremented{}));
static_assert(es::given<Counter>(Counter::Event{Incremented{2}})
                  .when(Counter::Command{Decrement{}})
                  .then(Counter::Event{Decremented{}}));
// with a string_view inside, these can be tested, but not stored
static_assert(!es::detail::stores_again<Counter::Event>);
} // namespace counter

// Without <nlohmann/json.hpp> a type with its own to_json is tested, and could be stored elsewhere.
namespace label {
struct Text {
    int size = 0;
    friend void to_json(nlohmann::json&, const Text&);
    friend void from_json(const nlohmann::json&, Text&);
};
consteval es::Json json_form(const Text&) {
    return es::Json::own;
}
struct Print {};
struct Printed {
    Text text;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "label", .source = "events://example.org/label"};
}
struct Printer {
    using Command = Print;
    using Event = Printed;
    struct State {
        es::Generation generation{};
    };
    static constexpr void apply_event(State&, const Printed&) {}
    static constexpr Printed handle_command(const State&, const Print&) { return {{3}}; }
};
static_assert(es::given<Printer>().when(Print{}).then(Printed{{3}}));
static_assert(es::Storable<Printed> == es::detail::has_exceptions); // from_json needs them
static_assert(!es::detail::stores_again<Printed>);
inline std::string describe() {
    const auto verdict = es::given<Printer>().when(Print{}).then(Printed{{3}});
    return verdict ? verdict.unchecked() : verdict.describe();
}
} // namespace label

namespace grid {
struct Fill {};
struct Filled {
    int cells[2];
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "grid", .source = "events://example.org/grid"};
}
struct Grid {
    using Command = Fill;
    using Event = Filled;
    struct State {
        es::Generation generation{};
    };
    static constexpr void apply_event(State&, const Filled&) {}
    static constexpr Filled handle_command(const State&, const Fill&) { return {{1, 2}}; }
};
static_assert(es::given<Grid>().when(Fill{}).then(Filled{{1, 2}}));
static_assert(!es::given<Grid>().when(Fill{}).then(Filled{{1, 3}}));
} // namespace grid

// libstdc++'s std::string is constexpr for g++, and for no clang together with libstdc++ 12.
#if defined(__GNUC__) && !defined(__clang__)
namespace greeter {
struct Greet {
    std::string name;
};
struct Greeted {
    std::string name;
};
enum class Refusal { nobody };
consteval es::EventFamily event_family(const auto&) {
    return {.name = "greeter", .source = "events://example.org/greeter"};
}
struct State {
    std::string last;
    es::Generation generation{};
};
struct Greeter {
    using Command = Greet;
    using Event = Greeted;
    using State = greeter::State;
    static constexpr void apply_event(State& s, const Greeted& e) { s.last = e.name; }
    static constexpr es::Result<es::Events<Greeted>> handle_command(const State&, const Greet& c) {
        if (c.name.empty())
            return es::reject(Refusal::nobody);
        return Greeted{c.name};
    }
};
static_assert(es::given<Greeter>()
                  .when(Greet{"a name that is too long for the small string buffer"})
                  .then(Greeted{"a name that is too long for the small string buffer"}));
static_assert(!es::given<Greeter>(Greeted{"Ada"}).when(Greet{"Bo"}).then(Greeted{"Ada"}));
static_assert(es::given<Greeter>().when(Greet{}).then(es::rejected(Refusal::nobody)));
static_assert(es::given<Greeter>().when(Greet{"Ada"}).then(es::state([](const State& s) {
    return s.last == "Ada";
})));
} // namespace greeter
#endif
