// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_EXPLAIN_FOLDS_HPP
#define EVENTSOURCING_TESTING_EXPLAIN_FOLDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/explain_command.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail::schema {

/// An event in today's form or an older one, or the variant.
template <class A, class E>
inline constexpr bool is_golden_event =
    PartOf<E, typename A::Event> || is_one_of<E, ReadableForms<typename A::Event>>;

/// `std::tuple`, and also `std::array` and `std::pair`.
template <class H>
concept TupleLike = requires { std::tuple_size<H>::value; };

template <class A, class H, class Indexes>
inline constexpr bool is_golden_tuple = false;
template <class A, class H, std::size_t... I>
inline constexpr bool is_golden_tuple<A, H, std::index_sequence<I...>> =
    (is_golden_event<A, std::remove_cvref_t<std::tuple_element_t<I, H>>> && ...);

template <class H, class Event>
concept RangeOf = requires(const H& history) {
    std::end(history);
    { *std::begin(history) } -> std::convertible_to<const Event&>;
};

template <class A, class... Args>
inline constexpr bool is_golden = false;
template <Aggregate A, class H>
inline constexpr bool is_golden<A, H> = RangeOf<H, typename A::Event>;
template <Aggregate A, TupleLike H>
inline constexpr bool is_golden<A, H> =
    is_golden_tuple<A, H, std::make_index_sequence<std::tuple_size_v<H>>>;

/// Says in the compiler's first error line what a golden history is. Always true, so that it adds
/// no error of its own.
template <class A, class... Args>
consteval bool explain_golden() {
    constexpr bool is_named = !std::same_as<A, NoAggregateNamed>;
    EVENTSOURCING_EXPLAIN(
        is_named, "name the aggregate: es::check_folds<TheAggregate>(path, history)", Args...);
    if constexpr (is_named) {
        static_assert(explain_aggregate<A>());
        if constexpr (Aggregate<A>) {
            constexpr bool are_events =
                sizeof...(Args) > 0 && (is_golden_event<A, std::remove_cvref_t<Args>> && ...);
            EVENTSOURCING_EXPLAIN(!are_events,
                                  "a golden history is one argument, a std::tuple of events, also "
                                  "of a single one: (path, std::tuple{event})",
                                  A, Args...);
            EVENTSOURCING_EXPLAIN(are_events,
                                  "a golden history is a std::tuple of structs of A::Event, also "
                                  "in older forms, or a range of A::Event",
                                  A, Args...);
        }
    }
    return true;
}

} // namespace eventsourcing::detail::schema

#endif
