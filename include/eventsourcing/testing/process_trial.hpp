// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PROCESS_TRIAL_HPP
#define EVENTSOURCING_TESTING_PROCESS_TRIAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_inbox.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/given_history.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Processes that are told events, deadlines and refusals as a process manager tells them: their
/// steps are written to a store and read back. Nothing that they send is carried out.
template <class P>
class ProcessTrial {
public:
    using Step = ProcessStep<P>;
    using Memory = ProcessMemory<P>;

    /// Stores an event and tells it to its process.
    template <class E>
    Result<void> happens(const GivenEvent<E>& event) {
        return history_.add(event, [this](const EventRecord& record) -> Result<void> {
            if (!ToldReader<P>::knows(record.type))
                return {};
            return inbox_.handle_parked(record, {}, {});
        });
    }

    /// Tells the one process that was begun that a deadline is due, if it is set.
    template <class D>
    Result<void> falls_due(const D& deadline) {
        auto begun = the_one("the deadline");
        if (!begun)
            return std::move(begun).error();
        const auto& [stream, memory] = *begun;
        const std::string type(SnakeName<D>::value);
        const auto set = memory->deadlines.find(type);
        if (set == memory->deadlines.end())
            return Error(errc::not_found,
                         joined({"the deadline ", type, " of process ", in_quotes(stream.id()),
                                 " is not set, so that it never falls due: give the events by "
                                 "which it is set"}));
        const StepDeadline due = set->second.deadline;
        const auto text = encode_json(deadline);
        if (!text)
            return text.error();
        if (*text != due.data)
            return Error(errc::invalid, joined({"the deadline ", type, " is set with ", due.data,
                                                ", and the test says ", *text}));
        return tell(stream, {.kind = "deadline", .type = type, .data = due.data, .at = *due.due},
                    deadline);
    }

    /// Tells the one process that was begun that a command was refused.
    template <class C>
    Result<void> is_refused(const Rejected<C>& refusal) {
        auto begun = the_one("the refusal");
        if (!begun)
            return std::move(begun).error();
        auto text = encode_json(refusal.command);
        if (!text)
            return std::move(text).error();
        const auto all = steps();
        if (!all)
            return all.error();
        return tell(begun->first,
                    {.kind = "refusal",
                     .type = std::string(SnakeName<C>::value),
                     .data = *std::move(text),
                     .at = all->back().recorded_at,
                     .id = environment().new_id(),
                     .target_id = refusal.id,
                     .reason = refusal.reason},
                    refusal);
    }

    /// All that processes were told and did, in order.
    [[nodiscard]] Result<std::vector<Recorded<Step>>> steps() const {
        std::vector<Recorded<Step>> all;
        EventReader<Step> reader;
        AllRead which{.query = {.items = {{.types = {std::string(ProcessName<P>::event_type)}}}}};
        for (;;) {
            const auto page = history_.store().read_all(which);
            if (!page)
                return page.error();
            for (const EventRecord& record : page->records())
                if (auto done = reader.read(
                        record, [&](const Recorded<Step>& step) { all.push_back(step); });
                    !done)
                    return std::move(done).error();
            if (page->at_end)
                return all;
            which.after = page->last_position;
        }
    }

    /// What the process of this stream knows, as it was told and as its stream says.
    [[nodiscard]] Result<std::pair<typename P::State, typename P::State>>
    states(const StreamName& stream) const {
        auto told = teller_->memory_of(stream, {});
        if (!told)
            return std::move(told).error();
        Teller other(history_.store(), environment());
        auto read = other.memory_of(stream, {});
        if (!read)
            return std::move(read).error();
        return std::pair((*told)->state, (*read)->state);
    }

private:
    using Teller = ProcessTeller<P, MemoryStore>;
    using Begun = std::pair<StreamName, std::shared_ptr<const Memory>>;

    Result<Begun> the_one(std::string_view input) const {
        const auto all = steps();
        if (!all)
            return all.error();
        std::vector<StreamName> streams;
        for (const Recorded<Step>& step : *all)
            if (std::find(streams.begin(), streams.end(), step.stream) == streams.end())
                streams.push_back(step.stream);
        if (streams.empty())
            return Error(errc::not_found, joined({"no process was begun that could be told ", input,
                                                  ": give an event that begins one"}));
        if (streams.size() > 1)
            return Error(errc::invalid,
                         joined({"the events given begin several processes, ",
                                 in_quotes(streams[0].id()), " and ", in_quotes(streams[1].id()),
                                 ", and ", input, " is for one: give the events of that one"}));
        auto memory = teller_->memory_of(streams.front(), {});
        if (!memory)
            return std::move(memory).error();
        return Begun(streams.front(), *std::move(memory));
    }

    [[nodiscard]] const Environment& environment() const { return history_.store().environment(); }

    template <class Input>
    Result<void> tell(const StreamName& stream, const StepInput& input, const Input& what) {
        return teller_->tell(
            stream, input, environment().new_id(), {}, false, false,
            [](Memory&) { return Result<void>(); },
            [&](const typename P::State& state) {
                return Result<typename P::Reaction>(P::react(state, what));
            },
            {});
    }

    GivenHistory history_;
    std::shared_ptr<Teller> teller_ = std::make_shared<Teller>(history_.store(), environment());
    ProcessInbox<P, MemoryStore> inbox_{teller_};
};

} // namespace eventsourcing::detail

#endif
