// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_RETRIES_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_RETRIES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// Stops when the first of two stops comes.
class EitherStop {
public:
    EitherStop(const std::stop_token& one, const std::stop_token& other)
        : one_(one, End{source_}),
          other_(other, End{source_}) {}

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    struct End {
        std::stop_source& source;
        void operator()() const noexcept { source.request_stop(); }
    };

    std::stop_source source_;
    std::stop_callback<End> one_;
    std::stop_callback<End> other_;
};

/// How often and when one call tries again: after 10 ms, then twice as long each time, up to a
/// second, half of it random; within its deadline.
class Retries {
public:
    using Clock = std::chrono::steady_clock;

    Retries(Clock::time_point deadline, int most_attempts, Environment environment)
        : deadline_(deadline),
          most_attempts_(most_attempts),
          environment_(std::move(environment)) {}

    /// Whether all attempts were made.
    [[nodiscard]] bool exhausted() const { return failed_ >= most_attempts_; }

    /// Waits for the next attempt, at least `least`, or until a stop; false if there is no next
    /// attempt.
    [[nodiscard]] bool wait(std::chrono::milliseconds least, const std::stop_token& stop) {
        ++failed_;
        if (exhausted())
            return false;
        const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::max(std::chrono::duration<double, std::milli>(least),
                     pause_ * (0.5 + environment_.jitter() / 2)));
        pause_ = std::min(2 * pause_, longest_pause);
        return pause < deadline_ - environment_.steady_now() && environment_.sleep(pause, stop);
    }

private:
    using Pause = std::chrono::duration<double, std::milli>;

    static constexpr Pause longest_pause{1'000};

    Clock::time_point deadline_;
    int most_attempts_;
    Environment environment_;
    Pause pause_{10};
    int failed_ = 0;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
