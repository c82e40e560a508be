// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EXPLAIN_AGGREGATE_HPP
#define EVENTSOURCING_CORE_EXPLAIN_AGGREGATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/aggregate_options.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_event.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

template <class A, class E>
consteval bool explain_event() {
    constexpr bool once = is_once_among<E, Alternatives<typename A::Event>>;
    EVENTSOURCING_EXPLAIN(once, "this event stands twice in the variant; remove one", A, E);
    EVENTSOURCING_EXPLAIN((!once || !derives_from_another<E, Alternatives<typename A::Event>>),
                          "this event derives from another of the variant, whose apply_event "
                          "would silently take it; make it a struct of its own",
                          A, E);
    EVENTSOURCING_EXPLAIN((!shares_a_name<E, Alternatives<typename A::Event>>),
                          "another event of the variant has this event_type (or alias) and "
                          "version; rename one",
                          A, E);
    EVENTSOURCING_EXPLAIN((AppliesEvent<A, E>),
                          "no public apply_event for this event; add it, or make it public: static "
                          "State apply_event(State, const <the event named here>&)",
                          A, E);
    if constexpr (AppliesEvent<A, E>)
        EVENTSOURCING_EXPLAIN((answers_state<A, E>()),
                              "apply_event returns State or es::Result<State>, or takes State& "
                              "and returns void or es::Result<void>",
                              A, E);
    return true;
}

/// What a decision may hold: what is inside a result, an optional and a range, and each type of a
/// variant.
template <class R>
struct DecidedTypes {
    using List = Alternatives<R>;
};
template <ExpectedLike R>
struct DecidedTypes<R> : DecidedTypes<typename R::value_type> {};
template <class R>
    requires(!ExpectedLike<R> && requires(R& decision) { *decision.begin(); })
struct DecidedTypes<R> : DecidedTypes<std::remove_cvref_t<decltype(*std::declval<R&>().begin())>> {
};
template <class R>
    requires(!ExpectedLike<R> && requires(R& decision) { decision.has_value(), *decision; })
struct DecidedTypes<R> : DecidedTypes<std::remove_cvref_t<decltype(*std::declval<R&>())>> {};

/// The first struct of the list that is no part of `V`; void if there is none.
template <class V, class List>
struct FirstStray;
template <class V, class... Types>
struct FirstStray<V, TypeList<Types...>>
    : FirstUnmet<TypeList<Types...>,
                 !std::is_class_v<Types> || ConvertsToAlternative<Types, V>...> {};

/// `R` is what `handle_command` returns for `C`, and is no decision.
template <class A, class C, class R>
consteval void explain_decision() {
    using Stray = typename FirstStray<typename A::Event, typename DecidedTypes<R>::List>::Type;
    constexpr bool is_state = std::same_as<Stray, SubjectOf<typename A::State>>;
    constexpr bool is_error = std::same_as<Stray, Error>;
    constexpr bool is_tuple = requires { std::tuple_size<Stray>::value; };
    EVENTSOURCING_EXPLAIN(!std::is_void_v<Stray>,
                          "handle_command returns events: one, the variant, a range, an optional, "
                          "es::nothing, or an es::Result of these",
                          A, C);
    EVENTSOURCING_EXPLAIN(!is_state,
                          "handle_command returns events, not the state; apply_event changes the "
                          "state by them",
                          A, C, Stray);
    EVENTSOURCING_EXPLAIN(!is_error,
                          "handle_command returns an error inside a Result: write its return type "
                          "es::Result<es::Events<Event>>",
                          A, C, Stray);
    EVENTSOURCING_EXPLAIN(!is_tuple,
                          "handle_command returns several events as one list: return "
                          "es::Events<Event>{a, b}, with the return type es::Events<Event> or "
                          "es::Result<es::Events<Event>>",
                          A, C, Stray);
    EVENTSOURCING_EXPLAIN((std::is_void_v<Stray> || is_state || is_error || is_tuple),
                          "handle_command returns what A::Event lacks; add it to the variant, or "
                          "return events of the variant",
                          A, C, Stray);
}

template <class A, class C>
consteval bool explain_command() {
    EVENTSOURCING_EXPLAIN(Command<C>, "a command is a struct that can be moved", A, C);
    constexpr bool once = is_once_among<C, Alternatives<typename A::Command>>;
    EVENTSOURCING_EXPLAIN(once, "this command stands twice in the variant; remove one", A, C);
    EVENTSOURCING_EXPLAIN((!once || !derives_from_another<C, Alternatives<typename A::Command>>),
                          "this command derives from another of the variant, whose handle_command "
                          "would silently take it; make it a struct of its own",
                          A, C);
    EVENTSOURCING_EXPLAIN(
        (HandlesCommand<A, C>),
        "no public handle_command for this command; add it, or make it public: static "
        "es::Result<es::Events<Event>> handle_command(const State&, const <the "
        "command named here>&)",
        A, C);
    if constexpr (HandlesCommand<A, C>)
        if constexpr (!decides_events<A, C>)
            explain_decision<A, C, HandlerAnswer<A, HandledAs<A, C>>>();
    return true;
}

template <class... Types>
inline constexpr bool are_values = (std::same_as<Types, std::remove_cvref_t<Types>> && ...);

/// Says in the compiler's first error line what an aggregate lacks, by name and with the cure.
/// Called where a user's aggregate enters the library; always true, so that it adds no error of its
/// own.
template <class A>
consteval bool explain_aggregate() {
    EVENTSOURCING_EXPLAIN(
        NamesItsTypes<A>,
        "an aggregate names the types Command, Event and State, public: using Command = "
        "std::variant<...>;",
        A);
    if constexpr (NamesItsTypes<A>)
        EVENTSOURCING_EXPLAIN(
            (are_values<typename A::Command, typename A::Event, typename A::State>),
            "Command, Event and State are values; remove const and &", A);
    if constexpr (NamesItsTypes<A> && !Aggregate<A>) {
        using S = typename A::State;
        EVENTSOURCING_EXPLAIN(std::is_empty_v<A>, "an aggregate has no data: put it into its State",
                              A);
        EVENTSOURCING_EXPLAIN(
            HasGeneration<S>,
            "add to the state, public: `es::Generation generation{};` or wrap it: `using State "
            "= es::Tracked<...>;`",
            A, S);
        EVENTSOURCING_EXPLAIN(
            std::default_initializable<S>,
            "give each member of the state a default: folding starts from State{}", A, S);
        EVENTSOURCING_EXPLAIN(std::movable<S>, "a state can be moved", A, S);
        if constexpr (HasGeneration<S>) {
            return []<class... Es, class... Cs>(TypeList<Es...>, TypeList<Cs...>) {
                // all of them first: names are compared, and there must be some
                if constexpr ((explain_event_type<A, Es>() && ...))
                    return (explain_event<A, Es>() && ...) && (explain_command<A, Cs>() && ...);
                return true;
            }(Alternatives<typename A::Event>{}, Alternatives<typename A::Command>{});
        }
    } else if constexpr (NamesItsTypes<A>) {
        explain_upcasts(Alternatives<typename A::Event>{});
        check_aggregate_options<A>();
    }
    return true;
}

} // namespace detail

} // namespace eventsourcing

#endif
