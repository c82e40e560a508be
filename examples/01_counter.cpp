// SPDX-License-Identifier: MIT
// The smallest complete program: one command, one event, a store in memory.
//
// Prints:
//   the counter is at 3 after 2 events
//   a counter only goes up, not by -1
#include <eventsourcing/eventsourcing.hpp>

#include <iostream>

namespace es = eventsourcing;

namespace counting {

struct Increment {
    int by;
};
struct Incremented {
    int by;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "counting", .source = "events://example.org/counting"};
}

struct Counter {
    using Command = Increment;
    using Event = Incremented;
    struct State {
        int value = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Incremented& e) { s.value += e.by; }

    static es::Result<Incremented> handle_command(const State&, const Increment& c) {
        if (c.by <= 0)
            return es::reject("a counter only goes up, not by {}", c.by);
        return Incremented{c.by};
    }
};

} // namespace counting

int main() {
    using namespace counting;
    es::MemoryStore store;
    es::Dispatcher<Counter, es::MemoryStore> counters{store};

    auto one = counters.dispatch(Counter::State{}, Increment{1}, "counter-1");
    if (!one)
        return 1;
    auto three = counters.dispatch(*one, Increment{2}, "counter-1");
    if (!three)
        return 1;
    std::cout << "the counter is at " << three->state.value << " after "
              << three->state.generation.value() << " events\n";

    auto refused = counters.dispatch(*three, Increment{-1}, "counter-1");
    if (refused)
        return 1;
    std::cout << refused.error().message() << "\n";
}
