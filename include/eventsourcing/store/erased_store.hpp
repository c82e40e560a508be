// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ERASED_STORE_HPP
#define EVENTSOURCING_STORE_ERASED_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// A store whose type is forgotten, with everything that a store can have.
class ErasedStore {
public:
    ErasedStore(std::string_view its_name, const Capabilities& its_capabilities,
                const Verbs& its_verbs)
        : name(its_name),
          capabilities(its_capabilities),
          verbs(its_verbs) {}
    ErasedStore(const ErasedStore&) = delete;
    ErasedStore& operator=(const ErasedStore&) = delete;
    virtual ~ErasedStore() = default;

    virtual Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                                   const EventBatch& batch, const AppendCondition& condition,
                                   const CallOptions& call) = 0;
    virtual Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                             const CallOptions& call) = 0;
    virtual Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                     const CallOptions& call) = 0;
    virtual Result<Page> read_all(const AllRead& which, const CallOptions& call) = 0;
    virtual Result<bool> wait_for_append(std::optional<Position> after,
                                         const CallOptions& call) = 0;
    virtual Result<Uuid> store_id() = 0;
    [[nodiscard]] virtual Environment environment() const = 0;
    virtual Result<void> close() = 0;
    virtual Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                                      const AppendCondition& condition,
                                      const CallOptions& call) = 0;
    virtual Result<std::vector<std::optional<Receipt>>>
    append_all(std::span<const StreamBatch> batches, const CallOptions& call) = 0;
    virtual Result<Page> find_event(const Uuid& id, const CallOptions& call) = 0;
    virtual Result<std::optional<Position>> head(const CallOptions& call) = 0;
    virtual Result<void> sync(Position position, const CallOptions& call) = 0;
    virtual Result<std::optional<Progress>> load_progress(const ProgressKey& key,
                                                          const CallOptions& call) = 0;
    virtual Result<std::vector<std::pair<ProgressKey, Progress>>>
    list_progress(const CallOptions& call) = 0;
    virtual Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call) = 0;
    virtual Result<bool> drop_progress(const ProgressKey& key, const CallOptions& call) = 0;
    virtual Result<std::optional<std::string>>
    load_row(const ProgressKey& key, std::string_view row, const CallOptions& call) = 0;
    virtual Result<std::vector<RowCommit>> load_rows(const ProgressKey& key,
                                                     std::optional<std::string_view> after,
                                                     std::size_t limit,
                                                     const CallOptions& call) = 0;
    virtual Result<std::vector<ParkedEvent>> load_parked(const ProgressKey& key,
                                                         std::optional<std::string_view> after,
                                                         std::size_t limit,
                                                         const CallOptions& call) = 0;
    virtual Result<void> save_snapshot(const Snapshot& snapshot, const CallOptions& call) = 0;
    virtual Result<std::optional<Snapshot>> load_snapshot(StreamNameView stream,
                                                          std::string_view kind,
                                                          std::string_view fingerprint,
                                                          const CallOptions& call) = 0;
    virtual Result<std::uint64_t> prune_snapshots(std::string_view kind,
                                                  std::string_view keep_fingerprint,
                                                  const CallOptions& call) = 0;

    [[nodiscard]] Error cannot(std::string_view what) const {
        return {errc::unsupported,
                std::string(name) + " can't " + std::string(what) +
                    "; AnyStore::actual_capabilities() and actual_verbs() say what it can do: use "
                    "another store, such as SqliteStore, if you need that"};
    }

    const std::string_view name;
    const Capabilities capabilities;
    const Verbs verbs;
};

/// `Base` is an `ErasedStore`, perhaps with more.
template <class S, class Base = ErasedStore>
class ErasedStoreOf : public Base {
public:
    explicit ErasedStoreOf(S its_store)
        : Base(type_name<S>(), promises_of(its_store), verbs_of(its_store)),
          store(std::move(its_store)) {}

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition,
                           const CallOptions& call) override {
        return guarded_append(
            inside, [&] { return store.append(stream, expected, batch, condition, call); });
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call) override {
        return guarded_append(inside, [&] { return store.append_unchecked(stream, batch, call); });
    }
    Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                             const CallOptions& call) override {
        return guarded(inside,
                       [&] { return std::as_const(store).read_stream(stream, which, call); });
    }
    Result<Page> read_all(const AllRead& which, const CallOptions& call) override {
        if constexpr (S::capabilities.global_order)
            return guarded(inside, [&] { return std::as_const(store).read_all(which, call); });
        else
            return this->cannot("read all events in their order (global_order)");
    }
    Result<bool> wait_for_append(std::optional<Position> after, const CallOptions& call) override {
        if constexpr (S::capabilities.wakes_readers)
            return guarded(inside,
                           [&] { return std::as_const(store).wait_for_append(after, call); });
        else
            return this->cannot("wait for appends (wakes_readers)");
    }
    Result<Uuid> store_id() override {
        if constexpr (HasStoreId<S>)
            return guarded(inside, [&] { return std::as_const(store).store_id(); });
        else
            return this->cannot("tell its id (store_id)");
    }
    [[nodiscard]] Environment environment() const override { return environment_of(store); }
    Result<void> close() override {
        if constexpr (requires { store.close(); }) {
            return guarded(inside, [&]() -> Result<void> {
                static_cast<void>(store.close());
                return {};
            });
        } else {
            return this->cannot("be closed (close)");
        }
    }
    Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                              const AppendCondition& condition, const CallOptions& call) override {
        if constexpr (AppendsIf<S>)
            return guarded_append(inside,
                                  [&] { return store.append_if(stream, batch, condition, call); });
        else
            return this->cannot("append on a condition alone (append_if)");
    }
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call) override {
        if constexpr (AppendsAll<S>)
            return guarded_append(inside, [&] { return store.append_all(batches, call); });
        else
            return this->cannot("append to several streams at once (append_all)");
    }
    Result<Page> find_event(const Uuid& id, const CallOptions& call) override {
        if constexpr (FindsEvents<S>)
            return guarded(inside, [&] { return store.find_event(id, call); });
        else
            return this->cannot("find an event by its id (find_event)");
    }
    Result<std::optional<Position>> head(const CallOptions& call) override {
        if constexpr (TellsHead<S>)
            return guarded(inside, [&] { return store.head(call); });
        else
            return this->cannot("tell its last position (head)");
    }
    Result<void> sync(Position position, const CallOptions& call) override {
        if constexpr (SyncsUpTo<S>)
            return guarded(inside, [&] { return store.sync(position, call); });
        else
            return this->cannot("sync up to a position (sync)");
    }
    Result<std::optional<Progress>> load_progress(const ProgressKey& key,
                                                  const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded(inside, [&] { return store.load_progress(key, call); });
        else
            return this->cannot(keep_progress);
    }
    Result<std::vector<std::pair<ProgressKey, Progress>>>
    list_progress(const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded(inside, [&] { return store.list_progress(call); });
        else
            return this->cannot(keep_progress);
    }
    Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded_append(inside, [&] { return store.commit_progress(commit, call); });
        else
            return this->cannot(keep_progress);
    }
    Result<bool> drop_progress(const ProgressKey& key, const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded_append(inside, [&] { return store.drop_progress(key, call); });
        else
            return this->cannot(keep_progress);
    }
    Result<std::optional<std::string>> load_row(const ProgressKey& key, std::string_view row,
                                                const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded(inside, [&] { return store.load_row(key, row, call); });
        else
            return this->cannot(keep_progress);
    }
    Result<std::vector<RowCommit>> load_rows(const ProgressKey& key,
                                             std::optional<std::string_view> after,
                                             std::size_t limit, const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded(inside, [&] { return store.load_rows(key, after, limit, call); });
        else
            return this->cannot(keep_progress);
    }
    Result<std::vector<ParkedEvent>> load_parked(const ProgressKey& key,
                                                 std::optional<std::string_view> after,
                                                 std::size_t limit,
                                                 const CallOptions& call) override {
        if constexpr (KeepsProgress<S>)
            return guarded(inside, [&] { return store.load_parked(key, after, limit, call); });
        else
            return this->cannot(keep_progress);
    }
    Result<void> save_snapshot(const Snapshot& snapshot, const CallOptions& call) override {
        if constexpr (KeepsSnapshots<S>)
            return guarded_append(inside, [&] { return store.save_snapshot(snapshot, call); });
        else
            return this->cannot(keep_snapshots);
    }
    Result<std::optional<Snapshot>> load_snapshot(StreamNameView stream, std::string_view kind,
                                                  std::string_view fingerprint,
                                                  const CallOptions& call) override {
        if constexpr (KeepsSnapshots<S>)
            return guarded(inside,
                           [&] { return store.load_snapshot(stream, kind, fingerprint, call); });
        else
            return this->cannot(keep_snapshots);
    }
    Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep_fingerprint,
                                          const CallOptions& call) override {
        if constexpr (KeepsSnapshots<S>)
            return guarded_append(
                inside, [&] { return store.prune_snapshots(kind, keep_fingerprint, call); });
        else
            return this->cannot(keep_snapshots);
    }

    S store;

private:
    /// What messages about an exception of the store name.
    static constexpr const char* inside = "the store inside";
    static constexpr const char* keep_progress = "keep progress (ProgressStore)";
    static constexpr const char* keep_snapshots = "keep snapshots (SnapshotStore)";
};

} // namespace eventsourcing::detail

#endif
