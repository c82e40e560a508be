// SPDX-License-Identifier: MIT
// The leaderboard as a table.
#ifndef COMBAT_BOARD_TEXT_HPP
#define COMBAT_BOARD_TEXT_HPP

#include "leaderboard.hpp"
#include "style.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace combat {

/// The best ten, in lines of at most 60 columns, or more if there is room for longer bars.
inline std::string board_text(const Leaderboard::State& state, const Style& style) {
    constexpr std::size_t most_rows = 10;
    const std::size_t bar = style.columns < 80 ? 10 : std::min<std::size_t>(style.columns - 60, 40);
    const std::vector<Ranked> rows = ranked(state);
    if (rows.empty())
        return "Nobody has fought yet.\n";

    std::string text = style.in(bold, "Rank  Fighter     Blows  Damage  Healed  Hit points") + "\n";
    for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
        const auto& [entity_id, fighter] = rows[i];
        text += right(i + 1, 4) + "  " + padded(entity_id, 10) + right(fighter.blows, 7) +
                right(fighter.damage, 8) + right(fighter.healed, 8) + "  " +
                right(fighter.hitpoints, 3) + " " +
                style.bar(fighter.hitpoints, fighter.full_hitpoints, bar) + "\n";
    }
    if (rows.size() > most_rows)
        text += right(rows.size() - most_rows, 4) + "  more\n";
    return text;
}

} // namespace combat

#endif
