// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_RECORDED_HPP
#define EVENTSOURCING_STORE_RECORDED_HPP

#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

/// An event as it was stored, with all that is known of it: what `decode_record` makes of a record,
/// and independent of the page that it was read in.
template <class E>
struct Recorded {
    E event;
    Uuid id;
    StreamName stream;
    Revision revision;
    /// Absent where the engine does not say.
    std::optional<Position> position;
    Timestamp recorded_at;
    Metadata metadata;
    std::vector<std::string> tags;
};

namespace detail {

/// How the event in a record is decoded; null where `no_row` says why it can't be.
template <class V>
const EventRow<V>* find_row(const EventRecord& record) {
    return record.content_type == "application/json"
               ? EventTable<V>::find(record.type, record.version)
               : nullptr;
}
template <class V>
[[gnu::cold]] Error no_row(const EventRecord& record) {
    Error error = record.content_type != "application/json"
                      ? Error(errc::malformed, std::string(record.type) +
                                                   ": expected application/json, got " +
                                                   quoted(record.content_type) +
                                                   "; read such an event as a record, by its bytes")
                      : EventTable<V>::unknown(record.type, record.version);
    return std::move(error).within(event_place(record.stream, record.revision));
}
[[gnu::cold]] inline Error undecodable(Error error, const EventRecord& record) {
    return std::move(error).within(record.type).within(event_place(record.stream, record.revision));
}

/// The event in a record; errors name its place.
template <class V>
Result<V> decode_event(const EventRecord& record) {
    const EventRow<V>* const row = find_row<V>(record);
    // one object from the row to the caller: it is the moving of events that costs
    Result<V> event = row ? row->decode(record.data) : Result<V>(no_row<V>(record));
    if (!event && row)
        event = undecodable(std::move(event).error(), record);
    return event;
}

} // namespace detail

/// The event in a record as one of `V`, a variant of events or one struct, with its metadata.
///
/// Errors: `malformed`, `unknown_type` and `unknown_version`, for example
/// `stream combat-ogre, revision 3: combat.entity_attacked: $.damage: expected ...`.
template <class V>
[[nodiscard]] Result<Recorded<V>> decode_record(const EventRecord& record) {
    const auto place = [&] { return detail::event_place(record.stream, record.revision); };
    auto event = detail::decode_event<V>(record);
    if (!event)
        return std::move(event).error();
    auto stream = StreamName::parse(record.stream);
    if (!stream)
        return std::move(stream).error().within(place());
    auto metadata = decode_metadata(record.metadata);
    if (!metadata)
        return std::move(metadata).error().within(place());
    return Recorded<V>{.event = *std::move(event),
                       .id = record.id,
                       .stream = *std::move(stream),
                       .revision = record.revision,
                       .position = record.position,
                       .recorded_at = record.recorded_at,
                       .metadata = *std::move(metadata),
                       .tags = {record.tags.begin(), record.tags.end()}};
}

} // namespace eventsourcing

#endif
