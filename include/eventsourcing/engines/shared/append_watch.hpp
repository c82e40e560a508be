// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_APPEND_WATCH_HPP
#define EVENTSOURCING_ENGINES_SHARED_APPEND_WATCH_HPP

#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace eventsourcing::detail::shared {

/// Knows the last committed position and wakes the callers that wait for a later one: at once when
/// this process appends, and by a regular look at the database when another process does. May be
/// used from several threads at once.
class AppendWatch {
public:
    /// How soon an append by another process is noticed. A look costs some 3 us.
    static constexpr std::chrono::milliseconds look_every{20};

    explicit AppendWatch(const EngineState& state) : state_(state) {}

    void publish(std::int64_t head) {
        const std::lock_guard lock(mutex_);
        head_ = std::max(head_, head);
        changed_.notify_all();
    }
    /// After the state has ended: answers all callers that wait.
    void wake_all() {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

    /// True as soon as there is an event after `after`, false at the deadline. `look()` answers the
    /// last position in the database, as a `Result`.
    template <class Look>
    [[nodiscard]] Result<bool> wait(std::int64_t after, const CallOptions& call, Look look) {
        using Clock = std::chrono::steady_clock;
        std::unique_lock lock(mutex_);
        for (bool looked = false;;) {
            if (auto can = state_.usable(); !can)
                return std::move(can).error();
            if (head_ > after)
                return true;
            if (call.stop.stop_requested())
                return Error(errc::cancelled,
                             state_.store() + ": waiting for an append was stopped");
            const auto now = Clock::now();
            // one of those who wait looks for all of them, but each looks when it begins
            if (!looked || (!looking_ && now >= next_look_)) {
                looked = true;
                const Result<std::int64_t> found = look_unlocked(lock, look);
                if (found && *found > head_) {
                    head_ = *found;
                    changed_.notify_all();
                }
                if (!found && found.error() != errc::unavailable)
                    return found.error();
                continue;
            }
            if (call.deadline && now >= *call.deadline)
                return false;
            auto until = looking_ ? now + look_every : next_look_;
            if (call.deadline)
                until = std::min<Clock::time_point>(until, *call.deadline);
            changed_.wait_until(lock, call.stop, until,
                                [&] { return state_.ended() || head_ > after; });
        }
    }

private:
    /// Looks without the lock, and takes it again before it answers or throws.
    template <class Look>
    Result<std::int64_t> look_unlocked(std::unique_lock<std::mutex>& lock, Look& look) {
        struct Looking {
            AppendWatch& watch;
            std::unique_lock<std::mutex>& held;
            ~Looking() {
                held.lock();
                watch.looking_ = false;
                watch.next_look_ = std::chrono::steady_clock::now() + look_every;
            }
        };
        looking_ = true;
        lock.unlock();
        const Looking looking{*this, lock};
        return look();
    }

    const EngineState& state_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::int64_t head_ = 0;
    bool looking_ = false;
    std::chrono::steady_clock::time_point next_look_{};
};

} // namespace eventsourcing::detail::shared

#endif
