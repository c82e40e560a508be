// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_BACKUP_HPP
#define EVENTSOURCING_ENGINES_SQLITE_BACKUP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>
#include <eventsourcing/engines/sqlite/partial_file.hpp>
#include <eventsourcing/engines/sqlite/read_transaction.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/result_code.hpp>

#include <sqlite3.h>

#include <string>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// Copies one snapshot of `source` into the empty file `into`, page by page. Calls `go_on()` after
/// each MiB and at the end; an error from it ends the copy.
template <class GoOn>
Result<void> copy_pages(Connection& source, Connection& into, GoOn go_on) {
    // a snapshot of our own: otherwise each commit meanwhile would restart the copy
    ReadTransaction transaction(source);
    if (auto begun = transaction.begin(); !begun)
        return begun;
    if (auto seen = read_head(source); !seen)
        return std::move(seen).error();

    sqlite3_backup* const backup =
        sqlite3_backup_init(into.handle(), "main", source.handle(), "main");
    if (!backup)
        return into.error(sqlite3_extended_errcode(into.handle()));
    constexpr int pages_at_a_time = 256;
    Result<void> told = {};
    int code = SQLITE_OK;
    while (code == SQLITE_OK && told) {
        code = sqlite3_backup_step(backup, pages_at_a_time);
        if (code == SQLITE_OK)
            told = go_on();
    }
    sqlite3_backup_finish(backup);
    if (!told)
        return told;
    if (code == SQLITE_DONE)
        return go_on();
    return is_damage(code) ? source.error(code) : into.error(code);
}

/// Makes `target`, which must not exist, a store with all that is committed in the file of `source`
/// now. Afterwards `target` is complete and on the disk, or it does not exist.
template <class GoOn>
Result<void> back_up(Connection& source, const std::string& target, const Environment& environment,
                     GoOn go_on) {
    const std::string what = source.store() + ": backup to " + in_quotes(target, 256);
    if (target.empty() || target.find('\0') != target.npos)
        return not_a_path(what);
    auto partial = PartialFile::create(target, source.absolute_path(), what, environment);
    if (!partial)
        return std::move(partial).error();
    for (const char* suffix : {"-wal", "-journal"}) {
        struct stat found{};
        if (const std::string log = target + suffix; ::lstat(log.c_str(), &found) == 0)
            return Error(errc::invalid,
                         what + ": there is a log at " + in_quotes(log, 256) +
                             ", which SQLite would take for the log of the backup; it "
                             "was left as it is: name another path");
    }
    {
        auto into = Connection::open(partial->path(), SqliteOpen::existing, what);
        if (!into)
            return std::move(into).error();
        // no program sees this file before it is synced as a whole
        for (const char* sql : {"PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"})
            if (auto done = (*into)->execute(sql); !done)
                return done;
        if (auto done = copy_pages(source, **into, go_on); !done)
            return done;
    }
    return partial->publish();
}

} // namespace eventsourcing::detail::sqlite

#endif
