// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CONVERT_HPP
#define EVENTSOURCING_CLOUDEVENTS_CONVERT_HPP

#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {

/// A position as text that sorts like positions: 20 digits, and 20 more where an engine has two
/// numbers.
inline std::string sequence_text(Position position) {
    constexpr std::size_t digits = 20;
    const auto padded = [](std::uint64_t number) {
        const std::string text = std::to_string(number);
        return std::string(digits - text.size(), '0') + text;
    };
    return position.prepare() == 0 ? padded(position.value())
                                   : padded(position.value()) + "." + padded(position.prepare());
}

inline void add_metadata(CloudEventFields& fields, const Metadata& metadata) {
    const auto add = [&fields](const char* name, const std::string& value) {
        if (!value.empty())
            fields.extensions[name] = value;
    };
    add("correlationid", metadata.correlation_id);
    add("causationid", metadata.causation_id);
    add("traceparent", metadata.traceparent);
    add("tracestate", metadata.tracestate);
}

/// A value as CloudEvents writes it where there is only text.
inline std::string canonical_text(const CloudEventValue& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        return *text;
    if (const auto* number = std::get_if<std::int32_t>(&value))
        return std::to_string(*number);
    return *std::get_if<bool>(&value) ? "true" : "false";
}

/// The version that a CloudEvent names, or else the only one that can be meant; empty for none.
template <class V>
std::string version_of(const CloudEvent& event) {
    if (const auto* version = event.extension("typeversion"))
        return canonical_text(*version);
    const EventRow<V>* only = nullptr;
    for (const auto& row : EventTable<V>::rows) {
        if (row.type != event.type())
            continue;
        if (only)
            return {};
        only = &row;
    }
    return only ? std::string(only->version) : std::string();
}

} // namespace detail

/// A stored event in its outside form. `E` is one event struct or a variant.
///
/// `type`, `source` and `dataschema` are those of the event's traits, `subject` is the stream,
/// `time` when it was recorded. As extensions: `typeversion`, `streamrevision`; `sequence` where
/// there is a position, as text that sorts like positions; `correlationid`, `causationid`,
/// `traceparent`, `tracestate` where the metadata has them. Other metadata and tags stay inside.
///
/// Errors: `invalid` where the event can't be encoded or its metadata holds what no attribute may.
template <class E>
[[nodiscard]] Result<CloudEvent> to_cloud_event(const Recorded<E>& recorded) {
    std::string data;
    if (auto done = EventCodec<E>::encode(recorded.event, data); !done)
        return std::move(done).error();
    CloudEventFields fields{.id = recorded.id.to_string(),
                            .type = std::string(EventCodec<E>::type(recorded.event)),
                            .subject = recorded.stream.str(),
                            .time = recorded.recorded_at,
                            .datacontenttype = "application/json",
                            .data = std::move(data)};
    detail::visit_alternative(recorded.event, [&fields]<class One>(const One&) {
        fields.source = EventTraits<One>::event_source;
        if (!EventTraits<One>::event_schema.empty())
            fields.dataschema = EventTraits<One>::event_schema;
    });
    fields.extensions["typeversion"] = std::string(EventCodec<E>::version(recorded.event));
    fields.extensions["streamrevision"] = std::to_string(recorded.revision.value());
    if (recorded.position)
        fields.extensions["sequence"] = detail::sequence_text(*recorded.position);
    detail::add_metadata(fields, recorded.metadata);
    return CloudEvent::make(std::move(fields));
}

/// The event that a CloudEvent tells of, as one of `V`, a variant of events or one struct.
///
/// Its version is the extension `typeversion`; an event without one is taken for the only one of
/// `V` that has its type.
///
/// Errors: `malformed` where it has no data or the data does not fit, `unknown_type`,
/// `unknown_version`.
template <class V>
[[nodiscard]] Result<V> from_cloud_event(const CloudEvent& event) {
    if (!event.data())
        return Error(errc::malformed, "CloudEvent of type " + detail::quoted(event.type()) +
                                          ": expected data, got none");
    return EventCodec<V>::decode(event.type(), detail::version_of<V>(event), *event.data());
}

} // namespace eventsourcing

#endif
