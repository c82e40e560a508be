// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_COPY_KEY_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_COPY_KEY_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/partial_file.hpp>

#include <sqlite3.h>

#include <string>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite_keys {

/// Makes `target`, which must not exist, a key file with all keys that are in the file of `source`
/// now. Afterwards it is complete and on the disk, or it does not exist.
inline Result<void> copy_key_file(sqlite::Connection& source, const std::string& target,
                                  const Environment& environment) {
    const std::string what = source.store() + ": backup to " + in_quotes(target, 256);
    if (target.empty() || target.find('\0') != target.npos)
        return sqlite::not_a_path(what);
    auto partial = sqlite::PartialFile::create(target, source.absolute_path(), what, environment);
    if (!partial)
        return std::move(partial).error();
    for (const char* suffix : {"-wal", "-journal"}) {
        struct stat found{};
        if (const std::string log = target + suffix; ::lstat(log.c_str(), &found) == 0)
            return Error(errc::invalid, what + ": there is a log at " + in_quotes(log, 256) +
                                            ", which SQLite would take for that of the backup; "
                                            "it was left as it is: name another path");
    }
    {
        auto into = sqlite::Connection::open(partial->path(), SqliteOpen::existing, what);
        if (!into)
            return std::move(into).error();
        if (auto done = (*into)->execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
            !done) // no program sees this file before it is synced as a whole
            return done;
        sqlite3_backup* const backup =
            sqlite3_backup_init((*into)->handle(), "main", source.handle(), "main");
        if (!backup)
            return (*into)->error(sqlite3_extended_errcode((*into)->handle()));
        const int code = sqlite3_backup_step(backup, -1);
        sqlite3_backup_finish(backup);
        if (code != SQLITE_DONE)
            return (*into)->error(code);
    }
    return partial->publish();
}

} // namespace eventsourcing::detail::sqlite_keys

#endif
