// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_VERBS_HPP
#define EVENTSOURCING_STORE_VERBS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>

#include <concepts>
#include <optional>
#include <span>
#include <vector>

namespace eventsourcing {

/// What a store may be able to do beyond `EventStore`, a concept for each verb: a part of the
/// library that needs one asks the type for it, and says so in its first error line.

/// * `append_if(stream, batch, condition, call = {}) -> Result<Receipt>`: appends at the end of the
///   stream, whatever its revision is, unless an event that matches the condition was appended
///   after its position (`condition_failed`). For decisions that know a query and no revision. A
///   batch that is stored already, whole and in this stream, is answered with its first receipt,
///   before the condition is looked at.
template <class S>
concept AppendsIf = requires(const S& store, StreamNameView stream, const EventBatch& batch,
                             const AppendCondition& condition, const CallOptions& call) {
    { store.append_if(stream, batch, condition) } -> std::same_as<Result<Receipt>>;
    { store.append_if(stream, batch, condition, call) } -> std::same_as<Result<Receipt>>;
};

/// * `append_all(batches, call = {}) -> Result<std::vector<std::optional<Receipt>>>`: appends to
///   several streams in one commit, all or none, each batch at its expectation; one receipt for
///   each, in their order, and none for a batch without events, whose expectation is checked all
///   the same. A stream that is named twice is `invalid`. Batches that are all stored already where
///   their expectations put them are answered with the first receipts.
template <class S>
concept AppendsAll =
    requires(const S& store, std::span<const StreamBatch> batches, const CallOptions& call) {
        { store.append_all(batches) } -> std::same_as<Result<std::vector<std::optional<Receipt>>>>;
        {
            store.append_all(batches, call)
        } -> std::same_as<Result<std::vector<std::optional<Receipt>>>>;
    };

/// * `head(call = {}) -> Result<std::optional<Position>>`: the position of the last event; nothing
///   before the first. An event that is committed later has a greater one.
template <class S>
concept TellsHead = requires(const S& store, const CallOptions& call) {
    { store.head() } -> std::same_as<Result<std::optional<Position>>>;
    { store.head(call) } -> std::same_as<Result<std::optional<Position>>>;
};

/// * `find_event(id, call = {}) -> Result<Page>`: a page with the event of this id, or an empty
///   one. One indexed read.
template <class S>
concept FindsEvents = requires(const S& store, const Uuid& id, const CallOptions& call) {
    { store.find_event(id) } -> std::same_as<Result<Page>>;
    { store.find_event(id, call) } -> std::same_as<Result<Page>>;
};

/// * `sync(position, call = {}) -> Result<void>`: returns once everything up to and with this
///   position is durable, so that a loss of power can't take it back; at once where appends are
///   durable when they are acknowledged. A store that keeps nothing on a disk has no such function.
template <class S>
concept SyncsUpTo = requires(const S& store, Position position, const CallOptions& call) {
    { store.sync(position) } -> std::same_as<Result<void>>;
    { store.sync(position, call) } -> std::same_as<Result<void>>;
};

/// Which verbs a store has, and whether it keeps progress and snapshots.
struct Verbs {
    bool append_if = false;
    bool append_all = false;
    bool head = false;
    bool find_event = false;
    bool sync = false;
    /// It is a `ProgressStore`.
    bool progress = false;
    /// It is a `SnapshotStore`.
    bool snapshots = false;

    constexpr bool operator==(const Verbs&) const = default;
};

/// Which verbs this store has: what its type has or, for one that holds another, such as
/// `AnyStore`, what that one has.
template <class S>
[[nodiscard]] constexpr Verbs verbs_of([[maybe_unused]] const S& store) {
    if constexpr (requires {
                      { store.actual_verbs() } -> std::convertible_to<Verbs>;
                  })
        return store.actual_verbs();
    else
        return {.append_if = AppendsIf<S>,
                .append_all = AppendsAll<S>,
                .head = TellsHead<S>,
                .find_event = FindsEvents<S>,
                .sync = SyncsUpTo<S>,
                .progress = detail::KeepsProgress<S>,
                .snapshots = detail::KeepsSnapshots<S>};
}

} // namespace eventsourcing

#endif
