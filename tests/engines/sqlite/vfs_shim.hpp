// SPDX-License-Identifier: MIT
// A SQLite VFS in front of the default one, which shows every call that matters to a watcher.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_VFS_SHIM_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_VFS_SHIM_HPP

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sqlite_tests {

enum class VfsOp : std::uint8_t {
    open,
    close,
    remove,
    read,
    write,
    truncate,
    sync,
    lock,   // of the file: `level` is SQLITE_LOCK_SHARED and up
    unlock, // of the file: `level` is what remains
    shm_map,
    shm_lock,   // `slot`, `slots` and `exclusive` say which
    shm_unlock, // the same
};

/// One call. `file` is the same for all calls of one connection to the main file, its locks and its
/// shared memory included.
struct VfsCall {
    VfsOp op;
    std::string_view path;
    const void* file = nullptr;
    /// Of what SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL and so on a file was opened with.
    int open_flags = 0;
    std::string_view data{}; // of a write
    std::int64_t offset = 0; // of a write or read; the size of a truncate
    int level = 0;
    int slot = 0;
    int slots = 0;
    bool exclusive = false;
    /// A removal that is durable when it answers.
    bool sync_directory = false;

    [[nodiscard]] bool is_main_file() const { return (open_flags & SQLITE_OPEN_MAIN_DB) != 0; }
};

/// What becomes of a call.
struct VfsVerdict {
    /// Whether the default VFS does it.
    bool done = true;
    /// What it answers, if not what the default VFS does.
    int code = SQLITE_OK;
    /// How much of a write is done that is not done as a whole.
    std::size_t bytes = 0;
};

/// Watchers are asked by any thread, and may themselves do what they like but call SQLite.
class VfsWatcher {
public:
    VfsWatcher() = default;
    VfsWatcher(const VfsWatcher&) = delete;
    VfsWatcher& operator=(const VfsWatcher&) = delete;
    virtual ~VfsWatcher() = default;
    /// Before the call. The first of several watchers with an objection decides.
    virtual VfsVerdict before(const VfsCall&) { return {}; }
    /// After it, also where it failed. `written` counts the bytes of a write that were written.
    virtual void after(const VfsCall&, int /*code*/, std::size_t /*written*/) {}
};

/// The default VFS of SQLite while it lives; every store that is opened meanwhile goes through it,
/// and must be closed before it ends.
class VfsShim {
public:
    explicit VfsShim(std::vector<VfsWatcher*> watchers)
        : watchers_(std::move(watchers)),
          real_(sqlite3_vfs_find(nullptr)),
          own_(*real_) {
        own_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        own_.zName = "es-shim";
        own_.pAppData = this;
        own_.pNext = nullptr;
        own_.xOpen = &VfsShim::open;
        own_.xDelete = &VfsShim::remove;
        own_.xAccess = [](sqlite3_vfs* vfs, const char* name, int flags, int* out) {
            return real(vfs)->xAccess(real(vfs), name, flags, out);
        };
        own_.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int size, char* out) {
            return real(vfs)->xFullPathname(real(vfs), name, size, out);
        };
        own_.xRandomness = [](sqlite3_vfs* vfs, int size, char* out) {
            return real(vfs)->xRandomness(real(vfs), size, out);
        };
        own_.xSleep = [](sqlite3_vfs* vfs, int microseconds) {
            return real(vfs)->xSleep(real(vfs), microseconds);
        };
        own_.xCurrentTime = [](sqlite3_vfs* vfs, double* out) {
            return real(vfs)->xCurrentTime(real(vfs), out);
        };
        own_.xCurrentTimeInt64 = [](sqlite3_vfs* vfs, sqlite3_int64* out) {
            return real(vfs)->xCurrentTimeInt64(real(vfs), out);
        };
        own_.xGetLastError = [](sqlite3_vfs* vfs, int size, char* out) {
            return real(vfs)->xGetLastError(real(vfs), size, out);
        };
        sqlite3_vfs_register(&own_, 1);
    }
    ~VfsShim() {
        sqlite3_vfs_unregister(&own_);
        sqlite3_vfs_register(real_, 1);
    }
    VfsShim(const VfsShim&) = delete;
    VfsShim& operator=(const VfsShim&) = delete;

    /// Whether the disk says that what was written before keeps whole when power is lost at the
    /// write of its neighbour, as it does by default.
    bool powersafe_overwrite = true;

private:
    /// What SQLite takes for the file; that of the default VFS follows it in memory.
    struct File {
        sqlite3_file base;
        VfsShim* shim;
        std::string path;
        int open_flags;
    };

    static VfsShim& self(sqlite3_vfs* vfs) { return *static_cast<VfsShim*>(vfs->pAppData); }
    static sqlite3_vfs* real(sqlite3_vfs* vfs) { return self(vfs).real_; }
    static File& mine(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
    static sqlite3_file* real(sqlite3_file* file) {
        return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
    }

    static VfsCall call_of(sqlite3_file* file, VfsOp op) {
        const File& own = mine(file);
        VfsCall call{.op = op, .path = own.path};
        call.file = file;
        call.open_flags = own.open_flags;
        return call;
    }

    /// Lets the watchers see the call that `forward()` does.
    template <class F>
    int watched(const VfsCall& call, F forward) {
        VfsVerdict verdict;
        for (VfsWatcher* watcher : watchers_) {
            verdict = watcher->before(call);
            if (!verdict.done || verdict.code != SQLITE_OK)
                break;
        }
        int code = verdict.code;
        std::size_t written = verdict.done ? call.data.size() : verdict.bytes;
        if (verdict.done || verdict.bytes > 0) {
            const int answer = forward(written);
            if (code == SQLITE_OK)
                code = answer;
            if (answer != SQLITE_OK)
                written = 0;
        }
        for (VfsWatcher* watcher : watchers_)
            watcher->after(call, code, written);
        return code;
    }
    template <class F>
    static int watched(sqlite3_file* file, const VfsCall& call, F forward) {
        return mine(file).shim->watched(call, forward);
    }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                    int* out_flags) {
        File& own = *new (file) File{{nullptr}, &self(vfs), name ? name : "", flags};
        const int code = self(vfs).watched(call_of(file, VfsOp::open), [&](std::size_t) {
            return real(vfs)->xOpen(real(vfs), name, real(file), flags, out_flags);
        });
        if (code == SQLITE_OK)
            own.base.pMethods = &methods();
        else
            own.~File(); // without methods it is never closed
        return code;
    }
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
        VfsCall call{.op = VfsOp::remove, .path = name};
        call.sync_directory = sync_directory != 0;
        return self(vfs).watched(
            call, [&](std::size_t) { return real(vfs)->xDelete(real(vfs), name, sync_directory); });
    }

    static int close(sqlite3_file* file) {
        const int code = watched(file, call_of(file, VfsOp::close), [&](std::size_t) {
            return real(file)->pMethods->xClose(real(file));
        });
        mine(file).~File();
        return code;
    }
    static int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
        VfsCall call = call_of(file, VfsOp::read);
        call.offset = offset;
        return watched(file, call, [&](std::size_t) {
            return real(file)->pMethods->xRead(real(file), out, size, offset);
        });
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        VfsCall call = call_of(file, VfsOp::write);
        call.data = {static_cast<const char*>(data), static_cast<std::size_t>(size)};
        call.offset = offset;
        return watched(file, call, [&](std::size_t bytes) {
            return real(file)->pMethods->xWrite(real(file), data, static_cast<int>(bytes), offset);
        });
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        VfsCall call = call_of(file, VfsOp::truncate);
        call.offset = size;
        return watched(file, call, [&](std::size_t) {
            return real(file)->pMethods->xTruncate(real(file), size);
        });
    }
    static int sync(sqlite3_file* file, int flags) {
        return watched(file, call_of(file, VfsOp::sync),
                       [&](std::size_t) { return real(file)->pMethods->xSync(real(file), flags); });
    }
    static int lock(sqlite3_file* file, int level) {
        VfsCall call = call_of(file, VfsOp::lock);
        call.level = level;
        return watched(file, call,
                       [&](std::size_t) { return real(file)->pMethods->xLock(real(file), level); });
    }
    static int unlock(sqlite3_file* file, int level) {
        VfsCall call = call_of(file, VfsOp::unlock);
        call.level = level;
        return watched(file, call, [&](std::size_t) {
            return real(file)->pMethods->xUnlock(real(file), level);
        });
    }
    static int shm_map(sqlite3_file* file, int region, int size, int extend,
                       volatile void** memory) {
        return watched(file, call_of(file, VfsOp::shm_map), [&](std::size_t) {
            return real(file)->pMethods->xShmMap(real(file), region, size, extend, memory);
        });
    }
    static int shm_lock(sqlite3_file* file, int slot, int slots, int flags) {
        VfsCall call =
            call_of(file, (flags & SQLITE_SHM_LOCK) != 0 ? VfsOp::shm_lock : VfsOp::shm_unlock);
        call.slot = slot;
        call.slots = slots;
        call.exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
        return watched(file, call, [&](std::size_t) {
            return real(file)->pMethods->xShmLock(real(file), slot, slots, flags);
        });
    }
    static int device_characteristics(sqlite3_file* file) {
        const int all = real(file)->pMethods->xDeviceCharacteristics(real(file));
        return mine(file).shim->powersafe_overwrite ? all : all & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
    }
    static int file_control(sqlite3_file* file, int what, void* argument) {
        if (what == SQLITE_FCNTL_POWERSAFE_OVERWRITE && !mine(file).shim->powersafe_overwrite) {
            *static_cast<int*>(argument) = 0;
            return SQLITE_OK;
        }
        return real(file)->pMethods->xFileControl(real(file), what, argument);
    }

    /// Nothing is mapped into memory, so that every read and write is seen.
    static const sqlite3_io_methods& methods() {
        static const sqlite3_io_methods all{
            .iVersion = 2,
            .xClose = &VfsShim::close,
            .xRead = &VfsShim::read,
            .xWrite = &VfsShim::write,
            .xTruncate = &VfsShim::truncate,
            .xSync = &VfsShim::sync,
            .xFileSize =
                [](sqlite3_file* file, sqlite3_int64* size) {
                    return real(file)->pMethods->xFileSize(real(file), size);
                },
            .xLock = &VfsShim::lock,
            .xUnlock = &VfsShim::unlock,
            .xCheckReservedLock =
                [](sqlite3_file* file, int* out) {
                    return real(file)->pMethods->xCheckReservedLock(real(file), out);
                },
            .xFileControl = &VfsShim::file_control,
            .xSectorSize =
                [](sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); },
            .xDeviceCharacteristics = &VfsShim::device_characteristics,
            .xShmMap = &VfsShim::shm_map,
            .xShmLock = &VfsShim::shm_lock,
            .xShmBarrier =
                [](sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); },
            .xShmUnmap =
                [](sqlite3_file* file, int remove) {
                    return real(file)->pMethods->xShmUnmap(real(file), remove);
                },
            .xFetch = nullptr,
            .xUnfetch = nullptr,
        };
        return all;
    }

    std::vector<VfsWatcher*> watchers_;
    sqlite3_vfs* real_;
    sqlite3_vfs own_;
};

} // namespace sqlite_tests

#endif
