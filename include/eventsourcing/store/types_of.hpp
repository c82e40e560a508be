// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_TYPES_OF_HPP
#define EVENTSOURCING_STORE_TYPES_OF_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/alternatives.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace eventsourcing {

namespace detail {

/// Adds the names in the rows that are not there yet.
inline void add_types(std::vector<std::string>& types, std::span<const EventRow> rows) {
    for (const EventRow& row : rows)
        if (std::find(types.begin(), types.end(), row.type) == types.end())
            types.emplace_back(row.type);
}

template <class E>
struct EventsNamedBy {
    using Type = E;
};
template <class A>
    requires requires { typename A::Event; }
struct EventsNamedBy<A> {
    using Type = typename A::Event;
};

} // namespace detail

/// The types under which the events of these are stored, each once, for a query: of aggregates (or
/// whatever names an `Event`), variants, or single events; older types and aliases are among them.
template <class... Named>
[[nodiscard]] std::vector<std::string> types_of() {
    static_assert(sizeof...(Named) > 0,
                  "es: name aggregates or events: es::types_of<combat::Combat>()");
    std::vector<std::string> types;
    (detail::add_types(types, EventTable<typename detail::EventsNamedBy<Named>::Type>::rows), ...);
    return types;
}

} // namespace eventsourcing

#endif
