// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_PARTIAL_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_PARTIAL_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// A file that is written next to its final path, and moved there in one step when it is complete;
/// removed if that does not happen. A process that is killed leaves `TARGET.partial-...`.
class PartialFile {
public:
    PartialFile(PartialFile&& other) noexcept
        : target_(std::move(other.target_)),
          path_(std::exchange(other.path_, {})),
          what_(std::move(other.what_)) {}
    PartialFile& operator=(PartialFile&&) = delete;
    ~PartialFile() {
        if (!path_.empty())
            ::unlink(path_.c_str());
    }

    /// Makes an empty one with the access rights of the file `like`. `errc::invalid` if there is
    /// something at `target`. Messages begin with `what`.
    [[nodiscard]] static Result<PartialFile> create(const std::string& target,
                                                    const std::string& like, std::string what,
                                                    const Environment& environment) {
        struct stat found{};
        if (::lstat(target.c_str(), &found) == 0)
            return Error(errc::invalid, what + occupied);
        constexpr mode_t own = S_IRUSR | S_IWUSR; // also if `like` may only be read
        const mode_t mode = ::stat(like.c_str(), &found) == 0 ? (found.st_mode & 0777U) | own : own;
        PartialFile made(target, std::move(what));
        std::string path = target + ".partial-" + environment.new_id().to_string();
        const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
        if (file < 0)
            return made.failed("the file can't be made", errno);
        made.path_ = std::move(path);
        ::close(file);
        return made;
    }

    [[nodiscard]] const std::string& path() const { return path_; }

    /// Syncs the file, moves it to its final path, which must still be free, and syncs the folder.
    [[nodiscard]] Result<void> publish() {
        if (const int code = sync_file(path_); code != 0)
            return failed("the file can't be synced", code);
        if (const int code = move_to_target(); code != 0)
            return code == EEXIST ? Error(errc::invalid, what_ + occupied)
                                  : failed("the file can't be moved to its path", code);
        const auto slash = target_.rfind('/');
        const std::string folder = slash == target_.npos ? "." : target_.substr(0, slash + 1);
        if (const int code = sync_file(folder); code != 0) {
            ::unlink(target_.c_str());
            return failed("its folder can't be synced", code);
        }
        return {};
    }

private:
    static constexpr const char* occupied =
        ": there is something at this path already, which was left as it is: name another path";

    PartialFile(std::string target, std::string what)
        : target_(std::move(target)),
          what_(std::move(what)) {}

    /// Neither such a move nor a link replaces an existing file, but a link gives the file two
    /// names for a moment. Without both, a check before the rename must do.
    int move_to_target() {
#if defined(RENAME_NOREPLACE)
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) ==
            0) {
            path_.clear();
            return 0;
        }
        // of a file system, a kernel or a sandbox that can't
        if (errno != EINVAL && errno != ENOSYS && errno != EPERM)
            return errno;
#endif
        if (::link(path_.c_str(), target_.c_str()) == 0) {
            ::unlink(std::exchange(path_, {}).c_str());
            return 0;
        }
        if (errno != EPERM && errno != ENOTSUP && errno != EOPNOTSUPP && errno != ENOSYS)
            return errno;
        struct stat found{};
        if (::lstat(target_.c_str(), &found) == 0)
            return EEXIST;
        if (::rename(path_.c_str(), target_.c_str()) != 0)
            return errno;
        path_.clear();
        return 0;
    }

    [[nodiscard]] Error failed(const char* problem, int code) const {
        const errc kind = code == ENOENT || code == ENOTDIR                  ? errc::not_found
                          : code == EACCES || code == EPERM || code == EROFS ? errc::denied
                          : code == ENAMETOOLONG                             ? errc::invalid
                                                                             : errc::unavailable;
        return {kind, what_ + ": " + problem + ": " + std::generic_category().message(code) +
                          "; nothing is left at this path"};
    }

    std::string target_;
    std::string path_{};
    std::string what_;
};

} // namespace eventsourcing::detail::sqlite

#endif
