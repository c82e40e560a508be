// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_LOCKING_VFS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_LOCKING_VFS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/engines/sqlite/database_lock.hpp>
#include <eventsourcing/engines/sqlite/lock_descriptors.hpp>
#include <eventsourcing/engines/sqlite/shared_memory.hpp>

#include <sqlite3.h>

#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <string_view>
#include <unistd.h>

namespace eventsourcing::detail::sqlite {

/// SQLite's own access to files, with locks that an `open` and `close` of the file elsewhere in
/// this process can't drop. Connections ask for it by name; all other use of SQLite in the process
/// stays as it is.
class LockingVfs {
public:
    /// The name to open a connection with. Null, for SQLite's default, if the system has no such
    /// locks, or the application has replaced SQLite's default.
    [[nodiscard]] static const char* name() noexcept {
        if (!has_descriptor_locks() || sqlite3_initialize() != SQLITE_OK)
            return nullptr;
        sqlite3_vfs* const usual = sqlite3_vfs_find(nullptr);
        if (!usual || std::string_view(usual->zName) != "unix")
            return nullptr;
        static LockingVfs& vfs = make(*usual);
        if (sqlite3_vfs_find(vfs.name_) != &vfs.vfs_ &&
            sqlite3_vfs_register(&vfs.vfs_, 0) != SQLITE_OK)
            return nullptr;
        return vfs.name_;
    }

private:
    struct Locks {
        Locks(const char* path, int lock_descriptor)
            : database_path(path),
              descriptor(lock_descriptor),
              database(lock_descriptor) {}
        Locks(const Locks&) = delete;
        Locks& operator=(const Locks&) = delete;
        ~Locks() {
            memory.unmap(false);
            LockDescriptors::instance().close(descriptor);
        }
        const char* database_path; // SQLite's, valid until the file is closed
        int descriptor;
        DatabaseLock database;
        SharedMemory memory{};
    };
    /// What SQLite takes for its file; SQLite's own file object follows it in memory.
    struct File {
        sqlite3_file base;
        Locks* locks;
    };
    static constexpr std::size_t file_size = (sizeof(File) + alignof(std::max_align_t) - 1) /
                                             alignof(std::max_align_t) * alignof(std::max_align_t);

    /// On the heap and never destroyed: SQLite keeps its address. The name is unique to this copy
    /// of the library; a process may hold several.
    static LockingVfs& make(const sqlite3_vfs& usual) { return *new LockingVfs(usual); }

    explicit LockingVfs(const sqlite3_vfs& usual) : vfs_(usual) {
        constexpr std::string_view begin = "eventsourcing-";
        begin.copy(name_, begin.size());
        std::to_chars(name_ + begin.size(), name_ + sizeof name_ - 1,
                      reinterpret_cast<std::uintptr_t>(this), 16);
        vfs_.pNext = nullptr;
        vfs_.zName = name_;
        vfs_.szOsFile = static_cast<int>(file_size) + usual.szOsFile;
        vfs_.pAppData = const_cast<sqlite3_vfs*>(&usual);
        vfs_.xOpen = &open;
    }

    static sqlite3_file* own(sqlite3_file* file) noexcept {
        return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + file_size);
    }
    static Locks& locks(sqlite3_file* file) noexcept {
        return *reinterpret_cast<File*>(file)->locks;
    }

    static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                    int* out_flags) noexcept {
        auto* const usual = static_cast<sqlite3_vfs*>(vfs->pAppData);
        constexpr int ours = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE;
        if (path == nullptr || (flags & ours) != ours)
            return usual->xOpen(usual, path, file, flags, out_flags);
        // A file that this process may not write needs no protection from its own writes.
        if (::faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0 &&
            ::faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
            return usual->xOpen(usual, path, file, flags, out_flags);
        auto* const made = reinterpret_cast<File*>(file);
        made->base.pMethods = nullptr;
        std::memset(own(file), 0, static_cast<std::size_t>(usual->szOsFile));
        const int code = usual->xOpen(usual, path, own(file), flags, out_flags);
        if (code != SQLITE_OK)
            return code;
        const int opened = add_locks(path, *made);
        if (opened != SQLITE_OK)
            own(file)->pMethods->xClose(own(file));
        return opened;
    }

    static int add_locks(const char* path, File& made) noexcept {
        sqlite3_file* const file = own(&made.base);
        const int descriptor = LockDescriptors::instance().open(path, O_RDWR);
        if (descriptor < 0)
            return SQLITE_CANTOPEN;
        made.locks = new (std::nothrow) Locks(path, descriptor);
        if (!made.locks) {
            LockDescriptors::instance().close(descriptor);
            return SQLITE_NOMEM;
        }
        int moved = 0; // then the locks would be on another file
        if (file->pMethods->xFileControl(file, SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
            moved != 0) {
            delete made.locks;
            return SQLITE_CANTOPEN;
        }
        made.base.pMethods = &methods;
        return SQLITE_OK;
    }

    static int close(sqlite3_file* file) noexcept {
        delete &locks(file);
        return own(file)->pMethods->xClose(own(file));
    }
    static int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 from) noexcept {
        return own(file)->pMethods->xRead(own(file), to, bytes, from);
    }
    static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 to) noexcept {
        return own(file)->pMethods->xWrite(own(file), from, bytes, to);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) noexcept {
        return own(file)->pMethods->xTruncate(own(file), size);
    }
    static int sync(sqlite3_file* file, int flags) noexcept {
        return own(file)->pMethods->xSync(own(file), flags);
    }
    static int size(sqlite3_file* file, sqlite3_int64* out) noexcept {
        return own(file)->pMethods->xFileSize(own(file), out);
    }
    static int control(sqlite3_file* file, int verb, void* value) noexcept {
        return own(file)->pMethods->xFileControl(own(file), verb, value);
    }
    static int sector_size(sqlite3_file* file) noexcept {
        return own(file)->pMethods->xSectorSize(own(file));
    }
    static int characteristics(sqlite3_file* file) noexcept {
        return own(file)->pMethods->xDeviceCharacteristics(own(file));
    }
    static int fetch(sqlite3_file* file, sqlite3_int64 from, int bytes, void** out) noexcept {
        return own(file)->pMethods->xFetch(own(file), from, bytes, out);
    }
    static int unfetch(sqlite3_file* file, sqlite3_int64 from, void* page) noexcept {
        return own(file)->pMethods->xUnfetch(own(file), from, page);
    }

    static int lock(sqlite3_file* file, int level) noexcept {
        return locks(file).database.lock(level);
    }
    static int unlock(sqlite3_file* file, int level) noexcept {
        return locks(file).database.unlock(level);
    }
    static int check_reserved_lock(sqlite3_file* file, int* out) noexcept {
        *out = locks(file).database.is_reserved() ? 1 : 0;
        return SQLITE_OK;
    }
    static int map_memory(sqlite3_file* file, int region, int bytes, int extend,
                          volatile void** out) noexcept {
        Locks& held = locks(file);
        return held.memory.map(held.database_path, held.descriptor, region, bytes, extend != 0,
                               out);
    }
    static int lock_memory(sqlite3_file* file, int first, int count, int flags) noexcept {
        return locks(file).memory.lock(first, count, flags);
    }
    static void memory_barrier(sqlite3_file* /*file*/) noexcept {
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    static int unmap_memory(sqlite3_file* file, int deletes) noexcept {
        locks(file).memory.unmap(deletes != 0);
        return SQLITE_OK;
    }

    static constexpr sqlite3_io_methods methods = {3,
                                                   &close,
                                                   &read,
                                                   &write,
                                                   &truncate,
                                                   &sync,
                                                   &size,
                                                   &lock,
                                                   &unlock,
                                                   &check_reserved_lock,
                                                   &control,
                                                   &sector_size,
                                                   &characteristics,
                                                   &map_memory,
                                                   &lock_memory,
                                                   &memory_barrier,
                                                   &unmap_memory,
                                                   &fetch,
                                                   &unfetch};

    sqlite3_vfs vfs_;
    char name_[40] = {};
};

} // namespace eventsourcing::detail::sqlite

#endif
