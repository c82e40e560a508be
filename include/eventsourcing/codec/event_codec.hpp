// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_EVENT_CODEC_HPP
#define EVENTSOURCING_CODEC_EVENT_CODEC_HPP

#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// Turns the events of a variant (or of one struct) into JSON and back. Which struct a stored event
/// becomes is decided by its type and version alone, through the rows of `EventTable`.
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

    /// Appends the event's JSON to `out`, which is as before on an error.
    /// `errc::invalid` says where: `combat.entity_attacked: $.entity_id: expected UTF-8, got ...`.
    static Result<void> encode(const V& event, std::string& out) {
        if (detail::is_valueless(event))
            return Error(errc::invalid, "the event variant is valueless: it holds no event");
        const auto& row = EventTable<V>::row_of(event);
        if (auto done = row.encode(event, out); !done)
            return std::move(done).error().within(row.type);
        return {};
    }

    /// The event that `text` is, as stored under `type` and `version`.
    ///
    /// Errors: `unknown_type` and `unknown_version`, which list what is known, and `malformed`,
    /// which says where: `combat.entity_attacked: $.damage: expected an unsigned 32-bit integer,
    /// got -5`.
    [[nodiscard]] static Result<V> decode(std::string_view type, std::string_view version,
                                          std::string_view text) {
        const auto* row = EventTable<V>::find(type, version);
        if (!row)
            return EventTable<V>::unknown(type, version);
        auto event = row->decode(text);
        if (!event)
            return std::move(event).error().within(type);
        return event;
    }
};

} // namespace eventsourcing

#endif
