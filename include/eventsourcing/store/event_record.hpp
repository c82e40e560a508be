// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EVENT_RECORD_HPP
#define EVENTSOURCING_STORE_EVENT_RECORD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eventsourcing {

/// An event on its way into a store, encoded. The views belong to its maker, usually a batch.
struct NewEvent {
    Uuid id{};
    std::string_view type{};
    std::string_view version{};
    /// The media type of `data`, `application/json` for everything the codec writes.
    std::string_view content_type{};
    std::string_view data{};
    /// A JSON object as `encode_metadata` writes it, or empty for none.
    std::string_view metadata{};
    Timestamp recorded_at{};
    /// Sorted and without duplicates.
    std::span<const std::string_view> tags{};
    /// The CloudEvents source of the event, a URI-reference, as its type names it; empty if it is
    /// not known.
    std::string_view source{};
};

/// An event as a store keeps it. The views belong to the page it was read in.
struct EventRecord {
    Uuid id{};
    std::string_view stream{};
    Revision revision{};
    /// Absent if the engine has no global order, or has positions of pages only
    /// (`Page::last_position` exists nevertheless, and a reader goes on from it).
    std::optional<Position> position{};
    Timestamp recorded_at{};
    std::string_view type{};
    std::string_view version{};
    std::string_view content_type{};
    std::string_view data{};
    std::string_view metadata{};
    std::span<const std::string_view> tags{};
    /// As `NewEvent::source`: a relay passes it on without knowing the event's type.
    std::string_view source{};
};

namespace detail {

/// Where an event is, as errors about it begin.
inline std::string event_place(std::string_view stream, Revision revision) {
    return "stream " + std::string(stream) + ", revision " + std::to_string(revision.value());
}

/// Whether two sources agree. One that is not known (the program that stored the event kept none)
/// agrees with any.
inline bool same_source(std::string_view one, std::string_view other) {
    return one == other || one.empty() || other.empty();
}

/// Whether a stored event is the one that is sent again. The time is not compared: a retry may have
/// a new one.
inline bool same_content(const EventRecord& stored, const NewEvent& event) {
    return same_source(stored.source, event.source) && stored.type == event.type &&
           stored.version == event.version && stored.content_type == event.content_type &&
           stored.data == event.data && stored.metadata == event.metadata &&
           std::equal(stored.tags.begin(), stored.tags.end(), event.tags.begin(), event.tags.end());
}

} // namespace detail

} // namespace eventsourcing

#endif
