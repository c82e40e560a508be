// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_MEMORIES_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_MEMORIES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/kept_snapshots.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/stored_memory.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/runtime/state_cache.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace eventsourcing::detail {

/// How many memories are kept, and how often one is stored; 0 for none.
struct MemoryLimits {
    std::size_t cache = 10'000;
    std::uint64_t snapshot_every = 0;
};

/// What the processes of one kind know: those that were used last are in memory, and the others are
/// made of a snapshot, if there is one, and the steps after it. One caller at a time.
template <class P, class Store, class Keeper>
class ProcessMemories {
public:
    using Memory = ProcessMemory<P>;
    using Shared = std::shared_ptr<const Memory>;
    struct Found {
        Shared memory;
        /// Just read; otherwise another runner may have told the process something since.
        bool is_current = false;
    };

    ProcessMemories(Store store, Keeper keeper, const MemoryLimits& limits, Observer observer)
        : store_(std::move(store)),
          keeper_(std::move(keeper)),
          every_(keeps_snapshots(keeper_) ? limits.snapshot_every : 0),
          observer_(std::move(observer)),
          cache_(limits.cache) {}

    [[nodiscard]] const Store& store() const { return store_; }

    /// As it is kept, or as it is stored.
    Result<Found> find(const StreamName& stream, const CallOptions& call) {
        if (auto kept = cache_.find(stream.id()); kept.state)
            return Found{std::move(kept.state), false};
        auto memory = load(stream, call);
        if (!memory)
            return std::move(memory).error();
        return Found{*std::move(memory), true};
    }
    /// With all steps that are stored.
    Result<Shared> current(const StreamName& stream, const CallOptions& call) {
        auto found = find(stream, call);
        if (!found)
            return std::move(found).error();
        return found->is_current ? Result<Shared>(std::move(found->memory))
                                 : caught_up(std::move(found->memory), stream, call);
    }
    /// The same, of one that may be out of date.
    Result<Shared> caught_up(Shared known, const StreamName& stream, const CallOptions& call) {
        StreamRead which;
        if (known->revision)
            which.from = known->revision->plus(1);
        auto page = store_.read_stream(stream, which, call);
        if (!page)
            return std::move(page).error();
        if (page->empty() && page->at_end)
            return known;
        auto memory = std::make_shared<Memory>(*known);
        if (auto done = fold(*memory, stream, *std::move(page), call); !done)
            return std::move(done).error();
        return keep(stream, std::move(memory));
    }

    Shared keep(const StreamName& stream, Shared memory) {
        cache_.put(stream, memory);
        return memory;
    }
    void forget(const StreamName& stream) { cache_.drop(stream.id()); }

    /// After the step of this id was appended: keeps a snapshot if one is due.
    void keep_snapshot(const StreamName& stream, const Memory& memory, const Uuid& step_id,
                       const CallOptions& call) {
        if constexpr (can_keep_snapshots) {
            if (!crosses_border(*memory.revision, *memory.revision, every_))
                return;
            auto stored = stored_memory(memory);
            if (stored)
                return save_snapshot(keeper_, stream, snapshots_of_process<P>(), *stored,
                                     *memory.revision, step_id, observer_, call);
            observer_.tell([&] {
                return SnapshotFailed{
                    .stream = stream.str(), .revision = *memory.revision, .error = stored.error()};
            });
        }
    }

private:
    static constexpr bool can_keep_snapshots =
        KeepsSnapshots<Keeper> && StorableState<typename P::State>;
    /// A process of no more steps has no use for a snapshot, and is not asked for one.
    static constexpr std::size_t few_steps = 100;

    static bool keeps_snapshots([[maybe_unused]] const Keeper& keeper) {
        if constexpr (can_keep_snapshots)
            return verbs_of(keeper).snapshots;
        else
            return false;
    }

    Result<Shared> load(const StreamName& stream, const CallOptions& call) {
        StreamRead which;
        if (every_ > 0)
            which.limit = static_cast<std::size_t>(std::min<std::uint64_t>(every_, few_steps));
        auto page = store_.read_stream(stream, which, call);
        if (!page)
            return std::move(page).error();
        auto memory = std::make_shared<Memory>();
        if (!page->at_end && begin_from_snapshot(*memory, stream, call)) {
            auto known = caught_up(memory, stream, call);
            if (!known)
                return known;
            return keep(stream, *std::move(known));
        }
        if (auto done = fold(*memory, stream, *std::move(page), call); !done)
            return std::move(done).error();
        return keep(stream, std::move(memory));
    }

    bool begin_from_snapshot([[maybe_unused]] Memory& memory,
                             [[maybe_unused]] const StreamName& stream,
                             [[maybe_unused]] const CallOptions& call) {
        if constexpr (can_keep_snapshots) {
            if (every_ == 0)
                return false;
            auto found = find_snapshot<StoredMemory<P>>(
                store_, keeper_, stream, snapshots_of_process<P>(), {}, observer_, call);
            if (!found)
                return false;
            auto read = memory_of(std::move(found->state), found->revision);
            if (read) {
                memory = *std::move(read);
                return true;
            }
            observer_.tell([&] {
                return SnapshotIgnored{
                    .stream = stream.str(), .revision = found->revision, .error = read.error()};
            });
        }
        return false;
    }

    /// Folds the steps of this page and of those that follow.
    Result<void> fold(Memory& memory, const StreamName& stream, Page page,
                      const CallOptions& call) {
        for (;;) {
            for (const EventRecord& record : page.records()) {
                auto done = steps_.read(record, [&](const Recorded<ProcessStep<P>>& step) {
                    return fold_.fold(memory, step);
                });
                if (!done)
                    return done;
            }
            if (page.at_end)
                return {};
            auto next = store_.read_stream(stream, {.from = page.next_revision}, call);
            if (!next)
                return std::move(next).error();
            page = *std::move(next);
        }
    }

    const Store store_;
    const Keeper keeper_;
    const std::uint64_t every_;
    const Observer observer_;
    StateCache<Memory> cache_;
    EventReader<ProcessStep<P>> steps_;
    MemoryFold<P> fold_;
};

} // namespace eventsourcing::detail

#endif
