// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_REACTION_HPP
#define EVENTSOURCING_RUNTIME_REACTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A command for an aggregate, or for a handler of the application.
template <class A>
struct Send {
    std::string id;
    typename A::Command command;
};
/// Sends a command: to the stream of the thing with this id, or to the handler for `A`.
template <class A, class C>
    requires detail::PartOf<std::remove_cvref_t<C>, typename A::Command>
[[nodiscard]] Send<A> send(std::string id, C&& command) {
    return {std::move(id), typename A::Command(std::forward<C>(command))};
}

template <class D>
struct SetDeadline {
    std::chrono::nanoseconds after;
    D deadline;
};
/// Sets a deadline, or moves it: a process has one of each type. It counts from the time at which
/// the event that is reacted to was recorded, or from the time at which the deadline was due.
template <class D>
[[nodiscard]] SetDeadline<D> deadline(std::chrono::nanoseconds after, D what = {}) {
    return {after, std::move(what)};
}

template <class D>
struct CancelDeadline {};
/// Takes a deadline back, if there is one.
template <class D>
inline constexpr CancelDeadline<D> cancel{};

struct CompleteProcess {};
/// Ends the process: its deadlines are dropped, and later inputs are ignored and counted.
inline constexpr CompleteProcess complete{};

/// The input that says that an aggregate refused a command of the process.
template <class C>
struct Rejected {
    C command;
    /// The thing that refused it.
    std::string id;
    std::string reason;
};

namespace detail {

/// The name by which a process's stored commands know where they go.
template <class A>
consteval std::string_view target_name() {
    if constexpr (NamesText_category<A>)
        return A::category;
    else
        return SnakeName<A>::value;
}

/// A command as a step of a process stores it.
struct StoredCommand {
    std::string target;
    std::string id;
    std::string command; // JSON

    bool operator==(const StoredCommand&) const = default;
};

/// What a reaction says of a deadline: `after` is absent if it is taken back.
struct ReactedDeadline {
    std::string type;
    std::string data; // JSON
    std::optional<std::chrono::nanoseconds> after{};

    bool operator==(const ReactedDeadline&) const = default;
};

template <class Part, class... As>
inline constexpr bool is_reaction_part = false;
template <class A, class... As> // also to another, so that the error says so
inline constexpr bool is_reaction_part<Send<A>, As...> = true;
template <class D, class... As>
inline constexpr bool is_reaction_part<SetDeadline<D>, As...> = true;
template <class D, class... As>
inline constexpr bool is_reaction_part<CancelDeadline<D>, As...> = true;
template <class... As>
inline constexpr bool is_reaction_part<CompleteProcess, As...> = true;

/// Says in the compiler's first error line that a process sends to what its Reaction does not name.
template <class A, class... As>
consteval bool explain_sent() {
    EVENTSOURCING_EXPLAIN((std::same_as<A, As> || ...),
                          "this process sends to an aggregate that its Reaction does not name; add "
                          "the one named here: using Reaction = es::Reaction<Aggregate...>;",
                          A);
    return true;
}

} // namespace detail

/// What a process does about an input: `return {es::send<Account>(id, Withdraw{...}),
/// es::deadline<Expired>(24h)};`, `return {es::complete};`, or `return es::nothing;`. It may send
/// to the aggregates `As` only.
template <class... As>
class [[nodiscard]] Reaction {
public:
    Reaction(Nothing /*none*/) {}
    template <class... Parts>
        requires(sizeof...(Parts) > 0 &&
                 (detail::is_reaction_part<std::remove_cvref_t<Parts>, As...> && ...))
    Reaction(Parts&&... parts) {
        (add(parts), ...);
    }

    [[nodiscard]] const std::vector<detail::StoredCommand>& commands() const { return commands_; }
    [[nodiscard]] const std::vector<detail::ReactedDeadline>& deadlines() const {
        return deadlines_;
    }
    [[nodiscard]] bool completes() const { return completes_; }
    /// Why a command or a deadline can't be stored.
    [[nodiscard]] const Result<void>& storable() const { return storable_; }

    bool operator==(const Reaction& other) const {
        return commands_ == other.commands_ && deadlines_ == other.deadlines_ &&
               completes_ == other.completes_;
    }

private:
    template <class A>
    void add(const Send<A>& part) {
        static_assert(detail::explain_sent<A, As...>());
        commands_.push_back({std::string(detail::target_name<A>()), part.id, json(part.command)});
    }
    template <class D>
    void add(const SetDeadline<D>& part) {
        deadlines_.push_back(
            {std::string(detail::SnakeName<D>::value), json(part.deadline), part.after});
    }
    template <class D>
    void add(const CancelDeadline<D>& /*part*/) {
        deadlines_.push_back({std::string(detail::SnakeName<D>::value), {}, std::nullopt});
    }
    void add(const CompleteProcess& /*part*/) { completes_ = true; }

    template <class T>
    std::string json(const T& value) {
        auto encoded = encode_json(value);
        if (encoded)
            return *std::move(encoded);
        if (storable_)
            storable_ = std::move(encoded).error().within(detail::type_name<T>());
        return {};
    }

    std::vector<detail::StoredCommand> commands_;
    std::vector<detail::ReactedDeadline> deadlines_;
    bool completes_ = false;
    Result<void> storable_{};
};

} // namespace eventsourcing

#endif
