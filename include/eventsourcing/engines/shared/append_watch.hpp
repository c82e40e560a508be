// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_APPEND_WATCH_HPP
#define EVENTSOURCING_ENGINES_SHARED_APPEND_WATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace eventsourcing::detail::shared {

/// Knows the last committed position and wakes the callers that wait for a later one: at once when
/// this process appends, and by a regular look at the database when another process does. May be
/// used from several threads at once.
///
/// One of the callers that wait is the looker. All others sleep until something happens. When the
/// looker leaves, it wakes one of them, which becomes the looker. Looks are by the system's clock,
/// since other processes append in its time; deadlines are by that of the environment.
class AppendWatch {
public:
    /// How soon an append by another process is noticed. A look costs some 3 us.
    static constexpr std::chrono::milliseconds look_every{20};

    explicit AppendWatch(const EngineState& state)
        : state_(state),
          changed_(mutex_, state.environment()) {}

    void publish(std::int64_t head) {
        const std::lock_guard lock(mutex_);
        head_ = std::max(head_, head);
        changed_.notify_all();
    }
    /// After the state has ended: ends the wait of all callers.
    void wake_all() {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

    /// True as soon as there is an event after `after`, false at the deadline; if the last look
    /// failed then, its error. `call` has begun. `look()` returns the last position in the
    /// database, as a `Result`.
    template <class Look>
    [[nodiscard]] Result<bool> wait(std::int64_t after, const CallOptions& call, Look look) {
        std::unique_lock lock(mutex_);
        const std::uint64_t looks_before = looks_begun_;
        Looker looker{*this};
        for (;;) {
            if (auto can = state_.usable(); !can)
                return std::move(can).error();
            if (head_ > after)
                return true;
            if (call.stop.stop_requested())
                return wait_stopped(state_.store());
            // What was appended before this call is seen by a look that began after it.
            const bool needs_look = last_look_ <= looks_before;
            if (needs_look && looking_) {
                looked_.wait(lock, [&] { return !looking_; });
            } else if (needs_look ||
                       (looker.is_me && !looking_ && TimedCondition::look_clock() >= next_look_)) {
                const Result<std::int64_t> found = look_unlocked(lock, look);
                if (found && *found > head_) {
                    head_ = *found;
                    changed_.notify_all();
                }
                if (!found && found.error() != errc::unavailable)
                    return found.error();
                trouble_ = found ? std::nullopt : std::optional(found.error());
            } else if (call.deadline && state_.environment().steady_now() >= *call.deadline) {
                return trouble_ ? Result<bool>(*trouble_) : false;
            } else if (!has_looker_) {
                has_looker_ = looker.is_me = true;
            } else {
                sleep(lock, call, looker.is_me, after);
            }
        }
    }

private:
    /// Whether a caller is the looker, and what it does when it leaves. The mutex is held then.
    struct Looker {
        AppendWatch& watch;
        bool is_me = false;

        ~Looker() {
            if (is_me)
                watch.has_looker_ = false;
            // This caller may have been woken to become the looker: another must be woken instead.
            if (!watch.has_looker_)
                watch.changed_.notify_one();
        }
    };

    void sleep(std::unique_lock<std::mutex>& lock, const CallOptions& call, bool is_looker,
               std::int64_t after) {
        const auto woken = [&] {
            return state_.ended() || head_ > after || (!is_looker && !has_looker_);
        };
        if (!is_looker) {
            changed_.wait(lock, call.stop, call.deadline, woken);
            return;
        }
        // the first look of another caller may end after the next one is due
        const auto look =
            looking_
                ? std::max(next_look_, TimedCondition::look_clock() + std::chrono::milliseconds(1))
                : next_look_;
        changed_.wait_or_look(lock, call.stop, call.deadline, look, woken);
    }

    /// Looks without the lock, and takes it again before it returns or throws.
    template <class Look>
    Result<std::int64_t> look_unlocked(std::unique_lock<std::mutex>& lock, Look& look) {
        struct Looking {
            AppendWatch& watch;
            std::unique_lock<std::mutex>& held;
            std::uint64_t number;
            ~Looking() {
                held.lock();
                watch.looking_ = false;
                watch.last_look_ = number;
                watch.next_look_ = TimedCondition::look_clock() + look_every;
                watch.looked_.notify_all();
            }
        };
        looking_ = true;
        const std::uint64_t number = ++looks_begun_;
        lock.unlock();
        const Looking looking{*this, lock, number};
        return look();
    }

    const EngineState& state_;
    std::mutex mutex_;
    TimedCondition changed_;
    std::condition_variable looked_; // a look has ended
    std::int64_t head_ = 0;
    bool has_looker_ = false;
    bool looking_ = false; // one look at a time
    std::uint64_t looks_begun_ = 0;
    std::uint64_t last_look_ = 0; // the number of the last that has ended
    TimedCondition::Clock::time_point next_look_{};
    std::optional<Error> trouble_{}; // why the last look failed
};

} // namespace eventsourcing::detail::shared

#endif
