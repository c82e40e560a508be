// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_TOLD_FOLLOWING_HPP
#define EVENTSOURCING_RUNTIME_TOLD_FOLLOWING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// What an observer is told by subscriptions, relays and process managers. `subscription` is the
// name of any of these; for what a process manager sends it is `NAME.outbox`, for what is
// rebuilt `NAME (rebuild)`. The views and references are valid during the call.

namespace eventsourcing {

/// After a page there is more to read. Told after each such page.
struct Lagging {
    std::string_view subscription;
    std::optional<Position> position{};
    /// As in the status: how many events come after the position, and the age of the oldest one
    /// that was not handled; absent if the store does not tell.
    std::optional<std::uint64_t> behind{};
    std::optional<std::chrono::nanoseconds> lag{};
};

/// After `Lagging`: all that there was has been handled.
struct CaughtUp {
    std::string_view subscription;
    std::optional<Position> position{};
};

/// Something failed that may pass: it is tried again. Told each time.
struct Waiting {
    std::string_view subscription;
    /// Of the event that failed; empty if it was none.
    std::string_view stream{};
    std::optional<Revision> revision{};
    /// How often it has failed so far.
    std::uint64_t attempts = 1;
    std::chrono::nanoseconds wait{};
    const Error& error;
};

/// Something failed for good: nothing more is handled until `resume`.
struct Stopped {
    std::string_view subscription;
    /// Of the event that failed; empty if it was none.
    std::string_view stream{};
    std::optional<Revision> revision{};
    const Error& error;
};

/// The first success after `Waiting` or `Stopped`.
struct Recovered {
    std::string_view subscription;
    /// How often it had failed.
    std::uint64_t attempts = 0;
    /// Since it failed first.
    std::chrono::nanoseconds duration{};
};

/// Another runner of the same name has stored its progress first: this one goes on from there.
struct ProgressConflict {
    std::string_view subscription;
};

/// An event is stored as parked: it failed, or it comes after such an event of the same key.
struct Parked {
    std::string_view subscription;
    std::string_view key{};
    std::string_view stream{};
    Revision revision{};
    /// Empty for one that did not fail itself.
    std::string_view reason{};
};

/// The parked events of a key were handled once more, by `replay` or `release`, or by a process
/// manager, which tries by itself.
struct Released {
    std::string_view subscription;
    std::string_view key{};
    /// How many have left the line, and how many are left in it.
    std::size_t events = 0;
    std::size_t left = 0;
};

/// A read model that was rebuilt has taken the place of the old one.
struct Rebuilt {
    std::string_view subscription;
    std::uint64_t events = 0;
    std::optional<Position> position{};
    std::chrono::nanoseconds duration{};
};

/// A sink has acknowledged events. Those whose acknowledgement was lost are told again.
struct Relayed {
    std::string_view subscription;
    /// Empty if they are of several streams.
    std::string_view stream{};
    std::size_t events = 0;
};

/// A process was told an input, and its step is stored.
struct ProcessStepped {
    /// The stream of the process, `process.transfers-17`.
    std::string_view process;
    /// Of its step.
    Revision revision{};
    /// Of the event, the deadline, or the command that was refused.
    std::string_view input{};
    std::size_t commands = 0;
    std::size_t deadlines = 0;
    bool completes = false;
};

/// A command of a process was executed, or handed over to its handler.
struct CommandSent {
    std::string_view process;
    /// The category of the aggregate, or the handler.
    std::string_view target{};
    std::string_view id{};
    Uuid command_id{};
};

/// An aggregate refused a command of a process.
struct CommandRefused {
    std::string_view process;
    std::string_view target{};
    std::string_view id{};
    Uuid command_id{};
    const Error& error;
};

/// An input came after the end of its process, and is ignored.
struct LateInput {
    std::string_view process;
    std::string_view input{};
};

/// The budget of a process that fails is used up: it takes no input until `release`.
struct Quarantined {
    std::string_view subscription;
    /// The id of the process.
    std::string_view key{};
};

} // namespace eventsourcing

#endif
