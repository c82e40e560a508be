// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_BLOCK_HPP
#define EVENTSOURCING_STORE_MEMORY_BLOCK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// The form in which a block holds its events: as values of one variant, or as bytes.
struct MemoryKind {
    std::size_t size;
    std::size_t align;
    /// The type names of the variant's alternatives; none for bytes.
    std::span<const std::string_view> types;
    std::string_view (*type_of)(const void* event);
    /// Fills in type, version, content type, data and source, and the metadata if it is bytes, too.
    /// Text that is made for it goes into `text`.
    Result<void> (*describe)(const void* event, std::string& text, EventRecord& record);
    void (*destroy)(void* events, std::size_t count) noexcept;
};

/// A kind in one store, with the last position of each of its types, which makes a condition on
/// types cheap.
struct MemoryKindUse {
    const MemoryKind* kind;
    std::unique_ptr<std::uint64_t[]> last_positions;
};

/// What only few events have.
struct MemoryExtra {
    /// Null for none, and if it is kept as bytes.
    const Metadata* metadata = nullptr;
    std::span<const std::string_view> tags{};
};

struct MemoryStamp {
    Uuid id;
    Timestamp recorded_at;
    std::uint64_t position;
    const MemoryExtra* extra;
};

struct MemoryStream;

/// A run of events of one stream in one form: the stamps, then the events, side by side in one
/// allocation. Blocks never move and their events never change, so a reader that has read the
/// number of events under the lock reads them without it.
struct MemoryBlock {
    const MemoryKind* kind;
    MemoryKindUse* use;
    const MemoryStream* stream;
    /// Written before an event after this block is published, and read only by readers of such an
    /// event.
    MemoryBlock* next;
    std::uint64_t first_revision;
    /// How many events are published; read and written under the lock.
    std::size_t size;
    /// How many events this block will hold in the end. It shrinks when a block of another kind
    /// follows before this one is full, while readers look at it.
    std::atomic<std::size_t> capacity;
    MemoryStamp* stamps;
    std::byte* events;

    [[nodiscard]] void* event(std::size_t slot) { return events + slot * kind->size; }
    [[nodiscard]] const void* event(std::size_t slot) const { return events + slot * kind->size; }

    static constexpr std::size_t aligned(std::size_t size, std::size_t align) {
        return (size + align - 1) / align * align;
    }

    /// A block without events; `std::bad_alloc` if there is no memory.
    [[nodiscard]] static MemoryBlock* make(const MemoryStream& stream, MemoryKindUse& use,
                                           std::uint64_t first_revision, std::size_t capacity) {
        const MemoryKind& kind = *use.kind;
        const std::size_t stamps_at = aligned(sizeof(MemoryBlock), alignof(MemoryStamp));
        const std::size_t events_at =
            aligned(stamps_at + capacity * sizeof(MemoryStamp), kind.align);
        auto* raw = static_cast<std::byte*>(
            ::operator new(events_at + capacity * kind.size, alignment(kind)));
        auto* stamps = static_cast<MemoryStamp*>(static_cast<void*>(raw + stamps_at));
        return ::new (raw) MemoryBlock{.kind = &kind,
                                       .use = &use,
                                       .stream = &stream,
                                       .next = nullptr,
                                       .first_revision = first_revision,
                                       .size = 0,
                                       .capacity = capacity,
                                       .stamps = stamps,
                                       .events = raw + events_at};
    }

    static void destroy(MemoryBlock* block) noexcept {
        const MemoryKind& kind = *block->kind;
        kind.destroy(block->events, block->size);
        ::operator delete(block, alignment(kind));
    }

private:
    static constexpr std::align_val_t alignment(const MemoryKind& kind) {
        return std::align_val_t{std::max({kind.align, alignof(MemoryBlock), alignof(MemoryStamp)})};
    }
};

struct MemoryStream {
    std::string_view name{};
    MemoryBlock* first = nullptr;
    MemoryBlock* last = nullptr;
    std::uint64_t size = 0;
};

/// Where an event is.
struct MemoryPlace {
    const MemoryBlock* block;
    std::size_t slot;

    [[nodiscard]] const MemoryStamp& stamp() const { return block->stamps[slot]; }
    [[nodiscard]] std::uint64_t revision() const { return block->first_revision + slot; }
    [[nodiscard]] std::string_view type() const { return block->kind->type_of(block->event(slot)); }
    [[nodiscard]] std::span<const std::string_view> tags() const {
        const MemoryExtra* extra = stamp().extra;
        return extra ? extra->tags : std::span<const std::string_view>{};
    }
};

} // namespace eventsourcing::detail

#endif
