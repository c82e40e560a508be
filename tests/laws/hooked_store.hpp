// SPDX-License-Identifier: MIT
// A store that does something before and after what it is asked for: others that append meanwhile,
// answers that are lost. It also counts.
#ifndef EVENTSOURCING_TESTS_LAWS_HOOKED_STORE_HPP
#define EVENTSOURCING_TESTS_LAWS_HOOKED_STORE_HPP

#include <eventsourcing/core/error.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hooked {

namespace es = eventsourcing;

struct Hooks {
    /// Before an append; called once and forgotten.
    std::function<void()> before_append{};
    /// Replaces the answer of an append, with the number of the append from 1.
    std::function<es::Result<es::Receipt>(std::size_t, es::Result<es::Receipt>)> answer{};
    /// What reading a stream fails with.
    std::optional<es::Error> refuse_reads{};
    std::function<es::Result<void>()> save_snapshot{};
    std::function<void(es::Result<std::optional<es::Snapshot>>&)> loaded_snapshot{};

    std::size_t appends = 0;
    std::size_t finds = 0;
    std::size_t saved_snapshots = 0;
    std::vector<es::StreamRead> reads{};
    std::vector<std::size_t> read_records{};
};

template <class Store>
class HookedStore;
template <class Store>
HookedStore(Store) -> HookedStore<Store>;

template <class Store>
class HookedStore {
public:
    static constexpr es::Capabilities capabilities = Store::capabilities;

    // Of `Store` only: whether this is one for AnyStore to hold is asked while it is made.
    template <std::same_as<Store> S>
    explicit HookedStore(S store) : store_(std::move(store)) {}

    [[nodiscard]] Hooks& hooks() const { return *hooks_; }
    [[nodiscard]] const Store& inside() const { return store_; }
    [[nodiscard]] auto actual_capabilities() const
        requires requires(const Store& store) { store.actual_capabilities(); }
    {
        return store_.actual_capabilities();
    }

    [[nodiscard]] es::Verbs actual_verbs() const
        requires requires(const Store& store) { store.actual_verbs(); }
    {
        return store_.actual_verbs();
    }

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        if (auto before = std::exchange(hooks_->before_append, nullptr))
            before();
        ++hooks_->appends;
        auto done = store_.append(stream, expected, batch, condition, call);
        return hooks_->answer ? hooks_->answer(hooks_->appends, std::move(done)) : std::move(done);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) const {
        return store_.append_unchecked(stream, batch, call);
    }
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        if (hooks_->refuse_reads)
            return *hooks_->refuse_reads;
        auto page = store_.read_stream(stream, which, call);
        hooks_->reads.push_back(which);
        hooks_->read_records.push_back(page ? page->records().size() : 0);
        return page;
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        return store_.read_all(which, call);
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        return store_.wait_for_append(after, call);
    }
    [[nodiscard]] es::Result<es::Page> find_event(const es::Uuid& id,
                                                  const es::CallOptions& call = {}) const
        requires es::FindsEvents<Store>
    {
        ++hooks_->finds;
        return store_.find_event(id, call);
    }
    es::Result<void> save_snapshot(const es::Snapshot& snapshot, const es::CallOptions& call) const
        requires es::SnapshotStore<Store>
    {
        ++hooks_->saved_snapshots;
        if (hooks_->save_snapshot)
            if (auto done = hooks_->save_snapshot(); !done)
                return done;
        return store_.save_snapshot(snapshot, call);
    }
    [[nodiscard]] es::Result<std::optional<es::Snapshot>>
    load_snapshot(es::StreamNameView stream, std::string_view kind, std::string_view fingerprint,
                  const es::CallOptions& call) const
        requires es::SnapshotStore<Store>
    {
        auto snapshot = store_.load_snapshot(stream, kind, fingerprint, call);
        if (hooks_->loaded_snapshot)
            hooks_->loaded_snapshot(snapshot);
        return snapshot;
    }
    [[nodiscard]] es::Result<std::uint64_t> prune_snapshots(std::string_view kind,
                                                            std::string_view fingerprint,
                                                            const es::CallOptions& call) const
        requires es::SnapshotStore<Store>
    {
        return store_.prune_snapshots(kind, fingerprint, call);
    }

private:
    Store store_;
    std::shared_ptr<Hooks> hooks_ = std::make_shared<Hooks>();
};

} // namespace hooked

#endif
