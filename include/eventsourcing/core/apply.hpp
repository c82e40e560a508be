// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_APPLY_HPP
#define EVENTSOURCING_CORE_APPLY_HPP

#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/user_error.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// What no function of an application takes but a catch-all template; calling with it tells a
/// function of the whole variant from one. If the compiler stops at a member that it lacks, a
/// function template of that aggregate returns `auto`, so that its body had to be looked at: write
/// the return type.
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

template <class A, class S, class E>
constexpr decltype(auto) call_apply_event(S& state, const E& event) {
    if constexpr (AppliesToValue<A, S, E>)
        return A::apply_event(std::move(state), event);
    else
        return A::apply_event(state, event);
}

template <class R, class S>
concept ResultOfState = ExpectedLike<R> && requires(R&& result) {
    { *std::move(result) } -> std::convertible_to<S>;
};
template <class R>
concept ResultOfNothing = ExpectedLike<R> && std::is_void_v<typename R::value_type>;

/// The return types that fit the way in which the state is taken.
template <class A, class S, class E>
concept AnswersState = requires(S& state, const E& event) {
    requires AppliesInPlace<A, S, E> ||
                 std::convertible_to<decltype(call_apply_event<A>(state, event)), S> ||
                 ResultOfState<decltype(call_apply_event<A>(state, event)), S>;
    requires !AppliesInPlace<A, S, E> ||
                 std::is_void_v<decltype(call_apply_event<A>(state, event))> ||
                 ResultOfNothing<decltype(call_apply_event<A>(state, event))>;
};

/// Applies one event to the subject of a state; false with `failure` set where it was refused.
template <class A, class S, class E>
constexpr bool apply_to_subject(S& state, const E& event, Result<void>& failure) {
    using R = decltype(call_apply_event<A>(state, event));
    if constexpr (std::is_void_v<R>) {
        call_apply_event<A>(state, event);
        return true;
    } else if constexpr (ExpectedLike<R>) {
        auto result = call_apply_event<A>(state, event);
        if (!result) {
            failure =
                error_from(errc::cannot_apply, std::move(result).error()).as(errc::cannot_apply);
            return false;
        }
        if constexpr (!ResultOfNothing<R>)
            state = *std::move(result);
        return true;
    } else {
        state = call_apply_event<A>(state, event);
        return true;
    }
}

/// Applies one event, however the aggregate takes it. The generation is the caller's.
template <class A, class S, class V>
constexpr bool apply_any(S& state, const V& event, Result<void>& failure) {
    auto& inner = subject(state);
    if constexpr (AppliesWhole<A, SubjectOf<S>, V>)
        return apply_to_subject<A>(inner, event, failure);
    else
        return visit_alternative(event, [&](const auto& alternative) {
            return apply_to_subject<A>(inner, alternative, failure);
        });
}

} // namespace detail

} // namespace eventsourcing

#endif
