// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_OPEN_KEY_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_OPEN_KEY_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/out_of_range.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/file_path.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/open_connections.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>
#include <eventsourcing/engines/sqlite_keys/check_key_size.hpp>
#include <eventsourcing/engines/sqlite_keys/make_key_file.hpp>
#include <eventsourcing/engines/sqlite_keys/options.hpp>
#include <eventsourcing/engines/sqlite_keys/schema.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <sqlite3.h>

#include <memory>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite_keys {

/// What messages about a key file begin with.
inline std::string key_file_name(const std::string& path) {
    return "key file " + in_quotes(path, 256);
}

/// The file that a path leads to, if it can be a key file.
inline Result<std::string> check_key_path(const std::string& path, const std::string& name) {
    if (path == ":memory:")
        return Error(errc::invalid, name + ": keys that are only in memory are es::MemoryKeys");
    auto resolved = sqlite::resolve_path(path, name);
    if (!resolved)
        return resolved;
    if (auto possible = sqlite::check_path(*resolved, name); !possible)
        return std::move(possible).error();
    if (auto one = sqlite::check_one_name(*resolved, name); !one)
        return std::move(one).error();
    if (auto whole = sqlite::check_log(*resolved, name); !whole)
        return std::move(whole).error().with_message(
            name + ": the file is missing or empty, but its log " +
            in_quotes(*resolved + "-wal", 256) +
            " is there and may hold keys; nothing was changed: put the file back, or move the log "
            "away to begin without keys");
    return resolved;
}

/// Opens or makes a key file. What is deleted in it is overwritten, and a commit is on the disk
/// when it returns.
inline Result<std::unique_ptr<sqlite::Connection>> open_key_file(const std::string& path,
                                                                 const SqliteKeysOptions& options) {
    const std::string name = key_file_name(path);
    if (options.open == SqliteOpen::read_only)
        return out_of_range("SqliteKeysOptions::open", "create or existing", "read_only")
            .within(name);
    if (options.busy_timeout.count() < 0)
        return out_of_range("SqliteKeysOptions::busy_timeout", "0 ms or more",
                            joined({std::to_string(options.busy_timeout.count()), " ms"}))
            .within(name);
    auto resolved = check_key_path(path, name);
    if (!resolved)
        return std::move(resolved).error();
    if (sqlite3_libversion_number() < 3'037'000 || sqlite3_threadsafe() == 0)
        return Error(errc::unsupported, name + ": SQLite " + sqlite3_libversion() +
                                            " is loaded; expected 3.37 or later, built for "
                                            "threads");
    if (options.open == SqliteOpen::create)
        if (auto made = make_key_file(*resolved, name, options.environment); !made)
            return std::move(made).error();
    if (auto filled = check_not_empty(*resolved, name); !filled)
        return std::move(filled).error();
    auto opened = sqlite::Connection::open(*resolved, SqliteOpen::existing, name);
    if (!opened)
        return opened;
    sqlite::Connection& connection = **opened;
    if (auto whole = check_key_size(connection); !whole)
        return std::move(whole).error();

    const CallOptions call;
    sqlite::LockWait wait(call, options.busy_timeout, options.environment);
    const sqlite::Connection::Waiting waiting(connection, wait);
    if (auto done = connection.execute("PRAGMA secure_delete = ON"); !done)
        return std::move(done).error();
    if (auto made = make_tables(connection); !made)
        return std::move(made).error();
    if (auto done = sqlite::use_write_ahead_log(connection, wait); !done)
        return std::move(done).error();
    if (auto done = connection.execute("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; "
                                       "PRAGMA checkpoint_fullfsync = ON");
        !done)
        return std::move(done).error();
    if (auto done = sqlite::sync_write_ahead_log(connection); !done)
        return std::move(done).error();
    if (auto done = sqlite::sync_folder(connection); !done)
        return std::move(done).error();
    return opened;
}

} // namespace eventsourcing::detail::sqlite_keys

#endif
