// SPDX-License-Identifier: MIT
// What an event costs a projection of one State that catches up with a SQLite file in memory, with
// a checkpoint for each page of 1000: 10^3 events to 10^6, or as many as the first argument says
// (10000000). A JSON object a line; `flat` is how many times as expensive as in a store of 10^3
// events that takes turns with it.
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include "compare.hpp"
#include "projections.hpp"
#include "sqlite_files.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {

class Store {
public:
    explicit Store(std::size_t events) : events_(events) {
        projections::fill(path_, events, 10'000);
        store_ = es::SqliteStore::open(path_, {.durability = es::SqliteDurability::relaxed});
    }

    /// Microseconds for an event, of a new projection that catches up.
    double catch_up() {
        es::Subscription<projections::Totals, es::SqliteStore> totals{
            *store_,
            {.name = std::string("totals-").append(std::to_string(++number_)), .page_size = 1'000}};
        const auto begin = std::chrono::steady_clock::now();
        if (projections::catch_up(totals) != events_)
            std::abort();
        const std::chrono::duration<double, std::micro> time =
            std::chrono::steady_clock::now() - begin;
        // Else the first step of each next one would list one more.
        const auto all = store_->list_progress();
        for (const auto& [key, progress] : all.value())
            if (!store_->drop_progress(key))
                std::abort();
        return time.count() / static_cast<double>(events_);
    }

private:
    BenchmarkFolder folder_;
    std::string path_ = folder_ / "combat.db";
    std::size_t events_;
    es::Result<es::SqliteStore> store_ = es::errc::closed;
    unsigned number_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    const std::size_t most = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    Store smallest(1'000);
    for (std::size_t events = 1'000; events <= most; events *= 10) {
        Store store(events);
        std::vector<double> times;
        std::vector<double> ratios;
        const int rounds = events > 1'000'000 ? 3 : 9;
        for (int round = -1; round < rounds; ++round) { // the first one warms up
            std::vector<double> small;
            for (int i = 0; i < 21; ++i)
                small.push_back(smallest.catch_up());
            const double now = store.catch_up();
            if (round < 0)
                continue;
            times.push_back(now);
            ratios.push_back(now / compare::quantile(small, 0.5));
        }
        std::printf(R"({"events": %zu, "event_us": %.3f, "flat": %.3f, )"
                    R"("flat_quartiles": [%.3f, %.3f]})"
                    "\n",
                    events, compare::quantile(times, 0.5), compare::quantile(ratios, 0.5),
                    compare::quantile(ratios, 0.25), compare::quantile(ratios, 0.75));
        std::fflush(stdout);
    }
}
