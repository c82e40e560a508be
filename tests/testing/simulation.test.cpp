// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/simulation.hpp>

#include "catch.hpp"
#include "testing/simulation/bank.hpp"
#include "testing/simulation/game.hpp"
#include "testing/simulation/healer.hpp"
#include "testing/simulation/plain.hpp"
#include "testing/simulation/post.hpp"
#include "testing/simulation/school.hpp"
#include "throw_or_skip.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace es = eventsourcing;

namespace {

/// `ES_SEEDS=10000 ES_FIRST_SEED=1` in the environment: more of them, or others.
es::SimulationOptions seeds(std::uint64_t number) {
    const auto from_environment = [](const char* name, std::uint64_t otherwise) {
        const char* const text = std::getenv(name);
        return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
    };
    return {.seeds = from_environment("ES_SEEDS", number),
            .first_seed = from_environment("ES_FIRST_SEED", 1),
            .turns = 150};
}

/// Checks a scenario; if many seeds were asked for, it says how many.
template <class Scenario>
void check_runs(const char* name, const es::SimulationOptions& options, const Scenario& scenario) {
    const auto report = es::simulate(options, scenario);
    if (std::getenv("ES_SEEDS") != nullptr)
        std::cout << name << ": " << report.runs << " seeds, from " << options.first_seed << " on\n"
                  << std::flush;
    INFO(report.describe());
    CHECK(report);
}

/// Adds what went wrong in the runs of a scenario, without whom it happened to.
template <class Scenario>
void add_faults(std::set<std::string>& all, std::uint64_t number, const Scenario& scenario) {
    es::SimulationOptions options{.turns = 150};
    options.faults.crash = 0.02; // of many places, each of which is rare
    for (std::uint64_t seed = 1; seed <= number; ++seed) {
        const auto run = es::detail::simulate_once(scenario, options, seed, std::nullopt);
        for (const auto& fault : run.happened) {
            const auto colon = fault.what.find(": ");
            all.insert(colon == std::string::npos ? fault.what : fault.what.substr(colon + 2));
        }
    }
}
/// Those of these that are not among them, one a line.
std::string missing(const std::set<std::string>& all, const std::vector<const char*>& prefixes,
                    const std::vector<const char*>& calls) {
    std::string text;
    for (const char* const prefix : prefixes)
        for (const char* const call : calls)
            if (const auto fault = es::detail::joined({prefix, call}); all.count(fault) == 0)
                text += es::detail::joined({fault, "\n"});
    return text;
}

/// Notes which events there are, and has a fault: it leaves out the one that it could not read.
class Careless {
public:
    Careless(es::SimStore store, std::shared_ptr<std::set<es::Uuid>> seen)
        : store_(std::move(store)),
          seen_(std::move(seen)) {}

    es::Step step() {
        const auto page = store_.read_all({.after = after_, .limit = 1});
        if (!page) {
            leave_out_ = true;
            return {.kind = es::Step::Kind::worked};
        }
        if (page->empty())
            return {};
        after_ = page->last_position;
        if (!std::exchange(leave_out_, false))
            seen_->insert(page->records().front().id);
        return {.kind = es::Step::Kind::worked, .events = 1};
    }

private:
    es::SimStore store_;
    std::shared_ptr<std::set<es::Uuid>> seen_;
    std::optional<es::Position> after_{};
    bool leave_out_ = false;
};

void play(es::Random& random, const es::Environment& environment, const es::SimStore& store) {
    const auto game = std::to_string(random.below(3));
    const auto points = random.between(1, 12);
    const es::Repository<simulated_game::Game, es::SimStore> games{store};
    static_cast<void>(games.execute(game, simulated_game::Score{"ann", "bob", points},
                                    {.command_id = environment.new_id()}));
}

void careless(es::Simulation& sim) {
    auto store = sim.store();
    const auto seen = std::make_shared<std::set<es::Uuid>>();
    sim.component([=](const es::Environment&) { return Careless{store, seen}; });
    sim.clients(2, [=](es::Random& random, const es::Environment& environment) {
        play(random, environment, store);
    });
    sim.finally("each event is seen", [=] {
        return seen->size() == store.inside().read_all({.limit = 4096})->records().size();
    });
}

} // namespace

TEST_CASE("In a simulated bank money is neither made nor lost", "[simulation]") {
    check_runs("the bank", seeds(15), simulated_bank::scenario);
}

TEST_CASE("In a simulation nobody is healed who was healed in time", "[simulation]") {
    auto options = seeds(15);
    options.faults.clock_jump = 0; // a clock that jumps back may make the time of a heal wrong
    check_runs("the healer", options, simulated_healer::scenario);
}

TEST_CASE("In a simulation everybody is healed once, though clocks jump", "[simulation]") {
    auto options = seeds(10);
    options.faults.clock_jump = 0.05;
    check_runs("the healer, with clocks that jump", options, simulated_healer::scenario);
}

TEST_CASE("In a simulation read models and a mirror have each event once", "[simulation]") {
    check_runs("the game", seeds(15), simulated_game::scenario);
}

// D2, D9, R4
TEST_CASE("In a simulated school no place is given twice, and each request is done once",
          "[simulation]") {
    check_runs("the school", seeds(15), simulated_school::scenario);
}

// M8, M9
TEST_CASE("In a simulation a process that fails holds up no other, and goes on when it is mended",
          "[simulation]") {
    auto options = seeds(15);
    options.faults.clock_jump = 0; // a budget that begins tomorrow lasts a day
    check_runs("the post", options, simulated_post::scenario);
}

// X3
TEST_CASE("Whatever can go wrong in a simulation goes wrong in some of the first runs") {
    std::set<std::string> all;
    add_faults(all, 30, simulated_bank::scenario);
    add_faults(all, 50, simulated_school::scenario);
    add_faults(all, 30, simulated_game::scenario);
    const std::vector<const char*> writes{"append", "append_if", "commit_progress", "broker"};
    const std::vector<const char*> reads{"read_stream", "read_all", "load_progress",
                                         "wait_for_append"};
    const std::vector<const char*> anywhere{"dies before ", "dies after ", "can't ",
                                            "others take turns before ",
                                            "others take turns before the answer of "};
    CHECK(missing(all, anywhere, writes) == "");
    CHECK(missing(all, anywhere, reads) == "");
    CHECK(missing(all, {"is not answered: ", "is not answered, and not done: "}, writes) == "");
    CHECK(missing(all, {""},
                  {"gets a short page", "is not woken", "is started a second time",
                   "the clock jumps", "the disk is full", "others take turns during a sleep"}) ==
          "");
}

TEST_CASE("A run that fails is shrunk to the faults that it needs, and can be run again") {
    const es::SimulationOptions options{.seeds = 50, .turns = 60};
    const auto report = es::simulate(options, careless);
    REQUIRE_FALSE(report);
    CHECK(report.fault == "each event is seen");
    CHECK(report.describe() == "seed " + std::to_string(report.seed) +
                                   ": each event is seen\n"
                                   "  component 1: can't read_all\n"
                                   "  again: {.seeds = 1, .first_seed = " +
                                   std::to_string(report.seed) + ", .turns = 60}\n");
    CHECK(std::count(report.log.begin(), report.log.end(), "component 1: can't read_all") == 1);

    const auto again = es::simulate({.seeds = 1, .first_seed = report.seed, .turns = 60}, careless);
    CHECK(again.describe() == report.describe());
    CHECK(again.log == report.log);
}

TEST_CASE("Without faults even a careless component sees each event") {
    const auto report =
        es::simulate({.seeds = 5, .turns = 60, .faults = es::SimulationFaults::none()}, careless);
    INFO(report.describe());
    CHECK(report);
    CHECK(report.describe() == "5 runs, none of which failed\n");
}

TEST_CASE("A fault is found without being caused: the report says so") {
    const auto report = es::simulate(
        {.seeds = 1}, [](es::Simulation& sim) { sim.finally("pigs fly", [] { return false; }); });
    CHECK(report.describe() == "seed 1: pigs fly\n"
                               "  without any fault\n"
                               "  again: {.seeds = 1, .first_seed = 1, .turns = 300}\n");
}

TEST_CASE("A component that stops fails the run, with its reason") {
    const auto report = es::simulate({.seeds = 1}, [](es::Simulation& sim) {
        auto store = sim.store();
        const es::Repository<simulated_game::Game, es::MemoryStore> games{store.inside()};
        REQUIRE(games.execute("1", simulated_game::Score{"ann", "bob", simulated_game::unlucky}));
        sim.component([=](const es::Environment& environment) {
            return es::Subscription<simulated_game::Leaderboard, es::SimStore>{
                store, {}, environment};
        });
    });
    CHECK(report.fault.find("component 1 (leaderboard) has stopped: ") == 0);
    CHECK(report.fault.find("unlucky") != std::string::npos);
}

TEST_CASE("A component runs twice at once for a while") {
    std::size_t most = 0;
    std::size_t made = 0;
    es::SimulationOptions options{.seeds = 3, .turns = 200, .faults = es::SimulationFaults::none()};
    options.faults.second_runner = 0.05;
    struct Idle {
        explicit Idle(std::size_t& number, std::size_t& most_ever) : running(&number) {
            most_ever = std::max(most_ever, ++number);
        }
        Idle(const Idle&) = delete;
        Idle& operator=(const Idle&) = delete;
        ~Idle() { --*running; }
        static es::Step step() { return {}; }
        std::size_t* running;
    };
    std::size_t running = 0;
    const auto report = es::simulate(options, [&](es::Simulation& sim) {
        sim.component([&](const es::Environment&) {
            ++made;
            return Idle{running, most};
        });
        sim.finally("one is left", [&] { return running == 1; });
    });
    INFO(report.describe());
    CHECK(report);
    CHECK(most >= 2);
    CHECK(made >= 6);
    CHECK(running == 0);
}

TEST_CASE("A run has the turns that were asked for, those in the middle of others counted") {
    std::size_t turns = 0;
    const auto report = es::simulate({.seeds = 1, .turns = 100}, [&](es::Simulation& sim) {
        auto store = sim.store();
        sim.clients(5, [&turns, store](es::Random& random, const es::Environment& environment) {
            ++turns;
            play(random, environment, store);
        });
    });
    CHECK(report);
    CHECK(turns >= 100);
    CHECK(turns < 150); // the last one may have others in its middle
}

TEST_CASE("What is broken on purpose is mended once, when nobody can go on without it") {
    int calls = 0;
    int mended = 0;
    const auto report = es::simulate({.seeds = 3, .turns = 20}, [&](es::Simulation& sim) {
        calls = 0;
        mended = 0;
        struct Waiting {
            int* const number;
            const int* const is_mended;
            es::Step step() const { // five more steps, once it is mended
                if (*is_mended == 0 || *number == 5)
                    return {};
                ++*number;
                return {.kind = es::Step::Kind::worked};
            }
        };
        sim.component([&](const es::Environment&) { return Waiting{&calls, &mended}; });
        sim.repair([&] { ++mended; });
        sim.finally("it has gone on", [&] { return calls == 5 && mended == 1; });
    });
    INFO(report.describe());
    CHECK(report);
}

TEST_CASE("A process whose steps are not what its code does of its memory fails the run") {
    const auto report = es::simulate({.seeds = 1, .turns = 0}, [](es::Simulation& sim) {
        auto store = sim.store();
        const es::Repository<simulated_post::Guest, es::MemoryStore> guests{store.inside()};
        const auto ann = guests.execute("ann", simulated_post::Arrive{"ann"});
        REQUIRE(ann);
        const auto stored = store.inside().read_all();
        REQUIRE(stored);
        using Taken = es::detail::ProcessStep<simulated_post::Greeter>;
        const Taken step{.input = es::detail::input_of(stored->records().front()),
                         .completes = true};
        const es::Uuid id = sim.environment().new_id();
        const es::Batch<Taken> batch({&step, 1}, {&id, 1}, sim.environment().now());
        const auto stream = es::detail::process_stream<simulated_post::Greeter>("ann");
        REQUIRE(stream);
        REQUIRE(store.inside().append(*stream, es::ExpectedRevision::no_stream(), batch));
        const auto office = std::make_shared<simulated_post::Office>();
        sim.component([=](const es::Environment& environment) {
            return es::ProcessManager<simulated_post::Greeter, es::SimStore,
                                      simulated_post::Postman>{store,
                                                               es::from_beginning,
                                                               simulated_post::Postman{office},
                                                               {.environment = environment}};
        });
    });
    INFO(report.fault);
    CHECK(report.fault.find("and did: complete; of its memory it would do: send letter ann") !=
          std::string::npos);
}

TEST_CASE("A run is decided by its seed, with every compiler and on every machine") {
    const auto report = es::simulate({.seeds = 20, .turns = 100}, simulated_plainly::scenario);
    INFO(report.describe());
    CHECK(report);
    // Changes with what a simulation draws and calls, so a change of that needs another number
    // here.
    CHECK(report.trace == 0x99E1D9F2D96BAAC8U);
}

TEST_CASE("The same seeds give the same runs") {
    const es::SimulationOptions options{.seeds = 3, .turns = 150};
    const auto report = es::simulate(options, simulated_bank::scenario);
    CHECK(es::simulate(options, simulated_bank::scenario).trace == report.trace);
    CHECK(
        es::simulate({.seeds = 3, .first_seed = 2, .turns = 150}, simulated_bank::scenario).trace !=
        report.trace);
}

// Not run by ctest: .ci/run compares what several builds print.
TEST_CASE("What the runs of a simulation do is printed", "[.trace]") {
    std::cout << "trace of the bank: "
              << es::simulate({.seeds = 50, .turns = 150}, simulated_bank::scenario).trace << '\n'
              << "trace of the healer: "
              << es::simulate({.seeds = 50, .turns = 150}, simulated_healer::scenario).trace << '\n'
              << "trace of the game: "
              << es::simulate({.seeds = 50, .turns = 150}, simulated_game::scenario).trace << '\n'
              << "trace of the school: "
              << es::simulate({.seeds = 50, .turns = 150}, simulated_school::scenario).trace << '\n'
              << "trace of the post: "
              << es::simulate({.seeds = 50, .turns = 150}, simulated_post::scenario).trace << '\n';
}

// X1
TEST_CASE("Whatever somebody throws in a simulation fails the run, with its seed") {
    int runs = 0; // from the third seed on, also those that shrink it
    const auto thrown = [&](const auto& takes_part) {
        runs = 0;
        return es::simulate({.seeds = 5, .turns = 20},
                            [&](es::Simulation& sim) { takes_part(sim, ++runs >= 3); });
    };
    auto report = thrown([](es::Simulation& sim, bool throws) {
        sim.clients(1, [=](es::Random&, const es::Environment&) {
            if (throws)
                throw_or_skip(std::runtime_error("out of ideas"));
        });
    });
    CHECK(report.seed == 3U);
    CHECK(report.fault == "client 1 threw: out of ideas");
    CHECK(report.describe().find("seed 3: client 1 threw: out of ideas\n  without any fault\n") ==
          0);
    report = thrown([](es::Simulation& sim, bool throws) {
        auto store = sim.store();
        sim.component([=](const es::Environment& environment) {
            if (throws)
                throw_or_skip(std::runtime_error("no component"));
            return es::Subscription<simulated_game::Leaderboard, es::SimStore>{
                store, {}, environment};
        });
    });
    CHECK(report.seed == 3U);
    CHECK(report.fault == "component 1 threw: no component");
    report = thrown([](es::Simulation& sim, bool throws) {
        sim.always("it counts", [=] {
            if (throws)
                throw_or_skip(std::runtime_error("no numbers"));
            return true;
        });
    });
    CHECK(report.seed == 3U);
    CHECK(report.fault == "it counts threw: no numbers");
    report = thrown([](es::Simulation& sim, bool throws) {
        sim.repair([=] {
            if (throws)
                throw_or_skip(std::runtime_error("no tools"));
        });
    });
    CHECK(report.seed == 3U);
    CHECK(report.fault == "a repair threw: no tools");
}
