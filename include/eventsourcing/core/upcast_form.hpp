// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UPCAST_FORM_HPP
#define EVENTSOURCING_CORE_UPCAST_FORM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/customisation.hpp>

#include <concepts>
#include <type_traits>

// An event whose form has changed says what it was before:
//
//     static EntityAttacked upcast(const EntityAttackedV1& old);
//
// The chain is followed from each event of the variant by the type of that parameter, which may
// have an `upcast` itself. Nothing is registered.

namespace eventsourcing {

struct EventRecord; // of store/event_record.hpp, which this floor only mentions

namespace detail {

/// By value, or a reference that does not change what it refers to.
template <class Old>
concept TakesOld =
    std::is_class_v<std::remove_cvref_t<Old>> &&
    (!std::is_lvalue_reference_v<Old> || std::is_const_v<std::remove_reference_t<Old>>);

/// What the type of an `upcast` says; the record of the event is its optional second parameter.
template <class F>
struct UpcastFunction;
template <class Answer, TakesOld Old>
struct UpcastFunction<Answer (*)(Old)> {
    using From = std::remove_cvref_t<Old>;
    using To = Answer;
    static constexpr bool takes_record = false;
    static constexpr bool takes_reference = std::is_lvalue_reference_v<Old>;
};
template <class Answer, TakesOld Old>
struct UpcastFunction<Answer (*)(Old, const EventRecord&)> : UpcastFunction<Answer (*)(Old)> {
    static constexpr bool takes_record = true;
};
template <class Answer, class... Args>
struct UpcastFunction<Answer (*)(Args...) noexcept> : UpcastFunction<Answer (*)(Args...)> {};

/// One public static function in the form that the library reads; an overloaded one has no address.
template <class E>
concept HasUpcast =
    !HasField_upcast<E> && requires { typename UpcastFunction<decltype(&E::upcast)>::From; };

template <HasUpcast E>
using UpcastOf = UpcastFunction<decltype(&E::upcast)>;

/// The struct that `E` was before; void if there was none.
template <class E>
struct Before {
    using Type = void;
};
template <HasUpcast E>
struct Before<E> {
    using Type = typename UpcastOf<E>::From;
};

/// The structs that lead to `E`, the newest first: `E`, what it was before, and so on. Ends with
/// the one that closes a circle, if there is one.
template <class E, class... Seen>
struct History : History<typename Before<E>::Type, Seen..., E> {};
template <class... Seen>
struct History<void, Seen...> {
    using List = TypeList<Seen...>;
};
template <class E, class... Seen>
    requires(is_one_of<E, TypeList<Seen...>>)
struct History<E, Seen...> {
    using List = TypeList<Seen..., E>;
};

} // namespace detail

} // namespace eventsourcing

#endif
