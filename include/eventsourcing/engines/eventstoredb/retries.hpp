// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_RETRIES_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_RETRIES_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <chrono>
#include <stop_token>

namespace eventsourcing::detail::eventstoredb {

/// How often and when one call tries again: after 10 ms, and then twice as long each time up to a
/// second, half of it by chance; within its deadline.
class Retries {
public:
    using Clock = std::chrono::steady_clock;

    /// `stop` also ends the waiting between two attempts.
    Retries(Clock::time_point deadline, std::stop_token stop)
        : deadline_(deadline),
          stop_(std::move(stop)) {}

    /// Whether there were so many attempts that there is to be no other.
    [[nodiscard]] bool exhausted() const { return failed_ >= most_attempts; }

    /// Waits until the next attempt, at least `least`; false if there is to be none.
    [[nodiscard]] bool wait(std::chrono::milliseconds least = {}) {
        ++failed_;
        if (exhausted())
            return false;
        const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::max(std::chrono::duration<double, std::milli>(least),
                     pause_ * (0.5 + environment_.jitter() / 2)));
        pause_ = std::min(2 * pause_, longest_pause);
        return pause < deadline_ - Clock::now() && environment_.sleep(pause, stop_);
    }

private:
    using Pause = std::chrono::duration<double, std::milli>;

    static constexpr int most_attempts = 12;
    static constexpr Pause longest_pause{1'000};

    Clock::time_point deadline_;
    std::stop_token stop_;
    Environment environment_;
    Pause pause_{10};
    int failed_ = 0;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
