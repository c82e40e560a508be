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

namespace eventsourcing {

namespace detail {

template <class A>
concept NamesItsTypes = requires {
    typename A::Command;
    typename A::Event;
    typename A::State;
};

template <class List>
inline constexpr bool all_events = false;
template <class... Es>
inline constexpr bool all_events<TypeList<Es...>> = sizeof...(Es) > 0 && (Event<Es> && ...);

template <class List>
inline constexpr bool all_commands = false;
template <class... Cs>
inline constexpr bool all_commands<TypeList<Cs...>> = sizeof...(Cs) > 0 && (Command<Cs> && ...);

/// An overload for the base would silently take the derived event if its own overload is forgotten.
template <class E, class List>
inline constexpr bool derives_from_another = false;
template <class E, class... Es>
inline constexpr bool derives_from_another<E, TypeList<Es...>> =
    (0 + ... + static_cast<int>(__is_base_of(Es, E))) > 1; // `E` itself is one of them

template <class List>
inline constexpr bool all_separate = false;
template <class... Es>
inline constexpr bool all_separate<TypeList<Es...>> =
    (!derives_from_another<Es, TypeList<Es...>> && ...);

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
inline constexpr bool applies_all = false;
template <class A, class... Es>
inline constexpr bool applies_all<A, TypeList<Es...>> = (AppliesEvent<A, Es> && ...);

template <class A, class List>
inline constexpr bool answers_all = false;
template <class A, class... Es>
inline constexpr bool answers_all<A, TypeList<Es...>> = (answers_state<A, Es>() && ...);

template <class A, class C>
concept HandlesCommand = HandlesWhole<A, SubjectOf<typename A::State>, typename A::Command> ||
                         Handles<A, SubjectOf<typename A::State>, C> ||
                         Handles<A, SubjectOf<typename A::State>, const C&>;

template <class A, class List>
inline constexpr bool handles_all = false;
template <class A, class... Cs>
inline constexpr bool handles_all<A, TypeList<Cs...>> = (HandlesCommand<A, Cs> && ...);

template <class A, class C>
using Decided = std::remove_cvref_t<decltype(A::handle_command(
    std::declval<const SubjectOf<typename A::State>&>(), std::declval<C>()))>;

template <class A, class C>
consteval bool decides_events() {
    using S = SubjectOf<typename A::State>;
    using V = typename A::Event;
    if constexpr (HandlesWhole<A, S, typename A::Command>)
        return DecisionOf<Decided<A, typename A::Command>, V>;
    else
        return DecisionOf<Decided<A, C>, V>;
}

template <class A, class List>
inline constexpr bool decides_all = false;
template <class A, class... Cs>
inline constexpr bool decides_all<A, TypeList<Cs...>> = (decides_events<A, Cs>() && ...);

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
    (detail::NamesItsTypes<A> || unmet<"es: an aggregate names Command, Event and State">) &&
    (std::is_empty_v<A> ||
     unmet<"es: an aggregate has no data members: put them into its State">) &&
    (AggregateState<typename A::State> || unmet<"es: see AggregateState for what a State is">) &&
    (detail::all_events<detail::Alternatives<typename A::Event>> ||
     unmet<"es: A::Event is a std::variant of events, or one event">) &&
    (detail::all_separate<detail::Alternatives<typename A::Event>> ||
     unmet<"es: no event of the variant derives from another">) &&
    (detail::all_distinct<detail::Alternatives<typename A::Event>> ||
     unmet<"es: no two events of the variant have one event_type and version">) &&
    (detail::applies_all<A, detail::Alternatives<typename A::Event>> ||
     unmet<"es: each event needs static State apply_event(State, const E&)">) &&
    (detail::answers_all<A, detail::Alternatives<typename A::Event>> ||
     unmet<"es: apply_event returns State or Result<State>, or takes State& and returns void or "
           "Result<void>">) &&
    (detail::all_commands<detail::Alternatives<typename A::Command>> ||
     unmet<"es: A::Command is a std::variant of commands, or one command">) &&
    (detail::handles_all<A, detail::Alternatives<typename A::Command>> ||
     unmet<"es: each command needs static ... handle_command(const State&, const C&)">) &&
    (detail::decides_all<A, detail::Alternatives<typename A::Command>> ||
     unmet<"es: handle_command returns events: one, the variant, a range, an optional, "
           "es::nothing, or "
           "a Result of these">);

} // namespace eventsourcing

#endif
