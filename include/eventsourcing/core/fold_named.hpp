// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_FOLD_NAMED_HPP
#define EVENTSOURCING_CORE_FOLD_NAMED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// The name under which an event is stored; empty for a variant that lost its value.
template <class V>
constexpr std::string_view stored_name(const V& event) {
    if (is_valueless(event))
        return {};
    return visit_alternative(event, []<class E>(const E& /*alternative*/) -> std::string_view {
        return EventTraits<E>::event_type;
    });
}

/// The error of the event `index`: `event 1, shop.bought: ...`, where `what` is `event `.
template <class V>
[[gnu::cold]] Error in_event(Error error, std::string_view what, std::size_t index,
                             const V& event) {
    const std::string_view name = stored_name(event);
    return std::move(error).within(
        joined({what, std::to_string(index), name.empty() ? "" : ", ", name}));
}

/// Folds events that are not stored as `fold_into` does. Not in constant expressions, where an
/// error has no message, it names the event that can't be applied.
template <Aggregate A>
constexpr Result<void> fold_named(typename A::State& state,
                                  std::span<const typename A::Event> events,
                                  std::string_view what) {
    const std::uint64_t before = state.generation.value();
    auto done = fold_into<A>(state, events);
    if (!done && !std::is_constant_evaluated()) {
        const auto index = static_cast<std::size_t>(state.generation.value() - before);
        done = in_event(std::move(done).error(), what, index, events[index]);
    }
    return done;
}

} // namespace eventsourcing::detail

#endif
