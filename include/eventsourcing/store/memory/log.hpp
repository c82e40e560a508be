// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_LOG_HPP
#define EVENTSOURCING_STORE_MEMORY_LOG_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/store/memory/block.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace eventsourcing::detail {

/// Where the event at each position is, from position 1 on, in chunks that double and never move: a
/// reader that has read the last position under the lock reads them without it.
template <class T = void>
class MemoryLogOf {
public:
    [[nodiscard]] const MemoryPlace& at(std::uint64_t position) const {
        const Slot slot{position};
        return chunks_[slot.chunk][slot.offset];
    }

    /// Room for all positions up to `last`; `std::bad_alloc` if there is no memory.
    void reserve(std::uint64_t last) {
        while (end_ <= last) {
            const std::size_t chunk = Slot{end_}.chunk;
            chunks_[chunk] =
                std::make_unique_for_overwrite<Dependent<MemoryPlace, T>[]>(Slot::size(chunk));
            end_ += Slot::size(chunk);
        }
    }

    /// There must be room for it.
    void set(std::uint64_t position, const MemoryPlace& place) noexcept {
        const Slot slot{position};
        chunks_[slot.chunk][slot.offset] = place;
    }

private:
    static constexpr int first_bits = 8;

    struct Slot {
        explicit Slot(std::uint64_t position) {
            const std::uint64_t index = position - 1 + (1U << first_bits);
            const int top = 63 - std::countl_zero(index);
            chunk = static_cast<std::size_t>(top - first_bits);
            offset = index - (std::uint64_t{1} << top);
        }
        static constexpr std::uint64_t size(std::size_t chunk) {
            return std::uint64_t{1} << (chunk + first_bits);
        }
        std::size_t chunk;
        std::uint64_t offset;
    };

    std::array<std::unique_ptr<Dependent<MemoryPlace, T>[]>, 64 - first_bits> chunks_{};
    std::uint64_t end_ = 1; // the first position without room
};

} // namespace eventsourcing::detail

#endif
