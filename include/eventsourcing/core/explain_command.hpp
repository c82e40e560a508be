// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EXPLAIN_COMMAND_HPP
#define EVENTSOURCING_CORE_EXPLAIN_COMMAND_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>

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

} // namespace eventsourcing::detail

#endif
