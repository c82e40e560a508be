// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_APPEND_BODY_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_APPEND_BODY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/eventstoredb/envelope.hpp>
#include <eventsourcing/engines/eventstoredb/payload.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

inline constexpr std::string_view json_type = "application/json";

/// A server takes bodies of less than this many bytes, unless it was configured otherwise.
inline constexpr std::size_t max_body_size = 30'000'000;

/// Appends one event as a server reads it; refuses what the server would change.
inline Result<void> append_event(std::string& out, const NewEvent& event) {
    if (event.content_type != json_type)
        return Error(errc::invalid, "content type " + detail::in_quotes(event.content_type) +
                                        ": expected application/json, which is all that "
                                        "EventStoreDB takes together with metadata");
    if (auto good = check_payload(event.data, true); !good)
        return std::move(good).error().as(errc::invalid).within("data");
    if (!event.metadata.empty())
        if (auto good = check_payload(event.metadata, false); !good)
            return std::move(good).error().as(errc::invalid).within("metadata");

    out.append("{\"eventId\":\"").append(event.id.to_string()).append("\",\"eventType\":");
    if (auto done = encode_json_to(out, event.type); !done)
        return done;
    out.append(",\"data\":").append(event.data).append(",\"metadata\":");
    const auto metadata = out.size();
    if (auto done = append_metadata(out, event); !done)
        return std::move(done).error().as(errc::invalid).within("metadata");
    const auto stored =
        StoredSize::of(event.data) + StoredSize::of(std::string_view(out).substr(metadata));
    if (stored > max_event_size)
        return Error(errc::too_large,
                     "it may have up to " + std::to_string(stored) +
                         " bytes once EventStoreDB has indented its data and metadata; at most " +
                         std::to_string(max_event_size) + " can be stored");
    out += '}';
    return {};
}

/// The body of an append, the same bytes for each attempt.
inline Result<std::string> append_body(std::span<const NewEvent> events) {
    std::string out = "[";
    for (std::size_t i = 0; i < events.size(); ++i) {
        out += i == 0 ? "" : ",";
        if (auto done = append_event(out, events[i]); !done)
            return std::move(done).error().within("event " + std::to_string(i) + " of the batch (" +
                                                  std::string(events[i].type) + ")");
        if (out.size() + 1 >= max_body_size)
            return Error(errc::too_large, "a batch of over " + std::to_string(out.size()) +
                                              " bytes: EventStoreDB takes less than " +
                                              std::to_string(max_body_size) +
                                              " at once; append it in several");
    }
    out += ']';
    return out;
}

} // namespace eventsourcing::detail::eventstoredb

#endif
