// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ENVIRONMENT_HPP
#define EVENTSOURCING_CORE_ENVIRONMENT_HPP

#include <eventsourcing/core/random_bits.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/core/uuid7.hpp>

#include <condition_variable> // and std::chrono::nanoseconds, without the calendars of <chrono>
#include <ctime>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

namespace eventsourcing {

/// What an `Environment` asks when it is not the system: a simulation, a test's fixed clock.
///
/// All functions may be called from several threads at once.
class EnvironmentSource {
public:
    EnvironmentSource() = default;
    EnvironmentSource(const EnvironmentSource&) = delete;
    EnvironmentSource& operator=(const EnvironmentSource&) = delete;
    virtual ~EnvironmentSource() = default;

    virtual Timestamp now() = 0;
    /// An id that was never given before.
    virtual Uuid new_id() = 0;
    /// Waits, and says whether the time passed without a stop.
    virtual bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) = 0;
    /// A number in [0, 1).
    virtual double jitter() = 0;
};

namespace detail {

inline Timestamp system_now() {
    std::timespec time{};
    std::timespec_get(&time, TIME_UTC);
    return Timestamp::from_unix(time.tv_sec, time.tv_nsec);
}

inline bool system_sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable wake;
    const std::stop_callback on_stop{stop, [&] {
                                         const std::lock_guard lock{mutex};
                                         wake.notify_all();
                                     }};
    std::unique_lock lock{mutex};
    // half of the range, so that the deadline has no overflow: 146 years
    const auto longest = std::chrono::nanoseconds::max() / 2;
    return !wake.wait_for(lock, duration < longest ? duration : longest,
                          [&] { return stop.stop_requested(); });
}

/// The upper 53 bits, as many as a double holds.
constexpr double unit_interval(std::uint64_t bits) {
    return static_cast<double>(bits >> 11U) * 0x1p-53;
}

} // namespace detail

/// Where the clock, ids, sleep and chance come from: the system, unless it was made of a source.
/// A handle that is cheap to copy; copies share the source.
///
/// All functions may be called from several threads at once.
class Environment {
public:
    /// The system. It costs no allocation and no virtual call.
    Environment() = default;
    explicit Environment(std::shared_ptr<EnvironmentSource> source) : source_(std::move(source)) {}

    /// The time of day; it may go back when the clock is set.
    [[nodiscard]] Timestamp now() const { return source_ ? source_->now() : detail::system_now(); }

    /// A new UUIDv7 of this environment's clock; those of one thread ascend. See `new_uuid7`.
    [[nodiscard]] Uuid new_id() const {
        return source_ ? source_->new_id() : new_uuid7(detail::system_now());
    }

    /// Waits for `duration`, and wakes at once when a stop is requested. Answers whether the time
    /// passed without a stop; no time passes for a duration of 0 or less.
    bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop = {}) const {
        return source_ ? source_->sleep(duration, stop) : detail::system_sleep(duration, stop);
    }

    /// A random number in [0, 1), to spread retries.
    [[nodiscard]] double jitter() const {
        return source_ ? source_->jitter() : detail::unit_interval(detail::random_bits());
    }

private:
    std::shared_ptr<EnvironmentSource> source_;
};

} // namespace eventsourcing

#endif
