// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_APPLY_HPP
#define EVENTSOURCING_CORE_APPLY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// A type that no function of an application takes except a catch-all template; a call with it
/// tells such a template from a function of the whole variant. If the compiler stops at a member
/// that it lacks, a function template of that aggregate returns `auto`, so that the compiler needs
/// its body: write the return type.
template <class Aggregate>
struct WriteTheReturnTypeInsteadOfAuto {};

namespace detail {

/// `apply_event(State, const E&)` or `(const State&, const E&)`.
template <class A, class S, class E>
concept AppliesToValue =
    requires(S&& state, const E& event) { A::apply_event(static_cast<S&&>(state), event); };
/// `apply_event(State&, const E&)`, which changes the state in place.
template <class A, class S, class E>
concept AppliesInPlace = !AppliesToValue<A, S, E> &&
                         requires(S& state, const E& event) { A::apply_event(state, event); };
template <class A, class S, class E>
concept Applies = AppliesToValue<A, S, E> || AppliesInPlace<A, S, E>;

/// One function for the whole variant: it takes the variant and nothing unrelated.
template <class A, class S, class V>
concept AppliesWhole = !Applies<A, S, WriteTheReturnTypeInsteadOfAuto<A>> && Applies<A, S, V>;

/// The type of the state's expression that `apply_event` is called with.
template <class A, class S, class E>
using ApplyArgument = std::conditional_t<AppliesToValue<A, S, E>, S&&, S&>;
template <class A, class S, class E>
using ApplyAnswer =
    decltype(A::apply_event(std::declval<ApplyArgument<A, S, E>>(), std::declval<const E&>()));

template <class R, class S>
concept ResultOfState = ExpectedLike<R> && requires(R&& result) {
    { *std::move(result) } -> std::convertible_to<S>;
};
template <class R>
concept ResultOfNothing = ExpectedLike<R> && std::is_void_v<typename R::value_type>;

/// The return types that fit the way in which the state is taken.
template <class A, class S, class E>
concept AnswersState =
    (AppliesToValue<A, S, E>
         ? std::convertible_to<ApplyAnswer<A, S, E>, S> || ResultOfState<ApplyAnswer<A, S, E>, S>
         : std::is_void_v<ApplyAnswer<A, S, E>> || ResultOfNothing<ApplyAnswer<A, S, E>>);

/// Applies one event to the subject of a state; false with an error in `done` if it was refused.
/// (The compiler makes this function for each event; it calls no other such function.)
template <class A, class S>
struct ApplyTo {
    S& state;
    Result<void>& done;

    template <class E>
    constexpr bool operator()(const E& event) const {
        using Argument = ApplyArgument<A, S, E>;
        using Answer = ApplyAnswer<A, S, E>;
        if constexpr (std::is_void_v<Answer>) {
            A::apply_event(static_cast<Argument>(state), event);
        } else if constexpr (ExpectedLike<Answer>) {
            auto answer = A::apply_event(static_cast<Argument>(state), event);
            if (!answer) {
                done = error_from(errc::cannot_apply, std::move(answer).error())
                           .as(errc::cannot_apply);
                return false;
            }
            if constexpr (!ResultOfNothing<Answer>)
                state = *std::move(answer);
        } else {
            state = A::apply_event(static_cast<Argument>(state), event);
        }
        return true;
    }
};

/// Applies one event, however the aggregate takes it. The caller counts the generation.
template <class A, class S, class V>
constexpr bool apply_any(S& state, const V& event, Result<void>& done) {
    const ApplyTo<A, SubjectOf<S>> apply{subject(state), done};
    if constexpr (AppliesWhole<A, SubjectOf<S>, V>)
        return apply(event);
    else
        return visit_alternative(event, apply);
}

} // namespace detail

} // namespace eventsourcing

#endif
