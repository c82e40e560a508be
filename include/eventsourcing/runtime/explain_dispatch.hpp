// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_DISPATCH_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_DISPATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/explain_command.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/loaded.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing {
struct AppendCondition;
struct DispatchOptions;
struct LoadOptions;
} // namespace eventsourcing

namespace eventsourcing::detail {

/// Stands for the store that a user of `Dispatcher` forgot to name.
struct NoStoreNamed {};

/// A state, what was loaded, or what was dispatched.
template <class S, class A>
concept StateOrLoaded = std::same_as<std::remove_cvref_t<S>, typename A::State> ||
                        std::derived_from<std::remove_cvref_t<S>, Loaded<A>>;

template <class C, class A>
concept CommandOf = PartOf<std::remove_cvref_t<C>, typename A::Command>;

/// A stream name, or text, which `StreamNameView` takes or refuses with the cure.
template <class T>
concept StreamOrText = std::convertible_to<const T&, std::string_view> ||
                       std::convertible_to<const T&, StreamNameView>;

/// A pointer to a store, or a smart pointer.
template <class P>
concept PointsToStore = std::is_pointer_v<P> || requires(P& pointer) {
    typename P::element_type;
    pointer.get();
    *pointer;
};

/// What may follow the name of the stream.
template <class... Rest>
inline constexpr bool ends_a_dispatch = sizeof...(Rest) == 0;
template <class Last>
inline constexpr bool ends_a_dispatch<Last> =
    std::convertible_to<const Last&, const DispatchOptions&>;

template <class A, class... Args>
inline constexpr bool begins_a_dispatch = false;
template <class A, class From, class C, class Stream, class... Rest>
inline constexpr bool begins_a_dispatch<A, From, C, Stream, Rest...> =
    StateOrLoaded<From, A> && CommandOf<C, A> && StreamOrText<Stream> && ends_a_dispatch<Rest...>;

/// Says that a stream name is a `Result`, unless `IsChecked`.
template <bool IsChecked, class... About>
consteval bool explain_stream() {
    EVENTSOURCING_EXPLAIN(IsChecked,
                          "this stream name is a Result, as StreamName::of and parse return it: "
                          "check it first, if (!name), and pass *name",
                          About...);
    return true;
}

/// Says in the compiler's first error line what is wrong with the arguments of a `dispatch`. Always
/// true, so that it adds no error of its own.
template <class A, class... Args>
    requires(sizeof...(Args) < 3)
consteval bool explain_dispatch() {
    EVENTSOURCING_EXPLAIN((sizeof...(Args) == 3),
                          "dispatch takes a state, a command and the name of a stream: "
                          "dispatch(state, command, \"category-id\")",
                          A, Args...);
    return true;
}
template <class A, class From, class C, class Stream, class... Rest>
consteval bool explain_dispatch() {
    EVENTSOURCING_EXPLAIN((!is_result<From>),
                          "this state is a Result: check it first, if (!result), and pass *result",
                          A, From);
    EVENTSOURCING_EXPLAIN((is_result<From> || StateOrLoaded<From, A>),
                          "dispatch takes the state first, A::State or what es::load or dispatch "
                          "returned: dispatch(state, command, \"category-id\")",
                          A, From);
    if constexpr (StateOrLoaded<From, A>) {
        constexpr bool is_event = PartOf<C, typename A::Event>;
        EVENTSOURCING_EXPLAIN(!is_event,
                              "dispatch takes a command, and this is an event: pass one of "
                              "A::Command, whose handle_command returns such an event",
                              A, C);
        EVENTSOURCING_EXPLAIN((is_event || CommandOf<C, A>),
                              "dispatch takes a command as its second argument: one of the "
                              "structs of A::Command, or A::Command itself",
                              A, C);
        if constexpr (CommandOf<C, A>) {
            static_assert(explain_stream<!is_result<Stream>, A, Stream>());
            EVENTSOURCING_EXPLAIN((is_result<Stream> || StreamOrText<Stream>),
                                  "dispatch takes the name of a stream as its third argument: "
                                  "dispatch(state, command, \"category-id\")",
                                  A, Stream);
            EVENTSOURCING_EXPLAIN((!StreamOrText<Stream> || ends_a_dispatch<Rest...>),
                                  "the fourth argument of dispatch is an es::DispatchOptions, "
                                  "{.metadata = m, .tags = t, .condition = a, .call = c}",
                                  A, Rest...);
        }
    }
    return true;
}

template <class... Args>
inline constexpr bool gives_condition = false;
template <class From, class C, class Stream, class Condition, class... Rest>
inline constexpr bool gives_condition<From, C, Stream, Condition, Rest...> =
    std::convertible_to<const Condition&, const AppendCondition&>;

/// The same for a condition, unless the sink `S` checks it.
template <class S, bool Checks>
consteval bool explain_condition() {
    EVENTSOURCING_EXPLAIN(Checks,
                          "this sink checks no es::AppendCondition (its capabilities lack "
                          ".conditions): dispatch without one, or to a store that checks it, such "
                          "as es::MemoryStore, with {.condition = condition}",
                          S);
    return true;
}

/// The same for the store of a dispatcher or of `load`.
template <class A, class Store>
consteval bool explain_store() {
    EVENTSOURCING_EXPLAIN((NamesItsTypes<A> || !NamesItsTypes<Store>),
                          "name the aggregate first, and then the store: "
                          "es::Dispatcher<TheAggregate, es::MemoryStore>",
                          A, Store);
    EVENTSOURCING_EXPLAIN((!std::same_as<A, NoAggregateNamed>),
                          "name the aggregate and the store: "
                          "es::Dispatcher<TheAggregate, es::MemoryStore>",
                          Store);
    EVENTSOURCING_EXPLAIN((!std::same_as<Store, NoStoreNamed>),
                          "name the store as well: es::Dispatcher<TheAggregate, es::MemoryStore>",
                          A);
    EVENTSOURCING_EXPLAIN((!is_result<Store>),
                          "this store is a Result: check it first, if (!store), and pass *store",
                          Store);
    EVENTSOURCING_EXPLAIN(!PointsToStore<Store>, "this store is a pointer: pass *store", Store);
    return true;
}

template <class A, class... Args>
inline constexpr bool begins_a_load = false;
template <Aggregate A, class Store, class Stream, class... Rest>
    requires(sizeof...(Rest) < 2)
inline constexpr bool begins_a_load<A, Store, Stream, Rest...> =
    !StreamOrText<Store> && StreamOrText<Stream> &&
    (std::convertible_to<const Rest&, const LoadOptions&> && ...);

template <class... Args>
inline constexpr bool passes_result_as_stream = false;
template <class Store, class Stream, class... Rest>
inline constexpr bool passes_result_as_stream<Store, Stream, Rest...> = is_result<Stream>;

/// Says in the compiler's first error line what is wrong with the arguments of a `load`.
template <class A, class... Args>
consteval bool explain_load() {
    constexpr bool is_named = !std::same_as<A, NoAggregateNamed>;
    EVENTSOURCING_EXPLAIN(
        is_named, "name the aggregate: es::load<TheAggregate>(store, \"category-id\")", Args...);
    if constexpr (is_named)
        if constexpr (explain_aggregate<A>() && Aggregate<A>) {
            constexpr bool is_checked = !passes_result_as_stream<Args...>;
            static_assert(explain_stream<is_checked, A, Args...>());
            EVENTSOURCING_EXPLAIN(!is_checked,
                                  "load takes a store, the name of a stream and perhaps an "
                                  "es::LoadOptions: es::load<TheAggregate>(store, "
                                  "\"category-id\", {.at = revision})",
                                  A, Args...);
        }
    return true;
}

/// Stops the compiler at a store that is a `Result` or a pointer.
template <class A, class R>
auto& unchecked(R& store) {
    static_assert(explain_store<A, std::remove_const_t<R>>());
    return *store;
}

} // namespace eventsourcing::detail

#endif
