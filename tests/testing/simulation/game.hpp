// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_GAME_HPP
#define TESTS_TESTING_SIMULATION_GAME_HPP

// Players score points: a leaderboard with one State, a row for each player, events that can't be
// applied, and a second store that is fed by a relay.
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace simulated_game {

namespace es = eventsourcing;

struct Score {
    std::string winner, loser;
    std::int64_t points;
};
struct Scored {
    std::string winner, loser;
    std::int64_t points;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "game", .source = "events://example.org/game", .version = "1.0"};
}
struct Game {
    using Command = Score;
    using Event = Scored;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Scored&) {}
    static Scored handle_command(const State&, const Score& c) {
        return {c.winner, c.loser, c.points};
    }
};

/// Which no read model can apply.
inline constexpr std::int64_t unlucky = 13;

struct Leaderboard {
    using Event = Scored;
    struct State {
        std::map<std::string, std::int64_t> points;
        std::uint64_t games = 0;
    };
    static es::Result<void> apply_event(State& s, const Scored& e) {
        ++s.games; // also of one that fails: it must be taken back
        if (e.points == unlucky)
            return es::reject("unlucky");
        s.points[e.winner] += e.points;
        return {};
    }
};
struct Player {
    using Event = Scored;
    struct State {
        std::int64_t points = 0;
        std::uint64_t games = 0;
    };
    static std::vector<std::string> key(const auto& e) {
        if (e.event.points == unlucky)
            return {e.event.winner};
        return {e.event.winner, e.event.loser};
    }
    static es::Result<es::RowChange> apply_event(State& s, const Scored& e) {
        ++s.games;
        s.points += e.points;
        if (e.points == unlucky)
            return es::reject("unlucky");
        return s.games < 5 ? es::keep_row : es::drop_row;
    }
};

inline void scenario(es::Simulation& sim) {
    auto store = sim.store();
    auto mirror = sim.store();
    sim.component([=](const es::Environment& e) {
        return es::Subscription<Leaderboard, es::SimStore>{
            store, {.on_failure = es::OnFailure::park, .page_size = 5}, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Subscription<Player, es::SimStore>{
            store, {.on_failure = es::OnFailure::park, .page_size = 4}, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Relay<es::SimStore, es::SimStore>{
            store, mirror, {.name = "mirror", .page_size = 6}, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Subscription<Leaderboard, es::SimStore>{
            mirror,
            {.on_failure = es::OnFailure::skip, .page_size = 3, .commit_every = {.events = 20}},
            e};
    });
    sim.clients(4, [=](es::Random& random, const es::Environment& e) {
        const auto game = std::to_string(random.below(5));
        const auto winner = std::to_string(random.below(9));
        const auto loser = std::to_string(random.below(9));
        const auto points = random.between(1, 60);
        const es::Repository<Game, es::SimStore> games{store};
        static_cast<void>(
            games.execute(game, Score{winner, loser, points}, {.command_id = e.new_id()}));
    });
}

} // namespace simulated_game

#endif
