// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_REFLECT_HPP
#define EVENTSOURCING_CORE_REFLECT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>
#include <eventsourcing/core/field_count.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/reflect_bindings.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

// How to find the fields of a plain struct in C++20:
//   count   the number of initializers that its braces take (field_count.hpp);
//   values  a structured binding with that many names, generated; the compiler checks the count;
//   names   the addresses of the fields of an object that is never defined, as template arguments:
//           __PRETTY_FUNCTION__ spells them, and a name is the last identifier in it.

namespace eventsourcing {

/// A plain struct whose fields the library can name and visit: no constructors, private members or
/// base classes, at most 64 fields.
///
/// Left out on purpose: std::array and unions. Bit-fields, references and anonymous unions are
/// refused when the fields are visited. Such types can be made to work with a `members` line (see
/// `for_each_member`).
template <class T>
concept Reflectable = detail::PlainStruct<T> && detail::counted_fields<T> <= detail::max_fields;

namespace detail {

/// Where the fields are, in an object that is never defined.
template <std::size_t N>
struct FieldAddresses {
    const void* at[N];
};
template <class T, std::size_t N>
constexpr FieldAddresses<N> field_addresses() {
    return with_fields<N>(fake_object<T>(), [](auto&... field) {
        return FieldAddresses<N>{{__builtin_addressof(field)...}};
    });
}
template <auto>
struct Holds;

/// A bit-field has no address, and that of the target of a reference is not known.
template <class T, std::size_t N>
concept HasAddresses = N == 0 || requires { typename Holds<field_addresses<T, N>()>; };

/// Whether all fields of `T` can be visited. (Never true for a type that `checked_field_count`
/// refuses.)
template <class T>
consteval bool can_reflect() {
    if constexpr (!PlainStruct<T>)
        return false;
    else if constexpr (counted_fields<T> > max_fields)
        return false;
    else if constexpr (has_unnamed_union<T, counted_fields<T>>())
        return false;
    else
        return !has_hidden_base<T, counted_fields<T>>() && HasAddresses<T, counted_fields<T>>;
}
template <class T>
concept CanReflect = can_reflect<T>();

/// Stops with the cure if `T` can't be reflected.
template <class T>
consteval std::size_t checked_field_count() {
    if constexpr (!check_members_form<T>()) {
        return 0;
    } else if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T> || TupleLike<T>) {
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
    } else if constexpr (counted_fields<T> == too_many_fields) {
        EVENTSOURCING_EXPLAIN(
            false,
            "a struct with more than 64 fields cannot be reflected; give it a "
            "line `static void members(auto& self, auto&& member) { member(\"x\", "
            "self.x); }`, or group its fields in structs",
            T);
        return 0;
    } else if constexpr (counted_fields<T> == uncountable_fields) {
        EVENTSOURCING_EXPLAIN(false,
                              "the fields of this struct cannot be counted: one is a reference, or "
                              "has a type that refuses both `{}` and a value of its own type; "
                              "change that, or give the struct a line `static void members(auto& "
                              "self, auto&& member) { member(\"x\", self.x); }`",
                              T);
        return 0;
    } else if constexpr (has_unnamed_union<T, counted_fields<T>>()) {
        EVENTSOURCING_EXPLAIN(false,
                              "an anonymous union cannot be reflected; use std::variant, or give "
                              "the struct a line `static void members(auto& self, auto&& member) { "
                              "member(\"x\", self.x); }`",
                              T);
        return 0;
    } else if constexpr (has_hidden_base<T, counted_fields<T>>()) {
        EVENTSOURCING_EXPLAIN(false,
                              "a struct with a base class cannot be reflected; give it a line "
                              "`static void members(auto& self, auto&& member) { member(\"x\", "
                              "self.x); }`",
                              T);
        return 0;
    } else if constexpr (!HasAddresses<T, counted_fields<T>>) {
        EVENTSOURCING_EXPLAIN(false,
                              "a bit-field or a reference cannot be reflected; make it a plain "
                              "member (std::uint8_t, std::string), which holds the value itself",
                              T);
        return 0;
    } else {
        return counted_fields<T>;
    }
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
    constexpr auto at = [] {
        if constexpr (sizeof...(I) != 0)
            return field_addresses<T, sizeof...(I)>();
        else
            return 0;
    }();
    static_cast<void>(at);
    struct {
        Spelled names[sizeof...(I) + 1]; // one more: no array is empty
        std::size_t length;
    } out{{spelled_field<EVENTSOURCING_FIELD_ADDRESS(at.at[I])>()..., {}}, 0};
    for (const auto& name : out.names)
        out.length += name.size;
    return out;
}
#undef EVENTSOURCING_FIELD_ADDRESS

/// The names one after the other, and their sizes: a spelling is 200 bytes long, too much for a
/// variable. (Not an address either: g++ would emit it for types without linkage, and miss the
/// object.)
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
/// `members` line if it has one, otherwise the fields of a plain struct.
///
/// The line can omit and rename members, and reach those that reflection can't (private members,
/// base classes, more than 64): `static void members(auto& self, auto&& member) { member("x",
/// self.x_); }`.
template <class T, class F>
[[gnu::always_inline]] constexpr void for_each_member(T& object, F&& f) {
    if constexpr (detail::WithMembers<std::remove_cv_t<T>>)
        std::remove_cv_t<T>::members(object, f);
    else
        for_each_field(object, f);
}

} // namespace eventsourcing

#endif
