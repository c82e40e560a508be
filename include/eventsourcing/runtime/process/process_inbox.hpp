// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_INBOX_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_INBOX_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/react_again.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Tells processes their inputs, each of which becomes a step of its stream: appended at the
/// revision that the reaction was decided on, so that memory, inbox and outbox are one event.
///
/// Used by the inbox, the outbox (refusals) and the deadlines, one at a time.
template <class P, class Store>
class ProcessTeller {
public:
    using Memory = ProcessMemory<P>;
    using Reaction = typename P::Reaction;

    ProcessTeller(Store store, Environment environment, Observer observer = {})
        : store_(std::move(store)),
          environment_(std::move(environment)),
          observer_(std::move(observer)) {}

    /// How many inputs came after the end of their process.
    [[nodiscard]] std::uint64_t late() const { return late_; }

    /// Tells the process of this stream. `begins` is whether the input may begin it, and `missed`
    /// whether it waited while later ones may have been told. `fold(memory)` remembers the input,
    /// and `react(memory)` says what the process does about it.
    /// `step_id` is the same each time this input is told; `cause` is recorded.
    template <class Fold, class React>
    Result<void> tell(const StreamName& stream, const StepInput& input, const Uuid& step_id,
                      const Metadata& cause, bool begins, bool missed, const Fold& fold,
                      const React& react, const CallOptions& call) {
        const std::lock_guard lock(telling_);
        for (unsigned attempt = 1;; ++attempt) {
            auto known = known_memory(stream, call);
            if (!known)
                return std::move(known).error();
            const Memory& before = **known;
            if (before.knows(input)) {
                auto told = missed ? was_told(stream, input, call) : Result<bool>(true);
                if (!told || *told)
                    return told ? Result<void>() : std::move(told).error();
            }
            if (before.completed && !(begins && StartersOf<P>::named)) {
                ++late_;
                observer_.tell(
                    [&] { return LateInput{.process = stream.str(), .input = input.type}; });
                return {};
            }
            if (!before.revision && !begins)
                return {};
            auto done = append(stream, before, input, step_id, cause, fold, react, call);
            if (done)
                return {};
            memories_.erase(stream.str());
            if (done.error() == errc::duplicate_id)
                return {}; // another runner has told it
            if (done.error() != errc::conflict || attempt == 5)
                return done;
        }
    }

    /// What a process knows, from its stream.
    Result<std::shared_ptr<const Memory>> memory_of(const StreamName& stream,
                                                    const CallOptions& call) {
        const std::lock_guard lock(telling_);
        return known_memory(stream, call);
    }

    /// Whether the process was told that this command was refused, by whichever runner: then it is
    /// not to be executed any more, though it may be accepted now.
    Result<bool> was_refused(const StreamName& stream, const Uuid& command_id,
                             const CallOptions& call) {
        const std::lock_guard lock(telling_);
        auto known = known_memory(stream, call);
        if (!known)
            return std::move(known).error();
        if ((*known)->refusals.count(command_id) != 0)
            return true;
        auto memory = std::make_shared<Memory>(**known);
        const auto revision = memory->revision;
        if (auto done = catch_up(*memory, stream, call); !done)
            return std::move(done).error();
        const bool refused = memory->refusals.count(command_id) != 0;
        if (memory->revision != revision)
            keep(stream, std::move(memory));
        return refused;
    }

private:
    static constexpr std::size_t most_kept = 10'000;

    /// As kept, or from its stream.
    Result<std::shared_ptr<const Memory>> known_memory(const StreamName& stream,
                                                       const CallOptions& call) {
        if (const auto found = memories_.find(stream.str()); found != memories_.end())
            return std::shared_ptr<const Memory>(found->second);
        auto memory = std::make_shared<Memory>();
        if (auto done = catch_up(*memory, stream, call); !done)
            return std::move(done).error();
        keep(stream, memory);
        return std::shared_ptr<const Memory>(memory);
    }

    /// Folds the steps after what the memory has.
    Result<void> catch_up(Memory& memory, const StreamName& stream, const CallOptions& call) {
        StreamRead which;
        if (memory.revision)
            which.from = memory.revision->plus(1);
        for (;;) {
            auto page = store_.read_stream(stream, which, call);
            if (!page)
                return std::move(page).error();
            for (const EventRecord& record : page->records()) {
                auto done = steps_.read(record, [&](const Recorded<ProcessStep<P>>& step) {
                    return fold_.fold(memory, step);
                });
                if (!done)
                    return done;
            }
            if (page->at_end)
                return {};
            which.from = page->next_revision;
        }
    }

    /// Whether a step of the stream is about this event: for one that waited while those of other
    /// streams were told.
    Result<bool> was_told(const StreamName& stream, const StepInput& input,
                          const CallOptions& call) {
        bool told = false;
        for (StreamRead which;;) {
            auto page = store_.read_stream(stream, which, call);
            if (!page)
                return std::move(page).error();
            for (const EventRecord& record : page->records()) {
                auto done = steps_.read(record, [&](const ProcessStep<P>& step) -> Result<void> {
                    told = told || (step.input.kind == "event" && step.input.id == input.id);
                    return {};
                });
                if (!done)
                    return std::move(done).error();
            }
            if (told || page->at_end)
                return told;
            which.from = page->next_revision;
        }
    }

    template <class Fold, class React>
    Result<void> append(const StreamName& stream, const Memory& before, const StepInput& input,
                        const Uuid& step_id, const Metadata& cause, const Fold& fold,
                        const React& react, const CallOptions& call) {
        auto after = std::make_shared<Memory>(before);
        if (after->completed)
            after->begin_again();
        if (auto done = guarded("apply_event", [&] { return fold(*after); }); !done)
            return done;
        after->note(input);
        const char* const reacting = "react";
        auto reaction = guarded(reacting, [&] { return react(std::as_const(after->state)); });
        if (!reaction)
            return std::move(reaction).error();
        ProcessStep<P> step{.input = input};
        if (auto done = add_reaction(step, *reaction); !done)
            return done;
        const Batch<ProcessStep<P>> batch({&step, 1}, {&step_id, 1}, environment_.now(), &cause);
        const auto expected = before.revision ? ExpectedRevision::exactly(*before.revision)
                                              : ExpectedRevision::no_stream();
        auto receipt = store_.append(stream, expected, batch, {}, call);
        if (!receipt)
            return std::move(receipt).error();
        if (receipt->repeated) { // by another runner: others may have come between
            memories_.erase(stream.str());
            return {};
        }
        after->note(step.deadlines, step.completes, step_id, cause);
        after->revision = receipt->last;
        keep(stream, std::move(after));
        observer_.tell([&] {
            return ProcessStepped{.process = stream.str(),
                                  .revision = receipt->last,
                                  .input = input.type,
                                  .commands = step.commands.size(),
                                  .deadlines = step.deadlines.size(),
                                  .completes = step.completes};
        });
        return {};
    }

    void keep(const StreamName& stream, std::shared_ptr<Memory> memory) {
        if (memories_.size() >= most_kept)
            memories_.clear();
        memories_.insert_or_assign(std::string(stream.str()), std::move(memory));
    }

    Store store_;
    Environment environment_;
    const Observer observer_;
    std::mutex telling_;
    EventReader<ProcessStep<P>> steps_;
    MemoryFold<P> fold_;
    TextMap<std::shared_ptr<Memory>> memories_;
    std::atomic<std::uint64_t> late_{0};
};

/// Hands the events of the store to their processes.
template <class P, class Store>
class ProcessInbox {
    using Reaction = typename P::Reaction;

public:
    static constexpr bool can_undo = false;
    static constexpr bool parks_all = true;
    static constexpr std::string_view options_name = "ProcessOptions";

    explicit ProcessInbox(std::shared_ptr<ProcessTeller<P, Store>> teller)
        : teller_(std::move(teller)) {}

    template <class Keeper>
    static Result<void> load(const Keeper& /*keeper*/, const ProgressKey& /*key*/,
                             const CallOptions& /*call*/) {
        return {};
    }
    static void begin(ProgressCommit& /*commit*/) {}
    static Result<void> collect(ProgressCommit& /*commit*/) { return {}; }
    static Result<void> committed() { return {}; }
    static Result<void> roll_back() { return {}; }

    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& call, std::size_t& i) {
        for (const EventRecord& record : records) {
            auto done = handle(record, &parking, now, call);
            if (!done)
                return done;
            ++i;
        }
        return {};
    }
    Result<void> handle_parked(const EventRecord& record, const std::string& /*key*/,
                               const CallOptions& call) {
        return handle(record, nullptr, {}, call);
    }

private:
    Result<void> handle(const EventRecord& record, Parking* parking, Timestamp now,
                        const CallOptions& call) {
        // until it is known which process it is for
        if (parking && parking->passes_stream(record, now))
            return {};
        return reader_.read(record, [&]<class E>(const Recorded<E>& event) -> Result<void> {
            const std::string id(P::process_id(event));
            if (parking && parking->passes(id, record, now))
                return {};
            auto stream = process_stream<P>(id);
            if (!stream)
                return std::move(stream).error().within("process_id");
            return teller_->tell(
                *stream, input_of(record), CommandIds(stream->str(), record.id).at(0),
                cause_of(event), is_one_of<E, typename StartersOf<P>::List>, parking == nullptr,
                [&](ProcessMemory<P>& memory) { return memory.fold(event); },
                [&](const typename P::State& state) {
                    return Result<Reaction>(reaction_to<P>(state, event));
                },
                call);
        });
    }

    /// What is recorded with the step: the event is its cause.
    template <class E>
    static Metadata cause_of(const Recorded<E>& event) {
        Metadata cause{.causation_id = event.id.to_string()};
        cause.correlation_id = event.metadata.correlation_id.empty()
                                   ? event.id.to_string()
                                   : event.metadata.correlation_id;
        cause.traceparent = event.metadata.traceparent;
        cause.tracestate = event.metadata.tracestate;
        return cause;
    }

    std::shared_ptr<ProcessTeller<P, Store>> teller_;
    ToldReader<P> reader_;
};

} // namespace eventsourcing::detail

#endif
