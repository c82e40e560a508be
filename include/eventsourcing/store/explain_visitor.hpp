// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EXPLAIN_VISITOR_HPP
#define EVENTSOURCING_STORE_EXPLAIN_VISITOR_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

// The forms in which a visitor takes an event of a record, and what is wrong with one that takes
// none of them.

namespace eventsourcing::detail {

template <class Visitor, class E>
concept VisitsEvent = requires(Visitor& visitor, E&& event) { visitor(std::move(event)); };
template <class Visitor, class E>
concept VisitsWithRecord = requires(Visitor& visitor, E&& event, const EventRecord& record) {
    visitor(std::move(event), record);
};
template <class Visitor, class E>
concept VisitsRecorded =
    requires(Visitor& visitor, Recorded<E>&& recorded) { visitor(std::move(recorded)); };
template <class Visitor, class E>
concept Visits =
    VisitsEvent<Visitor, E> || VisitsWithRecord<Visitor, E> || VisitsRecorded<Visitor, E>;

template <class R>
struct AsResult {
    using Type = Result<std::remove_cvref_t<R>>;
};
template <>
struct AsResult<void> {
    using Type = Result<void>;
};
template <class T>
struct AsResult<Result<T>> {
    using Type = Result<T>;
};

template <class Visitor, class E>
consteval auto visit_answer() {
    if constexpr (VisitsEvent<Visitor, E>)
        return std::type_identity<decltype(std::declval<Visitor&>()(std::declval<E>()))>{};
    else if constexpr (VisitsWithRecord<Visitor, E>)
        return std::type_identity<decltype(std::declval<Visitor&>()(
            std::declval<E>(), std::declval<const EventRecord&>()))>{};
    else
        return std::type_identity<decltype(std::declval<Visitor&>()(
            std::declval<Recorded<E>>()))>{};
}
/// What a visitor returns for an event, as a `Result`.
template <class Visitor, class E>
using VisitAnswer = typename AsResult<typename decltype(visit_answer<Visitor, E>())::type>::Type;

/// Calls a visitor, which may return nothing.
template <class Answer, class Visitor, class... Args>
Answer visited(Visitor& visitor, Args&&... args) {
    if constexpr (std::is_void_v<decltype(visitor(std::forward<Args>(args)...))>) {
        visitor(std::forward<Args>(args)...);
        return {};
    } else {
        return visitor(std::forward<Args>(args)...);
    }
}

template <class Visitor, class First, class E>
consteval bool explain_visit() {
    EVENTSOURCING_EXPLAIN((Visits<Visitor, E>),
                          "the visitor does not take this event; it takes const E&, or "
                          "const E& and const es::EventRecord&, or const es::Recorded<E>&",
                          E, Visitor);
    if constexpr (Visits<Visitor, E> && Visits<Visitor, First>)
        EVENTSOURCING_EXPLAIN(
            (std::same_as<VisitAnswer<Visitor, E>, VisitAnswer<Visitor, First>>),
            "the visitor returns different types for these events: return one type for all", First,
            E);
    return true;
}

template <class Visitor, class First, class... Es>
consteval bool explain_visitor(TypeList<First, Es...> /*events*/) {
    return explain_visit<Visitor, First, First>() && (explain_visit<Visitor, First, Es>() && ...);
}

} // namespace eventsourcing::detail

#endif
