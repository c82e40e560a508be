// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_ID_INDEX_HPP
#define EVENTSOURCING_STORE_MEMORY_ID_INDEX_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/memory/log.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace eventsourcing::detail {

/// The last position that a memory store can give.
inline constexpr std::uint64_t max_memory_position = (std::uint64_t{1} << 48U) - 1;

/// Finds the position of an event id. Open addressing with eight bytes for each event: 48 bits of
/// position and 16 of the hash, so that the ids themselves stay in the events' stamps.
template <class T = void>
class IdIndexOf {
public:
    static constexpr std::uint64_t max_position = max_memory_position;

    /// The position of this id; 0 if it is not known.
    [[nodiscard]] std::uint64_t find(const Uuid& id, const MemoryLogOf<T>& log) const {
        if (mask_ == 0)
            return 0;
        const std::uint64_t hash = hash_of(id);
        for (std::uint64_t at = hash & mask_; words_[at] != 0; at = (at + 1) & mask_) {
            const std::uint64_t position = words_[at] & max_position;
            if (((words_[at] ^ hash) & ~max_position) == 0 && log.at(position).stamp().id == id)
                return position;
        }
        return 0;
    }

    /// Room for `count` more ids; `std::bad_alloc` if there is no memory.
    void reserve(std::size_t count, const MemoryLogOf<T>& log) {
        const std::size_t needed = (used_ + count) * 4 / 3 + 1; // at most three quarters are used
        if (mask_ != 0 && needed <= mask_)
            return;
        const std::size_t size = std::bit_ceil(needed < 512 ? std::size_t{512} : 2 * needed - 1);
        auto words = std::make_unique<Word[]>(size);
        for (std::size_t i = 0; mask_ != 0 && i <= mask_; ++i)
            if (words_[i] != 0)
                put(words.get(), size - 1, log.at(words_[i] & max_position).stamp().id,
                    words_[i] & max_position);
        words_ = std::move(words);
        mask_ = size - 1;
    }

    /// There must be room for it, and it must not be known.
    void insert(const Uuid& id, std::uint64_t position) noexcept {
        put(words_.get(), mask_, id, position);
        ++used_;
    }

private:
    using Word = Dependent<std::uint64_t, T>;

    static std::uint64_t hash_of(const Uuid& id) {
        std::uint64_t halves[2];
        std::memcpy(halves, id.bytes().data(), sizeof halves);
        const std::uint64_t mixed = (halves[0] ^ std::rotl(halves[1], 32)) * 0x9E3779B97F4A7C15U;
        return mixed ^ mixed >> 32U;
    }

    static void put(std::uint64_t* words, std::uint64_t mask, const Uuid& id,
                    std::uint64_t position) noexcept {
        const std::uint64_t hash = hash_of(id);
        std::uint64_t at = hash & mask;
        while (words[at] != 0)
            at = (at + 1) & mask;
        words[at] = (hash & ~max_position) | position;
    }

    std::unique_ptr<Word[]> words_;
    std::size_t mask_ = 0; // the number of words less one; 0 before the first id
    std::size_t used_ = 0;
};

} // namespace eventsourcing::detail

#endif
