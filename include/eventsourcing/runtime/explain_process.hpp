// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_PROCESS_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_PROCESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/storable.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/explain_projection.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress_store.hpp>

#include <concepts>
#include <type_traits>

// Each of these says in the compiler's first error line what is wrong, and is always true, so that
// it adds no error of its own.

namespace eventsourcing {

struct SentCommand;

namespace detail {

/// A react for this input, whatever it returns.
template <class P, class I>
concept CallsReact =
    requires(const typename P::State& state, const I& input) { P::react(state, input); };

template <class P, class I>
consteval bool explain_react() {
    EVENTSOURCING_EXPLAIN((!CallsReact<P, I> || ReactsTo<P, I>),
                          "react of this input does not return the Reaction of the process; write: "
                          "static Reaction react(const State&, const <the input named here>&)",
                          P, I);
    return true;
}

template <class P, class E>
consteval bool explain_told() {
    static_assert(explain_react<P, E>());
    constexpr bool told = Follows<P, E> || ReactsToEvent<P, E>;
    EVENTSOURCING_EXPLAIN((told || CallsReact<P, E> || is_events_of<typename P::Event>),
                          "no public apply_event or react of the process for this event of its "
                          "variant; add one, or name es::EventsOf<Aggregate...> to follow some",
                          P, E);
    EVENTSOURCING_EXPLAIN((!told || NamesProcess<P, E>),
                          "process_id of this process can't be called with this event, or returns "
                          "no text; write, public: static std::string process_id(const auto& e) { "
                          "return e.event.id; }",
                          P, E);
    return true;
}

template <class P, class D>
consteval bool explain_deadline() {
    EVENTSOURCING_EXPLAIN((CallsReact<P, D>),
                          "no public react of the process for this deadline; add: static Reaction "
                          "react(const State&, const <the deadline named here>&)",
                          P, D);
    return explain_react<P, D>();
}

/// A target and what it is sent.
template <class P, class A>
consteval bool explain_target() {
    constexpr bool takes = requires { typename A::Command; };
    EVENTSOURCING_EXPLAIN(takes,
                          "a process sends to an aggregate, or to what has, public: using Command "
                          "= a struct or a variant of several",
                          P, A);
    if constexpr (takes) {
        using Command = typename A::Command;
        EVENTSOURCING_EXPLAIN(
            (!decltype(search<HasStorableForm, Command>(NothingIn<>{}))::found),
            "a process stores the commands that it sends as JSON, and a part of "
            "this one has no JSON form; give the type named last a form "
            "(`json_value`, `members`, ...)",
            P, A, decltype(state_part<Command>(search<HasStorableForm, Command>(NothingIn<>{}))));
        return []<class... Cs>(TypeList<Cs...>) {
            return (explain_react<P, Rejected<Cs>>() && ...);
        }(Alternatives<Command>{});
    }
    return true;
}

template <class P, class E>
consteval bool explain_starter() {
    EVENTSOURCING_EXPLAIN((is_one_of<E, ToldEvents<P>>),
                          "StartedBy names an event that the process is not told: it needs "
                          "apply_event or react for it",
                          P, E);
    return true;
}

template <class P>
consteval bool explain_process() {
    EVENTSOURCING_EXPLAIN(NamesReaction<P>,
                          "a process names, public: using Event = es::EventsOf<Aggregate>; struct "
                          "State { ... }; and using Reaction = es::Reaction<Aggregate...>;",
                          P);
    if constexpr (NamesReaction<P>) {
        static_assert(explain_apply_revision<P>());
        EVENTSOURCING_EXPLAIN(std::is_empty_v<P>,
                              "a process has no data members: they belong to its State", P);
        EVENTSOURCING_EXPLAIN(std::default_initializable<typename P::State>,
                              "a process begins with State{}: give each member of it a default", P);
        const bool told = []<class... Es>(TypeList<Es...>) {
            if constexpr ((explain_event_type<P, Es>() && ...))
                return (explain_told<P, Es>() && ...);
            return true;
        }(NamedEventsOf<P>{});
        EVENTSOURCING_EXPLAIN(
            (ToldEvents<P>::size > 0),
            "a process has apply_event or react, public, for one of its events at "
            "least: static Reaction react(const State&, const E&)",
            P);
        const bool due = []<class... Ds>(TypeList<Ds...>) {
            return (explain_deadline<P, Ds>() && ...);
        }(typename DeadlinesOf<P>::List{});
        const bool sent = []<class... As>(TypeList<As...>) {
            return (explain_target<P, As>() && ...);
        }(typename TargetsOf<typename P::Reaction>::List{});
        const bool begun = []<class... Es>(TypeList<Es...>) {
            return (explain_starter<P, Es>() && ...);
        }(typename StartersOf<P>::List{});
        return told && due && sent && begun;
    }
    return true;
}

template <class Handler, class C>
concept HandlesSent = requires(Handler& handler, const C& command, const SentCommand& sent) {
    { handler.handle(command, sent) } -> std::convertible_to<Result<void>>;
};

template <class Handler, class List>
inline constexpr bool handles_all_sent = true;
template <class Handler, class... Cs>
inline constexpr bool handles_all_sent<Handler, TypeList<Cs...>> =
    (HandlesSent<Handler, Cs> && ...);

template <class P, class Handler, class A>
consteval bool explain_handled() {
    if constexpr (!Aggregate<A> && requires { typename A::Command; })
        EVENTSOURCING_EXPLAIN(
            (handles_all_sent<Handler, Alternatives<typename A::Command>>),
            "this process sends to what is no aggregate, so it needs a handler with "
            "es::Result<void> handle(const C&, const es::SentCommand&) for each of its "
            "commands: es::ProcessManager<P, Store, Handler> them{*store, es::from_now, "
            "handler}",
            P, A, Handler);
    return true;
}

template <class P, class Store, class Handler, class Beside>
consteval bool explain_process_manager() {
    EVENTSOURCING_EXPLAIN(EventStore<Store>,
                          "a process manager reads and writes an event store, such as "
                          "es::MemoryStore or es::SqliteStore (static_assert(es::EventStore<...>) "
                          "says what is missing)",
                          P, Store);
    if constexpr (EventStore<Store>) {
        EVENTSOURCING_EXPLAIN(Store::capabilities.global_order,
                              "this store has no order of all its events, so it can't be followed",
                              P, Store);
        using Keeper = typename SnapshotKeeper<Store, Beside>::Type;
        EVENTSOURCING_EXPLAIN(KeepsProgress<Keeper>,
                              "this store keeps no progress: give a store that does beside it, "
                              "es::ProcessManager<P, TheStore, es::NoHandler, es::SqliteStore> "
                              "them{*store, *beside, es::from_now}",
                              P, Store, Beside);
        if constexpr (explain_process<P>())
            return []<class... As>(TypeList<As...>) {
                return (explain_handled<P, Handler, As>() && ...);
            }(typename TargetsOf<typename P::Reaction>::List{});
    }
    return true;
}

template <class P, class Store, class... Options>
consteval bool explain_missing_start() {
    EVENTSOURCING_EXPLAIN((sizeof(Store) == 0),
                          "say where the process manager begins on a store that has events "
                          "already: es::ProcessManager<P, Store> them{*store, es::from_now}; from "
                          "es::from_beginning on it sends for all of history",
                          P, Store);
    return true;
}

} // namespace detail

} // namespace eventsourcing

#endif
