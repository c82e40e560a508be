// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SAME_VALUE_HPP
#define EVENTSOURCING_TESTING_SAME_VALUE_HPP

#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/reflect.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing::detail {

template <class T>
concept TextLike = std::convertible_to<const T&, std::string_view>;

template <class T>
concept IterableValue = !TextLike<T> && requires(const T& range) {
    *range.begin();
    range.begin() != range.end();
};

/// A container whose elements stand in whatever order their hashes and its history gave them.
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
concept HasOwnEquality = requires(const T& a, const T& b) {
    { a == b } -> std::convertible_to<bool>;
};

/// The same by the type's own `==` where it has one, else field by field, through containers,
/// optionals and variants. (Their `==` is not asked: it exists, and fails, where their elements
/// have none.)
template <class T>
constexpr bool same_value(const T& a, const T& b) {
    if constexpr (UnorderedValue<T>) {
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
    } else if constexpr (HasOwnEquality<T>) {
        return a == b;
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
