// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_REFUSED_HPP
#define EVENTSOURCING_CODEC_FORMS_REFUSED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/forms/optional.hpp>
#include <eventsourcing/codec/forms/own.hpp>
#include <eventsourcing/codec/forms/sequence.hpp>
#include <eventsourcing/codec/forms/text.hpp>
#include <eventsourcing/codec/forms/value.hpp>
#include <eventsourcing/codec/json_declared.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace eventsourcing::detail {

/// A pointer, or a smart pointer such as std::unique_ptr.
template <class T>
concept PointerLike = std::is_pointer_v<T> || std::is_null_pointer_v<T> || requires {
    typename T::element_type;
    requires requires(const T& pointer) { pointer.get(); } ||
                 requires(const T& pointer) { pointer.lock(); };
};
template <class T>
concept OfStd = std::is_class_v<T> && full_type_name<T>().starts_with("std::");
/// An integer of the compiler's own, as `__int128`. (`%` is not defined for other numbers.)
template <class T>
concept CompilersInteger =
    !std::is_class_v<T> && !std::is_enum_v<T> && requires(T number) { number % number; };
/// Which of the two counts? The line does if `json_value` could not: that of a base class, say.
template <class T>
concept HasBoth = std::is_class_v<T> && WithJsonValue<T> && WithMembers<T> && !HasOtherValues<T>;
template <class T>
concept LosesOtherValues = HasOtherValues<T> && !WithMembers<T>;
template <class T>
concept NamesJsonValueWrongly = std::is_class_v<T> && !WithJsonValue<T> && Declares_json_value<T>;
/// A `parse` that is not read, or without a function that writes.
template <class T>
concept ParsesWrongly = std::is_class_v<T> && !ParsesText<T> && Declares_parse<T>;

template <class>
struct ClassOfMember;
template <class Member, class T>
struct ClassOfMember<Member T::*> {
    using Type = T;
};
/// The class that declares a function of `T`, of which `function` is a pointer.
template <class Function>
using DeclaredIn = typename ClassOfMember<Function>::Type;

/// Whether `Base` is a container or optional that a `T` has more than.
template <class Base, class T>
inline constexpr bool has_more_than =
    !std::same_as<Base, T> && !std::is_empty_v<Base> && sizeof(Base) != sizeof(T) &&
    (Iterable<Base> || OptionalLike<Base>);

/// A class that is a container, string or optional by inheritance, and has members besides, which
/// would not be written. The functions that it inherits tell which base that is.
template <class T>
concept AddsToContainer = std::is_class_v<T> && !OfStd<T> &&
    (requires { requires has_more_than<DeclaredIn<decltype(&T::clear)>, T>; } ||
     requires { requires has_more_than<DeclaredIn<decltype(&T::empty)>, T>; } ||
     requires { requires has_more_than<DeclaredIn<decltype(&T::max_size)>, T>; } ||
     requires { requires has_more_than<DeclaredIn<decltype(&T::has_value)>, T>; } ||
     requires { requires has_more_than<DeclaredIn<decltype(&T::reset)>, T>; });

/// Stops with the cure for a type that has no JSON form.
template <class T>
consteval void explain_refusal() {
    constexpr bool choosable = std::is_enum_v<T> || std::is_class_v<T>;
    if constexpr (std::is_const_v<T>) {
        EVENTSOURCING_EXPLAIN(false, "a const member cannot be decoded; remove the const", T);
    } else if constexpr (std::same_as<T, char> || std::same_as<T, wchar_t> ||
                         std::same_as<T, char8_t> || std::same_as<T, char16_t> ||
                         std::same_as<T, char32_t>) {
        EVENTSOURCING_EXPLAIN(false,
                              "a character type has no JSON form; use std::string for text, or "
                              "std::int8_t or std::uint8_t for a small number",
                              T);
    } else if constexpr (std::same_as<T, long double>) {
        EVENTSOURCING_EXPLAIN(false, "long double has no portable JSON form; use double", T);
    } else if constexpr (CompilersInteger<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "an integer of more than 64 bits has no JSON form; use std::int64_t "
                              "or std::uint64_t, or std::string for its digits",
                              T);
    } else if constexpr (PointerLike<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "a pointer has no JSON form; use a value, or std::optional for "
                              "one that may be missing, or wrap it in a class that has parse and "
                              "to_string, or to_json and from_json",
                              T);
    } else if constexpr (OfStd<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "this type of the standard library has no JSON form; wrap it in a "
                              "class that has a `members` line, or parse and to_string, or to_json "
                              "and from_json",
                              T);
    } else if constexpr (HasBoth<T>) {
        EVENTSOURCING_EXPLAIN(
            false, "this type has a `members` line and `json_value`; remove one of them", T);
    } else if constexpr (NamesJsonValueWrongly<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "`json_value` of this type has another form than the one that is "
                              "looked for; write a public "
                              "`static auto& json_value(auto& self) { return self.value; }`",
                              T);
    } else if constexpr (LosesOtherValues<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "`json_value` names one value of this class, which has others, that "
                              "would be lost; give it a `members` line instead, or parse and "
                              "to_string, or to_json and from_json",
                              T);
    } else if constexpr (choosable && WritesOwnJsonWrongly<T>) {
        explain_to_json<T>();
    } else if constexpr (choosable && ReadsOwnJsonWrongly<T>) {
        explain_from_json<T>();
    } else if constexpr (choosable && HasOwnSerializer<T> && !HasToJson<T> && !HasFromJson<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "a specialisation of nlohmann::adl_serializer is not read; write "
                              "to_json and from_json in the namespace of this type, or, if they "
                              "should not count, next to it `consteval es::Json json_form(const "
                              "T&) { return es::Json::reflected; }`",
                              T);
    } else if constexpr (choosable && declared_json<T>() == Json::own) {
        EVENTSOURCING_EXPLAIN(false,
                              "Json::own is declared for this type, but no to_json and "
                              "from_json were found; include the header that has them",
                              T);
    } else if constexpr (ParsesWrongly<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "`parse` and `to_string` of this type are not both in the form that "
                              "is looked for; write, public: `static es::Result<T> "
                              "parse(std::string_view)` and `std::string to_string() const`, or a "
                              "`members` line if this type should be an object",
                              T);
    } else if constexpr (choosable && (HasToJson<T> || HasFromJson<T>)) {
        EVENTSOURCING_EXPLAIN(false,
                              "this type can be reflected and has a to_json or from_json of "
                              "its own; say which one counts where the type is declared: "
                              "`consteval es::Json json_form(const T&) { return es::Json::own; "
                              "}` (or Json::reflected), or `.json` in its event family",
                              T);
    } else if constexpr (AddsToContainer<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "this class derives from a container, string or optional and has "
                              "members of its own, which would be lost; give it a `members` line, "
                              "and make the container a member, or parse and to_string, or to_json "
                              "and from_json",
                              T);
    } else if constexpr (std::is_enum_v<T>) {
        EVENTSOURCING_EXPLAIN(
            false,
            "the values of an unscoped enumeration without a type have no names; write "
            "`enum class`, or give it a type: `enum E : int`",
            T);
    } else {
        EVENTSOURCING_EXPLAIN(false,
                              "this type has no JSON form; make it a plain struct, or give it "
                              "a line `static void members(auto& self, auto&& member) { "
                              "member(\"x\", self.x); }`, or parse and to_string, or to_json "
                              "and from_json",
                              T);
    }
}

/// No form: writing or reading such a type does not compile.
struct RefusedForm : Form {
    template <class T>
    static bool write(JsonWriter& /*out*/, const T& /*value*/) {
        explain_refusal<T>();
        return false;
    }
    template <class T>
    static bool read(JsonReader& /*in*/, T& /*value*/) {
        explain_refusal<T>();
        return false;
    }

    template <class T>
    static std::string expected() {
        return "a JSON value";
    }
    template <class T>
    static consteval bool storable() {
        return false;
    }
};

} // namespace eventsourcing::detail

#endif
