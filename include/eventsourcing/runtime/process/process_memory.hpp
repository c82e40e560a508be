// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_MEMORY_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_MEMORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/following/tried_again.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

template <class P>
using ToldReader = typename ReaderOf<ToldEvents<P>>::Type;

/// A deadline that is set, and what is recorded with the step that tells it: the step that set it
/// is its cause.
struct RememberedDeadline {
    StepDeadline deadline;
    Metadata cause{};
};

/// A command of which a process was told that it was refused, and the revision of that step.
struct KnownRefusal {
    Uuid command{};
    std::uint64_t revision = 0;
};

/// What a process knows: the fold of its stream. Its size does not grow with the number of inputs,
/// except for `State`.
template <class P>
struct ProcessMemory {
    typename P::State state{};
    /// Of its last step.
    std::optional<Revision> revision{};
    /// How far it was told the events of the store or, where these have no positions, of each
    /// stream.
    std::optional<Position> told{};
    std::map<std::string, std::uint64_t> told_of{};
    /// Those that are set, by type.
    std::map<std::string, RememberedDeadline> deadlines{};
    /// The last ones. Those of commands that a step of `refusals_from` or a later one sent are all
    /// here.
    std::vector<KnownRefusal> refusals{};
    std::uint64_t refusals_from = 0;
    bool completed = false;

    static constexpr std::size_t most_refusals = 100;

    [[nodiscard]] bool knows_refusal(const Uuid& command) const {
        return std::any_of(refusals.begin(), refusals.end(),
                           [&](const KnownRefusal& known) { return known.command == command; });
    }
    /// Whether it was told this input before, or a deadline is not set any more.
    [[nodiscard]] bool knows(const StepInput& input) const {
        if (input.kind == "deadline") {
            const auto set = deadlines.find(input.type);
            return set == deadlines.end() || set->second.deadline.due != input.at;
        }
        if (input.kind == "refusal")
            return knows_refusal(input.id);
        if (input.position)
            return told && *told >= *input.position;
        const auto of = told_of.find(input.stream);
        return of != told_of.end() && of->second >= input.revision;
    }

    /// Folds an event, if the process has a function for it.
    template <class E>
    Result<void> fold(const Recorded<E>& event) {
        if constexpr (Follows<P, E>) {
            auto done = [&] {
                if constexpr (FollowsPlain<P, E>)
                    return project<P>(state, event.event);
                else
                    return project<P>(state, event);
            }();
            if (!done) {
                // what the process returns is no error of the store, whatever kind it is
                if (error_of_store(done.error()))
                    return std::move(done).error().as(errc::cannot_apply);
                return std::move(done).error();
            }
        }
        return {};
    }
    /// The input of the step after `revision`.
    void note(const StepInput& input) {
        if (input.kind == "deadline")
            deadlines.erase(input.type);
        else if (input.kind == "refusal")
            note_refusal(input.id);
        else if (input.position)
            told = std::max(told, input.position);
        else {
            std::uint64_t& known = told_of[input.stream]; // 0 is a revision, too
            known = std::max(known, input.revision);
        }
    }
    /// What a step with this id and metadata says of deadlines, and of the end.
    void note(const std::vector<StepDeadline>& changed, bool completes, const Uuid& step,
              const Metadata& metadata) {
        for (const StepDeadline& deadline : changed)
            if (deadline.due) {
                RememberedDeadline& set = deadlines[deadline.type];
                set = {deadline, metadata};
                set.cause.causation_id = step.to_string();
            } else {
                deadlines.erase(deadline.type);
            }
        completed = completes;
        if (completes)
            deadlines.clear();
    }
    /// A process that has ended is begun again.
    void begin_again() {
        state = {};
        completed = false;
    }

private:
    void note_refusal(const Uuid& command) {
        if (refusals.size() == most_refusals) {
            refusals_from = refusals.front().revision;
            refusals.erase(refusals.begin());
        }
        refusals.push_back({command, revision ? revision->value() + 1 : 0});
    }
};

/// The metadata of what a step has caused.
inline Metadata caused_by(const Uuid& step_id, const Metadata& of_step) {
    Metadata cause = of_step;
    cause.causation_id = step_id.to_string();
    return cause;
}

/// Folds the steps of a process into its memory.
template <class P>
class MemoryFold {
public:
    Result<void> fold(ProcessMemory<P>& memory, const Recorded<ProcessStep<P>>& recorded) {
        const ProcessStep<P>& step = recorded.event;
        if (step.input.kind == "event") {
            if (memory.completed)
                memory.begin_again();
            const EventRecord record = record_of(step.input, tags_);
            auto done = reader_.read(
                record, [&]<class E>(const Recorded<E>& event) { return memory.fold(event); });
            if (!done)
                return done;
        }
        memory.note(step.input);
        memory.note(step.deadlines, step.completes, recorded.id, recorded.metadata);
        memory.revision = recorded.revision;
        return {};
    }

private:
    ToldReader<P> reader_;
    std::vector<std::string_view> tags_;
};

} // namespace eventsourcing::detail

#endif
