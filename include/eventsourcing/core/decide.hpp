// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_DECIDE_HPP
#define EVENTSOURCING_CORE_DECIDE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/explain_command.hpp>
#include <eventsourcing/core/handle.hpp>

#include <type_traits>
#include <utility>

namespace eventsourcing {

/// The events that `command` emits on `state`, or why it was refused. Nothing is applied or sent.
/// `command` is one struct of `A::Command`, or the variant.
template <Aggregate A, class C>
    requires detail::PartOf<std::remove_cvref_t<C>, typename A::Command>
constexpr Result<Events<typename A::Event>> decide(const typename A::State& state, C&& command) {
    if (detail::is_valueless(command))
        return Error(errc::invalid, "the command variant is valueless: it holds no command");
    return detail::guarded("handle_command", [&] {
        return detail::decide_unguarded<A>(state, std::forward<C>(command));
    });
}

/// Does not compile: says what to give instead of what is no command.
template <Aggregate A, class C>
    requires(!detail::PartOf<std::remove_cvref_t<C>, typename A::Command>)
constexpr Result<Events<typename A::Event>> decide(const typename A::State& /*state*/,
                                                   C&& /*command*/) {
    static_assert(detail::explain_decided_command<A, std::remove_cvref_t<C>>());
    static_assert(detail::PartOf<std::remove_cvref_t<C>, typename A::Command>);
    return errc::internal;
}
/// Does not compile: says what is wrong with the aggregate, or with the state.
template <class A, class... Args>
    requires(!detail::begins_a_decision<A, Args...>)
constexpr auto decide(Args&&... /*args*/) {
    static_assert(detail::explain_decide<A, std::remove_cvref_t<Args>...>());
    static_assert(detail::begins_a_decision<A, Args...>);
}

} // namespace eventsourcing

#endif
