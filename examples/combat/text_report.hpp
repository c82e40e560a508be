// SPDX-License-Identifier: MIT
// A fight as a table, with colours on a terminal.
#ifndef COMBAT_TEXT_REPORT_HPP
#define COMBAT_TEXT_REPORT_HPP

#include "board_text.hpp"
#include "report.hpp"
#include "style.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace combat {

// ---- Commands and events in words --------------------------------------------------------------

inline std::string words(const char* what, const std::string& entity_id, std::uint32_t number) {
    return std::string(what) + " " + entity_id + " " + std::to_string(number);
}
inline std::string words(const Enter& c) {
    return words("Enter", c.entity_id, c.hitpoints);
}
inline std::string words(const Attack& c) {
    return words("Attack", c.entity_id, c.damage);
}
inline std::string words(const Heal& c) {
    return words("Heal", c.entity_id, c.points);
}
inline std::string words(const EntityEntered& e) {
    return "EntityEntered " + std::to_string(e.hitpoints);
}
inline std::string words(const EntityAttacked& e) {
    return "EntityAttacked " + std::to_string(e.damage);
}
inline std::string words(const EntityHealed& e) {
    return "EntityHealed " + std::to_string(e.points);
}
inline std::string words(const EntityDied&) {
    return "EntityDied";
}
template <class... Ts>
std::string words(const std::variant<Ts...>& any) {
    return std::visit([](const auto& one) { return words(one); }, any);
}

// ---- The table ---------------------------------------------------------------------------------

class TextReport final : public Report {
public:
    /// `goes_on` says whether another run can go on with the fight.
    explicit TextReport(bool goes_on) : goes_on_(goes_on) {}

    void begin(const es::StreamName& stream, std::string_view store, std::uint64_t seed,
               const State& state) override {
        std::cout << "Stream " << stream.str() << " in " << store << ", seed " << seed << "\n"
                  << so_far(state) << "\n\n"
                  << style_.in(bold, "Round  " + padded("Command", command_width) +
                                         padded("Event", event_width) +
                                         (wide_ ? "Revision  Generation  " : " ") + "Hit points")
                  << "\n";
    }
    void round(std::uint64_t number) override { round_ = std::to_string(number); }
    void accepted(const Combat::Command& command, const Executed& done) override {
        std::string asked = words(command);
        for (std::size_t i = 0; i < done.events().size(); ++i) {
            const bool last = i + 1 == done.events().size();
            row(std::exchange(asked, ""),
                style_.in(colour_of(done.events()[i]),
                          padded(words(done.events()[i]), event_width)),
                numbers(right(done.receipt->first.plus(i).value(), 8), generation_of(done, i)) +
                    (last ? hitpoints(done.state) : ""));
        }
    }
    void refused(const Combat::Command& command, const es::Error& why, const State&) override {
        row(words(command), style_.in(yellow, wide_ ? "refused: " + why.message() : "refused"), "");
        if (!wide_)
            std::cout << padded("", 7) << style_.in(yellow, why.message()) << "\n";
    }
    void overtaken(const State& state) override {
        row("", style_.in(yellow, "another process was faster"), "");
        row("", padded("", event_width),
            numbers(std::string(8, ' '), state.generation) + hitpoints(state));
    }
    void end(const State& state, const es::CloudEvent& last_event) override {
        const bool dead = state.hitpoints == 0;
        std::cout << "\nThe " << state.entity_id << (dead ? " is dead." : " still stands.");
        if (goes_on_)
            std::cout << " Run combat again: the "
                      << (dead ? "next one enters." : "fight goes on.");
        std::cout << "\n\nThe last event as a CloudEvent:\n"
                  << nlohmann::ordered_json::parse(es::encode_cloud_event(last_event)).dump(2)
                  << "\n";
    }
    void board(const Leaderboard::State& board, const State& state,
               std::uint32_t healing) override {
        std::cout << "\nThe leaderboard:\n" << board_text(board, style_);
        if (goes_on_ && healing > 0)
            std::cout << "\nThe healer gives the " << state.entity_id << " " << healing
                      << " hit points back in a day,\nunless somebody heals it before.\n";
    }

private:
    static constexpr std::size_t command_width = 19;
    static constexpr std::size_t event_width = 18;

    static std::string_view colour_of(const Combat::Event& event) {
        if (std::holds_alternative<EntityDied>(event))
            return red;
        return std::holds_alternative<EntityHealed>(event) ? green : "";
    }

    /// Those for which there is room.
    [[nodiscard]] std::string numbers(const std::string& revision,
                                      es::Generation generation) const {
        return wide_ ? revision + "  " + right(generation.value(), 10) + "  " : " ";
    }

    static std::string so_far(const State& state) {
        if (state.generation == es::Generation{})
            return "A new fight: there are no events yet";
        const auto events = state.generation.value();
        return "The fight goes on after " + std::to_string(events) +
               (events == 1 ? " event" : " events") + ": the " + state.entity_id +
               (state.hitpoints == 0 ? " is dead"
                                     : " has " + std::to_string(state.hitpoints) + " of " +
                                           std::to_string(state.full_hitpoints) + " hit points");
    }

    [[nodiscard]] std::string hitpoints(const State& state) const {
        return right(state.hitpoints, 3) + " " +
               style_.bar(state.hitpoints, state.full_hitpoints, 10);
    }

    void row(const std::string& command, const std::string& event, const std::string& numbers) {
        std::cout << std::setw(5) << std::exchange(round_, "") << "  "
                  << padded(command, command_width) << event << numbers << "\n";
    }

    bool goes_on_;
    Style style_ = style_of_output();
    bool wide_ = style_.columns >= 80;
    std::string round_;
};

/// The board, drawn over itself on a terminal.
class LiveText {
public:
    explicit LiveText(std::string store) : store_(std::move(store)) {}

    void show(const Leaderboard::State& state) {
        const Style style = style_of_output(); // the terminal may have another width now
        const std::string text = board_text(state, style);
        if (!style.terminal)
            std::cout << "\n";
        else if (lines_ == 0)
            std::cout << "The fights in " << store_ << "; Ctrl-C ends\n\n";
        else
            std::cout << "\x1b[" << lines_ << "A\x1b[J";
        std::cout << text;
        lines_ = std::count(text.begin(), text.end(), '\n');
    }

private:
    std::string store_;
    std::ptrdiff_t lines_ = 0;
};

} // namespace combat

#endif
