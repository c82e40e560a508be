// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_LOG_STATUS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_LOG_STATUS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace eventsourcing {

/// How long the write-ahead log of a SQLite store is, and what keeps it from being restarted.
struct SqliteLogStatus {
    /// The size of the log on the disk.
    std::uint64_t bytes = 0;
    /// The size at which it is copied into the file (`SqliteOptions::checkpoint_frames`).
    std::uint64_t checkpoint_bytes = 0;
    /// Why the last try to do so failed, for a person to read; empty if it succeeded. Until the
    /// reason is gone the log grows.
    std::string held_up;
    /// Since when, by the monotonic clock of the store's environment.
    std::optional<std::chrono::steady_clock::time_point> held_up_since;
};

} // namespace eventsourcing

#endif
