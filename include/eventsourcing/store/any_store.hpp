// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ANY_STORE_HPP
#define EVENTSOURCING_STORE_ANY_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/erased_store.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/explain_opened.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// Any event store, type-erased: for programs that choose theirs at run time.
///
/// Its type has every function that a store can have, and promises only what every store keeps. A
/// function that the store inside lacks returns `errc::unsupported`; `actual_capabilities()` and
/// `actual_verbs()` say in advance what it can do and what it promises. It takes batches as bytes,
/// so a memory store inside makes JSON, too.
///
/// A handle: copies share the store inside. All functions may be called from several threads at
/// once, as with any store.
class AnyStore {
public:
    static constexpr Capabilities capabilities{.expected_revision = true,
                                               .conditions = true,
                                               .global_order = true,
                                               .wakes_readers = true,
                                               .keeps_bytes = false};

    // `HasCapabilities` first: what holds an AnyStore is no store, and must not be asked whether it
    // can be copied.
    template <class S>
        requires(!std::same_as<S, AnyStore> && detail::HasCapabilities<S> && EventStore<S>)
    AnyStore(S store) : inside_(std::make_shared<detail::ErasedStoreOf<S>>(std::move(store))) {}
    /// Does not compile: says that a `Result` has to be checked first.
    template <detail::ResultOfOpening R>
    AnyStore(R&& store) : AnyStore(detail::opened(store)) {}
    // A copy instead of a move: every handle has a store.
    AnyStore(const AnyStore&) = default;
    AnyStore& operator=(const AnyStore&) = default;
    ~AnyStore() = default;

    /// The type of the store inside, `SqliteStore`.
    [[nodiscard]] std::string_view name() const { return inside_->name; }
    /// What the store inside can do.
    [[nodiscard]] const Capabilities& actual_capabilities() const { return inside_->capabilities; }
    /// Which verbs the store inside has, and whether it keeps progress and snapshots.
    [[nodiscard]] const Verbs& actual_verbs() const { return inside_->verbs; }

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        if (!condition.none() && !inside_->capabilities.conditions)
            return inside_->cannot("check append conditions (conditions)");
        return inside_->append(stream, expected, batch, condition, call);
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return inside_->append_unchecked(stream, batch, call);
    }
    Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                              const AppendCondition& condition,
                              const CallOptions& call = {}) const {
        return inside_->append_if(stream, batch, condition, call);
    }
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call = {}) const {
        return inside_->append_all(batches, call);
    }

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const {
        return inside_->read_stream(stream, which, call);
    }
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const {
        return inside_->read_all(which, call);
    }
    [[nodiscard]] Result<Page> find_event(const Uuid& id, const CallOptions& call = {}) const {
        return inside_->find_event(id, call);
    }
    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call = {}) const {
        return inside_->head(call);
    }
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return inside_->wait_for_append(after, call);
    }
    [[nodiscard]] Result<void> sync(Position position, const CallOptions& call = {}) const {
        return inside_->sync(position, call);
    }

    // As `ProgressStore`.

    [[nodiscard]] Result<std::optional<Progress>>
    load_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return inside_->load_progress(key, call);
    }
    [[nodiscard]] Result<std::vector<std::pair<ProgressKey, Progress>>>
    list_progress(const CallOptions& call = {}) const {
        return inside_->list_progress(call);
    }
    Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call = {}) const {
        return inside_->commit_progress(commit, call);
    }
    Result<bool> drop_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return inside_->drop_progress(key, call);
    }
    [[nodiscard]] Result<std::optional<std::string>>
    load_row(const ProgressKey& key, std::string_view row, const CallOptions& call = {}) const {
        return inside_->load_row(key, row, call);
    }
    [[nodiscard]] Result<std::vector<RowCommit>> load_rows(const ProgressKey& key,
                                                           std::optional<std::string_view> after,
                                                           std::size_t limit,
                                                           const CallOptions& call = {}) const {
        return inside_->load_rows(key, after, limit, call);
    }
    [[nodiscard]] Result<std::vector<ParkedEvent>>
    load_parked(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
                const CallOptions& call = {}) const {
        return inside_->load_parked(key, after, limit, call);
    }

    // As `SnapshotStore`.

    Result<void> save_snapshot(const Snapshot& snapshot, const CallOptions& call = {}) const {
        return inside_->save_snapshot(snapshot, call);
    }
    [[nodiscard]] Result<std::optional<Snapshot>>
    load_snapshot(StreamNameView stream, std::string_view kind, std::string_view fingerprint,
                  const CallOptions& call = {}) const {
        return inside_->load_snapshot(stream, kind, fingerprint, call);
    }
    Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep_fingerprint,
                                          const CallOptions& call = {}) const {
        return inside_->prune_snapshots(kind, keep_fingerprint, call);
    }

    /// The id of the store inside; `unsupported` if it has none.
    [[nodiscard]] Result<Uuid> store_id() const { return inside_->store_id(); }
    /// That of the store inside: deadlines are instants of its clock. The system for a store that
    /// has none.
    [[nodiscard]] Environment environment() const { return inside_->environment(); }
    /// Closes the store inside; `unsupported` if it can't be closed.
    Result<void> close() const { return inside_->close(); }

private:
    std::shared_ptr<detail::ErasedStore> inside_;
};

} // namespace eventsourcing

#endif
