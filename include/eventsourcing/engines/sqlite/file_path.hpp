// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_FILE_PATH_HPP
#define EVENTSOURCING_ENGINES_SQLITE_FILE_PATH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>

#include <sqlite3.h>

#include <climits>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace eventsourcing::detail::sqlite {

/// What messages about a store begin with.
inline std::string store_name(const std::string& path) {
    return "sqlite store " + in_quotes(path, 256);
}

/// The path of an existing folder, absolute and without symbolic links, with a `/` at its end.
/// After a failure `code` holds `errno`.
inline std::string resolve_folder(const std::string& folder, int& code) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(folder.c_str(), nullptr),
                                                           &std::free);
    code = real ? 0 : errno;
    std::string found = real ? real.get() : "";
    if (!found.ends_with('/'))
        found += '/';
    return found;
}

/// The file that a path leads to, which does not have to exist: an absolute path without symbolic
/// links.
///
/// SQLite names the log after it. So all checks before SQLite opens the file use this path, and
/// SQLite gets it, too: a link that is changed meanwhile makes no difference.
inline Result<std::string> resolve_path(const std::string& path, const std::string& store) {
    if (path.empty() || path.ends_with('/') || path.find('\0') != path.npos)
        return not_a_path(store);
    if (path == ":memory:")
        return Error(errc::invalid, store + ": a SQLite database in memory has no write-ahead log "
                                            "and one connection: use es::MemoryStore (memory:)");
    constexpr int most_links = 40; // as on Linux
    std::string next = path;
    for (int links = 0; links <= most_links; ++links) {
        const auto slash = next.rfind('/');
        int code = 0;
        const std::string folder =
            resolve_folder(slash == next.npos ? "." : next.substr(0, slash + 1), code);
        if (code != 0)
            return could_not_open(store, code);
        std::string file = folder + (slash == next.npos ? next : next.substr(slash + 1));
        struct stat found{};
        if (::lstat(file.c_str(), &found) != 0)
            return errno == ENOENT ? Result<std::string>(std::move(file))
                                   : could_not_open(store, errno);
        if (!S_ISLNK(found.st_mode))
            return file;
        std::array<char, PATH_MAX> target{};
        const ::ssize_t size = ::readlink(file.c_str(), target.data(), target.size());
        if (size < 0)
            return could_not_open(store, errno);
        next.assign(target.data(), static_cast<std::size_t>(size));
        if (!next.starts_with('/'))
            next.insert(0, folder);
    }
    return could_not_open(store, ELOOP);
}

/// Refuses what can't be the file of a store, before SQLite opens it. `path` is resolved.
inline Result<void> check_path(const std::string& path, const std::string& store) {
    const sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    constexpr std::size_t longest_suffix = 8; // -journal
    const std::size_t most = vfs ? static_cast<std::size_t>(vfs->mxPathname) : PATH_MAX;
    if (path.size() + longest_suffix > most)
        return Error(errc::invalid,
                     store + ": its absolute path has " + std::to_string(path.size()) +
                         " bytes, expected at most " + std::to_string(most - longest_suffix) +
                         ", as SQLite does: move it to a folder with a shorter path");
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0)
        return {};
    if (!S_ISREG(found.st_mode))
        return Error(errc::invalid, store + ": expected a file, found " +
                                        (S_ISDIR(found.st_mode) ? "a directory" : "a device"));
    if (found.st_size == 1) // SQLite takes it for empty
        return not_a_database(store);
    return refuse_inherited({found.st_dev, found.st_ino}, store);
}

inline constexpr const char* second_name_of_file =
    "the file has a second name (a hard link), and a program that uses it has another log";
/// After the name of a log or a shared memory.
inline constexpr const char* second_name_of_log =
    " has a second name (a hard link), and another program may take it for that of its own file";
inline constexpr const char* remove_second_name =
    "remove the other name (find -samefile finds it), and try again; backup() makes a copy";

/// Refuses a file with a second name, or one with such a log: a store opened by that name would
/// have another log, or use this one for another file. `path` is resolved.
inline Result<void> check_one_name(const std::string& path, const std::string& store) {
    constexpr std::array<std::array<const char*, 2>, 3> files = {
        {{"", ""}, {"-wal", "its log "}, {"-shm", "its shared memory "}}};
    for (const auto& [suffix, name] : files) {
        const std::string one = path + suffix;
        struct stat found{};
        if (::stat(one.c_str(), &found) != 0 || found.st_nlink <= 1)
            continue;
        const std::string what = *name == '\0'
                                     ? second_name_of_file
                                     : joined({name, in_quotes(one, 256), second_name_of_log});
        return Error(errc::unavailable,
                     joined({store, ": ", what, "; nothing was done: ", remove_second_name}));
    }
    return {};
}

/// Refuses to make a file if its log exists already: SQLite would delete the log, and with it the
/// events that are not in the file yet. `path` is resolved.
inline Result<void> check_log(const std::string& path, const std::string& store) {
    const std::string log = path + "-wal";
    struct stat found{}; // of the log first: a program that makes a store makes the file first
    if (::stat(log.c_str(), &found) != 0 || found.st_size == 0)
        return {};
    if (::stat(path.c_str(), &found) == 0 && found.st_size > 0)
        return {};
    return Error(errc::corrupt, store + ": the file is missing or empty, but its log " +
                                    in_quotes(log, 256) +
                                    " is there and may hold events; nothing was changed: put the "
                                    "file back, or move the log away to begin with an empty store");
}

} // namespace eventsourcing::detail::sqlite

#endif
