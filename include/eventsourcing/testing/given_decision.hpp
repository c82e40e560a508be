// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_DECISION_HPP
#define EVENTSOURCING_TESTING_GIVEN_DECISION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/decision_model.hpp>
#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/explain_decisions.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/verdict.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

/// A decision as `Verdict` sees an aggregate: there is no state.
template <class D>
struct TriedDecision {
    using State = Nothing;
    using Event = typename D::Event;
};

template <class D, class... Args>
inline constexpr bool begins_a_decided_expectation = sizeof...(Args) > 0 &&
                                                     (PartOf<Args, typename D::Event> && ...);
template <class D>
inline constexpr bool begins_a_decided_expectation<D, Nothing> = true;
template <class D, class Reason>
inline constexpr bool begins_a_decided_expectation<D, ExpectRejection<Reason>> = true;

/// Says in the compiler's first error line what `then` of a decision takes.
template <class D, class... Args>
consteval bool explain_decided_then() {
    EVENTSOURCING_EXPLAIN((begins_a_decided_expectation<D, Args...>),
                          "then takes structs of D::Event, each as an argument of its own, or one "
                          "of es::nothing, es::rejected(reason)",
                          D, Args...);
    return true;
}

} // namespace detail

/// A command that was decided on what the views of the decision find; `then` compares.
template <class D>
class [[nodiscard]] WhenDecided {
public:
    using Event = typename D::Event;

    WhenDecided(const Result<void>& given, Result<Events<Event>>&& decided)
        : before_(given ? Result<Nothing>(Nothing{}) : Result<Nothing>(given.error())),
          decided_(std::move(decided)) {}

    /// Expects exactly these events: `then(StudentSubscribed{...})`.
    template <class... Es>
        requires(sizeof...(Es) > 0 && (detail::PartOf<std::remove_cvref_t<Es>, Event> && ...))
    auto then(Es&&... events) const {
        return verdict(detail::ExpectEvents<Event>{Events<Event>(std::forward<Es>(events)...)});
    }
    /// Expects that the command is accepted and emits nothing.
    auto then(Nothing /*none*/) const { return verdict(detail::ExpectEvents<Event>{}); }
    /// Expects a rejection.
    template <class Reason>
    auto then(detail::ExpectRejection<Reason> expectation) const {
        return verdict(expectation);
    }
    /// Does not compile: says what to expect instead.
    template <class... Args>
        requires(!detail::begins_a_decided_expectation<D, std::remove_cvref_t<Args>...>)
    bool then(Args&&... /*args*/) const {
        static_assert(detail::explain_decided_then<D, std::remove_cvref_t<Args>...>());
        return false;
    }

private:
    template <class Expectation>
    auto verdict(Expectation expectation) const {
        return Verdict<detail::TriedDecision<D>, Expectation>(before_, decided_,
                                                              std::move(expectation));
    }

    Result<Nothing> before_;
    Result<Events<Event>> decided_;
};

/// Events of all kinds, in a store, to try a decision on.
template <class D>
class [[nodiscard]] GivenDecision {
public:
    /// Stores one more event.
    template <class E>
    void add(const GivenEvent<E>& given) {
        if (!given_)
            return;
        const auto name = given.stream.empty() ? Result<StreamNameView>(StreamNameView("given-1"))
                                               : StreamNameView::parse(given.stream);
        if (!name) {
            given_ = name.error();
            return;
        }
        const Uuid id = store_.environment().new_id();
        const Batch<E> batch({&given.event, 1}, {&id, 1}, given.recorded_at, &given.metadata);
        if (auto stored = store_.append_unchecked(*name, batch); !stored)
            given_ = std::move(stored).error();
    }

    /// Decides the command on what its views find, as `Decisions` does: by types and tags. Emitted
    /// events that no view would find are an error, as there.
    template <class C>
        requires DecisionModel<D, C>
    WhenDecided<D> when(const C& command) const {
        if (!given_)
            return WhenDecided<D>(given_, given_.error());
        return WhenDecided<D>(given_, Decisions<D, MemoryStore>(store_).decide(command));
    }
    /// Does not compile: says what the decision lacks for this command.
    template <class C>
        requires(!DecisionModel<D, C>)
    WhenDecided<D> when(const C& /*command*/) const {
        static_assert(detail::explain_decision_model<D, C>());
        static_assert(DecisionModel<D, C>);
        return WhenDecided<D>({}, errc::internal);
    }

private:
    MemoryStore store_{};
    Result<void> given_{};
};

/// Events that happened before, of any kinds and in any streams, to try a decision on:
///
///     CHECK(es::given<Enrolment>(CourseDefined{"c++", 1}, StudentSubscribed{"bob", "c++"})
///               .when(Subscribe{"ann", "c++"})
///               .then(es::rejected(Refusal::course_is_full)));
///
/// The views find them by their tags, as in a store. Older forms are given as they were, and
/// upcast.
template <class D, class... Es>
    requires detail::begins_with_past<D, std::remove_cvref_t<Es>...>
[[nodiscard]] GivenDecision<D> given(Es&&... events) {
    GivenDecision<D> past;
    (past.add(detail::given_with_record(std::forward<Es>(events))), ...);
    return past;
}

} // namespace eventsourcing

#endif
