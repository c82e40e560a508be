// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_READ_HPP
#define EVENTSOURCING_STORE_READ_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/store/append_condition.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace eventsourcing {

enum class Direction : std::uint8_t { forward, backward };

/// How many records a page holds unless told otherwise.
inline constexpr std::size_t default_page_size = 500;

/// Which part of a stream to read.
struct StreamRead {
    /// The first revision to read; nothing means the first event forward, the last one backward.
    std::optional<Revision> from{};
    Direction direction = Direction::forward;
    /// The most records in a page, 1 to 4096; an engine may return fewer before the end.
    std::size_t limit = default_page_size;
    /// For callers that only fold: an engine may leave id, position, time, metadata, tags and
    /// source of the records as in `EventRecord{}`.
    bool events_only = false;
};

/// Which part of the whole store to read, in commit order.
struct AllRead {
    /// Only events after this position; nothing means from the beginning.
    std::optional<Position> after{};
    Query query{};
    /// The most records in a page, 1 to 4096. A page may be empty, with a position to go on from,
    /// if many events were checked and none matched.
    std::size_t limit = default_page_size;
};

} // namespace eventsourcing

#endif
