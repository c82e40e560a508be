// SPDX-License-Identifier: MIT
// A store whose caller dies at a planned call, before or after it is done, and that counts.
#ifndef EVENTSOURCING_TESTS_LAWS_PLANNED_STORE_HPP
#define EVENTSOURCING_TESTS_LAWS_PLANNED_STORE_HPP

#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace planned {

namespace es = eventsourcing;

struct Plan {
    /// The number of the call, from 0, at which the caller dies: from then on no call does
    /// anything, until a test sets `dead` to false for the next one.
    std::optional<std::size_t> dies_at{};
    bool after_it_was_done = false;

    bool dead = false;
    std::size_t calls = 0;
    std::size_t deaths = 0;
    std::size_t records_read = 0; // of streams
    std::size_t snapshots_saved = 0;
    std::size_t snapshots_read = 0;
    /// After which positions everything was read.
    std::vector<std::optional<es::Position>> read_after{};
    std::vector<es::Position> synced{};
    /// Before an append to this stream.
    std::function<void(es::StreamNameView)> before_append{};
    /// The error of an append to this stream, which is not done then.
    std::function<std::optional<es::Error>(es::StreamNameView)> refuse_append{};
    /// What saving a snapshot fails with.
    std::optional<es::Error> refuse_snapshots{};
};

template <class Store>
class PlannedStore {
public:
    static constexpr es::Capabilities capabilities = Store::capabilities;
    static constexpr bool keeps_progress = es::detail::KeepsProgress<Store>;

    // Of `Store` only: whether this is one for AnyStore to hold is asked while it is made.
    template <std::same_as<Store> S>
    explicit PlannedStore(S store) : store_(std::move(store)) {}
    /// The caller of this store is that of another one with the same plan.
    template <std::same_as<Store> S>
    PlannedStore(S store, std::shared_ptr<Plan> plan)
        : store_(std::move(store)),
          plan_(std::move(plan)) {}

    [[nodiscard]] Plan& plan() const { return *plan_; }
    [[nodiscard]] const Store& inside() const { return store_; }

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        if (plan_->before_append)
            plan_->before_append(stream);
        if (plan_->refuse_append)
            if (auto error = plan_->refuse_append(stream))
                return *std::move(error);
        return made([&] { return store_.append(stream, expected, batch, condition, call); });
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) const {
        return made([&] { return store_.append_unchecked(stream, batch, call); });
    }
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        auto page = made([&] { return store_.read_stream(stream, which, call); });
        if (page)
            plan_->records_read += page->records().size();
        return page;
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        plan_->read_after.push_back(which.after);
        return made([&] { return store_.read_all(which, call); });
    }
    [[nodiscard]] es::Result<es::Page> find_event(const es::Uuid& id,
                                                  const es::CallOptions& call = {}) const
        requires es::FindsEvents<Store>
    {
        return made([&] { return store_.find_event(id, call); });
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        return store_.wait_for_append(after, call);
    }
    [[nodiscard]] es::Result<void> sync(es::Position position,
                                        const es::CallOptions& /*call*/ = {}) const {
        plan_->synced.push_back(position);
        return {};
    }

    [[nodiscard]] es::Result<std::optional<es::Progress>>
    load_progress(const es::ProgressKey& key, const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.load_progress(key, call); });
    }
    [[nodiscard]] es::Result<std::vector<std::pair<es::ProgressKey, es::Progress>>>
    list_progress(const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.list_progress(call); });
    }
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.commit_progress(commit, call); });
    }
    es::Result<bool> drop_progress(const es::ProgressKey& key,
                                   const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.drop_progress(key, call); });
    }
    [[nodiscard]] es::Result<std::optional<std::string>>
    load_row(const es::ProgressKey& key, std::string_view row,
             const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.load_row(key, row, call); });
    }
    [[nodiscard]] es::Result<std::vector<es::RowCommit>>
    load_rows(const es::ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
              const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.load_rows(key, after, limit, call); });
    }
    [[nodiscard]] es::Result<std::vector<es::ParkedEvent>>
    load_parked(const es::ProgressKey& key, std::optional<std::string_view> after,
                std::size_t limit, const es::CallOptions& call = {}) const
        requires keeps_progress
    {
        return made([&] { return store_.load_parked(key, after, limit, call); });
    }

    es::Result<void> save_snapshot(const es::Snapshot& snapshot,
                                   const es::CallOptions& call = {}) const
        requires es::detail::KeepsSnapshots<Store>
    {
        if (plan_->refuse_snapshots)
            return *plan_->refuse_snapshots;
        ++plan_->snapshots_saved;
        return made([&] { return store_.save_snapshot(snapshot, call); });
    }
    [[nodiscard]] es::Result<std::optional<es::Snapshot>>
    load_snapshot(es::StreamNameView stream, std::string_view kind, std::string_view fingerprint,
                  const es::CallOptions& call = {}) const
        requires es::detail::KeepsSnapshots<Store>
    {
        ++plan_->snapshots_read;
        return made([&] { return store_.load_snapshot(stream, kind, fingerprint, call); });
    }
    es::Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view fingerprint,
                                              const es::CallOptions& call = {}) const
        requires es::detail::KeepsSnapshots<Store>
    {
        return made([&] { return store_.prune_snapshots(kind, fingerprint, call); });
    }

private:
    template <class Call>
    auto made(const Call& call) const -> decltype(call()) {
        const bool dies = !plan_->dead && plan_->dies_at == plan_->calls++;
        if (plan_->dead || (dies && !plan_->after_it_was_done)) {
            die(dies);
            return es::Error(es::errc::unavailable, "the caller is dead");
        }
        auto answer = call();
        if (!dies)
            return answer;
        die(dies);
        return es::Error(es::errc::unknown_outcome, "the caller is dead");
    }
    void die(bool dies) const {
        plan_->dead = true;
        if (dies)
            ++plan_->deaths;
    }

    Store store_;
    std::shared_ptr<Plan> plan_ = std::make_shared<Plan>();
};
template <class Store>
PlannedStore(Store) -> PlannedStore<Store>;

} // namespace planned

#endif
