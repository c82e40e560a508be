// SPDX-License-Identifier: MIT
// Read models: a leaderboard that is folded from the games of all tables, and a row for each
// player. What they show is stored together with how far they have come, so that a restart goes on
// from there.
//
// Prints:
//   the board: ann 1, bob 2
//   bob has won 2 games, the last against cid
//   a new program begins with: ann 1, bob 2
//   and after one more game: ann 2, bob 2
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include <iostream>
#include <map>
#include <string>
#include <thread>

namespace es = eventsourcing;

namespace chess {

struct Play {
    std::string winner, loser;
};
struct GameWon {
    std::string winner, loser;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "chess", .source = "events://example.org/chess"};
}

struct Table { // its streams are named table-<id>
    using Command = Play;
    using Event = GameWon;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const GameWon&) {}
    static GameWon handle_command(const State&, const Play& c) { return {c.winner, c.loser}; }
};

struct Leaderboard { // one State for all events
    using Event = es::EventsOf<Table>;
    struct State {
        std::map<std::string, int> won;
    };
    static void apply_event(State& s, const GameWon& e) { ++s.won[e.winner]; }
};
struct Player { // a State for each key
    using Event = es::EventsOf<Table>;
    struct State {
        int won = 0;
        std::string last;
    };
    static std::string key(const auto& e) { return e.event.winner; }
    static void apply_event(State& s, const GameWon& e) { s = {s.won + 1, e.loser}; }
};

} // namespace chess

int main() {
    using namespace chess;
    const auto show = [](const char* what, const Leaderboard::State& s) {
        std::cout << what << ": ann " << s.won.at("ann") << ", bob " << s.won.at("bob") << "\n";
    };
    const es::MemoryStore store; // with es::SqliteStore it survives the program
    const es::Repository<Table, es::MemoryStore> tables{store};
    {
        es::Subscription<Leaderboard, es::MemoryStore> board{store};
        es::Subscription<Player, es::MemoryStore> players{store};
        const std::jthread following = es::follow(board, players); // keeps them up to date
        for (const char* loser : {"ann", "cid"})
            if (!tables.execute("1", Play{"bob", loser}))
                return 1;
        const auto last = tables.execute("2", Play{"ann", "bob"});
        if (!last || !board.wait_for(*last->receipt) || !players.wait_for(*last->receipt))
            return 1; // now they show this game
        show("the board", board.load().value());
        const auto bob = players.get("bob").value().value();
        std::cout << "bob has won " << bob.won << " games, the last against " << bob.last << "\n";
    }
    es::Subscription<Leaderboard, es::MemoryStore> board{store};
    show("a new program begins with", board.load().value());
    if (!tables.execute("2", Play{"ann", "cid"}) || board.step().events != 1) // without a thread
        return 1;
    board.view([&](const Leaderboard::State& s) { show("and after one more game", s); });
}
