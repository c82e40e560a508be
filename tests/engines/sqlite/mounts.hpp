// SPDX-License-Identifier: MIT
// Mounts that only the calling process sees, where it may make them.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_MOUNTS_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_MOUNTS_HPP

#include <sched.h>
#include <string>
#include <sys/mount.h>

namespace sqlite_tests {

/// The exit code of a child that may make no mounts, so that its test shows nothing.
inline constexpr int no_mounts_here = 77;

/// From now on the mounts of this process are its own.
inline bool separate_mounts() {
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// Makes the file or folder `what` exist at `where`, too, which must exist.
inline bool bind_mount(const std::string& what, const std::string& where) {
    return ::mount(what.c_str(), where.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

/// A file system in memory.
inline bool mount_memory(const std::string& where) {
    return ::mount("none", where.c_str(), "tmpfs", 0, "size=16m") == 0;
}
inline bool make_read_only(const std::string& where) {
    return ::mount("none", where.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

} // namespace sqlite_tests

#endif
