// SPDX-License-Identifier: MIT
// Writes that the system refuses, below SQLite's own access to files.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_FAILING_WRITES_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_FAILING_WRITES_HPP

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <sys/types.h>
#include <unistd.h>

namespace sqlite_tests {

inline std::atomic<int> writes_fail{0}; // with this errno, or not

/// While it lives, SQLite's writes to files can be made to fail.
class FailingWrites {
public:
    FailingWrites() {
        for (const char* name : {"pwrite", "pwrite64"})
            vfs_->xSetSystemCall(vfs_, name, reinterpret_cast<sqlite3_syscall_ptr>(&write_at));
    }
    ~FailingWrites() {
        writes_fail = 0;
        for (const char* name : {"pwrite", "pwrite64"})
            vfs_->xSetSystemCall(vfs_, name, nullptr);
    }
    FailingWrites(const FailingWrites&) = delete;
    FailingWrites& operator=(const FailingWrites&) = delete;

private:
    static ssize_t write_at(int file, const void* bytes, std::size_t size, off_t offset) {
        if (writes_fail != 0) {
            errno = writes_fail;
            return -1;
        }
        return ::pwrite(file, bytes, size, offset);
    }
    sqlite3_vfs* vfs_ = sqlite3_vfs_find(nullptr);
};

} // namespace sqlite_tests

#endif
