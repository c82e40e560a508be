// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_RECORDED_HPP
#define EVENTSOURCING_STORE_RECORDED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

/// An event as it was stored, with all its fields: the result of `decode_record`, independent of
/// the page that it was read in.
template <class E>
struct Recorded {
    E event;
    Uuid id;
    StreamName stream;
    Revision revision;
    /// Absent if the engine does not tell it.
    std::optional<Position> position;
    Timestamp recorded_at;
    Metadata metadata;
    std::vector<std::string> tags;
    /// The CloudEvents source that it was stored with; empty if the store has none for it.
    std::string source{};
};

namespace detail {

/// Whether the data of a record is JSON; other data is read as bytes.
inline bool holds_json(const EventRecord& record) {
    return record.content_type == "application/json";
}
[[gnu::cold]] inline Error no_json(const EventRecord& record) {
    return {errc::malformed, std::string(record.type) + ": expected application/json, got " +
                                 in_quotes(record.content_type) +
                                 "; read such an event as a record, by its bytes"};
}

/// The event in a record; errors name its place.
template <class V>
Result<V> decode_event(const EventRecord& record) {
    // one object from the codec to the caller
    Result<V> event = holds_json(record)
                          ? EventCodec<V>::decode(record.type, record.version, record.data, &record)
                          : Result<V>(no_json(record));
    if (!event)
        event = std::move(event).error().within(event_place(record.stream, record.revision));
    return event;
}

/// What of a record has to be read before it becomes `Recorded`, besides the event.
struct RecordContext {
    StreamName stream;
    Metadata metadata;
};
/// Errors do not name the place.
template <int = 0>
Result<RecordContext> context_of(const EventRecord& record) {
    auto stream = StreamName::parse(record.stream);
    if (!stream)
        return std::move(stream).error();
    auto metadata = decode_metadata(record.metadata);
    if (!metadata)
        return std::move(metadata).error();
    return RecordContext{*std::move(stream), *std::move(metadata)};
}

template <class E>
Recorded<E> recorded_of(E&& event, const EventRecord& record, RecordContext&& context) {
    return {.event = std::move(event),
            .id = record.id,
            .stream = std::move(context.stream),
            .revision = record.revision,
            .position = record.position,
            .recorded_at = record.recorded_at,
            .metadata = std::move(context.metadata),
            .tags = {record.tags.begin(), record.tags.end()},
            .source = std::string(record.source)};
}

} // namespace detail

/// The event in a record as one of `V`, a variant of events or one struct, with its metadata.
///
/// An event of an older version is made into that of today by its `upcast`.
///
/// Errors: `malformed`, `unknown_type` and `unknown_version`, for example
/// `stream combat-ogre, revision 3: combat.entity_attacked: $.damage: expected ...`; `cannot_apply`
/// and `threw` for an `upcast`.
template <class V>
[[nodiscard]] Result<Recorded<V>> decode_record(const EventRecord& record) {
    auto event = detail::decode_event<V>(record);
    if (!event)
        return std::move(event).error();
    auto context = detail::context_of(record);
    if (!context)
        return std::move(context).error().within(
            detail::event_place(record.stream, record.revision));
    return detail::recorded_of(*std::move(event), record, *std::move(context));
}

} // namespace eventsourcing

#endif
