// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_REPORT_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_REPORT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/testing/simulation/faults.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace eventsourcing {

struct SimulationOptions {
    /// How many runs, each with another seed.
    std::uint64_t seeds = 100;
    std::uint64_t first_seed = 1;
    /// How many turns of clients and components a run has before everybody finishes, those in the
    /// middle of others counted.
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
        return text + detail::joined({"  again: {.seeds = 1, .first_seed = ", std::to_string(seed),
                                      ", .turns = ", std::to_string(turns), "}\n"});
    }

    std::uint64_t runs = 0;
    /// Of the run that failed.
    std::uint64_t seed = 0;
    std::size_t turns = 0;
    /// Why it failed; empty if none did.
    std::string fault{};
    /// Those that are enough for it to fail, in their order.
    std::vector<std::string> faults{};
    /// What happened in that run, in its order: whose turn it was, the calls, the faults, and at
    /// the end the events of the stores. The last few thousand lines.
    std::vector<std::string> log{};
    /// A digest of everything that happened in all runs: the same on every machine.
    std::uint64_t trace = 0;
};

} // namespace eventsourcing

#endif
