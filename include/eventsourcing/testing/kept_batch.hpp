// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_KEPT_BATCH_HPP
#define EVENTSOURCING_TESTING_KEPT_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/arena.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/event_record.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eventsourcing::detail {

/// A copy of encoded events, with all their bytes, for a sink that sends them later.
class KeptBatch {
public:
    explicit KeptBatch(std::span<const NewEvent> events) : events_(events.begin(), events.end()) {
        for (NewEvent& event : events_) {
            size_ += event.data.size() + event.metadata.size();
            for (auto* text : {&event.type, &event.version, &event.content_type, &event.data,
                               &event.metadata, &event.source})
                *text = bytes_.keep(*text);
            event.tags = bytes_.keep(event.tags);
        }
    }

    /// A view of this.
    [[nodiscard]] EventBatch view() const { return EventBatch(std::span(events_)); }
    /// The bytes of data and metadata.
    [[nodiscard]] std::size_t byte_size() const { return size_; }

private:
    std::vector<NewEvent> events_;
    Arena bytes_;
    std::size_t size_ = 0;
};

} // namespace eventsourcing::detail

#endif
