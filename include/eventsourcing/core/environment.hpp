// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ENVIRONMENT_HPP
#define EVENTSOURCING_CORE_ENVIRONMENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/random_bits.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/core/uuid7.hpp>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <stop_token>
#include <utility>

namespace eventsourcing {

/// Is told that the clock of an `EnvironmentSource` has moved: a call that waits for a time of it.
class TimeWatcher {
public:
    TimeWatcher(const TimeWatcher&) = delete;
    TimeWatcher& operator=(const TimeWatcher&) = delete;

    /// May lock what the waiting call locks while it asks `steady_now`. It calls nothing of the
    /// source.
    virtual void time_changed() noexcept = 0;

protected:
    TimeWatcher() = default;
    ~TimeWatcher() = default;
};

/// The source of an `Environment` that is not the system: a simulation, or a test's fixed clock.
///
/// All functions may be called from several threads at once. Nothing of the library calls `now`,
/// `new_id` or `sleep`, which may move the clock, while it holds a lock that `time_changed` takes.
class EnvironmentSource {
public:
    EnvironmentSource() = default;
    EnvironmentSource(const EnvironmentSource&) = delete;
    EnvironmentSource& operator=(const EnvironmentSource&) = delete;
    virtual ~EnvironmentSource() = default;

    virtual Timestamp now() = 0;
    /// An id that was never given before.
    virtual Uuid new_id() = 0;
    /// Waits, and returns whether the time passed without a stop.
    virtual bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) = 0;
    /// A number in [0, 1).
    virtual double jitter() = 0;

    /// The time of a clock that never goes back, also when the time of day does. Deadlines are
    /// instants of it.
    virtual std::chrono::steady_clock::time_point steady_now() noexcept = 0;
    /// From now on `watcher.time_changed()` is called each time after `steady_now` has moved, or a
    /// call that waits for a time of this clock never ends. It is called without any lock that
    /// `steady_now` takes. `TimeWatchers` keeps the list.
    virtual void watch(TimeWatcher& watcher) = 0;
    /// Not any more: no `time_changed` of this watcher runs after the return.
    virtual void unwatch(TimeWatcher& watcher) noexcept = 0;
};

namespace detail {

inline Timestamp system_now() {
    std::timespec time{};
    std::timespec_get(&time, TIME_UTC);
    return Timestamp::from_unix(time.tv_sec, time.tv_nsec);
}

inline std::int64_t monotonic_nanoseconds() {
    std::timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Sleeps in one piece, or in pieces of 10 ms if it may be stopped: the core has no threads that
/// could wake it.
inline bool system_sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) {
    constexpr std::int64_t piece = 10'000'000;
    const auto begin = monotonic_nanoseconds();
    for (auto left = duration.count(); !stop.stop_requested();
         left = duration.count() - (monotonic_nanoseconds() - begin)) {
        if (left <= 0)
            return true;
        const auto part = stop.stop_possible() && left > piece ? piece : left;
        const std::timespec time{part / 1'000'000'000, part % 1'000'000'000};
        nanosleep(&time, nullptr); // a signal ends it early
    }
    return false;
}

/// The upper 53 bits, as many as a double holds.
constexpr double unit_interval(std::uint64_t bits) {
    return static_cast<double>(bits >> 11U) * 0x1p-53;
}

} // namespace detail

/// Provides the clocks, ids, sleep and random numbers: those of the system, unless it was made of a
/// source. A handle that is cheap to copy; copies share the source.
///
/// All functions may be called from several threads at once.
class Environment {
public:
    /// The system. It costs no allocation and no virtual call.
    Environment() = default;
    explicit Environment(std::shared_ptr<EnvironmentSource> source) : source_(std::move(source)) {}

    /// The time of day; it may go back when the clock is set.
    [[nodiscard]] Timestamp now() const { return source_ ? source_->now() : detail::system_now(); }

    /// The time of a clock that never goes back: what deadlines are instants of, and what measures
    /// how long something takes. It says nothing about the time of day.
    [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const noexcept {
        return source_ ? source_->steady_now() : std::chrono::steady_clock::now();
    }

    /// A new UUIDv7 of this environment's clock; those of one thread ascend. See `new_uuid7`.
    [[nodiscard]] Uuid new_id() const {
        return source_ ? source_->new_id() : new_uuid7(detail::system_now());
    }
    /// The same for a time that `now` has just returned, which saves reading the clock again.
    [[nodiscard]] Uuid new_id(Timestamp now) const {
        return source_ ? source_->new_id() : new_uuid7(now);
    }

    /// Waits for `duration`; a stop wakes it within 10 ms. Returns whether the time passed without
    /// a stop.
    bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop = {}) const {
        return source_ ? source_->sleep(duration, stop) : detail::system_sleep(duration, stop);
    }

    /// A random number in [0, 1), to spread retries. Of a source's number outside 0 to 1, the
    /// nearest of these.
    [[nodiscard]] double jitter() const {
        if (!source_)
            return detail::unit_interval(detail::random_bits());
        const double jitter = source_->jitter();
        if (!(jitter > 0)) // also what is no number
            return 0;
        return jitter < 1 ? jitter : 1;
    }

    /// Whether it is the same clock: of one source, or both the system.
    bool operator==(const Environment&) const = default;

    /// Whether it is the system: `steady_now` is the system's clock, which moves by itself, so that
    /// a wait needs no watcher.
    [[nodiscard]] bool is_system() const { return !source_; }
    /// See `EnvironmentSource::watch`; the system never calls the watcher.
    void watch(TimeWatcher& watcher) const {
        if (source_)
            source_->watch(watcher);
    }
    void unwatch(TimeWatcher& watcher) const noexcept {
        if (source_)
            source_->unwatch(watcher);
    }

private:
    std::shared_ptr<EnvironmentSource> source_;
};

namespace detail {

/// The environment of a store, `store.environment()`; the system for one that has none.
template <class Store>
[[nodiscard]] Environment environment_of(const Store& store) {
    if constexpr (requires { Environment(store.environment()); })
        return store.environment();
    else
        return {};
}

} // namespace detail

} // namespace eventsourcing

#endif
