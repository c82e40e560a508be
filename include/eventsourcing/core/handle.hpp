// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_HANDLE_HPP
#define EVENTSOURCING_CORE_HANDLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

/// `handle_command(const State&, const C&)`, or `C&&` for commands that can only be moved.
template <class A, class S, class C>
concept Handles =
    requires(const S& state, C&& command) { A::handle_command(state, static_cast<C&&>(command)); };

/// One function for the whole variant: it takes the variant and nothing unrelated.
template <class A, class S, class V>
concept HandlesWhole = !Handles<A, S, WriteTheReturnTypeInsteadOfAuto<A>> && Handles<A, S, V>;

template <class R, class V>
concept OptionalOfEvent = requires(R&& result) {
    { result.has_value() } -> std::same_as<bool>;
    { *std::move(result) } -> std::convertible_to<V>;
} && !ExpectedLike<R>;

template <class R, class V>
concept RangeOfEvents = !std::same_as<R, Events<V>> && requires(R& result) {
    { *result.begin() } -> std::convertible_to<V>;
    result.begin() != result.end();
};

/// What a decision may be, without the expected-like around it.
template <class R, class V>
concept PlainDecision = std::same_as<R, Events<V>> || std::same_as<R, Nothing> ||
                        ConvertsToAlternative<R, V> || OptionalOfEvent<R, V> || RangeOfEvents<R, V>;

template <class R, class V>
concept ExpectedDecision = ExpectedLike<R> && PlainDecision<typename R::value_type, V>;

template <class R, class V>
concept DecisionOf = PlainDecision<R, V> || ExpectedDecision<R, V>;

/// The events of an optional or a range. (A function of its own: g++ moves a value that is returned
/// from an inner block, and then warns of members that it believes to be uninitialized.)
template <class V, class R>
constexpr Result<Events<V>> collected(R&& decision) {
    Result<Events<V>> out(std::in_place);
    if constexpr (OptionalOfEvent<std::remove_cvref_t<R>, V>) {
        if (decision.has_value())
            out->emplace_back(*std::forward<R>(decision));
    } else {
        for (auto&& event : decision)
            out->emplace_back(std::forward<decltype(event)>(event));
    }
    return out;
}

/// The events of a plain decision.
template <class V, class R>
constexpr Result<Events<V>> to_events(R&& decision) {
    using Plain = std::remove_cvref_t<R>;
    if constexpr (std::same_as<Plain, Events<V>> || std::same_as<Plain, Nothing>) {
        return Result<Events<V>>(std::in_place, std::forward<R>(decision));
    } else if constexpr (ConvertsToAlternative<R, V>) {
        return Result<Events<V>>(std::in_place, std::forward<R>(decision));
    } else {
        return collected<V>(std::forward<R>(decision));
    }
}

template <class V, class R>
constexpr Result<Events<V>> normalized(R&& decision) {
    using Plain = std::remove_cvref_t<R>;
    if constexpr (std::same_as<Plain, Result<Events<V>>>) {
        return std::forward<R>(decision);
    } else if constexpr (ExpectedDecision<Plain, V>) {
        if (!decision)
            return error_from(errc::rejected, std::forward<R>(decision).error());
        return to_events<V>(*std::forward<R>(decision));
    } else {
        return to_events<V>(std::forward<R>(decision));
    }
}

/// Calls `handle_command`. The usual return type is passed on without a move.
template <class A, class S, class C>
constexpr Result<Events<typename A::Event>> call_handle_command(const S& state, C&& command) {
    using Answer = decltype(A::handle_command(state, std::forward<C>(command)));
    if constexpr (std::same_as<Answer, Result<Events<typename A::Event>>>)
        return A::handle_command(state, std::forward<C>(command));
    else
        return normalized<typename A::Event>(A::handle_command(state, std::forward<C>(command)));
}

/// Handles the command that a variant holds.
template <class A, class S>
struct HandleOne {
    const S& state;

    template <class C>
    constexpr Result<Events<typename A::Event>> operator()(C&& command) const {
        return call_handle_command<A>(state, std::forward<C>(command));
    }
};

/// Decides without a guard against exceptions.
template <class A, class C>
constexpr Result<Events<typename A::Event>> decide_unguarded(const typename A::State& state,
                                                             C&& command) {
    using Command = typename A::Command;
    using Plain = std::remove_cvref_t<C>;
    const auto& inner = subject(state);
    using Inner = SubjectOf<const typename A::State>;
    if constexpr (!HandlesWhole<A, Inner, Command> && std::same_as<Plain, Command> &&
                  is_variant<Command>)
        return visit_alternative(std::forward<C>(command), HandleOne<A, Inner>{inner});
    else if constexpr (HandlesWhole<A, Inner, Command> && !std::same_as<Plain, Command>)
        return call_handle_command<A>(inner, Command(std::forward<C>(command)));
    else
        return call_handle_command<A>(inner, std::forward<C>(command));
}

} // namespace detail

} // namespace eventsourcing

#endif
