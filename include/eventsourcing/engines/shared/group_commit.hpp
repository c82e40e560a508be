// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_GROUP_COMMIT_HPP
#define EVENTSOURCING_ENGINES_SHARED_GROUP_COMMIT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/commit_queue.hpp>
#include <eventsourcing/engines/shared/group_writer.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace eventsourcing::detail::shared {

/// The requests that share one transaction: the leader's own, and those of callers that it takes
/// from the queue. Each is done whole or not at all, and each has its own answer.
class GroupCommit {
public:
    using Caller = CommitQueue::Caller;

    /// The largest weight of a group, unless it is one request that is larger: a caller waits for
    /// its whole group.
    static constexpr std::size_t max_bytes = 1024 * 1024;

    GroupCommit(GroupWriter& writer, CommitQueue& queue, Caller& leader)
        : writer_(writer),
          queue_(queue),
          first_(&leader),
          last_(&leader),
          bytes_(leader.weight) {
        leader.depends_on_commit = true; // until its request was tried
    }
    ~GroupCommit() { wake_others(); }
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// Begins the transaction, writes for the leader and for the callers that wait, commits, and
    /// writes each caller's answer. An error, `errc::unknown_outcome`, if the writer must never be
    /// used again.
    ///
    /// It takes callers only after the transaction has begun: until then each can still leave.
    [[nodiscard]] Result<void> run() noexcept {
        auto done = try_transaction(Take::callers_that_wait);
        if (!lost_writes_)
            return done;
        // One request made the database roll back the transaction, with those before it. They are
        // tried once more without it.
        done = try_transaction(Take::no_others);
        if (lost_writes_)
            answer_all(rolled_back_error());
        return done;
    }

    /// Wakes all callers of the group but the leader.
    void wake_others() noexcept {
        for (Caller* caller = std::exchange(first_->next, nullptr); caller;)
            std::exchange(caller, caller->next)->wake_with_answer();
        last_ = first_;
    }

    /// How many callers the group has.
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool has_committed() const { return committed_; }
    [[nodiscard]] std::chrono::steady_clock::duration commit_took() const { return took_; }

private:
    enum class Take : bool { no_others, callers_that_wait };

    /// Rolls back what was not committed when its scope ends.
    struct RollBack {
        GroupWriter& writer;
        ~RollBack() { writer.roll_back(); }
    };

    Result<void> try_transaction(Take take) noexcept {
        lost_writes_ = false;
        const RollBack at_end{writer_};
        if (!begin())
            return {};
        for (Caller* caller = first_; caller; caller = caller->next) {
            if (caller->depends_on_commit) {
                write(*caller);
                if (!writer_.in_transaction()) {
                    caller->depends_on_commit = false; // its own error is its answer
                    cause_ = caller;
                    lost_writes_ = anyone_depends();
                    return {};
                }
            }
            if (caller == last_ && take == Take::callers_that_wait)
                add_next();
        }
        return writer_.has_written() ? commit() : Result<void>{};
    }

    bool begin() noexcept {
        EVENTSOURCING_TRY {
            auto begun = writer_.begin();
            if (!begun)
                answer_all(begun.error());
            return begun.has_value();
        }
        EVENTSOURCING_CATCH(...) { // no memory
            answer_all(errc::unavailable);
            return false;
        }
    }

    void write(Caller& caller) noexcept {
        EVENTSOURCING_TRY {
            if (auto go_on = check_call(caller.call, queue_.environment()); !go_on)
                caller.answer = std::move(go_on).error();
            else
                caller.answer = writer_.write(caller.request);
        }
        EVENTSOURCING_CATCH(...) { // no memory
            caller.answer = errc::unavailable;
        }
        caller.depends_on_commit = writer_.has_written();
    }

    Result<void> commit() noexcept {
        const auto begin = queue_.environment().steady_now();
        auto done = writer_.commit();
        took_ = queue_.environment().steady_now() - begin;
        committed_ = done.has_value();
        if (done)
            return done;
        const Error& error = done.error();
        const bool unknown = error == errc::unknown_outcome;
        for (Caller* caller = first_; caller; caller = caller->next)
            if (caller->depends_on_commit) {
                // A refused request has done nothing, but what was the reason may not be stored.
                const bool refused = unknown && !caller->answer;
                caller->answer = refused ? Error(errc::failed) : copy(error);
            }
        return unknown ? std::move(done) : Result<void>{};
    }

    /// Adds the first caller that waits, if it fits.
    void add_next() {
        Caller* const caller = bytes_ < max_bytes ? queue_.take_next(max_bytes - bytes_) : nullptr;
        if (!caller)
            return;
        caller->depends_on_commit = true; // until its request was tried
        last_->next = caller;
        last_ = caller;
        bytes_ += caller->weight;
        ++size_;
    }

    [[nodiscard]] bool anyone_depends() const {
        for (const Caller* caller = first_; caller; caller = caller->next)
            if (caller->depends_on_commit)
                return true;
        return false;
    }
    /// Answers all callers that have no answer yet, or whose answer no longer holds.
    void answer_all(const Error& error) noexcept {
        for (Caller* caller = first_; caller; caller = caller->next)
            if (std::exchange(caller->depends_on_commit, false))
                caller->answer = copy(error);
    }
    [[nodiscard]] Error rolled_back_error() const noexcept {
        EVENTSOURCING_TRY {
            return {errc::unavailable,
                    "another write in the same transaction made the database roll it back (" +
                        cause_->answer.error().message() + "); nothing was done: try again"};
        }
        EVENTSOURCING_CATCH(...) { // no memory for the message
            return errc::unavailable;
        }
    }
    [[nodiscard]] static Error copy(const Error& error) noexcept {
        EVENTSOURCING_TRY {
            return error;
        }
        EVENTSOURCING_CATCH(...) {
            return error.kind();
        }
    }

    GroupWriter& writer_;
    CommitQueue& queue_;
    Caller* first_; // the leader
    Caller* last_;
    std::size_t bytes_;
    std::size_t size_ = 1;
    bool lost_writes_ = false;      // a rollback has undone writes that callers depend on
    const Caller* cause_ = nullptr; // of that rollback
    bool committed_ = false;
    std::chrono::steady_clock::duration took_{};
};

} // namespace eventsourcing::detail::shared

#endif
