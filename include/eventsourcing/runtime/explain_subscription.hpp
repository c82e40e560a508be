// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_SUBSCRIPTION_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_SUBSCRIPTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/model.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/sink.hpp>

#include <type_traits>

namespace eventsourcing::detail {

/// Says in the compiler's first error line that the store was not opened for sure. Always true.
template <class Store>
consteval bool explain_result_as_store() {
    EVENTSOURCING_EXPLAIN(!is_result<Store>,
                          "this store is a Result: check it first, if (!store), and pass *store",
                          Store);
    return true;
}
/// Stops the compiler at a store that is a `Result`.
template <class R>
auto& store_of_result(R& store) {
    static_assert(explain_result_as_store<std::remove_const_t<R>>());
    return *store;
}
template <class R>
concept ResultAsStore = is_result<std::remove_cvref_t<R>>;

/// Says in the compiler's first error line what the store of a subscription lacks. Always true, so
/// that it adds no error of its own.
template <class P, class Store, class Beside>
consteval bool explain_subscription() {
    static_assert(explain_result_as_store<Store>());
    EVENTSOURCING_EXPLAIN(EventStore<Store>,
                          "a subscription reads an event store, such as es::MemoryStore or "
                          "es::SqliteStore (static_assert(es::EventStore<...>) says what is "
                          "missing)",
                          P, Store);
    if constexpr (EventStore<Store>) {
        EVENTSOURCING_EXPLAIN(Store::capabilities.global_order,
                              "this store has no order of all its events, so it can't be followed",
                              P, Store);
        using Keeper = typename SnapshotKeeper<Store, Beside>::Type;
        EVENTSOURCING_EXPLAIN(KeepsProgress<Keeper>,
                              "this store keeps no progress: give a store that does beside it, "
                              "es::Subscription<TheProjection, TheStore, es::SqliteStore> "
                              "them{*store, *beside}",
                              P, Store, Beside);
    }
    return true;
}

/// The same for a relay.
template <class Store, class Target, class Beside>
consteval bool explain_relay() {
    static_assert(explain_result_as_store<Store>());
    EVENTSOURCING_EXPLAIN(EventStore<Store>,
                          "a relay reads an event store, such as es::MemoryStore or "
                          "es::SqliteStore (static_assert(es::EventStore<...>) says what is "
                          "missing)",
                          Store);
    EVENTSOURCING_EXPLAIN(Sink<Target>,
                          "a relay writes to a sink that takes the events of any aggregate "
                          "(static_assert(es::Sink<...>) says what is missing)",
                          Target);
    if constexpr (EventStore<Store> && Sink<Target>) {
        EVENTSOURCING_EXPLAIN(Store::capabilities.global_order,
                              "this store has no order of all its events, so it can't be followed",
                              Store);
        using Keeper = typename SnapshotKeeper<Store, Beside>::Type;
        EVENTSOURCING_EXPLAIN(KeepsProgress<Keeper>,
                              "this store keeps no progress: give a store that does beside it, "
                              "es::Relay<TheStore, TheSink, es::SqliteStore> out{*store, sink, "
                              "*beside, {.name = \"out\"}}",
                              Store, Beside);
    }
    return true;
}

} // namespace eventsourcing::detail

#endif
