// SPDX-License-Identifier: MIT
// Plays a fight and shows the leaderboard, or follows the fights that others play.
#include "board_text.hpp"
#include "combat.hpp"
#include "fight.hpp"
#include "following.hpp"
#include "json_report.hpp"
#include "options.hpp"
#include "stop_at_signal.hpp"
#include "text_report.hpp"

#if defined(COMBAT_WITH_EVENTSTOREDB)
#    include <eventsourcing/engines/eventstoredb.hpp>
#endif
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/url/open_store.hpp>
#include <eventsourcing/url/without_credentials.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <utility>

namespace combat {
namespace {

int fail(int code, const std::string& why) {
    std::cerr << "combat: " << why << "\n";
    return code;
}

es::Result<es::AnyStore> open_store(const std::string& url) {
#if defined(COMBAT_WITH_EVENTSTOREDB)
    return es::open_store<es::MemoryStore, es::SqliteStore, es::EventStoreDb>(url);
#else
    return es::open_store<es::MemoryStore, es::SqliteStore>(url);
#endif
}

/// Shows the board, and what the healer means to do for the one who stands.
es::Result<void> show_board(Board& board, Healers& healers, const State& state, Report& report) {
    if (auto done = catch_up(board); !done)
        return done;
    if (auto done = catch_up(healers); !done)
        return done;
    auto healer = healers.state(state.entity_id);
    if (!healer)
        return std::move(healer).error();
    board.view([&](const Leaderboard::State& s) {
        report.board(s, state, *healer ? Healer::hurt(**healer) : 0);
    });
    return {};
}

int play(const Options& options, const Fights& fights, Board& board, Healers& healers) {
    if (auto healed = catch_up(healers); !healed) // whoever was left alone for a day
        return fail(1, healed.error().message());
    auto loaded = fights.load(id);
    if (!loaded)
        return fail(1, loaded.error().message());

    std::unique_ptr<Report> report;
    if (options.json)
        report = std::make_unique<JsonReport>();
    else
        report = std::make_unique<TextReport>(fights.store().actual_capabilities().durable);
    const auto seed = options.seed ? *options.seed : std::random_device{}();
    report->begin(Fights::stream(id).value(), es::without_credentials(options.store), seed,
                  loaded->state);

    Fight fight(fights, *std::move(loaded), seed, *report);
    if (auto done = fight.play(options.rounds); !done)
        return fail(1, done.error().message());
    if (auto done = show_board(board, healers, fight.state(), *report); !done)
        return fail(1, done.error().message());
    if (!std::cout.flush())
        return fail(1, "the output could not be written");
    return 0;
}

/// Shows the board whenever it changes, and lets the healer do his work, until a signal.
int follow(const Options& options, Board& board, Healers& healers, std::stop_source stop) {
    LiveText text(es::without_credentials(options.store));
    LiveBoard live(
        board,
        [&](const Leaderboard::State& state) {
            options.json ? JsonReport::followed(state) : text.show(state);
            if (!std::cout.flush())
                stop.request_stop();
        },
        stop);
    es::run(stop.get_token(), live, healers);
    if (board.status().state == es::SubscriptionState::stopped)
        return fail(1, failure_of(board).message());
    if (healers.status().state == es::SubscriptionState::stopped)
        return fail(1, failure_of(healers).message());
    return std::cout ? 0 : fail(1, "the output could not be written");
}

int run(const Options& options) {
    std::optional<StopAtSignal> signals;
    if (options.follow)
        signals.emplace(); // before the store has threads
    const auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    const Fights fights{*store, {.cache = 1, .attempts = 100}};
    if (auto readable = fights.load(id); !readable)
        return fail(exit_bad_input,
                    es::without_credentials(options.store) + ": " + readable.error().message());
    if (options.follow && !store->actual_capabilities().durable)
        return fail(exit_bad_input, "--follow: nobody else fights in " + options.store);
    const auto beside = progress_of(*store, options.store);
    if (!beside)
        return fail(1, beside.error().message());
    Board board{*store, *beside};
    Healers healers{*store, *beside, es::from_beginning};
    return options.follow ? follow(options, board, healers, signals->source())
                          : play(options, fights, board, healers);
}

} // namespace
} // namespace combat

int main(int argc, char** argv) {
    combat::Options options;
    if (const auto exit_code = combat::read_options(argc, argv, options))
        return *exit_code;
    return combat::run(options);
}
