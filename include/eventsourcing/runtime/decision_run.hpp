// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECISION_RUN_HPP
#define EVENTSOURCING_RUNTIME_DECISION_RUN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/decided.hpp>
#include <eventsourcing/runtime/decision_boundary.hpp>
#include <eventsourcing/runtime/decision_stream.hpp>
#include <eventsourcing/runtime/keep_pending.hpp>
#include <eventsourcing/runtime/send_until_known.hpp>
#include <eventsourcing/runtime/stored_outcome.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The ids of the events of one decision, the same in all its attempts: so that its events are
/// stored once, whatever became of an attempt whose outcome is unknown.
class DecisionIds {
public:
    DecisionIds(const std::optional<Uuid>& command, std::string_view stream) {
        if (command)
            derived_.emplace(stream, *command);
    }

    std::span<const Uuid> first(std::size_t count, const Environment& environment, Timestamp now) {
        while (ids_.size() < count)
            ids_.push_back(derived_ ? derived_->at(ids_.size()) : environment.new_id(now));
        return {ids_.data(), count};
    }
    /// Whether a stored event is that of this index.
    [[nodiscard]] bool is(const Uuid& id, std::size_t index) const {
        return derived_ ? derived_->at(index) == id : index < ids_.size() && ids_[index] == id;
    }
    /// The id of the first event; nothing if there can be none in a store.
    [[nodiscard]] std::optional<Uuid> front() const {
        if (derived_)
            return derived_->at(0);
        return ids_.empty() ? std::nullopt : std::optional(ids_.front());
    }

private:
    std::optional<CommandIds> derived_{};
    std::vector<Uuid> ids_{};
};

/// One command on its way: read, decide, append, and again from what is new.
template <class D, class S, class C>
class DecisionRun {
public:
    using Event = typename D::Event;

    /// All of these must outlive it. `maybe_stored` says whether the decision may be stored, if
    /// there is an error.
    DecisionRun(const S& store, const C& command, const DecideOptions& options,
                const RetryTerms& terms, unsigned most_attempts, bool& maybe_stored)
        : store_(store),
          command_(command),
          options_(options),
          terms_(terms),
          maybe_stored_(maybe_stored),
          most_attempts_(options.attempts.value_or(most_attempts)) {}

    Result<Decided<D>> execute() {
        if (auto good = check_finds_ids(store_, options_.command_id); !good)
            return std::move(good).error();
        if (auto ready = begin(); !ready)
            return std::move(ready).error();
        for (;; ++attempts_) {
            if (auto done = read(); !done)
                return std::move(done).error();
            auto events = decide();
            if (!events || events->empty())
                return stored_or(std::move(events));
            auto receipt = append(*events);
            if (receipt)
                return appended(*std::move(events), *receipt);
            if (receipt.error() != errc::condition_failed)
                return stored_or(std::move(receipt).error());
            if (attempts_ >= most_attempts_)
                return stored_or(given_up(std::move(receipt).error()));
            if (auto done = wait(receipt.error()); !done)
                return std::move(done).error().with_message(
                    joined({receipt.error().message(), "; no time for another attempt"}));
        }
    }

    /// The events that the command would emit.
    Result<Events<Event>> try_once() {
        if (auto ready = begin(); !ready)
            return std::move(ready).error();
        if (auto done = read(); !done)
            return std::move(done).error();
        return decide();
    }

private:
    using Views = BoundaryOf<D, C>;

    Result<void> begin() {
        if (auto good = check_command_id(options_.command_id); !good)
            return good;
        if (terms_.observer.template hears<Appended>())
            begin_ = terms_.environment.steady_now();
        auto views = guarded("boundary()", [&]() -> Result<void> {
            boundary_.emplace(D::boundary(command_));
            return {};
        });
        if (!views)
            return std::move(views).error().within(type_name<D>());
        if (auto ready = boundary_->prepare(); !ready)
            return ready;
        auto stream = stream_of<D>(command_, boundary_->query().items.front().tags.front());
        if (!stream)
            return std::move(stream).error();
        stream_.emplace(*std::move(stream));
        ids_.emplace(options_.command_id, stream_->view());
        return {};
    }

    Result<void> read() {
        const std::size_t before = read_;
        auto done = boundary_->read(store_, terms_.call, read_);
        if (done)
            terms_.observer.tell(
                [&] { return StateLoaded{.stream = stream_->view(), .folded = read_ - before}; });
        return done;
    }

    Result<Events<Event>> decide() {
        auto events = boundary_->template decide<D>(command_);
        if (!events)
            return events;
        if (auto good = boundary_->check_tags(*events, options_.tags); !good)
            events = std::move(good).error();
        return events;
    }

    Result<Receipt> append(const Events<Event>& events) {
        const Timestamp now = terms_.environment.now();
        const auto ids = ids_->first(events.size(), terms_.environment, now);
        const Batch<Event> batch({events.data(), events.size()}, ids, now, metadata(),
                                 options_.tags);
        const AppendCondition& condition = boundary_->condition();
        if (!was_unknown_)
            read_to_ = condition.after;
        bool unknown = false;
        const auto send = [&] {
            auto sent = guarded_append("the store", [&] {
                return store_.append_if(*stream_, batch, condition, terms_.call);
            });
            unknown = unknown || (!sent && sent.error().outcome() == Outcome::unknown);
            return sent;
        };
        auto sent = send_until_known(send, stream_->view(), terms_);
        was_unknown_ = was_unknown_ || unknown;
        maybe_stored_ = sent || sent.error().outcome() == Outcome::unknown;
        if (!sent && sent.error().outcome() == Outcome::unknown)
            sent = with_pending(std::move(sent).error(), events, batch, condition);
        return sent;
    }

    /// Null for none.
    const Metadata* metadata() {
        if (!options_.command_id || !options_.metadata.command_id.empty())
            return &options_.metadata;
        if (!metadata_) {
            metadata_ = options_.metadata;
            metadata_->command_id = options_.command_id->to_string();
        }
        return &*metadata_;
    }

    Error with_pending(Error&& error, const Events<Event>& events, const Batch<Event>& batch,
                       const AppendCondition& condition) {
        return keep_pending(std::move(error), [&] {
            return PendingDecision<D>{.stream = *stream_,
                                      .condition = condition,
                                      .shared_events = Events<Event>(events),
                                      .ids = {batch.ids().begin(), batch.ids().end()},
                                      .recorded_at = batch.recorded_at(),
                                      .metadata = *batch.metadata(),
                                      .tags = options_.tags};
        });
    }

    Result<Decided<D>> appended(Events<Event>&& events, const Receipt& receipt) {
        // What was there before this append may be of another call, which may have stored more: a
        // store takes the first events of a batch for a batch.
        const bool was_read = receipt.position && boundary_->condition().after &&
                              *receipt.position <= *boundary_->condition().after;
        if (was_read || (receipt.repeated && options_.command_id)) {
            auto stored = read_stored(receipt.first);
            if (!stored)
                return std::move(stored).error();
            return **std::move(stored);
        }
        Decided<D> out = decided(std::move(events));
        out.receipt = receipt;
        tell_appended(out);
        return out;
    }
    void tell_appended(const Decided<D>& out) const {
        terms_.observer.tell([&] {
            return Appended{.stream = stream_->view(),
                            .events = out.events().size(),
                            .receipt = *out.receipt,
                            .attempts = attempts_,
                            .duration = terms_.environment.steady_now() - begin_};
        });
    }

    /// What is stored of this command; if nothing is, what this attempt came to.
    Result<Decided<D>> stored_or(Result<Events<Event>> attempt) {
        const bool looks = was_unknown_ || options_.command_id;
        if (!looks || (!attempt && attempt.error().outcome() == Outcome::unknown))
            return unless_stored(std::move(attempt));
        auto stored = find_stored();
        if (!stored)
            return std::move(stored).error();
        if (!*stored)
            return unless_stored(std::move(attempt));
        return **std::move(stored);
    }

    Result<Decided<D>> unless_stored(Result<Events<Event>>&& attempt) {
        if (!attempt)
            return std::move(attempt).error();
        return decided(*std::move(attempt));
    }

    Decided<D> decided(Events<Event>&& events) {
        Decided<D> out(*stream_, std::move(events));
        out.attempts = attempts_;
        out.read = read_;
        return out;
    }

    /// The outcome of an earlier call with this command id, or of an attempt of this call.
    Result<std::optional<Decided<D>>> find_stored() {
        if constexpr (FindsEvents<S>) {
            if (verbs_of(store_).find_event) {
                const auto id = ids_->front();
                if (!id)
                    return std::optional<Decided<D>>();
                auto page = store_.find_event(*id, terms_.call);
                if (!page)
                    return std::move(page).error();
                if (page->empty())
                    return std::optional<Decided<D>>();
                return read_stored(page->records().front().revision);
            }
        }
        return Error(errc::unknown_outcome,
                     "the store can't say whether an append whose outcome was unknown is stored: "
                     "it has no find_event (see es::FindsEvents); look for the events of this "
                     "decision before you execute it again");
    }

    Result<std::optional<Decided<D>>> read_stored(Revision first) {
        maybe_stored_ = true;
        Events<Event> events;
        Receipt receipt{first, first, {}};
        for (StreamRead next{.from = first}; next.from;) {
            auto page = store_.read_stream(*stream_, next, terms_.call);
            if (!page)
                return std::move(page).error();
            next.from = page->at_end ? std::nullopt : page->next_revision;
            for (const EventRecord& record : page->records()) {
                if (!ids_->is(record.id, events.size())) {
                    next.from = std::nullopt;
                    break;
                }
                auto event = decode_event<Event>(record);
                if (!event)
                    return std::move(event).error();
                events.push_back(*std::move(event));
                receipt.last = record.revision;
                receipt.position = record.position;
            }
        }
        std::optional<Decided<D>> out(decided(std::move(events)));
        // What was sent twice may be its own, unless it was there before.
        const bool was_there = receipt.position && read_to_ && *receipt.position <= *read_to_;
        out->repeated = options_.command_id && (was_there || !was_unknown_);
        receipt.repeated = out->repeated;
        out->receipt = receipt;
        if (!out->repeated)
            tell_appended(*out);
        else
            terms_.observer.tell([&] {
                return CommandRepeated{.stream = stream_->view(),
                                       .command_id = *options_.command_id,
                                       .revision = first};
            });
        return out;
    }

    [[nodiscard]] Error given_up(Error&& error) const {
        return std::move(error).with_message(
            joined({error.message(), "; given up after ", std::to_string(attempts_),
                    " attempts (`attempts` says how many)"}));
    }

    /// An error says that there is no time for another attempt.
    Result<void> wait(const Error& error) {
        const auto time = terms_.backoff.after(attempts_, terms_.environment);
        terms_.observer.tell([&] {
            return ConflictRetried{
                .stream = stream_->view(), .attempt = attempts_, .wait = time, .error = error};
        });
        return wait_for_attempt(time, terms_);
    }

    const S& store_;
    const C& command_;
    const DecideOptions& options_;
    const RetryTerms& terms_;
    bool& maybe_stored_;
    const unsigned most_attempts_;
    std::chrono::steady_clock::time_point begin_{};
    std::optional<Boundary<Views>> boundary_{};
    std::optional<StreamName> stream_{};
    std::optional<DecisionIds> ids_{};
    std::optional<Metadata> metadata_{};
    unsigned attempts_ = 1;
    std::size_t read_ = 0;
    /// Whether the outcome of an append of this call was unknown at some time.
    bool was_unknown_ = false;
    std::optional<Position> read_to_{}; // before the first append of which the outcome was unknown
};

} // namespace eventsourcing::detail

#endif
