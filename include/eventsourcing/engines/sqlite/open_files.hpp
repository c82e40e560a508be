// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_OPEN_FILES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_OPEN_FILES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/fork_epoch.hpp>
#include <eventsourcing/core/result.hpp>

#include <algorithm>
#include <cstdint>
#include <dirent.h>
#include <memory>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// A file, whatever its path.
struct FileKey {
    dev_t device;
    ino_t inode;

    bool operator==(const FileKey&) const = default;
};

/// Whether a file was not written to between the two.
inline bool same_time(const struct stat& one, const struct stat& other) {
#if defined(__APPLE__)
    return one.st_mtimespec.tv_sec == other.st_mtimespec.tv_sec &&
           one.st_mtimespec.tv_nsec == other.st_mtimespec.tv_nsec;
#else
    return one.st_mtim.tv_sec == other.st_mtim.tv_sec &&
           one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
#endif
}

/// Whether a descriptor of this process is one of the file; true if the system does not say.
/// Looks at all descriptors.
inline bool this_process_has_open(FileKey file) noexcept {
#if defined(__linux__)
    const char* const descriptors = "/proc/self/fd";
#else
    const char* const descriptors = "/dev/fd";
#endif
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(descriptors), &::closedir);
    if (!folder)
        return true;
    while (const dirent* const entry = ::readdir(folder.get())) {
        struct stat found{};
        if (::fstatat(::dirfd(folder.get()), entry->d_name, &found, 0) == 0 &&
            file == FileKey{found.st_dev, found.st_ino})
            return true;
    }
    return false;
}

/// The files that stores of this process have open, and those that its parent had open when it was
/// forked.
///
/// SQLite counts in memory the locks that a process has on a file. A child inherits the counts, but
/// not the locks. If it used the connections of its parent, or opened its own to the same file, it
/// would believe itself protected by locks that do not exist.
struct OpenFiles {
    struct Entry {
        FileKey file;
        std::uint32_t epoch;
    };
    std::mutex mutex;
    std::vector<Entry> entries;

    /// Never destroyed: a store in a static variable may be closed after everything else.
    static OpenFiles& instance() {
        static auto& files = *new OpenFiles;
        return files;
    }
};

/// Refuses to open a file that the parent of this process had open when it was forked.
inline Result<void> refuse_inherited(FileKey file, const std::string& store) {
    OpenFiles& files = OpenFiles::instance();
    const std::lock_guard lock(files.mutex);
    const std::uint32_t epoch = fork_epoch();
    if (std::any_of(files.entries.begin(), files.entries.end(), [&](const OpenFiles::Entry& entry) {
            return entry.file == file && entry.epoch != epoch;
        }))
        return Error(errc::unsupported,
                     store + ": this process was forked from one that had the file open, and "
                             "SQLite can't use it in both: open stores after the fork, or exec");
    return {};
}

/// While it lives the file counts as open, and forever in children that are forked meanwhile.
class OpenFile {
public:
    explicit OpenFile(FileKey file) : file_(file) {
        OpenFiles& files = OpenFiles::instance();
        const std::lock_guard lock(files.mutex);
        files.entries.push_back({file, epoch_});
    }
    ~OpenFile() {
        OpenFiles& files = OpenFiles::instance();
        const std::lock_guard lock(files.mutex);
        const auto mine = std::find_if(files.entries.begin(), files.entries.end(),
                                       [&](const OpenFiles::Entry& entry) {
                                           return entry.file == file_ && entry.epoch == epoch_;
                                       });
        if (mine != files.entries.end())
            files.entries.erase(mine);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

private:
    FileKey file_;
    std::uint32_t epoch_ = fork_epoch();
};

} // namespace eventsourcing::detail::sqlite

#endif
