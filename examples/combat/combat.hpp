// SPDX-License-Identifier: MIT
// The whole domain, from top to bottom: commands, events, reasons to refuse a command, the state,
// and the two functions that connect them. It needs no store and no I/O.
#ifndef COMBAT_COMBAT_HPP
#define COMBAT_COMBAT_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace es = eventsourcing;

namespace combat {

// ---- Commands: requests ------------------------------------------------------------------------

struct Enter {
    std::string entity_id;
    std::uint32_t hitpoints;
};
struct Attack {
    std::string entity_id;
    std::uint32_t damage;
};
struct Heal {
    std::string entity_id;
    std::uint32_t points;
};

// ---- Events: what can happen. These names and members are stored. ------------------------------

struct EntityEntered {
    std::string entity_id;
    std::uint32_t hitpoints;
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

consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}

// ---- Refusals: reasons to refuse a command -----------------------------------------------------

enum class Refusal {
    no_such_entity,
    still_standing,
    already_dead,
    no_hitpoints,
    no_damage,
    nothing_to_heal,
    too_much_healing,
};

// ---- State: the result of all events -----------------------------------------------------------

/// One entity is in combat at a time; when it is dead, another may enter.
struct State {
    std::string entity_id;
    std::uint32_t hitpoints = 0;
    std::uint32_t full_hitpoints = 0;
    std::uint32_t fallen = 0; // how many have died here
    es::Generation generation{};
};

// ---- Aggregate: two pure functions -------------------------------------------------------------

struct Combat {
    using Command = std::variant<Enter, Attack, Heal>;
    using Event = std::variant<EntityEntered, EntityAttacked, EntityHealed, EntityDied>;
    using State = combat::State;

    // What an event changes. It has happened, so it can't be refused here.

    static void apply_event(State& s, const EntityEntered& e) {
        s.entity_id = e.entity_id;
        s.hitpoints = s.full_hitpoints = e.hitpoints;
    }
    static void apply_event(State& s, const EntityAttacked& e) {
        s.hitpoints -= e.damage < s.hitpoints ? e.damage : s.hitpoints;
    }
    static void apply_event(State& s, const EntityHealed& e) { s.hitpoints += e.points; }
    static void apply_event(State& s, const EntityDied&) {
        s.hitpoints = 0;
        ++s.fallen;
    }

    // Which events a command emits, or why it is refused.

    static es::Result<EntityEntered> handle_command(const State& s, const Enter& c) {
        if (s.hitpoints > 0)
            return es::reject(Refusal::still_standing, s.entity_id);
        if (c.hitpoints == 0)
            return es::reject(Refusal::no_hitpoints, c.entity_id);
        return EntityEntered{c.entity_id, c.hitpoints};
    }

    static es::Result<es::Events<Event>> handle_command(const State& s, const Attack& c) {
        if (auto alive = standing(s, c.entity_id); !alive)
            return alive.error();
        if (c.damage == 0)
            return es::reject(Refusal::no_damage, "the blow misses the {}", s.entity_id);
        const EntityAttacked attacked{c.entity_id, c.damage};
        if (c.damage < s.hitpoints)
            return attacked;
        return {attacked, EntityDied{c.entity_id}};
    }

    static es::Result<EntityHealed> handle_command(const State& s, const Heal& c) {
        if (auto alive = standing(s, c.entity_id); !alive)
            return alive.error();
        if (c.points == 0 || s.hitpoints == s.full_hitpoints)
            return es::reject(Refusal::nothing_to_heal, s.entity_id);
        if (const auto missing = s.full_hitpoints - s.hitpoints; c.points > missing)
            return es::reject(Refusal::too_much_healing, "the {} lacks {} hit points, not {}",
                              s.entity_id, missing, c.points);
        return EntityHealed{c.entity_id, c.points};
    }

private:
    static es::Result<void> standing(const State& s, const std::string& entity_id) {
        if (entity_id != s.entity_id)
            return es::reject(Refusal::no_such_entity, entity_id);
        if (s.hitpoints == 0)
            return es::reject(Refusal::already_dead, entity_id);
        return {};
    }
};

} // namespace combat

#endif
