// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SHARED_MEMORY_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SHARED_MEMORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/engines/sqlite/lock_descriptors.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The `-shm` file of one connection: the index of the log, and the locks of the log. The bytes are
/// those that all programs with SQLite use; the locks are held by a descriptor of its own.
class SharedMemory {
public:
    SharedMemory() = default;
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory() { unmap(false); }

    /// SQLite's xShmMap: a region of the file, null if it does not exist and `extend` is false.
    [[nodiscard]] int map(const char* database, int database_descriptor, int region, int size,
                          bool extend, volatile void** out) noexcept {
        *out = nullptr;
        if (descriptor_ < 0)
            if (const int code = open(database, database_descriptor); code != SQLITE_OK)
                return code;
        const auto bytes = static_cast<std::size_t>(size);
        const auto wanted = static_cast<std::size_t>(region) + 1;
        if (regions_.size() < wanted)
            if (const int code = map_up_to(wanted, bytes, extend); code != SQLITE_OK)
                return code;
        if (regions_.size() >= wanted)
            *out = regions_[wanted - 1];
        return SQLITE_OK;
    }

    /// SQLite's xShmLock.
    [[nodiscard]] int lock(int first, int count, int flags) const noexcept {
        if (descriptor_ < 0)
            return SQLITE_IOERR_SHMLOCK;
        const bool unlocks = (flags & SQLITE_SHM_UNLOCK) != 0;
        const int type = unlocks ? F_UNLCK : (flags & SQLITE_SHM_SHARED) != 0 ? F_RDLCK : F_WRLCK;
        if (set_lock(descriptor_, static_cast<short>(type), first_lock + first, count))
            return SQLITE_OK;
        return unlocks ? SQLITE_IOERR_SHMLOCK : SQLITE_BUSY;
    }

    /// SQLite's xShmUnmap. It deletes only under an exclusive lock of the database file.
    void unmap(bool deletes) noexcept {
        for (const Mapping& mapping : mappings_)
            ::munmap(mapping.begin, mapping.bytes);
        mappings_.clear();
        regions_.clear();
        if (descriptor_ < 0)
            return;
        struct stat mine{};
        struct stat found{};
        if (deletes && ::fstat(descriptor_, &mine) == 0 && ::stat(path_.c_str(), &found) == 0 &&
            mine.st_dev == found.st_dev && mine.st_ino == found.st_ino)
            ::unlink(path_.c_str());
        LockDescriptors::instance().close(descriptor_);
        descriptor_ = -1;
    }

private:
    struct Mapping {
        void* begin;
        std::size_t bytes;
    };
    static constexpr off_t first_lock = 120;
    /// Each connection holds a read lock here. One that can get a write lock is the first, and the
    /// content of the file is out of date.
    static constexpr off_t presence = first_lock + SQLITE_SHM_NLOCK;

    [[nodiscard]] int open(const char* database, int database_descriptor) noexcept {
        struct stat of_database{};
        if (::fstat(database_descriptor, &of_database) != 0)
            return SQLITE_IOERR_FSTAT;
        EVENTSOURCING_TRY {
            path_ = std::string(database) + "-shm";
        }
        EVENTSOURCING_CATCH(...) {
            return SQLITE_NOMEM;
        }
        const mode_t mode = of_database.st_mode & 0777U;
        const int descriptor =
            LockDescriptors::instance().open(path_.c_str(), O_RDWR | O_CREAT, mode);
        if (descriptor < 0)
            return SQLITE_CANTOPEN;
        // a user with access to the file gets access to its memory, whatever the umask and
        // whichever user is first
        struct stat found{};
        if (::fstat(descriptor, &found) == 0 && found.st_size == 0) {
            if ((found.st_mode & 0777U) != mode)
                static_cast<void>(::fchmod(descriptor, mode));
            if (::geteuid() == 0 &&
                ::fchown(descriptor, of_database.st_uid, of_database.st_gid) != 0)
                static_cast<void>(0); // as SQLite does: others may then not open it
        }
        const int code = announce(descriptor);
        if (code == SQLITE_OK)
            descriptor_ = descriptor;
        else
            LockDescriptors::instance().close(descriptor);
        return code;
    }

    [[nodiscard]] static int announce(int descriptor) noexcept {
        switch (lock_in_the_way(descriptor, presence, 1)) {
        case F_UNLCK:
            if (!set_lock(descriptor, F_WRLCK, presence, 1))
                return SQLITE_BUSY;
            if (::ftruncate(descriptor, 3) != 0) // no other state has this length
                return SQLITE_IOERR_SHMOPEN;
            break;
        case F_WRLCK:
            return SQLITE_BUSY;
        default:
            break;
        }
        return set_lock(descriptor, F_RDLCK, presence, 1) ? SQLITE_OK : SQLITE_BUSY;
    }

    [[nodiscard]] int map_up_to(std::size_t count, std::size_t bytes, bool extend) noexcept {
        const auto page = static_cast<std::size_t>(std::max(::sysconf(_SC_PAGESIZE), 4096L));
        const std::size_t at_once = std::max<std::size_t>(1, page / bytes);
        count = (count + at_once - 1) / at_once * at_once;
        struct stat found{};
        if (::fstat(descriptor_, &found) != 0)
            return SQLITE_IOERR_SHMSIZE;
        const auto size = static_cast<std::size_t>(found.st_size);
        if (size < count * bytes) {
            if (!extend)
                return SQLITE_OK;
            // Written, not just extended: on a full disk a write fails, while the first use of a
            // page without a block would end the process.
            constexpr std::size_t block = 4096;
            for (std::size_t at = size / block; at < count * bytes / block; ++at)
                if (::pwrite(descriptor_, "", 1, static_cast<off_t>(at * block + block - 1)) != 1)
                    return regions_.empty() && (errno == ENOSPC || errno == EDQUOT)
                               ? SQLITE_FULL
                               : SQLITE_IOERR_SHMSIZE;
        }
        EVENTSOURCING_TRY {
            regions_.reserve(count);
            mappings_.reserve(count);
        }
        EVENTSOURCING_CATCH(...) {
            return SQLITE_NOMEM;
        }
        while (regions_.size() < count) {
            void* const begin = ::mmap(nullptr, bytes * at_once, PROT_READ | PROT_WRITE, MAP_SHARED,
                                       descriptor_, static_cast<off_t>(regions_.size() * bytes));
            if (begin == MAP_FAILED)
                return SQLITE_IOERR_SHMMAP;
            mappings_.push_back({begin, bytes * at_once});
            for (std::size_t i = 0; i < at_once; ++i)
                regions_.push_back(static_cast<char*>(begin) + i * bytes);
        }
        return SQLITE_OK;
    }

    std::string path_;
    int descriptor_ = -1;
    std::vector<Mapping> mappings_;
    std::vector<void*> regions_;
};

} // namespace eventsourcing::detail::sqlite

#endif
