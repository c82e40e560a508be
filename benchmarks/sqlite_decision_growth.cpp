// SPDX-License-Identifier: MIT
// What a decision with two views of ten events each costs in a SQLite file as it grows, at NORMAL:
// 10^3 events to 10^6 or as many as the first argument says. A JSON object a line; `flat` is how
// many times as expensive as in a store of 10^3 events that takes turns with it.
#include "compare.hpp"
#include "decision.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace es = eventsourcing;

namespace {

double decide_one(decision::File& file,
                  const es::Decisions<decision::Confirmation, es::SqliteStore>& decisions) {
    const auto command = file.next();
    const auto begin = std::chrono::steady_clock::now();
    const auto done = decisions.execute(command);
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
    if (!done)
        std::abort();
    return time.count();
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t most = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    decision::File file;
    for (std::size_t events = 1'000; events <= most; events *= 10) {
        file.grow_to(events);
        decision::File smallest;
        smallest.grow_to(1'000);
        const es::Decisions<decision::Confirmation, es::SqliteStore> decisions(file.store());
        const es::Decisions<decision::Confirmation, es::SqliteStore> small(smallest.store());
        std::vector<double> now;
        std::vector<double> before;
        for (int round = -1; round < 30; ++round) // the first one warms up
            for (const bool is_small : {false, true})
                for (int i = 0; i < 20; ++i) {
                    const double time =
                        is_small ? decide_one(smallest, small) : decide_one(file, decisions);
                    if (round >= 0)
                        (is_small ? before : now).push_back(time);
                }
        const double median = compare::quantile(now, 0.5);
        std::printf(R"({"events": %zu, "decision_us": %.2f, "flat": %.2f})"
                    "\n",
                    events, median, median / compare::quantile(before, 0.5));
        std::fflush(stdout);
    }
}
