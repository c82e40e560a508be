// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXECUTED_HPP
#define EVENTSOURCING_RUNTIME_EXECUTED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/handle.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace eventsourcing {

namespace detail {

/// Whether `handle_command` takes a command by const reference.
template <class A, class S, class Whole, class C>
inline constexpr bool takes_const = Handles<A, S, const C&>;
/// A part of the variant is copied into it for a function of the whole.
template <class A, class S, class Whole, class C>
    requires(HandlesWhole<A, S, Whole> && !std::same_as<C, Whole>)
inline constexpr bool takes_const<A, S, Whole, C> = true;
template <class A, class S, class Whole>
    requires(!HandlesWhole<A, S, Whole>)
inline constexpr bool takes_const<A, S, Whole, Whole> =
    []<class... Cs>(TypeList<Cs...> /*commands*/) {
        return (Handles<A, S, const Cs&> && ...);
    }(Alternatives<Whole>{});

/// A command that is decided once or more often, by a handler that takes it by const reference, or
/// else as a copy.
template <class A, class C>
constexpr Result<Events<typename A::Event>> decide_kept(const typename A::State& state,
                                                        const C& command) {
    using Subject = SubjectOf<const typename A::State>;
    using Whole = typename A::Command;
    if constexpr (takes_const<A, Subject, Whole, C>)
        return decide<A>(state, command);
    else
        return guarded("copying the command", [&] { return decide<A>(state, C(command)); });
}

template <class, class, class, class>
class Execution;
template <Aggregate, class>
class CommandPart;

} // namespace detail

/// What executing a command has done: the state after it with its last revision (it is a `Loaded`),
/// the events, and the store's receipt. If the command was executed before, these are what is
/// stored.
template <Aggregate A>
class Executed : public Loaded<A> {
public:
    Executed() = default;

    /// For `Repository`: decides, and keeps the decision where it was made.
    template <class C>
    Executed(const Loaded<A>& before, const C& command)
        : Loaded<A>(before),
          decision_(detail::decide_kept<A>(before.state, command)) {}

    /// The events emitted, in order; none if the decision was empty.
    [[nodiscard]] const Events<typename A::Event>& events() const& EVENTSOURCING_LIFETIMEBOUND {
        return *decision_;
    }
    [[nodiscard]] Events<typename A::Event>&& events() && EVENTSOURCING_LIFETIMEBOUND {
        return *std::move(decision_);
    }

    /// Absent if the decision was empty.
    std::optional<Receipt> receipt{};
    /// How often the command was decided and its events were sent; more than one after conflicts.
    unsigned attempts = 0;
    /// Whether a command with this id was executed before, so that nothing was appended now.
    bool repeated = false;
    /// Whether the subscription of `ExecuteOptions::wait_for` shows the events: an error if it does
    /// not, for example `timed_out`. The events are stored nevertheless.
    Result<void> waited{};

private:
    template <class, class, class, class>
    friend class detail::Execution;
    template <Aggregate, class>
    friend class detail::CommandPart;

    Result<Events<typename A::Event>> decision_{};
};

} // namespace eventsourcing

#endif
