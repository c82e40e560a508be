// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SAME_VALUE_HPP
#define EVENTSOURCING_TESTING_SAME_VALUE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/reflect.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing::detail {

template <class T>
concept ViewableText = std::convertible_to<const T&, std::string_view>;

/// Without containers of themselves, such as JSON documents and paths.
template <class T>
concept IterableValue = !ViewableText<T> && requires(const T& range) {
    requires !std::same_as<std::remove_cvref_t<decltype(*range.begin())>, T>;
    range.begin() != range.end();
};

/// A container whose order of elements depends on their hashes and its history.
template <class T>
concept UnorderedValue = IterableValue<T> && requires(const T& range) { range.hash_function(); };

template <class T>
concept OptionalValue = requires(const T& value) {
    { value.has_value() } -> std::same_as<bool>;
    *value;
};

template <class T>
concept PairValue = requires(const T& value) {
    value.first;
    value.second;
    typename T::second_type;
};

template <class T>
inline constexpr bool is_tuple = false;
template <class... Types>
inline constexpr bool is_tuple<std::tuple<Types...>> = true;

/// Left out: C arrays, of which `==` compares the addresses.
template <class T>
concept HasOwnEquality = !std::is_array_v<T> && requires(const T& a, const T& b) {
    { a == b } -> std::convertible_to<bool>;
};

template <class T>
struct TypesInside {
    using List = TypeList<>;
};
template <class T, std::size_t N>
struct TypesInside<T[N]> {
    using List = TypeList<std::remove_cv_t<T>>;
};
template <class... Types>
struct TypesInside<std::tuple<Types...>> {
    using List = TypeList<std::remove_cvref_t<Types>...>;
};
template <IterableValue T>
struct TypesInside<T> {
    using List = TypeList<std::remove_cvref_t<decltype(*std::declval<const T&>().begin())>>;
};
template <OptionalValue T>
    requires(!IterableValue<T>)
struct TypesInside<T> {
    using List = TypeList<std::remove_cvref_t<decltype(*std::declval<const T&>())>>;
};
template <class... Types>
struct TypesInside<std::variant<Types...>> {
    using List = TypeList<Types...>;
};
template <PairValue T>
    requires(!IterableValue<T> && !OptionalValue<T>)
struct TypesInside<T> {
    using List = TypeList<std::remove_cvref_t<typename T::first_type>, typename T::second_type>;
};

/// What is compared part by part, unless it can be compared as a whole.
template <class T>
concept HasTypesInside = std::is_array_v<T> || is_tuple<T> || IterableValue<T> ||
                         OptionalValue<T> || is_variant<T> || PairValue<T>;

/// Whether `==` can be used. A container, an optional, a variant or a tuple has one also if its
/// elements have none; it does not compile then.
template <class T>
consteval bool compares() {
    if constexpr (HasOwnEquality<T>)
        return []<class... Inside>(TypeList<Inside...>) {
            return (compares<Inside>() && ...);
        }(typename TypesInside<T>::List{});
    else
        return false;
}

/// Compares by the type's own `==` if it has one, otherwise field by field, through arrays,
/// containers, optionals, variants and tuples.
template <class T>
constexpr bool same_value(const T& a, const T& b) {
    if constexpr (compares<T>()) {
        return a == b;
    } else if constexpr (std::is_array_v<T>) {
        for (std::size_t i = 0; i < std::extent_v<T>; ++i)
            if (!same_value(a[i], b[i]))
                return false;
        return true;
    } else if constexpr (is_tuple<T>) {
        return std::apply(
            [&b](const auto&... one) {
                return std::apply(
                    [&](const auto&... other) { return (same_value(one, other) && ...); }, b);
            },
            a);
    } else if constexpr (UnorderedValue<T>) {
        return std::is_permutation(
            a.begin(), a.end(), b.begin(), b.end(),
            [](const auto& one, const auto& other) { return same_value(one, other); });
    } else if constexpr (IterableValue<T>) {
        auto at = a.begin();
        auto bt = b.begin();
        for (; at != a.end() && bt != b.end(); ++at, ++bt)
            if (!same_value(*at, *bt))
                return false;
        return !(at != a.end()) && !(bt != b.end());
    } else if constexpr (OptionalValue<T>) {
        return a.has_value() == b.has_value() && (!a.has_value() || same_value(*a, *b));
    } else if constexpr (is_variant<T>) {
        return a.index() == b.index() && std::visit(
                                             [&b]<class E>(const E& alternative) {
                                                 const E* other = std::get_if<E>(&b);
                                                 return other && same_value(alternative, *other);
                                             },
                                             a);
    } else if constexpr (PairValue<T>) {
        return same_value(a.first, b.first) && same_value(a.second, b.second);
    } else if constexpr (WithMembers<const T>) {
        bool same = true;
        T::members(a, [&](std::string_view name, const auto& member) {
            T::members(b, [&](std::string_view other_name, const auto& other) {
                if constexpr (std::same_as<decltype(member), decltype(other)>)
                    same = same && (name != other_name || same_value(member, other));
            });
        });
        return same;
    } else {
        return with_fields<field_count<T>>(a, [&b](const auto&... field) {
            return with_fields<field_count<T>>(
                b, [&](const auto&... other) { return (same_value(field, other) && ...); });
        });
    }
}

} // namespace eventsourcing::detail

#endif
