// SPDX-License-Identifier: MIT
// Preloaded, it makes every fsync and fdatasync cost a millisecond, as a disk does, whatever the
// file is on: LD_PRELOAD=libslow_sync.so PROGRAM. What it measures then repeats from run to run.
#include <ctime>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

int slowly(long call, int file) {
    constexpr timespec disk{.tv_sec = 0, .tv_nsec = 1'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &disk, nullptr);
    return static_cast<int>(::syscall(call, file));
}

} // namespace

extern "C" int fsync(int file) {
    return slowly(SYS_fsync, file);
}
extern "C" int fdatasync(int file) {
    return slowly(SYS_fdatasync, file);
}
