// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_OPEN_CONNECTIONS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_OPEN_CONNECTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/out_of_range.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/file_path.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/migrate.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/result_code.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>
#include <eventsourcing/engines/sqlite/wal_reset_bug.hpp>

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// Switches the file to a write-ahead log, which stays. SQLite returns SQLITE_BUSY at once if two
/// processes do so at the same time.
inline Result<void> use_write_ahead_log(Connection& connection, LockWait& wait) {
    for (;;) {
        sqlite3_stmt* raw = nullptr;
        int code =
            sqlite3_prepare_v2(connection.handle(), "PRAGMA journal_mode = WAL", -1, &raw, nullptr);
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw,
                                                                              &sqlite3_finalize);
        if (code == SQLITE_OK)
            code = sqlite3_step(raw);
        bool switched = false;
        if (code == SQLITE_ROW) {
            const void* const mode = sqlite3_column_text(raw, 0);
            switched = mode && std::string_view(static_cast<const char*>(mode)) == "wal";
            code = sqlite3_step(raw); // commits the change
        }
        if (primary_code(code) == SQLITE_BUSY && wait.again())
            continue;
        if (code != SQLITE_DONE)
            return connection.error(code);
        if (switched)
            return {};
        return Error(errc::unsupported, connection.store() +
                                            ": its file system can't hold a write-ahead log; a "
                                            "store belongs on a local disk");
    }
}

/// The connection that writes: opens or makes the file, and brings it to our schema.
inline Result<std::unique_ptr<Connection>> open_writer(const std::string& path,
                                                       const SqliteOptions& options) {
    const std::string store = store_name(path);
    auto resolved = resolve_path(path, store);
    if (!resolved)
        return std::move(resolved).error();
    if (auto possible = check_path(*resolved, store); !possible)
        return std::move(possible).error();
    if (auto one = check_one_name(*resolved, store); !one)
        return std::move(one).error();
    if (auto whole = check_log(*resolved, store); !whole)
        return std::move(whole).error();
    if (options.checkpoint_frames < 1)
        return out_of_range("SqliteOptions::checkpoint_frames", "1 or more",
                            std::to_string(options.checkpoint_frames))
            .within(store);
    if (options.busy_timeout.count() < 0)
        return out_of_range("SqliteOptions::busy_timeout", "0 ms or more",
                            joined({std::to_string(options.busy_timeout.count()), " ms"}))
            .within(store);
    if (sqlite3_libversion_number() < 3'037'000 || sqlite3_threadsafe() == 0)
        return Error(errc::unsupported, store + ": SQLite " + sqlite3_libversion() +
                                            " is loaded; expected 3.37 or later, built for "
                                            "threads");
    auto opened = Connection::open(*resolved, options.open, store);
    if (!opened)
        return opened;
    Connection& connection = **opened;

    const CallOptions call;
    LockWait wait(call, options.busy_timeout, options.environment);
    const Connection::Waiting waiting(connection, wait);
    if (auto ours = migrate(connection, options.environment, options.open); !ours)
        return std::move(ours).error();
    if (auto done = use_write_ahead_log(connection, wait); !done)
        return std::move(done).error();
    const bool full = options.durability == SqliteDurability::full;
    // 8 MiB hold the inner pages of millions of events; commits of this connection don't empty the
    // cache. On macOS only the two fullfsync reach the disk; elsewhere they do nothing.
    for (const char* sql :
         {full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
          "PRAGMA cache_size = -8192", "PRAGMA fullfsync = ON", "PRAGMA checkpoint_fullfsync = ON"})
        if (auto done = connection.execute(sql); !done)
            return std::move(done).error();
    if (full)
        if (auto done = sync_write_ahead_log(connection); !done)
            return std::move(done).error();
    return opened;
}

/// A connection that only reads the file, which a writer has opened before.
///
/// It does not check all cells of each page that it reads: inner pages have hundreds, and reading a
/// stream would take microseconds more after each commit. The writer does check them, which keeps
/// damage from spreading; a reader checks each value that it uses.
inline Result<std::unique_ptr<Connection>> open_reader(const std::string& absolute_path,
                                                       const std::string& store,
                                                       SqliteOpen how = SqliteOpen::existing) {
    auto opened = Connection::open(absolute_path, how, store);
    if (opened)
        if (auto done = (*opened)->execute("PRAGMA query_only = ON; PRAGMA cell_size_check = OFF");
            !done)
            return std::move(done).error();
    return opened;
}

} // namespace eventsourcing::detail::sqlite

#endif
