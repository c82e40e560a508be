// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_REPOSITORY_OPTIONS_HPP
#define EVENTSOURCING_RUNTIME_REPOSITORY_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/skipped_event.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace eventsourcing {

namespace detail {

/// Stands for the store beside, which most repositories do not have.
struct NothingBeside {};

/// Where snapshots are: in the store beside, if there is one.
template <class Store, class Beside>
struct SnapshotKeeper {
    using Type = Beside;
};
template <class Store>
struct SnapshotKeeper<Store, NothingBeside> {
    using Type = Store;
};

/// Says in the compiler's first error line that a store keeps no snapshots.
template <class Keeper>
consteval bool explain_snapshot_keeper() {
    EVENTSOURCING_EXPLAIN(KeepsSnapshots<Keeper>,
                          "this store keeps no snapshots: leave .snapshot_every out, or give a "
                          "store that does beside it: es::Repository<TheAggregate, TheStore, "
                          "es::SqliteStore> them{*store, *beside, {.snapshot_every = 500}}",
                          Keeper);
    return true;
}

/// After how many events of a stream a snapshot is due; 0 for never. To ask for one does not
/// compile if the state can't be stored.
template <class A, class Keeper>
class SnapshotEvery {
public:
    constexpr SnapshotEvery() = default;
    constexpr SnapshotEvery(std::uint64_t events) : events_(events) {
        static_assert(explain_snapshot_keeper<Keeper>());
        static_assert(explain_snapshot_state<A>());
    }

    [[nodiscard]] constexpr std::uint64_t events() const { return events_; }

private:
    std::uint64_t events_ = 0;
};

} // namespace detail

/// An option that is out of its range makes each call of the repository answer `errc::invalid`.
template <class A, class Store, class Beside = detail::NothingBeside>
struct RepositoryOptions {
    /// How many states to keep in memory, those that were used last; any number. 0 keeps none.
    std::size_t cache = 0;
    /// After how many events of a stream its state is kept as a snapshot, from which later loads
    /// begin. 0 keeps none, and reads none; a negative number is refused.
    detail::SnapshotEvery<A, typename detail::SnapshotKeeper<Store, Beside>::Type> snapshot_every{};
    /// How often at most a command is decided and sent, if others append to its stream meanwhile; 1
    /// or more.
    unsigned attempts = 3;
    /// The waits in between.
    Backoff backoff{};
    /// How long an append whose outcome is unknown is sent again if the call has no deadline; 0 or
    /// more.
    std::chrono::nanoseconds patience = std::chrono::seconds(10);
    /// Events that are left out of every state. The observer is told of each one, each time.
    std::vector<SkippedEvent> skip{};
    Observer observer{};
    /// The clock, ids, sleep and jitter; the store's own unless given.
    std::optional<Environment> environment{};
    /// How many records are in memory at a time, 1 to 4096.
    std::size_t page_size = 1'000;
};

} // namespace eventsourcing

#endif
