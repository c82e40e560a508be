// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_REACT_AGAIN_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_REACT_AGAIN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// What a process does about an event that it has folded; nothing if it has no function for it.
template <class P, class E>
typename P::Reaction reaction_to(const typename P::State& state, const Recorded<E>& event) {
    if constexpr (ReactsTo<P, E>)
        return P::react(state, event.event);
    else if constexpr (ReactsTo<P, Recorded<E>>)
        return P::react(state, event);
    else
        return nothing;
}

/// A step with what the reaction says, and with the times at which its deadlines are due.
template <class P>
Result<void> add_reaction(ProcessStep<P>& step, const typename P::Reaction& reaction) {
    if (!reaction.storable())
        return reaction.storable();
    step.commands = reaction.commands();
    step.completes = reaction.completes();
    for (const ReactedDeadline& deadline : reaction.deadlines()) {
        const bool declared = []<class... Ds>(TypeList<Ds...>,
                                              [[maybe_unused]] std::string_view type) {
            return ((type == SnakeName<Ds>::value) || ...);
        }(typename DeadlinesOf<P>::List{}, deadline.type);
        if (!declared)
            return Error(errc::invalid,
                         joined({"react returned the deadline ", deadline.type,
                                 ", which is not among those of the process: add it to `using "
                                 "Deadline = ...`"}));
        std::optional<Timestamp> due;
        if (deadline.after)
            due = step.input.at + *deadline.after;
        step.deadlines.push_back({deadline.type, deadline.data, due});
    }
    return {};
}

/// Decodes an input of a step and calls `react`.
template <class P>
class ReactAgain {
public:
    using Reaction = typename P::Reaction;

    static Result<Reaction> to(const typename P::State& state, const StepInput& input) {
        if (input.kind == "event") {
            std::vector<std::string_view> tags;
            ToldReader<P> reader;
            Result<Reaction> out = Reaction(nothing);
            auto done = reader.read(record_of(input, tags),
                                    [&]<class E>(const Recorded<E>& event) -> Result<void> {
                                        out = reaction_to<P>(state, event);
                                        return {};
                                    });
            if (!done)
                return std::move(done).error();
            return out;
        }
        Result<Reaction> out =
            Error(errc::unsupported,
                  joined({"the process has no react for the ", input.kind, " ", input.type}));
        static const char* const reacting = "react";
        auto done = guarded(reacting, [&]() -> Result<void> {
            if (input.kind == "deadline")
                to_deadline(typename DeadlinesOf<P>::List{}, state, input, out);
            else
                to_refusal(typename TargetsOf<Reaction>::List{}, state, input, out);
            return {};
        });
        if (!done)
            return std::move(done).error();
        return out;
    }

private:
    template <class... Ds>
    static void to_deadline(TypeList<Ds...> /*deadlines*/, const typename P::State& state,
                            const StepInput& input, Result<Reaction>& out) {
        [[maybe_unused]] const auto as = [&]<class D>(std::type_identity<D>) {
            if (input.type != SnakeName<D>::value)
                return;
            auto deadline = decode_json<D>(input.data);
            out = deadline ? Result<Reaction>(P::react(state, *deadline))
                           : Result<Reaction>(std::move(deadline).error());
        };
        (as(std::type_identity<Ds>{}), ...);
    }
    template <class... As>
    static void to_refusal(TypeList<As...> /*targets*/, const typename P::State& state,
                           const StepInput& input, Result<Reaction>& out) {
        [[maybe_unused]] const auto of = [&]<class A>(std::type_identity<A>) {
            if (input.target != target_name<A>())
                return;
            auto command = decode_json<typename A::Command>(input.data);
            if (!command) {
                out = std::move(command).error();
                return;
            }
            visit_alternative(*command, [&]<class C>(const C& refused) {
                if constexpr (ReactsTo<P, Rejected<C>>)
                    out = P::react(state, Rejected<C>{refused, input.target_id, input.reason});
            });
        };
        (of(std::type_identity<As>{}), ...);
    }
};

/// What today's `react` makes of the input of a step that was taken, as a step.
template <class P>
Result<ProcessStep<P>> react_again(const typename P::State& state, const ProcessStep<P>& stored) {
    auto reaction = ReactAgain<P>::to(state, stored.input);
    if (!reaction)
        return std::move(reaction).error();
    ProcessStep<P> out{.input = stored.input};
    if (auto done = add_reaction(out, *reaction); !done)
        return std::move(done).error();
    return out;
}

template <class P>
bool same_reaction(const ProcessStep<P>& a, const ProcessStep<P>& b) {
    return a.commands == b.commands && a.deadlines == b.deadlines && a.completes == b.completes;
}

/// For people: `send account a {...}, deadline expired at 2026-..., complete`.
template <class P>
std::string text_of_reaction(const ProcessStep<P>& step) {
    std::string text;
    const auto add = [&](const std::string& part) { text += text.empty() ? part : ", " + part; };
    for (const StoredCommand& command : step.commands)
        add(joined({"send ", command.target, " ", command.id, " ", command.command}));
    for (const StepDeadline& deadline : step.deadlines)
        add(deadline.due ? joined({"deadline ", deadline.type, " at ", deadline.due->to_string()})
                         : joined({"cancel ", deadline.type}));
    if (step.completes)
        add("complete");
    return text.empty() ? "nothing" : text;
}

} // namespace eventsourcing::detail

#endif
