// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_HPP
#define EVENTSOURCING_TESTING_GIVEN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/same_value.hpp>
#include <eventsourcing/testing/stored_again.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

template <class V>
constexpr std::span<const V> view_of(const Events<V>& events) {
    return {events.data(), events.size()};
}

template <class V>
std::string event_name(const V& event) {
    return visit_alternative(
        event, []<class E>(const E&) { return std::string(EventTraits<E>::event_type); });
}

inline std::string describe_error(const Error& error) {
    return (error == errc::cannot_apply ? "got events that can't be applied: " : "got an error: ") +
           error.message() + "\n";
}

/// Expects these events, all of them, in this order.
template <class V>
struct ExpectEvents {
    Events<V> events;

    template <class State>
    constexpr bool holds(const Result<Events<V>>& decided, const State& /*before*/) const {
        return decided && same_value(events, *decided);
    }

    template <class State>
    std::string describe(const Result<Events<V>>& decided, const State& /*before*/) const {
        if (!decided)
            return "  expected " + count(events.size()) + ", " + describe_error(decided.error());
        std::string out;
        for (std::size_t i = 0; i < std::max(events.size(), decided->size()); ++i)
            out += describe_one(i, *decided);
        return out;
    }

private:
    static std::string count(std::size_t n) {
        return n == 0 ? "no events" : n == 1 ? "1 event" : std::to_string(n) + " events";
    }

    std::string describe_one(std::size_t i, const Events<V>& got) const {
        const std::string head = "  event " + std::to_string(i) + ": ";
        if (i >= events.size())
            return head + "expected none, got " + event_name(got[i]) + "\n";
        if (i >= got.size())
            return head + "expected " + event_name(events[i]) + ", got none\n";
        if (same_value(events[i], got[i]))
            return head + event_name(got[i]) + ", as expected\n";
        return visit_alternative(events[i], [&]<class E>(const E& expected) {
            const E* other = nullptr;
            if constexpr (is_variant<V>)
                other = std::get_if<E>(&got[i]);
            else
                other = &got[i];
            if (!other)
                return head + "expected " + event_name(events[i]) + ", got " + event_name(got[i]) +
                       "\n";
            return head + event_name(got[i]) + "\n" + describe_difference(expected, *other, "    ");
        });
    }
};

struct AnyReason {};

template <class Reason>
struct ExpectRejection {
    Reason reason;

    template <class V, class State>
    constexpr bool holds(const Result<Events<V>>& decided, const State& /*before*/) const {
        if (decided)
            return false;
        if constexpr (std::same_as<Reason, AnyReason>)
            return decided.error() == errc::rejected;
        else
            return decided.error() == reason;
    }

    template <class V, class State>
    std::string describe(const Result<Events<V>>& decided, const State& /*before*/) const {
        std::string expected = "  expected a rejection";
        if constexpr (!std::same_as<Reason, AnyReason>)
            expected += " (" + describe_value(reason) + ")";
        if (!decided)
            return expected + ", " + describe_error(decided.error());
        std::string events;
        for (const V& event : *decided)
            events += (events.empty() ? "" : ", ") + event_name(event);
        return expected + ", got " + (events.empty() ? "no events" : events) + "\n";
    }
};

template <class Predicate>
struct ExpectState {
    Predicate predicate;

    template <class A>
    static constexpr Result<typename A::State>
    after(const Result<Events<typename A::Event>>& decided, const typename A::State& before) {
        if (!decided)
            return decided.error();
        return fold<A>(view_of(*decided), before);
    }
};

} // namespace detail

/// Expects a rejection, whatever its reason.
[[nodiscard]] constexpr auto rejected() {
    return detail::ExpectRejection<detail::AnyReason>{};
}
/// Expects a rejection for this reason: an enumerator of the application, or an `errc`.
template <class Reason>
    requires std::is_enum_v<Reason>
[[nodiscard]] constexpr auto rejected(Reason reason) {
    return detail::ExpectRejection<Reason>{reason};
}

/// Expects that `predicate` is true for the state after the events are applied to it.
template <class Predicate>
[[nodiscard]] constexpr auto state(Predicate predicate) {
    return detail::ExpectState<Predicate>{std::move(predicate)};
}

/// Whether an expectation holds, and if not, why. Converts to bool; `describe()` tells the rest.
///
/// It also holds only if the decided events can be stored: at run time, and as far as `unchecked()`
/// does not say otherwise, they are written as JSON, checked as every store does, read back and
/// compared.
template <class A, class Expectation>
class [[nodiscard]] Verdict {
public:
    constexpr Verdict(const Result<typename A::State>& before,
                      const Result<Events<typename A::Event>>& decided, Expectation expectation)
        : before_(before),
          decided_(decided),
          expectation_(std::move(expectation)) {}

    constexpr explicit operator bool() const {
        return holds() && (std::is_constant_evaluated() || storing_faults().empty());
    }

    /// What was expected and what came, event by event and field by field; what is wrong with the
    /// events when they are stored; and what is `unchecked()`. Several lines.
    [[nodiscard]] std::string describe() const {
        std::string out = holds() ? "as expected\n" : describe_decision();
        if (const auto faults = storing_faults(); !faults.empty())
            out = (holds() ? "as expected, but the events don't survive being stored\n"
                           : out + "and the events don't survive being stored\n") +
                  faults;
        if (const auto rest = unchecked(); !rest.empty())
            out += rest + "\n";
        return out;
    }

    /// Why the events of this aggregate are not stored and read back, as a sentence; empty if they
    /// are. (`static_assert(es::Storable<Event>)` asks the same.)
    [[nodiscard]] static std::string unchecked() {
        return detail::unchecked_storing<typename A::Event>();
    }

private:
    [[nodiscard]] constexpr bool holds() const {
        if (!before_)
            return false;
        if constexpr (requires { expectation_.predicate; }) {
            const auto after = Expectation::template after<A>(decided_, *before_);
            return after && expectation_.predicate(*after);
        } else {
            return expectation_.holds(decided_, *before_);
        }
    }

    [[nodiscard]] std::string describe_decision() const {
        if (!before_)
            return "the events given can't be applied: " + before_.error().message() + "\n";
        if constexpr (requires { expectation_.predicate; }) {
            const auto after = Expectation::template after<A>(decided_, *before_);
            return after ? "the state is not as expected: " + detail::describe_value(*after) + "\n"
                         : "there is no new state: " + after.error().message() + "\n";
        } else {
            return "the decision is not as expected\n" + expectation_.describe(decided_, *before_);
        }
    }

    [[nodiscard]] std::string storing_faults() const {
        return decided_ ? detail::faults_when_stored(detail::view_of(*decided_)) : std::string();
    }

    Result<typename A::State> before_;
    Result<Events<typename A::Event>> decided_;
    Expectation expectation_;
};

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
            if (auto after = fold<A>(detail::view_of(*decided), *state_); !after)
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

/// An event that is given, as one of today: an older form goes through its upcast, with a record
/// that has its type and version only.
template <class V, class E>
constexpr Result<V> as_of_today(E&& event) {
    using Given = std::remove_cvref_t<E>;
    if constexpr (PartOf<Given, V>) {
        return Result<V>(std::in_place, std::forward<E>(event));
    } else {
        using New = AtIndex<Alternatives<V>, ReadableOf<Alternatives<V>>::template index_of<Given>>;
        const EventRecord record{.type = EventTraits<Given>::event_type,
                                 .version = EventTraits<Given>::event_type_version};
        auto today = guarded(
            upcasting, [&] { return upcast_to<New>(Given(std::forward<E>(event)), &record); });
        if (!today)
            return in_upcast(std::move(today).error(), record.type, record.version);
        return Result<V>(std::in_place, *std::move(today));
    }
}

/// Applies one event to a state that is not in error.
template <class A, class E>
constexpr bool apply_given(Result<typename A::State>& state, E&& event) {
    const auto today = as_of_today<typename A::Event>(std::forward<E>(event));
    Result<void> done = today ? fold_into<A>(*state, {&*today, 1}) : Result<void>(today.error());
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
/// An event may also be in an older form, of which `upcast` makes that of today.
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
        static_cast<void>((detail::apply_given<A>(state, std::forward<Es>(events)) && ...));
        return Given<A>(std::move(state));
    } else {
        const Events<typename A::Event> history(std::forward<Es>(events)...);
        return Given<A>(fold<A>(detail::view_of(history)));
    }
}

/// A state as it is, to try a command on.
template <class A>
[[nodiscard]] constexpr Given<A> given(const typename A::State& state) {
    return Given<A>(Result<typename A::State>(std::in_place, state));
}

/// Does not compile: says what to give instead.
template <class A = detail::NoAggregateNamed, class... Args>
    requires(!detail::begins_with_events<A, std::remove_cvref_t<Args>...> &&
             !detail::begins_with_state<A, std::remove_cvref_t<Args>...>)
constexpr auto given(Args&&... /*args*/) {
    static_assert(detail::explain_given<A, std::remove_cvref_t<Args>...>());
}

} // namespace eventsourcing

#endif
