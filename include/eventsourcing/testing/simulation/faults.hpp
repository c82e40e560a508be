// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_FAULTS_HPP
#define EVENTSOURCING_TESTING_SIMULATION_FAULTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// How likely each fault is, each time that it could happen: at a call of a store or sink, or at a
/// turn.
struct SimulationFaults {
    /// The caller dies before the call does anything, or after it has done it.
    double crash = 0.004;
    /// The answer is lost, after the call has done its work or before.
    double lost_answer = 0.01;
    double unavailable = 0.01;
    /// A page has fewer records than it could have.
    double short_page = 0.05;
    /// A component that has nothing to do is not woken by an event that is there; it is asked again
    /// at its next turn.
    double lost_wake = 0.1;
    /// Others take turns before a call does anything, or after it and before its caller has the
    /// answer; some seconds may pass.
    double interruption = 0.1;
    /// Between two turns: the time of day jumps, back or forward, up to a day.
    double clock_jump = 0.01;
    /// Between two turns: a component is started a second time, and runs beside the first for a
    /// while.
    double second_runner = 0.02;
    /// Between two turns: nothing can be written for some turns.
    double full_disk = 0.01;

    /// None of them.
    [[nodiscard]] static constexpr SimulationFaults none() {
        return {.crash = 0,
                .lost_answer = 0,
                .unavailable = 0,
                .short_page = 0,
                .lost_wake = 0,
                .interruption = 0,
                .clock_jump = 0,
                .second_runner = 0,
                .full_disk = 0};
    }
};

namespace detail {

/// What can go wrong at one place.
enum class SimFaultKind : std::uint8_t {
    dies_before,
    dies_after,
    lost_before,
    lost_after,
    unavailable,
    short_page,
    others,
    clock_jump,
    second_runner,
    full_disk,
    lost_wake,
};

/// A fault that happened.
struct SimFault {
    /// Where it did.
    std::uint64_t place;
    std::string what;
};

/// The places where faults may happen; everywhere, if there is nothing.
using SimFaultPlaces = std::optional<std::set<std::uint64_t>>;

/// Decides where faults happen: by the seed and the place alone, so that a run from which one is
/// left out has the others.
class FaultPlan {
public:
    FaultPlan(std::uint64_t seed, SimFaultPlaces only)
        : seed_(mixed(seed)),
          only_(std::move(only)) {}

    /// Whether a fault of this probability happens here, and tells its name.
    template <class Describe>
    bool happens(std::uint64_t place, double probability, const Describe& describe) {
        if (!on_ || static_cast<double>(mixed(seed_ ^ place) >> 11U) * 0x1p-53 >= probability ||
            (only_ && only_->count(place) == 0))
            return false;
        happened_.push_back({place, describe()});
        return true;
    }
    /// A choice in a fault that happens here: 0 to `count - 1`. `which` of its choices.
    [[nodiscard]] std::uint64_t pick(std::uint64_t place, std::uint64_t count,
                                     std::uint64_t which = 0) const {
        return mixed(seed_ + mixed(place + 1) + mixed(which)) % count;
    }
    void end() { on_ = false; }
    [[nodiscard]] bool on() const { return on_; }
    [[nodiscard]] const std::vector<SimFault>& happened() const { return happened_; }

private:
    std::uint64_t seed_;
    SimFaultPlaces only_;
    bool on_ = true;
    std::vector<SimFault> happened_;
};

} // namespace detail

} // namespace eventsourcing

#endif
