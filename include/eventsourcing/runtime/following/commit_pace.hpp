// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_COMMIT_PACE_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_COMMIT_PACE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/store/progress_limits.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace eventsourcing::detail {

/// Which pages are stored at once, and which with a later one, as `commit_every` says.
class CommitPace {
public:
    CommitPace(CommitEvery every, Environment environment)
        : every_(every),
          environment_(std::move(environment)) {}

    /// Whether some pages are handled and not stored.
    [[nodiscard]] bool deferred() const { return deferred_; }

    /// Whether a page of so many events, which ends at `position`, may be stored with a later one,
    /// with so many parts of the commit made so far.
    [[nodiscard]] bool defers(std::size_t events, const std::optional<Position>& position,
                              std::size_t parts) {
        uncommitted_ += events;
        const bool each = each_up_to_ && position <= each_up_to_;
        if (!each)
            each_up_to_.reset();
        const bool may = !each && parts < max_commit_parts / 2 && may_defer();
        deferred_ = deferred_ || may;
        return may;
    }
    void loaded() { note_time(); }
    void committed() {
        forget();
        note_time();
    }
    /// What is not stored is handled once more.
    void forget() {
        deferred_ = false;
        uncommitted_ = 0;
    }
    /// Up to this position each page is stored at once.
    void store_each(const std::optional<Position>& up_to) {
        forget();
        each_up_to_ = up_to;
    }

private:
    [[nodiscard]] bool has_time() const { return every_.time > std::chrono::nanoseconds::zero(); }
    [[nodiscard]] bool may_defer() const {
        if (every_.events == 0 && !has_time())
            return false;
        if (every_.events != 0 && uncommitted_ >= every_.events)
            return false;
        return !has_time() || !committed_at_ ||
               environment_.steady_now() - *committed_at_ < every_.time;
    }
    void note_time() {
        if (has_time())
            committed_at_ = environment_.steady_now();
    }

    const CommitEvery every_;
    const Environment environment_;
    bool deferred_ = false;
    std::size_t uncommitted_ = 0;
    std::optional<Position> each_up_to_{};
    std::optional<std::chrono::steady_clock::time_point> committed_at_{};
};

} // namespace eventsourcing::detail

#endif
