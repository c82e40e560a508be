// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_OPTIONS_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/observer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace eventsourcing {

struct ProcessOptions {
    /// Under which the progress is kept, unique in the store; empty for the name of the process in
    /// snake_case.
    std::string name{};
    std::size_t page_size = 500;
    /// How long an input or a command that fails is tried again, with waits, before its process is
    /// quarantined: then it takes no input until `release`. It costs the other processes nothing.
    std::chrono::nanoseconds budget = std::chrono::minutes(5);
    /// How long after its time a deadline waits for events that were recorded before it and are
    /// stored later: by a slow commit, or a machine whose clock is behind.
    std::chrono::nanoseconds grace{};
    std::size_t max_parked_keys = 1'000;
    Backoff backoff{.first = std::chrono::milliseconds(100), .most = std::chrono::seconds(10)};
    Observer observer{};
    std::optional<Environment> environment{};
    /// What so many processes remember is in memory, of those that were told something last.
    std::size_t cache = 10'000;
    /// After how many of its steps what a process remembers is kept as a snapshot, in the store
    /// that keeps the progress if it keeps snapshots, too. 0 keeps none, and reads none.
    std::uint64_t snapshot_every = 1'000;
};

} // namespace eventsourcing

#endif
