// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_AGGREGATE_HPP
#define EVENTSOURCING_CORE_AGGREGATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/command.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/handle.hpp>
#include <eventsourcing/core/unmet.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>

namespace eventsourcing {

namespace detail {

template <class A>
concept NamesItsTypes = requires {
    typename A::Command;
    typename A::Event;
    typename A::State;
};

/// The first type of a list whose requirement is not met; void if all are.
template <class List, bool... Met>
struct FirstUnmet;
template <class... Types, bool... Met>
    requires(Met && ...)
struct FirstUnmet<TypeList<Types...>, Met...> {
    using Type = void;
};
template <class... Types, bool... Met>
    requires(!(Met && ...))
struct FirstUnmet<TypeList<Types...>, Met...> {
    static constexpr std::size_t index = [] {
        std::size_t i = 0;
        (void)((Met && ++i != 0) && ...);
        return i;
    }();
    using Type = AlternativeOf<index, std::variant<Types...>>;
};

/// Whether no event or command lacks what the text asks for. Compilers quote both.
template <class Lacking, Text Cure>
inline constexpr bool none_lacks = std::is_void_v<Lacking>;

template <class List>
struct FirstNoEvent;
template <class... Es>
struct FirstNoEvent<TypeList<Es...>> : FirstUnmet<TypeList<Es...>, Event<Es>...> {};

template <class List>
struct FirstNoCommand;
template <class... Cs>
struct FirstNoCommand<TypeList<Cs...>> : FirstUnmet<TypeList<Cs...>, Command<Cs>...> {};

/// An overload for the base would silently take the derived event or command if its own overload is
/// forgotten.
template <class E, class List>
inline constexpr bool derives_from_another = false;
template <class E, class... Es>
inline constexpr bool derives_from_another<E, TypeList<Es...>> =
    (0 + ... + static_cast<int>(__is_base_of(Es, E))) > 1; // `E` itself is one of them

template <class List>
struct FirstDerived;
template <class... Es>
struct FirstDerived<TypeList<Es...>>
    : FirstUnmet<TypeList<Es...>, !derives_from_another<Es, TypeList<Es...>>...> {};

/// The names under which an event is stored and was stored.
struct StoredNames {
    std::string_view type;
    std::string_view version;
    const std::string_view* aliases;
    std::size_t alias_count;

    [[nodiscard]] constexpr bool has(std::string_view name) const {
        for (std::size_t i = 0; i < alias_count; ++i)
            if (aliases[i] == name)
                return true;
        return type == name;
    }
    [[nodiscard]] constexpr bool share_one_with(const StoredNames& other) const {
        if (version != other.version)
            return false;
        for (std::size_t i = 0; i < alias_count; ++i)
            if (other.has(aliases[i]))
                return true;
        return other.has(type);
    }
};

template <class E>
inline constexpr StoredNames stored_names{
    EventTraits<E>::event_type, EventTraits<E>::event_type_version,
    EventTraits<E>::event_type_aliases.data(), EventTraits<E>::event_type_aliases.size()};

template <class E, class List>
inline constexpr bool shares_a_name = false;
template <class E, class... Es>
inline constexpr bool shares_a_name<E, TypeList<Es...>> = [] {
    const StoredNames* const all[]{&stored_names<Es>...};
    std::size_t count = 0;
    for (const StoredNames* other : all)
        count += stored_names<E>.share_one_with(*other) ? 1 : 0;
    return count != 1; // itself
}();

template <class List>
inline constexpr bool all_distinct = false;
template <class... Es>
inline constexpr bool all_distinct<TypeList<Es...>> = [] {
    const StoredNames* const all[]{&stored_names<Es>...};
    for (const StoredNames* const* one = all; one != all + sizeof...(Es); ++one)
        for (const StoredNames* const* before = all; before != one; ++before)
            if ((*one)->share_one_with(**before))
                return false;
    return true;
}();

template <class List, bool Distinct = all_distinct<List>>
struct FirstOfEqualName {
    using Type = void;
};
template <class... Es>
struct FirstOfEqualName<TypeList<Es...>, false>
    : FirstUnmet<TypeList<Es...>, !shares_a_name<Es, TypeList<Es...>>...> {};

template <class A, class E>
concept AppliesEvent = AppliesWhole<A, SubjectOf<typename A::State>, typename A::Event> ||
                       Applies<A, SubjectOf<typename A::State>, E>;

template <class A, class E>
consteval bool answers_state() {
    using S = SubjectOf<typename A::State>;
    if constexpr (AppliesWhole<A, S, typename A::Event>)
        return AnswersState<A, S, typename A::Event>;
    else
        return AnswersState<A, S, E>;
}

template <class A, class List>
struct FirstUnapplied;
template <class A, class... Es>
struct FirstUnapplied<A, TypeList<Es...>> : FirstUnmet<TypeList<Es...>, AppliesEvent<A, Es>...> {};

template <class A, class List>
struct FirstUnanswered;
template <class A, class... Es>
struct FirstUnanswered<A, TypeList<Es...>>
    : FirstUnmet<TypeList<Es...>, answers_state<A, Es>()...> {};

template <class A, class C>
concept HandlesCommand = HandlesWhole<A, SubjectOf<typename A::State>, typename A::Command> ||
                         Handles<A, SubjectOf<typename A::State>, C> ||
                         Handles<A, SubjectOf<typename A::State>, const C&>;

template <class A, class List>
struct FirstUnhandled;
template <class A, class... Cs>
struct FirstUnhandled<A, TypeList<Cs...>> : FirstUnmet<TypeList<Cs...>, HandlesCommand<A, Cs>...> {
};

template <class A, class C>
using HandlerAnswer = std::remove_cvref_t<decltype(A::handle_command(
    std::declval<const SubjectOf<typename A::State>&>(), std::declval<C>()))>;

/// What `handle_command` is called with for a command: the command, or the whole variant.
template <class A, class C>
using HandledAs =
    std::conditional_t<HandlesWhole<A, SubjectOf<typename A::State>, typename A::Command>,
                       typename A::Command, C>;

template <class A, class C>
inline constexpr bool decides_events =
    DecisionOf<HandlerAnswer<A, HandledAs<A, C>>, typename A::Event>;

template <class A, class List>
struct FirstUndecided;
template <class A, class... Cs>
struct FirstUndecided<A, TypeList<Cs...>> : FirstUnmet<TypeList<Cs...>, decides_events<A, Cs>...> {
};

// Concepts of the first type at fault: a compiler that says why an aggregate is none names it.

template <class E>
concept EachIsAnEvent =
    none_lacks<E, "es: this is no event; static_assert(es::Event<...>) says why">;
template <class E>
concept EachStandsAlone = none_lacks<E, "es: this event derives from another of the variant, whose "
                                        "apply_event would take it; make it a struct of its own">;
template <class E>
concept EachHasAName = none_lacks<E, "es: another event of the variant has this event_type (or "
                                     "alias) and version; rename one">;
template <class E>
concept EachIsApplied = none_lacks<E, "es: add for this event a public static State "
                                      "apply_event(State, const E&)">;
template <class E>
concept EachGivesAState =
    none_lacks<E, "es: apply_event of this event returns State or es::Result<State>, or takes "
                  "State& and returns void or es::Result<void>">;
template <class C>
concept EachIsACommand =
    none_lacks<C, "es: this is no command; static_assert(es::Command<...>) says why">;
template <class C>
concept EachCommandStandsAlone =
    none_lacks<C,
               "es: this command derives from another of the variant, whose handle_command would "
               "take it; make it a struct of its own">;
template <class C>
concept EachIsHandled =
    none_lacks<C, "es: add for this command a public static es::Result<es::Events<Event>> "
                  "handle_command(const State&, const C&)">;
template <class C>
concept EachGivesEvents =
    none_lacks<C, "es: handle_command of this command returns events of A::Event: one, the "
                  "variant, a range, an optional, es::nothing, or an es::Result of these">;

} // namespace detail

/// A stateless type that names `Command`, `Event` and `State` and has two pure static functions.
///
/// `apply_event(State, const E&)` folds: for each event of the variant, or once for the whole
/// variant (a function of the whole wins over overloads). It takes the state by value, by const
/// reference, or by reference to change it in place, and returns `State`, `Result<State>`, `void`
/// or `Result<void>`.
///
/// `handle_command(const State&, const C&)` decides: for each command, or once for the whole
/// variant. It returns an event, the variant, any range of events, an optional, `es::nothing`, or a
/// `Result` (or any expected-like) of these.
///
/// Both are pure: the same arguments give the same result, without side effects. They may be called
/// again for one command, from several threads at once. Return types are written, not deduced.
template <class A>
concept Aggregate =
    (detail::NamesItsTypes<A> ||
     unmet<"es: an aggregate names Command, Event and State, public">) &&
    (std::is_empty_v<A> ||
     unmet<"es: an aggregate has no data members: put them into its State">) &&
    (AggregateState<typename A::State> || unmet<"es: see AggregateState for what a State is">) &&
    (detail::Alternatives<typename A::Event>::size > 0 ||
     unmet<"es: A::Event is a std::variant of events, or one event">) &&
    detail::EachIsAnEvent<
        typename detail::FirstNoEvent<detail::Alternatives<typename A::Event>>::Type> &&
    detail::EachStandsAlone<
        typename detail::FirstDerived<detail::Alternatives<typename A::Event>>::Type> &&
    detail::EachHasAName<
        typename detail::FirstOfEqualName<detail::Alternatives<typename A::Event>>::Type> &&
    detail::EachIsApplied<
        typename detail::FirstUnapplied<A, detail::Alternatives<typename A::Event>>::Type> &&
    detail::EachGivesAState<
        typename detail::FirstUnanswered<A, detail::Alternatives<typename A::Event>>::Type> &&
    (detail::Alternatives<typename A::Command>::size > 0 ||
     unmet<"es: A::Command is a std::variant of commands, or one command">) &&
    detail::EachIsACommand<
        typename detail::FirstNoCommand<detail::Alternatives<typename A::Command>>::Type> &&
    detail::EachCommandStandsAlone<
        typename detail::FirstDerived<detail::Alternatives<typename A::Command>>::Type> &&
    detail::EachIsHandled<
        typename detail::FirstUnhandled<A, detail::Alternatives<typename A::Command>>::Type> &&
    detail::EachGivesEvents<
        typename detail::FirstUndecided<A, detail::Alternatives<typename A::Command>>::Type>;

} // namespace eventsourcing

#endif
