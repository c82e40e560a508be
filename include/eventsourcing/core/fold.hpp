// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_FOLD_HPP
#define EVENTSOURCING_CORE_FOLD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>

namespace eventsourcing {

namespace detail {

inline Error generation_overflow() {
    return {errc::overflow, "the generation is at its end: no further event can be applied"};
}

/// Counts the generation of a state, which is correct however folding ends.
template <class State>
struct GenerationCount {
    State& state;
    std::uint64_t value = state.generation.value();

    constexpr ~GenerationCount() { state.generation = Generation{value}; }
};

/// Applies events one by one to `state` and increments its generation for each, whatever the
/// application's function does with it. After an error the state, except its generation, is
/// unspecified.
template <Aggregate A>
constexpr Result<void> fold_events(typename A::State& state,
                                   std::span<const typename A::Event> events) {
    GenerationCount<typename A::State> generation{state};
    Result<void> done;
    for (const typename A::Event& event : events) {
        if (generation.value == std::numeric_limits<std::uint64_t>::max())
            return generation_overflow();
        if (is_valueless(event))
            return Error(errc::invalid, valueless_event);
        if (!apply_any<A>(state, event, done))
            return done;
        state.generation = Generation{++generation.value};
    }
    return done;
}

} // namespace detail

/// Applies `events` to `state` in place, in order. Each increments the generation. After an error
/// (`cannot_apply`, `threw`, `overflow`) the state, except its generation, is unspecified: fold a
/// copy if the old one is still needed.
template <Aggregate A>
constexpr Result<void> fold_into(typename A::State& state,
                                 std::span<const typename A::Event> events) {
    return detail::guarded("apply_event", [&] { return detail::fold_events<A>(state, events); });
}

/// The state that results from `events`, starting from `State{}` or from a given state, which is
/// not changed.
template <Aggregate A>
constexpr Result<typename A::State> fold(std::span<const typename A::Event> events,
                                         const typename A::State& from = {}) {
    return detail::guarded("copying the state", [&] {
        // Not a parameter by value: g++ 12 can't move one that holds a std::string in constant
        // expressions.
        Result<typename A::State> state(std::in_place, from);
        if (auto done = fold_into<A>(*state, events); !done)
            state = std::move(done).error();
        return state;
    });
}

} // namespace eventsourcing

#endif
