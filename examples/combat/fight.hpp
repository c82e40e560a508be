// SPDX-License-Identifier: MIT
// A fight: rolls the dice and executes commands on the state that the events in a store make.
#ifndef COMBAT_FIGHT_HPP
#define COMBAT_FIGHT_HPP

#include "combat.hpp"
#include "report.hpp"

#include <eventsourcing/cloudevents/convert.hpp>
#include <eventsourcing/eventsourcing.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace combat {

using Fights = es::Repository<Combat, es::AnyStore>;

/// Of the stream combat-ogre.
inline constexpr std::string_view id = "ogre";

/// The same seed gives the same rolls on every machine, which standard distributions do not.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    /// From 1 to `sides`.
    std::uint32_t roll(std::uint32_t sides) {
        return static_cast<std::uint32_t>(engine_() % sides) + 1;
    }
    /// A 1 misses, a 20 hits twice as hard.
    std::uint32_t damage() {
        const auto rolled = roll(20);
        return rolled == 1 ? 0 : rolled == 20 ? 480 : 12 * rolled;
    }
    std::uint32_t healing() { return 10 * roll(20); }

private:
    std::mt19937_64 engine_;
};

class Fight {
public:
    Fight(const Fights& fights, Loaded loaded, std::uint64_t seed, Report& report)
        : fights_(fights),
          loaded_(std::move(loaded)),
          dice_(seed),
          report_(report) {}

    es::Result<void> play(std::optional<std::uint64_t> rounds) {
        for (std::uint64_t round = 1;; ++round) {
            report_.round(round);
            if (auto done = play_round(); !done)
                return done;
            if (rounds ? round == *rounds : dead())
                return end();
        }
    }
    [[nodiscard]] const State& state() const { return loaded_.state; }

private:
    /// An entity enters if there is none, is attacked, and heals now and then.
    es::Result<void> play_round() {
        if (dead())
            if (auto done = execute(Enter{next_entity(), 900}); !done)
                return done;
        if (auto done = execute(Attack{state().entity_id, dice_.damage()}); !done)
            return done;
        if (dead()) // once more, to be sure
            return execute(Attack{state().entity_id, dice_.damage()});
        if (dice_.roll(3) == 1)
            return execute(Heal{state().entity_id, dice_.healing()});
        return {};
    }

    /// Executes a command. A refusal is part of the fight; if another process was faster, the
    /// repository has decided the command again on what that one left.
    es::Result<void> execute(const Combat::Command& command) {
        auto done = fights_.execute(id, command);
        if (!done && done.error() != es::errc::rejected)
            return std::move(done).error();
        auto before = done ? before_events(*done) : fights_.load(id);
        if (!before)
            return std::move(before).error();
        if (before->revision != loaded_.revision)
            report_.overtaken(before->state);
        if (done)
            report_.accepted(command, *done);
        else
            report_.refused(command, done.error(), before->state);
        loaded_ = done ? Loaded(*std::move(done)) : *std::move(before);
        return {};
    }

    /// The state on which it was decided.
    [[nodiscard]] es::Result<Loaded> before_events(const Executed& done) const {
        const es::Revision first = done.receipt->first;
        if (first == (loaded_.revision ? loaded_.revision->plus(1) : es::Revision{}))
            return loaded_;
        return fights_.load(id, {.at = es::Revision{first.value() - 1}});
    }

    es::Result<void> end() {
        auto stream = Fights::stream(id);
        if (!stream)
            return std::move(stream).error();
        auto page = fights_.store().read_stream(*stream,
                                                {.direction = es::Direction::backward, .limit = 1});
        if (!page)
            return std::move(page).error();
        auto last = es::decode_record<Combat::Event>(page->records().front());
        if (!last)
            return std::move(last).error();
        auto event = es::to_cloud_event(*last);
        if (!event)
            return std::move(event).error();
        report_.end(state(), *event);
        return {};
    }

    [[nodiscard]] bool dead() const { return state().hitpoints == 0; }
    [[nodiscard]] std::string next_entity() const {
        return state().fallen == 0 ? "ogre" : "ogre-" + std::to_string(state().fallen + 1);
    }

    Fights fights_;
    Loaded loaded_;
    Dice dice_;
    Report& report_;
};

} // namespace combat

#endif
