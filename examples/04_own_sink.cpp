// SPDX-License-Identifier: MIT
// Your own sink: a class that says what it can do, and takes batches. This one prints, and it
// follows a store that decides.
//
// Prints:
//   lamp-desk: home.switched_on {"watts":40}
//   lamp-desk: home.switched_off {}
#include <eventsourcing/eventsourcing.hpp>

#include <iostream>
#include <variant>

namespace es = eventsourcing;

namespace home {

struct SwitchOn {
    int watts;
};
struct SwitchOff {};
struct SwitchedOn {
    int watts;
};
struct SwitchedOff {};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "home", .source = "events://example.org/home"};
}

struct Lamp {
    using Command = std::variant<SwitchOn, SwitchOff>;
    using Event = std::variant<SwitchedOn, SwitchedOff>;
    struct State {
        int watts = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const SwitchedOn& e) { s.watts = e.watts; }
    static void apply_event(State& s, const SwitchedOff&) { s.watts = 0; }

    static SwitchedOn handle_command(const State&, const SwitchOn& c) { return {c.watts}; }
    static SwitchedOff handle_command(const State&, const SwitchOff&) { return {}; }
};

} // namespace home

/// Prints events as the library would store them. An `EventBatch` takes those of any aggregate, and
/// encodes them as JSON on request; a sink for one aggregate may take `es::Batch<Event>` instead.
class Printer {
public:
    static constexpr es::Capabilities capabilities{};

    es::Result<void> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch) {
        const auto events = batch.encoded();
        if (!events)
            return events.error();
        for (const es::NewEvent& event : *events)
            std::cout << stream.view() << ": " << event.type << " " << event.data << "\n";
        return {};
    }
};
static_assert(es::Sink<Printer>);

int main() {
    using namespace home;
    const auto report = [](const es::FollowerFailure& failure) {
        std::cerr << failure.error.message() << "\n";
    };
    es::FanOutPrimaryDecides both{report, es::MemoryStore{}, Printer{}};
    es::Dispatcher<Lamp, decltype(both)> lamps{both};

    auto on = lamps.dispatch(Lamp::State{}, SwitchOn{40}, "lamp-desk");
    if (!on)
        return 1;
    if (!lamps.dispatch(*on, SwitchOff{}, "lamp-desk"))
        return 1;
}
