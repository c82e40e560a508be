// SPDX-License-Identifier: MIT
// A fight as JSON, one object a line, each with the generation of the state.
#ifndef COMBAT_JSON_REPORT_HPP
#define COMBAT_JSON_REPORT_HPP

#include "leaderboard.hpp"
#include "report.hpp"

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace combat {

// The lines. The library writes them as it writes events: a struct as an object of its members, a
// variant as an object with one member, an enumerator by its name.

struct BeginLine {
    std::string store;
    std::string stream;
    std::uint64_t seed;
    State state;
    es::Generation generation;
};
struct StoredEvent {
    es::Revision revision;
    es::Generation generation;
    Combat::Event event;
};
struct RefusedBecause {
    Refusal reason;
    std::string message;
};
struct CommandLine {
    std::uint64_t round;
    Combat::Command command;
    std::vector<StoredEvent> events;
    std::optional<RefusedBecause> refused;
    State state;
    es::Generation generation;
};
struct BoardLine {
    std::vector<Ranked> board;
    es::Generation generation;
};
struct FollowedLine {
    std::vector<Ranked> board;
    std::uint64_t events;
};
struct OvertakenLine {
    bool overtaken;
    State state;
    es::Generation generation;
};

class JsonReport final : public Report {
public:
    void begin(const es::StreamName& stream, std::string_view store, std::uint64_t seed,
               const State& state) override {
        print(BeginLine{std::string(store), stream.str(), seed, state, state.generation});
    }
    void round(std::uint64_t number) override { round_ = number; }
    void accepted(const Combat::Command& command, const Executed& done) override {
        std::vector<StoredEvent> events;
        for (std::size_t i = 0; i < done.events().size(); ++i)
            events.push_back(
                {done.receipt->first.plus(i), generation_of(done, i), done.events()[i]});
        print(CommandLine{round_, command, std::move(events), std::nullopt, done.state,
                          done.state.generation});
    }
    void refused(const Combat::Command& command, const es::Error& why,
                 const State& state) override {
        print(CommandLine{round_,
                          command,
                          {},
                          RefusedBecause{static_cast<Refusal>(why.code().value()), why.message()},
                          state,
                          state.generation});
    }
    void overtaken(const State& state) override {
        print(OvertakenLine{true, state, state.generation});
    }
    void end(const State& state, const es::CloudEvent& last_event) override {
        std::cout << R"({"cloud_event":)" << es::encode_cloud_event(last_event)
                  << R"(,"generation":)" << state.generation.value() << "}\n";
    }
    void board(const Leaderboard::State& board, const State& state,
               std::uint32_t /*healing*/) override {
        print(BoardLine{ranked(board), state.generation});
    }
    static void followed(const Leaderboard::State& board) {
        print(FollowedLine{ranked(board), board.events});
    }

private:
    template <class Line>
    static void print(const Line& line) {
        if (const auto text = es::encode_json(line))
            std::cout << *text << '\n';
        else
            std::cout.setstate(std::ios::failbit);
    }

    std::uint64_t round_ = 0;
};

} // namespace combat

#endif
