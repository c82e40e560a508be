// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_TOLD_HPP
#define EVENTSOURCING_RUNTIME_TOLD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/told_following.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// What an observer is told. The views and references are valid during the call.

namespace eventsourcing {

/// A command's events are stored.
struct Appended {
    std::string_view stream;
    std::size_t events = 0;
    Receipt receipt{};
    /// How often the command was decided and sent, the last time included.
    unsigned attempts = 1;
    /// From the beginning of `execute`, of the environment's monotonic clock.
    std::chrono::nanoseconds duration{};
};

/// Others have appended what the decision did not know of: the command is decided again.
struct ConflictRetried {
    std::string_view stream;
    /// Which attempt met it, from 1.
    unsigned attempt = 1;
    /// How long it waits before the next one.
    std::chrono::nanoseconds wait{};
    /// `conflict`, or `condition_failed`.
    const Error& error;
};

/// Whether an append was done is unknown: it is sent again, with the same ids.
struct OutcomeRetried {
    std::string_view stream;
    /// How often it was sent so far.
    unsigned attempt = 1;
    std::chrono::nanoseconds wait{};
    const Error& error;
};

/// A command was executed before: what is stored is the answer, and nothing was appended.
struct CommandRepeated {
    std::string_view stream;
    Uuid command_id{};
    /// The first event of its outcome.
    Revision revision{};
};

/// A state was made of what is stored; of a stream, or of the events of a decision.
struct StateLoaded {
    std::string_view stream;
    /// How many events were folded.
    std::uint64_t folded = 0;
    /// Whether the cache had the state that these events, if any, came on top of.
    bool cached = false;
    /// Of the snapshot that they came on top of.
    std::optional<Revision> snapshot{};
};

/// A snapshot was there and could not be used: all events were folded.
struct SnapshotIgnored {
    std::string_view stream;
    /// Absent if it could not even be read.
    std::optional<Revision> revision{};
    /// Why: `corrupt` if its data can't be read, `not_found` if the stream has another event, or
    /// none, at its revision; or what reading it failed with.
    const Error& error;
};

/// A snapshot was due and is not stored. The command is executed nevertheless.
struct SnapshotFailed {
    std::string_view stream;
    Revision revision{};
    const Error& error;
};

/// An event was left out: of a state, because the list of skipped events names it, or by a
/// subscription, a relay or a process manager that could not handle it.
struct Skipped {
    std::string_view stream;
    Revision revision{};
    /// Empty for a state.
    std::string_view subscription{};
    /// Why it could not be handled.
    std::string_view reason{};
};

namespace detail {

/// Everything that an observer can be told.
using AllTold = TypeList<Appended, ConflictRetried, OutcomeRetried, CommandRepeated, StateLoaded,
                         SnapshotIgnored, SnapshotFailed, Skipped, Lagging, CaughtUp, Waiting,
                         Stopped, Recovered, ProgressConflict, Parked, Released, Rebuilt, Relayed,
                         ProcessStepped, CommandSent, CommandRefused, LateInput, Quarantined>;

} // namespace detail

} // namespace eventsourcing

#endif
