// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_TELLER_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_TELLER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_memories.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/react_again.hpp>
#include <eventsourcing/runtime/told_following.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace eventsourcing::detail {

/// Tells processes their inputs, each of which becomes a step of its stream: appended at the
/// revision that the reaction was decided on, so that memory, inbox and outbox are one event.
///
/// Used by the inbox, the outbox (refusals) and the deadlines, one at a time.
template <class P, class Store, class Keeper = Store>
class ProcessTeller {
public:
    using Memory = ProcessMemory<P>;
    using Reaction = typename P::Reaction;

    ProcessTeller(const Store& store, Environment environment)
        requires(std::same_as<Store, Keeper>)
        : ProcessTeller(store, store, std::move(environment)) {}
    ProcessTeller(const Store& store, const Keeper& keeper, Environment environment,
                  const MemoryLimits& limits = {}, const Observer& observer = {})
        : environment_(std::move(environment)),
          observer_(observer),
          memories_(store, keeper, limits, observer) {}

    /// How many inputs came after the end of their process.
    [[nodiscard]] std::uint64_t late() const { return late_; }

    /// Tells the process of this stream. `begins` is whether the input may begin it, and `missed`
    /// whether it waited while later ones may have been told. `fold(memory)` remembers the input,
    /// and `react(state)` says what the process does about it.
    /// `step_id` is the same each time this input is told; `cause` is recorded.
    template <class Fold, class React>
    Result<void> tell(const StreamName& stream, const StepInput& input, const Uuid& step_id,
                      const Metadata& cause, bool begins, bool missed, const Fold& fold,
                      const React& react, const CallOptions& call) {
        const std::lock_guard lock(telling_);
        for (unsigned attempt = 1;; ++attempt) {
            auto known = memory_for(stream, input, begins, missed, call);
            if (!known)
                return std::move(known).error();
            const Memory& before = **known;
            if (before.knows(input)) {
                auto told = missed ? was_told(stream, input, step_id, call) : Result<bool>(true);
                if (!told || *told)
                    return told ? Result<void>() : std::move(told).error();
            }
            if (is_late(before, begins)) {
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
            memories_.forget(stream);
            if (done.error() == errc::duplicate_id)
                return {}; // another runner has told it
            if (done.error() != errc::conflict || attempt == 5)
                return done;
        }
    }

    /// What a process knows now.
    Result<std::shared_ptr<const Memory>> memory_of(const StreamName& stream,
                                                    const CallOptions& call) {
        const std::lock_guard lock(telling_);
        return memories_.current(stream, call);
    }

    /// Whether the process was told that this command was refused, by whichever runner: then it is
    /// not to be executed any more, though it may be accepted now. `sent_by` is the step that sent
    /// it, and `refusal_id` the id that the step about its refusal has.
    Result<bool> was_refused(const StreamName& stream, const Uuid& command_id, Revision sent_by,
                             const Uuid& refusal_id, const CallOptions& call) {
        const std::lock_guard lock(telling_);
        auto memory = memories_.current(stream, call);
        if (!memory)
            return std::move(memory).error();
        if ((*memory)->knows_refusal(command_id))
            return true;
        if (sent_by.value() >= (*memory)->refusals_from)
            return false;
        return is_stored(stream, refusal_id, sent_by.plus(1), call, [&](const StepInput& input) {
            return input.kind == "refusal" && input.id == command_id;
        });
    }

private:
    static bool is_late(const Memory& memory, bool begins) {
        return memory.completed && !(begins && StartersOf<P>::named);
    }

    /// As it is kept, if that is enough: what leads to no step has to be decided on all that is
    /// stored. That an event was told stays true.
    Result<std::shared_ptr<const Memory>> memory_for(const StreamName& stream,
                                                     const StepInput& input, bool begins,
                                                     bool missed, const CallOptions& call) {
        auto found = memories_.find(stream, call);
        if (!found)
            return std::move(found).error();
        const Memory& memory = *found->memory;
        const bool enough = memory.knows(input) && !missed
                                ? input.kind == "event"
                                : !is_late(memory, begins) && (memory.revision || begins);
        if (found->is_current || enough)
            return std::move(found->memory);
        return memories_.caught_up(std::move(found->memory), stream, call);
    }

    /// Whether a step of the stream is about this event: for one that waited while those of other
    /// streams were told.
    Result<bool> was_told(const StreamName& stream, const StepInput& input, const Uuid& step_id,
                          const CallOptions& call) {
        return is_stored(stream, step_id, Revision{}, call, [&](const StepInput& told) {
            return told.kind == "event" && told.id == input.id;
        });
    }

    /// Whether the stream has the step of this id, which `is_it` tells of its input: by one read
    /// or, where the store finds no ids, by reading the stream from there on.
    template <class IsIt>
    Result<bool> is_stored(const StreamName& stream, const Uuid& step_id, Revision from,
                           const CallOptions& call, const IsIt& is_it) {
        const Store& store = memories_.store();
        if constexpr (FindsEvents<Store>)
            if (verbs_of(store).find_event) {
                auto page = store.find_event(step_id, call);
                if (!page)
                    return std::move(page).error();
                return !page->empty() && page->records().front().stream == stream.str();
            }
        bool stored = false;
        for (StreamRead which{.from = from};;) {
            auto page = store.read_stream(stream, which, call);
            if (!page)
                return std::move(page).error();
            for (const EventRecord& record : page->records()) {
                auto done = steps_.read(record, [&](const ProcessStep<P>& step) -> Result<void> {
                    stored = stored || is_it(step.input);
                    return {};
                });
                if (!done)
                    return std::move(done).error();
            }
            if (stored || page->at_end)
                return stored;
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
        auto receipt = memories_.store().append(stream, expected, batch, {}, call);
        if (!receipt)
            return std::move(receipt).error();
        if (receipt->repeated) { // by another runner: others may have come between
            memories_.forget(stream);
            return {};
        }
        after->note(step.deadlines, step.completes, step_id, cause);
        after->revision = receipt->last;
        const auto memory = memories_.keep(stream, std::move(after));
        observer_.tell([&] {
            return ProcessStepped{.process = stream.str(),
                                  .revision = receipt->last,
                                  .input = input.type,
                                  .commands = step.commands.size(),
                                  .deadlines = step.deadlines.size(),
                                  .completes = step.completes};
        });
        memories_.keep_snapshot(stream, *memory, step_id, call);
        return {};
    }

    const Environment environment_;
    const Observer observer_;
    std::mutex telling_;
    ProcessMemories<P, Store, Keeper> memories_;
    EventReader<ProcessStep<P>> steps_;
    std::atomic<std::uint64_t> late_{0};
};

} // namespace eventsourcing::detail

#endif
