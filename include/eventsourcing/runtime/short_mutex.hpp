// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SHORT_MUTEX_HPP
#define EVENTSOURCING_RUNTIME_SHORT_MUTEX_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <atomic>

namespace eventsourcing::detail {

/// A mutex around a few instructions, of which `std::mutex` would be the larger part. A thread that
/// does not get it sleeps until the one that has it wakes it.
class ShortMutex {
public:
    void lock() {
        int state = is_free;
        if (state_.compare_exchange_strong(state, is_taken, std::memory_order_acquire))
            return;
        while (state_.exchange(is_awaited, std::memory_order_acquire) != is_free)
            state_.wait(is_awaited, std::memory_order_relaxed);
    }
    void unlock() {
        if (state_.exchange(is_free, std::memory_order_release) == is_awaited)
            state_.notify_one();
    }

private:
    static constexpr int is_free = 0;
    static constexpr int is_taken = 1;
    static constexpr int is_awaited = 2; // taken, and a thread may sleep

    std::atomic<int> state_{is_free};
};

} // namespace eventsourcing::detail

#endif
