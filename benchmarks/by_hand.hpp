// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_BY_HAND_HPP
#define EVENTSOURCING_BENCHMARKS_BY_HAND_HPP

#include "combat.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// The domain as one would write it without the library, with nothing but `std::variant`: what the
/// library is measured against. Its contract is the same: a command may be refused, an event may
/// fail to apply, the generation is counted and does not overflow, functions may throw.
namespace by_hand {

using combat::Attack;
using combat::Command;
using combat::EntityAttacked;
using combat::EntityDied;
using combat::EntityHealed;
using combat::Event;
using combat::Flurry;
using combat::Heal;

enum class Reason : std::uint8_t { refused, overflow, threw, sink_failed, conflict };

struct Failure {
    Reason reason;
    std::string message;
};

/// A value or why there is none.
template <class T>
using Outcome = std::variant<T, Failure>;

/// One event or two, without an allocation of their own.
class OneOrTwo {
public:
    explicit OneOrTwo(Event first) : first_(std::move(first)) {}
    OneOrTwo(Event first, Event second) : first_(std::move(first)), second_(std::move(second)) {}

    [[nodiscard]] std::size_t size() const { return second_ ? 2 : 1; }
    [[nodiscard]] const Event& operator[](std::size_t i) const {
        return i == 0 ? first_ : *second_;
    }

private:
    Event first_;
    std::optional<Event> second_;
};

/// Any number of events, as most would write it.
class AnyNumber : public std::vector<Event> {
public:
    template <class... Es>
    explicit AnyNumber(Es&&... events) {
        reserve(sizeof...(Es));
        (emplace_back(std::forward<Es>(events)), ...);
    }
};

struct State {
    std::string entity_id;
    std::uint32_t hitpoints = combat::hitpoints_at_first;
    std::uint64_t generation = 0;
};

inline State evolve(State s, const EntityAttacked& e) {
    s.hitpoints -= e.damage;
    return s;
}
inline State evolve(State s, const EntityHealed& e) {
    s.hitpoints += e.points;
    return s;
}
inline State evolve(State s, const EntityDied& /*e*/) {
    s.hitpoints = 0;
    return s;
}

inline Failure already_dead(const State& s) {
    return {Reason::refused, "already dead: " + s.entity_id};
}

template <class Events>
Outcome<Events> decide(const State& s, const Attack& c) {
    if (s.hitpoints == 0)
        return already_dead(s);
    if (c.damage >= s.hitpoints)
        return Events(EntityAttacked{c.entity_id, c.damage}, EntityDied{c.entity_id});
    return Events(EntityAttacked{c.entity_id, c.damage});
}
template <class Events>
Outcome<Events> decide(const State& s, const Heal& c) {
    if (s.hitpoints == 0)
        return already_dead(s);
    return Events(EntityHealed{c.entity_id, c.points});
}
template <class Events>
Outcome<Events> decide(const State& s, const Flurry& c) {
    if (s.hitpoints == 0)
        return already_dead(s);
    return Events(EntityAttacked{c.entity_id, c.damage}, EntityAttacked{c.entity_id, c.damage});
}
template <class Events>
Outcome<Events> decide(const State& s, const Command& c) {
    return std::visit([&](const auto& one) { return decide<Events>(s, one); }, c);
}

template <class Events>
std::optional<Failure> fold(State& state, const Events& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (state.generation == std::numeric_limits<std::uint64_t>::max())
            return Failure{Reason::overflow, "the generation is at its end"};
        const auto next = state.generation + 1;
        state = std::visit([&](const auto& e) { return evolve(std::move(state), e); }, events[i]);
        state.generation = next;
    }
    return std::nullopt;
}

} // namespace by_hand

#endif
