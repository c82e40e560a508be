// SPDX-License-Identifier: MIT
// A fight as a table, with colours on a terminal.
#ifndef COMBAT_TEXT_REPORT_HPP
#define COMBAT_TEXT_REPORT_HPP

#include "report.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace combat {

/// Whether standard output is a terminal whose user wants colours (https://no-color.org).
inline bool wants_colours() {
    const auto variable = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string_view(value ? value : "");
    };
    return isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

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
                  << in(bold, "Round  " + padded("Command", command_width) +
                                  padded("Event", event_width) + "Revision  Generation  Hit points")
                  << "\n";
    }
    void round(std::uint64_t number) override { round_ = std::to_string(number); }
    void accepted(const Combat::Command& command, const Executed& done) override {
        std::string asked = words(command);
        for (std::size_t i = 0; i < done.events().size(); ++i) {
            const bool last = i + 1 == done.events().size();
            row(std::exchange(asked, ""),
                in(colour_of(done.events()[i]), padded(words(done.events()[i]), event_width)),
                right(done.receipt->first.plus(i).value(), 8) + "  " +
                    right(generation_of(done, i).value(), 10) +
                    (last ? "  " + hitpoints(done.state) : ""));
        }
    }
    void refused(const Combat::Command& command, const es::Error& why, const State&) override {
        row(words(command), in(yellow, "refused: " + why.message()), "");
    }
    void overtaken(const State& state) override {
        row("", in(yellow, "another process was faster; its events are in now"), "");
        row("", padded("", event_width),
            right(state.generation.value(), 20) + "  " + hitpoints(state));
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

private:
    static constexpr std::size_t command_width = 19;
    static constexpr std::size_t event_width = 18;
    static constexpr std::string_view bold = "1";
    static constexpr std::string_view red = "31";
    static constexpr std::string_view green = "32";
    static constexpr std::string_view yellow = "33";

    static std::string_view colour_of(const Combat::Event& event) {
        if (std::holds_alternative<EntityDied>(event))
            return red;
        return std::holds_alternative<EntityHealed>(event) ? green : "";
    }
    [[nodiscard]] std::string in(std::string_view colour, const std::string& text) const {
        if (!colours_ || colour.empty())
            return text;
        return "\x1b[" + std::string(colour) + "m" + text + "\x1b[0m";
    }

    static std::string padded(std::string text, std::size_t width) {
        text.resize(text.size() <= width ? width : text.size() + 1, ' ');
        return text;
    }
    static std::string right(std::uint64_t number, int width) {
        std::ostringstream out;
        out << std::setw(width) << number;
        return out.str();
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
        constexpr std::uint64_t width = 10;
        const std::uint64_t full = state.full_hitpoints == 0 ? 1 : state.full_hitpoints;
        // the last piece goes with the last hit point
        const std::uint64_t left = (state.hitpoints * width + full - 1) / full;
        const auto bar = static_cast<std::size_t>(left < width ? left : width);
        return right(state.hitpoints, 3) + " " +
               in(left > width / 2   ? green
                  : left > width / 4 ? yellow
                                     : red,
                  std::string(bar, '#')) +
               std::string(width - bar, '.');
    }

    void row(const std::string& command, const std::string& event, const std::string& numbers) {
        std::cout << std::setw(5) << std::exchange(round_, "") << "  "
                  << padded(command, command_width) << event << numbers << "\n";
    }

    bool goes_on_;
    bool colours_ = wants_colours();
    std::string round_;
};

} // namespace combat

#endif
