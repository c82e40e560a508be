// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_FORK_EPOCH_HPP
#define EVENTSOURCING_CORE_FORK_EPOCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#if __has_include(<pthread.h>)
#    include <pthread.h>
#endif
#if defined(__linux__)
#    include <sys/mman.h>
#endif

namespace eventsourcing::detail {

using ForkEpoch = std::atomic<std::uint32_t>;
static_assert(ForkEpoch::is_always_lock_free, "it is in memory that the kernel clears");

/// Makes the place where the epoch of this process is kept: on Linux in a page that the kernel
/// clears in a child, even in one made past `fork` (`_Fork`, `clone`); elsewhere, and on kernels
/// before 4.14, in a variable that a handler of `fork` clears.
inline ForkEpoch* make_fork_epoch_word() {
#if defined(__linux__) && defined(MADV_WIPEONFORK)
    constexpr std::size_t size = sizeof(ForkEpoch); // the kernel rounds up to a page
    void* const page =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) {
        if (madvise(page, size, MADV_WIPEONFORK) == 0)
            return new (page) ForkEpoch{0};
        munmap(page, size);
    }
#endif
    static constinit ForkEpoch variable{0};
#if __has_include(<pthread.h>)
    pthread_atfork(nullptr, nullptr, [] { variable.store(0, std::memory_order_relaxed); });
#endif
    return &variable;
}

/// The place made by the first caller. Not a static reference: a child forked while another thread
/// initialises one would wait for that thread forever.
inline ForkEpoch& fork_epoch_word() {
    static constinit std::atomic<ForkEpoch*> shared{nullptr};
    ForkEpoch* word = shared.load(std::memory_order_acquire);
    if (word == nullptr) {
        ForkEpoch* const made = make_fork_epoch_word();
        if (shared.compare_exchange_strong(word, made, std::memory_order_acq_rel))
            word = made; // else another thread was first, and this one stays unused
    }
    return *word;
}

/// A number of this process, which neither its parent nor its children have; never 0. What a
/// process stores with it is invalid when the number has changed.
inline std::uint32_t fork_epoch() {
    // the highest of this process and of those it was forked from
    static constinit std::atomic<std::uint32_t> last{0};
    ForkEpoch& word = fork_epoch_word();
    std::uint32_t epoch = word.load(std::memory_order_relaxed);
    if (epoch != 0)
        return epoch;
    const std::uint32_t fresh = last.fetch_add(1, std::memory_order_relaxed) + 1;
    return word.compare_exchange_strong(epoch, fresh, std::memory_order_relaxed) ? fresh : epoch;
}

} // namespace eventsourcing::detail

#endif
