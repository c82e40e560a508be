// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_APPEND_REQUEST_HPP
#define EVENTSOURCING_ENGINES_SHARED_APPEND_REQUEST_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace eventsourcing::detail::shared {

/// One append that has passed all checks that need no database. The views belong to the caller,
/// which waits for the answer: another thread may read them meanwhile.
struct AppendRequest {
    StreamNameView stream;
    /// Empty for an append without a check.
    std::optional<ExpectedRevision> expected;
    std::span<const NewEvent> events;
    /// Of each event, in Unix nanoseconds.
    std::span<const std::int64_t> recorded_at;
    const AppendCondition& condition;
    const CallOptions& call;
};

/// Appends to several streams, all or none. Each part has an expectation, and no condition; one
/// without events only checks it. The streams differ.
struct AppendAllRequest {
    std::span<const AppendRequest> parts;
    const CallOptions& call;
};

/// About how many bytes the request adds to a transaction.
inline std::size_t weight_of(const AppendRequest& request) {
    constexpr std::size_t columns_and_indexes = 200;
    std::size_t bytes = 0;
    for (const NewEvent& event : request.events)
        bytes += columns_and_indexes + event.data.size() + event.metadata.size();
    return bytes;
}

inline std::size_t weight_of(const AppendAllRequest& request) {
    std::size_t bytes = 0;
    for (const AppendRequest& part : request.parts)
        bytes += weight_of(part);
    return bytes;
}

} // namespace eventsourcing::detail::shared

#endif
