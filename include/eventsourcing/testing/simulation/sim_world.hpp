// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_WORLD_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_WORLD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/core/uuid7.hpp>
#include <eventsourcing/testing/simulation/faults.hpp>
#include <eventsourcing/testing/simulation/sim_actor.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>
#include <eventsourcing/testing/time_watchers.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The one world of a run: its clock, its chance, who takes part, and what goes wrong.
class SimWorld {
public:
    using Steady = std::chrono::steady_clock::time_point;
    /// By which a clock differs from the right one.
    static constexpr std::chrono::milliseconds most_skew{500};

    SimWorld(std::uint64_t seed, const SimulationFaults& likely, SimFaultPlaces only)
        : random(seed),
          faults(seed, std::move(only)),
          rates(likely),
          seed_(seed),
          ids_(seed ^ 0x1D5U) {}

    Random random;
    FaultPlan faults;
    SimulationFaults rates;
    std::vector<std::unique_ptr<SimActor>> actors;
    /// Those who are in a turn, the one whose code runs last.
    std::vector<SimActor*> running;
    /// Nothing can be written for so many turns.
    std::size_t disk_is_full_for = 0;
    /// Whether what happens is kept as text, too.
    bool keeps_log = false;

    [[nodiscard]] Timestamp now() const {
        return time_ + (running.empty() ? std::chrono::nanoseconds(0) : running.back()->skew);
    }
    [[nodiscard]] Steady steady_now() const { return steady_; }
    void advance(std::chrono::nanoseconds by) {
        if (by <= std::chrono::nanoseconds(0))
            return;
        time_ += by;
        steady_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(by);
        watchers.tell();
    }
    /// The time of day alone.
    void jump(std::chrono::nanoseconds by) {
        time_ += by;
        jumped_ = true;
    }
    /// How long after an event was recorded it was stored at most, and told to those whose clocks
    /// differ; nothing if clocks have jumped, too.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> latest_commit() const {
        if (jumped_)
            return std::nullopt;
        return longest_turn_ + 2 * most_skew;
    }
    /// Of whoever runs: others go on meanwhile.
    void sleep(std::chrono::nanoseconds duration) {
        advance(duration);
        if (running.empty() || running.back()->dead)
            return;
        ++running.back()->calls;
        if (interrupted("during ", "a sleep"))
            others_take_turns();
    }
    Uuid new_id() {
        const std::uint64_t bits = ids_.next();
        return make_uuid7(clock_.next(now()), bits);
    }
    TimeWatchers watchers;
    /// What somebody threw in a turn; the run has failed then.
    std::string fault;

    /// Adds what happens to a digest of the run.
    void note(std::string_view what) {
        for (const char c : what)
            trace_ = (trace_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
        trace_ = (trace_ ^ 0xFFU) * 0x100000001B3U;
        if (!keeps_log)
            return;
        log_.emplace_back(what);
        if (log_.size() > most_logged)
            log_.erase(log_.begin(), log_.begin() + most_logged / 2);
    }
    [[nodiscard]] std::uint64_t trace() const { return trace_; }
    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

    /// Where a fault of a kind can happen now: at a call of whoever runs or, between two turns, at
    /// the next one. What others do changes nothing of it.
    [[nodiscard]] std::uint64_t place(SimFaultKind kind) const {
        const std::uint64_t who = running.empty() ? 0 : running.back()->number;
        const std::uint64_t when = running.empty() ? turns : running.back()->calls;
        return mixed(mixed(who * 64 + static_cast<std::uint64_t>(kind)) + when);
    }
    /// Whether a fault of this probability happens here, and how it is told.
    template <class Describe>
    bool happens(SimFaultKind kind, double probability, const Describe& describe) {
        if (!faults.happens(place(kind), probability, describe))
            return false;
        note(faults.happened().back().what);
        return true;
    }
    [[nodiscard]] std::uint64_t pick(SimFaultKind kind, std::uint64_t count,
                                     std::uint64_t which = 0) const {
        return faults.pick(place(kind), count, which);
    }

    /// Adds somebody to those who take turns.
    void add(std::unique_ptr<SimActor> actor) {
        actor->number = ++actors_added_;
        actor->random = Random(seed_ ^ mixed(actor->number));
        actors.push_back(std::move(actor));
    }
    /// Lets one of those who are not in a turn take one; `choice` says which.
    void take_turn(std::uint64_t choice) {
        std::size_t free = 0;
        for (const auto& actor : actors)
            free += is_free(*actor) ? 1U : 0U;
        if (free == 0)
            return;
        std::uint64_t left = choice % free;
        for (std::size_t i = 0; i < actors.size(); ++i)
            if (is_free(*actors[i]) && left-- == 0) {
                take_turn(*actors[i]);
                return;
            }
    }
    bool take_turn(SimActor& actor) {
        ++turns_taken;
        actor.busy = true;
        running.push_back(&actor);
        const char* const who = actor.name.c_str();
        const Steady begun = steady_;
        const auto worked = guarded(who, [&]() -> Result<bool> {
            if (actor.dead) {
                actor.dead = false;
                actor.restart();
            }
            note(actor.name);
            return actor.turn();
        });
        if (!worked && fault.empty())
            fault = worked.error().message();
        longest_turn_ = std::max<std::chrono::nanoseconds>(longest_turn_, steady_ - begun);
        running.pop_back();
        actor.busy = false;
        if (actor.turns_left && *actor.turns_left > 0)
            --*actor.turns_left;
        if (disk_is_full_for > 0)
            --disk_is_full_for;
        return (worked && *worked) || actor.dead;
    }

    /// A call of whoever runs: what goes wrong before, the call, and what goes wrong after it. A
    /// caller that has died is answered `closed`, and does nothing any more.
    template <class Answer, class Call>
    Answer call(std::string_view verb, bool writes, const Call& make) {
        SimActor* const caller = running.empty() ? nullptr : running.back();
        if (caller == nullptr)
            return make(); // the scenario itself
        if (caller->dead)
            return Error(errc::closed, "this process has died");
        ++caller->calls;
        const bool after = pick(SimFaultKind::others, 2) == 1;
        const bool others = interrupted(after ? "before the answer of " : "before ", verb);
        if (others && !after)
            others_take_turns();
        const auto happens_here = [&](SimFaultKind kind, double probability, const char* what) {
            return happens(kind, probability,
                           [&] { return joined({caller->name, ": ", what, " ", verb}); });
        };
        if (happens_here(SimFaultKind::dies_before, rates.crash, "dies before"))
            return died(*caller);
        if (happens_here(SimFaultKind::unavailable, rates.unavailable, "can't"))
            return Error(errc::unavailable, "the simulation says so");
        if (writes && faults.on() && disk_is_full_for > 0)
            return Error(errc::unavailable, "the disk is full");
        if (writes && happens_here(SimFaultKind::lost_before, rates.lost_answer,
                                   "is not answered, and not done:"))
            return unknown();
        auto answer = make();
        note(verb);
        if (others && after)
            others_take_turns();
        if (happens_here(SimFaultKind::dies_after, rates.crash, "dies after"))
            return died(*caller);
        if (writes && happens_here(SimFaultKind::lost_after, rates.lost_answer, "is not answered:"))
            return unknown();
        return answer;
    }

    /// How many turns were taken one after the other, and how many with those within others.
    std::uint64_t turns = 0;
    std::uint64_t turns_taken = 0;

private:
    static constexpr std::size_t most_logged = 4'000;

    static bool is_free(const SimActor& actor) { return !actor.busy && actor.turns_left != 0U; }
    static Error died(SimActor& actor) {
        actor.dead = true;
        return {errc::closed, "this process has died"};
    }
    static Error unknown() {
        return Error(errc::unknown_outcome, "the answer was lost").with_outcome(Outcome::unknown);
    }
    /// Whether others take turns in the middle of a call.
    bool interrupted(std::string_view when, std::string_view verb) {
        constexpr std::size_t deepest = 3;
        return running.size() < deepest &&
               happens(
                   SimFaultKind::others, rates.interruption,
                   [&] {
                       return joined({running.back()->name, ": others take turns ", when, verb});
                   });
    }
    void others_take_turns() {
        const bool slow = running.size() == 1; // of several calls in each other, the outermost one
        const std::uint64_t number = 1 + pick(SimFaultKind::others, 3, 1);
        for (std::uint64_t i = 0; i < number; ++i) {
            if (slow)
                advance(std::chrono::milliseconds(pick(SimFaultKind::others, 1'000, 10 + i)));
            take_turn(pick(SimFaultKind::others, 1'000'000, 20 + i));
        }
    }

    std::uint64_t seed_;
    std::uint64_t actors_added_ = 0;
    Timestamp time_ = Timestamp::from_unix(1'767'225'600);
    Steady steady_{};
    std::chrono::nanoseconds longest_turn_{};
    bool jumped_ = false;
    Uuid7Clock clock_{};
    Random ids_;
    std::uint64_t trace_ = 0xCBF29CE484222325U;
    std::vector<std::string> log_;
};

/// The clock, ids and chance of the world, for those in it.
class SimEnvironment final : public EnvironmentSource {
public:
    explicit SimEnvironment(SimWorld& world) : world_(world) {}

    Timestamp now() override { return world_.now(); }
    Uuid new_id() override { return world_.new_id(); }
    bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) override {
        world_.sleep(duration);
        return !stop.stop_requested();
    }
    double jitter() override {
        Random& random = world_.running.empty() ? world_.random : world_.running.back()->random;
        return static_cast<double>(random.next() >> 11U) * 0x1p-53;
    }
    std::chrono::steady_clock::time_point steady_now() noexcept override {
        return world_.steady_now();
    }
    void watch(TimeWatcher& watcher) override { world_.watchers.add(watcher); }
    void unwatch(TimeWatcher& watcher) noexcept override { world_.watchers.remove(watcher); }

private:
    SimWorld& world_;
};

} // namespace eventsourcing::detail

#endif
