// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_MAKE_KEY_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_MAKE_KEY_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/partial_file.hpp>
#include <eventsourcing/engines/sqlite_keys/schema.hpp>

#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite_keys {

/// Makes a key file that only its user reads, if there is none. It comes to its path when it is
/// complete: a file that is empty is never one that some process is just making.
inline Result<void> make_key_file(const std::string& path, const std::string& name,
                                  const Environment& environment) {
    const auto exists = [&] {
        struct stat found{};
        return ::stat(path.c_str(), &found) == 0;
    };
    if (exists())
        return {};
    auto partial = sqlite::PartialFile::create(path, {}, name, environment);
    if (!partial) {
        if (exists()) // another process was faster
            return {};
        if (partial.error() == errc::not_found || partial.error() == errc::denied)
            return sqlite::could_not_open(name, partial.error() == errc::denied ? EACCES : ENOENT);
        return std::move(partial).error();
    }
    {
        auto made = sqlite::Connection::open(partial->path(), SqliteOpen::existing, name);
        if (!made)
            return std::move(made).error();
        if (auto done = make_tables(**made); !done)
            return done;
    }
    auto published = partial->publish();
    if (!published && exists())
        return {};
    return published;
}

} // namespace eventsourcing::detail::sqlite_keys

#endif
