// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_REPOSITORY_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_REPOSITORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/execute_options.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/store/event_store.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing::detail {

/// The same as `explain_store`, in the words of a repository.
template <class A, class Store>
consteval bool explain_repository() {
    EVENTSOURCING_EXPLAIN((NamesItsTypes<A> || !NamesItsTypes<Store>),
                          "name the aggregate first, and then the store: "
                          "es::Repository<TheAggregate, es::MemoryStore>",
                          A, Store);
    EVENTSOURCING_EXPLAIN((!std::same_as<A, NoAggregateNamed>),
                          "name the aggregate and the store: "
                          "es::Repository<TheAggregate, es::MemoryStore>",
                          Store);
    EVENTSOURCING_EXPLAIN((!std::same_as<Store, NoStoreNamed>),
                          "name the store as well: es::Repository<TheAggregate, es::MemoryStore>",
                          A);
    EVENTSOURCING_EXPLAIN((!is_result<Store>),
                          "this store is a Result: check it first, if (!store), and pass *store",
                          Store);
    EVENTSOURCING_EXPLAIN(!PointsToStore<Store>, "this store is a pointer: pass *store", Store);
    constexpr bool names_both = NamesItsTypes<A> && !std::same_as<Store, NoStoreNamed> &&
                                !is_result<Store> && !PointsToStore<Store>;
    if constexpr (names_both) {
        EVENTSOURCING_EXPLAIN(EventStore<Store>,
                              "a repository reads and checks what it expects, so it needs an event "
                              "store, such as es::MemoryStore or es::SqliteStore; to a sink, "
                              "dispatch (static_assert(es::EventStore<...>) says what is missing)",
                              Store);
        if constexpr (explain_aggregate<A>())
            EVENTSOURCING_EXPLAIN(std::copy_constructible<typename A::State>,
                                  "a repository keeps the state on which it decides, to decide "
                                  "again on conflict: let the State be copied, or use "
                                  "es::Dispatcher",
                                  A, typename A::State);
    }
    return true;
}

/// The last part of an execution.
template <class... Rest>
inline constexpr bool ends_an_execution =
    sizeof...(Rest) < 2 && (std::convertible_to<const Rest&, const ExecuteOptions&> && ...);

template <class A, class... Args>
inline constexpr bool begins_an_execution = false;
template <class A, class Id, class C, class... Rest>
inline constexpr bool begins_an_execution<A, Id, C, Rest...> =
    std::convertible_to<const Id&, std::string_view> && CommandOf<C, A> &&
    ends_an_execution<Rest...>;

/// Says in the compiler's first error line what is wrong with the command.
template <class A, class C>
consteval bool explain_executed_command() {
    constexpr bool is_event = PartOf<std::remove_cvref_t<C>, typename A::Event>;
    EVENTSOURCING_EXPLAIN(!is_event,
                          "execute takes a command, and this is an event: pass one of A::Command, "
                          "whose handle_command returns such an event",
                          A, C);
    EVENTSOURCING_EXPLAIN((is_event || CommandOf<C, A>),
                          "this is no command of the aggregate: execute takes one of the structs "
                          "of A::Command, or A::Command itself",
                          A, C);
    return true;
}

/// The same for the arguments of `Repository::execute` and `decide`.
template <class A, class... Args>
    requires(sizeof...(Args) < 2)
consteval bool explain_execution() {
    EVENTSOURCING_EXPLAIN((sizeof...(Args) == 2),
                          "execute takes the id of a thing, a command and perhaps "
                          "es::ExecuteOptions: execute(\"ogre\", command)",
                          A, Args...);
    return true;
}
template <class A, class Id, class C, class... Rest>
consteval bool explain_execution() {
    constexpr bool takes_id = std::convertible_to<const Id&, std::string_view>;
    EVENTSOURCING_EXPLAIN(takes_id,
                          "execute takes the id of a thing first, as text; its stream is named "
                          "category-id: execute(\"ogre\", command)",
                          A, Id);
    if constexpr (takes_id) {
        static_assert(explain_executed_command<A, C>());
        EVENTSOURCING_EXPLAIN((!CommandOf<C, A> || ends_an_execution<Rest...>),
                              "the third argument of execute is an es::ExecuteOptions: "
                              "{.command_id = id, .metadata = m}",
                              A, Rest...);
    }
    return true;
}

/// Says that a command can't be decided twice.
template <class A, class C>
consteval bool explain_kept_command() {
    EVENTSOURCING_EXPLAIN(std::copy_constructible<C>,
                          "a repository decides a command again on conflict: let handle_command "
                          "take it by const reference and the command be copied",
                          A, C);
    return true;
}

} // namespace eventsourcing::detail

#endif
