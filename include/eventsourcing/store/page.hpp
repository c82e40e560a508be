// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_PAGE_HPP
#define EVENTSOURCING_STORE_PAGE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/store/arena.hpp>
#include <eventsourcing/store/event_record.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// The result of one read: records, which the page owns, and where to read on. Moving a page keeps
/// its records valid; it can't be copied.
class Page {
public:
    Page() = default;

    [[nodiscard]] std::span<const EventRecord> records() const EVENTSOURCING_LIFETIMEBOUND {
        return records_;
    }
    [[nodiscard]] bool empty() const { return records_.empty(); }
    [[nodiscard]] auto begin() const EVENTSOURCING_LIFETIMEBOUND { return records_.begin(); }
    [[nodiscard]] auto end() const EVENTSOURCING_LIFETIMEBOUND { return records_.end(); }

    /// Whether there was nothing more to read when this was read.
    bool at_end = true;
    /// In a page of a stream: where the next page starts, in the direction of reading. Nothing at
    /// the front of a stream read backward; after the last event when read forward to the end.
    std::optional<Revision> next_revision{};
    /// In a page of the whole store: the last position that was checked, also if the query matched
    /// nothing. The next page starts there (`AllRead::after`), and an append condition takes it.
    std::optional<Position> last_position{};
    /// How many events the store lists here but can't read any more, because another program or the
    /// operator deleted their data. They are not among the records. 0 for a store that never does
    /// so.
    std::size_t left_out = 0;

    /// For engines: copies the bytes of `record` into this page and adds it.
    void add(EventRecord record) {
        record.stream = arena_.keep(record.stream);
        record.type = arena_.keep(record.type);
        record.version = arena_.keep(record.version);
        record.content_type = arena_.keep(record.content_type);
        record.data = arena_.keep(record.data);
        record.metadata = arena_.keep(record.metadata);
        record.tags = arena_.keep(record.tags);
        record.source = arena_.keep(record.source);
        records_.push_back(record);
    }
    /// For engines: copies bytes into this page, for records that share them.
    [[nodiscard]] std::string_view keep(std::string_view bytes) { return arena_.keep(bytes); }
    /// For engines: adds a copy of `record`, whose bytes this page keeps already.
    EventRecord& add_kept(const EventRecord& record) { return records_.emplace_back(record); }
    /// For engines: room for this many records.
    void reserve(std::size_t count) { records_.reserve(count); }
    /// For engines: sets the tags of the record at `index`, if they are read after the record.
    void set_tags(std::size_t index, std::span<const std::string_view> tags) {
        records_[index].tags = arena_.keep(tags);
    }

private:
    std::vector<EventRecord> records_;
    detail::Arena arena_;
};

} // namespace eventsourcing

#endif
