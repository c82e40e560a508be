// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_RECORDS_HPP
#define EVENTSOURCING_STORE_MEMORY_RECORDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/memory/block.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Shows the events of a memory store as records, encoding those that are kept as their own types.
class MemoryRecords {
public:
    /// Valid until the next call.
    template <int = 0>
    Result<EventRecord> record(const MemoryPlace& place) {
        const MemoryStamp& stamp = place.stamp();
        const std::string_view stream = place.block->stream->name;
        EventRecord record{.id = stamp.id,
                           .stream = stream,
                           .revision = Revision{place.revision()},
                           .position = Position{stamp.position},
                           .recorded_at = stamp.recorded_at,
                           .tags = place.tags()};
        if (auto done = place.block->kind->describe(place.block->event(place.slot), data_, record);
            !done)
            return std::move(done).error().within(event_place(stream, record.revision));
        if (const Metadata* metadata = stamp.extra ? stamp.extra->metadata : nullptr) {
            if (metadata != encoded_) { // the events of one batch share theirs
                encoded_ = nullptr;
                if (auto done = encode_metadata(*metadata, metadata_); !done)
                    return std::move(done).error().within(event_place(stream, record.revision));
                encoded_ = metadata;
            }
            record.metadata = metadata_;
        }
        return record;
    }

private:
    std::string data_;
    std::string metadata_;
    const Metadata* encoded_ = nullptr;
};

} // namespace eventsourcing::detail

#endif
