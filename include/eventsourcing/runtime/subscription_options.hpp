// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SUBSCRIPTION_OPTIONS_HPP
#define EVENTSOURCING_RUNTIME_SUBSCRIPTION_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/start.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace eventsourcing {

/// What becomes of an event that can't be handled, now or ever. (What may pass is tried again.)
enum class OnFailure : std::uint8_t {
    stop, ///< nothing more is handled until the cause is gone and `resume` is called
    park, ///< the event is noted, with the later ones of its key, until `replay`
    skip, ///< it is left out; the observer is told
};

/// How often the result is stored while there is more to read: once so many events were handled, or
/// so much time has passed, whichever comes first. With neither, after each page.
struct CommitEvery {
    std::size_t events = 0;
    std::chrono::nanoseconds time{};
};

/// For a subscription and, except for `partitions` and `commit_every`, for whatever else follows a
/// store.
struct SubscriptionOptions {
    /// Under which the progress is kept, unique in the store; empty for the name of the projection
    /// in snake_case.
    std::string name{};
    /// Where it begins if it has no checkpoint yet.
    Start start{};
    OnFailure on_failure = OnFailure::stop;
    /// How many records are in memory at a time, 1 to 4096. A page is handled as a whole, and
    /// stored in one commit.
    std::size_t page_size = 500;
    /// How many threads handle the events of a page, 1 to 256: those of one key (for statements: of
    /// one stream) in their order, those of several keys at once. Then `key` and `apply_event` are
    /// called by several threads, and sometimes once more for an event; at most a page of events is
    /// open. For projections with `key` or statements.
    unsigned partitions = 1;
    CommitEvery commit_every{};
    /// With `park`: how many keys may have parked events before it stops.
    std::size_t max_parked_keys = 1'000;
    /// The waits before what failed is tried again.
    Backoff backoff{.first = std::chrono::milliseconds(100), .most = std::chrono::seconds(10)};
    Observer observer{};
    /// The clock, ids and jitter; the store's own unless given.
    std::optional<Environment> environment{};
};

} // namespace eventsourcing

#endif
