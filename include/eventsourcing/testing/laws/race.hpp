// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_RACE_HPP
#define EVENTSOURCING_TESTING_LAWS_RACE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/laws/witness.hpp>

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace eventsourcing::detail::laws {

/// Calls `f(0)` to `f(runners - 1)`, each on a thread of its own, all starting at once, and waits
/// for them.
template <class F>
void race(std::size_t runners, F&& f) {
    std::atomic<std::size_t> ready{0};
    std::vector<std::jthread> threads;
    threads.reserve(runners);
    for (std::size_t i = 0; i < runners; ++i)
        threads.emplace_back([&, i] {
            ready.fetch_add(1);
            while (ready.load() < runners)
                std::this_thread::yield();
            f(i);
        });
}

/// Of the answers of calls that raced exactly one is a success, and each other one is this error.
template <class T>
void expect_one_won(Witness& witness, const std::vector<Result<T>>& answers, errc kind,
                    const std::string& call) {
    std::size_t won = 0;
    for (const Result<T>& answer : answers)
        if (answer)
            ++won;
        else
            witness.expect_refused(answer, kind, call + " that lost a race");
    witness.expect(won == 1, "of ", answers.size(), " racing calls, each ", call, ", ", won,
                   " won");
}

} // namespace eventsourcing::detail::laws

#endif
