// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PENDING_APPEND_HPP
#define EVENTSOURCING_RUNTIME_PENDING_APPEND_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/metadata.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

/// Events whose copies share them.
template <class Event>
class SharedEvents {
public:
    SharedEvents(Events<Event>&& events)
        : events_(std::make_shared<const Events<Event>>(std::move(events))) {}

    [[nodiscard]] const Events<Event>& get() const { return *events_; }

private:
    std::shared_ptr<const Events<Event>> events_;
};

} // namespace detail

/// An append whose outcome is unknown, with all that is needed to send the same bytes and ids
/// again. The error of a dispatch carries it: `pending_append<A>(error)`; `Dispatcher::retry` takes
/// it.
template <Aggregate A>
struct PendingAppend {
    StreamName stream;
    ExpectedRevision expected;
    std::optional<AppendCondition> condition;
    /// Made of an rvalue of `Events`; `events()` returns copies of it.
    detail::SharedEvents<typename A::Event> shared_events;
    std::vector<Uuid> ids;
    Timestamp recorded_at;
    Metadata metadata;
    std::vector<std::string> tags;
    /// The state with the events applied, as it is if they are appended.
    typename A::State state;

    /// A copy of the events.
    [[nodiscard]] Events<typename A::Event> events() const { return shared_events.get(); }
};

/// The pending append that an error of a dispatch carries, or null if the outcome is known.
/// Valid as long as the error.
template <Aggregate A>
[[nodiscard]] const PendingAppend<A>* pending_append(const Error& error) {
    return error.attached<PendingAppend<A>>();
}

} // namespace eventsourcing

#endif
