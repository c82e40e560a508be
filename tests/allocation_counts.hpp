// SPDX-License-Identifier: MIT
// What a thread allocates, and how much memory it gets. Counted in a binary of which one file
// includes allocations.hpp.
#ifndef EVENTSOURCING_TESTS_ALLOCATION_COUNTS_HPP
#define EVENTSOURCING_TESTS_ALLOCATION_COUNTS_HPP

#include <cstddef>

namespace allocations {

/// How often this thread has asked for memory.
inline constinit thread_local std::size_t made = 0;

inline constexpr int plenty = -1;
/// How often this thread will get memory; at 0, never again.
inline constinit thread_local int left = plenty;

/// The bytes that this thread has, less those of others that it gave back, and the most so far.
inline constinit thread_local std::ptrdiff_t live = 0;
inline constinit thread_local std::ptrdiff_t most_live = 0;

/// How many bytes more than before this thread has at most while `f` runs.
template <class F>
std::ptrdiff_t most_bytes_of(const F& f) {
    const std::ptrdiff_t before = live;
    most_live = before;
    f();
    return most_live - before;
}

} // namespace allocations

#endif
