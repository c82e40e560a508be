// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_HPP
#define EVENTSOURCING_TESTING_SIMULATION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/testing/simulation/each_record.hpp>
#include <eventsourcing/testing/simulation/faults.hpp>
#include <eventsourcing/testing/simulation/sim_check.hpp>
#include <eventsourcing/testing/simulation/sim_component.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>
#include <eventsourcing/testing/simulation/sim_report.hpp>
#include <eventsourcing/testing/simulation/sim_sink.hpp>
#include <eventsourcing/testing/simulation/sim_store.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

/// What takes part in a run of a simulation, and what must be true. A scenario fills it; everything
/// happens in one thread, turn by turn, and is decided by the seed.
class Simulation {
public:
    Simulation(std::uint64_t seed, const SimulationFaults& rates, detail::SimFaultPlaces only)
        : world_(std::make_unique<detail::SimWorld>(seed, rates, std::move(only))),
          environment_(std::make_shared<detail::SimEnvironment>(*world_)) {}
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;
    ~Simulation() {
        checks_.clear();
        repairs_.clear();
        world_->actors.clear();
    }

    /// A store, whose calls fail.
    [[nodiscard]] SimStore store() {
        stores_.push_back({*world_, environment_});
        return stores_.back();
    }
    /// A broker, whose calls fail.
    [[nodiscard]] SimSink sink(std::string name) {
        sinks_.push_back({*world_, std::move(name)});
        return sinks_.back();
    }
    [[nodiscard]] Environment environment() const { return environment_; }

    /// Something with a `step()`: a subscription, a relay, a process manager, or the application's
    /// own. `factory(environment)` makes it, again after each time that it has died, and beside the
    /// one that is there when two run at once. It must not stop.
    template <class Factory>
        requires std::invocable<Factory&, const Environment&> && std::copy_constructible<Factory>
    void component(Factory factory) {
        add(std::make_unique<detail::SimComponent<Factory>>(std::move(factory), environment_),
            detail::joined({"component ", std::to_string(++components_)}));
    }
    /// `count` clients; a turn of one is a call of `f(random, environment)`, which usually executes
    /// one command. It may fail at any place, as a program that is killed there.
    template <class F>
        requires std::invocable<F&, Random&, const Environment&>
    void clients(std::size_t count, F f) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t seed = world_->random.next();
            add(std::make_unique<detail::SimClient<F>>(f, seed, environment_),
                detail::joined({"client ", std::to_string(++clients_)}));
        }
    }

    /// Called once at the end, if the run cannot go on without it: `f` mends what the application
    /// has broken on purpose. Processes that are quarantined are released then.
    template <class F>
        requires std::invocable<F&>
    void repair(F f) {
        repairs_.push_back(std::make_unique<detail::SimRepairOf<F>>(std::move(f)));
    }

    /// Must be true after each turn: `f` returns bool or a `Result`.
    template <class F>
    void always(std::string name, F f) {
        checks_.push_back({check(std::move(name), std::move(f)), true});
    }
    /// Must be true at the end, when everybody has done what there was to do.
    template <class F>
    void finally(std::string name, F f) {
        checks_.push_back({check(std::move(name), std::move(f)), false});
    }

    /// One run. Returns why it fails, or an empty text.
    std::string run(std::size_t turns) {
        std::string fault;
        for (std::size_t i = 0; i < turns && world_->turns_taken < turns && fault.empty(); ++i) {
            disturb();
            world_->take_turn(world_->random.next());
            fault = failing(true);
        }
        if (fault.empty())
            fault = settle();
        if (fault.empty())
            fault = failing(true);
        for (std::size_t i = 0; i < world_->actors.size() && fault.empty(); ++i)
            fault = world_->actors[i]->audit(*world_);
        if (fault.empty())
            fault = failing(false);
        note_events();
        return fault;
    }
    [[nodiscard]] const detail::SimWorld& world() const { return *world_; }
    /// Keeps in `world().log()` what happens.
    void keep_log() { world_->keeps_log = true; }

private:
    struct Check {
        std::unique_ptr<detail::SimCheck> check;
        bool always;
    };

    using Kind = detail::SimFaultKind;

    template <class F>
    static std::unique_ptr<detail::SimCheck> check(std::string name, F f) {
        auto made = std::make_unique<detail::SimCheckOf<F>>(std::move(f));
        made->name = std::move(name);
        return made;
    }
    void add(std::unique_ptr<detail::SimActor> actor, std::string name) {
        actor->name = std::move(name);
        constexpr auto most = detail::SimWorld::most_skew.count();
        actor->skew = std::chrono::milliseconds(world_->random.between(-most, most));
        world_->add(std::move(actor));
    }
    std::string failing(bool always) {
        if (!world_->fault.empty())
            return world_->fault;
        for (const auto& actor : world_->actors)
            if (auto fault = actor->stopped(); !fault.empty())
                return fault;
        for (const Check& one : checks_)
            if (one.always == always)
                if (auto fault = one.check->fault(); !fault.empty())
                    return fault;
        return {};
    }

    /// What happens between two turns.
    void disturb() {
        detail::SimWorld& world = *world_;
        world.advance(std::chrono::milliseconds(world.random.between(0, 200)));
        if (world.random.chance(0.1))
            world.advance(std::chrono::minutes(world.random.between(1, 600)));
        ++world.turns;
        if (world.happens(Kind::clock_jump, world.rates.clock_jump,
                          [] { return "the clock jumps"; })) {
            const auto seconds = static_cast<std::int64_t>(world.pick(Kind::clock_jump, 172'800));
            world.jump(std::chrono::seconds(seconds - 86'400));
        }
        if (world.happens(Kind::full_disk, world.rates.full_disk,
                          [] { return "the disk is full"; }))
            world.disk_is_full_for = 1 + world.pick(Kind::full_disk, 40);
        end_second_runners(false);
        start_second_runner();
    }
    void start_second_runner() {
        detail::SimWorld& world = *world_;
        std::vector<detail::SimActor*> able;
        for (const auto& actor : world.actors)
            if (actor->is_component && !actor->turns_left)
                able.push_back(actor.get());
        if (able.empty())
            return;
        detail::SimActor& first = *able[world.pick(Kind::second_runner, able.size())];
        if (!world.happens(Kind::second_runner, world.rates.second_runner, [&] {
                return detail::joined({first.name, ": is started a second time"});
            }))
            return;
        auto second = first.another();
        second->turns_left = 1 + world.pick(Kind::second_runner, 40, 1);
        constexpr auto most = static_cast<std::uint64_t>(detail::SimWorld::most_skew.count());
        const auto skew =
            static_cast<std::int64_t>(world.pick(Kind::second_runner, 2 * most + 1, 2));
        second->name = detail::joined({first.name, " again"});
        second->skew = std::chrono::milliseconds(skew) - detail::SimWorld::most_skew;
        world.add(std::move(second));
    }
    /// They end as if killed.
    void end_second_runners(bool all) {
        std::erase_if(world_->actors, [&](const std::unique_ptr<detail::SimActor>& actor) {
            return actor->turns_left && (all || *actor->turns_left == 0);
        });
    }

    /// Without faults: all components work until there is nothing to do, now or later.
    std::string settle() {
        constexpr std::size_t most = 20'000;
        detail::SimWorld& world = *world_;
        world.faults.end();
        world.disk_is_full_for = 0;
        end_second_runners(true);
        bool released = false;
        for (std::size_t rounds = 0; rounds < most; ++rounds) {
            bool worked = false;
            for (const auto& actor : world.actors)
                if (actor->is_component)
                    worked = world.take_turn(*actor) || worked;
            if (!world.fault.empty())
                return world.fault;
            if (worked)
                continue;
            std::optional<std::chrono::steady_clock::time_point> next;
            for (const auto& actor : world.actors)
                if (const auto at = actor->next(); at && (!next || *at < *next))
                    next = at;
            if (!next && std::exchange(released, true))
                return {};
            if (!next) {
                release();
                if (!world.fault.empty())
                    return world.fault;
                continue;
            }
            world.advance(*next - world.steady_now() + std::chrono::milliseconds(1));
        }
        return "there is no end of what is to be done";
    }

    /// As an operator does.
    void release() {
        for (const auto& repair : repairs_)
            if (auto fault = repair->make(); !fault.empty() && world_->fault.empty())
                world_->fault = std::move(fault);
        for (const auto& actor : world_->actors)
            actor->release();
    }

    /// Adds what is stored to the digest of the run.
    void note_events() {
        detail::SimWorld& world = *world_;
        for (const SimStore& store : stores_)
            detail::each_record(store.inside(), {}, [&](const EventRecord& record) {
                world.note(record.id.to_string());
                world.note(record.stream);
                world.note(record.recorded_at.to_string());
                world.note(record.data);
                return std::string();
            });
        for (const SimSink& sink : sinks_)
            for (const SimSink::Delivered& event : sink.delivered())
                world.note(event.id.to_string());
    }

    std::unique_ptr<detail::SimWorld> world_;
    Environment environment_;
    std::vector<SimStore> stores_;
    std::vector<SimSink> sinks_;
    std::vector<Check> checks_;
    std::vector<std::unique_ptr<detail::SimRepair>> repairs_;
    std::size_t components_ = 0;
    std::size_t clients_ = 0;
};

namespace detail {

struct SimRun {
    std::string fault;
    std::vector<SimFault> happened;
    std::uint64_t trace = 0;
    std::vector<std::string> log{};

    /// The places of its faults except for some of them.
    [[nodiscard]] std::set<std::uint64_t> places_without(std::size_t first, std::size_t end) const {
        std::set<std::uint64_t> places;
        for (std::size_t i = 0; i < happened.size(); ++i)
            if (i < first || i >= end)
                places.insert(happened[i].place);
        return places;
    }
};
template <class Scenario>
SimRun simulate_once(const Scenario& scenario, const SimulationOptions& options, std::uint64_t seed,
                     const SimFaultPlaces& only, bool keep_log = false) {
    Simulation simulation(seed, options.faults, only);
    if (keep_log)
        simulation.keep_log();
    scenario(simulation);
    SimRun out;
    out.fault = simulation.run(options.turns);
    out.happened = simulation.world().faults.happened();
    out.trace = simulation.world().trace();
    out.log = simulation.world().log();
    return out;
}

/// Leaves out as many faults as it can, in halves and then one by one, so that the run still fails.
/// No others come in their place.
template <class Scenario>
SimRun shrink(const Scenario& scenario, const SimulationOptions& options, std::uint64_t seed,
              SimRun failed) {
    for (std::size_t part = std::max<std::size_t>(1, failed.happened.size()); part > 0; part /= 2)
        for (std::size_t first = 0; first < failed.happened.size();) {
            const std::size_t end = std::min(failed.happened.size(), first + part);
            SimRun again =
                simulate_once(scenario, options, seed, failed.places_without(first, end));
            if (again.fault.empty())
                first = end;
            else
                failed = std::move(again);
        }
    return failed;
}

} // namespace detail

/// Runs a scenario with each of many seeds: `scenario(simulation)` says who takes part and what
/// must be true. Each run decides by its seed who takes a turn, what fails, and when; a run that
/// fails is shrunk to the faults that it needs. The laws of subscriptions, relays and process
/// managers are checked at the end of each run, too.
///
/// A run is the same on every machine if the scenario asks only its environment and its `Random`,
/// never draws twice in one argument list, and does not depend on the order of an unordered
/// container or on addresses.
template <class Scenario>
    requires std::invocable<const Scenario&, Simulation&>
SimulationReport simulate(const SimulationOptions& options, const Scenario& scenario) {
    SimulationReport report;
    for (std::uint64_t i = 0; i < options.seeds; ++i) {
        const std::uint64_t seed = options.first_seed + i;
        auto run = detail::simulate_once(scenario, options, seed, std::nullopt);
        ++report.runs;
        report.trace = detail::mixed(report.trace + run.trace);
        if (run.fault.empty())
            continue;
        run = detail::shrink(scenario, options, seed, std::move(run));
        run = detail::simulate_once(scenario, options, seed, run.places_without(0, 0), true);
        report.seed = seed;
        report.turns = options.turns;
        report.log = std::move(run.log);
        report.fault = std::move(run.fault);
        for (detail::SimFault& fault : run.happened)
            report.faults.push_back(std::move(fault.what));
        return report;
    }
    return report;
}

} // namespace eventsourcing

#endif
