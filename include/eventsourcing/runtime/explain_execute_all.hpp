// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_EXECUTE_ALL_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_EXECUTE_ALL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>

namespace eventsourcing {
struct ExecuteAllOptions;
} // namespace eventsourcing

namespace eventsourcing::detail {

/// What `command` or `unchanged` returns.
template <class P>
concept StreamPart = requires { typename P::Part::Outcome; };
template <class P>
inline constexpr bool part_decides = false;
template <StreamPart P>
inline constexpr bool part_decides<P> = P::Part::decides;

template <class... Parts>
inline constexpr bool are_parts = (StreamPart<Parts> && ...) && (part_decides<Parts> || ...);

template <class... Parts>
inline constexpr bool begins_with_options = false;
template <class First, class... Parts>
inline constexpr bool begins_with_options<First, Parts...> = std::same_as<First, ExecuteAllOptions>;

template <class Part>
consteval bool explain_part() {
    EVENTSOURCING_EXPLAIN(StreamPart<Part>,
                          "execute_all takes a store and then what happens to each stream: "
                          "es::command<TheAggregate>(id, command), "
                          "es::unchanged<TheAggregate>(id)",
                          Part);
    return true;
}

/// Says in the compiler's first error line what is wrong with the arguments of `execute_all`.
/// Always true, so that it adds no error of its own.
template <class Store, class... Parts>
consteval bool explain_execute_all() {
    EVENTSOURCING_EXPLAIN((!is_result<Store>),
                          "this store is a Result: check it first, if (!store), and pass *store",
                          Store);
    EVENTSOURCING_EXPLAIN((!PointsToStore<Store>), "this store is a pointer: pass *store", Store);
    EVENTSOURCING_EXPLAIN((is_result<Store> || PointsToStore<Store> || AppendsAll<Store>),
                          "execute_all appends to several streams in one commit, and this store "
                          "has no append_all (see es::AppendsAll): take one that has it, such as "
                          "es::MemoryStore or es::SqliteStore",
                          Store);
    if constexpr (AppendsAll<Store> && (explain_part<Parts>() && ...)) {
        constexpr bool decides = (part_decides<Parts> || ...);
        EVENTSOURCING_EXPLAIN(decides,
                              "execute_all needs at least one command: "
                              "es::command<TheAggregate>(id, command)",
                              Store, Parts...);
    }
    return true;
}

} // namespace eventsourcing::detail

#endif
