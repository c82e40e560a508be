// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_VERDICT_HPP
#define EVENTSOURCING_TESTING_VERDICT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/same_value.hpp>
#include <eventsourcing/testing/stored_again.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {

template <class V>
constexpr std::span<const V> view_of(const Events<V>& events) {
    return {events.data(), events.size()};
}

template <class V>
std::string event_name(const V& event) {
    return visit_alternative(
        event, []<class E>(const E&) { return std::string(EventTraits<E>::event_type); });
}

inline std::string describe_error(const Error& error) {
    return (error == errc::cannot_apply ? "got events that can't be applied: " : "got an error: ") +
           error.message() + "\n";
}

/// Expects these events, all of them, in this order.
template <class V>
struct ExpectEvents {
    Events<V> events;

    template <class State>
    constexpr bool holds(const Result<Events<V>>& decided, const State& /*before*/) const {
        return decided && same_value(events, *decided);
    }

    template <class State>
    std::string describe(const Result<Events<V>>& decided, const State& /*before*/) const {
        if (!decided)
            return "  expected " + count(events.size()) + ", " + describe_error(decided.error());
        std::string out;
        for (std::size_t i = 0; i < std::max(events.size(), decided->size()); ++i)
            out += describe_one(i, *decided);
        return out;
    }

private:
    static std::string count(std::size_t n) {
        return n == 0 ? "no events" : n == 1 ? "1 event" : std::to_string(n) + " events";
    }

    std::string describe_one(std::size_t i, const Events<V>& got) const {
        const std::string head = "  event " + std::to_string(i) + ": ";
        if (i >= events.size())
            return head + "expected none, got " + event_name(got[i]) + "\n";
        if (i >= got.size())
            return head + "expected " + event_name(events[i]) + ", got none\n";
        if (same_value(events[i], got[i]))
            return head + event_name(got[i]) + ", as expected\n";
        return visit_alternative(events[i], [&]<class E>(const E& expected) {
            const E* other = nullptr;
            if constexpr (is_variant<V>)
                other = std::get_if<E>(&got[i]);
            else
                other = &got[i];
            if (!other)
                return head + "expected " + event_name(events[i]) + ", got " + event_name(got[i]) +
                       "\n";
            return head + event_name(got[i]) + "\n" + describe_difference(expected, *other, "    ");
        });
    }
};

struct AnyReason {};

template <class Reason>
struct ExpectRejection;
/// Whether an error is the rejection that is expected.
template <class Reason>
constexpr bool is_for(const ExpectRejection<Reason>& expected, const Error& error) {
    if constexpr (std::same_as<Reason, AnyReason>)
        return error == errc::rejected;
    else
        return error == expected.reason;
}

template <class Reason>
struct ExpectRejection {
    Reason reason;

    template <class V, class State>
    constexpr bool holds(const Result<Events<V>>& decided, const State& /*before*/) const {
        return !decided && is_for(*this, decided.error());
    }

    template <class V, class State>
    std::string describe(const Result<Events<V>>& decided, const State& /*before*/) const {
        std::string expected = "  expected a rejection";
        if constexpr (!std::same_as<Reason, AnyReason>)
            expected += " (" + describe_value(reason) + ")";
        if (!decided)
            return expected + ", " + describe_error(decided.error());
        std::string events;
        for (const V& event : *decided)
            events += (events.empty() ? "" : ", ") + event_name(event);
        return expected + ", got " + (events.empty() ? "no events" : events) + "\n";
    }
};

template <class Predicate>
struct ExpectState {
    Predicate predicate;

    template <class A>
    static constexpr Result<typename A::State>
    after(const Result<Events<typename A::Event>>& decided, const typename A::State& before) {
        if (!decided)
            return decided.error();
        return fold<A>(view_of(*decided), before);
    }
};

} // namespace detail

/// Expects a rejection, whatever its reason.
[[nodiscard]] constexpr auto rejected() {
    return detail::ExpectRejection<detail::AnyReason>{};
}
/// Expects a rejection for this reason: an enumerator of the application, or an `errc`.
template <class Reason>
    requires std::is_enum_v<Reason>
[[nodiscard]] constexpr auto rejected(Reason reason) {
    return detail::ExpectRejection<Reason>{reason};
}

/// Expects that `predicate` is true for the state after the events are applied to it.
template <class Predicate>
[[nodiscard]] constexpr auto state(Predicate predicate) {
    return detail::ExpectState<Predicate>{std::move(predicate)};
}

/// Whether an expectation holds, and if not, why. Converts to bool; `describe()` tells the rest.
///
/// It also holds only if the decided events can be stored: at run time, and as far as `unchecked()`
/// does not say otherwise, they are written as JSON, checked as every store does, read back and
/// compared.
template <class A, class Expectation>
class [[nodiscard]] Verdict {
public:
    constexpr Verdict(const Result<typename A::State>& before,
                      const Result<Events<typename A::Event>>& decided, Expectation expectation)
        : before_(before),
          decided_(decided),
          expectation_(std::move(expectation)) {}

    constexpr explicit operator bool() const {
        return holds() && (std::is_constant_evaluated() || storing_faults().empty());
    }

    /// What was expected and what came, event by event and field by field; what is wrong with the
    /// events when they are stored; and what is `unchecked()`. Several lines.
    [[nodiscard]] std::string describe() const {
        std::string out = holds() ? "as expected\n" : describe_decision();
        if (const auto faults = storing_faults(); !faults.empty())
            out = (holds() ? "as expected, but the events don't survive being stored\n"
                           : out + "and the events don't survive being stored\n") +
                  faults;
        if (const auto rest = unchecked(); !rest.empty())
            out += rest + "\n";
        return out;
    }

    /// Why the events of this aggregate are not stored and read back, as a sentence; empty if they
    /// are. (`static_assert(es::Storable<Event>)` asks the same.)
    [[nodiscard]] static std::string unchecked() {
        return detail::unchecked_storing<typename A::Event>();
    }

private:
    [[nodiscard]] constexpr bool holds() const {
        if (!before_)
            return false;
        if constexpr (requires { expectation_.predicate; }) {
            const auto after = Expectation::template after<A>(decided_, *before_);
            return after && expectation_.predicate(*after);
        } else {
            return expectation_.holds(decided_, *before_);
        }
    }

    [[nodiscard]] std::string describe_decision() const {
        if (!before_)
            return "the events given can't be applied: " + before_.error().message() + "\n";
        if constexpr (requires { expectation_.predicate; }) {
            const auto after = Expectation::template after<A>(decided_, *before_);
            return after ? "the state is not as expected: " + detail::describe_value(*after) + "\n"
                         : "there is no new state: " + after.error().message() + "\n";
        } else {
            return "the decision is not as expected\n" + expectation_.describe(decided_, *before_);
        }
    }

    [[nodiscard]] std::string storing_faults() const {
        return decided_ ? detail::faults_when_stored(detail::view_of(*decided_)) : std::string();
    }

    Result<typename A::State> before_;
    Result<Events<typename A::Event>> decided_;
    Expectation expectation_;
};

} // namespace eventsourcing

#endif
