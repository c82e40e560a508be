// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECISION_VIEW_HPP
#define EVENTSOURCING_RUNTIME_DECISION_VIEW_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/store/encode_batch.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <concepts>
#include <type_traits>

namespace eventsourcing {

namespace detail {

template <class V>
concept NamesViewEvent =
    requires { typename V::Event; } && Alternatives<typename V::Event>::size > 0;

/// `apply_event` of a view takes the event as an aggregate's does, or with its record.
template <class V, class E>
concept ViewAppliesPlain = AppliesWhole<V, V, typename V::Event> || Applies<V, V, E>;
template <class V, class E>
concept ViewAppliesRecorded = !ViewAppliesPlain<V, E> && Applies<V, V, Recorded<E>>;
template <class V, class E>
concept ViewApplies = ViewAppliesPlain<V, E> || ViewAppliesRecorded<V, E>;

/// What `apply_event` of a view is called with for an event.
template <class V, class E>
using ViewAppliedAs = typename std::conditional_t<
    AppliesWhole<V, V, typename V::Event>, std::type_identity<typename V::Event>,
    std::conditional_t<ViewAppliesRecorded<V, E>, std::type_identity<Recorded<E>>,
                       std::type_identity<E>>>::type;

template <class V, class E>
concept ViewAnswers = AnswersState<V, V, ViewAppliedAs<V, E>>;

/// Whether a function of the view wants to see an event with its time and metadata.
template <class V, class List>
inline constexpr bool wants_records = false;
template <class V, class... Es>
inline constexpr bool wants_records<V, TypeList<Es...>> = (ViewAppliesRecorded<V, Es> || ...);

template <class List>
struct FirstUntagged;
template <class... Es>
struct FirstUntagged<TypeList<Es...>> : FirstUnmet<TypeList<Es...>, Tagged<Es>...> {};

template <class V, class List>
struct FirstNotViewed;
template <class V, class... Es>
struct FirstNotViewed<V, TypeList<Es...>> : FirstUnmet<TypeList<Es...>, ViewApplies<V, Es>...> {};

template <class V, class List>
struct FirstMisviewed;
template <class V, class... Es>
struct FirstMisviewed<V, TypeList<Es...>> : FirstUnmet<TypeList<Es...>, ViewAnswers<V, Es>...> {};

/// The events of which a view says that only they change a decision.
template <class V>
struct ConflictEventsOf {
    using Type = typename V::Event;
};
template <class V>
    requires requires { typename V::Conflict; }
struct ConflictEventsOf<V> {
    using Type = typename V::Conflict;
};
template <class V>
using ConflictEvents = typename ConflictEventsOf<V>::Type;

template <class Conflicts, class List>
struct FirstStrange;
template <class... Cs, class List>
struct FirstStrange<TypeList<Cs...>, List> : FirstUnmet<TypeList<Cs...>, is_one_of<Cs, List>...> {};

template <class E>
concept EachIsTagged = none_lacks<E, "es: a view finds this event by its tags, and it names none: "
                                     "std::vector<std::string> event_tags() const">;
template <class E>
concept EachIsViewed =
    none_lacks<E, "es: add for this event a public static void apply_event(View&, const E&)">;
template <class E>
concept EachChangesTheView =
    none_lacks<E, "es: apply_event of this event takes View& and returns void or es::Result<void>, "
                  "or returns the view or an es::Result of it">;
template <class E>
concept EachConflictIsFolded =
    none_lacks<E, "es: Conflict names a part of the events in Event, and this is none of them">;

} // namespace detail

/// What a decision has to know of the past: a struct that names the events it folds
/// (`Event`, one or a variant), says by which tags they are found (`event_tags()`, as events do),
/// and folds them (`static void apply_event(View&, const E&)`, or any other form that an aggregate
/// may use for its state, or with a `const es::Recorded<E>&` to see time and metadata).
///
/// It finds the events of these types that have all its tags. `using Conflict = ...`, some of its
/// events, narrows what makes a decision be made again; what is read stays the same.
template <class V>
concept DecisionView =
    (std::move_constructible<V> || unmet<"es: a view can be moved">) &&
    (detail::NamesViewEvent<V> ||
     unmet<"es: a view names the events that it folds, public: using Event = std::variant<...>">) &&
    (Tagged<V> || unmet<"es: a view says by which tags its events are found, public: "
                        "std::vector<std::string> event_tags() const">) &&
    detail::EachIsAnEvent<
        typename detail::FirstNoEvent<detail::Alternatives<typename V::Event>>::Type> &&
    detail::EachIsTagged<
        typename detail::FirstUntagged<detail::Alternatives<typename V::Event>>::Type> &&
    detail::EachIsViewed<
        typename detail::FirstNotViewed<V, detail::Alternatives<typename V::Event>>::Type> &&
    detail::EachChangesTheView<
        typename detail::FirstMisviewed<V, detail::Alternatives<typename V::Event>>::Type> &&
    detail::EachConflictIsFolded<
        typename detail::FirstStrange<detail::Alternatives<detail::ConflictEvents<V>>,
                                      detail::Alternatives<typename V::Event>>::Type>;

} // namespace eventsourcing

#endif
