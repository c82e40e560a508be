// SPDX-License-Identifier: MIT
// What the program prints: a table for people, or JSON for programs.
#ifndef COMBAT_REPORT_HPP
#define COMBAT_REPORT_HPP

#include "combat.hpp"
#include "leaderboard.hpp"

#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/eventsourcing.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace combat {

using Loaded = es::Loaded<Combat>;
using Executed = es::Executed<Combat>;

/// The generation of the state right after the event at `index` of a command.
inline es::Generation generation_of(const Executed& done, std::size_t index) {
    return es::Generation{done.state.generation.value() - done.events().size() + index + 1};
}

/// Is told everything that happens in a fight, in order.
class Report {
public:
    Report() = default;
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;
    virtual ~Report() = default;

    virtual void begin(const es::StreamName& stream, std::string_view store, std::uint64_t seed,
                       const State& state) = 0;
    virtual void round(std::uint64_t number) = 0;
    virtual void accepted(const Combat::Command& command, const Executed& done) = 0;
    virtual void refused(const Combat::Command& command, const es::Error& why,
                         const State& state) = 0;
    /// Another process was faster; `state` is what it left.
    virtual void overtaken(const State& state) = 0;
    virtual void end(const State& state, const es::CloudEvent& last_event) = 0;
    /// The board after the fight, and how much the healer will give back to the one who stands.
    virtual void board(const Leaderboard::State& board, const State& state,
                       std::uint32_t healing) = 0;
};

} // namespace combat

#endif
