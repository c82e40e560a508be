// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_COMPARE_HPP
#define EVENTSOURCING_BENCHMARKS_COMPARE_HPP

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Measures the library against what one would write without it. `benchmarks/run` calls programs
/// that are made of this; called by hand, they print what it reads:
///
///   PROGRAM                      times every comparison, one JSON object per line
///   PROGRAM NAME library N       performs N operations of one side; what is counted of it is the
///   PROGRAM NAME by_hand N       function `benchmark_measured`

/// Not inlined, so that an instruction counter finds it.
extern "C" [[gnu::noinline]] inline unsigned long
benchmark_measured(const std::function<unsigned long()>& work) {
    return work();
}

namespace compare {

/// Performs the operations that were prepared and returns a number that depends on all of them.
using Work = std::function<unsigned long()>;
/// Prepares so many operations.
using Side = std::function<Work(unsigned long operations)>;

struct Comparison {
    std::string name;
    Side library;
    Side by_hand;
    /// How many operations make one timing; a few milliseconds.
    unsigned long operations;
    /// The most that the library may cost, as a multiple of what the hand-written code costs; 0 for
    /// a row that is only shown.
    double instructions_limit = 0;
    double time_limit = 0;
    /// Of how many operations instructions are counted: the difference of twice as many and as
    /// many.
    unsigned long counted = 2'000;
    int rounds = 31;
};

inline volatile unsigned long result; // what is written here is not optimised away

inline double nanoseconds_per_operation(const Side& side, unsigned long operations) {
    const Work work = side(operations);
    const auto begin = std::chrono::steady_clock::now();
    result = benchmark_measured(work);
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    return time.count() / static_cast<double>(operations);
}

inline double quantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// Times both sides in turns, so that whatever else the machine does meets both, and takes the
/// ratio of each pair.
inline void time_in_turns(const Comparison& c) {
    std::vector<double> library;
    std::vector<double> by_hand;
    std::vector<double> ratio;
    for (int round = -1; round < c.rounds; ++round) {
        double ours = 0;
        double theirs = 0;
        if (round % 2 == 0) {
            ours = nanoseconds_per_operation(c.library, c.operations);
            theirs = nanoseconds_per_operation(c.by_hand, c.operations);
        } else {
            theirs = nanoseconds_per_operation(c.by_hand, c.operations);
            ours = nanoseconds_per_operation(c.library, c.operations);
        }
        if (round < 0)
            continue; // the first one warms up
        library.push_back(ours);
        by_hand.push_back(theirs);
        ratio.push_back(ours / theirs);
    }
    std::printf(R"({"name": "%.*s", "operations": %lu, "counted": %lu, "instructions_limit": %g, )"
                R"("time_limit": %g, )"
                R"("rounds": %d, "library_ns": %.6g, "by_hand_ns": %.6g, "ratio": %.4f, )"
                R"("ratio_quartiles": [%.4f, %.4f]})"
                "\n",
                static_cast<int>(c.name.size()), c.name.data(), c.operations, c.counted,
                c.instructions_limit, c.time_limit, c.rounds, quantile(library, 0.5),
                quantile(by_hand, 0.5), quantile(ratio, 0.5), quantile(ratio, 0.25),
                quantile(ratio, 0.75));
    std::fflush(stdout);
}

inline int main(int argc, char** argv, const std::vector<Comparison>& comparisons) {
    if (argc == 1) {
        for (const auto& c : comparisons)
            time_in_turns(c);
        return 0;
    }
    for (const auto& c : comparisons)
        if (argc == 4 && argv[1] == c.name) {
            const bool library = argv[2] == std::string_view("library");
            result = benchmark_measured(
                (library ? c.library : c.by_hand)(std::strtoul(argv[3], nullptr, 10)));
            return 0;
        }
    std::fprintf(stderr, "usage: %s [NAME library|by_hand OPERATIONS]\n", argv[0]);
    return 2;
}

} // namespace compare

#endif
