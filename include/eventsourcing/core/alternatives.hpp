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

/// `T` as a reference of `V`'s constness and value category.
template <class V, class T>
using Like = std::conditional_t<
    std::is_lvalue_reference_v<V>,
    std::conditional_t<std::is_const_v<std::remove_reference_t<V>>, const T&, T&>, T&&>;

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

template <std::size_t I, class V>
using AlternativeOf = std::variant_alternative_t<I, std::remove_cvref_t<V>>;

/// The alternative at `I`, which must be the one that `value` holds. (The one accessor for variants
/// of any constness, as each costs the compiler a chain of functions for each alternative.)
template <std::size_t I, class V>
[[gnu::always_inline]] constexpr AlternativeOf<I, V>& held(const V& value) {
    return std::get<I>(const_cast<V&>(value));
}

/// `V` tells how the alternative is passed on: const, and as an rvalue.
template <std::size_t First, class V, class F>
constexpr decltype(auto) visit_from(std::remove_reference_t<V>& value, F& f) {
    using Plain = std::remove_cvref_t<V>;
    constexpr std::size_t left = std::variant_size_v<Plain> - First;
    switch (value.index() - First) {
    case 1:
        if constexpr (left > 1)
            return f(static_cast<Like<V, AlternativeOf<First + 1, V>>>(held<First + 1>(value)));
        [[fallthrough]];
    case 2:
        if constexpr (left > 2)
            return f(static_cast<Like<V, AlternativeOf<First + 2, V>>>(held<First + 2>(value)));
        [[fallthrough]];
    case 3:
        if constexpr (left > 3)
            return f(static_cast<Like<V, AlternativeOf<First + 3, V>>>(held<First + 3>(value)));
        [[fallthrough]];
    default:
        if constexpr (left > 4)
            if (value.index() > First + 3)
                return visit_from<First + 4, V>(value, f);
        return f(static_cast<Like<V, AlternativeOf<First, V>>>(held<First>(value)));
    }
}

/// Calls `f` with the struct that `value` holds; it must not be valueless. All calls answer one
/// type. (std::visit does the same and costs the compiler several times as much.)
template <class V, class F>
constexpr decltype(auto) visit_alternative(V&& value, F&& f) {
    if constexpr (is_variant<std::remove_cvref_t<V>>)
        return visit_from<0, V>(value, f);
    else
        return std::forward<F>(f)(std::forward<V>(value));
}

} // namespace eventsourcing::detail

#endif
