// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_CHECK_PROJECTION_HPP
#define EVENTSOURCING_TESTING_CHECK_PROJECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/explain_projection.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/testing/explain_given_projection.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/given_history.hpp>
#include <eventsourcing/testing/law_report.hpp>
#include <eventsourcing/testing/projection_trial.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

/// `std::tuple`, `std::array` and `std::pair`.
template <class H>
concept HistoryTuple = requires { std::tuple_size<H>::value; };

template <class H>
concept HistoryRange = !HistoryTuple<H> && requires(const H& history) {
    std::begin(history) != std::end(history);
    *std::begin(history);
};

template <class P, class... Es>
consteval bool are_projected(const std::tuple<Es...>* /*tuple*/) {
    return (may_be_projected<P, std::remove_cvref_t<Es>> && ...);
}

/// Events in a `std::tuple`, as `given` takes them, or a range of them, or a store.
template <class P, class H>
consteval bool is_history() {
    if constexpr (EventStore<H>)
        return H::capabilities.global_order;
    else if constexpr (HistoryTuple<H>)
        return are_projected<P>(static_cast<decltype(std::tuple_cat(std::declval<H>()))*>(nullptr));
    else if constexpr (HistoryRange<H>)
        return may_be_projected<P, std::remove_cvref_t<decltype(*std::begin(std::declval<H&>()))>>;
    else
        return false;
}

template <class P, class... Args>
consteval bool explain_check_projection() {
    static_assert(explain_projection<P>());
    EVENTSOURCING_EXPLAIN((!MakesStatements<P>),
                          "a projection of statements is checked in its database; what it makes "
                          "is tried with es::given<P>(events...).then(es::statement(...))",
                          P);
    EVENTSOURCING_EXPLAIN(
        (MakesStatements<P>),
        "check_projection takes one history: a std::tuple of events that P::Event "
        "names, also with es::at, es::on, es::with, a range of them, or a store",
        P, Args...);
    return true;
}

/// Tells each of the ways in which the projection is run, and what it comes to.
template <class P, class Store>
LawReport check_projection_of(const Store& store) {
    LawReport report(std::string(bare_name<P>()));
    ProjectionTrial<P, Store> trial(store);
    const auto check = [&](std::string_view law, const Result<void>& held) {
        report.add({law, held ? LawVerdict::held : LawVerdict::broken,
                    held ? std::string() : std::string(held.error().message())});
        return held.has_value();
    };
    if (!check("each event can be projected", trial.project_all()) ||
        !check("the same events give the same once more", trial.project_again()))
        return report; // nothing to compare with
    check("a page size changes nothing", trial.page_sizes());
    check("a restart after any page changes nothing", trial.restarts());
    check("a page that is handled again changes nothing", trial.redelivery());
    check("two runners at once change nothing", trial.two_runners());
    check("a rebuild gives the same", trial.rebuilds());
    return report;
}

} // namespace detail

/// Runs a projection over a history in all the ways in which it may have to run: with pages of any
/// size, restarted after any page, with pages that are handled again because a commit failed or its
/// answer was lost, by two runners at once, and rebuilt; and compares each read model with what the
/// events give one after the other.
///
///     CHECK(es::check_projection<Leaderboard>(std::tuple{EntityDied{"ogre"}, ...}));
///
/// Finds what a projection must not do: use anything except its State and the event, keep in its
/// State what is not stored, or name other keys for an event that it sees again. `history` is a
/// `std::tuple` of events in any form that `given` takes, a range of them, or a store, which is
/// only read.
template <class P, class History>
    requires(!detail::MakesStatements<P> && detail::is_history<P, History>())
LawReport check_projection(const History& history) {
    static_assert(detail::explain_projection<P>());
    if constexpr (EventStore<History>) {
        return detail::check_projection_of<P>(history);
    } else {
        detail::GivenHistory given;
        Result<void> done;
        const auto add = [&](const auto& event) {
            if (done)
                done = given.add(detail::given_with_record(event),
                                 [](const EventRecord&) { return Result<void>(); });
        };
        if constexpr (detail::HistoryTuple<History>)
            std::apply([&](const auto&... events) { (add(events), ...); }, history);
        else
            for (const auto& event : history)
                add(event);
        if (done)
            return detail::check_projection_of<P>(given.store());
        LawReport report(std::string(detail::bare_name<P>()));
        report.add(
            {"the history can be stored", LawVerdict::broken, std::string(done.error().message())});
        return report;
    }
}
/// Does not compile: says what a history is.
template <class P, class... Args>
bool check_projection(const Args&... /*args*/) {
    static_assert(detail::explain_check_projection<P, Args...>());
    return false;
}

} // namespace eventsourcing

#endif
