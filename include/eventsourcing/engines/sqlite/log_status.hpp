// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_LOG_STATUS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_LOG_STATUS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace eventsourcing {

/// How long the write-ahead log of a SQLite store is, and what keeps it from being begun anew.
struct SqliteLogStatus {
    /// The size of the log on the disk.
    std::uint64_t bytes = 0;
    /// The size at which it is copied into the file (`SqliteOptions::checkpoint_frames`).
    std::uint64_t checkpoint_bytes = 0;
    /// Why that was not done when it was last tried, for a person; empty if it was done. A log that
    /// is held up grows until the reason is gone.
    std::string held_up;
    /// Since when.
    std::optional<std::chrono::steady_clock::time_point> held_up_since;
};

} // namespace eventsourcing

#endif
