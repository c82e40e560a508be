// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/dispatcher.hpp>

#include "allocations.hpp"
#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace lamps {
struct Switch {
    int times;
};
struct Switched {
    std::string lamp; // short enough for the buffer inside the string
};
consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "lamps", .source = "events://example.org/lamps"};
}

struct Lamp {
    using Command = Switch;
    using Event = std::variant<Switched>;
    struct State {
        std::string name = "hall";
        bool on = false;
        es::Generation generation{};
    };
    static State apply_event(State s, const Switched& /*e*/) {
        s.on = !s.on;
        return s;
    }
    static es::Result<es::Events<Event>> handle_command(const State& s, const Switch& c) {
        if (c.times == 0)
            return es::nothing;
        if (c.times == 1)
            return Switched{s.name};
        if (c.times == 2)
            return {Switched{s.name}, Switched{s.name}};
        return {Switched{s.name}, Switched{s.name}, Switched{s.name}};
    }
};

template <bool stamps>
struct Counter {
    static constexpr es::Capabilities capabilities{.stamps = stamps};
    std::size_t* events;

    es::Result<void> append_unchecked(es::StreamNameView /*stream*/,
                                      const es::Batch<Lamp::Event>& batch) {
        *events += batch.events().size();
        return {};
    }
};
} // namespace lamps

template <bool stamps>
std::size_t allocations_of_a_dispatch(int times) {
    std::size_t events = 0;
    es::Dispatcher<lamps::Lamp, lamps::Counter<stamps>> dispatcher{lamps::Counter<stamps>{&events}};
    lamps::Lamp::State state;
    const std::size_t before = allocations::made;
    auto done = dispatcher.dispatch(std::move(state), lamps::Switch{times}, "lamps-hall");
    const std::size_t after = allocations::made;
    REQUIRE(done);
    CHECK(events == static_cast<std::size_t>(times));
    CHECK(done->state.generation == es::Generation{static_cast<std::uint64_t>(times)});
    return after - before;
}

TEST_CASE("a dispatch of up to two events to a typed sink allocates nothing") {
    for (int times : {0, 1, 2}) {
        CAPTURE(times);
        CHECK(allocations_of_a_dispatch<false>(times) == 0);
        CHECK(allocations_of_a_dispatch<true>(times) == 0);
    }
}

TEST_CASE("a dispatch of more events allocates room for them and, if it stamps, for their ids") {
    CHECK(allocations_of_a_dispatch<false>(3) == 1);
    CHECK(allocations_of_a_dispatch<true>(3) == 2);
}
