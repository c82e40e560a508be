// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_EXPLAIN_GIVEN_PROCESS_HPP
#define EVENTSOURCING_TESTING_EXPLAIN_GIVEN_PROCESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/reaction.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/given_history.hpp>

#include <concepts>

// Each `explain_` says in the compiler's first error line what is wrong, and is always true, so
// that it adds no error of its own.

namespace eventsourcing::detail {

template <class T>
inline constexpr bool is_refusal = false;
template <class C>
inline constexpr bool is_refusal<Rejected<C>> = true;

template <class P, class E>
inline constexpr bool is_told_event =
    may_be_given<GivenEventOf<E>, NamedEventsOf<P>, ToldEvents<P>>;

/// An event, a deadline of the process, or a refusal to which it reacts.
template <class P, class Input>
concept MayBeTold = is_told_event<P, Input> || is_one_of<Input, typename DeadlinesOf<P>::List> ||
                    (is_refusal<Input> && ReactsTo<P, Input>);

template <class R, class... Parts>
inline constexpr bool are_parts_of = false;
template <class... As, class First, class... Parts>
inline constexpr bool are_parts_of<Reaction<As...>, First, Parts...> =
    is_reaction_part<First, As...> && (is_reaction_part<Parts, As...> && ...);

template <class R, class... Args>
inline constexpr bool is_reaction_expectation = are_parts_of<R, Args...>;
template <class R, class Arg>
inline constexpr bool is_reaction_expectation<R, Arg> =
    are_parts_of<R, Arg> || std::same_as<Arg, Nothing>;
template <class R, class Predicate>
inline constexpr bool is_reaction_expectation<R, ExpectState<Predicate>> = true;

template <class P>
consteval bool explain_tried_process() {
    EVENTSOURCING_EXPLAIN((Process<P>),
                          "this is no process: static_assert(es::Process<...>) says what is "
                          "missing",
                          P);
    return true;
}

/// What is wrong with the arguments of `given`.
template <class P, class E>
consteval bool explain_told_before() {
    constexpr bool is_for_when = is_one_of<E, typename DeadlinesOf<P>::List> || is_refusal<E>;
    EVENTSOURCING_EXPLAIN((!is_for_when),
                          "given takes the events that happened before, and this is a deadline or "
                          "a refusal: pass it to when, given<P>(events...).when(Expired{})",
                          P, E);
    EVENTSOURCING_EXPLAIN((is_for_when || is_told_event<P, E>),
                          "given takes the events that happened before, each as an argument of its "
                          "own: structs that P::Event names, also with es::at, es::on, es::with",
                          P, E);
    return true;
}

/// The same for `when`.
template <class P, class... Args>
consteval bool explain_when_told() {
    EVENTSOURCING_EXPLAIN((sizeof...(Args) == 1),
                          "when takes one input; what happened before is given as events: "
                          "given<P>(events...).when(input)",
                          P, Args...);
    if constexpr (sizeof...(Args) == 1) {
        constexpr bool is_mute = (is_refusal<Args> && ...);
        EVENTSOURCING_EXPLAIN(!is_mute,
                              "the process has no react for this refusal, so it would be "
                              "quarantined; add static Reaction react(const State&, const "
                              "es::Rejected<...>&)",
                              P, Args...);
        EVENTSOURCING_EXPLAIN(is_mute,
                              "when takes an event that P::Event names, a deadline that "
                              "P::Deadline names, or an es::Rejected<Command>",
                              P, Args...);
    }
    return true;
}

/// The same for `then`.
template <class P, class... Args>
consteval bool explain_reaction_then() {
    EVENTSOURCING_EXPLAIN((is_reaction_expectation<typename P::Reaction, Args...>),
                          "then takes what the process does: es::send<A>(id, command) to an "
                          "aggregate of its Reaction, es::deadline<D>(after), es::cancel<D>, "
                          "es::complete, or es::nothing, or es::state(predicate)",
                          P, Args...);
    return true;
}

} // namespace eventsourcing::detail

#endif
