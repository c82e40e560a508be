// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_RACE_HPP
#define EVENTSOURCING_TESTING_LAWS_RACE_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <atomic>
#include <cstddef>
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

} // namespace eventsourcing::detail::laws

#endif
