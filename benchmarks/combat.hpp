// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_COMBAT_HPP
#define EVENTSOURCING_BENCHMARKS_COMBAT_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

/// The domain of all benchmarks. Commands and events are shared by both sides of a comparison; what
/// the library's side needs of them is in `Combat`, its hand-written twin in `by_hand.hpp`.
namespace combat {

namespace es = eventsourcing;

struct Attack {
    std::string entity_id;
    std::uint32_t damage;
};
struct Heal {
    std::string entity_id;
    std::uint32_t points;
};
/// Two blows at once: the command that emits two events.
struct Flurry {
    std::string entity_id;
    std::uint32_t damage;
};

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage;
};
struct EntityHealed {
    std::string entity_id;
    std::uint32_t points;
};
struct EntityDied {
    std::string entity_id;
};

consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}

using Command = std::variant<Attack, Heal, Flurry>;
using Event = std::variant<EntityAttacked, EntityHealed, EntityDied>;

/// So many that no benchmark kills it.
inline constexpr std::uint32_t hitpoints_at_first = 4'000'000'000;
/// An id as applications have them, longer than the buffer inside a std::string: the one allocation
/// of each event. And one that needs none.
inline constexpr std::string_view long_id = "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f";
inline constexpr std::string_view short_id = "ogre";

enum class Refusal : std::uint8_t { already_dead };

/// The domain by the library's rules, its state changed by value.
struct Combat {
    using Command = combat::Command;
    using Event = combat::Event;
    struct State {
        std::string entity_id;
        std::uint32_t hitpoints = hitpoints_at_first;
        es::Generation generation{};
    };

    static State apply_event(State s, const EntityAttacked& e) {
        s.hitpoints -= e.damage;
        return s;
    }
    static State apply_event(State s, const EntityHealed& e) {
        s.hitpoints += e.points;
        return s;
    }
    static State apply_event(State s, const EntityDied& /*e*/) {
        s.hitpoints = 0;
        return s;
    }

    static es::Result<es::Events<Event>> handle_command(const State& s, const Attack& c) {
        if (s.hitpoints == 0)
            return es::reject(Refusal::already_dead, s.entity_id);
        if (c.damage >= s.hitpoints)
            return {EntityAttacked{c.entity_id, c.damage}, EntityDied{c.entity_id}};
        return EntityAttacked{c.entity_id, c.damage};
    }
    static es::Result<es::Events<Event>> handle_command(const State& s, const Heal& c) {
        if (s.hitpoints == 0)
            return es::reject(Refusal::already_dead, s.entity_id);
        return EntityHealed{c.entity_id, c.points};
    }
    static es::Result<es::Events<Event>> handle_command(const State& s, const Flurry& c) {
        if (s.hitpoints == 0)
            return es::reject(Refusal::already_dead, s.entity_id);
        return {EntityAttacked{c.entity_id, c.damage}, EntityAttacked{c.entity_id, c.damage}};
    }
};

/// The same, its state changed in place.
struct CombatInPlace : Combat {
    static void apply_event(State& s, const EntityAttacked& e) { s.hitpoints -= e.damage; }
    static void apply_event(State& s, const EntityHealed& e) { s.hitpoints += e.points; }
    static void apply_event(State& s, const EntityDied& /*e*/) { s.hitpoints = 0; }
};

} // namespace combat

#endif
