// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EXPLAIN_COMMAND_HPP
#define EVENTSOURCING_CORE_EXPLAIN_COMMAND_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>

#include <concepts>

namespace eventsourcing::detail {

/// Stands for the aggregate that a user of `given`, `load` or `Dispatcher` forgot to name.
struct NoAggregateNamed {};

/// Says in the compiler's first error line that `C`, which was given to `es::decide` or to `when`,
/// is no command of the aggregate. Always true, so that it adds no error of its own.
template <class A, class C>
consteval bool explain_decided_command() {
    constexpr bool is_event = PartOf<C, typename A::Event>;
    EVENTSOURCING_EXPLAIN(!is_event,
                          "decide and when take a command, and this is an event: pass one of "
                          "A::Command, whose handle_command returns such an event",
                          A, C);
    EVENTSOURCING_EXPLAIN((is_event || PartOf<C, typename A::Command>),
                          "decide and when take a command: one of the structs of A::Command, or "
                          "A::Command itself",
                          A, C);
    return true;
}

template <class A, class... Args>
inline constexpr bool begins_a_decision = false;
template <Aggregate A, class From, class C>
inline constexpr bool begins_a_decision<A, From, C> =
    std::convertible_to<From, const typename A::State&>;

/// Says what is wrong with the aggregate of a `decide`, or with its arguments.
template <class A, class... Args>
consteval bool explain_decide() {
    if constexpr (explain_aggregate<A>())
        EVENTSOURCING_EXPLAIN(!Aggregate<A>,
                              "decide takes a state, A::State or the .state of what es::load "
                              "returned, and then a command: es::decide<TheAggregate>(state, "
                              "command)",
                              A, Args...);
    return true;
}

} // namespace eventsourcing::detail

#endif
