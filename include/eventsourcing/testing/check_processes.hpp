// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_CHECK_PROCESSES_HPP
#define EVENTSOURCING_TESTING_CHECK_PROCESSES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/explain_process.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/react_again.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/text_map.hpp>
#include <eventsourcing/store/types_of.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A step that today's code would not have taken so.
struct ProcessDifference {
    /// Where the step is.
    StreamName stream;
    Revision revision{};
    /// What the process was told: `event bank.requested`.
    std::string input;
    /// What it did, and what it would do today.
    std::string stored;
    std::string today;
};

/// What `check_processes` found.
struct ProcessCheck {
    std::uint64_t steps = 0;
    std::vector<ProcessDifference> differences{};

    /// Whether today's code reacts as that which took the steps.
    [[nodiscard]] bool same() const { return differences.empty(); }
    /// For people: a line of numbers, and three for each difference.
    [[nodiscard]] std::string report() const {
        std::string text =
            detail::joined({std::to_string(steps), " steps, ", std::to_string(differences.size()),
                            " of them would differ today\n"});
        for (const ProcessDifference& each : differences)
            text += detail::joined(
                {each.stream.str(), " revision ", std::to_string(each.revision.value()), ", ",
                 each.input, "\n    did:   ", each.stored, "\n    today: ", each.today, "\n"});
        return text;
    }
};

/// Replays all steps of the processes `P` that a store has through today's `react`, and lists where
/// it would react otherwise. For a check before a deployment: steps that were taken are facts, and
/// nothing is changed. Costs a memory for each process that has not ended.
template <class P, class Store>
[[nodiscard]] Result<ProcessCheck> check_processes(const Store& store,
                                                   const CallOptions& call = {}) {
    static_assert(detail::explain_process<P>());
    using Taken = detail::ProcessStep<P>;
    ProcessCheck out;
    detail::TextMap<detail::ProcessMemory<P>> memories;
    detail::MemoryFold<P> fold;
    EventReader<Taken> reader;
    const auto check = [&](const Recorded<Taken>& step) -> Result<void> {
        const Taken& stored = step.event;
        auto [found, is_new] = memories.try_emplace(std::string(step.stream.str()));
        detail::ProcessMemory<P>& memory = found->second;
        ++out.steps;
        std::string today;
        if (auto done = fold.fold(memory, step); !done)
            today = detail::joined({"it can't be folded: ", done.error().message()});
        else if (auto again = detail::react_again<P>(memory.state, stored); !again)
            today = detail::joined({"it can't react: ", again.error().message()});
        else if (!detail::same_reaction(*again, stored))
            today = detail::text_of_reaction(*again);
        if (!today.empty())
            out.differences.push_back({step.stream, step.revision,
                                       detail::joined({stored.input.kind, " ", stored.input.type}),
                                       detail::text_of_reaction(stored), std::move(today)});
        if (stored.completes)
            memories.erase(found);
        return {};
    };
    for (AllRead which{.query = {.items = {{.types = types_of<Taken>()}}}};;) {
        auto page = store.read_all(which, call);
        if (!page)
            return std::move(page).error();
        for (const EventRecord& record : page->records())
            if (auto done = reader.read(record, check); !done)
                return std::move(done).error();
        if (page->at_end)
            return out;
        which.after = page->last_position;
    }
}

} // namespace eventsourcing

#endif
