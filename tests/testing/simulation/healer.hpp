// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_HEALER_HPP
#define TESTS_TESTING_SIMULATION_HEALER_HPP

// Whoever is hurt, and not healed within two seconds (some turns), is healed by a process with a
// deadline.
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace simulated_healer {

namespace es = eventsourcing;
using namespace std::chrono_literals;

struct Hurt {
    std::uint32_t points;
};
struct Heal {
    std::uint32_t points;
};
struct WasHurt {
    std::uint32_t points;
};
struct WasHealed {
    std::uint32_t points;
};
struct HealDue {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "fight", .source = "events://example.org/fight", .version = "1.0"};
}

struct Fighter {
    using Command = std::variant<Hurt, Heal>;
    using Event = std::variant<WasHurt, WasHealed>;
    struct State {
        std::uint32_t hurt = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const WasHurt& e) { s.hurt += e.points; }
    static void apply_event(State& s, const WasHealed& e) { s.hurt -= std::min(s.hurt, e.points); }
    static WasHurt handle_command(const State&, const Hurt& c) { return {c.points}; }
    static WasHealed handle_command(const State&, const Heal& c) { return {c.points}; }
};

struct Healer {
    using Event = es::EventsOf<Fighter>;
    using Deadline = HealDue;
    using Reaction = es::Reaction<Fighter>;
    struct State {
        std::string id;
        std::uint32_t hurt = 0;
    };
    static std::string process_id(const auto& e) { return std::string(e.stream.id()); }
    static void apply_event(State& s, const es::Recorded<WasHurt>& e) {
        s.id = std::string(e.stream.id());
        s.hurt += e.event.points;
    }
    static void apply_event(State& s, const WasHealed& e) { s.hurt -= std::min(s.hurt, e.points); }
    static Reaction react(const State&, const WasHurt&) { return {es::deadline<HealDue>(2s)}; }
    static Reaction react(const State& s, const WasHealed&) {
        if (s.hurt > 0)
            return es::nothing;
        return {es::cancel<HealDue>};
    }
    static Reaction react(const State& s, const HealDue&) {
        return {es::send<Fighter>(s.id, Heal{s.hurt})};
    }
};

/// With a grace that is longer than any commit takes, nobody is healed who was healed in time.
inline void scenario(es::Simulation& sim) {
    auto store = sim.store();
    sim.component([=](const es::Environment& e) {
        return es::ProcessManager<Healer, es::SimStore>{
            store, es::from_beginning, {.page_size = 7, .grace = 10min, .environment = e}};
    });
    sim.clients(3, [=](es::Random& random, const es::Environment& e) {
        const auto id = std::to_string(random.below(3));
        const auto points = static_cast<std::uint32_t>(random.between(1, 9));
        const auto command_id = e.new_id();
        const es::Repository<Fighter, es::SimStore> fighters{store};
        if (random.chance(0.3))
            static_cast<void>(fighters.execute(id, Hurt{points}, {.command_id = command_id}));
        else if (random.chance(0.3))
            static_cast<void>(fighters.execute(id, Heal{100}, {.command_id = command_id}));
    });
    sim.finally("everybody is healed", [=] {
        const es::Repository<Fighter, es::MemoryStore> fighters{store.inside()};
        for (const char* id : {"0", "1", "2"})
            if (const auto fighter = fighters.load(id); fighter && fighter->state.hurt != 0)
                return false;
        return true;
    });
}

} // namespace simulated_healer

#endif
