// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_RUNNER_PROGRESS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_RUNNER_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/runners.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// The first part of the fingerprint under which progress is kept, which says what keeps it:
/// `projection Leaderboard`, `relay`.
inline std::string_view kind_of_progress(std::string_view fingerprint) {
    return fingerprint.substr(0, fingerprint.rfind(' '));
}

/// The progress of one runner, in the store that keeps it.
template <class Keeper>
class RunnerProgress {
public:
    RunnerProgress(Keeper keeper, ProgressKey key, std::string owner)
        : keeper_(std::move(keeper)),
          key_(std::move(key)),
          owner_(std::move(owner)) {}

    [[nodiscard]] const Keeper& keeper() const { return keeper_; }
    [[nodiscard]] const ProgressKey& key() const { return key_; }
    /// Of this runner, and of no other.
    [[nodiscard]] const std::string& owner() const { return owner_; }
    /// What is stored, as far as this runner knows.
    [[nodiscard]] const std::optional<Progress>& stored() const { return stored_; }
    [[nodiscard]] const Checkpoint& checkpoint() const { return stored_->checkpoint; }
    /// Whether what is stored says that this one runs it.
    [[nodiscard]] bool is_shown() const { return Runners(stored_->owner).shows(owner_); }

    Result<void> load(const CallOptions& call) {
        if (!named_)
            if (auto done = check_name(call); !done)
                return done;
        named_ = true;
        auto stored = keeper_.load_progress(key_, call);
        if (!stored)
            return std::move(stored).error();
        stored_ = *std::move(stored);
        return {};
    }

    /// Whether what is stored is still what this runner has read or stored last.
    [[nodiscard]] Result<bool> is_current(const CallOptions& call) const {
        auto now = keeper_.load_progress(key_, call);
        if (!now)
            return std::move(now).error();
        return *now && stored_ && (*now)->checkpoint == stored_->checkpoint &&
               (*now)->fence == stored_->fence;
    }

    /// Stores what follows on what is stored, with its `next.checkpoint`, `status` and `failure`;
    /// `conflict` if another runner has stored something meanwhile. If its outcome is unknown,
    /// loading tells.
    Result<void> commit(ProgressCommit&& commit, const CallOptions& call) {
        const Runners runners(stored_ ? std::string_view(stored_->owner) : std::string_view());
        const bool moves = !stored_ || stored_->checkpoint != commit.next.checkpoint;
        commit.key = key_;
        commit.loaded = stored_;
        commit.next.owner = runners.after(owner_, moves);
        commit.next.fence = stored_ ? stored_->fence : 0;
        const bool has_parts = !commit.rows.empty() || !commit.statements.empty() ||
                               !commit.park.empty() || !commit.unpark.empty();
        if (!moves && (has_parts || !runners.has(owner_)))
            ++commit.next.fence; // so that others notice
        if (stored_ && !stored_->failure)
            status_before_ = stored_->status;
        auto done = keeper_.commit_progress(commit, call);
        if (done)
            stored_ = std::move(commit.next);
        return done;
    }

    /// Stores that this one runs it no more. Others that run it are stored still.
    Result<void> give_up(const CallOptions& call) {
        for (int attempt = 1;; ++attempt) {
            auto now = keeper_.load_progress(key_, call);
            if (!now)
                return std::move(now).error();
            if (!*now || !Runners((*now)->owner).has(owner_))
                return {};
            ProgressCommit commit{.key = key_, .loaded = **now, .next = left_by_this(**now)};
            auto done = keeper_.commit_progress(commit, call);
            if (done && stored_ == **now)
                stored_ = std::move(commit.next);
            if (done || done.error() != errc::conflict || attempt == 10)
                return done;
        }
    }

private:
    /// What is stored when this one ends. That it could not read, and waited, says nothing of the
    /// others.
    [[nodiscard]] Progress left_by_this(const Progress& now) const {
        const Runners runners(now.owner);
        Progress next = now;
        next.owner = runners.without(owner_);
        ++next.fence; // so that who has read the owner reads it once more
        if (!next.owner.empty() && runners.is_first(owner_) && now.failure &&
            !now.failure->stream && now.status == status_word(SubscriptionState::waiting)) {
            next.failure.reset();
            next.status = status_before_;
        }
        return next;
    }

    /// Refuses a name under which something else keeps its progress.
    Result<void> check_name(const CallOptions& call) {
        auto all = keeper_.list_progress(call);
        if (!all)
            return std::move(all).error();
        for (const auto& [key, progress] : *all)
            if (key.name == key_.name &&
                kind_of_progress(key.fingerprint) != kind_of_progress(key_.fingerprint))
                return Error(
                    errc::invalid,
                    joined({"the name ", in_quotes(key_.name), " is taken in this store by ",
                            in_quotes(kind_of_progress(key.fingerprint)), ", and this is ",
                            in_quotes(kind_of_progress(key_.fingerprint)),
                            ": give it another name (.name), or drop the progress of the "
                            "other one if nobody uses it any more"}));
        return {};
    }

    const Keeper keeper_;
    const ProgressKey key_;
    const std::string owner_;
    std::optional<Progress> stored_{};
    /// The last one without a failure.
    std::string status_before_{status_word(SubscriptionState::catching_up)};
    bool named_ = false;
};

} // namespace eventsourcing::detail

#endif
