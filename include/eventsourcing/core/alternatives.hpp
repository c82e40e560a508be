// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ALTERNATIVES_HPP
#define EVENTSOURCING_CORE_ALTERNATIVES_HPP

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing::detail {

template <class... Types>
struct TypeList {
    static constexpr std::size_t size = sizeof...(Types);
};

/// The structs that an aggregate's `Event` or `Command` is put together from: those of a variant,
/// or the one struct itself.
template <class V>
struct AlternativesOf {
    using List = TypeList<V>;
};
template <class... Types>
struct AlternativesOf<std::variant<Types...>> {
    using List = TypeList<Types...>;
};
template <class V>
using Alternatives = typename AlternativesOf<V>::List;

template <class V>
inline constexpr bool is_variant = false;
template <class... Types>
inline constexpr bool is_variant<std::variant<Types...>> = true;

template <class T, class List>
inline constexpr bool is_one_of = false;
template <class T, class... Types>
inline constexpr bool is_one_of<T, TypeList<Types...>> = (std::same_as<T, Types> || ...);

/// A struct of this variant (or the one struct that stands for it), or the whole.
template <class T, class V>
concept PartOf = is_one_of<T, Alternatives<V>> || std::same_as<T, V>;

/// Whether the variant holds nothing, because an exception interrupted an assignment to it.
template <class V>
constexpr bool is_valueless(const V& value) {
    if constexpr (is_variant<V>)
        return value.valueless_by_exception();
    else
        return false;
}

/// Calls `f` with the struct that `value` holds; it must not be valueless.
template <class V, class F>
constexpr decltype(auto) visit_alternative(V&& value, F&& f) {
    if constexpr (is_variant<std::remove_cvref_t<V>>)
        return std::visit(std::forward<F>(f), std::forward<V>(value));
    else
        return std::forward<F>(f)(std::forward<V>(value));
}

} // namespace eventsourcing::detail

#endif
