// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_COMMIT_QUEUE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_COMMIT_QUEUE_HPP

#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/append_request.hpp>
#include <eventsourcing/engines/sqlite/engine_state.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/receipt.hpp>

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

namespace eventsourcing::detail::sqlite {

/// Where the callers that append meet, so that many share one commit.
///
/// One of them leads: it writes for itself and for those it takes from the queue, commits, answers
/// them, and hands the lead to the first who still waits. Who finds nobody leading leads at once,
/// in its own thread. The order is that of arrival. May be used from several threads at once.
class CommitQueue {
    using Clock = std::chrono::steady_clock;

public:
    /// One caller with its request and the place for its answer, in the caller's stack frame. While
    /// it waits it may withdraw; once it was taken, or leads, it stays until it was answered.
    class Member {
    public:
        explicit Member(const AppendRequest& asked) : request(asked) {}
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;

        const AppendRequest& request;
        /// Written by who leads.
        Result<Receipt> answer = errc::internal;
        /// Whether the answer is only good if the transaction is committed, in which this append or
        /// one before it has written.
        bool depends_on_commit = false;
        /// The next of the group, or in the queue.
        Member* next = nullptr;
        /// When it began to wait; nothing for who never waited.
        std::optional<Clock::time_point> waits_since{};

        /// Lets the caller of a member that was taken go, with its answer. It must not be touched
        /// any more.
        void let_go() { wake(Signal::answered); }

    private:
        friend CommitQueue;
        /// What it is woken for; the later ones are final.
        enum class Signal : std::uint8_t { none, look, lead, answered };

        void wake(Signal signal) {
            // Under the lock, or the caller may have left before its thread is notified.
            const std::lock_guard lock(mutex_);
            signal_ = std::max(signal_, signal);
            woken_.notify_one();
        }
        /// Answers `look` past the deadline, too.
        Signal wait(const std::optional<Clock::time_point>& deadline) {
            const auto woken = [&] { return signal_ != Signal::none; };
            std::unique_lock lock(mutex_);
            if (!deadline)
                woken_.wait(lock, woken);
            else if (!woken_.wait_until(lock, *deadline, woken))
                return Signal::look;
            return std::exchange(signal_, Signal::none);
        }

        Member* previous_ = nullptr;
        bool queued_ = false; // guarded by the queue
        std::mutex mutex_;
        std::condition_variable woken_;
        Signal signal_ = Signal::none;
    };

    /// The lead, which goes on to the first who waits when its scope ends.
    class Lead {
    public:
        explicit Lead(CommitQueue& queue) : queue_(queue) {}
        ~Lead() { queue_.hand_over(); }
        Lead(const Lead&) = delete;
        Lead& operator=(const Lead&) = delete;

        /// How many shared the commit, none of whom was let go yet, and how long it took.
        void committed(std::size_t callers, Clock::duration took) {
            queue_.committed(callers, took);
        }

    private:
        CommitQueue& queue_;
    };

    enum class Role : std::uint8_t {
        leads,    ///< makes a `Lead`, and then writes
        answered, ///< by who leads
    };

    /// At most `capacity` callers wait.
    CommitQueue(std::size_t capacity, const EngineState& state)
        : capacity_(capacity),
          state_(state) {}

    /// Waits until the caller leads or was answered. An error where it did neither, so that nothing
    /// was done: a full queue, the deadline, a stop, the end of the engine.
    [[nodiscard]] Result<Role> enter(Member& member) {
        bool leads = false;
        {
            const std::lock_guard lock(mutex_);
            if (!state_.ended()) {
                if (!led_)
                    led_ = leads = true;
                else if (waiting_ < capacity_)
                    push(member);
            }
        }
        if (leads) {
            gather(member);
            return Role::leads;
        }
        if (member.waits_since)
            return wait(member);
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        return Error(errc::unavailable, state_.store() + ": " + std::to_string(capacity_) +
                                            " appends wait already; nothing was done: try again "
                                            "later, or open it with a larger max_waiting");
    }

    /// Takes the first who waits, if `fits(request)`: it must then be answered and let go. Null for
    /// none. Only for who leads.
    template <class Fits>
    [[nodiscard]] Member* take_next(Fits fits) {
        const std::lock_guard lock(mutex_);
        return first_ && fits(first_->request) ? pop() : nullptr;
    }

    /// After the state has ended: who waits answers itself.
    void wake_all() {
        const std::lock_guard lock(mutex_);
        for (Member* member = first_; member; member = member->next)
            member->wake(Member::Signal::look);
    }

    /// The last to lead, after the state has ended: waits until nobody does.
    [[nodiscard]] Lead lead_last() {
        std::unique_lock lock(mutex_);
        ++closing_;
        free_.wait(lock, [&] { return !led_; });
        --closing_;
        led_ = true;
        return Lead(*this);
    }

    /// How many wait at this moment.
    [[nodiscard]] std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_;
    }

private:
    Result<Role> wait(Member& member) {
        const CallOptions& call = member.request.call;
        // Locks nothing that is held while it is made or destroyed.
        const std::stop_callback look(call.stop, [&] { member.wake(Member::Signal::look); });
        const std::optional<Clock::time_point> never;
        const auto* deadline = &call.deadline;
        for (;;) {
            switch (member.wait(*deadline)) {
            case Member::Signal::answered:
                return Role::answered;
            case Member::Signal::lead:
                gather(member);
                return Role::leads;
            case Member::Signal::none:
            case Member::Signal::look:
                break;
            }
            if (!state_.ended() && check_call(call))
                continue;
            if (withdraw(member))
                return why_it_withdrew(call);
            deadline = &never; // it was taken: the answer comes
        }
    }

    [[nodiscard]] Error why_it_withdrew(const CallOptions& call) const {
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        const char* const waited = " while the append waited for those before it; nothing was done";
        if (call.stop.stop_requested())
            return {errc::cancelled, state_.store() + ": stopped" + waited};
        return {errc::timed_out, state_.store() + ": the deadline passed" + waited};
    }

    /// Callers that were just answered often have more to append, and come back within
    /// microseconds. Without waiting for them the callers fall into two halves that take turns, at
    /// half the speed. So the lead begins a little later, by an eighth of the last commit and 2 ms
    /// at most, until as many wait as shared that commit or waited behind it. Who has not come
    /// within the time of another commit is not waited for.
    void gather(Member& leader) {
        constexpr std::chrono::microseconds shortest{50}; // about what a sleep takes at least
        constexpr std::chrono::milliseconds longest{2};
        std::optional<Clock::time_point> until;
        {
            const std::lock_guard lock(mutex_);
            const auto patience = std::min<Clock::duration>(last_commit_ / 8, longest);
            if (waiting_ >= others_ || patience < shortest)
                return;
            const auto now = Clock::now();
            if (now - committed_at_ > last_commit_)
                return;
            until = now + patience;
            gatherer_ = &leader;
        }
        static_cast<void>(leader.wait(until));
        const std::lock_guard lock(mutex_);
        gatherer_ = nullptr;
    }

    void committed(std::size_t callers, Clock::duration took) {
        const std::lock_guard lock(mutex_);
        others_ = callers + waiting_ - 1;
        last_commit_ = took;
        if (others_ > 0)
            committed_at_ = Clock::now();
    }

    void hand_over() {
        Member* next = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (first_) {
                next = pop();
            } else {
                led_ = false;
                if (closing_ > 0)
                    free_.notify_all();
            }
        }
        if (next) // it stays until it is woken by this
            next->wake(Member::Signal::lead);
    }

    void push(Member& member) {
        member.waits_since = Clock::now();
        member.queued_ = true;
        member.previous_ = last_;
        (last_ ? last_->next : first_) = &member;
        last_ = &member;
        ++waiting_;
        if (gatherer_ && waiting_ >= others_)
            std::exchange(gatherer_, nullptr)->wake(Member::Signal::look);
    }
    Member* pop() {
        Member* const member = first_;
        unlink(*member);
        return member;
    }
    bool withdraw(Member& member) {
        const std::lock_guard lock(mutex_);
        if (!member.queued_)
            return false;
        unlink(member);
        return true;
    }
    void unlink(Member& member) {
        (member.previous_ ? member.previous_->next : first_) = member.next;
        (member.next ? member.next->previous_ : last_) = member.previous_;
        member.next = member.previous_ = nullptr;
        member.queued_ = false;
        --waiting_;
    }

    const std::size_t capacity_;
    const EngineState& state_;
    mutable std::mutex mutex_;
    std::condition_variable free_;
    bool led_ = false;
    int closing_ = 0;
    Member* first_ = nullptr;
    Member* last_ = nullptr;
    std::size_t waiting_ = 0;

    // what `gather` goes by
    Member* gatherer_ = nullptr;
    std::size_t others_ = 0; // beside who leads
    Clock::duration last_commit_{};
    Clock::time_point committed_at_{};
};

} // namespace eventsourcing::detail::sqlite

#endif
