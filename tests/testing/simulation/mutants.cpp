// SPDX-License-Identifier: MIT
// Compiled by the script `mutants`, with headers that have the faults.
#include "testing/simulation/bank.hpp"
#include "testing/simulation/game.hpp"
#include "testing/simulation/healer.hpp"
#include "testing/simulation/post.hpp"
#include "testing/simulation/school.hpp"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace es = eventsourcing;

namespace {

using Scenario = void (*)(es::Simulation&);

struct Mutant {
    int number;
    const char* name;
    Scenario scenario;
};

constexpr Scenario all[] = {simulated_bank::scenario, simulated_healer::scenario,
                            simulated_game::scenario, simulated_school::scenario,
                            simulated_post::scenario};
constexpr std::uint64_t seeds_without = 5;
// fewer than .ci/run tries of each scenario in the optimised build
constexpr std::uint64_t most_seeds = 3'000;

/// The first seed that fails, and why.
std::optional<std::pair<std::uint64_t, std::string>> failing(Scenario scenario,
                                                             std::uint64_t seeds) {
    es::SimulationOptions options{.turns = 150};
    options.faults.clock_jump = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        if (auto run = es::detail::simulate_once(scenario, options, seed, std::nullopt);
            !run.fault.empty())
            return std::pair(seed, std::move(run.fault));
    return std::nullopt;
}

} // namespace

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    int faults = 0;
    for (const Scenario scenario : all)
        if (const auto found = failing(scenario, seeds_without)) {
            std::printf("without a mutant seed %llu fails: %s\n",
                        static_cast<unsigned long long>(found->first), found->second.c_str());
            ++faults;
        }
    for (const Mutant& one :
         {Mutant{1, "an input is told again", simulated_bank::scenario},
          Mutant{2, "no command ids", simulated_bank::scenario},
          Mutant{3, "no deadline guard", simulated_healer::scenario},
          Mutant{4, "a deadline of another runner", simulated_healer::scenario},
          Mutant{5, "deadlines count from now", simulated_healer::scenario},
          Mutant{6, "a refusal is forgotten", simulated_bank::scenario},
          Mutant{7, "a refusal is told of what another runner did", simulated_bank::scenario},
          Mutant{8, "what fails holds up all", simulated_post::scenario},
          Mutant{9, "the checkpoint before handling, of processes", simulated_bank::scenario},
          Mutant{9, "the checkpoint before handling, of read models", simulated_game::scenario},
          Mutant{10, "commits over those of another runner", simulated_game::scenario},
          Mutant{11, "a lost answer is a failure", simulated_game::scenario},
          Mutant{12, "keys have holes", simulated_game::scenario},
          Mutant{13, "who has waited sees the past", simulated_bank::scenario},
          Mutant{14, "what is not answered is delivered", simulated_bank::scenario},
          Mutant{15, "a decision on what was", simulated_school::scenario},
          Mutant{16, "a decision forgets the command's id", simulated_school::scenario},
          Mutant{17, "a repository forgets the command's id", simulated_school::scenario},
          Mutant{18, "carried out, and refused", simulated_school::scenario},
          Mutant{19, "no grace", simulated_healer::scenario}}) {
        ::mutant = one.number;
        const auto found = failing(one.scenario, most_seeds);
        if (found)
            std::printf("%s: found by seed %llu: %s\n", one.name,
                        static_cast<unsigned long long>(found->first), found->second.c_str());
        else
            std::printf("%s: NOT FOUND by %llu seeds\n", one.name,
                        static_cast<unsigned long long>(most_seeds));
        faults += found ? 0 : 1;
    }
    return faults == 0 ? 0 : 1;
}
