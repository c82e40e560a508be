// SPDX-License-Identifier: MIT
// A domain is tested without a store: given these events, when this command comes, then these
// events follow. If all types are literal, the compiler runs the tests.
//
// Prints:
//   the decision is not as expected
//     event 0: door.opened
//       angle: expected 45, got 90
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/testing/given.hpp>

#include <iostream>
#include <variant>

namespace es = eventsourcing;

namespace door {

struct Open {};
struct Close {};
struct Opened {
    int angle;
};
struct Closed {};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "door", .source = "events://example.org/door"};
}

enum class Refusal { already_open, already_closed };

struct Door {
    using Command = std::variant<Open, Close>;
    using Event = std::variant<Opened, Closed>;
    struct State {
        bool open = false;
        es::Generation generation{};
    };

    static constexpr void apply_event(State& s, const Opened&) { s.open = true; }
    static constexpr void apply_event(State& s, const Closed&) { s.open = false; }

    static constexpr es::Result<Opened> handle_command(const State& s, const Open&) {
        if (s.open)
            return es::reject(Refusal::already_open);
        return Opened{90};
    }
    static constexpr es::Result<Closed> handle_command(const State& s, const Close&) {
        if (!s.open)
            return es::reject(Refusal::already_closed);
        return Closed{};
    }
};

using es::given, es::rejected, es::state;

static_assert(given<Door>().when(Open{}).then(Opened{90}));
static_assert(given<Door>().when(Close{}).then(rejected(Refusal::already_closed)));
static_assert(given<Door>(Opened{90}).when(Open{}).then(rejected(Refusal::already_open)));
static_assert(given<Door>(Opened{90}).when(Close{}).then(state([](const Door::State& s) {
    return !s.open && s.generation == es::Generation{2};
})));

} // namespace door

int main() {
    using namespace door;
    const auto verdict = given<Door>().when(Open{}).then(Opened{45});
    if (verdict)
        return 1;
    std::cout << verdict.describe();
}
