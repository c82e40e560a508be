// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_FROZEN_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_FROZEN_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/file_path.hpp>
#include <eventsourcing/engines/sqlite/migrate.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>

#include <cerrno>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// A file that is only read, without locks and without a log, as long as it stays the same: its
/// size, its time and its inode, and no log with events next to it.
class FrozenFile {
public:
    /// `path` is resolved.
    FrozenFile(std::string path, std::string store)
        : path_(std::move(path)),
          store_(std::move(store)) {}

    /// Remembers the file as it is now.
    [[nodiscard]] Result<void> begin() {
        if (::stat(path_.c_str(), &first_) != 0)
            return errno == ENOENT ? no_such_file(store_) : could_not_open(store_, errno);
        return check();
    }

    /// Called after each read, before its result is returned.
    [[nodiscard]] Result<void> check() const {
        for (const char* suffix : {"-wal", "-journal"}) {
            struct stat log{};
            if (const std::string path = path_ + suffix;
                ::stat(path.c_str(), &log) == 0 && log.st_size > 0)
                return Error(errc::unavailable,
                             store_ + ": it is opened read-only, but there is a log next to it, " +
                                 in_quotes(path, 256) +
                                 ", which may hold events: end the programs that write to it, or "
                                 "open and close it once with open=existing");
        }
        struct stat now{};
        if (::stat(path_.c_str(), &now) != 0 || now.st_ino != first_.st_ino ||
            now.st_dev != first_.st_dev || now.st_size != first_.st_size || !same_time(now, first_))
            return Error(errc::unavailable,
                         store_ + ": it is opened read-only, but the file was changed, moved or "
                                  "deleted meanwhile: open it again when nothing writes to it");
        return {};
    }

private:
    std::string path_;
    std::string store_;
    struct stat first_{};
};

/// A connection to a file that nothing writes to. A file of an earlier schema is refused, since it
/// can't be migrated.
inline Result<std::unique_ptr<Connection>> open_frozen(const std::string& path,
                                                       const std::string& store) {
    if (auto possible = check_path(path, store); !possible)
        return std::move(possible).error();
    auto opened = Connection::open(path, SqliteOpen::read_only, store);
    if (!opened)
        return opened;
    const auto found = identify(**opened);
    if (!found)
        return found.error();
    if (auto ours = check_identity(*found, store); !ours)
        return std::move(ours).error();
    if (found->is_new())
        return Error(errc::corrupt, store + ": the file is empty; expected a store");
    if (found->version != schema_version)
        return Error(errc::unsupported, store + " has schema " + std::to_string(found->version) +
                                            ", and read-only it can't be brought to schema " +
                                            std::to_string(schema_version) +
                                            ": copy it, and open the copy with open=existing");
    return opened;
}

} // namespace eventsourcing::detail::sqlite

#endif
