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

/// Decodes the events of one page. A type is looked up once for the records in a row that share its
/// bytes, as they do where an engine keeps them once.
template <class V>
class PageDecoder {
public:
    /// Errors name the place of the event.
    Result<V> decode(const EventRecord& record) {
        if (!row_ || !same(record.type, type_) || !same(record.version, version_) ||
            !same(record.content_type, content_type_))
            find(record);
        // one object from the row to the caller: it is the moving of events that costs
        Result<V> event = row_ ? row_->decode(record.data) : Result<V>(unknown(record));
        if (!event) {
            auto error = std::move(event).error();
            if (row_)
                error = std::move(error).within(record.type);
            event = std::move(error).within(event_place(record.stream, record.revision));
        }
        return event;
    }

private:
    static constexpr std::string_view json = "application/json";

    static bool same(std::string_view a, std::string_view b) {
        return a.data() == b.data() && a.size() == b.size();
    }
    void find(const EventRecord& record) {
        row_ = record.content_type == json ? EventTable<V>::find(record.type, record.version)
                                           : nullptr;
        type_ = record.type;
        version_ = record.version;
        content_type_ = record.content_type;
    }
    static Error unknown(const EventRecord& record) {
        if (record.content_type == json)
            return EventTable<V>::unknown(record.type, record.version);
        return {errc::malformed, std::string(record.type) + ": expected application/json, got " +
                                     quoted(record.content_type) +
                                     "; read such an event as a record, by its bytes"};
    }

    const EventRow<V>* row_ = nullptr;
    std::string_view type_{};
    std::string_view version_{};
    std::string_view content_type_{};
};

/// The event in a record; errors name its place.
template <class V>
Result<V> decode_event(const EventRecord& record) {
    return PageDecoder<V>().decode(record);
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
