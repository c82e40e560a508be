// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECIDED_HPP
#define EVENTSOURCING_RUNTIME_DECIDED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/pending_append.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

/// What a decision came to: the events that are stored now, where, and at what cost.
template <class D>
class Decided {
public:
    Decided(StreamName its_stream, Events<typename D::Event>&& events)
        : stream(std::move(its_stream)),
          events_(std::move(events)) {}

    /// In order; none if the decision was empty. Of a repeated command those that are stored.
    [[nodiscard]] const Events<typename D::Event>& events() const& EVENTSOURCING_LIFETIMEBOUND {
        return events_;
    }
    [[nodiscard]] Events<typename D::Event>&& events() && EVENTSOURCING_LIFETIMEBOUND {
        return std::move(events_);
    }

    /// Where the events are; where they would be if there are none.
    StreamName stream;
    /// Absent if the decision was empty.
    std::optional<Receipt> receipt{};
    /// How often the command was decided.
    unsigned attempts = 1;
    /// How many events were read for it, in all attempts.
    std::size_t read = 0;
    /// Whether the command with this id was executed before, so that nothing was appended.
    bool repeated = false;

private:
    Events<typename D::Event> events_;
};

struct DecideOptions {
    /// Makes the command be executed at most once: of two calls with this id whose events go to one
    /// stream, the second returns what the first has stored, in this process or another, now or
    /// after a crash. A refusal stores nothing and is decided again. Not compared with the command.
    /// Use a UUIDv7 if you can: the ids of its events are then in order of time, which keeps
    /// indexes fast.
    std::optional<Uuid> command_id{};
    /// Recorded with every event of the decision. Its `command_id` is filled in if it is empty.
    Metadata metadata{};
    /// Recorded with every event, in addition to its own tags.
    std::vector<std::string> tags{};
    /// How often at most to decide and append, in place of `DecisionsOptions::attempts`; 1
    /// or more.
    std::optional<unsigned> attempts{};
    /// A deadline is one of the whole call, and an instant of the clock of the environment.
    CallOptions call{};
};

/// The append of a decision whose outcome is unknown: `Decisions::retry` sends the same bytes, ids
/// and condition again. The error of `execute` carries it.
template <class D>
struct PendingDecision {
    StreamName stream;
    AppendCondition condition;
    detail::SharedEvents<typename D::Event> shared_events;
    std::vector<Uuid> ids;
    Timestamp recorded_at;
    Metadata metadata;
    std::vector<std::string> tags;

    /// A copy of the events.
    [[nodiscard]] Events<typename D::Event> events() const { return shared_events.get(); }
};

/// The pending append that an error of a decision carries, or null if the outcome is known. Valid
/// as long as the error.
template <class D>
[[nodiscard]] const PendingDecision<D>* pending_decision(const Error& error) {
    return error.attached<PendingDecision<D>>();
}

} // namespace eventsourcing

#endif
