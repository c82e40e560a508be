// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CONVERT_HPP
#define EVENTSOURCING_CLOUDEVENTS_CONVERT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/cloudevents/received.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

namespace detail {

/// A position as text that sorts like positions: 20 digits, and 20 more if an engine has two
/// numbers.
inline std::string sequence_text(Position position) {
    const auto padded = [](std::uint64_t number) {
        const std::string text = std::to_string(number);
        return std::string(sequence_digits - text.size(), '0') + text;
    };
    return position.prepare() == 0 ? padded(position.value())
                                   : padded(position.value()) + "." + padded(position.prepare());
}

inline void add_metadata(CloudEventFields& fields, const Metadata& metadata) {
    const auto add = [&fields](const char* name, const std::string& value) {
        if (!value.empty())
            fields.extensions.try_emplace(name, value);
    };
    add("correlationid", metadata.correlation_id);
    add("causationid", metadata.causation_id);
    add("traceparent", metadata.traceparent);
    add("tracestate", metadata.tracestate);
}

/// The event, with the attributes of its traits.
template <class E>
Result<CloudEventFields> fields_of(const E& event) {
    std::string data;
    if (auto done = EventCodec<E>::encode(event, data); !done)
        return std::move(done).error();
    CloudEventFields fields{.type = std::string(EventCodec<E>::type(event)),
                            .datacontenttype = std::string(json_media_type),
                            .data = CloudEventData::json(std::move(data))};
    visit_alternative(event, [&fields]<class One>(const One&) {
        fields.source = EventTraits<One>::event_source;
        if (!EventTraits<One>::event_schema.empty())
            fields.dataschema = EventTraits<One>::event_schema;
    });
    fields.extensions.try_emplace("typeversion", EventCodec<E>::version(event));
    return fields;
}

template <class E>
Result<CloudEventFields> stamped_fields_of(const E& event, const Environment& environment,
                                           const Metadata& metadata) {
    auto fields = fields_of(event);
    if (!fields)
        return fields;
    auto stamped = guarded_but_memory("the environment", [&]() -> Result<void> {
        const Timestamp now = environment.now();
        fields->id = environment.new_id(now).to_string();
        fields->time = now;
        return {};
    });
    if (!stamped)
        return std::move(stamped).error();
    add_metadata(*fields, metadata);
    return fields;
}

/// The version of a CloudEvent without `typeversion`: that of the only event with its schema, or of
/// the only event of its type if none has a schema.
class VersionBySchema {
public:
    VersionBySchema(std::string_view type, std::string_view schema)
        : type_(type),
          schema_(schema) {}

    template <class... Es>
    void look_at(TypeList<Es...> /*events*/) {
        (look_at<Es>(), ...);
    }
    /// Empty for none. A schema that no event of the type names is an unknown version.
    [[nodiscard]] std::string version() const {
        if (count_ == 1)
            return std::string(version_);
        return by_schema_ ? std::string(schema_) : std::string();
    }

private:
    template <class E>
    void look_at() {
        using Traits = EventTraits<E>;
        bool is_it = Traits::event_type == type_;
        for (const std::string_view alias : Traits::event_type_aliases)
            is_it = is_it || alias == type_;
        if (!is_it)
            return;
        const bool names_schema = !schema_.empty() && !Traits::event_schema.empty();
        if (names_schema && !std::exchange(by_schema_, true))
            count_ = 0; // those without a schema don't count
        if (by_schema_ && Traits::event_schema != schema_)
            return;
        version_ = Traits::event_type_version;
        ++count_;
    }

    std::string_view type_;
    std::string_view schema_;
    std::string_view version_{};
    int count_ = 0;
    bool by_schema_ = false;
};

/// The version that a CloudEvent names, otherwise the only possible one; empty for none. An empty
/// one counts as absent, like all extension attributes.
template <class V>
std::string version_of(const CloudEvent& event) {
    if (const auto* const found = event.extension("typeversion"))
        if (auto version = found->to_string(); !version.empty()) // some senders write it anyway
            return version;
    VersionBySchema search(event.type(),
                           event.dataschema() ? std::string_view(*event.dataschema()) : "");
    search.look_at(ReadableForms<V>{});
    return search.version();
}

/// The event in a CloudEvent, without the attributes around it.
template <class V>
Result<V> event_in(const CloudEvent& event) {
    const auto malformed = [&event](std::string_view found) {
        return Error(errc::malformed, "CloudEvent of type " + in_quotes(event.type()) +
                                          ": expected data in JSON, got " + std::string(found));
    };
    const std::string version = version_of<V>(event);
    if (!EventTable<V>::find(event.type(), version))
        return EventTable<V>::unknown(event.type(), version);
    if (!event.data())
        return malformed("none");
    const auto& type = event.datacontenttype();
    if (event.data()->kind != CloudEventDataKind::json && (!type || !is_json_media_type(*type)))
        return malformed(type ? in_quotes(*type) : "bytes without a content type");
    return EventCodec<V>::decode(event.type(), version, event.data()->content);
}

} // namespace detail

/// A stored event in its outside form. `E` is one event struct or a variant.
///
/// `type` and `dataschema` are those of the event's traits, `source` is the one that it was stored
/// with, or that of its traits if the store has none. `subject` is the stream, `time` is when it
/// was recorded. Extensions are `typeversion` and `streamrevision`; `sequence` if there is a
/// position, as text that sorts like positions; `correlationid`, `causationid`, `traceparent`,
/// `tracestate` if the metadata has them. Other metadata and tags are not part of it.
///
/// Errors: `invalid` if the event can't be encoded, or its metadata or traits contain what no
/// attribute may.
template <class E>
[[nodiscard]] Result<CloudEvent> to_cloud_event(const Recorded<E>& recorded) {
    auto fields = detail::fields_of(recorded.event);
    if (!fields)
        return std::move(fields).error();
    fields->id = recorded.id.to_string();
    if (!recorded.source.empty())
        fields->source = recorded.source;
    fields->subject = recorded.stream.str();
    fields->time = recorded.recorded_at;
    fields->extensions.try_emplace("streamrevision", std::to_string(recorded.revision.value()));
    if (recorded.position)
        fields->extensions.try_emplace("sequence", detail::sequence_text(*recorded.position));
    detail::add_metadata(*fields, recorded.metadata);
    return CloudEvent::make(*std::move(fields));
}

/// An event that was not stored, in its outside form, with an id and the time of `environment`. The
/// rest is as for a stored one, as far as it is known.
///
/// Errors: as for a stored one.
template <class E>
[[nodiscard]] Result<CloudEvent> to_cloud_event(const E& event, const Environment& environment,
                                                const Metadata& metadata = {}) {
    auto fields = detail::stamped_fields_of(event, environment, metadata);
    if (!fields)
        return std::move(fields).error();
    return CloudEvent::make(*std::move(fields));
}

/// The same for an event that is about the stream `stream`, which is its `subject`.
template <class E>
[[nodiscard]] Result<CloudEvent> to_cloud_event(const E& event, const Environment& environment,
                                                StreamNameView stream,
                                                const Metadata& metadata = {}) {
    auto fields = detail::stamped_fields_of(event, environment, metadata);
    if (!fields)
        return std::move(fields).error();
    fields->subject = stream.str();
    return CloudEvent::make(*std::move(fields));
}

/// The event in a CloudEvent, as one of `V`, a variant of events or one struct. Its type may be an
/// older name, an alias of today's.
///
/// With `Received<V>` it comes with the attributes of the CloudEvent and with its metadata. With
/// `Recorded<V>` it is the stored event that `to_cloud_event` was given, except for what is not
/// written: tags, command id and the application's own values of the metadata are empty.
///
/// Its version is the extension `typeversion`. Without one it is the only version that `V` has of
/// its type, older forms included; or, if it has a `dataschema` and an event of that type names
/// one, the only version with that schema. An older version is made into that of today by `upcast`.
///
/// Errors: `unknown_type` and `unknown_version` for a valid event that is not one of these;
/// `malformed` if its data is missing, is no JSON, or does not fit, or if its time is outside the
/// years 1 to 9999, or if it lacks an attribute that `Recorded` needs; `threw` if making the event
/// throws.
template <class V>
[[nodiscard]] Result<V> from_cloud_event(const CloudEvent& event) {
    using Outside = detail::TakenOutside<V>;
    if constexpr (Outside::has_context) {
        auto taken = detail::event_in<typename Outside::Event>(event);
        if (!taken)
            return std::move(taken).error();
        return detail::with_context(*std::move(taken), event, static_cast<const V*>(nullptr));
    } else {
        return detail::event_in<V>(event);
    }
}

} // namespace eventsourcing

#endif
