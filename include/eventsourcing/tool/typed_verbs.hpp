// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_VERBS_HPP
#define EVENTSOURCING_TOOL_TYPED_VERBS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/runtime/explain_process.hpp>
#include <eventsourcing/runtime/explain_projection.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/tool/stores_of.hpp>
#include <eventsourcing/tool/typed/check_processes.hpp>
#include <eventsourcing/tool/typed/diagram.hpp>
#include <eventsourcing/tool/typed/json_schema.hpp>
#include <eventsourcing/tool/typed/projections.hpp>
#include <eventsourcing/tool/typed/rebuild.hpp>
#include <eventsourcing/tool/typed/release.hpp>
#include <eventsourcing/tool/typed/replay.hpp>
#include <eventsourcing/tool/typed/schema.hpp>
#include <eventsourcing/tool/typed/snapshots.hpp>
#include <eventsourcing/tool/typed/state.hpp>
#include <eventsourcing/tool/verb.hpp>
#include <eventsourcing/tool/verbs/erase.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>

namespace eventsourcing {

class SqliteKeys;

namespace detail::tool {

enum class Role : std::uint8_t { store, aggregate, process, projection, none };

/// What a type is to the tool. An aggregate can have all that a projection needs.
template <class T>
consteval Role role_of() {
    if constexpr (OpensByUrl<T>)
        return Role::store;
    else if constexpr (Aggregate<T>)
        return Role::aggregate;
    else if constexpr (NamesReaction<T>)
        return Process<T> ? Role::process : Role::none;
    else
        return Projection<T> ? Role::projection : Role::none;
}

/// Says in the compiler's first error line why a type is nothing that the tool knows.
template <class T>
consteval bool explain_tool_type() {
    if constexpr (role_of<T>() == Role::none) {
        if constexpr (NamesReaction<T>)
            static_assert(explain_process<T>());
        else if constexpr (NamesItsTypes<T>)
            static_assert(explain_aggregate<T>());
        else if constexpr (NamesEventAndState<T>)
            static_assert(explain_projection<T>());
        EVENTSOURCING_EXPLAIN((role_of<T>() != Role::none),
                              "es::command_line takes aggregates, projections, processes and "
                              "stores that a URL can name, in any order; the type named here is "
                              "none of them",
                              T);
    }
    return true;
}

template <Role role, class List, class... Ts>
struct OfRole {
    using Type = List;
};
template <Role role, class... Found, class First, class... Rest>
struct OfRole<role, TypeList<Found...>, First, Rest...>
    : std::conditional_t<role_of<First>() == role, OfRole<role, TypeList<Found..., First>, Rest...>,
                         OfRole<role, TypeList<Found...>, Rest...>> {};

/// The verb erase, if the source includes engines/sqlite_keys.hpp; a template of `Types`, so that
/// it is looked at where `command_line` is called.
template <class... Types>
void add_erase(VerbList& verbs) {
    using Keys = std::conditional_t<(sizeof...(Types) < 1'000), SqliteKeys, void>;
    if constexpr (IsIncluded<Keys>)
        verbs.push_back(std::make_unique<EraseVerb<Keys>>());
}

/// The verbs that need the types of an application.
template <class... Types>
void add_typed_verbs(VerbList& verbs) {
    static_assert((explain_tool_type<Types>() && ...));
    using Aggregates = typename OfRole<Role::aggregate, TypeList<>, Types...>::Type;
    using Processes = typename OfRole<Role::process, TypeList<>, Types...>::Type;
    using Projections = typename OfRole<Role::projection, TypeList<>, Types...>::Type;
    if constexpr (Aggregates::size > 0) {
        verbs.push_back(std::make_unique<StateVerb<Aggregates>>());
        verbs.push_back(std::make_unique<DiagramVerb<Aggregates>>());
        verbs.push_back(std::make_unique<SchemaVerb<Aggregates>>());
        verbs.push_back(std::make_unique<JsonSchemaVerb<Aggregates>>());
        verbs.push_back(std::make_unique<SnapshotsVerb<Aggregates>>());
    }
    if constexpr (Projections::size > 0) {
        verbs.push_back(std::make_unique<RebuildVerb<Projections>>());
        verbs.push_back(std::make_unique<ReplayVerb<Projections>>());
        verbs.push_back(std::make_unique<ProjectionsVerb<Projections>>());
    }
    if constexpr (Processes::size > 0) {
        verbs.push_back(std::make_unique<ReleaseVerb<Processes>>());
        verbs.push_back(std::make_unique<CheckProcessesVerb<Processes>>());
    }
}

} // namespace detail::tool

} // namespace eventsourcing

#endif
