// SPDX-License-Identifier: MIT
// Who follows the fights: the leaderboard and the healer, in any number of programs at once.
#ifndef COMBAT_FOLLOWING_HPP
#define COMBAT_FOLLOWING_HPP

#include "healer.hpp"
#include "leaderboard.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace combat {

/// A store, and one that keeps how far its followers have come: itself, or a SQLite file beside an
/// EventStoreDB, which keeps no progress.
using Board = es::Subscription<Leaderboard, es::AnyStore, es::AnyStore>;
using Healers = es::ProcessManager<Healer, es::AnyStore, es::NoHandler, es::AnyStore>;

/// The file of a server and of no other, since a position is one of its server:
/// `combat.localhost_2113.progress.db`.
inline std::string progress_file(const std::string& url) {
    const auto slashes = url.find("//");
    std::string server = url.substr(slashes == url.npos ? 0 : slashes + 2);
    server.erase(0, server.rfind('@') + 1);
    server = server.substr(0, server.find_first_of("/?"));
    if (server.find(':') == server.npos)
        server += ":2113";
    const std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    for (char& c : server)
        if (plain.find(c) == plain.npos)
            c = '_';
    return "combat." + server + ".progress.db";
}
inline es::Result<es::AnyStore> progress_of(const es::AnyStore& store, const std::string& url) {
    if (es::verbs_of(store).progress)
        return store;
    auto beside = es::SqliteStore::open(progress_file(url));
    if (!beside)
        return std::move(beside).error();
    return es::AnyStore(*std::move(beside));
}

/// Why a follower does not go on.
template <class Follower>
es::Error failure_of(const Follower& follower) {
    const auto failure = follower.status().failure;
    return {es::errc::unavailable,
            follower.name() + ": " + (failure ? failure->message : std::string("has stopped"))};
}

/// Steps a follower until it has handled all that there is. What fails is tried some times again.
template <class Follower>
es::Result<void> catch_up(Follower& follower) {
    for (int waits = 0;;) {
        const es::Step step = follower.step();
        if (step.kind == es::Step::Kind::idle)
            return {};
        if (step.kind == es::Step::Kind::worked)
            continue;
        if (step.kind == es::Step::Kind::stopped || ++waits == 10)
            return failure_of(follower);
        const es::Environment environment = follower.environment();
        if (step.next)
            environment.sleep(*step.next - environment.steady_now());
    }
}

/// A board that is shown whenever it has changed, for `es::run`.
template <class Show>
class LiveBoard {
public:
    /// `give_up` ends the program if the board can't go on.
    LiveBoard(Board& board, Show show, std::stop_source give_up)
        : board_(board),
          show_(std::move(show)),
          give_up_(std::move(give_up)) {}

    es::Step step(const std::stop_token& stop) {
        const es::Step done = board_.step(stop);
        board_.view([this](const Leaderboard::State& state) {
            if (shown_ != state.events) // also after another program has moved it
                show_(state);
            shown_ = state.events;
        });
        if (done.kind == es::Step::Kind::stopped)
            give_up_.request_stop();
        return done;
    }
    [[nodiscard]] es::Result<bool> wait_for_append(const es::CallOptions& call) const {
        return board_.wait_for_append(call);
    }
    [[nodiscard]] std::optional<es::Uuid> store_id() const { return board_.store_id(); }
    [[nodiscard]] es::Environment environment() const { return board_.environment(); }
    void driven(int more) { board_.driven(more); }

private:
    Board& board_;
    Show show_;
    std::stop_source give_up_;
    std::optional<std::uint64_t> shown_{};
};

} // namespace combat

#endif
