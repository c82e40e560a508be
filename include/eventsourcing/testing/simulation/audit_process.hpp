// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_AUDIT_PROCESS_HPP
#define EVENTSOURCING_TESTING_SIMULATION_AUDIT_PROCESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/react_again.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/types_of.hpp>
#include <eventsourcing/testing/simulation/each_record.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// One process of a run, from its stream.
template <class P>
class AuditedProcess {
public:
    /// Adds its next step. Returns what is wrong with it: an input that is told twice or out of
    /// order, a deadline that is not set any more, or that is told before an event that was
    /// recorded `latest` before it was due, and what is not what the process does about it.
    std::string add(const Recorded<ProcessStep<P>>& recorded,
                    const std::optional<std::chrono::nanoseconds>& latest) {
        const ProcessStep<P>& step = recorded.event;
        if (auto fault = check(step.input, latest); !fault.empty())
            return fault;
        if (auto fault = react_again(recorded); !fault.empty())
            return fault;
        if (completed_ && !(StartersOf<P>::named && step.input.kind == "event"))
            return joined({"was told ", step.input.type, " after its end"});
        completed_ = step.completes;
        has_ended_ = has_ended_ || completed_;
        for (const StepDeadline& deadline : step.deadlines)
            if (deadline.due)
                deadlines_[deadline.type] = *deadline.due;
            else
                deadlines_.erase(deadline.type);
        if (completed_)
            deadlines_.clear();
        for (std::size_t i = 0; i < step.commands.size(); ++i)
            sent.push_back({recorded.id, i, step.commands[i]});
        return {};
    }

    /// A command that it sent.
    struct Sent {
        Uuid step;
        std::size_t index;
        StoredCommand command;
    };
    std::vector<Sent> sent{};
    /// The ids of the commands of which it was told that they were refused.
    std::set<Uuid> refused{};

    [[nodiscard]] bool was_told(const Uuid& event) const { return told_.count(event) != 0; }
    [[nodiscard]] bool has_ended() const { return has_ended_; }
    /// Of the first event that it was told.
    [[nodiscard]] std::optional<Position> first() const { return first_; }
    /// A deadline of which it was never told.
    [[nodiscard]] std::optional<std::string> open() const {
        if (deadlines_.empty())
            return std::nullopt;
        return deadlines_.begin()->first;
    }

private:
    std::string check(const StepInput& input,
                      const std::optional<std::chrono::nanoseconds>& latest) {
        if (input.kind == "deadline") {
            const auto set = deadlines_.find(input.type);
            if (set == deadlines_.end() || set->second != input.at)
                return joined({"was told the deadline ", input.type, " of ", input.at.to_string(),
                               ", which is not set any more"});
            deadlines_.erase(set);
            last_due_ = std::max(last_due_, input.at);
            return {};
        }
        if (input.kind == "refusal")
            return refused.insert(input.id).second
                       ? std::string()
                       : joined({"was told twice that ", input.type, " was refused"});
        if (!told_.insert(input.id).second)
            return joined({"was told ", input.type, " ", input.id.to_string(), " twice"});
        auto& last = last_[input.stream];
        if (last && input.revision <= *last)
            return joined({"was told ", input.type, " after a later one of ", input.stream});
        last = input.revision;
        if (!first_)
            first_ = input.position;
        if (latest && input.at + *latest <= last_due_)
            return joined({"was told ", input.type, " of ", input.at.to_string(),
                           " after the deadline of ", last_due_.to_string()});
        return {};
    }

    /// The step is what `react` says of the memory that the steps before it leave, and its
    /// deadlines count from its input.
    std::string react_again(const Recorded<ProcessStep<P>>& recorded) {
        const ProcessStep<P>& step = recorded.event;
        if (auto done = fold_.fold(memory_, recorded); !done)
            return joined({"can't fold its step: ", done.error().message()});
        const auto again = detail::react_again<P>(memory_.state, step);
        if (!again)
            return joined({"can't react to ", step.input.type, ": ", again.error().message()});
        if (same_reaction(*again, step))
            return {};
        return joined({"was told ", step.input.type, " and did: ", text_of_reaction(step),
                       "; of its memory it would do: ", text_of_reaction(*again)});
    }

    MemoryFold<P> fold_;
    ProcessMemory<P> memory_;
    std::set<Uuid> told_;
    std::map<std::string, Timestamp> deadlines_; // that are set
    std::optional<Position> first_{};
    std::map<std::string, std::optional<std::uint64_t>> last_; // of each stream
    Timestamp last_due_{};
    bool completed_ = false;
    bool has_ended_ = false;
};

/// M1 to M8 and M10, from the streams of the processes and of what they send to.
template <class P, class Store>
class ProcessAudit {
public:
    ProcessAudit(const Store& store, std::optional<std::chrono::nanoseconds> latest)
        : store_(store),
          latest_(latest) {}

    std::string fault() {
        if (auto fault = read_steps(); !fault.empty())
            return fault;
        if (auto fault = check_inputs(); !fault.empty())
            return fault;
        if (auto fault = check_commands(); !fault.empty())
            return fault;
        for (const auto& [stream, process] : processes_)
            if (const auto open = process.open())
                return joined({stream, " was never told the deadline ", *open});
        return {};
    }

private:
    std::string read_steps() {
        EventReader<ProcessStep<P>> reader;
        const std::string type(ProcessStep<P>::event_type);
        return each_record(
            store_, {.items = {{.types = {type}}}}, [&](const EventRecord& record) -> std::string {
                std::string fault;
                auto done = reader.read(record, [&](const Recorded<ProcessStep<P>>& step) {
                    fault = processes_[std::string(record.stream)].add(step, latest_);
                });
                if (!done)
                    return std::string(done.error().message());
                return fault.empty() ? fault : joined({record.stream, " ", fault});
            });
    }

    /// Each event was told to its process, once that had begun and as long as it had not ended.
    std::string check_inputs() {
        std::optional<Position> begin; // of all processes
        for (const auto& [stream, process] : processes_)
            if (!begin || (process.first() && *process.first() < *begin))
                begin = process.first();
        using Told = typename VariantOf<ToldEvents<P>>::Type;
        ToldReader<P> reader;
        return each_record(
            store_, {.items = {{.types = types_of<Told>()}}},
            [&](const EventRecord& record) -> std::string {
                std::string fault;
                auto done = reader.read(record, [&]<class E>(const Recorded<E>& event) {
                    const std::string id(P::process_id(event));
                    const auto stream = process_stream<P>(id);
                    const auto found =
                        stream ? processes_.find(std::string(stream->str())) : processes_.end();
                    const bool begins = is_one_of<E, typename StartersOf<P>::List> && begin &&
                                        record.position && *record.position > *begin;
                    const bool has_begun = found != processes_.end() && found->second.first() &&
                                           record.position &&
                                           *found->second.first() < *record.position;
                    if (found != processes_.end() &&
                        (found->second.was_told(record.id) || found->second.has_ended()))
                        return;
                    if (begins || has_begun)
                        fault = joined({"process ", in_quotes(id), " was never told ",
                                        std::string(record.type), " at ",
                                        event_place(record.stream, record.revision)});
                });
                return done ? fault : std::string(done.error().message());
            });
    }

    /// No command is both carried out and refused, and what a command did is done once.
    std::string check_commands() {
        std::map<std::string, std::vector<std::string>> commands; // of a step and a stream
        std::set<Uuid> expected;
        for (const auto& [stream, process] : processes_)
            for (const auto& sent : process.sent) {
                const Uuid id = CommandIds(stream, sent.step).at(sent.index);
                const auto target = target_of(sent.command, TargetList{});
                if (!target)
                    continue;
                const CommandIds ids(*target, id);
                const auto found = store_.find_event(ids.at(0));
                if (found && !found->empty() && found->records().front().stream == *target &&
                    process.refused.count(id) != 0)
                    return joined({stream, " was told that the command ", sent.command.command,
                                   " was refused, and it is carried out"});
                commands[sent.step.to_string()].push_back(*target);
                for (std::size_t i = 0; i < most_events; ++i)
                    expected.insert(ids.at(i));
            }
        return each_record(store_, {}, [&](const EventRecord& record) -> std::string {
            const auto metadata = decode_metadata(record.metadata);
            if (!metadata)
                return std::string(metadata.error().message());
            const auto by = commands.find(metadata->causation_id);
            const bool at_target =
                by != commands.end() &&
                std::find(by->second.begin(), by->second.end(), record.stream) != by->second.end();
            if (!at_target || expected.count(record.id) != 0)
                return {};
            return joined({event_place(record.stream, record.revision), " is of a command of step ",
                           metadata->causation_id,
                           " and has none of its ids: it may be carried out more than once"});
        });
    }
    template <class... As>
    static std::optional<std::string> target_of(const StoredCommand& command,
                                                TypeList<As...> /*targets*/) {
        std::optional<std::string> stream;
        const auto look = [&]<class A>() {
            if constexpr (Aggregate<A>)
                if (command.target == target_name<A>())
                    if (auto name = StreamName::of(category_of<A>(), command.id))
                        stream = std::string(name->str());
        };
        (look.template operator()<As>(), ...);
        return stream;
    }

    /// Of one command.
    static constexpr std::size_t most_events = 8;
    using TargetList = typename TargetsOf<typename P::Reaction>::List;

    const Store& store_;
    const std::optional<std::chrono::nanoseconds> latest_;
    std::map<std::string, AuditedProcess<P>> processes_;
};

template <class P, class Store, class... Others>
std::string audit_component(ProcessManager<P, Store, Others...>& manager, const SimWorld& world) {
    if (const auto status = manager.status(); status.behind.value_or(0) != 0)
        return joined({std::to_string(*status.behind), " events behind, with nothing to do"});
    const auto parked = manager.parked();
    if (!parked)
        return joined({"what is parked can't be read: ", parked.error().message()});
    for (const ParkedEvent& event : *parked)
        return joined({"process ", in_quotes(event.key),
                       " is stuck: ", event.failure ? *event.failure : std::string("it waits")});
    auto latest = world.latest_commit();
    if (latest)
        latest = std::max(std::chrono::nanoseconds(0), *latest - manager.options().grace);
    return ProcessAudit<P, Store>(manager.store(), latest).fault();
}

} // namespace eventsourcing::detail

#endif
