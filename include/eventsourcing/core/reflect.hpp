// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_REFLECT_HPP
#define EVENTSOURCING_CORE_REFLECT_HPP

#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/reflect_bindings.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

// How a plain struct tells its fields in C++20:
//   count   the largest number of wildcards that its braces take;
//   values  a structured binding with that many names, generated; the compiler checks the count;
//   names   the addresses of the fields of an object that is never defined, as template arguments:
//           __PRETTY_FUNCTION__ spells them, and a name is the last identifier in it.

namespace eventsourcing {

namespace detail {

/// Converts to whatever a field is.
struct AnyField {
    // Never called, and not constexpr: optional's constructor would instantiate it. It has a body
    // since no other file could have one for a type of an unnamed namespace.
    template <class U>
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

template <class T, std::size_t... I>
constexpr bool takes_fields(std::index_sequence<I...> /*tag*/) {
    return requires { T{(static_cast<void>(I), AnyField{})...}; };
}

/// `max_fields + 1` where there are more.
template <class T, std::size_t N = 0>
constexpr std::size_t count_fields() {
    if constexpr (N > max_fields)
        return N;
    else if constexpr (takes_fields<T>(std::make_index_sequence<N>{}) &&
                       !takes_fields<T>(std::make_index_sequence<N + 1>{}))
        return N;
    else
        return count_fields<T, N + 1>();
}

/// Converts to nothing: only what takes anything (std::any) can be made of it.
struct NoField {};

template <class T>
concept HasBaseClass = requires { T{AnyBase<T>{}}; } && !requires { T{NoField{}}; };

template <class T>
concept TupleLike = requires { sizeof(std::tuple_size<T>); };

/// A plain struct of any size: no constructors, private members or base classes.
template <class T>
concept PlainStruct =
    std::is_class_v<T> && std::is_aggregate_v<T> && !TupleLike<T> && !HasBaseClass<T>;

} // namespace detail

/// A plain struct whose fields the library can name and visit: no constructors, private members or
/// base classes, at most 64 fields.
///
/// Left out on purpose: std::array and unions. C arrays and bit-fields are found out only when the
/// fields are visited. What is left out can be made to work with a `members` line (see
/// `for_each_member`).
template <class T>
concept Reflectable = detail::PlainStruct<T> && detail::count_fields<T>() <= detail::max_fields;

namespace detail {

/// Braces fill a C array element by element, parentheses do not.
template <class T, std::size_t... I>
constexpr bool has_c_array([[maybe_unused]] std::index_sequence<I...> fields) {
#if defined(__cpp_aggregate_paren_init)
    return !requires { T((static_cast<void>(I), AnyField{})...); };
#else
    return false; // the structured binding will stop
#endif
}

/// Stops with the cure where `T` can't be reflected.
template <class T>
consteval std::size_t checked_field_count() {
    if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T> || TupleLike<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "only a plain struct (no constructors, no private members) can be "
                              "reflected; give this type a line `static void members(auto& self, "
                              "auto&& member) { member(\"x\", self.x); }`",
                              T);
        return 0;
    } else if constexpr (HasBaseClass<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "a struct with a base class cannot be reflected; give it a line "
                              "`static void members(auto& self, auto&& member) { member(\"x\", "
                              "self.x); }`",
                              T);
        return 0;
    } else if constexpr (count_fields<T>() > max_fields) {
        EVENTSOURCING_EXPLAIN(
            false,
            "a struct with more than 64 fields cannot be reflected; give it a "
            "line `static void members(auto& self, auto&& member) { member(\"x\", "
            "self.x); }`, or group its fields in structs",
            T);
        return 0;
    } else if constexpr (has_c_array<T>(std::make_index_sequence<count_fields<T>()>{})) {
        EVENTSOURCING_EXPLAIN(false, "a C array cannot be reflected; use std::array", T);
        return 0;
    } else {
        return count_fields<T>();
    }
}

constexpr bool is_name_part(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80; // UTF-8
}

// Clang before 17 takes the address of a field only inside a class.
struct FieldAddress {
    const void* address;
};
#if defined(__clang__)
#    define EVENTSOURCING_FIELD_ADDRESS(a) (::eventsourcing::detail::FieldAddress{a})
#else
#    define EVENTSOURCING_FIELD_ADDRESS(a) a
#endif

struct Spelled {
    const char* text;
    std::size_t size;
};

/// The name of the field at `Address`. No parameter or result has an alias: g++ would print it.
template <auto Address>
constexpr Spelled spelled_field() {
    const char* const text = __PRETTY_FUNCTION__;
    std::size_t end = sizeof(__PRETTY_FUNCTION__) - 1;
    while (!is_name_part(text[end - 1]))
        --end;
    std::size_t begin = end;
    while (is_name_part(text[begin - 1]))
        --begin;
    return {text + begin, end - begin};
}

template <class T, std::size_t... I>
constexpr auto spelled_fields(std::index_sequence<I...> /*tag*/) {
    constexpr auto at = with_fields<sizeof...(I)>(fake_object<T>(), [](auto&... field) {
        return std::array<const void*, sizeof...(I)>{__builtin_addressof(field)...};
    });
    static_cast<void>(at);
    struct {
        Spelled names[sizeof...(I) + 1]; // one more: no array is empty
        std::size_t length;
    } out{{spelled_field<EVENTSOURCING_FIELD_ADDRESS(at[I])>()..., {}}, 0};
    for (const auto& name : out.names)
        out.length += name.size;
    return out;
}
#undef EVENTSOURCING_FIELD_ADDRESS

/// The names one behind the other, and their sizes: a spelling is 200 bytes long, so that no
/// variable should hold one. (Nor an address: g++ would emit it for types without linkage, and miss
/// the object.)
template <class T, std::size_t N>
constexpr auto joined_names() {
    constexpr auto spelled = spelled_fields<T>(std::make_index_sequence<N>{});
    struct {
        char text[spelled.length + 1];
        std::size_t sizes[N + 1];
    } out{};
    char* to = out.text;
    for (std::size_t i = 0; i < N; ++i) {
        out.sizes[i] = spelled.names[i].size;
        for (std::size_t j = 0; j < out.sizes[i]; ++j)
            *to++ = spelled.names[i].text[j];
    }
    return out;
}

template <class T, std::size_t N>
struct FieldNames {
    static constexpr auto joined = joined_names<T, N>();
    static constexpr auto names = [] {
        std::array<std::string_view, N> out{};
        const char* from = joined.text;
        for (std::size_t i = 0; i < N; ++i) {
            out[i] = std::string_view(from, joined.sizes[i]);
            from += joined.sizes[i];
        }
        return out;
    }();
};

struct SelfCheck {
    int first;
    bool second;
};
static_assert(FieldNames<SelfCheck, 2>::names[0] == "first" &&
                  FieldNames<SelfCheck, 2>::names[1] == "second",
              "es: this compiler spells the names of fields in a way that the library does "
              "not know; please report it, and give your structs `members` lines meanwhile");

} // namespace detail

namespace detail {

/// Calls `f(name, field)` for each of the fields that it is called with. (The compiler makes one
/// for each row of field types, not for each struct.)
template <class F>
struct NamedFields {
    F& f;
    const std::string_view* names;

    template <class... Fields>
    constexpr void operator()(Fields&... fields) const {
        [[maybe_unused]] const std::string_view* name = names;
        (f(*name++, fields), ...);
    }
};

} // namespace detail

/// How many fields a plain struct has.
template <class T>
inline constexpr std::size_t field_count = detail::checked_field_count<T>();

/// The names of the fields of a plain struct, in the order of their declaration.
template <class T>
inline constexpr const auto& field_names = detail::FieldNames<T, field_count<T>>::names;

/// Calls `f(name, field)` for each field of a plain struct, in the order of their declaration.
template <class T, class F>
[[gnu::always_inline]] constexpr void for_each_field(T& object, F&& f) {
    using Plain = std::remove_cv_t<T>;
    using Visitor = detail::NamedFields<std::remove_reference_t<F>>;
    detail::with_fields<field_count<Plain>>(object, Visitor{f, field_names<Plain>.data()});
}

/// Calls `f(name, member)` for each member that the library sees in `object`: those of the class's
/// `members` line if it has one, else the fields of a plain struct.
///
/// The line leaves out, renames and reaches what reflection can't (private members, base classes, C
/// arrays, more than 64): `static void members(auto& self, auto&& member) { member("x", self.x_);
/// }`.
template <class T, class F>
[[gnu::always_inline]] constexpr void for_each_member(T& object, F&& f) {
    if constexpr (detail::WithMembers<std::remove_cv_t<T>>)
        std::remove_cv_t<T>::members(object, f);
    else
        for_each_field(object, f);
}

} // namespace eventsourcing

#endif
