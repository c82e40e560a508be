// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_FIELD_COUNT_HPP
#define EVENTSOURCING_CORE_FIELD_COUNT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/reflect_bindings.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

// How many fields a plain struct has in C++20: as many initializers as its braces take.
//
//   `{}` for each field is exact if every field takes it: a C array is one field, and no
//   constructor of a field is asked for a conversion that it may refuse. A wildcard that converts
//   to anything counts the fields without a default. It fills a C array element by element, and a
//   type that deletes its constructor template refuses it.
//
// If both fail there is no count: the library refuses the struct rather than omit a field. A wrong
// count above 0 does not compile, as the structured binding checks it.

namespace eventsourcing::detail {

/// Converts to the type of any field.
struct AnyField {
    // Never called, and not constexpr: optional's constructor would instantiate it. It has a body
    // since no other file could have one for a type of an unnamed namespace.
    template <class U>
    operator U() const noexcept {
        __builtin_unreachable();
    }
};

template <class U>
constexpr bool is_unnamed_union() {
    if constexpr (std::is_union_v<U>) {
        constexpr std::string_view name = full_type_name<U>();
        return name.find("unnamed union") != name.npos || name.find(" union at ") != name.npos;
    } else {
        return false;
    }
}

/// Converts to anonymous unions, which a structured binding can't name.
struct AnyUnnamedUnion {
    template <class U>
        requires(is_unnamed_union<U>())
    operator U() const noexcept {
        __builtin_unreachable();
    }
};

/// Converts to plain structs: one that refuses an initializer passes it on to its own fields.
struct AnyPlainStruct {
    template <class U>
        requires(std::is_class_v<U> && std::is_aggregate_v<U>)
    operator U() const noexcept {
        __builtin_unreachable();
    }
};

/// Converts to the base classes of `T` only: tells whether braces start with a base.
template <class T>
struct AnyBase {
    template <class U>
        requires(std::is_base_of_v<U, T> && !std::is_same_v<std::remove_cv_t<U>, T>)
    operator U() const noexcept;
};

/// Converts to nothing: only what takes anything (std::any) can be made of it.
struct NoField {};

template <class T, class Field, std::size_t... I>
constexpr bool takes_fields(std::index_sequence<I...> /*fields*/) {
    return requires { T{(static_cast<void>(I), Field{})...}; };
}
template <class T, std::size_t N, class Field = AnyField>
inline constexpr bool takes = takes_fields<T, Field>(std::make_index_sequence<N>{});

/// Whether the field after the first N takes `{}`.
template <class T, std::size_t... I>
constexpr bool takes_one_more(std::index_sequence<I...> /*fields*/) {
    return requires { T{(static_cast<void>(I), AnyField{})..., {}}; };
}

template <class T, std::size_t... Before, std::size_t... Inside, std::size_t... After>
constexpr bool takes_nested(std::index_sequence<Before...> /*tag*/,
                            std::index_sequence<Inside...> /*tag*/,
                            std::index_sequence<After...> /*tag*/) {
    return requires {
        T{(static_cast<void>(Before), AnyField{})...,
          {(static_cast<void>(Inside), AnyField{})...},
          (static_cast<void>(After), AnyField{})...};
    };
}
template <class T, std::size_t Before, std::size_t Inside, std::size_t After>
inline constexpr bool nests =
    takes_nested<T>(std::make_index_sequence<Before>{}, std::make_index_sequence<Inside>{},
                    std::make_index_sequence<After>{});

/// The fields that N wildcards fill, from the wildcard `I` on. A C array takes M of them: then
/// they may stand in braces of their own, and no more may follow than without these.
template <class T, std::size_t N, std::size_t I = 0, std::size_t M = N - I>
consteval std::size_t join_arrays() {
    if constexpr (I >= N)
        return 0;
    else if constexpr (M < 2)
        return 1 + join_arrays<T, N, I + 1>();
    else if constexpr (nests<T, I, M, N - I - M> && !nests<T, I, M, N - I - M + 1>)
        return 1 + join_arrays<T, N, I + M>();
    else
        return join_arrays<T, N, I, M - 1>();
}

inline constexpr std::size_t too_many_fields = max_fields + 1;
inline constexpr std::size_t uncountable_fields = max_fields + 2;

/// The largest accepted number of `{}` in a row; also 0 is accepted.
template <class T, std::size_t N = 0>
consteval std::size_t count_braces() {
    if constexpr (N <= max_fields && takes_braces<N + 1, T>())
        return count_braces<T, N + 1>();
    else
        return N;
}

/// The number of wildcards from which on one more is too many.
template <class T, std::size_t N = 0>
consteval std::size_t count_wildcards() {
    if constexpr (N > max_fields)
        return takes<T, N> ? too_many_fields : uncountable_fields;
    else if constexpr (takes<T, N> && !takes<T, N + 1>)
        return N;
    else
        return count_wildcards<T, N + 1>();
}

template <class T, std::size_t Braces, std::size_t... I>
constexpr bool takes_braces_and(std::index_sequence<I...> /*wildcards*/) {
    return takes_braces<Braces, T, decltype(static_cast<void>(I), AnyField{})...>();
}
/// `Braces` times `{}`, then as many wildcards as fit.
template <class T, std::size_t Braces, std::size_t N = 1>
consteval std::size_t count_both() {
    if constexpr (Braces + N <= max_fields &&
                  takes_braces_and<T, Braces>(std::make_index_sequence<N + 1>{}))
        return count_both<T, Braces, N + 1>();
    else
        return Braces + N;
}

template <class T>
consteval std::size_t count_by_wildcards() {
    constexpr std::size_t wildcards = count_wildcards<T>();
    if constexpr (wildcards > max_fields)
        return wildcards;
    else if constexpr (wildcards == 0 ? !std::is_empty_v<T>
                                      : takes_one_more<T>(std::make_index_sequence<wildcards>{}))
        return uncountable_fields;
    else
        return join_arrays<T, wildcards>();
}

/// The fields of a plain struct, `too_many_fields` or `uncountable_fields`.
template <class T>
consteval std::size_t count_fields() {
    if constexpr (!takes_braces<0, T>()) {
        return count_by_wildcards<T>(); // a field has no default
    } else {
        constexpr std::size_t braces = count_braces<T>();
        if constexpr (braces > max_fields) {
            return too_many_fields;
        } else if constexpr (!takes_braces<braces, T, AnyField>()) {
            return braces == 0 && !std::is_empty_v<T> ? uncountable_fields : braces;
        } else { // a field that has no default except an initializer
            constexpr std::size_t wildcards = count_by_wildcards<T>();
            if constexpr (wildcards > braces && wildcards <= max_fields)
                return wildcards;
            else
                return count_both<T, braces>();
        }
    }
}

template <class T>
concept TupleLike = requires { sizeof(std::tuple_size<T>); };

template <class T>
concept HasBaseClass = requires { T{AnyBase<T>{}}; } && !requires { T{NoField{}}; };

/// A plain struct of any size: no constructors, private members or base classes.
template <class T>
concept PlainStruct =
    std::is_class_v<T> && std::is_aggregate_v<T> && !TupleLike<T> && !HasBaseClass<T>;

/// What the library counts in a plain struct.
template <class T>
inline constexpr std::size_t counted_fields = count_fields<T>();

template <class T, std::size_t N, std::size_t I = 0>
consteval bool has_unnamed_union() {
    if constexpr (I == N)
        return false;
    else if constexpr (takes_braces<I, T, AnyUnnamedUnion>() &&
                       !takes_braces<I, T, AnyPlainStruct>())
        return true;
    else
        return has_unnamed_union<T, N, I + 1>();
}

struct FirstType {
    template <class First, class... More>
    constexpr std::type_identity<First> operator()(const First& /*first*/,
                                                   const More&... /*more*/) const {
        return {};
    }
};
template <class T, std::size_t N>
using FirstFieldOf = typename decltype(with_fields<N>(std::declval<const T&>(), FirstType{}))::type;

/// `HasBaseClass` misses a base class that takes anything, or refuses the wildcard. All fields are
/// then in it, and the first of them does not behave as the first initializer did.
template <class T, std::size_t N>
consteval bool has_hidden_base() {
    if constexpr (N == 0)
        return false;
    else if constexpr (requires { T{NoField{}}; })
        return !std::is_convertible_v<NoField, FirstFieldOf<T, N>>;
    else if constexpr (takes_braces<0, T>() && !takes<T, 1>)
        return std::is_convertible_v<AnyField, FirstFieldOf<T, N>>;
    else
        return false;
}

} // namespace eventsourcing::detail

#endif
