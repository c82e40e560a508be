// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_OPTIONS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>

#include <chrono>

namespace eventsourcing {

struct SqliteKeysOptions {
    /// How long a call waits while another process uses the file; 0 or more.
    std::chrono::milliseconds busy_timeout{10'000};
    /// What is expected of the file: `create` or `existing`. With `create`, a path that is wrong
    /// makes a new file, whose keys open nothing that was sealed before.
    SqliteOpen open = SqliteOpen::create;
    /// Its clock measures the waiting.
    Environment environment{};
};

} // namespace eventsourcing

#endif
