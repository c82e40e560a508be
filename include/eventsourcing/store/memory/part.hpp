// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_PART_HPP
#define EVENTSOURCING_STORE_MEMORY_PART_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/memory/block.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace eventsourcing::detail {

/// Some events of a stream, in order.
struct MemoryPart {
    const MemoryBlock* block = nullptr;
    std::size_t slot = 0;
    std::uint64_t first_revision = 0;
    std::uint64_t size = 0;
    /// How many events the whole stream has.
    std::uint64_t stream_size = 0;

    /// Calls `f(block, slot, count)` for each run of events that lie in one block, until it returns
    /// an error.
    template <class F>
    Result<void> for_each_run(F&& f) const {
        const MemoryBlock* at = block;
        std::size_t from = slot;
        for (std::uint64_t left = size; left > 0;) {
            const auto here = at->capacity.load(std::memory_order_relaxed) - from;
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, here));
            if (auto done = f(*at, from, count); !done)
                return done;
            left -= count;
            if (left > 0)
                at = at->next;
            from = 0;
        }
        return {};
    }
};

} // namespace eventsourcing::detail

#endif
