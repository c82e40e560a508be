// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_START_HPP
#define EVENTSOURCING_RUNTIME_START_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>

#include <cstdint>
#include <optional>

namespace eventsourcing {

/// Where a subscription, a relay or a process manager without a checkpoint begins. It is
/// decided once, and stored before the first event is handled.
struct Start {
    enum class Kind : std::uint8_t {
        beginning, ///< the first event of the store
        now,       ///< what is appended after its first step
        after,     ///< the events after `position`
        time,      ///< the first event that was recorded at `time` or later, and all after it
    };

    Kind kind = Kind::beginning;
    /// For `after`.
    std::optional<Position> position{};
    /// For `time`.
    Timestamp time{};

    bool operator==(const Start&) const = default;
};

inline constexpr Start from_beginning{};
inline constexpr Start from_now{.kind = Start::Kind::now};
/// After this position, which is one of the store that is followed.
[[nodiscard]] constexpr Start after(Position position) {
    return {.kind = Start::Kind::after, .position = position};
}
/// With the first event that was recorded at this time or later. To find it, the first step reads
/// all events before it. A future time means the same as `from_now`.
[[nodiscard]] constexpr Start from(Timestamp time) {
    return {.kind = Start::Kind::time, .time = time};
}

} // namespace eventsourcing

#endif
