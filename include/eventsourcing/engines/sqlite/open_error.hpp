// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_OPEN_ERROR_HPP
#define EVENTSOURCING_ENGINES_SQLITE_OPEN_ERROR_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>

#include <cerrno>
#include <string>
#include <system_error>

namespace eventsourcing::detail::sqlite {

/// This process may not do `what`.
inline Error denied(const std::string& store, const char* what) {
    return {errc::denied, store + ": this process may not " + what +
                              ": let its user write to the file and its folder, or name another "
                              "file"};
}

/// Why the system does not open a file, by its `errno`.
inline Error could_not_open(const std::string& store, int cause) {
    if (cause == EROFS)
        return {errc::denied, store + ": its file system is read-only: mount it for writing, or "
                                      "open the store with open=read_only"};
    if (cause == EACCES || cause == EPERM)
        return denied(store, "open the file, or not make another one next to it");
    if (cause == ENOENT || cause == ENOTDIR)
        return {errc::not_found, store + ": there is no such folder: make it first, or name a file "
                                         "in another one"};
    const bool wrong = cause == ENAMETOOLONG || cause == ELOOP;
    return {wrong ? errc::invalid : errc::unavailable,
            store + ": the file, or one next to it, can't be opened: " +
                std::generic_category().message(cause)};
}

/// What begins the message (a store, or its backup) has a path that can't be that of a file.
inline Error not_a_path(const std::string& what) {
    return {errc::invalid, what + ": expected the path of a file"};
}

/// The file is something else than a SQLite database.
inline Error not_a_database(const std::string& store) {
    return {errc::corrupt, store + ": the file is not a SQLite database; it was left as it is: "
                                   "name another file"};
}

/// A file that must exist does not.
inline Error no_such_file(const std::string& store) {
    return {errc::not_found, store + ": there is no such file: name one that exists, or let it be "
                                     "made (open=create)"};
}

} // namespace eventsourcing::detail::sqlite

#endif
