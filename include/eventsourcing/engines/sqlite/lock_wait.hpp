// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_LOCK_WAIT_HPP
#define EVENTSOURCING_ENGINES_SQLITE_LOCK_WAIT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// How long one call waits for the locks of the file, and why it gave up; used by SQLite's busy
/// handler. It notices a stop and a closing store within 5 ms.
class LockWait {
public:
    enum class End : std::uint8_t { none, patience, deadline, stopped, closed };
    using Clock = std::chrono::steady_clock;

    /// `call` has begun; `closing` may be null.
    LockWait(const CallOptions& call, std::chrono::milliseconds patience, Environment environment,
             const std::atomic<bool>* closing = nullptr)
        : call_(call),
          patience_(patience),
          environment_(std::move(environment)),
          closing_(closing) {}

    /// For a call that has already waited in this process: its patience began then.
    void began_at(Clock::time_point when) { began_ = when; }
    /// The wait for a checkpoint, which undoes its work when it gives up.
    [[nodiscard]] LockWait& for_checkpoint() {
        for_checkpoint_ = true;
        return *this;
    }
    [[nodiscard]] bool is_for_checkpoint() const { return for_checkpoint_; }

    /// Sleeps a little before the next try. False if there is none; `error` then says why.
    [[nodiscard]] bool again() {
        const auto now = environment_.steady_now();
        if (tries_ == 0)
            patience_ends_ = later(began_.value_or(now), patience_);
        if (call_.stop.stop_requested())
            end_ = End::stopped;
        else if (closing_ && closing_->load(std::memory_order_relaxed))
            end_ = End::closed;
        else if (call_.deadline && now >= *call_.deadline)
            end_ = End::deadline;
        else if (now >= patience_ends_)
            end_ = End::patience;
        if (end_ != End::none)
            return false;

        // a transaction of ours lasts well below a millisecond, except for its fsync
        constexpr std::chrono::microseconds first{100};
        constexpr std::chrono::microseconds longest{5'000};
        Clock::duration pause = std::min(longest, first * (1 << std::min(tries_++, 6)));
        pause = std::min(pause, patience_ends_ - now);
        if (call_.deadline)
            pause = std::min(pause, *call_.deadline - now);
        environment_.sleep(pause);
        return true;
    }

    /// Why it did not get the lock; nothing was done.
    [[nodiscard]] Error error(const std::string& store) const {
        const std::string locked = ": the file was locked by another connection";
        switch (end_) {
        case End::deadline:
            return {errc::timed_out, store + locked + " until the deadline; nothing was done"};
        case End::stopped:
            return {errc::cancelled, store + ": stopped while the file was locked by another "
                                             "connection; nothing was done"};
        case End::closed:
            return {errc::closed, store + ": it was closed"};
        case End::patience:
            return {errc::unavailable, store + locked + " for " +
                                           std::to_string(patience_.count()) +
                                           " ms; nothing was done: try again, or open it with a "
                                           "longer busy_timeout"};
        case End::none:
            break;
        }
        return {errc::unavailable, store + locked + "; nothing was done: try again"};
    }

private:
    const CallOptions& call_;
    std::chrono::milliseconds patience_;
    Environment environment_;
    std::optional<Clock::time_point> began_{};
    Clock::time_point patience_ends_{};
    const std::atomic<bool>* closing_;
    int tries_ = 0;
    End end_ = End::none;
    bool for_checkpoint_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
