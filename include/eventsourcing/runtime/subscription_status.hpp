// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SUBSCRIPTION_STATUS_HPP
#define EVENTSOURCING_RUNTIME_SUBSCRIPTION_STATUS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/store/progress.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing {

/// How it is with a subscription, a relay or a process manager.
enum class SubscriptionState : std::uint8_t {
    not_started, ///< no step was made yet
    catching_up, ///< there was more to read after the last step
    live,        ///< all that there was has been handled
    waiting,     ///< something failed that may pass, and is tried again
    stopped,     ///< something failed for good; `resume` tries again
};

/// The word that is stored for a state, for other processes and people.
[[nodiscard]] constexpr std::string_view status_word(SubscriptionState state) {
    switch (state) {
    case SubscriptionState::not_started:
        return "not_started";
    case SubscriptionState::catching_up:
        return "catching_up";
    case SubscriptionState::live:
        return "live";
    case SubscriptionState::waiting:
        return "waiting";
    case SubscriptionState::stopped:
        return "stopped";
    }
    return "";
}

/// An event that is being handled.
struct OpenEvent {
    std::string key;
    std::string stream;
    Revision revision{};

    bool operator==(const OpenEvent&) const = default;
};

/// What is known of a subscription now.
struct SubscriptionStatus {
    std::string name;
    SubscriptionState state = SubscriptionState::not_started;
    /// Of the last event that was handled or passed over.
    std::optional<Position> position{};
    /// Of the last event of the store, if it tells.
    std::optional<Position> head{};
    /// How many events come after `position`, whether they are followed or not; 0 at the head.
    /// Absent if the store's positions are not numbered one by one.
    std::optional<std::uint64_t> behind{};
    /// The age of the oldest event that was not handled; zero at the head.
    std::optional<std::chrono::nanoseconds> lag{};
    /// Why it waits or has stopped, at which event, since when, and how often it was tried.
    std::optional<ProgressFailure> failure{};
    /// How many keys have parked events.
    std::size_t parked_keys = 0;
    /// With `partitions`, while a step is made: the first event that is not handled yet. The page
    /// waits for its key.
    std::optional<OpenEvent> oldest_open{};
};

} // namespace eventsourcing

#endif
