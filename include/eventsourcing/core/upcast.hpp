// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UPCAST_HPP
#define EVENTSOURCING_CORE_UPCAST_HPP

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

namespace eventsourcing::detail {

/// What the type of an `upcast` says.
template <class F>
struct UpcastFunction;
template <class Answer, class Old, class... Record>
struct UpcastFunction<Answer (*)(Old, Record...)> {
    using From = std::remove_cvref_t<Old>;
    using To = Answer;
};
template <class Answer, class Old, class... Record>
struct UpcastFunction<Answer (*)(Old, Record...) noexcept>
    : UpcastFunction<Answer (*)(Old, Record...)> {};

/// One public static function; an overloaded one has no address.
template <class E>
concept HasUpcast =
    !HasField_upcast<E> && requires { typename UpcastFunction<decltype(&E::upcast)>::From; };

/// The struct that `E` was before; void if there was none.
template <class E>
struct Before {
    using Type = void;
};
template <HasUpcast E>
struct Before<E> {
    using Type = typename UpcastFunction<decltype(&E::upcast)>::From;
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

} // namespace eventsourcing::detail

#endif
