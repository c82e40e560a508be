// SPDX-License-Identifier: MIT
// A read model: how many blows each fighter has taken. It is folded from the events of all fights.
#ifndef COMBAT_LEADERBOARD_HPP
#define COMBAT_LEADERBOARD_HPP

#include "combat.hpp"

#include <eventsourcing/runtime/projection.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace combat {

struct Leaderboard {
    using Event = es::EventsOf<Combat>;

    struct Fighter {
        std::uint32_t blows = 0;
        std::uint32_t damage = 0;
        std::uint32_t healed = 0;
        std::uint32_t hitpoints = 0;
        std::uint32_t full_hitpoints = 0;
    };
    struct State {
        std::map<std::string, Fighter> fighters;
        std::uint64_t events = 0;
    };

    static void apply_event(State& s, const EntityEntered& e) {
        s.fighters[e.entity_id] = {.hitpoints = e.hitpoints, .full_hitpoints = e.hitpoints};
        ++s.events;
    }
    static void apply_event(State& s, const EntityAttacked& e) {
        Fighter& f = s.fighters[e.entity_id];
        ++f.blows;
        f.damage += std::min(e.damage, f.hitpoints);
        f.hitpoints -= std::min(e.damage, f.hitpoints);
        ++s.events;
    }
    static void apply_event(State& s, const EntityHealed& e) {
        Fighter& f = s.fighters[e.entity_id];
        f.healed += e.points;
        f.hitpoints += e.points;
        ++s.events;
    }
    static void apply_event(State& s, const EntityDied& e) {
        s.fighters[e.entity_id].hitpoints = 0;
        ++s.events;
    }
};

/// A row of the board.
struct Ranked {
    std::string entity_id;
    Leaderboard::Fighter fighter;
};
/// Those who have stood most blows come first.
inline std::vector<Ranked> ranked(const Leaderboard::State& state) {
    std::vector<Ranked> rows;
    for (const auto& [entity_id, fighter] : state.fighters)
        rows.push_back({entity_id, fighter});
    std::stable_sort(rows.begin(), rows.end(), [](const Ranked& a, const Ranked& b) {
        return a.fighter.blows > b.fighter.blows;
    });
    return rows;
}

} // namespace combat

#endif
