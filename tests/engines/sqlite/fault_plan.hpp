// SPDX-License-Identifier: MIT
// The one call that fails, and what happens to all that come after it.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_FAULT_PLAN_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_FAULT_PLAN_HPP

#include "engines/sqlite/vfs_shim.hpp"
#include "sanitizer.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace sqlite_tests {

/// A sweep over all the writes of a scenario tries each of them, but every third only where a
/// sanitizer makes them slow.
inline constexpr int sweep_step = has_sanitizer ? 3 : 1;

template <class... Ops>
constexpr std::uint32_t any_of(Ops... ops) {
    return ((1U << static_cast<unsigned>(ops)) | ...);
}

/// The calls that change what is on the disk, or make it durable.
inline constexpr std::uint32_t changing_ops =
    any_of(VfsOp::write, VfsOp::truncate, VfsOp::sync, VfsOp::remove);

struct Fault {
    const char* name;
    std::uint32_t ops;
    int code;
    /// How much of a write is done all the same, in thousandths.
    std::size_t part = 0;
    /// Nothing works any more afterwards: the process or the machine has come to its end.
    bool for_good = false;
};
inline constexpr Fault power_cut{"the end of power", changing_ops, SQLITE_IOERR, 0, true};

/// Lets the n-th call of those that a fault is about fail, on files whose path begins with
/// `prefix`.
class FaultPlan final : public VfsWatcher {
public:
    FaultPlan(std::string prefix, const Fault& fault, int nth)
        : prefix_(std::move(prefix)),
          fault_(fault),
          left_(nth) {}

    /// Whether the call has come.
    [[nodiscard]] bool struck() const { return struck_; }
    /// Whether everything fails.
    [[nodiscard]] bool dead() const { return dead_; }
    /// What is still open comes to its end now, without a chance to do anything more.
    void kill() { dead_ = true; }
    void revive() { dead_ = false; }
    /// The call will not come any more.
    void call_off() { left_ = 0; }

    VfsVerdict before(const VfsCall& call) override {
        if (!call.path.starts_with(prefix_))
            return {};
        const bool lets_go =
            call.op == VfsOp::close || call.op == VfsOp::unlock || call.op == VfsOp::shm_unlock;
        if (dead_)
            return {lets_go, lets_go ? SQLITE_OK : SQLITE_IOERR};
        errno = EIO; // what SQLite is told of a failed open
        if ((fault_.ops & any_of(call.op)) == 0 || --left_ != 0)
            return {};
        struck_ = true;
        dead_ = fault_.for_good;
        return {lets_go, fault_.code, call.data.size() * fault_.part / 1'000};
    }

private:
    std::string prefix_;
    Fault fault_;
    std::atomic<int> left_;
    std::atomic<bool> struck_ = false;
    std::atomic<bool> dead_ = false;
};

} // namespace sqlite_tests

#endif
