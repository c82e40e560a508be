// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_TIMED_CONDITION_HPP
#define EVENTSOURCING_STORE_TIMED_CONDITION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

// The waits of the library: the only place besides the environment where the system's clock counts.

namespace eventsourcing::detail {

/// A condition variable for calls that also wait for an instant of an environment's clock. By the
/// system's clock it waits as `std::condition_variable_any` does. A clock that is moved wakes all
/// callers each time, and those whose deadline has not passed wait on.
class TimedCondition final : private TimeWatcher {
public:
    using Clock = std::chrono::steady_clock;
    using Deadline = std::optional<Clock::time_point>;

    /// Callers hold `mutex` while they wait. Made and destroyed while nobody holds it.
    TimedCondition(std::mutex& mutex, Environment environment)
        : mutex_(mutex),
          environment_(std::move(environment)) {
        environment_.watch(*this);
    }
    TimedCondition(const TimedCondition&) = delete;
    TimedCondition& operator=(const TimedCondition&) = delete;
    ~TimedCondition() { environment_.unwatch(*this); }

    void notify_one() noexcept { changed_.notify_one(); }
    void notify_all() noexcept { changed_.notify_all(); }

    /// Waits until `done()`, or a stop, or the deadline. Returns whether it is done.
    template <class Done>
    bool wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
              const Deadline& deadline, Done done) {
        if (!deadline)
            return changed_.wait(lock, stop, done);
        if (environment_.is_system())
            return changed_.wait_until(lock, stop, *deadline, done);
        changed_.wait(lock, stop, [&] { return done() || environment_.steady_now() >= *deadline; });
        return done();
    }

    /// The same, but not longer than until `look` of the system's clock: for what other processes
    /// do, which don't know the simulated time.
    template <class Done>
    bool wait_or_look(std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                      const Deadline& deadline, Clock::time_point look, Done done) {
        if (environment_.is_system())
            return changed_.wait_until(lock, stop, std::min(look, deadline.value_or(look)), done);
        changed_.wait_until(lock, stop, look, [&] {
            return done() || (deadline && environment_.steady_now() >= *deadline);
        });
        return done();
    }
    /// What `look` is an instant of.
    [[nodiscard]] static Clock::time_point look_clock() { return Clock::now(); }

private:
    void time_changed() noexcept override {
        // under the lock: otherwise a caller that has just looked at the clock would miss it
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

    std::mutex& mutex_;
    const Environment environment_;
    std::condition_variable_any changed_;
};

/// Waits until `done()`, or an instant of the system's clock. Returns whether it is done.
template <class Done>
bool system_wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                 const TimedCondition::Deadline& deadline, Done done) {
    if (deadline)
        return changed.wait_until(lock, *deadline, done);
    changed.wait(lock, done);
    return true;
}

/// Calls `f` each time after the clock of an environment has moved, while it lives; the clock of
/// the system moves all the time, so for that it does nothing.
template <class F>
class OnTimeChange final : private TimeWatcher {
public:
    OnTimeChange(const Environment& environment, F f)
        : environment_(environment),
          f_(std::move(f)) {
        environment_.watch(*this);
    }
    OnTimeChange(const OnTimeChange&) = delete;
    OnTimeChange& operator=(const OnTimeChange&) = delete;
    ~OnTimeChange() { environment_.unwatch(*this); }

private:
    void time_changed() noexcept override { f_(); }

    const Environment& environment_;
    F f_;
};

} // namespace eventsourcing::detail

#endif
