// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_RUN_HPP
#define EVENTSOURCING_RUNTIME_RUN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/runnable.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

/// What the loop of `run` and the wakers of its stores tell each other.
struct RunBell {
    explicit RunBell(Environment environment) : changed(mutex, std::move(environment)) {}

    std::mutex mutex;
    TimedCondition changed;
};

/// Those that follow one store, and a thread that waits for its next event when they have nothing
/// to do.
class RunGroup {
public:
    RunGroup(RunBell& bell, std::chrono::nanoseconds poll)
        : bell_(bell),
          poll_(std::max<std::chrono::nanoseconds>(poll, std::chrono::milliseconds(1))) {}

    void add(const Runnable& runnable) { members_.push_back({runnable}); }
    [[nodiscard]] std::optional<Uuid> store() const { return members_.front().runnable.store_id(); }
    void start() {
        waker_ = std::jthread([this](const std::stop_token& stop) { wake(stop); });
    }

    /// Steps each that may have something to do, once. Returns whether one of them worked; `next`
    /// becomes earlier if one of them is to be stepped before it.
    bool step(const std::stop_token& stop, TimedCondition::Deadline& next) {
        const auto [news, polled] = take_news();
        if (news)
            stir_all();
        if (polled)
            members_[*polled].idle = false;
        bool worked = false;
        std::optional<std::size_t> idle;
        for (std::size_t i = 0; i < members_.size() && !stop.stop_requested(); ++i) {
            Member& member = members_[i];
            if (is_due(member) && step(member, stop)) {
                worked = true;
                if (is_asked(i)) // the waker may wait after what this one has seen just now
                    stir_all();
            }
            if (member.idle && (!idle || polled != i))
                idle = i;
            if (member.next)
                next = next ? std::min(*next, *member.next) : *member.next;
        }
        if (idle)
            ask(*idle, polled.has_value());
        return worked;
    }
    /// Under the mutex of the bell.
    [[nodiscard]] bool has_news() const { return news_.event || news_.polled; }

private:
    struct Member {
        Runnable runnable;
        bool idle = false;  // until the next event, or `next`
        bool waits = false; // until `next`, whatever is appended
        TimedCondition::Deadline next{};
    };

    /// How often one that has stopped is asked whether it goes on.
    static constexpr std::chrono::milliseconds look_again{100};

    static bool is_due(const Member& member) {
        if (member.next && *member.next <= member.runnable.environment().steady_now())
            return true;
        return !member.idle && !member.waits;
    }
    static bool step(Member& member, const std::stop_token& stop) {
        const Step done = member.runnable.step(stop);
        const bool stopped = done.kind == Step::Kind::stopped;
        member.idle = done.kind == Step::Kind::idle;
        member.waits = stopped || done.kind == Step::Kind::waiting;
        member.next =
            stopped ? later(member.runnable.environment().steady_now(), look_again) : done.next;
        return done.kind == Step::Kind::worked;
    }

    struct News {
        bool event = false; // there is one
        /// There is none as far as the store tells: this member looks by itself.
        std::optional<std::size_t> polled{};
    };
    News take_news() {
        const std::lock_guard lock(bell_.mutex);
        return std::exchange(news_, News());
    }
    void stir_all() {
        for (Member& member : members_)
            member.idle = false;
    }
    /// Lets the waker wait for an event after what this member has handled: it has nothing to do,
    /// so it is at the end of the store. In place of the one that was asked, if that has looked by
    /// itself.
    void ask(std::size_t member, bool instead) {
        const std::lock_guard lock(bell_.mutex);
        if (asked_ && !instead)
            return;
        asked_ = member;
        bell_.changed.notify_all();
    }

    [[nodiscard]] bool is_asked(std::size_t member) const {
        const std::lock_guard lock(bell_.mutex);
        return asked_ == member;
    }

    void wake(const std::stop_token& stop) {
        for (;;) {
            std::unique_lock lock(bell_.mutex);
            bell_.changed.wait(lock, stop, std::nullopt, [&] { return asked_.has_value(); });
            if (stop.stop_requested())
                return;
            const std::size_t member = *asked_;
            const Runnable& asking = members_[member].runnable;
            lock.unlock();
            const auto woken = asking.wait_for_append({.timeout = poll_, .stop = stop});
            const bool in_vain = woken ? !*woken : woken.error() == errc::timed_out;
            if (!woken && !in_vain && woken.error() != errc::cancelled)
                asking.environment().sleep(poll_, stop); // the next step says why
            lock.lock();
            if (in_vain) {
                news_.polled = member;
            } else {
                asked_.reset();
                news_.event = true;
            }
            bell_.changed.notify_all();
        }
    }

private:
    RunBell& bell_;
    const std::chrono::nanoseconds poll_;
    std::vector<Member> members_;
    std::optional<std::size_t> asked_{}; // under the mutex of the bell
    News news_{};                        // under the mutex of the bell
    std::jthread waker_;
};

} // namespace detail

struct RunOptions {
    /// How often a store is asked that wakes no readers, or that could not be asked, and how much a
    /// wake costs at most that a store has missed. At least 1 ms.
    std::chrono::nanoseconds poll = std::chrono::milliseconds(100);
};

/// Drives subscriptions, relays and process managers in the calling thread until the stop: steps
/// each that has something to do, in turn, and sleeps until there is an event or a deadline. One
/// thread more for each store waits for its events. One that has stopped by an error does not hold
/// up the others, and is stepped again after its `resume`.
///
/// They share one thread: each is delayed by a step of each other one, which is at most one page;
/// one whose step may wait long, such as a relay to a slow sink, gets a thread of its own by
/// `es::follow`.
inline void run(const std::stop_token& stop, std::span<const Runnable> runnables,
                const RunOptions& options = {}) {
    if (runnables.empty())
        return;
    detail::RunBell bell(runnables.front().environment());
    std::vector<std::unique_ptr<detail::RunGroup>> groups;
    for (const Runnable& runnable : runnables) {
        const auto id = runnable.store_id();
        detail::RunGroup* group = nullptr;
        for (const auto& each : groups)
            if (id && each->store() == id)
                group = each.get();
        if (group == nullptr)
            group =
                groups.emplace_back(std::make_unique<detail::RunGroup>(bell, options.poll)).get();
        group->add(runnable);
        runnable.driven(1);
    }
    for (const auto& group : groups)
        group->start();
    while (!stop.stop_requested()) {
        detail::TimedCondition::Deadline next;
        bool worked = false;
        for (const auto& group : groups)
            worked = group->step(stop, next) || worked;
        if (worked)
            continue;
        std::unique_lock lock(bell.mutex);
        bell.changed.wait(lock, stop, next, [&] {
            return std::any_of(groups.begin(), groups.end(),
                               [](const auto& group) { return group->has_news(); });
        });
    }
    groups.clear(); // ends the wakers
    for (const Runnable& runnable : runnables)
        runnable.driven(-1);
}

/// The same for objects: `es::run(stop, board, healer, relay)`.
template <Followable... Followers>
    requires(sizeof...(Followers) > 0)
void run(const std::stop_token& stop, Followers&... followers) {
    const Runnable all[] = {Runnable(followers)...};
    run(stop, std::span<const Runnable>(all));
}

/// Drives one or several in a thread of their own, until it is stopped or destroyed. They must
/// outlive the thread: `std::jthread following = es::follow(board);`
template <Followable... Followers>
    requires(sizeof...(Followers) > 0)
[[nodiscard]] std::jthread follow(Followers&... followers) {
    (followers.driven(1), ...); // from now on they may be waited for
    return std::jthread([&followers...](const std::stop_token& stop) {
        run(stop, followers...);
        (followers.driven(-1), ...);
    });
}

} // namespace eventsourcing

#endif
