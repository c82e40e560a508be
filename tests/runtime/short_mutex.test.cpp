// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/short_mutex.hpp>

#include "catch.hpp"

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

using eventsourcing::detail::ShortMutex;

TEST_CASE("Threads that take turns under a short mutex lose nothing", "[waits]") {
    constexpr int each = 20'000;
    ShortMutex mutex;
    int count = 0; // not atomic: a thread sanitizer sees two at once
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < each; ++n) {
                const std::lock_guard lock(mutex);
                ++count;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(count == 4 * each);
}

TEST_CASE("A thread waits for a short mutex until it is free", "[waits]") {
    ShortMutex mutex;
    std::atomic<bool> begun{false};
    bool free = false;
    bool seen = false;
    std::unique_lock lock(mutex);
    std::thread waiting([&] {
        begun = true;
        const std::lock_guard own(mutex);
        seen = free;
    });
    while (!begun)
        std::this_thread::yield();
    free = true;
    lock.unlock();
    waiting.join();
    CHECK(seen);
}
