// SPDX-License-Identifier: MIT
// What a decision with two views of ten events each costs in a SQLite file as it grows, at NORMAL:
// 10^3 events to 10^6 or as many as the first argument says. A JSON object a line; `flat` is how
// many times as expensive as in a store of 10^3 events that takes turns with it, and `by_hand_flat`
// the same for two queries by the C API of SQLite and one append on a condition: so much grows
// because what is read lies on other pages.
#include "compare.hpp"
#include "decision.hpp"
#include "decision_by_hand.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace es = eventsourcing;

namespace {

/// A file, and both ways to decide on it.
struct Deciders {
    decision::File& file;
    es::Decisions<decision::Confirmation, es::SqliteStore> library{file.store()};
    decision::ByHand by_hand{file.path()};

    explicit Deciders(decision::File& its_file) : file(its_file) {}

    double decide_one(bool with_library) {
        const auto command = file.next();
        const auto begin = std::chrono::steady_clock::now();
        const bool done = with_library ? library.execute(command).has_value()
                                       : by_hand.decide(file.store(), command);
        const std::chrono::duration<double, std::micro> time =
            std::chrono::steady_clock::now() - begin;
        if (!done)
            std::abort();
        return time.count();
    }
};

double median(const std::vector<double>& times) {
    return compare::quantile(times, 0.5);
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t most = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    decision::File file;
    for (std::size_t events = 1'000; events <= most; events *= 10) {
        file.grow_to(events);
        decision::File smallest;
        smallest.grow_to(1'000);
        Deciders large(file);
        Deciders small(smallest);
        std::vector<double> times[2][2]; // of the small file or not, with the library or not
        for (int round = -1; round < 30; ++round) // the first one warms up
            for (const bool is_small : {false, true})
                for (const bool with_library : {false, true})
                    for (int i = 0; i < 20; ++i) {
                        const double time = (is_small ? small : large).decide_one(with_library);
                        if (round >= 0)
                            times[is_small][with_library].push_back(time);
                    }
        std::printf(R"({"events": %zu, "decision_us": %.2f, "flat": %.2f, "by_hand_us": %.2f, )"
                    R"("by_hand_flat": %.2f})"
                    "\n",
                    events, median(times[0][1]), median(times[0][1]) / median(times[1][1]),
                    median(times[0][0]), median(times[0][0]) / median(times[1][0]));
        std::fflush(stdout);
    }
}
