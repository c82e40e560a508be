// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/reaction.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

/// For a process that sends to aggregates only.
struct NoHandler {};

namespace detail {

template <class T>
inline constexpr bool is_reaction = false;
template <class... As>
inline constexpr bool is_reaction<Reaction<As...>> = true;
template <class R>
struct TargetsOf;
template <class... As>
struct TargetsOf<Reaction<As...>> {
    using List = TypeList<As...>;
};

template <class P>
concept NamesReaction = NamesEventAndState<P> && requires {
    typename P::Reaction;
    requires is_reaction<typename P::Reaction>;
};

template <class P, class I>
concept ReactsTo = requires(const typename P::State& state, const I& input) {
    { P::react(state, input) } -> std::same_as<typename P::Reaction>;
};
/// Whether it reacts to an event, alone or with its record.
template <class P, class E>
concept ReactsToEvent = ReactsTo<P, E> || ReactsTo<P, Recorded<E>>;

template <class P, class E>
concept NamesProcess = requires(const Recorded<E>& event) {
    { P::process_id(event) } -> std::convertible_to<std::string_view>;
};

/// The events that are told to a process: those that it folds, or reacts to.
template <class P>
struct ToldBy {
    template <class E>
    struct IsTold {
        static constexpr bool value = Follows<P, E> || ReactsToEvent<P, E>;
    };
    using List = typename Selected<IsTold, NamedEventsOf<P>>::List;
};
template <class P>
using ToldEvents = typename ToldBy<P>::List;

template <class P>
struct DeadlinesOf {
    using List = TypeList<>;
};
template <class P>
    requires requires { typename P::Deadline; }
struct DeadlinesOf<P> {
    using List = Alternatives<typename P::Deadline>;
};

/// The events that may begin a process; any that it is told unless it says so.
template <class P>
struct StartersOf {
    using List = ToldEvents<P>;
    static constexpr bool named = false;
};
template <class P>
    requires requires { typename P::StartedBy; }
struct StartersOf<P> {
    using List = Alternatives<typename P::StartedBy>;
    static constexpr bool named = true;
};

template <class P, class List>
inline constexpr bool reacts_to_all = true;
template <class P, class... Ds>
inline constexpr bool reacts_to_all<P, TypeList<Ds...>> = (ReactsTo<P, Ds> && ...);
template <class P, class List>
inline constexpr bool names_all_processes = true;
template <class P, class... Es>
inline constexpr bool names_all_processes<P, TypeList<Es...>> = (NamesProcess<P, Es> && ...);
template <class P, class List>
inline constexpr bool is_told_all = true;
template <class P, class... Es>
inline constexpr bool is_told_all<P, TypeList<Es...>> = (is_one_of<Es, ToldEvents<P>> && ...);

} // namespace detail

/// A stateless type that says how something that spans several streams goes on: it names `Event`
/// (a `std::variant`, or `es::EventsOf<...>`), `State` (its memory), `Reaction =
/// es::Reaction<Aggregate...>` (what it sends commands to) and, if it has any, `Deadline` (a struct
/// or a variant of several) and `StartedBy` (the events that begin it), and has
///
/// * `static std::string process_id(const es::Recorded<E>&)`, usually `(const auto&)`: which
///   process an event is for,
/// * `static void apply_event(State&, const E&)`, which remembers it, in any form that a projection
///   may use,
/// * `static Reaction react(const State&, const E&)`, also for each deadline and for
///   `es::Rejected<Command>`; the state has the event already. It is called once for an input, and
///   never again.
template <class P>
concept Process =
    (detail::NamesReaction<P> ||
     unmet<"es: a process names Event, State and Reaction = es::Reaction<Aggregate...>, public">) &&
    (std::is_empty_v<P> || unmet<"es: a process has no data members: they belong to its State">) &&
    (detail::StorableState<typename P::State> ||
     unmet<"es: the State of a process can be made by State{}, and each part has a JSON form">) &&
    (detail::ToldEvents<P>::size > 0 ||
     unmet<"es: a process has apply_event or react, public, for one of its events at least">) &&
    (detail::is_events_of<typename P::Event> || detail::is_told_all<P, detail::NamedEventsOf<P>> ||
     unmet<"es: each event of the variant needs apply_event or react; name es::EventsOf<Aggregate> "
           "to follow some">) &&
    (detail::names_all_processes<P, detail::ToldEvents<P>> ||
     unmet<"es: process_id takes each of its events: static std::string process_id(const auto& "
           "e)">) &&
    (detail::reacts_to_all<P, typename detail::DeadlinesOf<P>::List> ||
     unmet<"es: a deadline needs static Reaction react(const State&, const D&)">);

} // namespace eventsourcing

#endif
