// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SYNC_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SYNC_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/result_code.hpp>

#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace eventsourcing::detail::sqlite {

/// Makes the content of a file, or the names in a folder, durable. Returns `errno`, or 0.
inline int sync_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
#if defined(F_FULLFSYNC)
    const int code = ::fcntl(file, F_FULLFSYNC) == 0 || ::fsync(file) == 0 ? 0 : errno;
#else
    const int code = ::fsync(file) == 0 ? 0 : errno;
#endif
    ::close(file);
    return code;
}

/// Whether a sync failed because the file system needs none.
inline bool needs_no_sync(int code) {
    return code == EINVAL || code == EROFS;
}

/// Makes the names of the file and its log durable. SQLite does so when it makes the log, and does
/// not say if it fails.
inline Result<void> sync_folder(const Connection& connection) {
    const std::string path = connection.absolute_path();
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    const int code = sync_file(folder);
    if (code == 0 || needs_no_sync(code))
        return {};
    const bool denied = code == EACCES || code == EPERM;
    return Error(denied ? errc::denied : errc::unavailable,
                 connection.store() + ": its folder can't be synced to the disk: " +
                     std::generic_category().message(code) + "; nothing was done: " +
                     (denied ? "let the user of this process read the folder" : "try again"));
}

/// Makes the content of the log durable, through any connection that has it open: a sync is of the
/// whole file, whoever wrote to it. What is no longer in the log is durable already: a checkpoint
/// syncs the file before the log is written again. A result code of SQLite.
inline int sync_log(Connection& connection) {
    sqlite3_file* const log = connection.log_file();
    sqlite3_int64 size = 0;
    int code = log ? log->pMethods->xFileSize(log, &size) : SQLITE_OK;
    if (code == SQLITE_OK && size > 0)
        code = log->pMethods->xSync(log, SQLITE_SYNC_FULL);
    return code;
}

/// Makes the file of a store that is only read durable: who made the copy may not have synced it.
/// Through the connection, since closing another descriptor of the file would drop SQLite's locks.
inline int sync_main_file(Connection& connection) {
    sqlite3_file* const file = connection.main_file();
    if (!file)
        return SQLITE_OK;
    const int code = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
    int last_errno = 0;
    if (code != SQLITE_OK)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last_errno);
    return needs_no_sync(last_errno) ? SQLITE_OK : code;
}

/// A process that died between writing a commit and syncing it leaves an unacknowledged commit.
/// From now on readers see it, and a retry finds it, so a loss of power must not remove it any
/// more.
inline Result<void> sync_write_ahead_log(Connection& connection) {
    const int code = sync_log(connection);
    if (code == SQLITE_OK)
        return {};
    return Error(kind_of(code), connection.store() +
                                    ": the existing write-ahead log could not be synced to "
                                    "the disk (SQLite result code " +
                                    std::to_string(code) + "); nothing was done: try again");
}

} // namespace eventsourcing::detail::sqlite

#endif
