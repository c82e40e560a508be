// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_COMMAND_HPP
#define EVENTSOURCING_CORE_COMMAND_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/unmet.hpp>

#include <concepts>
#include <type_traits>

namespace eventsourcing {

namespace detail {
/// A type that consists of alternatives, `std::variant<A, B>`, and so is no single struct.
template <class T>
concept VariantLike = requires(const T& value) {
    value.index();
    value.valueless_by_exception();
};
} // namespace detail

/// A request to an aggregate, named in the imperative: a struct. It needs no base class, no macro,
/// no traits, and is never stored, so it may have any members (also move-only ones and references).
///
/// Left out on purpose: variants (a variant of commands is the `Command` of an aggregate) and bare
/// enumerations and numbers, which would not be readable at the call.
template <class C>
concept Command =
    ((std::is_class_v<C> && !detail::VariantLike<C>) || unmet<"es: a command is a struct">) &&
    (std::move_constructible<C> || unmet<"es: a command can be moved">);

} // namespace eventsourcing

#endif
