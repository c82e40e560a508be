// SPDX-License-Identifier: MIT
// Folding a million events that are in memory, changing the state in place and by value.
#include <eventsourcing/core/fold.hpp>

#include "by_hand.hpp"
#include "combat.hpp"
#include "compare.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

/// A million events of all three kinds, in no order that a branch predictor knows.
const std::vector<combat::Event>& history() {
    static const std::vector<combat::Event> events = [] {
        std::vector<combat::Event> made;
        made.reserve(1'000'000);
        std::uint32_t random = 1;
        while (made.size() < 1'000'000) {
            random = random * 1664525 + 1013904223;
            const std::string id(combat::short_id);
            if (random >> 30U == 0)
                made.emplace_back(combat::EntityHealed{id, 1});
            else
                made.emplace_back(combat::EntityAttacked{id, 1});
        }
        return made;
    }();
    return events;
}

namespace with_library {

template <class Aggregate>
unsigned long fold(unsigned long operations) {
    typename Aggregate::State state{.entity_id = std::string(combat::short_id)};
    for (auto left = operations; left > 0;) {
        const std::size_t count = left < history().size() ? left : history().size();
        if (!es::fold_into<Aggregate>(state, {history().data(), count}))
            std::abort();
        left -= count;
    }
    return state.hitpoints + state.generation.value();
}

} // namespace with_library

namespace by_hand {

inline void evolve_in_place(State& s, const EntityAttacked& e) {
    s.hitpoints -= e.damage;
}
inline void evolve_in_place(State& s, const EntityHealed& e) {
    s.hitpoints += e.points;
}
inline void evolve_in_place(State& s, const EntityDied& /*e*/) {
    s.hitpoints = 0;
}

struct InPlace {
    static void apply(State& state, const Event& event) {
        std::visit([&](const auto& e) { evolve_in_place(state, e); }, event);
    }
};
struct ByValue {
    static void apply(State& state, const Event& event) {
        state = std::visit([&](const auto& e) { return evolve(std::move(state), e); }, event);
    }
};

template <class How>
std::optional<Failure> fold_all(State& state, const Event* events, std::size_t count) {
    try {
        for (std::size_t i = 0; i < count; ++i) {
            if (state.generation == std::numeric_limits<std::uint64_t>::max())
                return Failure{Reason::overflow, "the generation is at its end"};
            const auto next = state.generation + 1;
            How::apply(state, events[i]);
            state.generation = next;
        }
        return std::nullopt;
    } catch (const std::exception& e) {
        return Failure{Reason::threw, e.what()};
    }
}

template <class How>
unsigned long fold(unsigned long operations) {
    State state{.entity_id = std::string(combat::short_id)};
    for (auto left = operations; left > 0;) {
        const std::size_t count = left < history().size() ? left : history().size();
        if (fold_all<How>(state, history().data(), count))
            std::abort();
        left -= count;
    }
    return state.hitpoints + state.generation;
}

} // namespace by_hand

/// Folds so many events, from the start of the history.
template <unsigned long fold(unsigned long)>
compare::Work side(unsigned long operations) {
    history();
    return [=] { return fold(operations); };
}

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {
                             {"fold, in place", side<with_library::fold<combat::CombatInPlace>>,
                              side<by_hand::fold<by_hand::InPlace>>, 1'000'000, 1.05},
                             {"fold, by value", side<with_library::fold<combat::Combat>>,
                              side<by_hand::fold<by_hand::ByValue>>, 1'000'000, 1.05},
                         });
}
