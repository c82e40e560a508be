// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_FIXED_ENVIRONMENT_HPP
#define EVENTSOURCING_TESTING_FIXED_ENVIRONMENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/testing/time_watchers.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

namespace eventsourcing {

/// How a `FixedEnvironment` begins and what it returns.
struct FixedEnvironmentOptions {
    /// What `now` returns first: 2026-01-01T00:00:00Z.
    Timestamp start = Timestamp::from_unix(1'767'225'600);
    /// How far each call of `now` moves the clock forward after reading it.
    std::chrono::nanoseconds step{0};
    /// Other seeds give other ids.
    std::uint64_t seed = 0;
    /// What `jitter` returns, one after the other and then from the front again: numbers from 0 to
    /// 1; less is taken for 0, and more for 1.
    std::vector<double> jitters{0.5};
};

/// An environment whose clocks the test moves, and nothing else does: the same commands give the
/// same records, with the same times and ids, on every run. Pass it wherever an `Environment` is
/// taken. Calls that wait end when the clock passes their deadline, and only then.
///
/// A handle: copies share one clock. All functions may be called from several threads at once; the
/// results are the same on every run only if the order of the calls is.
class FixedEnvironment {
public:
    explicit FixedEnvironment(FixedEnvironmentOptions options = {})
        : source_(std::make_shared<Source>(std::move(options))) {}
    explicit FixedEnvironment(Timestamp start)
        : FixedEnvironment(FixedEnvironmentOptions{.start = start}) {}

    operator Environment() const { return Environment{source_}; }

    /// Moves the clocks forward, or only the time of day back: `steady_now` never goes back. Calls
    /// whose deadline has passed then end, each in its own thread.
    void advance(std::chrono::nanoseconds duration) { source_->move(duration); }

    /// What the clock shows; reading it here does not move it.
    [[nodiscard]] Timestamp time() const { return source_->time(); }

    /// The durations slept so far, the oldest first. Sleeping takes no time but moves the clock
    /// forward.
    [[nodiscard]] std::vector<std::chrono::nanoseconds> sleeps() const { return source_->sleeps(); }

private:
    class Source final : public EnvironmentSource {
    public:
        explicit Source(FixedEnvironmentOptions options)
            : options_(std::move(options)),
              time_(options_.start) {}

        Timestamp now() override { return move(options_.step); }
        Uuid new_id() override {
            const std::lock_guard lock{mutex_};
            return detail::make_uuid7(id_clock_.next(time_), scrambled(options_.seed, ++ids_));
        }
        bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) override {
            if (stop.stop_requested())
                return false;
            {
                const std::lock_guard lock{mutex_};
                sleeps_.push_back(duration);
            }
            if (duration.count() > 0)
                move(duration);
            return true;
        }
        double jitter() override {
            const std::lock_guard lock{mutex_};
            const auto& all = options_.jitters;
            return all.empty() ? 0.0 : all[jitters_++ % all.size()];
        }

        std::chrono::steady_clock::time_point steady_now() noexcept override {
            const std::lock_guard lock{mutex_};
            return steady_;
        }
        void watch(TimeWatcher& watcher) override { watchers_.add(watcher); }
        void unwatch(TimeWatcher& watcher) noexcept override { watchers_.remove(watcher); }

        /// Returns the time before.
        Timestamp move(std::chrono::nanoseconds duration) {
            const auto before = move_clocks(duration);
            if (duration.count() > 0)
                watchers_.tell();
            return before;
        }
        Timestamp time() {
            const std::lock_guard lock{mutex_};
            return time_;
        }
        std::vector<std::chrono::nanoseconds> sleeps() {
            const std::lock_guard lock{mutex_};
            return sleeps_;
        }

    private:
        Timestamp move_clocks(std::chrono::nanoseconds duration) {
            using Time = std::chrono::steady_clock::time_point;
            const std::lock_guard lock{mutex_};
            if (duration.count() > 0)
                steady_ += std::min<std::chrono::nanoseconds>(duration, Time::max() - steady_);
            return std::exchange(time_, time_ + duration);
        }

        /// The `n`th number of a sequence (SplitMix64), so that ids look like ids and don't collide
        /// between seeds.
        static constexpr std::uint64_t scrambled(std::uint64_t seed, std::uint64_t n) {
            std::uint64_t z = (seed << 32U | seed >> 32U) + n * 0x9E3779B97F4A7C15U;
            z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
            z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
            return z ^ z >> 31U;
        }

        std::mutex mutex_;
        TimeWatchers watchers_; // told without the mutex
        const FixedEnvironmentOptions options_;
        Timestamp time_;
        /// A century ahead of any system, so that an instant of the wrong clock is noticed.
        std::chrono::steady_clock::time_point steady_{std::chrono::years(100)};
        detail::Uuid7Clock id_clock_;
        std::uint64_t ids_ = 0;
        std::size_t jitters_ = 0;
        std::vector<std::chrono::nanoseconds> sleeps_;
    };

    std::shared_ptr<Source> source_;
};

} // namespace eventsourcing

#endif
