// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_DECISIONS_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_DECISIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/command.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/decision_model.hpp>
#include <eventsourcing/runtime/decision_view.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>
#include <tuple>
#include <type_traits>

// Each of these says in the compiler's first error line what is wrong, and is always true, so that
// it adds no error of its own.

namespace eventsourcing::detail {

/// Stands for the decision that a user of `Decisions` forgot to name.
struct NoDecisionNamed {};

/// Becomes whatever view a function asks for.
struct AnyView {
    template <class V>
        requires(!std::same_as<V, AnyView>)
    operator const V&() const;
};
/// Whether the decision handles the command on other views than the boundary's.
template <class D, class C>
concept DecidesOnOthers =
    requires(const AnyView& v, const C& c) { D::handle_command(c); } ||
    requires(const AnyView& v, const C& c) { D::handle_command(v, c); } ||
    requires(const AnyView& v, const C& c) { D::handle_command(v, v, c); } ||
    requires(const AnyView& v, const C& c) { D::handle_command(v, v, v, c); } ||
    requires(const AnyView& v, const C& c) { D::handle_command(v, v, v, v, c); };

template <class V, class E>
consteval bool explain_viewed_event() {
    EVENTSOURCING_EXPLAIN(Tagged<E>,
                          "a view finds this event by its tags, and the event names none; add to "
                          "it, public: `std::vector<std::string> event_tags() const`",
                          V, E);
    EVENTSOURCING_EXPLAIN((ViewApplies<V, E>),
                          "no public apply_event of the view for this event; add it, or make it "
                          "public: static void apply_event(View&, const <the event named here>&)",
                          V, E);
    if constexpr (ViewApplies<V, E>)
        EVENTSOURCING_EXPLAIN((ViewAnswers<V, E>),
                              "apply_event of this event takes the view as View& and returns void "
                              "or es::Result<void>, or returns the view",
                              V, E);
    return true;
}

template <class V, class Stray>
consteval bool explain_conflict() {
    EVENTSOURCING_EXPLAIN(std::is_void_v<Stray>,
                          "Conflict names a part of the events of a view; this is none of its "
                          "Event: add it there, or remove it from Conflict",
                          V, Stray);
    return true;
}

/// What a view of the decision `D` lacks.
template <class D, class V>
consteval bool explain_view() {
    if constexpr (!DecisionView<V>) {
        EVENTSOURCING_EXPLAIN(std::move_constructible<V>, "a view can be moved", D, V);
        EVENTSOURCING_EXPLAIN(NamesViewEvent<V>,
                              "a view names the events that it folds, public: using Event = "
                              "std::variant<...>;",
                              D, V);
        EVENTSOURCING_EXPLAIN(Tagged<V>,
                              "a view says by which tags its events are found; add to it, public: "
                              "`std::vector<std::string> event_tags() const`",
                              D, V);
        if constexpr (NamesViewEvent<V> && Tagged<V>)
            return []<class... Es>(TypeList<Es...>) {
                if constexpr ((explain_event_type<V, Es>() && ...))
                    if constexpr ((explain_viewed_event<V, Es>() && ...))
                        return explain_conflict<
                            V, typename FirstStrange<Alternatives<ConflictEvents<V>>,
                                                     TypeList<Es...>>::Type>();
                return true;
            }(Alternatives<typename V::Event>{});
    }
    return true;
}

template <class D, class C>
consteval bool explain_boundary() {
    constexpr bool asks = AsksBoundary<D, C>;
    EVENTSOURCING_EXPLAIN(asks,
                          "no public boundary for this command; say what the decision has to know "
                          "of the past: static auto boundary(const <the command named here>& c) { "
                          "return std::tuple{View{...}, ...}; }",
                          D, C);
    if constexpr (asks) {
        using Views = BoundaryOf<D, C>;
        EVENTSOURCING_EXPLAIN(is_boundary<Views>,
                              "boundary returns its views by value, and at least one: return "
                              "std::tuple{View{...}, ...};",
                              D, C, Views);
        if constexpr (is_boundary<Views>)
            return []<class... Vs>(const std::tuple<Vs...>*) {
                return (explain_view<D, Vs>() && ...);
            }(static_cast<const Views*>(nullptr));
    }
    return false;
}

template <class D, class C>
consteval bool explain_decided_on() {
    using Views = BoundaryOf<D, C>;
    constexpr bool decides = decides_on<D, C, Views>;
    constexpr bool on_others = !decides && DecidesOnOthers<D, C>;
    EVENTSOURCING_EXPLAIN(!on_others,
                          "handle_command takes a view that its boundary does not name, or takes "
                          "them in another order; boundary(command) names all views, and "
                          "handle_command takes these, in their order, and then the command",
                          D, C, Views);
    EVENTSOURCING_EXPLAIN((decides || on_others),
                          "no public handle_command for this command; add it, or make it public: "
                          "static es::Result<es::Events<Event>> handle_command(const View&..., "
                          "const <the command named here>&), with the views of its boundary",
                          D, C, Views);
    if constexpr (decides)
        EVENTSOURCING_EXPLAIN((DecisionOf<DecidedOn<D, C>, typename D::Event>),
                              "handle_command returns events of D::Event: one, the "
                              "variant, a range, an optional, es::nothing, or an es::Result of "
                              "these",
                              D, C, DecidedOn<D, C>);
    return true;
}

/// What a decision lacks for the command `C`.
template <class D, class C>
consteval bool explain_decision_model() {
    EVENTSOURCING_EXPLAIN(std::is_empty_v<D>, "a decision has no data: put it into its views", D);
    EVENTSOURCING_EXPLAIN(NamesDecidedEvent<D>,
                          "a decision names the events that it emits, public: using Event = "
                          "std::variant<...>;",
                          D);
    if constexpr (NamesDecidedEvent<D> && !DecisionModel<D, C>) {
        constexpr bool is_event = PartOf<C, typename D::Event>;
        EVENTSOURCING_EXPLAIN(!is_event,
                              "a decision is asked with a command, and this is an event: pass the "
                              "command whose handle_command returns it",
                              D, C);
        EVENTSOURCING_EXPLAIN(
            (is_event || Command<C>),
            "a decision is asked with a command, a struct: execute(Subscribe{...})", D, C);
        return []<class... Es>(TypeList<Es...>) {
            if constexpr ((explain_event_type<D, Es>() && ...))
                if constexpr (explain_boundary<D, C>() && AsksBoundary<D, C>)
                    return explain_decided_on<D, C>();
            return true;
        }(Alternatives<typename D::Event>{});
    }
    return true;
}

/// What is wrong with the types that `Decisions` was given.
template <class D, class S>
consteval bool explain_decisions() {
    EVENTSOURCING_EXPLAIN((!std::same_as<D, NoDecisionNamed>),
                          "name the decision and the store: es::Decisions<TheDecision, "
                          "es::MemoryStore>",
                          S);
    EVENTSOURCING_EXPLAIN((!std::same_as<S, NoStoreNamed>),
                          "name the store as well: es::Decisions<TheDecision, es::MemoryStore>", D);
    EVENTSOURCING_EXPLAIN(
        (!is_result<S>), "this store is a Result: check it first, if (!store), and pass *store", S);
    EVENTSOURCING_EXPLAIN((!PointsToStore<S>), "this store is a pointer: pass *store", S);
    if constexpr (!std::same_as<D, NoDecisionNamed> && !std::same_as<S, NoStoreNamed> &&
                  !is_result<S> && !PointsToStore<S>) {
        EVENTSOURCING_EXPLAIN(AppendsIf<S>,
                              "decisions append on a condition and at no revision, and this store "
                              "has no append_if (see es::AppendsIf): take one that has it, such as "
                              "es::MemoryStore or es::SqliteStore",
                              S);
        EVENTSOURCING_EXPLAIN(ReadsAll<S>,
                              "decisions read the whole store by tags, and this store has no "
                              "read_all: take one that has it, such as es::MemoryStore or "
                              "es::SqliteStore",
                              S);
    }
    return true;
}

} // namespace eventsourcing::detail

#endif
