// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXECUTION_HPP
#define EVENTSOURCING_RUNTIME_EXECUTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/fold_named.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/batch_ids.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/execute_options.hpp>
#include <eventsourcing/runtime/executed.hpp>
#include <eventsourcing/runtime/keep_pending.hpp>
#include <eventsourcing/runtime/pending_append.hpp>
#include <eventsourcing/runtime/send_until_known.hpp>
#include <eventsourcing/runtime/stored_outcome.hpp>
#include <eventsourcing/runtime/stream_states.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/duplicate_id.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// The state that a command is decided on: shared with the cache, or an own one.
template <Aggregate A>
class KnownState {
public:
    explicit KnownState(std::shared_ptr<const Loaded<A>> shared) : shared_(std::move(shared)) {}

    [[nodiscard]] explicit operator bool() const { return shared_ || own_; }
    [[nodiscard]] const Loaded<A>& operator*() const { return shared_ ? *shared_ : *own_; }
    [[nodiscard]] const Loaded<A>* operator->() const { return &**this; }

    /// A state that may be changed.
    [[nodiscard]] Loaded<A>& mine() {
        if (shared_) {
            own_.emplace(*shared_);
            shared_.reset();
        }
        return *own_;
    }
    /// A new state in its place.
    [[nodiscard]] Loaded<A>& renewed() {
        shared_.reset();
        return own_.emplace();
    }

private:
    std::shared_ptr<const Loaded<A>> shared_;
    std::optional<Loaded<A>> own_;
};

/// One command on its way: loads, decides, appends, and decides again on conflict.
template <class A, class Store, class Beside, class C>
class Execution {
public:
    using Event = typename A::Event;
    using States = StreamStates<A, Store, Beside>;

    /// `found` is what the cache has of the stream, and gives its state away. All that it is made
    /// of lives as long as this.
    Execution(const States& states, typename States::Cached& found, StreamNameView stream,
              const C& command, const ExecuteOptions& options)
        : states_(states),
          slot_(found.slot.get()),
          stream_(stream),
          command_(command),
          options_(options),
          call_(options.call.timeout ? begun_.emplace(options.call.begun(states.environment))
                                     : options.call),
          known_(std::move(found.state)),
          cached_(known_) {
        if (states_.options.observer.template hears<Appended>())
            begin_ = states_.environment.steady_now();
        if (options.command_id) {
            ids_.emplace(stream.view(), *options.command_id);
            first_id_ = ids_->at(0);
            if (!finds_old_ids(states_.store))
                wanted_ = &first_id_;
        }
    }
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    Result<Executed<A>> run() {
        if (cached_) {
            states_.options.observer.tell(
                [&] { return StateLoaded{.stream = stream_.view(), .cached = true}; });
            states_.tell_skipped(stream_, known_->revision);
        }
        const bool ready = known_ && !ids_ && options_.attempts != 0U;
        Result<void> begun = ready ? Result<void>() : begin();
        // The first decision is made in its place.
        Result<Executed<A>> out = begun && !found_
                                      ? Result<Executed<A>>(std::in_place, *known_, command_)
                                      : Result<Executed<A>>(std::in_place);
        if (!begun) {
            out = std::move(begun).error();
            return out;
        }
        for (;;) {
            finish(out);
            if (!again_)
                return out;
            again_ = false;
            if (!found_) {
                static_cast<Loaded<A>&>(*out) = *known_;
                out->decision_ = decide_kept<A>(known_->state, command_);
            }
        }
    }

private:
    /// Gets the state to decide on.
    Result<void> begin() {
        if (!states_.options_in_range) [[unlikely]]
            return states_.options_in_range;
        if (auto good = check_attempts("ExecuteOptions", options_.attempts.value_or(1)); !good)
            return good;
        if (auto good = check_command_id(options_.command_id); !good)
            return good;
        std::optional<Revision> from = known_ ? known_->revision : std::nullopt;
        if (!known_) {
            Folded folded;
            if (auto loaded = states_.load(known_.renewed(), stream_,
                                           {.page_size = states_.options.page_size, .call = call_},
                                           wanted_, folded, from);
                !loaded)
                return loaded;
            found_ = folded.found;
            current_ = true;
            states_.keep(slot_, stream_, *known_);
        }
        if (wanted_ && from && !found_) {
            auto found = look_back(states_.store, stream_, first_id_, *from, call_);
            if (!found)
                return std::move(found).error();
            found_ = *found;
        }
        return {};
    }

    /// Sends what was decided, or returns without. `again_` says whether to decide once more.
    void finish(Result<Executed<A>>& out) {
        if (found_)
            return answer_stored(out, *found_);
        if (!out->decision_)
            return refuse(out, std::move(out->decision_).error());
        const std::span<const Event> events(out->decision_->data(), out->decision_->size());
        if (events.empty())
            return refuse(out, std::nullopt);
        if (auto folded = fold_named<A>(out->state, events, "the decided event "); !folded)
            return refuse(out,
                          std::move(folded).error().within(joined({"stream ", stream_.view()})));
        send(out, events);
    }

    /// Ends with a "no", an error or no events, if it was said of the current state.
    [[gnu::noinline]] void refuse(Result<Executed<A>>& out, std::optional<Error> error) {
        if (!current_ && !options_.stale_ok) {
            auto folded = states_.catch_up(known_.mine(), stream_, call_, wanted_, cached_);
            if (!folded) {
                out = std::move(folded).error();
                return;
            }
            current_ = true;
            found_ = folded->found;
            if (folded->events > 0 || found_) {
                states_.keep(slot_, stream_, *known_);
                again_ = true;
                return;
            }
        }
        if (ids_ && !wanted_) {
            auto stored = find_stored(states_.store, stream_, first_id_, call_);
            if (!stored) {
                out = std::move(stored).error();
                return;
            }
            if (*stored)
                return answer_stored(out, **stored);
        }
        if (error)
            out = *std::move(error);
    }

    void send(Result<Executed<A>>& out, std::span<const Event> events) {
        const Environment& environment = states_.environment;
        const Timestamp now = environment.now();
        const BatchIds ids =
            ids_ ? BatchIds(events.size(),
                            [&](std::size_t i) { return i == 0 ? first_id_ : ids_->at(i); })
                 : BatchIds(events.size(), environment, now);
        const Batch<Event> batch(events, ids.view(), now, metadata(), options_.tags);
        const ExpectedRevision expected = out->revision ? ExpectedRevision::exactly(*out->revision)
                                                        : ExpectedRevision::no_stream();
        ++out->attempts;
        auto sent = append(expected, batch);
        const bool sent_once = sent.has_value();
        if (!sent_once) [[unlikely]] {
            sent = send_until_known(
                std::move(sent), [&] { return append(expected, batch); }, stream_.view(),
                retry_terms());
            if (!sent)
                return not_sent(out, std::move(sent).error(), batch, expected);
        }
        out->receipt = *sent;
        out->revision = sent->last;
        if (ids_ && (wanted_ || sent->repeated) && !is_own(out, batch, expected, sent_once))
            return;
        states_.keep(slot_, stream_, *out);
        states_.keep_snapshot(stream_, *out, sent->first, ids.view().back(), call_);
        states_.options.observer.tell([&] {
            return Appended{.stream = stream_.view(),
                            .events = events.size(),
                            .receipt = *sent,
                            .attempts = out->attempts,
                            .duration = environment.steady_now() - begin_};
        });
    }

    /// Whether the events that the store has accepted are those of this call. If they are not, or
    /// it can't be said, `out` is the answer: what a store takes for a retry may be the events of
    /// another command, of which it compares nothing or only the first ones.
    [[gnu::noinline]] bool is_own(Result<Executed<A>>& out, const Batch<Event>& batch,
                                  ExpectedRevision expected, bool sent_once) {
        const Receipt sent = *out->receipt;
        if (sent.repeated && sent_once) { // what was sent twice may be of this call
            answer_stored(out, sent.first);
            return false;
        }
        const auto same = guarded("comparing what is stored", [&]() -> Result<bool> {
            auto stored = read_outcome<Event>(states_.store, stream_, *ids_, sent.first, call_);
            if (!stored)
                return std::move(stored).error();
            return holds_same(*stored, batch);
        });
        if (!same) {
            out = with_pending(
                std::move(out),
                Error(errc::unknown_outcome,
                      joined({"the store has events of this command_id, and whether they are of "
                              "this command is unknown: ",
                              same.error().message()})),
                batch, expected);
            return false;
        }
        if (!*same)
            answer_stored(out, sent.first);
        return *same;
    }

    /// Inlined where it is sent first: a call costs more than what it does before the store's.
    [[gnu::always_inline]] Result<Receipt> append(ExpectedRevision expected,
                                                  const Batch<Event>& batch) const {
        return guarded_append("the store", [&]() -> Result<Receipt> {
            static const AppendCondition none;
            if constexpr (requires {
                              states_.store.append(stream_, expected, batch, none, call_);
                          }) {
                return states_.store.append(stream_, expected, batch, none, call_);
            } else {
                Store copy = states_.store; // copies may be used from several threads at once
                return copy.append(stream_, expected, batch, none, call_);
            }
        });
    }

    [[gnu::noinline]] void not_sent(Result<Executed<A>>& out, Error error,
                                    const Batch<Event>& batch, ExpectedRevision expected) {
        if (error == errc::conflict)
            return decide_again(out, std::move(error));
        if (error == errc::duplicate_id && ids_)
            if (const DuplicateId* known = duplicate_id(error); known && stream_ == known->stream)
                for (std::size_t i = 0; i < batch.size(); ++i)
                    if (batch.ids()[i] == known->id && known->revision.value() >= i)
                        return answer_stored(out, Revision{known->revision.value() - i});
        if (error.outcome() == Outcome::unknown)
            out = with_pending(std::move(out), std::move(error), batch, expected);
        else
            out = std::move(error);
    }

    /// Waits, and reads what others have appended.
    void decide_again(Result<Executed<A>>& out, Error error) {
        const unsigned made = out->attempts;
        if (made >= options_.attempts.value_or(states_.options.attempts)) {
            if (wanted_ && meet(error.conflict()) && found_) {
                again_ = true; // what the others have appended are the events of this command
                return;
            }
            states_.forget(stream_);
            out = std::move(error).with_message(
                joined({error.message(), "; given up after ", std::to_string(made),
                        " attempts (`attempts` says how many)"}));
            return;
        }
        const auto wait = states_.options.backoff.after(made, states_.environment);
        states_.options.observer.tell([&] {
            return ConflictRetried{
                .stream = stream_.view(), .attempt = made, .wait = wait, .error = error};
        });
        if (auto waited = wait_for_attempt(wait, retry_terms()); !waited) {
            out = std::move(waited).error().with_message(
                joined({error.message(), "; no time for another attempt"}));
            return;
        }
        if (auto done = meet(error.conflict()); !done) {
            out = std::move(done).error();
            return;
        }
        again_ = true;
    }

    /// Brings the state to the end of the stream.
    Result<void> meet(const Conflict* conflict) {
        if (conflict && conflict->actual < known_->revision) { // restored, or removed
            states_.forget(stream_);
            slot_ = nullptr; // its stream's name is still in use
            known_ = KnownState<A>(nullptr);
            return begin();
        }
        auto folded = states_.catch_up(known_.mine(), stream_, call_, wanted_, cached_);
        if (!folded)
            return std::move(folded).error();
        current_ = true;
        found_ = folded->found;
        return {};
    }

    /// The command was executed before; its first event is at this revision.
    void answer_stored(Result<Executed<A>>& out, Revision first) {
        auto stored = read_outcome<Event>(states_.store, stream_, *ids_, first, call_);
        if (!stored) {
            out = std::move(stored).error();
            return;
        }
        Folded folded;
        std::optional<Revision> from;
        Loaded<A> state;
        auto loaded = states_.load(
            state, stream_,
            {.at = stored->receipt.last, .page_size = states_.options.page_size, .call = call_},
            nullptr, folded, from);
        if (!loaded) {
            out = std::move(loaded).error();
            return;
        }
        static_cast<Loaded<A>&>(*out) = std::move(state);
        out->decision_ = std::move(stored->events);
        out->receipt = stored->receipt;
        out->repeated = true;
        states_.options.observer.tell([&] {
            return CommandRepeated{
                .stream = stream_.view(), .command_id = *options_.command_id, .revision = first};
        });
    }

    /// The error with all that is needed to send the append again.
    [[gnu::cold]] Error with_pending(Result<Executed<A>>&& out, Error&& error,
                                     const Batch<Event>& batch, ExpectedRevision expected) const {
        return keep_pending(std::move(error), [&] {
            return PendingAppend<A>{.stream = StreamName(stream_),
                                    .expected = expected,
                                    .condition = {},
                                    .shared_events = *std::move(out->decision_),
                                    .ids = {batch.ids().begin(), batch.ids().end()},
                                    .recorded_at = batch.recorded_at(),
                                    .metadata = batch.metadata() ? *batch.metadata() : Metadata{},
                                    .tags = {batch.tags().begin(), batch.tags().end()},
                                    .state = std::move(out->state)};
        });
    }

    /// Null for none.
    const Metadata* metadata() {
        if (!options_.command_id || !options_.metadata.command_id.empty())
            return options_.metadata.empty() ? nullptr : &options_.metadata;
        if (!metadata_) {
            metadata_.emplace(options_.metadata);
            metadata_->command_id = options_.command_id->to_string();
        }
        return &*metadata_;
    }

    [[nodiscard]] RetryTerms retry_terms() const {
        return {states_.environment, states_.options.observer, states_.options.backoff,
                states_.options.patience, call_};
    }

    const States& states_;
    /// Where the cache has the stream, or null.
    typename States::Slot* slot_;
    StreamNameView stream_;
    const C& command_;
    const ExecuteOptions& options_;
    /// Its duration made an instant, if it has one.
    std::optional<CallOptions> begun_{};
    const CallOptions& call_;
    KnownState<A> known_;
    /// Whether the cache had it.
    bool cached_ = false;
    /// Whether the state was read to the end of the stream during this call.
    bool current_ = false;
    bool again_ = false;
    std::chrono::steady_clock::time_point begin_{};
    std::optional<CommandIds> ids_{};
    Uuid first_id_{};
    /// What to look for in what is read, in a store that forgets ids; else null.
    const Uuid* wanted_ = nullptr;
    /// Where it was found.
    std::optional<Revision> found_{};
    std::optional<Metadata> metadata_{};
};

} // namespace eventsourcing::detail

#endif
