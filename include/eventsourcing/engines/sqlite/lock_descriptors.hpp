// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_LOCK_DESCRIPTORS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_LOCK_DESCRIPTORS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <pthread.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace eventsourcing::detail::sqlite {

// A POSIX lock belongs to the process: it is gone as soon as the process closes any descriptor of
// the file, for example one of an ifstream. An open-file-description lock belongs to one open
// descriptor. Both kinds exclude each other, so other programs need to know nothing of them.
#if defined(F_OFD_SETLK) && defined(F_OFD_GETLK)
inline constexpr bool may_have_descriptor_locks = sizeof(off_t) == 8;
inline constexpr int set_lock_command = F_OFD_SETLK;
inline constexpr int get_lock_command = F_OFD_GETLK;
#else
inline constexpr bool may_have_descriptor_locks = false;
inline constexpr int set_lock_command = F_SETLK;
inline constexpr int get_lock_command = F_GETLK;
#endif

/// Whether the kernel that runs has such locks: some that imitate Linux answer EINVAL.
inline bool has_descriptor_locks() noexcept {
    static const bool has = [] {
        const int any = ::open("/", O_RDONLY | O_CLOEXEC);
        struct flock lock{};
        lock.l_type = F_RDLCK;
        lock.l_whence = SEEK_SET;
        const bool refused =
            any >= 0 && ::fcntl(any, get_lock_command, &lock) == -1 && errno == EINVAL;
        if (any >= 0)
            ::close(any);
        return !refused;
    }();
    return may_have_descriptor_locks && has;
}

/// Sets F_RDLCK, F_WRLCK or F_UNLCK on a range of bytes, without waiting. False if another
/// descriptor has a lock in the way.
inline bool set_lock(int descriptor, short type, off_t from, off_t length) noexcept {
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = from;
    lock.l_len = length;
    int done = 0;
    do
        done = ::fcntl(descriptor, set_lock_command, &lock);
    while (done == -1 && errno == EINTR);
    return done == 0;
}

/// The type of a lock of another descriptor that keeps a write lock from the range, or F_UNLCK.
/// After an error, `unknown`.
inline short lock_in_the_way(int descriptor, off_t from, off_t length,
                             short unknown = F_WRLCK) noexcept {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = from;
    lock.l_len = length;
    if (::fcntl(descriptor, get_lock_command, &lock) == -1)
        return unknown;
    return lock.l_type;
}

/// Whether this process has POSIX locks on the file, as the application's own use of SQLite takes
/// them. Closing any descriptor of the file would drop those.
inline bool has_posix_locks(ino_t inode) {
    const int locks = ::open("/proc/locks", O_RDONLY | O_CLOEXEC);
    if (locks < 0)
        return true; // unknown
    std::string text;
    char some[4096];
    for (ssize_t got = 0; (got = ::read(locks, some, sizeof some)) > 0;)
        text.append(some, static_cast<std::size_t>(got));
    ::close(locks);
    // 1: POSIX  ADVISORY  READ 4711 fd:01:123456 1073741826 1073742335
    const std::string mine = joined({" ", std::to_string(::getpid()), " "});
    const std::string file = joined({":", std::to_string(inode), " "});
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (line.find("POSIX") != line.npos && line.find(mine) != line.npos &&
            line.find(file) != line.npos)
            return true;
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return false;
}

/// The descriptors that hold locks, of all stores of this process.
///
/// A forked child closes its copies at once: a lock lives until the last copy of its descriptor is
/// closed, so a child that lives on would keep the locks of a parent that was killed. A descriptor
/// whose close would drop locks of the application is kept and used again.
class LockDescriptors {
public:
    /// Never destroyed: a store in a static variable may be closed after everything else.
    static LockDescriptors& instance() {
        static auto& all = *new LockDescriptors;
        return all;
    }

    /// A descriptor of the file at `path`, or -1.
    [[nodiscard]] int open(const char* path, int flags, mode_t mode = 0) noexcept {
        const std::lock_guard lock(mutex_);
        struct stat found{};
        if (::stat(path, &found) == 0)
            for (Entry& entry : entries_)
                if (!entry.used && entry.file == FileKey{found.st_dev, found.st_ino} &&
                    (entry.for_writing || (flags & O_ACCMODE) == O_RDONLY)) {
                    entry.used = true;
                    return entry.descriptor;
                }
        int descriptor = -1;
        do
            descriptor = ::open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
        while (descriptor == -1 && errno == EINTR);
        if (descriptor < 0)
            return -1;
        EVENTSOURCING_TRY {
            if (::fstat(descriptor, &found) == 0) {
                entries_.push_back({descriptor,
                                    {found.st_dev, found.st_ino},
                                    (flags & O_ACCMODE) != O_RDONLY,
                                    true});
                return descriptor;
            }
        }
        EVENTSOURCING_CATCH(...) { // no memory
        }
        ::close(descriptor);
        errno = ENOMEM;
        return -1;
    }

    /// Releases all locks of the descriptor.
    void close(int descriptor) noexcept {
        if (descriptor < 0)
            return;
        set_lock(descriptor, F_UNLCK, 0, 0);
        const std::lock_guard lock(mutex_);
        const auto mine = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
            return entry.descriptor == descriptor;
        });
        if (mine == entries_.end())
            return;
        mine->used = false;
        const FileKey file = mine->file;
        bool keep = true;
        EVENTSOURCING_TRY {
            keep = has_posix_locks(file.inode);
        }
        EVENTSOURCING_CATCH(...) { // no memory
        }
        if (keep)
            return;
        std::erase_if(entries_, [&](const Entry& entry) {
            return !entry.used && entry.file == file && ::close(entry.descriptor) <= 0;
        });
    }

private:
    struct Entry {
        int descriptor;
        FileKey file;
        bool for_writing; ///< a write lock needs that
        bool used;
    };

    LockDescriptors() {
        ::pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                         [] { instance().close_in_child(); });
    }
    void close_in_child() {
        for (const Entry& entry : entries_)
            ::close(entry.descriptor);
        entries_.clear();
        mutex_.unlock();
    }

    std::mutex mutex_;
    std::vector<Entry> entries_;
};

} // namespace eventsourcing::detail::sqlite

#endif
