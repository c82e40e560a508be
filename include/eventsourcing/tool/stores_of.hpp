// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_STORES_OF_HPP
#define EVENTSOURCING_TOOL_STORES_OF_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/fwd.hpp>
#include <eventsourcing/tool/opened_store.hpp>
#include <eventsourcing/url/open_store.hpp>

#include <concepts>
#include <string>
#include <type_traits>

namespace eventsourcing {

class EventStoreDb;

namespace detail::tool {

/// A type whose header is included, in the source that asks.
template <class T>
concept IsIncluded = requires { sizeof(T); };

template <class List, class... Candidates>
struct StoreList {
    using Type = List;
};
template <class... Stores, class First, class... Rest>
struct StoreList<TypeList<Stores...>, First, Rest...> : StoreList<TypeList<Stores...>, Rest...> {};
template <class... Stores, class First, class... Rest>
    requires(IsIncluded<First> && OpensByUrl<First> && !(std::same_as<First, Stores> || ...))
struct StoreList<TypeList<Stores...>, First, Rest...>
    : StoreList<TypeList<Stores..., First>, Rest...> {};

/// The stores that a program opens: those among its types, and those whose headers are included.
template <class... Types>
using StoresOf = typename StoreList<TypeList<>, Types..., SqliteStore, EventStoreDb>::Type;

template <class... Stores>
constexpr auto open_function(TypeList<Stores...> /*stores*/) {
    return &open_for<Stores...>;
}
template <class... Stores>
std::string schemes_of(TypeList<Stores...> /*stores*/) {
    std::string list;
    ((list += joined({list.empty() ? "" : ", ", Stores::url_scheme, ":"})), ...);
    return list;
}

} // namespace detail::tool

} // namespace eventsourcing

#endif
