// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_WITHOUT_PRIVILEGES_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_WITHOUT_PRIVILEGES_HPP

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

/// From now on the permissions of files count for this process, also where it is root's, who may do
/// everything. It stays the same user: another one may be unable to reach a folder at all.
inline bool drop_privileges() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    return ::syscall(SYS_capset, &header, none) == 0;
}

#endif
