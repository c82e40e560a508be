// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STREAM_PART_HPP
#define EVENTSOURCING_RUNTIME_STREAM_PART_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/fold_named.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/batch_ids.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/executed.hpp>
#include <eventsourcing/runtime/fold_stream.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/pending_append.hpp>
#include <eventsourcing/runtime/pending_append_all.hpp>
#include <eventsourcing/runtime/state_before.hpp>
#include <eventsourcing/runtime/stored_outcome.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/stream_batch.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

template <Aggregate A>
ExpectedRevision expected_of(const Loaded<A>& loaded) {
    return loaded.revision ? ExpectedRevision::exactly(*loaded.revision)
                           : ExpectedRevision::no_stream();
}

/// One stream of an execution on several: what was read of it.
template <Aggregate A>
class ReadPart {
public:
    explicit ReadPart(StreamName name) : name_(std::move(name)) {}

    [[nodiscard]] const StreamName& name() const { return name_; }
    [[nodiscard]] ExpectedRevision expected() const { return expected_of(loaded_); }

    /// Folds what is new in the stream.
    template <class Store>
    Result<void> read(const Store& store, const CallOptions& call, const Observer& observer) {
        auto folded = fold_stream<A>(loaded_, store, name_, {.call = call});
        if (!folded)
            return with_state_before<A>(std::move(folded).error(), store, name_, {.call = call},
                                        loaded_.revision);
        observer.tell(
            [&] { return StateLoaded{.stream = name_.view(), .folded = folded->events}; });
        return {};
    }
    /// If the stream has lost events that were read: reads it from its beginning the next time.
    void meet(const Conflict& conflict) {
        if (name_ == conflict.stream && conflict.actual < loaded_.revision)
            loaded_ = Loaded<A>{};
    }

protected:
    [[nodiscard]] Loaded<A>& loaded() { return loaded_; }

private:
    StreamName name_;
    Loaded<A> loaded_{};
};

/// A stream that is only read, and must not have moved on.
template <Aggregate A>
class UnchangedPart : public ReadPart<A> {
public:
    using Outcome = Loaded<A>;
    using Pending = PendingUnchanged<A>;
    static constexpr bool decides = false;

    /// Of what `unchanged` returns, with a name that is one.
    template <class Named>
        requires requires(const Named& part) { part.stream; }
    explicit UnchangedPart(const Named& part) : ReadPart<A>(*part.stream) {}

    Result<void> decide() { return {}; }
    [[nodiscard]] std::size_t size() const { return 0; }
    template <class Stamp>
    StreamBatch batch(const Stamp& /*stamp*/) {
        return {this->name(), this->expected(), EventBatch(std::span<const NewEvent>{})};
    }
    Outcome outcome(const std::optional<Receipt>& /*receipt*/, unsigned /*attempts*/) {
        return std::move(this->loaded());
    }
    Pending pending() { return {this->name(), std::move(this->loaded())}; }

    /// A pending part that is sent again. It must outlive this.
    class Again {
    public:
        explicit Again(const Pending& pending) : pending_(pending), loaded_(pending.loaded) {}

        [[nodiscard]] StreamBatch batch() const { return {pending_.stream, expected_of(loaded_)}; }
        Outcome outcome(const std::optional<Receipt>& /*receipt*/) { return std::move(loaded_); }

    private:
        const Pending& pending_;
        Outcome loaded_;
    };

    template <class Store>
    Result<bool> find(const Store& /*store*/, const Uuid& /*command*/,
                      const CallOptions& /*call*/) {
        return false;
    }
    static void note_read() {}
    static bool was_there() { return false; }
    template <class Store>
    Result<Outcome> stored(const Store& /*store*/, const Uuid& /*command*/,
                           const CallOptions& /*call*/, bool /*repeated*/) {
        return std::move(this->loaded());
    }
};

/// A stream with its command.
template <Aggregate A, class C>
class CommandPart : public ReadPart<A> {
public:
    using Event = typename A::Event;
    using Outcome = Executed<A>;
    using Pending = PendingAppend<A>;
    static constexpr bool decides = true;

    /// Of what `command` returns, with a name that is one; it must outlive this.
    template <class Named>
        requires requires(const Named& part) { part.command; }
    explicit CommandPart(const Named& part) : ReadPart<A>(*part.stream),
                                              command_(part.command) {}

    /// Decides on what was read, and folds the events.
    Result<void> decide() {
        const Loaded<A>& known = this->loaded();
        done_.decision_ = decide_kept<A>(known.state, command_);
        if (!done_.decision_)
            return std::move(done_.decision_).error();
        done_.state = known.state;
        done_.revision = known.revision;
        return fold_named<A>(done_.state, events(), "the decided event ");
    }
    [[nodiscard]] std::size_t size() const { return done_.decision_->size(); }

    /// `stamp` says when it is, and which metadata and tags the events get. Valid until the next
    /// call.
    template <class Stamp>
    StreamBatch batch(const Stamp& stamp) {
        if (size() == 0)
            return {this->name(), this->expected(), EventBatch(std::span<const NewEvent>{})};
        if (stamp.command) {
            const CommandIds derived(this->name().view(), *stamp.command);
            ids_.emplace(size(), [&](std::size_t i) { return derived.at(i); });
        } else {
            ids_.emplace(size(), stamp.environment, stamp.now);
        }
        batch_.emplace(events(), ids_->view(), stamp.now, stamp.metadata, stamp.tags);
        return {this->name(), this->expected(), *batch_};
    }

    Outcome outcome(const std::optional<Receipt>& receipt, unsigned attempts) {
        done_.receipt = receipt;
        if (receipt)
            done_.revision = receipt->last;
        done_.attempts = attempts;
        return std::move(done_);
    }

    /// What `batch` has made, to be sent again later.
    Pending pending() {
        const bool sends = size() > 0;
        return {.stream = this->name(),
                .expected = this->expected(),
                .condition = {},
                .shared_events = *std::move(done_.decision_),
                .ids = sends ? std::vector<Uuid>(ids_->view().begin(), ids_->view().end())
                             : std::vector<Uuid>(),
                .recorded_at = sends ? batch_->recorded_at() : Timestamp{},
                .metadata = sends && batch_->metadata() ? *batch_->metadata() : Metadata{},
                .tags = sends
                            ? std::vector<std::string>(batch_->tags().begin(), batch_->tags().end())
                            : std::vector<std::string>(),
                .state = std::move(done_.state)};
    }

    /// A pending part that is sent again. It must outlive this.
    class Again {
    public:
        explicit Again(const Pending& pending)
            : pending_(pending),
              done_(copied(pending)),
              batch_({done_.events().data(), done_.events().size()}, pending.ids,
                     pending.recorded_at, &pending.metadata, pending.tags) {}

        [[nodiscard]] StreamBatch batch() const {
            if (batch_.size() == 0)
                return {pending_.stream, pending_.expected};
            return {pending_.stream, pending_.expected, batch_};
        }
        Outcome outcome(const std::optional<Receipt>& receipt) {
            done_.receipt = receipt;
            if (receipt)
                done_.revision = receipt->last;
            return std::move(done_);
        }

    private:
        static Outcome copied(const Pending& pending) {
            Outcome done;
            done.state = pending.state;
            done.decision_ = pending.events();
            if (pending.expected.kind() == ExpectedRevision::Kind::exactly)
                done.revision = pending.expected.revision();
            done.attempts = 1;
            return done;
        }

        const Pending& pending_;
        Outcome done_;
        Batch<Event> batch_;
    };

    /// Whether the command with this id has stored events in this stream.
    template <class Store>
    Result<bool> find(const Store& store, const Uuid& command, const CallOptions& call) {
        auto first =
            find_stored(store, this->name(), CommandIds(this->name().view(), command).at(0), call);
        if (!first)
            return std::move(first).error();
        found_ = *first;
        return found_.has_value();
    }
    /// What was read until now was stored before this call sent anything.
    void note_read() { read_to_ = this->loaded().revision; }
    /// After `find`: whether what is stored was read before.
    [[nodiscard]] bool was_there() const { return found_ && read_to_ && *found_ <= *read_to_; }
    /// What it has stored, after `find`.
    template <class Store>
    Result<Outcome> stored(const Store& store, const Uuid& command, const CallOptions& call,
                           bool repeated) {
        Outcome out;
        out.repeated = repeated;
        out.decision_ = Events<Event>{};
        if (!found_) {
            static_cast<Loaded<A>&>(out) = std::move(this->loaded());
            return out;
        }
        auto outcome = read_outcome<Event>(store, this->name(),
                                           CommandIds(this->name().view(), command), *found_, call);
        if (!outcome)
            return std::move(outcome).error();
        auto folded =
            fold_stream<A>(out, store, this->name(), {.at = outcome->receipt.last, .call = call});
        if (!folded)
            return std::move(folded).error();
        out.decision_ = std::move(outcome->events);
        out.receipt = outcome->receipt;
        out.receipt->repeated = repeated;
        return out;
    }

private:
    [[nodiscard]] std::span<const Event> events() const {
        return {done_.decision_->data(), done_.decision_->size()};
    }

    const C& command_;
    Executed<A> done_{};
    std::optional<BatchIds> ids_{};
    std::optional<Batch<Event>> batch_{};
    std::optional<Revision> found_{};
    std::optional<Revision> read_to_{}; // before the first append of which the outcome was unknown
};

} // namespace eventsourcing::detail

#endif
