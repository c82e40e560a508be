// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_STORE_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A store of a simulation: a `MemoryStore` whose callers die, whose answers are lost, whose pages
/// are short and whose disk is full, as the run decides. `Simulation::store` makes it.
///
/// A handle. Nothing goes wrong in calls of the scenario itself, such as its checks.
class SimStore {
public:
    static constexpr Capabilities capabilities = MemoryStore::capabilities;

    SimStore(detail::SimWorld& world, const Environment& environment)
        : world_(&world),
          inside_(environment) {}

    /// The store without faults: for an audit.
    [[nodiscard]] const MemoryStore& inside() const { return inside_; }

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        return write<Result<Receipt>>(
            "append", [&] { return inside_.append(stream, expected, batch, condition, call); });
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return write<Result<Receipt>>(
            "append_unchecked", [&] { return inside_.append_unchecked(stream, batch, call); });
    }
    Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                              const AppendCondition& condition,
                              const CallOptions& call = {}) const {
        return write<Result<Receipt>>(
            "append_if", [&] { return inside_.append_if(stream, batch, condition, call); });
    }
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call = {}) const {
        return write<Result<std::vector<std::optional<Receipt>>>>(
            "append_all", [&] { return inside_.append_all(batches, call); });
    }

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const {
        return read<Result<Page>>("read_stream", [&] {
            StreamRead some = which;
            some.limit = limit(which.limit);
            return inside_.read_stream(stream, some, call);
        });
    }
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const {
        return read<Result<Page>>("read_all", [&] {
            AllRead some = which;
            some.limit = limit(which.limit);
            return inside_.read_all(some, call);
        });
    }
    [[nodiscard]] Result<Page> find_event(const Uuid& id, const CallOptions& call = {}) const {
        return read<Result<Page>>("find_event", [&] { return inside_.find_event(id, call); });
    }
    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call = {}) const {
        return read<Result<std::optional<Position>>>("head", [&] { return inside_.head(call); });
    }
    /// Says whether there is an event, and never waits for one: a component that has nothing to do
    /// asks at each of its turns.
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return read<Result<bool>>("wait_for_append", [&]() -> Result<bool> {
            auto head = inside_.head(call);
            if (!head)
                return std::move(head).error();
            return head->value_or(Position{}) > after.value_or(Position{}) && !loses_wake();
        });
    }

    [[nodiscard]] Result<std::optional<Progress>>
    load_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return read<Result<std::optional<Progress>>>(
            "load_progress", [&] { return inside_.load_progress(key, call); });
    }
    [[nodiscard]] Result<std::vector<std::pair<ProgressKey, Progress>>>
    list_progress(const CallOptions& call = {}) const {
        return read<Result<std::vector<std::pair<ProgressKey, Progress>>>>(
            "list_progress", [&] { return inside_.list_progress(call); });
    }
    Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call = {}) const {
        return write<Result<void>>("commit_progress",
                                   [&] { return inside_.commit_progress(commit, call); });
    }
    Result<bool> drop_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return write<Result<bool>>("drop_progress",
                                   [&] { return inside_.drop_progress(key, call); });
    }
    [[nodiscard]] Result<std::optional<std::string>>
    load_row(const ProgressKey& key, std::string_view row, const CallOptions& call = {}) const {
        return read<Result<std::optional<std::string>>>(
            "load_row", [&] { return inside_.load_row(key, row, call); });
    }
    [[nodiscard]] Result<std::vector<RowCommit>> load_rows(const ProgressKey& key,
                                                           std::optional<std::string_view> after,
                                                           std::size_t limit,
                                                           const CallOptions& call = {}) const {
        return read<Result<std::vector<RowCommit>>>(
            "load_rows", [&] { return inside_.load_rows(key, after, limit, call); });
    }
    [[nodiscard]] Result<std::vector<ParkedEvent>>
    load_parked(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
                const CallOptions& call = {}) const {
        return read<Result<std::vector<ParkedEvent>>>(
            "load_parked", [&] { return inside_.load_parked(key, after, limit, call); });
    }

    Result<void> save_snapshot(const Snapshot& snapshot, const CallOptions& call = {}) const {
        return write<Result<void>>("save_snapshot",
                                   [&] { return inside_.save_snapshot(snapshot, call); });
    }
    [[nodiscard]] Result<std::optional<Snapshot>>
    load_snapshot(StreamNameView stream, std::string_view kind, std::string_view fingerprint,
                  const CallOptions& call = {}) const {
        return read<Result<std::optional<Snapshot>>>("load_snapshot", [&] {
            return inside_.load_snapshot(stream, kind, fingerprint, call);
        });
    }
    Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep_fingerprint,
                                          const CallOptions& call = {}) const {
        return write<Result<std::uint64_t>>("prune_snapshots", [&] {
            return inside_.prune_snapshots(kind, keep_fingerprint, call);
        });
    }

    [[nodiscard]] Result<Uuid> store_id() const { return inside_.store_id(); }
    [[nodiscard]] Environment environment() const { return inside_.environment(); }

private:
    template <class Answer, class Call>
    Answer write(std::string_view verb, const Call& make) const {
        return world_->call<Answer>(verb, true, make);
    }
    template <class Answer, class Call>
    Answer read(std::string_view verb, const Call& make) const {
        return world_->call<Answer>(verb, false, make);
    }
    [[nodiscard]] bool loses_wake() const {
        return !world_->running.empty() &&
               world_->happens(detail::SimFaultKind::lost_wake, world_->rates.lost_wake, [&] {
                   return detail::joined({world_->running.back()->name, ": is not woken"});
               });
    }
    [[nodiscard]] std::size_t limit(std::size_t asked) const {
        constexpr auto kind = detail::SimFaultKind::short_page;
        if (world_->running.empty() || asked < 2 ||
            !world_->happens(
                kind, world_->rates.short_page,
                [&] {
                    return detail::joined({world_->running.back()->name, ": gets a short page"});
                }))
            return asked;
        return 1 + world_->pick(kind, std::min<std::size_t>(asked, 4));
    }

    detail::SimWorld* world_;
    MemoryStore inside_;
};

} // namespace eventsourcing

#endif
