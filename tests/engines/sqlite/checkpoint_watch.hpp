// SPDX-License-Identifier: MIT
// Whether the log is copied into the file under the write lock.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_CHECKPOINT_WATCH_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_CHECKPOINT_WATCH_HPP

#include "engines/sqlite/vfs_shim.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace sqlite_tests {

/// Follows the locks of each connection, and judges every write to a main file. One is safe from
/// the WAL-reset bug while its connection holds the write lock of the log (slot 0 of the shared
/// memory), so that no connection can restart the log, or has the file for itself alone (an
/// exclusive lock of the file, which each other connection's shared lock would refuse), as it has
/// to make a file and at the close of the last connection.
class CheckpointWatch final : public VfsWatcher {
public:
    /// The files whose path begins with `prefix`.
    explicit CheckpointWatch(std::string prefix) : prefix_(std::move(prefix)) {}

    struct Counts {
        int under_write_lock = 0;
        int alone = 0;
        int unprotected = 0;
    };
    [[nodiscard]] Counts counts() const {
        const std::lock_guard lock(mutex_);
        return counts_;
    }

    VfsVerdict before(const VfsCall& call) override {
        const bool changes = call.op == VfsOp::write || call.op == VfsOp::truncate;
        if (!call.path.starts_with(prefix_) || !call.is_main_file())
            return {};
        const std::lock_guard lock(mutex_);
        Locks& held = locks_[call.file];
        if (changes && held.writes)
            ++counts_.under_write_lock;
        else if (changes && held.level == SQLITE_LOCK_EXCLUSIVE)
            ++counts_.alone;
        else if (changes)
            ++counts_.unprotected;
        if (call.op == VfsOp::shm_unlock && is_write_lock(call)) // gone, whatever comes of it
            held.writes = false;
        if (call.op == VfsOp::unlock)
            held.level = call.level;
        return {};
    }
    void after(const VfsCall& call, int code, std::size_t) override {
        if (!call.path.starts_with(prefix_) || !call.is_main_file())
            return;
        const std::lock_guard lock(mutex_);
        if (call.op == VfsOp::close)
            locks_.erase(call.file);
        if (code != SQLITE_OK)
            return;
        if (call.op == VfsOp::shm_lock && call.exclusive && is_write_lock(call))
            locks_[call.file].writes = true;
        if (call.op == VfsOp::lock)
            locks_[call.file].level = call.level;
    }

private:
    struct Locks {
        int level = SQLITE_LOCK_NONE;
        bool writes = false;
    };
    static bool is_write_lock(const VfsCall& call) { return call.slot == 0 && call.slots > 0; }

    std::string prefix_;
    mutable std::mutex mutex_;
    std::map<const void*, Locks> locks_;
    Counts counts_;
};

} // namespace sqlite_tests

#endif
