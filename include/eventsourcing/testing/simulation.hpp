// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_HPP
#define EVENTSOURCING_TESTING_SIMULATION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/testing/simulation/faults.hpp>
#include <eventsourcing/testing/simulation/sim_audit.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>
#include <eventsourcing/testing/simulation/sim_sink.hpp>
#include <eventsourcing/testing/simulation/sim_store.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

/// A component, which is made anew after it has died.
template <class Factory>
class SimComponent final : public SimActor {
public:
    using Component = std::invoke_result_t<Factory&, const Environment&>;

    SimComponent(Factory factory, Environment environment)
        : factory_(std::move(factory)),
          environment_(std::move(environment)) {}

    bool turn() override {
        if (!component_)
            restart();
        last_ = component_->step();
        return last_.kind == Step::Kind::worked;
    }
    void restart() override {
        component_.reset();
        component_.reset(new Component(factory_(environment_)));
        last_ = {};
    }
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next() const override {
        return last_.next;
    }
    [[nodiscard]] bool settles() const override { return true; }
    [[nodiscard]] std::string audit() override {
        if (last_.kind == Step::Kind::stopped)
            return joined({name, " has stopped"});
        return component_ ? audit_component(*component_) : std::string();
    }

private:
    Factory factory_;
    Environment environment_;
    std::unique_ptr<Component> component_;
    Step last_{};
};

/// A client, whose turn is one call of a function.
template <class F>
class SimClient final : public SimActor {
public:
    SimClient(F f, std::uint64_t seed, Environment environment)
        : f_(std::move(f)),
          random_(seed),
          environment_(std::move(environment)) {}

    bool turn() override {
        f_(random_, environment_);
        return true;
    }
    void restart() override {}

private:
    F f_;
    Random random_;
    Environment environment_;
};

/// A check of the scenario, its type forgotten.
class SimCheck {
public:
    SimCheck() = default;
    SimCheck(const SimCheck&) = delete;
    SimCheck& operator=(const SimCheck&) = delete;
    virtual ~SimCheck() = default;
    /// Why it does not hold; empty if it does.
    virtual std::string fault() = 0;

    std::string name;
};
template <class F>
class SimCheckOf final : public SimCheck {
public:
    explicit SimCheckOf(F f) : f_(std::move(f)) {}

    std::string fault() override {
        if constexpr (std::convertible_to<std::invoke_result_t<F&>, bool> &&
                      !is_result<std::remove_cvref_t<std::invoke_result_t<F&>>>) {
            return f_() ? std::string() : name;
        } else {
            auto done = f_();
            return done ? std::string() : joined({name, ": ", done.error().message()});
        }
    }

private:
    F f_;
};

} // namespace detail

/// What takes part in a run of a simulation, and what must be true. A scenario fills it; everything
/// happens in one thread, turn by turn, and is decided by the seed.
class Simulation {
public:
    Simulation(std::uint64_t seed, const SimulationFaults& rates, std::set<std::uint64_t> left_out)
        : seed_(seed),
          world_(std::make_unique<detail::SimWorld>(seed, rates, std::move(left_out))),
          environment_(std::make_shared<detail::SimEnvironment>(*world_)) {}
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;
    ~Simulation() {
        checks_.clear();
        world_->actors.clear();
    }

    /// A store, whose calls fail.
    [[nodiscard]] SimStore store() { return {*world_, environment_}; }
    /// A broker, whose calls fail.
    [[nodiscard]] SimSink sink(std::string name) { return {*world_, std::move(name)}; }
    [[nodiscard]] Environment environment() const { return environment_; }

    /// Something with a `step()`: a subscription, a relay, a process manager, or the application's
    /// own. `factory(environment)` makes it, again after each time that it has died.
    template <class Factory>
        requires std::invocable<Factory&, const Environment&>
    void component(Factory factory) {
        add(std::make_unique<detail::SimComponent<Factory>>(std::move(factory), environment_),
            detail::joined({"component ", std::to_string(++components_)}));
    }
    /// `count` clients; a turn of one is a call of `f(random, environment)`, which usually executes
    /// one command. It may fail at any place, as a program that is killed there.
    template <class F>
        requires std::invocable<F&, Random&, const Environment&>
    void clients(std::size_t count, F f) {
        for (std::size_t i = 0; i < count; ++i)
            add(std::make_unique<detail::SimClient<F>>(f, world_->random.next(), environment_),
                detail::joined({"client ", std::to_string(i + 1)}));
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
        for (std::size_t i = 0; i < turns; ++i) {
            disturb();
            world_->take_turn();
            if (auto fault = failing(true); !fault.empty())
                return fault;
        }
        if (auto fault = settle(); !fault.empty())
            return fault;
        for (const auto& actor : world_->actors)
            if (auto fault = actor->audit(); !fault.empty())
                return fault;
        auto fault = failing(true);
        return fault.empty() ? failing(false) : fault;
    }
    [[nodiscard]] const detail::SimWorld& world() const { return *world_; }

private:
    struct Check {
        std::unique_ptr<detail::SimCheck> check;
        bool always;
    };

    template <class F>
    static std::unique_ptr<detail::SimCheck> check(std::string name, F f) {
        auto made = std::make_unique<detail::SimCheckOf<F>>(std::move(f));
        made->name = std::move(name);
        return made;
    }
    void add(std::unique_ptr<detail::SimActor> actor, std::string name) {
        actor->name = std::move(name);
        // clocks of machines differ, by up to a second
        actor->skew = std::chrono::milliseconds(world_->random.between(-500, 500));
        world_->actors.push_back(std::move(actor));
    }
    std::string failing(bool always) {
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
        if (world.random.chance(0.02))
            world.advance(std::chrono::minutes(world.random.between(1, 600)));
        if (world.faults.happens(world.rates.clock_jump, [] { return "the clock jumps"; }))
            world.jump(std::chrono::seconds(static_cast<std::int64_t>(world.faults.pick(172'800)) -
                                            86'400));
        if (world.faults.happens(world.rates.full_disk, [] { return "the disk is full"; }))
            world.disk_is_full_for = 1 + detail::narrowed<std::size_t>(world.faults.pick(40));
    }

    /// Without faults: all components work until there is nothing to do, now or later.
    std::string settle() {
        constexpr std::size_t most = 100'000;
        detail::SimWorld& world = *world_;
        world.faults.end();
        world.disk_is_full_for = 0;
        std::size_t turns = 0;
        for (;;) {
            bool worked = true;
            while (worked) {
                worked = false;
                for (const auto& actor : world.actors)
                    if (actor->settles())
                        worked = world.take_turn(*actor) || worked;
                if (++turns > most)
                    return "there is no end of what is to be done";
            }
            std::optional<std::chrono::steady_clock::time_point> next;
            for (const auto& actor : world.actors)
                if (const auto at = actor->next(); at && (!next || *at < *next))
                    next = at;
            if (!next)
                return {};
            world.advance(*next - world.steady_now() + std::chrono::milliseconds(1));
        }
    }

    std::uint64_t seed_;
    std::unique_ptr<detail::SimWorld> world_;
    Environment environment_;
    std::vector<Check> checks_;
    std::size_t components_ = 0;
};

struct SimulationOptions {
    /// How many runs, each with another seed.
    std::uint64_t seeds = 100;
    std::uint64_t first_seed = 1;
    /// How many turns of clients and components a run has before everybody finishes.
    std::size_t turns = 300;
    SimulationFaults faults{};
};

/// What the runs of a simulation showed. Converts to bool.
class [[nodiscard]] SimulationReport {
public:
    explicit operator bool() const { return fault.empty(); }

    /// The seed and the fewest faults with which a run fails, and why; or how many did not fail.
    [[nodiscard]] std::string describe() const {
        if (fault.empty())
            return detail::joined({std::to_string(runs), " runs, none of which failed\n"});
        std::string text = detail::joined({"seed ", std::to_string(seed), ": ", fault, "\n"});
        if (faults.empty())
            text += "  without any fault\n";
        for (const std::string& one : faults)
            text += detail::joined({"  ", one, "\n"});
        return text + detail::joined(
                          {"  again: {.seeds = 1, .first_seed = ", std::to_string(seed), "}\n"});
    }

    std::uint64_t runs = 0;
    /// Of the run that failed.
    std::uint64_t seed = 0;
    /// Why it failed; empty if none did.
    std::string fault{};
    /// Those that are enough for it to fail, in their order.
    std::vector<std::string> faults{};
    /// A digest of everything that happened in all runs: the same on every machine.
    std::uint64_t trace = 0;
};

namespace detail {

struct SimRun {
    std::string fault;
    std::vector<SimFault> happened;
    std::uint64_t trace = 0;
};
template <class Scenario>
SimRun simulate_once(const Scenario& scenario, const SimulationOptions& options, std::uint64_t seed,
                     const std::set<std::uint64_t>& left_out) {
    Simulation simulation(seed, options.faults, left_out);
    scenario(simulation);
    SimRun out;
    out.fault = simulation.run(options.turns);
    out.happened = simulation.world().faults.happened();
    out.trace = simulation.world().trace();
    return out;
}

/// Leaves out as many faults as it can, in halves and then one by one, so that the run still fails.
template <class Scenario>
SimRun shrink(const Scenario& scenario, const SimulationOptions& options, std::uint64_t seed,
              SimRun failed) {
    std::set<std::uint64_t> left_out;
    for (std::size_t part = std::max<std::size_t>(1, failed.happened.size() / 2);; part /= 2) {
        for (std::size_t first = 0; first < failed.happened.size();) {
            auto fewer = left_out;
            const std::size_t end = std::min(failed.happened.size(), first + part);
            for (std::size_t i = first; i < end; ++i)
                fewer.insert(failed.happened[i].number);
            SimRun again = simulate_once(scenario, options, seed, fewer);
            if (again.fault.empty()) {
                first = end;
                continue;
            }
            left_out = std::move(fewer);
            failed = std::move(again);
        }
        if (part <= 1)
            return failed;
    }
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
        auto run = detail::simulate_once(scenario, options, seed, {});
        ++report.runs;
        report.trace = detail::mixed(report.trace + run.trace);
        if (run.fault.empty())
            continue;
        run = detail::shrink(scenario, options, seed, std::move(run));
        report.seed = seed;
        report.fault = std::move(run.fault);
        for (detail::SimFault& fault : run.happened)
            report.faults.push_back(std::move(fault.what));
        return report;
    }
    return report;
}

} // namespace eventsourcing

#endif
