// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_EXPLAIN_GIVEN_PROJECTION_HPP
#define EVENTSOURCING_TESTING_EXPLAIN_GIVEN_PROJECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/given_history.hpp>

#include <concepts>
#include <string_view>
#include <vector>

// Each of these says in the compiler's first error line what is wrong, and is always true, so that
// it adds no error of its own.

namespace eventsourcing::detail {

template <class P, class E>
inline constexpr bool may_be_projected =
    may_be_given<GivenEventOf<E>, NamedEventsOf<P>, Followed<P>>;

template <class P, class E>
consteval bool explain_projected() {
    EVENTSOURCING_EXPLAIN((may_be_projected<P, E>),
                          "given takes the events that happened, each as an argument of its own: "
                          "structs that P::Event names, also with es::at, es::on, es::with",
                          P, E);
    return true;
}

template <class T>
inline constexpr bool is_expected_rejection = false;
template <class Reason>
inline constexpr bool is_expected_rejection<ExpectRejection<Reason>> = true;

template <class State, class Arg>
concept ExpectsOf =
    std::convertible_to<const Arg&, const State&> || std::predicate<const Arg&, const State&>;

/// Whether `then` of a projection takes these.
template <class P, class... Args>
inline constexpr bool is_projected_expectation = MakesStatements<P> && sizeof...(Args) > 0 &&
                                                 (std::same_as<Args, SqlStatement> && ...);
template <class P, class Arg>
inline constexpr bool is_projected_expectation<P, Arg> = is_expected_rejection<Arg> || [] {
    if constexpr (MakesStatements<P>)
        return std::same_as<Arg, SqlStatement> || std::same_as<Arg, Nothing> ||
               std::predicate<const Arg&, const std::vector<SqlStatement>&>;
    else
        return HasKey<P> ? std::same_as<Arg, Nothing> : ExpectsOf<typename P::State, Arg>;
}();
template <class P, class Key, class Arg>
inline constexpr bool is_projected_expectation<P, Key, Arg> = [] {
    if constexpr (HasKey<P>)
        return std::convertible_to<const Key&, std::string_view> &&
               ExpectsOf<typename P::State, Arg>;
    else
        return MakesStatements<P> && std::same_as<Key, SqlStatement> &&
               std::same_as<Arg, SqlStatement>;
}();

/// What is wrong with the arguments of `then`.
template <class P, class... Args>
consteval bool explain_projected_then() {
    EVENTSOURCING_EXPLAIN((HasKey<P> || MakesStatements<P>),
                          "then takes what the State is expected to be, or a predicate: "
                          "then(State{...}), then([](const auto& s) { return s.count == 1; }), "
                          "then(es::rejected(reason))",
                          P, Args...);
    EVENTSOURCING_EXPLAIN((!HasKey<P>),
                          "this projection has rows: then takes a key and what its row is expected "
                          "to be, or a predicate: then(\"ogre\", State{...}); then_none(\"ogre\") "
                          "expects no such row",
                          P, Args...);
    EVENTSOURCING_EXPLAIN((!MakesStatements<P>),
                          "this projection makes statements: then takes those that are expected, "
                          "or a predicate on the list: then(es::statement(text, values...), ...)",
                          P, Args...);
    return true;
}

} // namespace eventsourcing::detail

#endif
