// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_PROCESS_HPP
#define EVENTSOURCING_TESTING_GIVEN_PROCESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/reaction.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/explain_given_process.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/plain_verdict.hpp>
#include <eventsourcing/testing/process_trial.hpp>
#include <eventsourcing/testing/reaction_difference.hpp>
#include <eventsourcing/testing/stored_state.hpp>
#include <eventsourcing/testing/verdict.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// What a process did about an input; `then` compares.
template <class P>
class [[nodiscard]] WhenTold {
    using Reaction = typename P::Reaction;
    using Step = detail::ProcessStep<P>;

public:
    explicit WhenTold(Result<void> told) : told_(std::move(told)) {}
    /// `step` is nothing if the input was ignored.
    WhenTold(std::optional<Step> step, std::optional<typename P::State> state, std::string fault)
        : step_(std::move(step)),
          state_(std::move(state)),
          fault_(std::move(fault)) {}

    /// Expects exactly these commands, in this order, these deadlines, and that the process ends if
    /// `es::complete` is among them:
    /// `then(es::send<Account>("a", Withdraw{...}), es::deadline<Expired>(24h))`.
    template <class... Parts>
        requires detail::are_parts_of<Reaction, Parts...>
    PlainVerdict then(const Parts&... parts) const {
        return verdict(Reaction{parts...});
    }
    /// Expects that the process does nothing, or ignores the input.
    PlainVerdict then(Nothing none) const { return verdict(Reaction(none)); }
    /// Expects that the predicate is true for what the process remembers: `then(es::state(...))`.
    template <class Predicate>
    PlainVerdict then(const detail::ExpectState<Predicate>& expected) const {
        if (!told_)
            return not_told();
        if (!state_)
            return PlainVerdict("the process was not begun, so that it remembers nothing\n");
        const char* const asking = "the predicate";
        const auto answer = detail::guarded(
            asking, [&] { return Result<bool>(bool(expected.predicate(*state_))); });
        if (answer && *answer)
            return PlainVerdict(fault_);
        return PlainVerdict(
            detail::joined({answer ? "the state is not as expected" : answer.error().message(),
                            ": ", detail::describe_value(*state_), "\n"}));
    }
    /// Does not compile: says what to expect instead.
    template <class... Args>
        requires(!detail::is_reaction_expectation<Reaction, Args...>)
    bool then(const Args&... /*args*/) const {
        static_assert(detail::explain_reaction_then<P, Args...>());
        return false;
    }

private:
    PlainVerdict not_told() const {
        return PlainVerdict(
            detail::joined({"the process can't be told: ", told_.error().message(), "\n"}));
    }
    PlainVerdict verdict(const Reaction& expected) const {
        if (!told_)
            return not_told();
        const Step got = step_ ? *step_ : Step{};
        std::string out = detail::commands_difference<P>(expected.commands(), got.commands);
        out += detail::deadlines_difference(detail::by_type(expected.deadlines()),
                                            detail::reacted(got.input, got.deadlines));
        if (expected.completes() != got.completes)
            out += expected.completes() ? "  expected that it ends, and it goes on\n"
                                        : "  expected that it goes on, and it ends\n";
        if (out.empty())
            return PlainVerdict(fault_);
        return PlainVerdict((step_ ? "the reaction is not as expected\n"
                                   : "the process ignores this input: it has ended, or was not "
                                     "begun by an event of StartedBy\n") +
                            out);
    }

    Result<void> told_{};
    std::optional<Step> step_{};
    std::optional<typename P::State> state_{};
    std::string fault_{};
};

/// Events that were told to processes, to try an input on.
template <class P, class... Es>
class [[nodiscard]] GivenProcess {
    static_assert(detail::explain_tried_process<P>());

public:
    explicit GivenProcess(GivenEvent<Es>... events) : events_(std::move(events)...) {}

    /// Tells an event, in any form that may be given, a deadline (`when(Expired{})`), or a refusal
    /// (`when(es::Rejected<Withdraw>{...})`). A deadline is told only if it is set, as in earnest.
    template <class Input>
        requires detail::MayBeTold<P, std::remove_cvref_t<Input>>
    WhenTold<P> when(Input&& input) const {
        detail::ProcessTrial<P> trial;
        auto told = std::apply(
            [&](const auto&... events) {
                Result<void> done;
                static_cast<void>(((done = trial.happens(events)).has_value() && ...));
                return done;
            },
            events_);
        if (!told)
            return WhenTold<P>(std::move(told).error().within("the events given"));
        const auto before = trial.steps();
        if (!before)
            return WhenTold<P>(before.error());
        told = tell(trial, std::forward<Input>(input));
        const auto after = trial.steps();
        if (!told)
            return WhenTold<P>(std::move(told));
        if (!after)
            return WhenTold<P>(after.error());
        return result(trial, *after, after->size() > before->size());
    }
    /// Does not compile: says what may be told.
    template <class... Args>
        requires(sizeof...(Args) != 1 || !(detail::MayBeTold<P, std::remove_cvref_t<Args>> && ...))
    WhenTold<P> when(Args&&... /*args*/) const {
        static_assert(detail::explain_when_told<P, std::remove_cvref_t<Args>...>());
        return WhenTold<P>(errc::internal);
    }

private:
    template <class Input>
    static Result<void> tell(detail::ProcessTrial<P>& trial, Input&& input) {
        using Plain = std::remove_cvref_t<Input>;
        if constexpr (detail::is_refusal<Plain>)
            return trial.is_refused(input);
        else if constexpr (detail::is_one_of<Plain, typename detail::DeadlinesOf<P>::List>)
            return trial.falls_due(input);
        else
            return trial.happens(detail::given_with_record(std::forward<Input>(input)));
    }
    template <class Steps>
    static WhenTold<P> result(const detail::ProcessTrial<P>& trial, const Steps& steps,
                              bool stepped) {
        if (steps.empty())
            return WhenTold<P>(std::nullopt, std::nullopt, {});
        const auto states = trial.states(steps.back().stream);
        if (!states)
            return WhenTold<P>(Error(states.error()).within("reading what the process remembers"));
        const auto& [state, again] = *states;
        if (!stepped)
            return WhenTold<P>(std::nullopt, state, {});
        std::string fault;
        for (const auto& command : steps.back().event.commands)
            fault += detail::fault_of_command<P>(command);
        if (const auto stored = detail::fault_of_state(state, "    "); !stored.empty())
            fault += "  the State\n" + stored;
        else if (!detail::same_state(state, again))
            fault += "  the State is another one when the process's stream is folded again\n" +
                     detail::state_difference(state, again, "    ");
        if (!fault.empty())
            fault = "as expected, but it does not survive being stored\n" + fault;
        return WhenTold<P>(steps.back().event, state, std::move(fault));
    }

    std::tuple<GivenEvent<Es>...> events_;
};

/// Events that were told to processes before:
///
///     CHECK(es::given<Transfers>().when(TransferRequested{"1", "a", "b", 30})
///               .then(es::send<Account>("a", Withdraw{"1", 30}), es::deadline<Expired>(24h)));
///     CHECK(es::given<Transfers>(TransferRequested{"1", "a", "b", 30}).when(Expired{})
///               .then(es::complete));
///
/// They are told as a process manager tells them: each to the process that `process_id` names,
/// whose deadlines are set and which may have ended by then. Steps, commands and State are written
/// and read back; nothing is carried out.
template <class P, class... Es>
    requires detail::LooksLikeProcess<P>
[[nodiscard]] auto given(Es&&... events) {
    if constexpr ((detail::is_told_event<P, std::remove_cvref_t<Es>> && ...)) {
        return GivenProcess<P, detail::GivenEventOf<std::remove_cvref_t<Es>>...>(
            detail::given_with_record(std::forward<Es>(events))...);
    } else {
        static_assert((detail::explain_told_before<P, std::remove_cvref_t<Es>>() && ...));
        return GivenProcess<P>();
    }
}

} // namespace eventsourcing

#endif
