// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_OPEN_KEY_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_OPEN_KEY_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/file_path.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/open_connections.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>
#include <eventsourcing/engines/sqlite_keys/options.hpp>
#include <eventsourcing/engines/sqlite_keys/schema.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <sqlite3.h>

#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>
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

/// Makes an empty file that only its user reads, if there is none. SQLite gives the log the same
/// rights.
inline void make_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0) // otherwise SQLite says why not
        ::close(file);
}

/// Opens or makes a key file. What is deleted in it is overwritten, and a commit is on the disk
/// when it returns.
inline Result<std::unique_ptr<sqlite::Connection>> open_key_file(const std::string& path,
                                                                 const SqliteKeysOptions& options) {
    const std::string name = key_file_name(path);
    if (options.open == SqliteOpen::read_only)
        return Error(errc::invalid, name + ": it can't be opened read-only; expected create or "
                                           "existing");
    if (options.busy_timeout.count() < 0)
        return Error(errc::invalid, name + ": expected a busy_timeout of 0 or more");
    auto resolved = check_key_path(path, name);
    if (!resolved)
        return std::move(resolved).error();
    if (sqlite3_libversion_number() < 3'037'000 || sqlite3_threadsafe() == 0)
        return Error(errc::unsupported, name + ": SQLite " + sqlite3_libversion() +
                                            " is loaded; expected 3.37 or later, built for "
                                            "threads");
    if (options.open == SqliteOpen::create)
        make_private_file(*resolved);
    auto opened = sqlite::Connection::open(*resolved, options.open, name);
    if (!opened)
        return opened;
    sqlite::Connection& connection = **opened;

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
