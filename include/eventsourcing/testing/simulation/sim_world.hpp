// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_WORLD_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_WORLD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/core/uuid7.hpp>
#include <eventsourcing/testing/simulation/faults.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>
#include <eventsourcing/testing/time_watchers.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Somebody who takes turns: a component or a client.
class SimActor {
public:
    SimActor() = default;
    SimActor(const SimActor&) = delete;
    SimActor& operator=(const SimActor&) = delete;
    virtual ~SimActor() = default;

    /// Does a bounded amount of work. Returns whether there may be more to do at once.
    virtual bool turn() = 0;
    /// It has died: whatever it knew is gone, and it begins anew.
    virtual void restart() = 0;
    /// When there is something to do without a new event.
    [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> next() const {
        return std::nullopt;
    }
    /// Whether it only stands in for another for a while.
    [[nodiscard]] virtual bool settles() const { return false; }
    /// Checks the laws of what it is, at the end of a run. An empty text if they hold.
    [[nodiscard]] virtual std::string audit() { return {}; }

    std::string name;
    bool dead = false;               // each call fails until it is restarted
    bool busy = false;               // it is in a turn now
    std::chrono::nanoseconds skew{}; // of its time of day
};

/// The one world of a run: its clock, its chance, who takes part, and what goes wrong.
class SimWorld {
public:
    using Steady = std::chrono::steady_clock::time_point;

    SimWorld(std::uint64_t seed, const SimulationFaults& its_rates,
             std::set<std::uint64_t> left_out)
        : random(seed),
          faults(seed, std::move(left_out)),
          rates(its_rates),
          ids_(seed ^ 0x1D5U) {}

    Random random;
    FaultPlan faults;
    SimulationFaults rates;
    std::vector<std::unique_ptr<SimActor>> actors;
    /// Those who are in a turn, the one whose code runs last.
    std::vector<SimActor*> running;
    /// Nothing can be written for so many turns.
    std::size_t disk_is_full_for = 0;

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
    void jump(std::chrono::nanoseconds by) { time_ += by; }
    Uuid new_id() {
        const std::uint64_t bits = ids_.next();
        return make_uuid7(clock_.next(now()), bits);
    }
    TimeWatchers watchers;

    /// Adds what happens to a digest of the run.
    void note(std::string_view what) {
        for (const char c : what)
            trace_ = (trace_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
        trace_ = (trace_ ^ 0xFFU) * 0x100000001B3U;
        log_.emplace_back(what);
        if (log_.size() > most_logged)
            log_.erase(log_.begin(), log_.begin() + most_logged / 2);
    }
    [[nodiscard]] std::uint64_t trace() const { return trace_; }
    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

    /// Lets one of those who are not in a turn take one. False if there is none.
    bool take_turn() {
        std::vector<SimActor*> free;
        for (const auto& actor : actors)
            if (!actor->busy)
                free.push_back(actor.get());
        if (free.empty())
            return false;
        SimActor& actor = *free[random.below(free.size())];
        take_turn(actor);
        return true;
    }
    bool take_turn(SimActor& actor) {
        actor.busy = true;
        running.push_back(&actor);
        if (actor.dead) {
            actor.dead = false;
            actor.restart();
        }
        note(actor.name);
        const bool worked = actor.turn();
        running.pop_back();
        actor.busy = false;
        if (disk_is_full_for > 0)
            --disk_is_full_for;
        return worked || actor.dead;
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
        interrupt(verb);
        const auto describe = [&](std::string_view what) {
            return [this, caller, verb, what] {
                const std::string text = joined({caller->name, ": ", what, " ", verb});
                note(text);
                return text;
            };
        };
        if (faults.happens(rates.crash, describe("dies before"))) {
            caller->dead = true;
            return Error(errc::closed, "this process has died");
        }
        if (faults.happens(rates.unavailable, describe("can't")))
            return Error(errc::unavailable, "the simulation says so");
        if (writes && faults.on() && disk_is_full_for > 0)
            return Error(errc::unavailable, "the disk is full");
        if (writes && faults.happens(rates.lost_answer, describe("is not answered, and not done:")))
            return unknown();
        auto answer = make();
        note(verb);
        if (faults.happens(rates.crash, describe("dies after"))) {
            caller->dead = true;
            return Error(errc::closed, "this process has died");
        }
        if (writes && faults.happens(rates.lost_answer, describe("is not answered:")))
            return unknown();
        return answer;
    }

private:
    static constexpr std::size_t most_logged = 4'000;

    static Error unknown() {
        return Error(errc::unknown_outcome, "the answer was lost").with_outcome(Outcome::unknown);
    }
    /// Others take turns in the middle of a call.
    void interrupt(std::string_view verb) {
        constexpr std::size_t deepest = 3;
        if (running.size() >= deepest ||
            !faults.happens(rates.interruption, [&] { return joined({"others during ", verb}); }))
            return;
        const std::uint64_t turns = 1 + faults.pick(3);
        for (std::uint64_t i = 0; i < turns; ++i)
            take_turn();
    }

    Timestamp time_ = Timestamp::from_unix(1'767'225'600);
    Steady steady_{};
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
        world_.advance(duration);
        return !stop.stop_requested();
    }
    double jitter() override { return static_cast<double>(world_.random.next() >> 11U) * 0x1p-53; }
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
