// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ALTERNATIVES_HPP
#define EVENTSOURCING_CORE_ALTERNATIVES_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing::detail {

template <class... Types>
struct TypeList {
    static constexpr std::size_t size = sizeof...(Types);
};

/// The structs of which an aggregate's `Event` or `Command` consists: those of a variant, or the
/// one struct itself.
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
/// What is wrong with an event for which `is_valueless` holds.
inline constexpr const char* valueless_event = "the event variant is valueless: it holds no event";

template <std::size_t I, class T>
struct IndexedType {
    using Type = T;
};
template <class Indexes, class... Types>
struct IndexedTypes;
template <std::size_t... I, class... Types>
struct IndexedTypes<std::index_sequence<I...>, Types...> : IndexedType<I, Types>... {};
template <class V>
struct IndexedAlternatives;
template <class... Types>
struct IndexedAlternatives<std::variant<Types...>>
    : IndexedTypes<std::make_index_sequence<sizeof...(Types)>, Types...> {};
template <std::size_t I, class T>
IndexedType<I, T> find_indexed(const IndexedType<I, T>& all);

/// As `std::variant_alternative_t`, which takes many times the compiler's memory: for each index
/// libstdc++ makes a chain of types.
template <std::size_t I, class V>
using AlternativeOf = typename decltype(find_indexed<I>(
    std::declval<const IndexedAlternatives<std::remove_cvref_t<V>>&>()))::Type;

/// The index of `T` among the alternatives, if it occurs once.
template <class T, class List>
inline constexpr std::size_t index_among = 0;
template <class T, class... Types>
inline constexpr std::size_t index_among<T, TypeList<Types...>> = [] {
    std::size_t index = 0;
    std::size_t found = 0;
    ((__is_same(T, Types) ? found = index : 0, ++index), ...);
    return found;
}();
template <class T, class List>
inline constexpr bool is_once_among = false;
template <class T, class... Types>
inline constexpr bool is_once_among<T, TypeList<Types...>> =
    (0 + ... + static_cast<int>(__is_same(T, Types))) == 1;

/// An event by itself that converts into the variant `V` of its alternatives. (For an alternative
/// the result is known; asking the variant makes the compiler try all of them.)
template <class E, class V>
concept ConvertsToAlternative =
    (is_variant<V> && is_once_among<std::remove_cvref_t<E>, Alternatives<V>> &&
     std::constructible_from<std::remove_cvref_t<E>, E>) ||
    std::convertible_to<E, V>;

/// The alternative at `I`, which `value` must hold.
///
/// At run time this is the variant's own address: the implementations of std::variant keep each of
/// their structs there (alternatives.test.cpp tries every index). `std::get` costs the compiler a
/// chain of functions for each alternative, whose names all hold the types of the whole variant: of
/// 100 events, gigabytes of memory and an object of 100 MB.
template <std::size_t I, class V>
[[gnu::always_inline]] constexpr AlternativeOf<I, V>& held(const V& value) {
    V& plain = const_cast<V&>(value);
    if (__builtin_is_constant_evaluated()) // not std's function, which g++ would call
        return std::get<I>(plain);
    void* const raw = std::addressof(plain);
    return *static_cast<AlternativeOf<I, V>*>(raw);
}

/// `V` says how the alternative is passed on: const, and as an rvalue.
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

/// Calls `f` with the struct of type `E`, a reference, at an address.
template <class E, class F>
constexpr decltype(auto) call_with(void* value, F& f) {
    return f(static_cast<E>(*static_cast<std::remove_reference_t<E>*>(value)));
}

/// `call_with` for each alternative. Their names hold one alternative and not the whole variant.
template <class V, class F, class List>
struct AlternativeCalls;
template <class V, class F, class First, class... Types>
struct AlternativeCalls<V, F, TypeList<First, Types...>> {
    using Answer = decltype(call_with<Like<V, First>, F>(nullptr, std::declval<F&>()));
    static constexpr Answer (*at[])(void*, F&) = {&call_with<Like<V, First>, F>,
                                                  &call_with<Like<V, Types>, F>...};
};

/// Up to so many alternatives are selected by a switch, through which an optimiser can see.
inline constexpr std::size_t most_switched = 8;

/// Calls `f` with the struct that `value` holds; it must not be valueless. All calls return one
/// type. (std::visit does the same and costs the compiler several times as much. An `f` whose type
/// doesn't name the variant, as a lambda of a template does, keeps the names of these calls short.)
template <class V, class F>
constexpr decltype(auto) visit_alternative(V&& value, F&& f) {
    using Plain = std::remove_cvref_t<V>;
    if constexpr (!is_variant<Plain>) {
        return std::forward<F>(f)(std::forward<V>(value));
    } else {
        if constexpr (Alternatives<Plain>::size > most_switched)
            if (!__builtin_is_constant_evaluated()) {
                using Calls = AlternativeCalls<V, std::remove_reference_t<F>, Alternatives<Plain>>;
                void* const raw = const_cast<Plain*>(std::addressof(value));
                return Calls::at[value.index()](raw, f);
            }
        return visit_from<0, V>(value, f);
    }
}

struct DestroyHeld {
    template <class E>
    constexpr void operator()(E& event) const {
        std::destroy_at(std::addressof(event));
    }
};

/// Ends the life of an object as its destructor does, each alternative by its own.
template <class V>
constexpr void destroy_alternative(V& value) noexcept {
    if constexpr (!std::is_trivially_destructible_v<V>)
        if (!is_valueless(value))
            visit_alternative(value, DestroyHeld{});
}

struct ConstructAt {
    void* place;

    template <class E>
    void operator()(E&& event) const {
        ::new (place) std::remove_cvref_t<E>(std::forward<E>(event));
    }
};

/// Copies or moves a `V` into raw memory, each alternative by its own constructor. If that throws,
/// nothing was made.
///
/// First copies the bytes, which include the index of the alternative, and then makes the struct
/// over them. (A variant makes its alternatives through a chain of constructors for each.)
template <class V>
void construct_alternative(void* place, V&& from) {
    using Plain = std::remove_cvref_t<V>;
    if constexpr (is_variant<Plain>)
        std::memcpy(place, static_cast<const void*>(std::addressof(from)), sizeof(Plain));
    if (!is_valueless(from))
        visit_alternative(std::forward<V>(from), ConstructAt{place});
}

} // namespace eventsourcing::detail

#endif
