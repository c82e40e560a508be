// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_GROUP_COMMIT_HPP
#define EVENTSOURCING_ENGINES_SQLITE_GROUP_COMMIT_HPP

#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/append_request.hpp>
#include <eventsourcing/engines/sqlite/commit_queue.hpp>
#include <eventsourcing/engines/sqlite/writer.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// The appends of one group: whoever leads runs them in one transaction, each of them whole or not
/// at all, and gives each its own answer.
class GroupCommit {
public:
    using Member = CommitQueue::Member;

    /// What the appends of a group hold at most, unless it is one append that holds more: a caller
    /// waits for all of its group.
    static constexpr std::size_t max_bytes = 1024 * 1024;

    GroupCommit(Writer& writer, Member& leader)
        : writer_(writer),
          first_(&leader),
          last_(&leader),
          bytes_(weight(leader.request)) {
        leader.depends_on_commit = true; // until something was done
    }
    ~GroupCommit() { let_go(); }
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// Begins, appends for the leader and for whom `take_next(fits)` brings until it brings nobody,
    /// and commits. Then every member has its answer. An error, `errc::unknown_outcome`, where the
    /// connection must never be used again.
    ///
    /// Nobody is taken before the lock of the file is had: who waits for it can be called off.
    template <class TakeNext>
    [[nodiscard]] Result<void> run(TakeNext take_next) noexcept {
        bool rolled_back = false;
        auto done = attempt(rolled_back, take_next);
        if (!rolled_back)
            return done;
        // One append made SQLite roll back the transaction, and those before it have lost what they
        // had written: once more without it.
        done = attempt(rolled_back, [](const auto& /*fits*/) -> Member* { return nullptr; });
        if (rolled_back)
            answer_all(rolled_back_error());
        return done;
    }

    /// Lets all go but the leader.
    void let_go() noexcept {
        for (Member* member = std::exchange(first_->next, nullptr); member;)
            std::exchange(member, member->next)->let_go();
        last_ = first_;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool has_committed() const { return committed_; }
    [[nodiscard]] std::chrono::steady_clock::duration commit_took() const { return took_; }

private:
    template <class TakeNext>
    Result<void> attempt(bool& rolled_back, TakeNext take_next) noexcept {
        rolled_back = false;
        const Writer::Transaction transaction(writer_);
        if (!begin())
            return {};
        for (Member* member = first_; member; member = member->next) {
            if (member->depends_on_commit) {
                append(*member);
                if (!writer_.in_transaction()) {
                    member->depends_on_commit = false; // that error is its own
                    cause_ = member;
                    rolled_back = anyone_depends();
                    return {};
                }
            }
            if (member == last_)
                add(take_next([this](const AppendRequest& request) { return fits(request); }));
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

    void append(Member& member) noexcept {
        EVENTSOURCING_TRY {
            if (auto go_on = check_call(member.request.call); !go_on)
                member.answer = std::move(go_on).error();
            else
                member.answer = writer_.append(member.request);
        }
        EVENTSOURCING_CATCH(...) { // no memory
            member.answer = errc::unavailable;
        }
        member.depends_on_commit = writer_.has_written();
    }

    Result<void> commit() noexcept {
        using Clock = std::chrono::steady_clock;
        const auto begin = Clock::now();
        auto done = writer_.commit();
        took_ = Clock::now() - begin;
        committed_ = done.has_value();
        if (done)
            return done;
        const Error& error = done.error();
        const bool unknown = error == errc::unknown_outcome;
        for (Member* member = first_; member; member = member->next)
            if (member->depends_on_commit) {
                // who was refused has surely done nothing, but for reasons that may never have been
                const bool refused = unknown && !member->answer;
                member->answer = refused ? Error(errc::failed) : copy(error);
            }
        return unknown ? std::move(done) : Result<void>{};
    }

    /// What a request adds to a group, roughly.
    [[nodiscard]] static std::size_t weight(const AppendRequest& request) {
        constexpr std::size_t columns = 200; // and indexes
        std::size_t bytes = 0;
        for (const NewEvent& event : request.events)
            bytes += columns + event.data.size() + event.metadata.size();
        return bytes;
    }
    [[nodiscard]] bool fits(const AppendRequest& request) const {
        return bytes_ + weight(request) <= max_bytes;
    }
    void add(Member* member) {
        if (!member)
            return;
        member->depends_on_commit = true; // until something was done
        last_->next = member;
        last_ = member;
        bytes_ += weight(member->request);
        ++size_;
    }

    [[nodiscard]] bool anyone_depends() const {
        for (const Member* member = first_; member; member = member->next)
            if (member->depends_on_commit)
                return true;
        return false;
    }
    /// Answers all who have no answer yet, or lost it.
    void answer_all(const Error& error) noexcept {
        for (Member* member = first_; member; member = member->next)
            if (std::exchange(member->depends_on_commit, false))
                member->answer = copy(error);
    }
    [[nodiscard]] Error rolled_back_error() const noexcept {
        EVENTSOURCING_TRY {
            return {errc::unavailable, "another append in the same transaction made SQLite roll it "
                                       "back (" +
                                           cause_->answer.error().message() +
                                           "); nothing was done: try again"};
        }
        EVENTSOURCING_CATCH(...) { // no memory for the words
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

    Writer& writer_;
    Member* first_; // the leader
    Member* last_;
    std::size_t bytes_;
    std::size_t size_ = 1;
    const Member* cause_ = nullptr; // of a rollback
    bool committed_ = false;
    std::chrono::steady_clock::duration took_{};
};

} // namespace eventsourcing::detail::sqlite

#endif
