// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXPLAIN_PROJECTION_HPP
#define EVENTSOURCING_RUNTIME_EXPLAIN_PROJECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/runtime/projection.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

// Each of these says in the compiler's first error line what is wrong, and is always true, so that
// it adds no error of its own.

namespace eventsourcing::detail {

template <class P, class E>
consteval bool explain_followed() {
    EVENTSOURCING_EXPLAIN((is_events_of<typename P::Event> || Follows<P, E>),
                          "no public apply_event of the projection for this event of its variant; "
                          "add static void apply_event(State&, const <the event named here>&), or "
                          "name es::EventsOf<Aggregate...> to follow only some",
                          P, E);
    if constexpr (Follows<P, E>) {
        EVENTSOURCING_EXPLAIN((AnswersProjection<P, E>),
                              "apply_event of this event has no effect, or returns what nothing is "
                              "done with: it takes State& and returns void, es::Result<void> or, "
                              "with a key, es::RowChange; or it returns the State",
                              P, E);
        EVENTSOURCING_EXPLAIN((!HasKey<P> || NamesKey<P, E>),
                              "`key` of this projection can't be called with this event, or "
                              "returns no key; write, public: static std::string key(const auto& "
                              "e) { return e.event.id; }; an optional or a range of texts will do, "
                              "too; it is given the event alone",
                              P, E);
    }
    return true;
}

/// Says that a text is declared in another form than the library reads.
template <class P>
consteval bool explain_apply_revision() {
    EVENTSOURCING_EXPLAIN((!Declares_apply_revision<P> || NamesText_apply_revision<P>),
                          "`apply_revision` is declared in a form that the library does not read; "
                          "write, public: `static constexpr std::string_view apply_revision = "
                          "\"2\";`",
                          P);
    return true;
}
template <class P>
consteval bool explain_projection_texts() {
    static_assert(explain_apply_revision<P>());
    EVENTSOURCING_EXPLAIN((!Declares_create<P> || NamesText_create<P>),
                          "`create` is declared in a form that the library does not read; write, "
                          "public: `static constexpr std::string_view create = \"CREATE TABLE "
                          "...\";`",
                          P);
    EVENTSOURCING_EXPLAIN((!Declares_create<P> || MakesStatements<P>),
                          "`create` is for a projection whose State is es::SqliteStatements; this "
                          "one has its own State, which the library stores",
                          P);
    EVENTSOURCING_EXPLAIN((!HasKey<P> || !MakesStatements<P>),
                          "a projection of statements has no rows of the library: remove `key`, "
                          "and let its statements name the row",
                          P);
    return true;
}

template <class P>
consteval bool explain_projection_state() {
    using State = typename P::State;
    EVENTSOURCING_EXPLAIN(std::default_initializable<State>,
                          "folding starts from State{}: give each member of State a default", P);
    if constexpr (std::default_initializable<State> && !MakesStatements<P>)
        EVENTSOURCING_EXPLAIN(
            StorableState<State>,
            "the State of a projection is stored as JSON, and a part of it has no JSON form; give "
            "the type named here a form (`json_value`, `members`, ...)",
            P, decltype(state_part<State>(search<HasStorableForm, State>(NothingIn<>{}))));
    return true;
}

template <class P>
consteval bool explain_projection() {
    EVENTSOURCING_EXPLAIN(NamesEventAndState<P>,
                          "a projection names, public: using Event = es::EventsOf<Aggregate>; and "
                          "struct State { ... };",
                          P);
    if constexpr (NamesEventAndState<P>) {
        EVENTSOURCING_EXPLAIN(std::is_empty_v<P>,
                              "a projection has no data members: they belong to its State", P);
        if constexpr (explain_projection_state<P>() && explain_projection_texts<P>()) {
            EVENTSOURCING_EXPLAIN(
                (Followed<P>::size > 0),
                "a projection has, public, for one of its events at least: static void "
                "apply_event(State&, const E&), or (State&, const es::Recorded<E>&)",
                P);
            return []<class... Es>(TypeList<Es...>) {
                if constexpr ((explain_event_type<P, Es>() && ...))
                    return (explain_followed<P, Es>() && ...);
                return true;
            }(NamedEventsOf<P>{});
        }
    }
    return true;
}

} // namespace eventsourcing::detail

#endif
