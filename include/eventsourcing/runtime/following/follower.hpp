// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWER_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/following/followed_status.hpp>
#include <eventsourcing/runtime/following/following.hpp>
#include <eventsourcing/runtime/following/other_runner.hpp>
#include <eventsourcing/runtime/following/page_handling.hpp>
#include <eventsourcing/runtime/following/parked_replay.hpp>
#include <eventsourcing/runtime/following/place.hpp>
#include <eventsourcing/runtime/following/tried_again.hpp>
#include <eventsourcing/runtime/observing/follower_tells.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Follows a store page by page, has each event handled, and commits what became of it together
/// with the checkpoint. A step machine: one step is at most one page.
///
/// `Handler` makes the result: `load(keeper, key, call)` reads what is stored, `handle(records,
/// parking, now, call, i)` handles events and counts them in `i`, `collect(commit)` adds the result
/// to a commit, `committed()` and `roll_back()` end it. Whatever it did since the last commit can
/// be rolled back and done again.
template <class Store, class Keeper, class Handler>
class Follower {
public:
    /// `of_handler` is what the handler is made of.
    template <class... Of>
    Follower(Store store, Keeper keeper, ProgressKey key, Query query, SubscriptionOptions options,
             Of&&... of_handler)
        : at_(std::move(store), std::move(keeper), std::move(key), std::move(query),
              std::move(options), std::forward<Of>(of_handler)...) {}

    [[nodiscard]] const Store& store() const { return at_.store; }
    [[nodiscard]] const Keeper& keeper() const { return at_.progress.keeper(); }
    [[nodiscard]] const ProgressKey& key() const { return at_.progress.key(); }
    [[nodiscard]] const Environment& environment() const { return at_.environment; }
    [[nodiscard]] Handler& handler() { return at_.handler; }
    [[nodiscard]] const Handler& handler() const { return at_.handler; }
    [[nodiscard]] FollowedStatus& status() { return at_.status; }
    [[nodiscard]] const FollowedStatus& status() const { return at_.status; }
    [[nodiscard]] const FollowerTells& tells() const { return at_.tells; }

    /// One page, or nothing. Calls from several threads are made one after the other.
    Step step(const std::stop_token& stop) {
        const std::lock_guard lock(stepping_);
        saw_end_ = false;
        if (auto rest = resting())
            return *rest;
        const CallOptions call{.stop = stop};
        auto done = make_step(call);
        if (done)
            return *done;
        return failed(std::move(done).error(), call);
    }

    /// Reads which events are parked, if that was not done yet: for whoever asks `holds` before the
    /// first step. Nothing if it is known.
    std::optional<Step> begin(const std::stop_token& stop) {
        const std::lock_guard lock(stepping_);
        if (at_.parking.is_read())
            return std::nullopt;
        if (auto rest = resting())
            return rest;
        const CallOptions call{.stop = stop};
        if (auto done = at_.load(call); !done)
            return failed(std::move(done).error(), call);
        return std::nullopt;
    }

    /// Whether the last step has handled everything that there was when it began. For whoever makes
    /// the steps.
    [[nodiscard]] bool saw_end() const { return saw_end_; }

    /// After a stop: the next step tries again.
    void resume() {
        const std::lock_guard lock(stepping_);
        at_.status.resume();
    }

    /// Calls `f` while no step is made, and reads what is stored then.
    template <class F>
    auto paused(F f) {
        const std::lock_guard lock(stepping_);
        at_.forget();
        auto done = f();
        if (done)
            static_cast<void>(at_.load({})); // readers see it at once
        return done;
    }

    /// Handles the parked events of a key once more, in order and with today's code. Those that
    /// succeed leave the line, the first one that fails stays, and what is after it. Returns how
    /// many are left.
    Result<std::size_t> replay(const std::string& key, const CallOptions& given) {
        const std::lock_guard lock(stepping_);
        const CallOptions call = given.begun(environment());
        for (unsigned attempt = 1;; ++attempt) {
            auto left = ParkedReplay(at_, key, call).run();
            if (left)
                return left;
            at_.forget();
            if (left.error() != errc::conflict || attempt == most_replays)
                return left;
        }
    }
    /// Calls `f` with each key that has parked events, since when, and how often the first of them
    /// had been tried when that was read.
    template <class F>
    void for_each_parked_key(F f) {
        const std::lock_guard lock(stepping_);
        at_.parking.for_each_key(f);
    }
    /// How many events of this key are parked.
    [[nodiscard]] Result<std::size_t> parked_of(const std::string& key, const CallOptions& call) {
        const std::lock_guard lock(stepping_);
        if (!at_.parking.holds(key))
            return std::size_t{0};
        auto line = at_.parking.line(keeper(), this->key(), key, call);
        if (!line)
            return std::move(line).error();
        return line->size();
    }
    /// Whether events of this key are parked.
    [[nodiscard]] bool holds(std::string_view key) {
        const std::lock_guard lock(stepping_);
        return at_.parking.holds(key);
    }
    /// The parked events, in the order of key and sequence.
    [[nodiscard]] Result<std::vector<ParkedEvent>> parked(const CallOptions& call) const {
        std::vector<ParkedEvent> all;
        for (;;) {
            auto page = keeper().load_parked(
                key(), all.empty() ? std::nullopt : std::optional<std::string_view>(all.back().key),
                max_page_size, call);
            if (!page)
                return std::move(page).error();
            all.insert(all.end(), page->begin(), page->end());
            if (page->size() < max_page_size)
                return all;
        }
    }

    /// Waits until what is stored has come to the position, as this object shows it.
    Result<void> wait_for(Position position, const CallOptions& given) {
        const CallOptions call = given.begun(environment());
        FollowedStatus& status = at_.status;
        if (status.reached(position) ||
            (status.is_driven() && status.wait(position, call.stop, call.deadline)))
            return {};
        if (auto done = check_call(call, environment()); !done)
            return std::move(done).error().within(joined({"waiting for ", key().name}));
        if (status.is_driven())
            return not_coming(key().name, status.error());
        if (auto done = wait_for_other_runner(keeper(), key(), at_.progress.owner(), position,
                                              environment(), call);
            !done)
            return done;
        return show_stored(position, call);
    }

    /// How far this object has come or, before its first step, what is stored.
    [[nodiscard]] Result<std::optional<Position>> known_position(const CallOptions& call) const {
        if (const auto here = status().now().position)
            return std::optional(*here);
        auto stored = keeper().load_progress(key(), call);
        if (!stored)
            return std::move(stored).error();
        return *stored ? (*stored)->checkpoint.position : std::nullopt;
    }

    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        if constexpr (Store::capabilities.wakes_readers)
            return store().wait_for_append(status().now().position, call);
        else
            return errc::unsupported;
    }
    [[nodiscard]] std::optional<Uuid> store_id() const {
        if constexpr (IdentifiedStore<Store>)
            if (auto id = store().store_id())
                return *id;
        return std::nullopt;
    }
    /// Notes that a loop more runs it, or one less.
    void driven(int more) {
        at_.status.driven(more);
        if (at_.status.is_driven())
            return;
        const std::lock_guard lock(stepping_);
        if (at_.progress.stored())
            static_cast<void>(at_.progress.give_up({})); // for those who wait in other processes
    }

private:
    /// While it has stopped, or waits.
    [[nodiscard]] std::optional<Step> resting() const {
        if (at_.status.stopped())
            return Step{.kind = Step::Kind::stopped};
        if (const auto at = at_.status.retry_at(); at && environment().steady_now() < *at)
            return Step{.kind = Step::Kind::waiting, .next = at};
        return std::nullopt;
    }

    Result<Step> make_step(const CallOptions& call) {
        at_.failing.reset();
        if (!at_.loaded)
            if (auto done = at_.load(call); !done)
                return std::move(done).error();
        auto page = store().read_all(
            {.after = at_.position, .query = at_.query, .limit = at_.page_size}, call);
        if (!page && page.error() != errc::invalid && page.error() != errc::beyond_head)
            return std::move(page).error();
        // after the page: a store that was replaced before it was read is noticed
        if (auto done = check_checkpoint(store(), at_.progress.checkpoint(), call); !done)
            return std::move(done).error();
        if (!page)
            return std::move(page).error();
        const auto next = page->last_position ? page->last_position : at_.position;
        if (page->empty() && page->at_end && next == at_.progress.checkpoint().position) {
            auto seen = see_others(call);
            if (!seen)
                return std::move(seen).error();
            if (*seen)
                return Step{.kind = Step::Kind::worked};
        }
        if (auto done = PageHandling(at_, *page, call).run(); !done)
            return std::move(done).error();
        const bool at_end = page->at_end && at_.position == next;
        at_.status.stepped(at_.position, at_end);
        saw_end_ = at_end;
        at_.tells.stepped(at_.position, at_end, store(), at_.query, environment(), call);
        return Step{.kind = !at_end || !page->empty() ? Step::Kind::worked : Step::Kind::idle,
                    .events = page->records().size()};
    }

    /// Reads what another runner has stored without an event more, such as a rebuild or a replay;
    /// returns whether there was something.
    Result<bool> see_others(const CallOptions& call) {
        auto current = at_.progress.is_current(call);
        if (!current)
            return current;
        if (*current)
            return false;
        at_.forget();
        if (auto done = at_.load(call); !done)
            return std::move(done).error();
        return true;
    }

    Step failed(Error error, const CallOptions& call) {
        at_.forget();
        const auto& failing = at_.failing;
        if (error == errc::conflict && !failing) {
            at_.tells.conflict();
            return {.kind = Step::Kind::worked}; // another runner was faster: go on from there
        }
        if (error == errc::cancelled && call.stop.stop_requested())
            return {.kind = Step::Kind::idle};
        const bool passes = is_tried_again(error);
        const auto& stored = at_.progress.stored();
        const auto failure =
            at_.status.failed(error, failing ? failing->stream : std::nullopt,
                              failing ? std::optional(failing->revision) : std::nullopt, passes,
                              at_.options.backoff, stored ? stored->failure : std::nullopt);
        at_.tells.failed(error, failure, at_.status.retry_at(), environment());
        if (stored)
            store_failure(failure, passes);
        if (!passes)
            return {.kind = Step::Kind::stopped};
        return {.kind = Step::Kind::waiting, .next = at_.status.retry_at()};
    }
    /// For other processes. If that fails, it is in the status of this object all the same.
    void store_failure(const ProgressFailure& failure, bool passes) {
        ProgressCommit commit;
        commit.next.checkpoint = at_.progress.checkpoint();
        commit.next.status =
            status_word(passes ? SubscriptionState::waiting : SubscriptionState::stopped);
        commit.next.failure = failure;
        static_cast<void>(at_.progress.commit(std::move(commit), {}));
    }

    /// Shows readers what another object has stored, unless this one has come there meanwhile.
    Result<void> show_stored(Position position, const CallOptions& call) {
        const std::lock_guard lock(stepping_);
        if (at_.status.reached(position))
            return {};
        at_.forget();
        return at_.load(call);
    }

    /// So often a replay begins again because another runner has stored something meanwhile.
    static constexpr unsigned most_replays = 10;

    Following<Store, Keeper, Handler> at_;
    std::mutex stepping_;
    bool saw_end_ = false;
};

} // namespace eventsourcing::detail

#endif
