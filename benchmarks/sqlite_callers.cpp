// SPDX-License-Identifier: MIT
// Callers that append one event at a time, each to a stream of its own, to one SQLite store with
// full durability; one caller, 8 and 32 in turns. For a disk that costs what one does, preload
// slow_sync. Prints one JSON object for each number of callers.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>

#include "compare.hpp"
#include "sqlite_files.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace es = eventsourcing;

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

struct Measured {
    double appends_per_second = 0;
    double worst_ms = 0;
    double p99_ms = 0;
};

Measured measure(std::size_t callers, std::chrono::milliseconds time) {
    const BenchmarkFolder folder;
    auto store = *es::SqliteStore::open(folder / "combat.db");
    std::vector<std::vector<double>> latencies(callers);
    std::vector<std::jthread> threads;
    std::latch ready(static_cast<std::ptrdiff_t>(callers));
    for (std::size_t i = 0; i < callers; ++i)
        threads.emplace_back([&, i] {
            const es::Environment environment;
            const auto stream = *es::StreamName::of("combat", std::to_string(i));
            latencies[i].reserve(100'000);
            ready.arrive_and_wait();
            const auto end = Clock::now() + time;
            for (auto begin = Clock::now(); begin < end;) {
                const es::NewEvent event{.id = environment.new_id(),
                                         .type = "combat.entity_attacked",
                                         .version = "1.0",
                                         .content_type = "application/json",
                                         .data = R"({"targetId":"ogre","damage":150})",
                                         .metadata = "",
                                         .recorded_at = environment.now(),
                                         .tags = {}};
                if (!store.append_unchecked(stream, es::EventBatch(std::span(&event, 1))))
                    std::abort();
                const auto now = Clock::now();
                latencies[i].push_back(Milliseconds(now - begin).count());
                begin = now;
            }
        });
    threads.clear();
    std::vector<double> all;
    for (const auto& some : latencies)
        all.insert(all.end(), some.begin(), some.end());
    return {static_cast<double>(all.size()) / std::chrono::duration<double>(time).count(),
            compare::quantile(all, 1), compare::quantile(all, 0.99)};
}

} // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
    const std::chrono::milliseconds time(argc > 2 ? std::atoi(argv[2]) : 500);
    constexpr std::size_t numbers[] = {1, 8, 32};
    std::vector<std::vector<Measured>> measured(std::size(numbers));
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < std::size(numbers); ++i)
            measured[i].push_back(measure(numbers[i], time));
    for (std::size_t i = 0; i < std::size(numbers); ++i) {
        std::vector<double> rate;
        std::vector<double> ratio;
        std::vector<double> p99;
        double worst = 0;
        for (std::size_t round = 0; round < measured[i].size(); ++round) {
            const Measured& m = measured[i][round];
            rate.push_back(m.appends_per_second);
            ratio.push_back(m.appends_per_second / measured[0][round].appends_per_second);
            p99.push_back(m.p99_ms);
            worst = std::max(worst, m.worst_ms);
        }
        std::printf(R"({"callers": %zu, "rounds": %d, "appends_per_second": %.0f, )"
                    R"("appends_quartiles": [%.0f, %.0f], "ratio": %.2f, )"
                    R"("ratio_quartiles": [%.2f, %.2f], "p99_ms": %.2f, "worst_ms": %.2f})"
                    "\n",
                    numbers[i], rounds, compare::quantile(rate, 0.5), compare::quantile(rate, 0.25),
                    compare::quantile(rate, 0.75), compare::quantile(ratio, 0.5),
                    compare::quantile(ratio, 0.25), compare::quantile(ratio, 0.75),
                    compare::quantile(p99, 0.5), worst);
    }
    return 0;
}
