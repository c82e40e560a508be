// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_EVENT_CODEC_HPP
#define EVENTSOURCING_CODEC_EVENT_CODEC_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {

inline constexpr const char* making_event = "making or reading the event"; // for `guarded`

/// Writes the struct that a variant holds. (Inlined: saves a function for each event.)
struct WriteEvent {
    JsonWriter& out;

    template <class E>
    [[gnu::always_inline]] bool operator()(const E& event) const {
        return write_value(out, event);
    }
};

/// An event to be read into.
template <class V>
V blank_event() {
    if constexpr (is_variant<V>)
        return V(std::in_place_index<0>, blank<AlternativeOf<0, V>>());
    else
        return blank<V>();
}

/// Reads an event that is the struct at `I`.
template <class V, std::size_t I>
bool read_event(JsonReader& in, V& event) {
    if constexpr (is_variant<V>)
        return JsonFormOf<AlternativeOf<I, V>>::read(
            in, event.template emplace<I>(blank<AlternativeOf<I, V>>()));
    else
        return JsonFormOf<V>::read(in, event);
}

template <class V, class Indexes>
struct EventReaders;
template <class V, std::size_t... I>
struct EventReaders<V, std::index_sequence<I...>> {
    static constexpr bool (*at[])(JsonReader&, V&) = {&read_event<V, I>...};
};

/// Reads an event that has the older form at `I`, and makes it into that of today. `doing` says
/// which of the two an exception came from. False with an error in `failed`, or in the reader.
template <class V, std::size_t I>
bool read_older(JsonReader& in, const EventRecord* record, const char*& doing, Result<V>& event,
                Result<void>& failed) {
    using Old = ReadableForm<V, I>;
    using New = CurrentForm<V, I>;
    auto old = blank<Old>();
    if (!JsonFormOf<Old>::read(in, old) || !in.at_end())
        return false;
    doing = upcasting;
    return upcast_and<New>(std::move(old), record, failed, [&event](New&& made) {
        if constexpr (is_variant<V>)
            event->template emplace<New>(std::move(made));
        else
            *event = std::move(made);
        return true;
    });
}

template <class V, class Indexes>
struct OlderReaders;
template <class V, std::size_t... I>
struct OlderReaders<V, std::index_sequence<I...>> {
    static constexpr bool (*at[])(JsonReader&, const EventRecord*, const char*&, Result<V>&,
                                  Result<void>&) = {&read_older<V, Alternatives<V>::size + I>...};
};

/// Reads an event that has an older form.
template <class V>
[[gnu::noinline]] Result<V> decode_older(const EventRow& row, std::string_view text,
                                         const EventRecord* record) {
    using Readers = OlderReaders<V, std::make_index_sequence<older_forms<V>>>;
    const char* doing = making_event;
    auto event = guarded(doing, [&] {
        Result<V> made(std::in_place, blank_event<V>());
        Result<void> failed;
        JsonReader reader(text);
        if (!Readers::at[row.reads_as - Alternatives<V>::size](reader, record, doing, made, failed))
            made = failed ? reader.error(errc::malformed) : std::move(failed).error();
        return made;
    });
    if (!event)
        event = in_upcast(std::move(event).error(), row.type, row.version);
    return event;
}

} // namespace detail

/// Turns the events of a variant (or of one struct) into JSON and back. Only its type and version
/// decide which struct a stored event becomes, through the rows of `EventTable`.
template <class V>
class EventCodec {
public:
    /// The name under which the event is stored.
    [[nodiscard]] static std::string_view type(const V& event) {
        return EventTable<V>::row_of(event).type;
    }

    [[nodiscard]] static std::string_view version(const V& event) {
        return EventTable<V>::row_of(event).version;
    }

    /// Appends the event's JSON to `out`, which is not changed on an error. `errc::invalid` says
    /// where: `combat.entity_attacked: $.entity_id: expected UTF-8, got ...`; `threw` if a function
    /// of the event throws.
    static Result<void> encode(const V& event, std::string& out) {
        if (detail::is_valueless(event))
            return Error(errc::invalid, detail::valueless_event);
        const std::size_t before = out.size();
        auto done = detail::guarded_but_memory("writing the event", [&]() -> Result<void> {
            detail::JsonWriter writer(out);
            if (!detail::visit_alternative(event, detail::WriteEvent{writer}))
                return writer.error(errc::invalid);
            writer.finish();
            return {};
        });
        if (!done) {
            out.resize(before);
            done = std::move(done).error().within(type(event));
        }
        return done;
    }

    /// The event in `text`, which was stored under `type` and `version`; one of an older version is
    /// made into that of today by its `upcast`. `record` is where it was stored, for an upcast that
    /// asks for it; it may be null.
    ///
    /// Errors: `unknown_type` and `unknown_version`, which list what is known, and `malformed`,
    /// which says where: `combat.entity_attacked: $.damage: expected an unsigned 32-bit integer,
    /// got -5`; `threw` if making the event throws. Of an older version: `cannot_apply` if `upcast`
    /// returns an error, `threw` if it throws, and `unsupported` if it asks for the record and
    /// there is none.
    [[nodiscard]] static Result<V> decode(std::string_view type, std::string_view version,
                                          std::string_view text,
                                          const EventRecord* record = nullptr) {
        const EventRow* const row = EventTable<V>::find(type, version);
        if (!row)
            return EventTable<V>::unknown(type, version);
        if constexpr (detail::older_forms<V> != 0)
            if (row->reads_as >= detail::Alternatives<V>::size)
                return detail::decode_older<V>(*row, text, record);
        // one object from here to the caller: moving events is expensive
        auto event = detail::guarded(detail::making_event, [&] {
            Result<V> made(std::in_place, detail::blank_event<V>());
            detail::JsonReader reader(text);
            if (!Readers::at[row->index](reader, *made) || !reader.at_end())
                made = reader.error(errc::malformed);
            return made;
        });
        if (!event)
            event = std::move(event).error().within(type);
        return event;
    }

private:
    using Readers =
        detail::EventReaders<V, std::make_index_sequence<detail::Alternatives<V>::size>>;
};

} // namespace eventsourcing

#endif
