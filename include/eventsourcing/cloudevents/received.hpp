// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_RECEIVED_HPP
#define EVENTSOURCING_CLOUDEVENTS_RECEIVED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace eventsourcing {

/// An event that came as a CloudEvent, from any sender, with what the CloudEvent says about it.
/// What it does not say, or says in a form that `to_cloud_event` does not write, is absent.
template <class E>
struct Received {
    E event;
    /// Unique together with `source`; any text.
    std::string id;
    std::string source;
    /// The stream, if `to_cloud_event` wrote it.
    std::optional<std::string> subject;
    std::optional<Timestamp> time;
    std::optional<Revision> revision;
    std::optional<Position> position;
    Metadata metadata;
};

namespace detail {

template <class T>
struct TakenOutside {
    static constexpr bool has_context = false;
};
template <class E>
struct TakenOutside<Received<E>> {
    using Event = E;
    static constexpr bool has_context = true;
};
template <class E>
struct TakenOutside<Recorded<E>> : TakenOutside<Received<E>> {};

/// A decimal number of any length, and nothing after it.
inline std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

inline constexpr std::size_t sequence_digits = 20; // those of the largest number

/// Undoes `sequence_text`. Nothing for another text: other senders have a `sequence` of their own.
inline std::optional<Position> position_from_sequence(std::string_view text) {
    if (text.size() == sequence_digits) {
        const auto value = whole_number(text);
        return value ? std::optional(Position{*value}) : std::nullopt;
    }
    if (text.size() != 2 * sequence_digits + 1 || text[sequence_digits] != '.')
        return {};
    const auto value = whole_number(text.substr(0, sequence_digits));
    const auto prepare = whole_number(text.substr(sequence_digits + 1));
    return value && prepare ? std::optional(Position{*value, *prepare}) : std::nullopt;
}

/// The text of an extension; empty if there is none.
inline std::string extension_text(const CloudEvent& event, std::string_view name) {
    const CloudEventValue* const value = event.extension(name);
    return value ? value->to_string() : std::string();
}

/// Undoes `add_metadata`.
inline Metadata metadata_from(const CloudEvent& event) {
    return {.correlation_id = extension_text(event, "correlationid"),
            .causation_id = extension_text(event, "causationid"),
            .traceparent = extension_text(event, "traceparent"),
            .tracestate = extension_text(event, "tracestate")};
}

[[gnu::cold]] inline Error malformed_attribute(const CloudEvent& event, std::string_view name,
                                               std::string_view what) {
    return {errc::malformed, "CloudEvent of type " + in_quotes(event.type()) + ": " +
                                 std::string(name) + ": " + std::string(what)};
}
[[gnu::cold]] inline Error missing_attribute(const CloudEvent& event, std::string_view name) {
    return malformed_attribute(event, name,
                               "missing, so this is no stored event of this library; read it as "
                               "es::Received<E>");
}

inline Result<std::optional<Timestamp>> time_from(const CloudEvent& event) {
    if (!event.time())
        return std::optional<Timestamp>();
    const auto time = event.time()->timestamp();
    if (!time)
        return malformed_attribute(event, "time", time.error().message());
    return std::optional(*time);
}

template <class E>
Result<Received<E>> with_context(E&& taken, const CloudEvent& event, const Received<E>* /*tag*/) {
    auto time = time_from(event);
    if (!time)
        return std::move(time).error();
    const auto revision = whole_number(extension_text(event, "streamrevision"));
    return Received<E>{.event = std::move(taken),
                       .id = event.id(),
                       .source = event.source(),
                       .subject = event.subject(),
                       .time = *time,
                       .revision = revision ? std::optional(Revision{*revision}) : std::nullopt,
                       .position = position_from_sequence(extension_text(event, "sequence")),
                       .metadata = metadata_from(event)};
}

/// The attributes that every event has that was stored.
struct StoredAttributes {
    Uuid id;
    StreamName stream;
    Revision revision;
    Timestamp recorded_at;
};
inline Result<StoredAttributes> stored_attributes(const CloudEvent& event) {
    const auto id = Uuid::parse(event.id());
    if (!id)
        return malformed_attribute(event, "id", id.error().message());
    if (!event.subject())
        return missing_attribute(event, "subject");
    auto stream = StreamName::parse(*event.subject());
    if (!stream)
        return malformed_attribute(event, "subject", stream.error().message());
    const auto time = time_from(event);
    if (!time)
        return time.error();
    if (!*time)
        return missing_attribute(event, "time");
    const std::string revision = extension_text(event, "streamrevision");
    if (revision.empty())
        return missing_attribute(event, "streamrevision");
    const auto number = whole_number(revision);
    if (!number)
        return malformed_attribute(event, "streamrevision",
                                   "expected a number, got " + in_quotes(revision));
    return StoredAttributes{*id, *std::move(stream), Revision{*number}, **time};
}

template <class E>
Result<Recorded<E>> with_context(E&& taken, const CloudEvent& event, const Recorded<E>* /*tag*/) {
    auto stored = stored_attributes(event);
    if (!stored)
        return std::move(stored).error();
    return Recorded<E>{.event = std::move(taken),
                       .id = stored->id,
                       .stream = std::move(stored->stream),
                       .revision = stored->revision,
                       .position = position_from_sequence(extension_text(event, "sequence")),
                       .recorded_at = stored->recorded_at,
                       .metadata = metadata_from(event),
                       .tags = {},
                       .source = event.source()};
}

} // namespace detail

} // namespace eventsourcing

#endif
