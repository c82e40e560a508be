// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UPCAST_HPP
#define EVENTSOURCING_CORE_UPCAST_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast_form.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

// What can be read as the events of a variant: the events, and what they were before (see
// upcast_form.hpp).

namespace eventsourcing::detail {

template <class... Lists>
struct Concatenated;
template <class... Types>
struct Concatenated<TypeList<Types...>> {
    using List = TypeList<Types...>;
};
template <class... A, class... B, class... Rest>
struct Concatenated<TypeList<A...>, TypeList<B...>, Rest...>
    : Concatenated<TypeList<A..., B...>, Rest...> {};

template <class List>
struct AfterFirst;
template <class First, class... Rest>
struct AfterFirst<TypeList<First, Rest...>> {
    using List = TypeList<Rest...>;
};
/// What `E` was before, the newest first.
template <class E>
using OlderForms = typename AfterFirst<typename History<E>::List>::List;

template <class List>
struct ReadableOf;
template <class... Es>
struct ReadableOf<TypeList<Es...>> {
    using Older = typename Concatenated<TypeList<>, OlderForms<Es>...>::List;
    using List = typename Concatenated<TypeList<Es...>, Older>::List;

    /// How many of the events were a `T` before.
    template <class T>
    static constexpr std::size_t origins = (std::size_t{is_one_of<T, OlderForms<Es>>} + ... + 0);
    /// The index of the event that a `T` becomes.
    template <class T>
    static constexpr std::size_t index_of = [] {
        std::size_t index = 0;
        static_cast<void>(((is_one_of<T, OlderForms<Es>> || (++index, false)) || ...));
        return index;
    }();
    /// For each struct of `List`, the index of the event that it becomes.
    static constexpr auto indexes = [] {
        constexpr std::size_t older[]{OlderForms<Es>::size..., 0};
        std::array<std::size_t, List::size> out{};
        std::size_t to = sizeof...(Es);
        for (std::size_t event = 0; event < sizeof...(Es); ++event) {
            out[event] = event;
            for (std::size_t i = 0; i < older[event]; ++i)
                out[to++] = event;
        }
        return out;
    }();
};

/// All structs as which stored events are read: those of `V` in their order, then their older
/// forms.
template <class V>
using ReadableForms = typename ReadableOf<Alternatives<V>>::List;
template <class V>
inline constexpr std::size_t older_forms =
    ReadableForms<V>::size - Alternatives<V>::size; // how many

template <class List>
struct IndexedForms;
template <class... Types>
struct IndexedForms<TypeList<Types...>>
    : IndexedTypes<std::make_index_sequence<sizeof...(Types)>, Types...> {};
template <class List, std::size_t I>
using AtIndex = typename decltype(find_indexed<I>(std::declval<const IndexedForms<List>&>()))::Type;

/// The form at `I` of these, and the event that it becomes.
template <class V, std::size_t I>
using ReadableForm = AtIndex<ReadableForms<V>, I>;
template <class V, std::size_t I>
using CurrentForm = AtIndex<Alternatives<V>, ReadableOf<Alternatives<V>>::indexes[I]>;

// ---- what does not compile ----------------------------------------------------------------------

template <class List>
inline constexpr bool is_circle = false;
template <class... Es>
inline constexpr bool is_circle<TypeList<Es...>> =
    ((((is_one_of<Es, TypeList<Es...>> && !is_once_among<Es, TypeList<Es...>>)) || ...));

/// `E` or a result with an `E`.
template <class Answer, class E>
concept AnswersUpcast =
    std::same_as<std::remove_cv_t<Answer>, E> ||
    (ExpectedLike<Answer> && requires { requires std::same_as<typename Answer::value_type, E>; });

/// The versions in which older forms are stored, and that of `E`, are different.
template <class E, class Old>
inline constexpr bool another_version =
    EventTraits<E>::event_type_version != EventTraits<Old>::event_type_version;

/// That `Old`, a form that `E` had, can stand in its chain.
template <class E, class Old>
consteval bool explain_older_form() {
    EVENTSOURCING_EXPLAIN(EventStruct<Old>,
                          "what an event was before is a plain struct as well: no constructors, no "
                          "private members; or give it a `members` line",
                          E, Old);
    if constexpr (EventStruct<Old> && check_event_names<Old>()) {
        constexpr bool named = HasEventType<Old> && HasEventSource<Old>;
        EVENTSOURCING_EXPLAIN(
            named,
            "what an event was before has no event family: move it into the namespace of the "
            "event, or declare there `using shop::event_family;`",
            E, Old);
        if constexpr (named) {
            EVENTSOURCING_EXPLAIN((EventTraits<E>::event_type == EventTraits<Old>::event_type),
                                  "an upcast goes from one version of an event to the next, and "
                                  "these have different types; write the event_type of the newer "
                                  "one into the older: `static constexpr std::string_view "
                                  "event_type = ...` (former names go into event_type_aliases)",
                                  E, Old);
            EVENTSOURCING_EXPLAIN((another_version<E, Old>),
                                  "the event has changed, but not its event_type_version; write "
                                  "into the newer one another: `static constexpr std::string_view "
                                  "event_type_version = \"2\";`",
                                  E, Old);
        }
    }
    return true;
}
/// All pairs, not neighbours only: a version may come back.
template <class E, class... Olds>
consteval bool explain_older_forms(TypeList<E, Olds...> /*history*/) {
    if constexpr (sizeof...(Olds) == 0)
        return true;
    else
        return (explain_older_form<E, Olds>() && ...) && explain_older_forms(TypeList<Olds...>{});
}
template <class E>
consteval bool explain_upcast_answer() {
    if constexpr (HasUpcast<E>) {
        constexpr bool answers = AnswersUpcast<typename UpcastOf<E>::To, E>;
        EVENTSOURCING_EXPLAIN(answers,
                              "the upcast in this event answers another type; it makes the struct "
                              "that it stands in, or an es::Result of it",
                              E, typename UpcastOf<E>::To);
    }
    return true;
}

/// Stops with the cure if what `E` was before can't be read.
template <class E>
consteval bool explain_history() {
    if constexpr (HasUpcast<E>) {
        using List = typename History<E>::List;
        EVENTSOURCING_EXPLAIN(!is_circle<List>,
                              "the upcasts of this event go round in a circle; an upcast takes an "
                              "older struct, and the oldest one has none",
                              E);
        if constexpr (!is_circle<List>)
            return []<class... Es>(TypeList<Es...> /*history*/) {
                return (explain_upcast_answer<Es>() && ...);
            }(List{}) &&
                   explain_older_forms(List{});
    }
    return true;
}

template <class List, class Old>
consteval bool explain_origin() {
    EVENTSOURCING_EXPLAIN((ReadableOf<List>::template origins<Old> <= 1),
                          "two events of one variant were the same struct before, so that a stored "
                          "one could become either; remove one upcast, or give each a struct of "
                          "its own to come from",
                          Old, List);
    EVENTSOURCING_EXPLAIN((!is_one_of<Old, List>),
                          "an event of the variant is also what another one was before; remove it "
                          "from the variant (its stored events go through the upcast), or remove "
                          "the upcast",
                          Old, List);
    return true;
}

/// The same for all events of a variant.
template <class... Es>
consteval bool explain_upcasts(TypeList<Es...> events) {
    constexpr bool any = (HasUpcast<Es> || ...);
    if constexpr (any) {
        static_assert((explain_history<Es>() && ...));
        if constexpr (!(is_circle<typename History<Es>::List> || ...))
            return []<class... Olds>(TypeList<Olds...> /*older*/) {
                return (explain_origin<TypeList<Es...>, Olds>() && ...);
            }(typename ReadableOf<decltype(events)>::Older{});
    }
    return true;
}

// ---- the call -----------------------------------------------------------------------------------

// For `guarded`. An array: it is compared by its address, and a literal may have several.
inline constexpr char upcasting[] = "upcast";

/// The errors of an upcast say from which version.
[[gnu::cold]] inline Error in_upcast(Error error, std::string_view type, std::string_view version) {
    return std::move(error).within(joined({type, " in version \"", version, "\""}));
}

/// The struct that comes after `Old` on the way to `New`.
template <class New, class Old>
struct FormAfter {
    using Type = typename FormAfter<typename Before<New>::Type, Old>::Type;
};
template <class New, class Old>
    requires std::same_as<typename Before<New>::Type, Old>
struct FormAfter<New, Old> {
    using Type = New;
};

[[gnu::cold]] inline Error lacks_record() {
    return {errc::unsupported, "its upcast takes the record in which it was stored, and here is "
                               "none; decode it from a store"};
}

/// Calls `f` with `old` as `New`, made through all structs between them, and returns its answer.
/// False with an error in `failed` if an upcast returns one. The caller guards against exceptions.
template <class New, class Old, class F>
constexpr bool upcast_and(Old&& old, const EventRecord* record, Result<void>& failed, F&& f) {
    using Next = typename FormAfter<New, std::remove_cvref_t<Old>>::Type;
    using Function = UpcastOf<Next>;
    const auto call = [&]() -> typename Function::To {
        if constexpr (Function::takes_record)
            return Next::upcast(std::forward<Old>(old), *record);
        else
            return Next::upcast(std::forward<Old>(old));
    };
    const auto go_on = [&](Next&& next) -> bool {
        if constexpr (std::same_as<Next, New>)
            return f(std::move(next));
        else
            return upcast_and<New>(std::move(next), record, failed, f);
    };
    if constexpr (Function::takes_record)
        if (record == nullptr) {
            failed = lacks_record();
            return false;
        }
    if constexpr (ExpectedLike<typename Function::To>) {
        auto answer = call();
        if (!answer) {
            failed = error_from(errc::cannot_apply, std::move(answer).error())
                         .as(errc::cannot_apply)
                         .within(upcasting);
            return false;
        }
        return go_on(*std::move(answer));
    } else {
        return go_on(call());
    }
}

/// `old` as `New`.
template <class New, class Old>
constexpr Result<New> upcast_to(Old&& old, const EventRecord* record) {
    Result<void> failed;
    std::optional<New> event;
    if (!upcast_and<New>(std::forward<Old>(old), record, failed, [&event](New&& made) {
            event.emplace(std::move(made));
            return true;
        }))
        return std::move(failed).error();
    return Result<New>(std::in_place, *std::move(event));
}

/// Whether an upcast of these events takes the record, so that all of it must be read.
template <class List>
inline constexpr bool upcast_takes_record = false;
template <class... Forms>
inline constexpr bool upcast_takes_record<TypeList<Forms...>> = [] {
    const auto takes = []<class E>(TypeList<E> /*form*/) {
        if constexpr (HasUpcast<E>)
            return UpcastOf<E>::takes_record;
        else
            return false;
    };
    return (takes(TypeList<Forms>{}) || ...);
}();

} // namespace eventsourcing::detail

#endif
