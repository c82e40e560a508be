// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_READ_RECORDS_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_READ_RECORDS_HPP

#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/append_body.hpp>
#include <eventsourcing/engines/eventstoredb/envelope.hpp>
#include <eventsourcing/engines/eventstoredb/feed.hpp>
#include <eventsourcing/engines/eventstoredb/same_json.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/page.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

/// Whether an event is the server's own business: statistics, users, stream metadata.
inline bool is_system_stream(std::string_view stream) {
    return stream.starts_with('$');
}

/// Whether an entry is a link to an event that was deleted: all there is of it is its title.
inline bool is_dead_link(const FeedEntry& entry) {
    return !entry.id && !entry.type && !entry.number && !entry.stream;
}

/// Adds an entry to `page`. What other programs wrote has no version, and the server's time.
inline Result<void> add_record(Page& page, const FeedEntry& entry) {
    const auto& number = entry.position_number ? entry.position_number : entry.number;
    if (!entry.id || !entry.type || !number || !entry.stream)
        return Error(errc::malformed, "Atom feed: an entry without eventId, eventType, "
                                      "eventNumber or streamId");
    if (*number > max_number)
        return Error(errc::malformed,
                     "Atom feed: expected the number of an event, got " + std::to_string(*number));
    const auto place = [&] {
        return event_place(StreamNameView::parse(*entry.stream) ? *entry.stream
                                                                : detail::quoted(*entry.stream),
                           Revision(*number));
    };
    auto id = Uuid::parse(*entry.id);
    if (!id)
        return std::move(id).error().within(place());
    auto metadata = open_metadata(entry.metadata.value_or(""));
    if (!metadata)
        return std::move(metadata).error().within(place());
    const Envelope& envelope = metadata->envelope;
    auto time =
        Timestamp::parse(envelope.recorded_at ? *envelope.recorded_at : entry.updated.value_or(""));
    if (!time)
        return std::move(time).error().within(place());
    std::vector<std::string_view> tags;
    if (envelope.tags)
        tags.assign(envelope.tags->begin(), envelope.tags->end());
    const std::string_view other_type = entry.data ? json_type : "application/octet-stream";
    page.add({.id = *id,
              .stream = *entry.stream,
              .revision = Revision(*number),
              .position = {},
              .recorded_at = *time,
              .type = *entry.type,
              .version = envelope.version ? std::string_view(*envelope.version) : "",
              .content_type =
                  envelope.content_type ? std::string_view(*envelope.content_type) : other_type,
              .data = entry.data ? *entry.data : entry.bytes,
              .metadata = metadata->own,
              .tags = tags});
    return {};
}

/// Whether a stored event is the one that was sent, by value: servers write JSON anew.
inline bool same_value(const EventRecord& stored, const NewEvent& event) {
    const auto same_metadata = [&] {
        return stored.metadata.empty()
                   ? event.metadata.empty() || same_json(event.metadata, "{}")
                   : !event.metadata.empty() && same_json(stored.metadata, event.metadata);
    };
    return stored.type == event.type && stored.version == event.version &&
           stored.content_type == event.content_type && same_json(stored.data, event.data) &&
           same_metadata() &&
           std::equal(stored.tags.begin(), stored.tags.end(), event.tags.begin(), event.tags.end());
}

} // namespace eventsourcing::detail::eventstoredb

#endif
