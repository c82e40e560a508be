// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_READ_RECORDS_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_READ_RECORDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/append_body.hpp>
#include <eventsourcing/engines/eventstoredb/envelope.hpp>
#include <eventsourcing/engines/eventstoredb/event_bytes.hpp>
#include <eventsourcing/engines/eventstoredb/feed.hpp>
#include <eventsourcing/engines/eventstoredb/same_json.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/store/page.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

/// Whether a stream is the server's own: statistics, users, stream metadata.
inline bool is_system_stream(std::string_view stream) {
    return stream.starts_with('$');
}

/// Whether an entry points to an event instead of being one.
inline bool is_link(const FeedEntry& entry) {
    return entry.type == "$>";
}

/// Whether an entry is the rest of an event that can't be read any more: a link whose event was
/// deleted, with a title at most, or the mark of a stream that was deleted permanently.
inline bool is_remains(const FeedEntry& entry) {
    return (!entry.id && !entry.type && !entry.number && !entry.stream) ||
           (!entry.data && (is_link(entry) || entry.type == "$streamDeleted"));
}

/// Whether the data of an entry has to be read apart from the feed: it is not JSON.
inline bool lacks_bytes(const FeedEntry& entry) {
    return entry.stream && entry.number &&
           (!entry.data || (may_have_lost_bytes(*entry.data) && !is_json(*entry.data)));
}

/// The content type of an event; a default for those without one.
inline std::string_view content_type_of(const FeedEntry& entry, const Envelope& envelope) {
    if (envelope.content_type)
        return *envelope.content_type;
    return entry.data && is_json(*entry.data) ? json_type : bytes_type;
}

/// Adds an entry to `page` if it matches the query. Events of other programs have no version, and
/// the server's time. The event of a link has the revision of the link.
inline Result<void> add_record(Page& page, const FeedEntry& entry, const Query& query = {}) {
    const auto& number = entry.position_number ? entry.position_number : entry.number;
    const auto& stream = entry.position_stream ? entry.position_stream : entry.stream;
    if (!entry.id || !entry.type || !number || !stream)
        return Error(errc::malformed, "Atom feed: an entry without eventId, eventType, "
                                      "eventNumber or streamId");
    if (*number > max_number)
        return Error(errc::malformed,
                     "Atom feed: expected the number of an event, got " + std::to_string(*number));
    const auto place = [&] {
        return event_place(StreamNameView::parse(*stream) ? *stream : detail::in_quotes(*stream),
                           Revision(*number));
    };
    auto id = Uuid::parse(*entry.id);
    if (!id)
        return std::move(id).error().within(place());
    const auto metadata = open_metadata(entry.metadata.value_or(""));
    const Envelope& envelope = metadata.envelope;
    auto time =
        Timestamp::parse(envelope.recorded_at ? *envelope.recorded_at : entry.updated.value_or(""));
    if (!time)
        return std::move(time).error().within(place());
    std::vector<std::string_view> tags;
    if (envelope.tags)
        tags.assign(envelope.tags->begin(), envelope.tags->end());
    if (!matches(query, *entry.type, tags))
        return {};
    page.add({.id = *id,
              .stream = *stream,
              .revision = Revision(*number),
              .position = {},
              .recorded_at = *time,
              .type = *entry.type,
              .version = envelope.version ? std::string_view(*envelope.version) : "",
              .content_type = content_type_of(entry, envelope),
              .data = entry.data ? *entry.data : entry.bytes,
              .metadata = metadata.own,
              .tags = tags,
              .source = envelope.source ? std::string_view(*envelope.source) : ""});
    return {};
}

/// Whether a stored event has the value of the one that was sent: servers rewrite JSON.
inline bool same_value(const EventRecord& stored, const NewEvent& event) {
    const auto same_metadata = [&] {
        return stored.metadata.empty()
                   ? event.metadata.empty() || same_json(event.metadata, "{}")
                   : !event.metadata.empty() && same_json(stored.metadata, event.metadata);
    };
    return stored.type == event.type && stored.version == event.version &&
           stored.content_type == event.content_type && same_json(stored.data, event.data) &&
           same_source(stored.source, event.source) && same_metadata() &&
           std::equal(stored.tags.begin(), stored.tags.end(), event.tags.begin(), event.tags.end());
}

} // namespace eventsourcing::detail::eventstoredb

#endif
