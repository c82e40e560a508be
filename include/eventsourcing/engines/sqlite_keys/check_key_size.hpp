// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_CHECK_KEY_SIZE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_CHECK_KEY_SIZE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <sys/stat.h>

namespace eventsourcing::detail::sqlite_keys {

/// What is missing in a file may be in its log.
inline bool has_log(const std::string& path) {
    struct stat log{};
    return ::stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0;
}

/// Refuses an empty file, which is never a key file.
inline Result<void> check_not_empty(const std::string& path, const std::string& name) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0 || found.st_size > 0 || has_log(path))
        return {};
    return Error(errc::corrupt, name + ": the file is empty, and a key file never is; nothing was "
                                       "changed: restore it from a backup, or remove it if there "
                                       "never were keys in it");
}

/// The size of a file, and that which its header says: https://sqlite.org/fileformat.html
struct KeyFileSize {
    std::int64_t found = 0;
    std::int64_t expected = 0;

    /// Reads by the descriptor of SQLite: to close another one would give back its locks.
    explicit KeyFileSize(sqlite::Connection& connection) {
        sqlite3_file* const file = connection.main_file();
        unsigned char head[32]{};
        if (!file || file->pMethods->xRead(file, head, sizeof head, 0) != SQLITE_OK ||
            std::memcmp(head, "SQLite format 3", 16) != 0)
            return; // SQLite says what is wrong
        sqlite3_int64 size = 0;
        if (file->pMethods->xFileSize(file, &size) != SQLITE_OK)
            return;
        found = size;
        const std::int64_t page = head[16] == 0 && head[17] == 1 ? 65536 : head[16] << 8 | head[17];
        expected =
            page * (std::int64_t{head[28]} << 24 | head[29] << 16 | head[30] << 8 | head[31]);
    }

    [[nodiscard]] bool is_whole() const { return found >= expected; }
};

/// Refuses a file that was cut short.
inline Result<void> check_key_size(sqlite::Connection& connection) {
    const std::string path = connection.absolute_path();
    if (has_log(path) || KeyFileSize(connection).is_whole())
        return {};
    // again: another process may have copied its log into the file meanwhile
    if (has_log(path))
        return {};
    const KeyFileSize size(connection);
    if (size.is_whole())
        return {};
    return Error(errc::corrupt, joined({connection.store(), ": the file was cut short: it has ",
                                        std::to_string(size.found), " bytes, expected ",
                                        std::to_string(size.expected),
                                        "; it was left as it is: restore it from a backup"}));
}

} // namespace eventsourcing::detail::sqlite_keys

#endif
