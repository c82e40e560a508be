// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_AGGREGATE_STATE_HPP
#define EVENTSOURCING_CORE_AGGREGATE_STATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/unmet.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// A state that can't contain its generation (a variant, private members), together with a
/// generation. `apply_event` and `handle_command` of the aggregate see the plain state inside.
template <std::default_initializable State>
struct Tracked {
    State value{};
    Generation generation{};
};

namespace detail {

template <class S>
concept HasGeneration = requires(S& state) {
    { (state.generation) } -> std::same_as<Generation&>;
    // of each state: one that is static would be that of all
    requires std::is_member_object_pointer_v<decltype(&S::generation)>;
};

template <class S>
inline constexpr bool is_tracked = false;
template <class S>
inline constexpr bool is_tracked<Tracked<S>> = true;

/// The part of a state that the application's functions see.
template <class S>
constexpr auto& subject(S& state) {
    if constexpr (is_tracked<std::remove_const_t<S>>)
        return state.value;
    else
        return state;
}

template <class S>
using SubjectOf = std::remove_cvref_t<decltype(subject(std::declval<S&>()))>;

} // namespace detail

/// The result of folding events: a movable value that starts from `State{}` and has a public member
/// `es::Generation generation`, which only the library increments.
///
/// Left out on purpose: a generation of another type or returned by a function (wrap the state in
/// `Tracked<State>`), and states without a default, since folding has to start somewhere.
template <class S>
concept AggregateState =
    (std::default_initializable<S> || unmet<"es: folding starts from State{}: give the state a "
                                            "default for each member">) &&
    (std::movable<S> || unmet<"es: a state can be moved">) &&
    (detail::HasGeneration<S> ||
     unmet<"es: add es::Generation generation{}; to the state, or wrap it: "
           "using State = es::Tracked<TheState>">);

} // namespace eventsourcing

#endif
