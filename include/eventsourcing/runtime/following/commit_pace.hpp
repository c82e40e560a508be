// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_COMMIT_PACE_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_COMMIT_PACE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>

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

    /// Whether a page of so many events may be stored with a later one.
    [[nodiscard]] bool defers(std::size_t events) {
        uncommitted_ += events;
        const bool may = may_defer();
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
    /// From now on each page is stored at once.
    void store_each() {
        forget();
        every_ = {};
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

    CommitEvery every_;
    const Environment environment_;
    bool deferred_ = false;
    std::size_t uncommitted_ = 0;
    std::optional<std::chrono::steady_clock::time_point> committed_at_{};
};

} // namespace eventsourcing::detail

#endif
