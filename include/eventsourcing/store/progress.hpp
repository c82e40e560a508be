// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_PROGRESS_HPP
#define EVENTSOURCING_STORE_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace eventsourcing {

/// How far the events of a store have been handled.
struct Checkpoint {
    /// Of the store that is read; nothing if it has no id.
    std::optional<Uuid> store_id{};
    /// Of the last event that was handled or passed over; nothing before the first.
    std::optional<Position> position{};
    /// Of the event at the position, if it was seen.
    std::optional<Uuid> event_id{};

    bool operator==(const Checkpoint&) const = default;
};

/// Whose progress it is.
struct ProgressKey {
    /// Of the subscription, the relay or the process manager.
    std::string name;
    /// Of the code that handles the events: two versions of a program have two.
    std::string fingerprint{};
    /// The one that is being built to replace the one with `false`.
    bool rebuild = false;

    bool operator==(const ProgressKey&) const = default;
};

/// The last failure; it is taken back by the next success.
struct ProgressFailure {
    std::string message;
    /// The event that failed, if it was one.
    std::optional<StreamName> stream{};
    std::optional<Revision> revision{};
    Timestamp since{};
    std::uint64_t attempts = 0;

    bool operator==(const ProgressFailure&) const = default;
};

/// What is kept of a subscription, in the store that holds its result.
struct Progress {
    Checkpoint checkpoint{};
    /// Who runs it; empty for nobody. Two that commit at once have two: a store takes the same
    /// progress with the same owner for a commit that was sent again.
    std::string owner{};
    /// A higher number for each new owner, so that a replaced owner can't commit.
    std::uint64_t fence = 0;
    /// For people and other processes: `live`, `waiting`, `stopped`.
    std::string status{};
    std::optional<ProgressFailure> failure{};

    bool operator==(const Progress&) const = default;
};

/// A row of a read model, and what becomes of it.
struct RowCommit {
    /// Empty for a read model with one state.
    std::string key;
    /// The new content; nothing to drop the row.
    std::optional<std::string> data{};
};

/// A value of an SQL statement: null, an integer, a number, text, or bytes.
using SqlValue =
    std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::byte>>;

/// One statement for a store that is an SQL database, run in the transaction of the checkpoint. It
/// must not touch the library's tables (`es_...`), nor begin or end a transaction. It has as many
/// values as its text has parameters. Rows that it returns are dropped.
struct SqlStatement {
    std::string text;
    std::vector<SqlValue> values{};
};

/// An event that could not be handled, or that comes after such an event of the same key.
struct ParkedEvent {
    /// Events of one key are handled in order.
    std::string key;
    /// The place in the line of its key, from 0; the first one failed, the others wait.
    std::uint64_t sequence = 0;
    /// Where the event is, in the store that is read. Its data is not copied.
    StreamName stream;
    Revision revision{};
    std::optional<Position> position{};
    Uuid event_id{};
    /// Why it failed; nothing for one that waits.
    std::optional<std::string> failure{};
    std::uint64_t attempts = 0;
    Timestamp parked_at{};

    bool operator==(const ParkedEvent&) const = default;
};

/// Takes an event out of the line of its key.
struct UnparkedEvent {
    std::string key;
    std::uint64_t sequence = 0;
};

/// Everything that one step of a subscription stores, in one commit, all or nothing. It is done in
/// the order of the members; of two rows with one key the last one counts.
struct ProgressCommit {
    ProgressKey key;
    /// What `load_progress` returned, nothing if there was none. If its checkpoint or its fence is
    /// not what is stored now, the commit is refused with `conflict` and nothing is done.
    std::optional<Progress> loaded{};
    /// What is stored instead. Its fence is not lower. With rows, statements or parked events its
    /// checkpoint or its fence differs from what was loaded, so that others notice them and the
    /// store can tell a commit that is sent again.
    Progress next{};
    std::vector<RowCommit> rows{};
    std::vector<SqlStatement> statements{};
    std::vector<UnparkedEvent> unpark{};
    /// A parked event with the same key and sequence is replaced.
    std::vector<ParkedEvent> park{};
    /// For a key with `rebuild`: it takes the place of the one without, which is dropped with its
    /// rows and parked events, in the same commit. The fence of `next` must be greater than that
    /// one's, so that its runner can't commit any more.
    bool replaces_live = false;
    /// With `replaces_live`: what `load_progress` returned for that one. If its checkpoint or its
    /// fence is not what is stored now, the commit is refused with `conflict`. Nothing if it may be
    /// anything.
    std::optional<Progress> replaced{};
    /// Drops what is stored for the key, with its rows and parked events, instead of storing
    /// `next`: only if it is still what was loaded. Such a commit has none of the others.
    bool drops = false;
};

} // namespace eventsourcing

#endif
