// SPDX-License-Identifier: MIT
// A process: whoever was hurt, and is left alone for a day, gets back what he has lost. It begins
// when one enters, and ends when he dies. What it remembers is in the store, so that the day goes
// on while no program runs.
#ifndef COMBAT_HEALER_HPP
#define COMBAT_HEALER_HPP

#include "combat.hpp"

#include <eventsourcing/runtime/process.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace combat {

struct HealDue {};

struct Healer {
    using Event = es::EventsOf<Combat>;
    using StartedBy = EntityEntered;
    using Deadline = HealDue;
    using Reaction = es::Reaction<Combat>;

    struct State {
        std::string fight; // of the stream combat-<fight>
        std::string entity_id;
        std::uint32_t hitpoints = 0;
        std::uint32_t full_hitpoints = 0;
    };
    static std::uint32_t hurt(const State& s) { return s.full_hitpoints - s.hitpoints; }

    static std::string process_id(const auto& e) { return e.event.entity_id; }

    // What it remembers.

    static void apply_event(State& s, const es::Recorded<EntityEntered>& e) {
        s = {std::string(e.stream.id()), e.event.entity_id, e.event.hitpoints, e.event.hitpoints};
    }
    static void apply_event(State& s, const EntityAttacked& e) {
        s.hitpoints -= std::min(e.damage, s.hitpoints);
    }
    static void apply_event(State& s, const EntityHealed& e) { s.hitpoints += e.points; }
    static void apply_event(State& s, const EntityDied&) { s.hitpoints = s.full_hitpoints = 0; }

    // What it does about it.

    static Reaction react(const State&, const EntityAttacked&) {
        return {es::deadline<HealDue>(std::chrono::hours(24))}; // moves the one that is set
    }
    static Reaction react(const State& s, const EntityHealed&) {
        if (hurt(s) > 0)
            return es::nothing;
        return {es::cancel<HealDue>};
    }
    static Reaction react(const State&, const EntityDied&) { return {es::complete}; }
    static Reaction react(const State& s, const HealDue&) {
        return {es::send<Combat>(s.fight, Heal{s.entity_id, hurt(s)})};
    }
    /// Somebody was faster: the event that says so comes, too.
    static Reaction react(const State&, const es::Rejected<Heal>&) { return es::nothing; }
};

} // namespace combat

#endif
