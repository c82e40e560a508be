// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_EXPLAIN_GIVEN_HPP
#define EVENTSOURCING_TESTING_EXPLAIN_GIVEN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/explain_command.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/runtime/decision_model.hpp>
#include <eventsourcing/testing/given_event.hpp>

#include <concepts>
#include <type_traits>

namespace eventsourcing::detail {

template <class Reason>
struct ExpectRejection;
template <class Predicate>
struct ExpectState;

template <class A, class... Args>
inline constexpr bool begins_with_events = false;
template <NamesItsTypes A, class... Args>
inline constexpr bool begins_with_events<A, Args...> =
    ((PartOf<GivenEventOf<Args>, typename A::Event> ||
      is_one_of<GivenEventOf<Args>, ReadableForms<typename A::Event>>) &&
     ...);

template <class A, class... Args>
inline constexpr bool begins_with_state = false;
template <NamesItsTypes A, class Arg>
inline constexpr bool begins_with_state<A, Arg> =
    std::convertible_to<const Arg&, const typename A::State&>;

/// A decision names the events that it emits, and neither a state nor commands.
template <class D>
concept LooksLikeDecision =
    NamesDecidedEvent<D> && !requires { typename D::State; } && !requires { typename D::Command; };

/// A projection or a process names a state and no commands; a process also says what a reaction is.
template <class P>
concept LooksLikeFollower = requires {
    typename P::Event;
    typename P::State;
} && !requires { typename P::Command; };
template <class P>
concept LooksLikeProcess = LooksLikeFollower<P> && requires { typename P::Reaction; };
template <class P>
concept LooksLikeProjection = LooksLikeFollower<P> && !requires { typename P::Reaction; };

/// Says which header tries what is no aggregate.
template <class P>
consteval bool explain_given_header() {
    EVENTSOURCING_EXPLAIN(!LooksLikeProcess<P>,
                          "a process is tried with #include "
                          "<eventsourcing/testing/given_process.hpp>",
                          P);
    EVENTSOURCING_EXPLAIN(!LooksLikeProjection<P>,
                          "this type names no Command: a projection is tried with #include "
                          "<eventsourcing/testing/given_projection.hpp>, and an aggregate names "
                          "Command, Event and State, public",
                          P);
    return true;
}

/// What may have happened before a decision: any event, since the views, which are made of the
/// command, say which of them count; or the variant that the decision emits.
template <class D, class E>
concept PastEvent = (Event<E> && !AsksBoundary<D, E>) || std::same_as<E, typename D::Event>;
template <class D, class... Args>
inline constexpr bool begins_with_past = false;
template <LooksLikeDecision D, class... Args>
inline constexpr bool begins_with_past<D, Args...> = (PastEvent<D, GivenEventOf<Args>> && ...);

/// What is wrong with the arguments of `given` for a decision.
template <class D, class... Args>
consteval bool explain_past() {
    constexpr bool has_command = (AsksBoundary<D, GivenEventOf<Args>> || ...);
    EVENTSOURCING_EXPLAIN(!has_command,
                          "given takes the events that happened before, and this is a command: "
                          "pass it to when, given<D>(events...).when(command)",
                          D, Args...);
    constexpr bool are_events = has_command || (PastEvent<D, GivenEventOf<Args>> && ...);
    EVENTSOURCING_EXPLAIN(are_events,
                          "given takes the events that happened before, each as an argument of its "
                          "own",
                          D, Args...);
    return true;
}

/// Says in the compiler's first error line what is wrong with the arguments of `given`. Always
/// true, so that it adds no error of its own.
template <class A, class... Args>
consteval bool explain_given() {
    constexpr bool is_named = !std::same_as<A, NoAggregateNamed>;
    EVENTSOURCING_EXPLAIN(is_named, "name the aggregate: es::given<TheAggregate>(events...)",
                          Args...);
    if constexpr (is_named && LooksLikeDecision<A>) {
        static_assert(explain_past<A, Args...>());
    } else if constexpr (is_named) {
        static_assert(explain_aggregate<A>());
        if constexpr (NamesItsTypes<A>) {
            constexpr bool has_command =
                ((PartOf<Args, typename A::Command> && !PartOf<Args, typename A::Event>) || ...);
            EVENTSOURCING_EXPLAIN(!has_command,
                                  "given takes the events that happened before, and this is a "
                                  "command: pass it to when, given<A>(events...).when(command)",
                                  A, Args...);
            EVENTSOURCING_EXPLAIN(has_command,
                                  "given takes the events that happened before, each as an "
                                  "argument of its own, or one A::State",
                                  A, Args...);
        }
    }
    return true;
}

/// The same for `when`.
template <class A, class... Args>
consteval bool explain_when() {
    EVENTSOURCING_EXPLAIN((sizeof...(Args) == 1),
                          "when takes one command; what other commands have caused before is "
                          "given as events: given<A>(events...).when(command)",
                          A, Args...);
    if constexpr (sizeof...(Args) == 1)
        return (explain_decided_command<A, Args>() && ...);
    return true;
}

template <class T>
inline constexpr bool is_expectation = std::same_as<T, Nothing>;
template <class Reason>
inline constexpr bool is_expectation<ExpectRejection<Reason>> = true;
template <class Predicate>
inline constexpr bool is_expectation<ExpectState<Predicate>> = true;

template <class Event, class... Args>
inline constexpr bool begins_an_expectation = sizeof...(Args) > 0 && (PartOf<Args, Event> && ...);
template <class Event, class Arg>
inline constexpr bool begins_an_expectation<Event, Arg> = PartOf<Arg, Event> || is_expectation<Arg>;

/// What `then(arg)` should have been.
template <class A, class Arg>
consteval bool explain_expectation() {
    constexpr bool is_reason = std::is_enum_v<Arg> || std::same_as<Arg, Error>;
    constexpr bool is_command = PartOf<Arg, typename A::Command>;
    constexpr bool is_predicate = std::predicate<const Arg&, const typename A::State&>;
    EVENTSOURCING_EXPLAIN(!is_reason,
                          "a rejection is expected by then(es::rejected(reason)), where the reason "
                          "is the enumerator that handle_command rejects with",
                          A, Arg);
    EVENTSOURCING_EXPLAIN(!is_command,
                          "then takes events, and this is a command: pass the structs of A::Event "
                          "that it causes",
                          A, Arg);
    EVENTSOURCING_EXPLAIN(!is_predicate,
                          "what is true for the state is expected by then(es::state(predicate))", A,
                          Arg);
    EVENTSOURCING_EXPLAIN((is_reason || is_command || is_predicate),
                          "then takes structs of A::Event, each as an argument of its own, or one "
                          "of es::nothing, es::rejected(reason), es::state(predicate)",
                          A, Arg);
    return true;
}

/// The same for `then`.
template <class A, class... Args>
consteval bool explain_then() {
    EVENTSOURCING_EXPLAIN((sizeof...(Args) > 0),
                          "then takes what is expected: structs of A::Event, or es::nothing, "
                          "es::rejected(reason), es::state(predicate)",
                          A);
    return ((PartOf<Args, typename A::Event> || explain_expectation<A, Args>()) && ...);
}

} // namespace eventsourcing::detail

#endif
