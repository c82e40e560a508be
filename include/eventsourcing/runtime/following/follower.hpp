// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWER_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/following/followed_status.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/place.hpp>
#include <eventsourcing/runtime/following/runner_progress.hpp>
#include <eventsourcing/runtime/observing/follower_tells.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Follows a store page by page, has each event handled, and commits what became of it together
/// with the checkpoint. A step machine: one step is at most one page.
///
/// `Handler` makes the result: `load(keeper, key, call)` reads what is stored, `handle(record,
/// parking, now)` handles an event, `collect(commit)` adds the result to a commit, `committed()`
/// and `roll_back()` end it. Whatever it did since the last commit can be rolled back and done
/// again.
template <class Store, class Keeper, class Handler>
class Follower {
public:
    /// `of_handler` is what the handler is made of.
    template <class... Of>
    Follower(Store store, Keeper keeper, ProgressKey key, Query query, SubscriptionOptions options,
             Of&&... of_handler)
        : store_(std::move(store)),
          options_(std::move(options)),
          environment_(options_.environment ? *options_.environment : environment_of(store_)),
          query_(std::move(query)),
          progress_(std::move(keeper), std::move(key), environment_.new_id().to_string()),
          status_(progress_.key().name, environment_),
          tells_(options_.observer, progress_.key()),
          handler_(std::forward<Of>(of_handler)...) {}

    [[nodiscard]] const Store& store() const { return store_; }
    [[nodiscard]] const Keeper& keeper() const { return progress_.keeper(); }
    [[nodiscard]] const ProgressKey& key() const { return progress_.key(); }
    [[nodiscard]] const Environment& environment() const { return environment_; }
    [[nodiscard]] Handler& handler() { return handler_; }
    [[nodiscard]] const Handler& handler() const { return handler_; }
    [[nodiscard]] FollowedStatus& status() { return status_; }
    [[nodiscard]] const FollowedStatus& status() const { return status_; }
    [[nodiscard]] const FollowerTells& tells() const { return tells_; }

    /// One page, or nothing. Calls from several threads are made one after the other.
    Step step(const std::stop_token& stop) {
        const std::lock_guard lock(stepping_);
        saw_end_ = false;
        if (status_.stopped())
            return {.kind = Step::Kind::stopped};
        if (const auto at = status_.retry_at(); at && environment_.steady_now() < *at)
            return {.kind = Step::Kind::waiting, .next = at};
        const CallOptions call{.stop = stop};
        auto done = make_step(call);
        if (done)
            return *done;
        return failed(std::move(done).error(), call);
    }

    /// Whether the last step has handled everything that there was when it began. For whoever makes
    /// the steps.
    [[nodiscard]] bool saw_end() const { return saw_end_; }

    /// After a stop: the next step tries again.
    void resume() {
        const std::lock_guard lock(stepping_);
        status_.resume();
    }

    /// Calls `f` while no step is made, and reads what is stored then.
    template <class F>
    auto paused(F f) {
        const std::lock_guard lock(stepping_);
        forget();
        auto done = f();
        if (done)
            static_cast<void>(load({})); // readers see it at once
        return done;
    }

    /// Handles the parked events of a key once more, in order and with today's code. Those that
    /// succeed leave the line, the first one that fails stays, and what is behind it. Returns how
    /// many are left.
    Result<std::size_t> replay(const std::string& key, const CallOptions& given) {
        const std::lock_guard lock(stepping_);
        const CallOptions call = given.begun(environment_);
        auto done = replay_line(key, call);
        if (!done)
            forget();
        return done;
    }
    /// Calls `f` with each key that has parked events, and since when.
    template <class F>
    void for_each_parked_key(F f) {
        const std::lock_guard lock(stepping_);
        parking_.for_each_key(f);
    }
    /// Whether events of this key are parked.
    [[nodiscard]] bool holds(std::string_view key) {
        const std::lock_guard lock(stepping_);
        return parking_.holds(key);
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
        const CallOptions call = given.begun(environment_);
        if (status_.reached(position) ||
            (status_.is_driven() && status_.wait(position, call.stop, call.deadline)))
            return {};
        if (auto done = check_call(call, environment_); !done)
            return std::move(done).error().within(joined({"waiting for ", key().name}));
        if (status_.is_driven())
            return not_coming(status_.error());
        return wait_for_other(position, call);
    }

    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        if constexpr (Store::capabilities.wakes_readers)
            return store_.wait_for_append(status_.now().position, call);
        else
            return errc::unsupported;
    }
    [[nodiscard]] std::optional<Uuid> store_id() const {
        if constexpr (IdentifiedStore<Store>)
            if (auto id = store_.store_id())
                return *id;
        return std::nullopt;
    }
    /// Notes that a loop more runs it, or one less.
    void driven(int more) {
        status_.driven(more);
        if (status_.is_driven())
            return;
        const std::lock_guard lock(stepping_);
        if (progress_.stored())
            static_cast<void>(progress_.give_up({})); // for those who wait in other processes
    }

private:
    /// How often the progress of another process is looked at.
    static constexpr std::chrono::milliseconds look_every{10};

    struct Failing {
        std::optional<StreamName> stream{};
        Revision revision{};
    };

    Result<Step> make_step(const CallOptions& call) {
        failing_.reset();
        if (!loaded_)
            if (auto done = load(call); !done)
                return std::move(done).error();
        auto page = store_.read_all(
            {.after = position_, .query = query_, .limit = options_.page_size}, call);
        if (!page && page.error() != errc::invalid && page.error() != errc::beyond_head)
            return std::move(page).error();
        // after the page: a store that was replaced before it was read is noticed
        if (auto done = check_checkpoint(store_, progress_.checkpoint(), call); !done)
            return std::move(done).error();
        if (!page)
            return std::move(page).error();
        const auto next = page->last_position ? page->last_position : position_;
        if (auto done = handle_page(*page, call); !done)
            return std::move(done).error();
        const bool at_end = page->at_end && position_ == next;
        status_.stepped(position_, at_end);
        saw_end_ = at_end;
        tells_.stepped(position_, at_end, store_, query_, environment_, call);
        return Step{.kind = !at_end || !page->empty() ? Step::Kind::worked : Step::Kind::idle,
                    .events = page->records().size()};
    }

    static constexpr std::string_view options_name() {
        if constexpr (requires { Handler::options_name; })
            return Handler::options_name;
        else
            return "SubscriptionOptions";
    }

    /// Reads what is stored, or stores the start.
    Result<void> load(const CallOptions& call) {
        tells_.forget();
        if (auto good = check_following_options(options_name(), options_); !good)
            return good;
        if (auto done = progress_.load(call); !done)
            return done;
        if (!progress_.stored())
            if (auto done = begin(call); !done)
                return done;
        if (auto done = parking_.load(progress_.keeper(), progress_.key(), call); !done)
            return done;
        parking_.committed();
        if (auto done = handler_.load(progress_.keeper(), progress_.key(), call); !done)
            return done;
        position_ = progress_.checkpoint().position;
        loaded_ = true;
        if (options_.commit_every.time > std::chrono::nanoseconds::zero())
            committed_at_ = environment_.steady_now();
        status_.committed(position_);
        status_.parked(parking_.keys());
        return {};
    }
    Result<void> begin(const CallOptions& call) {
        auto position = begin_of(store_, options_.start, call);
        if (!position)
            return std::move(position).error();
        auto checkpoint = checkpoint_at(store_, *position, call);
        if (!checkpoint)
            return std::move(checkpoint).error();
        ProgressCommit commit;
        handler_.begin(commit);
        commit.next.checkpoint = *std::move(checkpoint);
        commit.next.status = status_word(SubscriptionState::catching_up);
        return progress_.commit(std::move(commit), call);
    }

    Result<void> handle_page(const Page& page, const CallOptions& call) {
        const Timestamp now = page.empty() ? Timestamp{} : environment_.now();
        auto done = handle_together(page, now, call);
        if constexpr (requires { Handler::fails_in_commit; })
            if (!done && done.error() == errc::invalid && !failing_ && !page.empty()) {
                if (deferred_)
                    return again_from_checkpoint();
                return handle_each(page, now, call);
            }
        return done;
    }

    /// Handles the records. One that fails is decided upon, and then all since the last commit are
    /// handled once more, if that is how the handler takes back what it did of it.
    Result<void> handle_together(const Page& page, Timestamp now, const CallOptions& call) {
        const auto records = page.records();
        std::size_t first = 0; // that is not stored
        std::size_t i = 0;
        while (i < records.size()) {
            auto done = handler_.handle(records.subspan(i), parking_, now, call, i);
            if (done)
                break;
            Error error = std::move(done).error();
            if constexpr (!Handler::can_undo) {
                if (auto good = after_failure(records, first, i, now, std::move(error), call);
                    !good)
                    return good;
            } else {
                if (deferred_)
                    return again_from_checkpoint();
                if (auto good = pass_over(records, first, i, std::move(error), now, call); !good)
                    return good;
                if (!records[i].position)
                    i = first; // positions of pages only: once more from the beginning
                else
                    first = ++i;
            }
        }
        return commit_page(page, first < records.size(), call);
    }
    /// Handles and stores each record by itself, after a commit of several was refused for what
    /// one of them made.
    Result<void> handle_each(const Page& page, Timestamp now, const CallOptions& call) {
        const auto records = page.records();
        if (auto good = roll_back(); !good)
            return good;
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (!records[i].position)
                return Error(errc::unsupported,
                             "a statement failed, and this store does not tell of which event");
            if (records[i].position <= progress_.checkpoint().position)
                continue;
            auto done = commit_before(records, i, i + 1, now, call);
            if (done)
                continue;
            if (!failing_ && done.error() != errc::invalid)
                return done;
            Error error = std::move(done).error();
            if (!std::exchange(failing_, {}))
                error =
                    std::move(error).within(event_place(records[i].stream, records[i].revision));
            if (auto good = pass_over(records, i, i, std::move(error), now, call); !good)
                return good;
        }
        return commit_page(page, false, call);
    }

    /// Stores what came before the event `i`, which failed, and what is decided of it: for each of
    /// its keys that fails.
    Result<void> pass_over(std::span<const EventRecord> records, std::size_t first, std::size_t i,
                           Error error, Timestamp now, const CallOptions& call) {
        for (;;) {
            if (auto good = roll_back(); !good)
                return good;
            bool passes = !must_wait(error) && !keeper_failed() &&
                          options_.on_failure != OnFailure::stop &&
                          !parking_.has_decided(records[i]);
            if (passes && is_one_too_many()) {
                passes = false;
                error = one_too_many(std::move(error));
            }
            if (!passes) {
                if (auto good = commit_before(records, first, i, now, call); !good)
                    return good;
                fail_at(records[i]);
                return error;
            }
            pass(records[i], error);
            if (!records[i].position)
                return {};
            auto stored = commit_before(records, first, i + 1, now, call);
            if (stored || !failing_ || failing_->revision != records[i].revision ||
                !failing_->stream || failing_->stream->view() != records[i].stream)
                return stored;
            failing_.reset();
            error = std::move(stored).error();
        }
    }
    [[nodiscard]] bool keeper_failed() const {
        if constexpr (requires { handler_.keeper_failed(); })
            return handler_.keeper_failed();
        else
            return false;
    }

    /// Whether one more key with parked events would be more than the limit.
    [[nodiscard]] bool is_one_too_many() const {
        return options_.on_failure == OnFailure::park &&
               parking_.keys() >= options_.max_parked_keys && !parking_.holds_asked();
    }
    [[nodiscard]] Error one_too_many(Error error) const {
        return std::move(error).within(
            joined({"there are parked events of ", std::to_string(parking_.keys()),
                    " keys already (max_parked_keys), so this one is not parked"}));
    }

    /// The same for a handler that can't take back what it did: what was handled before the event
    /// that failed is stored and not handled once more, with what was parked of it.
    Result<void> after_failure(std::span<const EventRecord> records, std::size_t& first,
                               std::size_t& i, Timestamp now, Error error,
                               const CallOptions& call) {
        bool passes = !must_wait(error) && options_.on_failure != OnFailure::stop;
        if (passes && is_one_too_many()) {
            passes = false;
            error = one_too_many(std::move(error));
        }
        if (passes) {
            pass(records[i], error);
            static_cast<void>(parking_.passes_decided(records[i], now));
            ++i;
        }
        if (first < i && records[i - 1].position) {
            if (auto good = commit_at(records[i - 1], call); !good)
                return good;
            first = i;
        }
        if (passes)
            return {};
        fail_at(records[i]);
        return error;
    }

    /// Decides that an event that can't be handled is parked or left out.
    void pass(const EventRecord& record, const Error& error) {
        if (options_.on_failure == OnFailure::park) {
            parking_.decide(record, error.message());
        } else {
            parking_.decide(record, std::nullopt);
            tells_.skips(record, error);
        }
    }

    /// Handles once more and commits the records before `end`, which the store must tell the
    /// positions of.
    Result<void> commit_before(std::span<const EventRecord> records, std::size_t first,
                               std::size_t end, Timestamp now, const CallOptions& call) {
        if (first == end || !records[end - 1].position)
            return {};
        std::size_t i = first;
        if (auto done = handler_.handle(records.subspan(i, end - i), parking_, now, call, i);
            !done) {
            if (auto good = roll_back(); !good)
                return good;
            fail_at(records[i]);
            return std::move(done).error();
        }
        return commit_at(records[end - 1], call);
    }
    Result<void> commit_at(const EventRecord& last, const CallOptions& call) {
        return commit({.store_id = progress_.checkpoint().store_id,
                       .position = last.position,
                       .event_id = last.id},
                      SubscriptionState::catching_up, call);
    }

    Result<void> commit_page(const Page& page, bool handled, const CallOptions& call) {
        const auto next = page.last_position ? page.last_position : position_;
        const auto state = page.at_end ? SubscriptionState::live : SubscriptionState::catching_up;
        if (!handled && next == progress_.checkpoint().position && !deferred_) {
            position_ = next;
            return store_status(state, call);
        }
        if (!page.at_end && may_defer(page.records().size())) {
            deferred_ = true;
            position_ = next;
            return {};
        }
        auto checkpoint = checkpoint_of(page, next, call);
        if (!checkpoint)
            return std::move(checkpoint).error();
        return commit(*std::move(checkpoint), state, call);
    }
    Result<Checkpoint> checkpoint_of(const Page& page, std::optional<Position> next,
                                     const CallOptions& call) {
        if (!page.empty() && page.records().back().position == next)
            return Checkpoint{.store_id = progress_.checkpoint().store_id,
                              .position = next,
                              .event_id = page.records().back().id};
        return checkpoint_at(store_, next, call);
    }

    /// Whether `commit_every` lets this page be stored with a later one.
    bool may_defer(std::size_t events) {
        const auto& every = options_.commit_every;
        uncommitted_ += events;
        if (every.events == 0 && every.time <= std::chrono::nanoseconds::zero())
            return false;
        if (every.events != 0 && uncommitted_ >= every.events)
            return false;
        return every.time <= std::chrono::nanoseconds::zero() || !committed_at_ ||
               environment_.steady_now() - *committed_at_ < every.time;
    }

    Result<void> commit(Checkpoint checkpoint, SubscriptionState state, const CallOptions& call) {
        ProgressCommit commit;
        if (auto done = handler_.collect(commit); !done)
            return done;
        commit.park = parking_.staged();
        commit.next.checkpoint = std::move(checkpoint);
        commit.next.status = status_word(state);
        if (auto done = progress_.commit(std::move(commit), call); !done)
            return done;
        position_ = progress_.checkpoint().position;
        tells_.committed(parking_.staged());
        parking_.committed();
        status_.parked(parking_.keys());
        deferred_ = false;
        uncommitted_ = 0;
        if (options_.commit_every.time > std::chrono::nanoseconds::zero())
            committed_at_ = environment_.steady_now();
        auto done = handler_.committed();
        status_.committed(position_); // after readers can see it
        return done;
    }

    /// Writes the status, and who runs it, if it is not what is stored: it changes rarely.
    Result<void> store_status(SubscriptionState state, const CallOptions& call) {
        const Progress& stored = *progress_.stored();
        if (stored.status == status_word(state) && !stored.failure &&
            stored.owner == progress_.owner())
            return {};
        ProgressCommit commit;
        commit.next.checkpoint = progress_.checkpoint();
        commit.next.status = status_word(state);
        return progress_.commit(std::move(commit), call);
    }

    [[nodiscard]] Error not_coming(std::optional<Error> why) const {
        if (why)
            return std::move(*why).within(joined({key().name, " has stopped"}));
        return {errc::unavailable,
                joined({"nobody runs ", key().name, ": run it with es::run or es::follow"})};
    }
    /// Waits for what another object or process stores.
    Result<void> wait_for_other(Position position, const CallOptions& call) {
        for (;;) {
            auto stored = progress_.keeper().load_progress(progress_.key(), call);
            if (!stored)
                return std::move(stored).error();
            if (*stored && (*stored)->checkpoint.position &&
                *(*stored)->checkpoint.position >= position)
                return show_stored(position, call);
            const bool is_run =
                *stored && !(*stored)->owner.empty() && (*stored)->owner != progress_.owner();
            if (!is_run)
                return not_coming(std::nullopt);
            if ((*stored)->status == status_word(SubscriptionState::stopped))
                return not_coming(Error(
                    errc::failed, (*stored)->failure ? (*stored)->failure->message
                                                     : std::string("its reason is not known")));
            environment_.sleep(look_every, call.stop);
            if (auto done = check_call(call, environment_); !done)
                return std::move(done).error().within(joined({"waiting for ", key().name}));
        }
    }

    /// Shows readers what another object has stored, unless this one has come there meanwhile.
    Result<void> show_stored(Position position, const CallOptions& call) {
        const std::lock_guard lock(stepping_);
        if (status_.reached(position))
            return {};
        forget();
        return load(call);
    }

    Result<void> roll_back() {
        parking_.roll_back();
        return handler_.roll_back();
    }
    /// What is not stored is forgotten, and the next step reads what is.
    void forget() {
        static_cast<void>(roll_back());
        parking_.committed();
        loaded_ = false;
        deferred_ = false;
        uncommitted_ = 0;
    }
    /// Pages that were not stored are handled once more, and from now on each is stored.
    Result<void> again_from_checkpoint() {
        deferred_ = false;
        uncommitted_ = 0;
        options_.commit_every = {};
        position_ = progress_.checkpoint().position;
        return roll_back();
    }

    Result<std::size_t> replay_line(const std::string& key, const CallOptions& call) {
        if (!loaded_ || deferred_) {
            forget();
            if (auto done = load(call); !done)
                return std::move(done).error();
        }
        auto line = parking_.line(progress_.keeper(), progress_.key(), key, call);
        if (!line)
            return std::move(line).error();
        std::size_t left = line->size();
        const std::size_t before = left;
        for (std::size_t first = 0; first < line->size();) {
            const std::size_t end = std::min(line->size(), first + options_.page_size);
            ProgressCommit commit;
            commit.next.status = progress_.stored()->status;
            commit.next.failure = progress_.stored()->failure;
            commit.next.checkpoint = progress_.checkpoint();
            auto good = replay_events(std::span(*line).subspan(first, end - first), commit, call);
            if (!good)
                return std::move(good).error();
            left -= commit.unpark.size();
            if (auto done = handler_.collect(commit); !done)
                return std::move(done).error();
            if (auto done = progress_.commit(std::move(commit), call); !done)
                return std::move(done).error();
            if (auto done = handler_.committed(); !done)
                return std::move(done).error();
            if (!*good) {
                tells_.released(key, before - left, left);
                return left;
            }
            first = end;
        }
        tells_.released(key, before, left);
        parking_.remove(key);
        status_.parked(parking_.keys());
        return left;
    }
    /// Adds to the commit which of the parked events are handled, up to the first one that is not;
    /// returns whether all are.
    Result<bool> replay_events(std::span<ParkedEvent> events, ProgressCommit& commit,
                               const CallOptions& call) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto done = read_and_handle(events[i], call);
            if (done) {
                commit.unpark.push_back({events[i].key, events[i].sequence});
                continue;
            }
            events[i].failure = failure_text(done.error().message());
            ++events[i].attempts;
            commit.park.push_back(events[i]);
            if (!Handler::can_undo)
                return false;
            if (auto good = handler_.roll_back(); !good)
                return std::move(good).error();
            for (const ParkedEvent& event : events.first(i)) // those before it, once more
                if (auto good = read_and_handle(event, call); !good)
                    return std::move(good).error();
            return false;
        }
        return true;
    }
    Result<void> read_and_handle(const ParkedEvent& event, const CallOptions& call) {
        auto page = store_.read_stream(event.stream, {.from = event.revision, .limit = 1}, call);
        if (!page)
            return std::move(page).error();
        if (page->empty() || page->records().front().id != event.event_id)
            return Error(errc::not_found, joined({event_place(event.stream.str(), event.revision),
                                                  ": the parked event is not there any more"}));
        const EventRecord& record = page->records().front();
        if constexpr (requires { handler_.handle_parked(record, event.key, call, parking_); })
            return handler_.handle_parked(record, event.key, call, parking_);
        else
            return handler_.handle_parked(record, event.key, call);
    }

    void fail_at(const EventRecord& record) {
        auto stream = StreamName::parse(record.stream);
        failing_.emplace();
        if (stream)
            failing_->stream = *std::move(stream);
        failing_->revision = record.revision;
    }

    /// Whether the failure of an event holds up all that come after it.
    static bool must_wait(const Error& error) {
        if constexpr (requires { Handler::must_wait(error); })
            return Handler::must_wait(error);
        else if constexpr (requires { Handler::parks_all; })
            return error == errc::unknown_version || error == errc::cancelled ||
                   error == errc::closed || error == errc::failed;
        else
            return may_pass(error);
    }
    static bool may_pass(const Error& error) {
        return error == errc::unavailable || error == errc::timed_out ||
               error == errc::unknown_version || error == errc::not_sent ||
               error == errc::unknown_outcome;
    }

    Step failed(Error error, const CallOptions& call) {
        const bool was_loaded = loaded_;
        forget();
        if (error == errc::conflict && !failing_) {
            tells_.conflict();
            return {.kind = Step::Kind::worked}; // another runner was faster: go on from there
        }
        if (error == errc::cancelled && call.stop.stop_requested())
            return {.kind = Step::Kind::idle};
        const bool passes = may_pass(error);
        const auto failure = status_.failed(
            error, failing_ ? failing_->stream : std::nullopt,
            failing_ ? std::optional(failing_->revision) : std::nullopt, passes, options_.backoff,
            progress_.stored() ? progress_.stored()->failure : std::nullopt);
        tells_.failed(error, failure, status_.retry_at(), environment_);
        if (was_loaded && progress_.stored()) {
            ProgressCommit commit;
            commit.next.checkpoint = progress_.checkpoint();
            commit.next.status =
                status_word(passes ? SubscriptionState::waiting : SubscriptionState::stopped);
            commit.next.failure = failure;
            static_cast<void>(progress_.commit(std::move(commit), {})); // it is in `status_`, too
        }
        if (!passes)
            return {.kind = Step::Kind::stopped};
        return {.kind = Step::Kind::waiting, .next = status_.retry_at()};
    }

    const Store store_;
    SubscriptionOptions options_;
    const Environment environment_;
    const Query query_;
    RunnerProgress<Keeper> progress_;
    FollowedStatus status_;
    FollowerTells tells_;
    Handler handler_;
    Parking parking_;
    std::mutex stepping_;
    bool loaded_ = false;
    bool saw_end_ = false;
    bool deferred_ = false; // some pages are handled and not stored
    std::size_t uncommitted_ = 0;
    std::optional<std::chrono::steady_clock::time_point> committed_at_{};
    std::optional<Position> position_{}; // the next page is after it
    std::optional<Failing> failing_{};
};

} // namespace eventsourcing::detail

#endif
