// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_SNAPSHOT_STORE_HPP
#define EVENTSOURCING_STORE_SNAPSHOT_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing {

/// A folded state, kept so that loading need not read all events of a stream.
struct Snapshot {
    StreamName stream;
    /// Of state: the name of the aggregate.
    std::string kind;
    /// Of the code that folded it.
    std::string fingerprint;
    /// Of the last event that was folded, and its id, by which a reader sees whether the stream is
    /// still the same.
    Revision revision{};
    Uuid event_id{};
    /// The state, as its maker encoded it.
    std::string data;

    bool operator==(const Snapshot&) const = default;
};

namespace detail {

template <class S>
concept KeepsSnapshots = requires(const S& store, const Snapshot& snapshot, StreamNameView stream,
                                  std::string_view text, const CallOptions& call) {
    { store.save_snapshot(snapshot, call) } -> std::same_as<Result<void>>;
    {
        store.load_snapshot(stream, text, text, call)
    } -> std::same_as<Result<std::optional<Snapshot>>>;
    { store.prune_snapshots(text, text, call) } -> std::same_as<Result<std::uint64_t>>;
};

} // namespace detail

/// A store that keeps snapshots: one for each stream, kind and fingerprint.
///
/// * `save_snapshot(snapshot, call = {})`: replaces the one with the same stream, kind and
///   fingerprint, also one of a later revision: the stream may have been restored or reset since.
/// * `load_snapshot(stream, kind, fingerprint, call = {})`: that one, or nothing.
/// * `prune_snapshots(kind, keep_fingerprint, call = {})`: removes those of this kind that have
///   another fingerprint, and returns how many there were.
///
/// What a store takes is bounded the same in all of them (store/progress_limits.hpp). It does not
/// look at the stream, which may be in another store: the reader compares the event id.
///
/// Errors are those of the store. All functions may be called from several threads at once.
template <class S>
concept SnapshotStore =
    detail::KeepsSnapshots<S> ||
    unmet<"es: a snapshot store has save_snapshot, load_snapshot and prune_snapshots, all of them "
          "const (store/snapshot_store.hpp)">;

} // namespace eventsourcing

#endif
