// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_PROJECTION_HPP
#define EVENTSOURCING_TESTING_GIVEN_PROJECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/explain_projection.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/sql_statements.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/explain_given.hpp>
#include <eventsourcing/testing/explain_given_projection.hpp>
#include <eventsourcing/testing/given_event.hpp>
#include <eventsourcing/testing/given_history.hpp>
#include <eventsourcing/testing/plain_verdict.hpp>
#include <eventsourcing/testing/projected.hpp>
#include <eventsourcing/testing/projected_statements.hpp>
#include <eventsourcing/testing/stored_state.hpp>
#include <eventsourcing/testing/verdict.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

/// What a projection made of the given events; `then` compares.
template <class P>
class [[nodiscard]] GivenProjection {
    static_assert(detail::explain_projection<P>());

    using State = typename P::State;
    static constexpr bool has_rows = detail::HasKey<P>;
    static constexpr bool has_statements = detail::MakesStatements<P>;
    static constexpr bool has_state = !has_rows && !has_statements;

public:
    /// Projects events, up to the first one that can't be.
    template <class... Es>
    explicit GivenProjection(const GivenEvent<Es>&... events) {
        detail::GivenHistory history;
        detail::FollowedReader<P> reader;
        [[maybe_unused]] const auto project = [&](const EventRecord& record) {
            return projected_.project_record(reader, record);
        };
        static_cast<void>(((done_ = history.add(events, project)).has_value() && ...));
    }

    /// Expects this State.
    PlainVerdict then(const State& expected) const
        requires has_state
    {
        return verdict([&] { return compared("the State", "  ", projected_.state(), expected); });
    }
    /// Expects that the predicate is true for the State.
    template <class Predicate>
        requires(has_state && std::predicate<const Predicate&, const State&>)
    PlainVerdict then(const Predicate& predicate) const {
        return verdict([&] { return asked("the State", "  ", projected_.state(), predicate); });
    }

    /// Expects that the row of this key is this State.
    PlainVerdict then(std::string_view key, const State& expected) const
        requires has_rows
    {
        return row(key, [&](const std::string& name, const State& state) {
            return compared(name, "  ", state, expected);
        });
    }
    /// Expects that the predicate is true for the row of this key.
    template <class Predicate>
        requires(has_rows && std::predicate<const Predicate&, const State&>)
    PlainVerdict then(std::string_view key, const Predicate& predicate) const {
        return row(key, [&](const std::string& name, const State& state) {
            return asked(name, "  ", state, predicate);
        });
    }
    /// Expects that there is no row of this key.
    PlainVerdict then_none(std::string_view key) const
        requires has_rows
    {
        return verdict([&]() -> std::string {
            const auto found = projected_.rows().find(std::string(key));
            if (found == projected_.rows().end())
                return {};
            return detail::joined({"there is a row ", detail::in_quotes(key), ": ",
                                   detail::describe_value(found->second), "\n"});
        });
    }

    /// Expects these statements, in this order: `then(es::statement("DELETE FROM scores"))`.
    template <std::same_as<SqlStatement>... Statements>
        requires(has_statements && sizeof...(Statements) > 0)
    PlainVerdict then(const Statements&... expected) const {
        return verdict([&] {
            return detail::statements_difference({expected...}, projected_.state().list());
        });
    }
    /// Expects that the predicate is true for the list of statements.
    template <class Predicate>
        requires(has_statements &&
                 std::predicate<const Predicate&, const std::vector<SqlStatement>&>)
    PlainVerdict then(const Predicate& predicate) const {
        return verdict([&]() -> std::string {
            const auto& list = projected_.state().list();
            if (auto why = refused(predicate, list))
                return *why + detail::describe_statements(list);
            return {};
        });
    }
    /// Expects no statements, or no rows.
    PlainVerdict then(Nothing /*none*/) const
        requires(!has_state)
    {
        return verdict([&]() -> std::string {
            if constexpr (has_statements)
                return detail::statements_difference({}, projected_.state().list());
            else
                return projected_.rows().empty() ? std::string()
                                                 : "expected no rows, got " + keys() + "\n";
        });
    }

    /// Expects that one of the events is refused.
    template <class Reason>
    PlainVerdict then(const detail::ExpectRejection<Reason>& expected) const {
        if (!done_ && detail::is_for(expected, done_.error()))
            return {};
        return PlainVerdict(done_ ? "expected that an event is refused, and all were projected\n"
                                  : detail::joined({"expected another refusal, ",
                                                    detail::describe_error(done_.error())}));
    }

    /// Does not compile: says what to expect instead.
    template <class... Args>
        requires(!detail::is_projected_expectation<P, Args...>)
    bool then(const Args&... /*args*/) const {
        static_assert(detail::explain_projected_then<P, Args...>());
        return false;
    }

private:
    template <class Compare>
    PlainVerdict verdict(Compare compare) const {
        if (!done_)
            return PlainVerdict(detail::joined(
                {"the events given can't be projected: ", done_.error().message(), "\n"}));
        return PlainVerdict(compare());
    }
    template <class Compare>
    PlainVerdict row(std::string_view key, Compare compare) const {
        return verdict([&]() -> std::string {
            const std::string name = detail::joined({"the row ", detail::in_quotes(key)});
            const auto found = projected_.rows().find(std::string(key));
            if (found == projected_.rows().end())
                return detail::joined(
                    {"there is no row ", detail::in_quotes(key), ", but ", keys(), "\n"});
            return compare(name, found->second);
        });
    }
    [[nodiscard]] std::string keys() const {
        std::string all;
        for (const auto& [key, state] : projected_.rows())
            all += detail::joined({all.empty() ? "" : ", ", detail::in_quotes(key)});
        return all.empty() ? "none" : all;
    }

    static std::string compared(const std::string& what, const std::string& indent,
                                const State& got, const State& expected) {
        if (!detail::same_state(expected, got))
            return what + " is not as expected\n" + detail::state_difference(expected, got, indent);
        return stored(what, got);
    }
    template <class Predicate>
    static std::string asked(const std::string& what, const std::string& indent, const State& got,
                             const Predicate& predicate) {
        if (auto why = refused(predicate, got))
            return what + " is not as expected\n" + indent + *why + detail::describe_value(got) +
                   "\n";
        return stored(what, got);
    }
    static std::string stored(const std::string& what, const State& got) {
        const auto fault = detail::fault_of_state(got, "  ");
        return fault.empty()
                   ? fault
                   : "as expected, but " + what + " does not survive being stored\n" + fault;
    }
    template <class Predicate, class Value>
    static std::optional<std::string> refused(const Predicate& predicate, const Value& value) {
        const char* const asking = "the predicate";
        const auto answer =
            detail::guarded(asking, [&] { return Result<bool>(bool(predicate(value))); });
        if (answer && *answer)
            return std::nullopt;
        return answer ? "the predicate is false for "
                      : detail::joined({answer.error().message(), ", for "});
    }

    detail::Projected<P> projected_;
    Result<void> done_{};
};

/// What a projection makes of these events:
///
///     CHECK(es::given<Leaderboard>(EntityDied{"ogre"}, es::at(noon, EntityDied{"ogre"}))
///               .then(Leaderboard::State{{{"ogre", 2}}, noon}));
///     CHECK(es::given<Fighter>(EntityAttacked{"ogre", 3}).then("ogre", Fighter::State{1, 0}));
///
/// They may be any that its `Event` names, also those that it does not follow, in older forms, and
/// in any streams. They are written and read back, and so is the State that is compared.
template <class P, class... Es>
    requires detail::LooksLikeProjection<P>
[[nodiscard]] auto given(Es&&... events) {
    if constexpr ((detail::may_be_projected<P, std::remove_cvref_t<Es>> && ...)) {
        return GivenProjection<P>(detail::given_with_record(std::forward<Es>(events))...);
    } else {
        static_assert((detail::explain_projected<P, std::remove_cvref_t<Es>>() && ...));
        return GivenProjection<P>();
    }
}

} // namespace eventsourcing

#endif
