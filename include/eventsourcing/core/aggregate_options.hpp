// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_AGGREGATE_OPTIONS_HPP
#define EVENTSOURCING_CORE_AGGREGATE_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

/// What folding does with an event of a type that the aggregate does not have.
enum class UnknownEvents : std::uint8_t {
    refuse, ///< stops with `errc::unknown_type`
    ignore, ///< goes on as if it were not there; its revision counts as read
};

/// For an aggregate whose streams hold events of others, too:
/// `static constexpr auto unknown_events = es::ignore;`
///
/// Only types that are not known at all are ignored. A known type in an unknown version stays
/// `errc::unknown_version`: another program has written it, which knows more.
inline constexpr UnknownEvents ignore = UnknownEvents::ignore;
/// The default.
inline constexpr UnknownEvents refuse = UnknownEvents::refuse;

namespace detail {

template <class A>
concept NamesUnknownEvents = !HasField_unknown_events<A> && requires {
    requires std::same_as<std::remove_cvref_t<decltype(A::unknown_events)>, UnknownEvents>;
    typename Constant<UnknownEvents, A::unknown_events>;
};

/// Stops with the cure if the aggregate or its state names an option in another form.
template <class T>
consteval bool check_evolve_revision() {
    constexpr bool right = !Declares_evolve_revision<T> || NamesText_evolve_revision<T>;
    EVENTSOURCING_EXPLAIN(right,
                          "`evolve_revision` is declared in a form that the library does not read; "
                          "write, public: `static constexpr std::string_view evolve_revision = "
                          "\"2\";` (or give this member another name)",
                          T);
    return right;
}
template <class A>
consteval bool check_unknown_events() {
    constexpr bool right = !Declares_unknown_events<A> || NamesUnknownEvents<A>;
    EVENTSOURCING_EXPLAIN(right,
                          "`unknown_events` is declared in a form that the library does not read; "
                          "write, public: `static constexpr auto unknown_events = es::ignore;` (or "
                          "give this member another name)",
                          A);
    return right;
}

/// What an aggregate or a state declares as `evolve_revision`; empty if it does not.
template <class T>
consteval std::string_view evolve_revision_of() {
    if constexpr (check_evolve_revision<T>())
        if constexpr (NamesText_evolve_revision<T>)
            return T::evolve_revision;
    return {};
}

template <class A>
consteval UnknownEvents unknown_events_of() {
    if constexpr (check_unknown_events<A>())
        if constexpr (NamesUnknownEvents<A>)
            return A::unknown_events;
    return UnknownEvents::refuse;
}

template <class A>
consteval bool check_aggregate_options() {
    return check_unknown_events<A>() && check_evolve_revision<A>() &&
           check_evolve_revision<SubjectOf<typename A::State>>();
}

} // namespace detail

} // namespace eventsourcing

#endif
