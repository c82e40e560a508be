// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_EVENTS_HPP
#define EVENTSOURCING_STORE_MEMORY_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/arena.hpp>
#include <eventsourcing/store/memory/block.hpp>
#include <eventsourcing/store/memory/id_index.hpp>
#include <eventsourcing/store/memory/log.hpp>
#include <eventsourcing/store/memory/match_index.hpp>
#include <eventsourcing/store/memory/part.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace eventsourcing::detail {

/// The events of a memory store: streams of blocks, the order of all events, and the indexes by id,
/// type and tag. Its callers hold the store's lock, except for what `MemoryLog` and `MemoryBlock`
/// allow readers.
///
/// A template, as are the others of this folder that take `T`, so that only files that use a memory
/// store compile it.
template <class T = void>
struct MemoryEventsOf {
    MemoryEventsOf() = default;
    MemoryEventsOf(const MemoryEventsOf&) = delete;
    MemoryEventsOf& operator=(const MemoryEventsOf&) = delete;
    ~MemoryEventsOf() {
        for (auto& [name, stream] : streams)
            while (MemoryBlock* block = stream.first) {
                stream.first = block->next;
                MemoryBlock::destroy(block);
            }
    }

    [[nodiscard]] MemoryStream* find_stream(StreamNameView name) {
        const auto found = streams.find(name.view());
        return found == streams.end() ? nullptr : &found->second;
    }

    /// At most `count` events of a stream from the revision `from` on.
    [[nodiscard]] MemoryPart part(StreamNameView stream, std::uint64_t from,
                                  std::uint64_t count) const {
        const auto found = streams.find(stream.view());
        if (found == streams.end())
            return {.first_revision = from};
        const MemoryStream& all = found->second;
        MemoryPart part{.first_revision = from, .stream_size = all.size};
        if (from >= all.size)
            return part;
        part.size = std::min(count, all.size - from);
        part.block = all.first;
        while (part.block->next && part.block->next->first_revision <= from)
            part.block = part.block->next;
        part.slot = narrowed<std::size_t>(from - part.block->first_revision);
        return part;
    }

    /// At most `count` events of a stream back from the revision `from`, or from its end; still in
    /// ascending order.
    [[nodiscard]] MemoryPart part_before(StreamNameView stream, std::optional<std::uint64_t> from,
                                         std::uint64_t count) const {
        const MemoryPart all = part(stream, 0, 0);
        if (all.stream_size == 0)
            return all;
        const std::uint64_t last = all.stream_size - 1;
        const std::uint64_t end = from ? std::min(last, *from) : last;
        const std::uint64_t size = std::min(count, end + 1);
        return part(stream, end + 1 - size, size);
    }

    /// Where the event of this id is; null if there is none.
    [[nodiscard]] const MemoryPlace* find(const Uuid& id) const {
        const std::uint64_t position = ids.find(id, log);
        return position == 0 ? nullptr : &log.at(position);
    }

    // For sources, before anything is published:

    /// A type, version, content type or source, kept once.
    std::string_view name(std::string_view text) { return index.name(text); }
    std::string_view keep(std::string_view bytes) { return arena.keep(bytes); }
    /// Says that the event at `position` came as bytes with this type, which `name` has seen.
    void note_name(std::string_view type, std::uint64_t position) noexcept {
        index.note_name(type, position);
    }

    /// The last position; 0 if there are no events.
    std::uint64_t head = 0;
    TextMap<Dependent<MemoryStream, T>> streams{};
    MemoryLogOf<T> log{};
    IdIndexOf<T> ids{};
    MatchIndexOf<T> index{};
    std::deque<Dependent<Metadata, T>> metadata{};
    Arena arena{};
};

} // namespace eventsourcing::detail

#endif
