// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROJECTION_HPP
#define EVENTSOURCING_RUNTIME_PROJECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/runtime/events_of.hpp>
#include <eventsourcing/runtime/row_change.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/runtime/sql_statements.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

template <class P>
concept NamesEventAndState = requires {
    typename P::Event;
    typename P::State;
};

/// All events that the `Event` of a projection names.
template <class P>
using NamedEventsOf = typename NamedEvents<typename P::Event>::List;

template <class P, class E>
concept FollowsPlain = Applies<P, typename P::State, E>;
template <class P, class E>
concept FollowsRecorded = !FollowsPlain<P, E> && Applies<P, typename P::State, Recorded<E>>;
template <class P, class E>
concept Follows = FollowsPlain<P, E> || FollowsRecorded<P, E>;

/// What `apply_event` is called with for an event.
template <class P, class E>
using FollowedAs =
    typename std::conditional_t<FollowsRecorded<P, E>, std::type_identity<Recorded<E>>,
                                std::type_identity<E>>::type;

/// The events for which the projection has a function.
template <class P>
struct FollowedBy {
    template <class E>
    struct IsFollowed {
        static constexpr bool value = Follows<P, E>;
    };
    using List = typename Selected<IsFollowed, NamedEventsOf<P>>::List;
};
template <class P>
using Followed = typename FollowedBy<P>::List;
template <class P>
using FollowedVariant = typename VariantOf<Followed<P>>::Type;

/// Its state is statements, which the store runs.
template <class P>
concept MakesStatements = std::derived_from<typename P::State, SqlStatements>;
/// It has a row for each entity.
template <class P>
concept HasKey = Declares_key<P>;

template <class T>
concept KeyText = std::convertible_to<const T&, std::string_view>;
template <class T>
concept KeyTexts = !KeyText<T> && requires(const T& keys) {
    { *keys.begin() } -> std::convertible_to<std::string_view>;
    keys.begin() != keys.end();
};
template <class T>
inline constexpr bool is_optional_key = false;
template <class T>
inline constexpr bool is_optional_key<std::optional<T>> = KeyText<T>;
template <class T>
concept RowKeys = KeyText<T> || KeyTexts<T> || is_optional_key<T>;

template <class P, class E>
concept NamesKey = requires(const Recorded<E>& event) {
    { P::key(event) } -> RowKeys;
};

template <class R>
concept ResultOfRowChange = ExpectedLike<R> && requires(const R& result) {
    { *result } -> std::convertible_to<RowChange>;
};
template <class R>
concept ChangesRow = std::same_as<R, RowChange> || ResultOfRowChange<R>;

/// `apply_event` returns what fits how it takes the state: in place nothing, or what becomes of the
/// row; by value the new state; or a `Result` of it.
template <class P, class E>
concept AnswersProjection = AnswersState<P, typename P::State, FollowedAs<P, E>> ||
                            (HasKey<P> && AppliesInPlace<P, typename P::State, FollowedAs<P, E>> &&
                             ChangesRow<ApplyAnswer<P, typename P::State, FollowedAs<P, E>>>);

template <class P, class List>
struct FirstNotFollowed;
template <class P, class... Es>
struct FirstNotFollowed<P, TypeList<Es...>> : FirstUnmet<TypeList<Es...>, Follows<P, Es>...> {};
template <class P, class List>
struct FirstWithoutEffect;
template <class P, class... Es>
struct FirstWithoutEffect<P, TypeList<Es...>>
    : FirstUnmet<TypeList<Es...>, AnswersProjection<P, Es>...> {};
template <class P, class List>
struct FirstWithoutKey;
template <class P, class... Es>
struct FirstWithoutKey<P, TypeList<Es...>>
    : FirstUnmet<TypeList<Es...>, (!HasKey<P> || NamesKey<P, Es>)...> {};

template <class P>
concept FollowsAllItNames = is_events_of<typename P::Event> ||
                            std::is_void_v<typename FirstNotFollowed<P, NamedEventsOf<P>>::Type>;

template <class E>
concept EachHasEffect =
    none_lacks<E, "es: apply_event of this event takes State& and returns void, es::Result<void> "
                  "or, with a key, es::RowChange; or it returns the State">;
template <class E>
concept EachNamesKey =
    none_lacks<E, "es: key takes this event: static std::string key(const es::Recorded<E>&), or "
                  "(const auto&); it returns a text, an optional or a range of texts">;

} // namespace detail

/// A stateless type that folds events of many streams into a read model: it names `Event` (a
/// `std::variant`, of which it takes each, or `es::EventsOf<Aggregate...>`, of which it takes those
/// that it has functions for) and `State`, and has
/// `static void apply_event(State&, const E&)` or `(State&, const es::Recorded<E>&)`, in any form
/// that an aggregate may use.
///
/// * With `static std::string key(const es::Recorded<E>&)` (usually `(const auto&)`) it has a row,
///   a State, for each key; the function may return an optional, or a range of keys. `apply_event`
///   may then return `es::keep_row` or `es::drop_row`.
/// * With `using State = es::SqliteStatements` it makes SQL statements, and
///   `static constexpr std::string_view create` is run before the first event.
/// * `static constexpr std::string_view apply_revision` is changed with what its functions do.
template <class P>
concept Projection =
    (detail::NamesEventAndState<P> || unmet<"es: a projection names Event and State, public">) &&
    (std::is_empty_v<P> ||
     unmet<"es: a projection has no data members: they belong to its State">) &&
    (std::default_initializable<typename P::State> ||
     unmet<"es: folding starts from State{}: give each member of State a default">) &&
    (detail::MakesStatements<P> || detail::StorableState<typename P::State> ||
     unmet<"es: the State of a projection is stored as JSON, and a part of it has no JSON form">) &&
    (detail::Followed<P>::size > 0 ||
     unmet<"es: a projection has static void apply_event(State&, const E&), public, for one of its "
           "events at least">) &&
    (detail::FollowsAllItNames<P> ||
     unmet<"es: each event of the variant needs static void apply_event(State&, const E&); name "
           "es::EventsOf<Aggregate...> to follow some">) &&
    detail::EachHasEffect<typename detail::FirstWithoutEffect<P, detail::Followed<P>>::Type> &&
    detail::EachNamesKey<typename detail::FirstWithoutKey<P, detail::Followed<P>>::Type>;

} // namespace eventsourcing

#endif
