// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWED_STATUS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWED_STATUS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// The status of a follower, which any thread may read and wait for.
class FollowedStatus {
public:
    FollowedStatus(std::string name, Environment environment)
        : environment_(environment),
          changed_(mutex_, std::move(environment)) {
        now_.name = std::move(name);
    }

    [[nodiscard]] SubscriptionStatus now() const {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    [[nodiscard]] bool stopped() const {
        const std::lock_guard lock(mutex_);
        return now_.state == SubscriptionState::stopped;
    }
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> retry_at() const {
        const std::lock_guard lock(mutex_);
        return retry_at_;
    }
    /// Why it does not go on now.
    [[nodiscard]] std::optional<Error> error() const {
        const std::lock_guard lock(mutex_);
        return error_;
    }

    /// A step has come to this position, of which everything is stored except for what
    /// `commit_every` lets wait.
    void stepped(std::optional<Position> position, bool at_end) {
        const std::lock_guard lock(mutex_);
        now_.position = position;
        now_.state = at_end ? SubscriptionState::live : SubscriptionState::catching_up;
        now_.failure.reset();
        error_.reset();
        retry_at_.reset();
        changed_.notify_all();
    }
    void committed(std::optional<Position> position) {
        const std::lock_guard lock(mutex_);
        stored_ = position;
        now_.position = position;
        changed_.notify_all();
    }
    void parked(std::size_t keys) {
        const std::lock_guard lock(mutex_);
        now_.parked_keys = keys;
    }

    /// Notes a failure, and returns what is stored of it: one more than the `stored` one, if that
    /// was at the same place. What may pass is tried again after a wait.
    ProgressFailure failed(const Error& error, const std::optional<StreamName>& stream,
                           std::optional<Revision> revision, bool passes, const Backoff& backoff,
                           const std::optional<ProgressFailure>& stored = {}) {
        const std::lock_guard lock(mutex_);
        const auto& last = now_.failure ? now_.failure : stored;
        const bool again = last && last->stream == stream && last->revision == revision;
        ProgressFailure failure{.message = failure_text(error.message()),
                                .stream = stream,
                                .revision = revision,
                                .since = again ? last->since : environment_.now(),
                                .attempts = again ? last->attempts + 1 : 1};
        now_.failure = failure;
        now_.state = passes ? SubscriptionState::waiting : SubscriptionState::stopped;
        error_ = error;
        if (passes)
            retry_at_ = later(
                environment_.steady_now(),
                backoff.after(static_cast<unsigned>(std::min<std::uint64_t>(failure.attempts, 64)),
                              environment_));
        else
            retry_at_.reset();
        changed_.notify_all();
        return failure;
    }
    void resume() {
        const std::lock_guard lock(mutex_);
        if (now_.state == SubscriptionState::stopped)
            now_.state = SubscriptionState::catching_up;
        retry_at_.reset();
    }

    /// How many loops run it now, `es::run` or `es::follow`.
    void driven(int more) {
        const std::lock_guard lock(mutex_);
        drivers_ += more;
        changed_.notify_all();
    }
    [[nodiscard]] bool is_driven() const {
        const std::lock_guard lock(mutex_);
        return drivers_ > 0;
    }

    /// Whether what this object has stored or read has come to the position.
    [[nodiscard]] bool reached(Position position) const {
        const std::lock_guard lock(mutex_);
        return stored_ && *stored_ >= position;
    }
    /// Waits until what is stored has come to the position, or it can't go on, or nobody runs it.
    /// Returns whether it has come there.
    bool wait(Position position, const std::stop_token& stop,
              const std::optional<std::chrono::steady_clock::time_point>& deadline) const {
        std::unique_lock lock(mutex_);
        const auto there = [&] { return stored_ && *stored_ >= position; };
        changed_.wait(lock, stop, deadline, [&] {
            return there() || drivers_ == 0 || now_.state == SubscriptionState::stopped;
        });
        return there();
    }

private:
    const Environment environment_;
    mutable std::mutex mutex_;
    mutable TimedCondition changed_;
    SubscriptionStatus now_{};
    std::optional<Position> stored_{};
    std::optional<Error> error_{};
    std::optional<std::chrono::steady_clock::time_point> retry_at_{};
    int drivers_ = 0;
};

} // namespace eventsourcing::detail

#endif
