// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_HPP
#define EVENTSOURCING_TESTING_GIVEN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/fold_named.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/given_decision.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/verdict.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// A command that was decided on the given state; `then` compares.
template <class A>
class [[nodiscard]] When {
public:
    using Event = typename A::Event;

    constexpr When(const Result<typename A::State>& before, Result<Events<Event>>&& decided)
        : before_(before),
          decided_(std::move(decided)) {}

    /// Expects exactly these events: `then(EntityAttacked{...}, EntityDied{...})`.
    template <class... Es>
        requires(sizeof...(Es) > 0 && (detail::PartOf<std::remove_cvref_t<Es>, Event> && ...))
    constexpr auto then(Es&&... events) const {
        return verdict(detail::ExpectEvents<Event>{Events<Event>(std::forward<Es>(events)...)});
    }
    /// Expects that the command is accepted and emits nothing.
    constexpr auto then(Nothing /*none*/) const { return verdict(detail::ExpectEvents<Event>{}); }
    /// Expects a rejection.
    template <class Reason>
    constexpr auto then(detail::ExpectRejection<Reason> expectation) const {
        return verdict(expectation);
    }
    /// Expects that the predicate is true for the state after the events are applied.
    template <class Predicate>
    constexpr auto then(detail::ExpectState<Predicate> expectation) const {
        return verdict(std::move(expectation));
    }
    /// Does not compile: says what to expect instead.
    template <class... Args>
        requires(!detail::begins_an_expectation<Event, std::remove_cvref_t<Args>...>)
    constexpr bool then(Args&&... /*args*/) const {
        static_assert(detail::explain_then<A, std::remove_cvref_t<Args>...>());
        return false;
    }

private:
    template <class Expectation>
    constexpr auto verdict(Expectation expectation) const {
        return Verdict<A, Expectation>(before_, decided_, std::move(expectation));
    }

    Result<typename A::State> before_;
    Result<Events<Event>> decided_;
};

namespace detail {

/// As `fold`; at run time an error names the event.
template <Aggregate A>
constexpr Result<typename A::State> fold_given(std::span<const typename A::Event> events,
                                               const typename A::State& from = {}) {
    return guarded("copying the state", [&] {
        Result<typename A::State> state(std::in_place, from);
        if (auto done = fold_named<A>(*state, events, "event "); !done)
            state = std::move(done).error();
        return state;
    });
}

} // namespace detail

/// A state to try a command on.
template <class A>
class [[nodiscard]] Given {
public:
    constexpr explicit Given(Result<typename A::State>&& state) : state_(std::move(state)) {}

    /// Decides the command. As in a dispatch, events that can't be applied are an error.
    template <class C>
        requires detail::PartOf<std::remove_cvref_t<C>, typename A::Command>
    constexpr When<A> when(C&& command) const {
        if (!state_)
            return When<A>(state_, state_.error());
        auto decided = decide<A>(*state_, std::forward<C>(command));
        if (decided)
            if (auto after = detail::fold_given<A>(detail::view_of(*decided), *state_); !after)
                decided = std::move(after).error();
        return When<A>(state_, std::move(decided));
    }
    /// Does not compile: says what to give instead.
    template <class... Args>
        requires(sizeof...(Args) != 1 ||
                 (!detail::PartOf<std::remove_cvref_t<Args>, typename A::Command> && ...))
    constexpr When<A> when(Args&&... /*args*/) const {
        static_assert(detail::explain_when<A, std::remove_cvref_t<Args>...>());
        return When<A>(state_, errc::internal);
    }

private:
    Result<typename A::State> state_;
};

namespace detail {

/// An event that is given, as one of today: an older form goes through its upcast, with a record of
/// its type, its version, and what the test says of it.
template <class V, class E>
constexpr Result<V> as_of_today(E&& given) {
    using Given = GivenEventOf<std::remove_cvref_t<E>>;
    if constexpr (PartOf<Given, V>) {
        return Result<V>(std::in_place, given_event(std::forward<E>(given)));
    } else {
        using New = AtIndex<Alternatives<V>, ReadableOf<Alternatives<V>>::template index_of<Given>>;
        GivenRecord record;
        if (auto made = record.set(given); !made)
            return std::move(made).error();
        record.record.type = EventTraits<Given>::event_type;
        record.record.version = EventTraits<Given>::event_type_version;
        auto today = guarded(upcasting, [&] {
            return upcast_to<New>(Given(given_event(std::forward<E>(given))), &record.record);
        });
        if (!today)
            return in_upcast(std::move(today).error(), record.record.type, record.record.version);
        return Result<V>(std::in_place, *std::move(today));
    }
}

/// Applies one event to a state that is not in error.
template <class A, class E>
constexpr bool apply_given(Result<typename A::State>& state, E&& event) {
    const auto today = as_of_today<typename A::Event>(std::forward<E>(event));
    Result<void> done = today ? fold_into<A>(*state, {&*today, 1}) : Result<void>(today.error());
    if (!done && today && !std::is_constant_evaluated())
        done = std::move(done).error().within(stored_name(*today));
    if (!done)
        state = std::move(done).error();
    return state.has_value();
}

} // namespace detail

/// The state that `events` give, to try a command on:
///
///     static_assert(es::given<Counter>().when(Increment{1}).then(Incremented{1}));
///     CHECK(es::given<Combat>(EntityDied{"ogre"}).when(Attack{"ogre", 1})
///               .then(es::rejected(Refusal::already_dead)));
///
/// An event may also be in an older form, of which `upcast` makes that of today, and have a time, a
/// stream or metadata: `es::at(noon, EntityDied{"ogre"})`.
///
/// Events and states are compared by their own `==`, or field by field. Usable in constant
/// expressions for literal types; at run time the decided events are also stored and read back (see
/// `Verdict`).
template <class A, class... Es>
    requires detail::begins_with_events<A, std::remove_cvref_t<Es>...>
[[nodiscard]] constexpr Given<A> given(Es&&... events) {
    static_assert(detail::explain_aggregate<A>());
    if constexpr (sizeof...(Es) == 0) {
        return Given<A>(typename A::State{});
    } else if constexpr (!(detail::PartOf<std::remove_cvref_t<Es>, typename A::Event> && ...)) {
        Result<typename A::State> state(std::in_place);
        std::size_t index = 0;
        static_cast<void>(
            ((detail::apply_given<A>(state, std::forward<Es>(events)) && ++index > 0) && ...));
        if (!state && !std::is_constant_evaluated())
            state = std::move(state).error().with_message(
                detail::joined({"event ", std::to_string(index), ", ", state.error().message()}));
        return Given<A>(std::move(state));
    } else {
        const Events<typename A::Event> history(std::forward<Es>(events)...);
        return Given<A>(detail::fold_given<A>(detail::view_of(history)));
    }
}

/// A state as it is, to try a command on.
template <detail::NamesItsTypes A>
[[nodiscard]] constexpr Given<A> given(const typename A::State& state) {
    return Given<A>(Result<typename A::State>(std::in_place, state));
}

/// Does not compile: says which header to include.
template <class A, class... Args>
    requires detail::LooksLikeFollower<A>
constexpr auto given(Args&&... /*args*/) {
    static_assert(detail::explain_given_header<A>());
}
/// Does not compile: says what to give instead.
template <class A = detail::NoAggregateNamed, class... Args>
    requires(!detail::LooksLikeFollower<A> &&
             !detail::begins_with_events<A, std::remove_cvref_t<Args>...> &&
             !detail::begins_with_state<A, std::remove_cvref_t<Args>...> &&
             !detail::begins_with_past<A, std::remove_cvref_t<Args>...>)
constexpr auto given(Args&&... /*args*/) {
    static_assert(detail::explain_given<A, std::remove_cvref_t<Args>...>());
}

} // namespace eventsourcing

#endif
