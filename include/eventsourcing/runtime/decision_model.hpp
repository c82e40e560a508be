// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECISION_MODEL_HPP
#define EVENTSOURCING_RUNTIME_DECISION_MODEL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/handle.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/runtime/decision_view.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

template <class D>
concept NamesDecidedEvent =
    requires { typename D::Event; } && Alternatives<typename D::Event>::size > 0;

template <class D, class C>
concept AsksBoundary = requires(const C& command) { D::boundary(command); };

template <class D, class C>
using BoundaryOf = std::remove_cvref_t<decltype(D::boundary(std::declval<const C&>()))>;

template <class T>
inline constexpr bool is_boundary = false;
template <class... Vs>
inline constexpr bool is_boundary<std::tuple<Vs...>> = sizeof...(Vs) > 0 &&
                                                       (std::same_as<Vs, std::remove_cvref_t<Vs>> &&
                                                        ...);

template <class Views>
struct FirstNoView;
template <class... Vs>
struct FirstNoView<std::tuple<Vs...>> : FirstUnmet<TypeList<Vs...>, DecisionView<Vs>...> {};

/// `handle_command(const View&..., const C&)` for the views of a boundary.
template <class D, class C, class Views>
inline constexpr bool decides_on = false;
template <class D, class C, class... Vs>
inline constexpr bool decides_on<D, C, std::tuple<Vs...>> =
    requires(const Vs&... views, const C& command) { D::handle_command(views..., command); };

/// What it returns.
template <class D, class C, class Views>
struct AnswerOn;
template <class D, class C, class... Vs>
struct AnswerOn<D, C, std::tuple<Vs...>> {
    using Type = std::remove_cvref_t<decltype(D::handle_command(std::declval<const Vs&>()...,
                                                                std::declval<const C&>()))>;
};
template <class D, class C>
using DecidedOn = typename AnswerOn<D, C, BoundaryOf<D, C>>::Type;

template <class View>
concept EachIsAView =
    none_lacks<View, "es: this is no view; static_assert(es::DecisionView<...>) says why">;

} // namespace detail

/// A stateless type that names the events it emits (`Event`), says for a command what it has to
/// know (`static auto boundary(const C&)`, a `std::tuple` of views), and decides:
/// `static ... handle_command(const View&..., const C&)`, which takes the views of the boundary in
/// their order and returns what the `handle_command` of an aggregate may.
///
/// Both functions are pure, and may be called again for one command.
template <class D, class C>
concept DecisionModel =
    (std::is_empty_v<D> || unmet<"es: a decision has no data members: put them into its views">) &&
    (detail::NamesDecidedEvent<D> ||
     unmet<"es: a decision names the events that it emits, public: using Event = "
           "std::variant<...>">) &&
    detail::EachIsAnEvent<
        typename detail::FirstNoEvent<detail::Alternatives<typename D::Event>>::Type> &&
    (Command<C> || unmet<"es: a command is a struct">) &&
    (detail::AsksBoundary<D, C> ||
     unmet<
         "es: say what this decision has to know, public: static auto boundary(const C&) { return "
         "std::tuple{View{...}, ...}; }">) &&
    (detail::is_boundary<detail::BoundaryOf<D, C>> ||
     unmet<"es: boundary returns its views by value: std::tuple{View{...}, ...}">) &&
    detail::EachIsAView<typename detail::FirstNoView<detail::BoundaryOf<D, C>>::Type> &&
    (detail::decides_on<D, C, detail::BoundaryOf<D, C>> ||
     unmet<"es: handle_command takes the views of the boundary, in their order, and the command: "
           "static ... handle_command(const View&..., const C&)">) &&
    (detail::DecisionOf<detail::DecidedOn<D, C>, typename D::Event> ||
     unmet<"es: handle_command returns events of the decision's Event: one, the variant, a range, "
           "an optional, es::nothing, or an es::Result of these">);

} // namespace eventsourcing

#endif
