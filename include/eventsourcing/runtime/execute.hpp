// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXECUTE_HPP
#define EVENTSOURCING_RUNTIME_EXECUTE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/explain_command.hpp>
#include <eventsourcing/runtime/execute_options.hpp>
#include <eventsourcing/runtime/executed.hpp>
#include <eventsourcing/runtime/explain_repository.hpp>
#include <eventsourcing/runtime/repository.hpp>

#include <type_traits>

namespace eventsourcing {

/// Executes one command on the aggregate in `stream`, of any name, as `Repository::execute` does
/// without a cache and without snapshots: loads, decides, appends, and decides again on conflict.
template <class A, class Store, class C>
    requires(EventStore<Store> && Aggregate<A> && detail::CommandOf<C, A>)
Result<Executed<A>> execute(const Store& store, StreamNameView stream, const C& command,
                            const ExecuteOptions& options = {}) {
    // With its environment, since g++ 12 warns of the empty optional at -O3: GCC bug 80635.
    const Repository<A, Store> repository(store, {.environment = detail::environment_of(store)});
    return repository.execute_in(stream, command, options);
}

/// Does not compile: says what is wrong with the aggregate, the store or the command.
template <class A = detail::NoAggregateNamed, class Store, class C, class... Rest>
    requires(!(EventStore<Store> && Aggregate<A> && detail::CommandOf<C, A>))
void execute(const Store& /*store*/, StreamNameView /*stream*/, const C& /*command*/,
             const Rest&... /*options*/) {
    static_assert(detail::explain_repository<A, Store>());
    if constexpr (Aggregate<A>)
        static_assert(detail::explain_executed_command<A, C>());
    static_assert(Aggregate<A>);
}

} // namespace eventsourcing

#endif
