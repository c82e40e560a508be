// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXECUTE_OPTIONS_HPP
#define EVENTSOURCING_RUNTIME_EXECUTE_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/awaited.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/metadata.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eventsourcing {

struct ExecuteOptions {
    /// With an id a command is executed at most once in its stream: every process that executes
    /// it again gets what is stored. Use a UUIDv7 if you can: the ids of its events are then in
    /// order of time, which keeps indexes fast.
    std::optional<Uuid> command_id{};
    /// Recorded with every event of the decision. Its `command_id` is filled in if it is empty.
    Metadata metadata{};
    /// Recorded with every event, in addition to its own tags.
    std::vector<std::string> tags{};
    /// Take a refusal, or a decision without events, from a cached state that may be out of date.
    /// Events are always appended to the state that they were decided on.
    bool stale_ok = false;
    /// How often at most to decide and append, in place of `RepositoryOptions::attempts`; 1
    /// or more.
    std::optional<unsigned> attempts{};
    /// Answer only when this subscription shows the events: `{.wait_for = board}`. What the wait
    /// fails with is in `Executed::waited`; the command is executed all the same.
    Awaited wait_for{};
    /// A deadline is one of the whole call, and an instant of the clock of the repository's
    /// environment.
    CallOptions call{};
};

} // namespace eventsourcing

#endif
