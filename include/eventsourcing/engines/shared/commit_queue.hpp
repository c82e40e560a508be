// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_COMMIT_QUEUE_HPP
#define EVENTSOURCING_ENGINES_SHARED_COMMIT_QUEUE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/engines/shared/write_request.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace eventsourcing::detail::shared {

/// Decides which caller writes, so that many callers share one commit without a thread of its own.
///
/// A caller that finds no leader becomes the leader, in its own thread. All others wait in the
/// queue, in order of arrival. The leader writes its own request and those of the callers that it
/// takes from the queue, commits once (`GroupCommit`) and answers them. When it is done, the first
/// caller that still waits becomes the next leader. May be used from several threads at once.
class CommitQueue {
    using Clock = std::chrono::steady_clock;

public:
    /// One caller, with its request and the place for its answer. It lives in the stack frame of
    /// the call. While it is in the queue it may leave; once it was taken, or is the leader, it
    /// stays until it has its answer.
    class Caller {
    public:
        /// `asked` is one of the alternatives of `WriteRequest`, and must outlive the caller.
        template <class Request>
        explicit Caller(const Request& asked)
            : request(&asked),
              call(asked.call),
              weight(weight_of(asked)) {}
        Caller(const Caller&) = delete;
        Caller& operator=(const Caller&) = delete;

        const WriteRequest request;
        const CallOptions& call;
        /// About how many bytes the request adds to a transaction.
        const std::size_t weight;
        /// Written by the leader.
        Result<Written> answer = errc::internal;
        /// Whether the answer holds only if the transaction is committed: this request, or one
        /// before it in the same transaction, has written.
        bool depends_on_commit = false;
        /// The next caller of the group, or in the queue.
        Caller* next = nullptr;
        /// When it entered the queue; empty for a caller that became the leader at once.
        std::optional<Clock::time_point> waits_since{};

        /// Ends the wait of a caller that was taken. It must not be touched after that.
        void wake_with_answer() { wake(Signal::answered); }

    private:
        friend CommitQueue;
        /// Why it was woken. A later one replaces an earlier one; the last two are final.
        enum class Signal : std::uint8_t { none, check, lead, answered };

        void wake(Signal signal) {
            // Under the lock: otherwise the caller could be gone before its thread is notified.
            const std::lock_guard lock(mutex_);
            signal_ = std::max(signal_, signal);
            woken_.notify_one();
        }
        /// Returns `check` also when the deadline passes, an instant of the system's clock.
        Signal wait(const std::optional<Clock::time_point>& deadline) {
            std::unique_lock lock(mutex_);
            if (!system_wait(woken_, lock, deadline, [&] { return signal_ != Signal::none; }))
                return Signal::check;
            return std::exchange(signal_, Signal::none);
        }

        Caller* previous_ = nullptr;
        bool queued_ = false; // guarded by the mutex of the queue
        std::mutex mutex_;
        std::condition_variable woken_;
        Signal signal_ = Signal::none;
    };

    enum class Role : std::uint8_t {
        leader,   ///< makes a `Leadership`, and then writes
        waiting,  ///< is in the queue: calls `wait`
        answered, ///< the leader has written the answer
    };

    /// Held by the leader while it writes; its end makes the first waiting caller the leader.
    class Leadership {
    public:
        explicit Leadership(CommitQueue& queue) : queue_(queue) {}
        ~Leadership() { queue_.choose_next_leader(); }
        Leadership(const Leadership&) = delete;
        Leadership& operator=(const Leadership&) = delete;

        /// How many callers shared the commit, and how long the commit took. Called before any of
        /// them is woken.
        void committed(std::size_t callers, Clock::duration took) {
            queue_.remember_commit(callers, took);
        }

    private:
        CommitQueue& queue_;
    };

    /// At most `capacity` callers wait. A leader waits `longest_pause` at most for those that
    /// shared the last commit.
    CommitQueue(std::size_t capacity, const EngineState& state,
                Clock::duration longest_pause = std::chrono::milliseconds(2))
        : capacity_(capacity),
          state_(state),
          longest_pause_(longest_pause) {}

    /// Makes the caller the leader, or waits until it becomes the leader or has its answer. After
    /// an error nothing was done: the queue was full, the deadline passed, the call was stopped, or
    /// the engine has ended.
    [[nodiscard]] Result<Role> enter(Caller& caller) {
        auto role = join(caller);
        if (!role)
            return role;
        if (*role == Role::waiting)
            return wait(caller);
        wait_for_companions(caller);
        return role;
    }

    /// The first half of `enter`, which does not wait: the caller is the leader or in the queue.
    [[nodiscard]] Result<Role> join(Caller& caller) {
        {
            const std::lock_guard lock(mutex_);
            if (!state_.ended()) {
                if (!has_leader_) {
                    has_leader_ = true;
                    return Role::leader;
                }
                if (waiting_ < capacity_) {
                    push(caller);
                    return Role::waiting;
                }
            }
        }
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        return Error(errc::unavailable, state_.store() + ": " + std::to_string(capacity_) +
                                            " writes wait already; nothing was done: try again "
                                            "later, or open it with a larger max_waiting");
    }

    /// Takes the first waiting caller, if its weight is `room` at most; it must then be answered
    /// and woken. Null if none waits, or the first does not fit: no other caller may overtake it.
    /// Only the leader calls this.
    [[nodiscard]] Caller* take_next(std::size_t room) {
        const std::lock_guard lock(mutex_);
        return first_ && first_->weight <= room ? pop() : nullptr;
    }

    /// After the state has ended: each waiting caller leaves and returns the reason.
    void wake_all() {
        const std::lock_guard lock(mutex_);
        for (Caller* caller = first_; caller; caller = caller->next)
            caller->wake(Caller::Signal::check);
    }

    /// For the close of the engine, after the state has ended: waits until there is no leader, and
    /// is then the last one.
    [[nodiscard]] Leadership lead_last() {
        std::unique_lock lock(mutex_);
        ++closing_;
        no_leader_.wait(lock, [&] { return !has_leader_; });
        --closing_;
        has_leader_ = true;
        return Leadership(*this);
    }

    [[nodiscard]] const Environment& environment() const { return state_.environment(); }

    /// How many callers wait at this moment.
    [[nodiscard]] std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_;
    }

private:
    Result<Role> wait(Caller& caller) {
        const CallOptions& call = caller.call;
        // `wake` locks nothing that is held while the callback is registered or removed.
        const auto check = [&] { caller.wake(Caller::Signal::check); };
        const std::stop_callback on_stop(call.stop, check);
        const OnTimeChange on_time_change(environment(), check);
        const std::optional<Clock::time_point> never;
        const auto* deadline = &call.deadline;
        if (!environment().is_system()) {
            deadline = &never;
            check(); // its clock may have moved before it was watched
        }
        for (;;) {
            switch (caller.wait(*deadline)) {
            case Caller::Signal::answered:
                return Role::answered;
            case Caller::Signal::lead:
                wait_for_companions(caller);
                return Role::leader;
            case Caller::Signal::none:
            case Caller::Signal::check:
                break;
            }
            if (!state_.ended() && check_call(call, environment()))
                continue;
            if (leave(caller))
                return why_it_left(call);
            deadline = &never; // the leader has taken it: the answer comes
        }
    }

    [[nodiscard]] Error why_it_left(const CallOptions& call) const {
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        const char* const waited = " while the write waited for those before it; nothing was done";
        if (call.stop.stop_requested())
            return {errc::cancelled, state_.store() + ": stopped" + waited};
        return {errc::timed_out, state_.store() + ": the deadline passed" + waited};
    }

    /// Callers that were just answered often write again within microseconds. A leader that did
    /// not wait for them would split the callers into two halves that take turns, at half the
    /// speed. So it waits until as many callers are in the queue as shared the last commit or
    /// waited during it, except for an eighth of the time of that commit and `longest_pause_`
    /// at most. If more time has passed since that commit than it took, it does not wait; nor by a
    /// clock that is moved, which may stand still meanwhile.
    void wait_for_companions(Caller& leader) {
        if (!environment().is_system())
            return;
        constexpr std::chrono::microseconds shortest{50}; // about what a sleep takes at least
        std::optional<Clock::time_point> until;
        {
            const std::lock_guard lock(mutex_);
            const auto patience = std::min(last_commit_ / 8, longest_pause_);
            if (waiting_ >= companions_ || patience < shortest)
                return;
            const auto now = environment().steady_now();
            if (now - committed_at_ > last_commit_)
                return;
            until = now + patience;
            leader_that_waits_ = &leader;
        }
        static_cast<void>(leader.wait(until));
        const std::lock_guard lock(mutex_);
        leader_that_waits_ = nullptr;
    }

    void remember_commit(std::size_t callers, Clock::duration took) {
        const std::lock_guard lock(mutex_);
        companions_ = callers + waiting_ - 1;
        last_commit_ = took;
        if (companions_ > 0)
            committed_at_ = environment().steady_now();
    }

    void choose_next_leader() {
        Caller* next = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (first_) {
                next = pop();
            } else {
                has_leader_ = false;
                if (closing_ > 0)
                    no_leader_.notify_all();
            }
        }
        if (next) // it can't leave before this wakes it
            next->wake(Caller::Signal::lead);
    }

    void push(Caller& caller) {
        caller.waits_since = environment().steady_now();
        caller.queued_ = true;
        caller.previous_ = last_;
        (last_ ? last_->next : first_) = &caller;
        last_ = &caller;
        ++waiting_;
        if (leader_that_waits_ && waiting_ >= companions_)
            std::exchange(leader_that_waits_, nullptr)->wake(Caller::Signal::check);
    }
    Caller* pop() {
        Caller* const caller = first_;
        unlink(*caller);
        return caller;
    }
    /// False if the caller was taken from the queue before.
    bool leave(Caller& caller) {
        const std::lock_guard lock(mutex_);
        if (!caller.queued_)
            return false;
        unlink(caller);
        return true;
    }
    void unlink(Caller& caller) {
        (caller.previous_ ? caller.previous_->next : first_) = caller.next;
        (caller.next ? caller.next->previous_ : last_) = caller.previous_;
        caller.next = caller.previous_ = nullptr;
        caller.queued_ = false;
        --waiting_;
    }

    const std::size_t capacity_;
    const EngineState& state_;
    const Clock::duration longest_pause_;
    mutable std::mutex mutex_;
    std::condition_variable no_leader_;
    bool has_leader_ = false;
    int closing_ = 0; // how many wait in lead_last
    Caller* first_ = nullptr;
    Caller* last_ = nullptr;
    std::size_t waiting_ = 0;

    // for wait_for_companions
    Caller* leader_that_waits_ = nullptr;
    std::size_t companions_ = 0; // how many callers may join the leader soon
    Clock::duration last_commit_{};
    Clock::time_point committed_at_{};
};

} // namespace eventsourcing::detail::shared

#endif
