// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_ACTOR_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_ACTOR_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace eventsourcing::detail {

class SimWorld;

/// Somebody who takes turns: a component or a client.
class SimActor {
public:
    SimActor() = default;
    SimActor(const SimActor&) = delete;
    SimActor& operator=(const SimActor&) = delete;
    virtual ~SimActor() = default;

    /// Does a bounded amount of work. Returns whether there may be more to do at once.
    virtual bool turn() = 0;
    /// It has died: whatever it knew is gone, and it begins again.
    virtual void restart() = 0;
    /// One more that does the same, for another process; null if it is one that is never run twice.
    [[nodiscard]] virtual std::unique_ptr<SimActor> another() { return nullptr; }
    /// When there is something to do without a new event.
    [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> next() const {
        return std::nullopt;
    }
    /// Tries once more what it has given up, as an operator does.
    virtual void release() {}
    /// Why it does not go on, though it has not died. An empty text if it does.
    [[nodiscard]] virtual std::string stopped() { return {}; }
    /// Checks the laws of what it is, at the end of a run. An empty text if they hold.
    [[nodiscard]] virtual std::string audit(const SimWorld& /*world*/) { return {}; }

    std::string name;
    std::uint64_t number = 0;
    std::uint64_t calls = 0; // so far
    Random random{0};
    bool is_component = false;
    bool dead = false;               // each call fails until it is restarted
    bool busy = false;               // it is in a turn now
    std::chrono::nanoseconds skew{}; // of its time of day
    /// Of a second runner: it is gone after so many turns.
    std::optional<std::uint64_t> turns_left{};
};

} // namespace eventsourcing::detail

#endif
