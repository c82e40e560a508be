// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_FORM_HPP
#define EVENTSOURCING_CODEC_JSON_FORM_HPP

#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

// Which JSON a C++ type becomes. The first that applies:
//
//   1. Numbers, bools, text, nlohmann::json, what is in namespace std, and the library's own types
//   have
//      one form, which nothing changes.
//   2. A `members` line: an object of the members that it names.
//   3. The type's own nlohmann `to_json` / `from_json`, found by ADL.
//   4. By itself: an enumeration by the names of its enumerators; a type with
//      `static Result<T> parse(std::string_view)` and `to_string()` (or `str()`) as a string; a
//      plain struct as an object of its fields; a container as an array or an object.
//
// One type must be one JSON everywhere, but 3 depends on a header that one translation unit
// includes and another forgets. So a type for which both 3 and 4 are possible is refused, unless
// the choice stands where the type is declared: in the event family of its namespace,
//
//     consteval es::EventFamily event_family(const auto&) { return {..., .json = es::Json::own}; }
//
// or, for one type and outside of families, in a function beside it:
//
//     consteval es::Json json_form(const Item&) { return es::Json::own; }
//
// With `Json::own` a type that has no `to_json` in sight is refused, so that a forgotten include is
// an error and not another format; with `Json::reflected` a `to_json` is ignored. A class that only
// 3 can handle (private members, say) needs no choice: without the include it does not compile.

namespace eventsourcing::detail {

enum class JsonForm : std::uint8_t {
    boolean,
    integer,
    floating,
    string,     ///< std::string and whatever is like it, std::string_view
    null,       ///< std::monostate
    json,       ///< nlohmann::json: any value, kept
    number,     ///< Revision, Generation
    position,   ///< Position: a number, or two in an array where an engine has two
    members,    ///< an object, by the `members` line
    own,        ///< whatever `to_json` makes of it
    enumerator, ///< a string with the name
    text,       ///< a string by `parse` and `to_string` or `str`
    fields,     ///< an object, by reflection
    optional,   ///< the value or null
    variant,    ///< an object with one member, named for the alternative
    map,        ///< an object
    array,      ///< an array of a fixed size
    sequence,   ///< an array
    refused,    ///< none; `check_json_form` says why
};

/// What a `to_json` is asked with: converts to the library's type for functions that name it, and
/// is a type of its own for templates. (nlohmann::json itself would bring nlohmann's own functions
/// along.)
namespace json_probe {
struct Probe {
    operator nlohmann::json&() const;
};
} // namespace json_probe

template <class T>
concept HasToJson = requires(json_probe::Probe& j, const T& value) {
    to_json(j, value);
} || (std::is_class_v<T> && requires(nlohmann::json& j, const T& value) { to_json(j, value); });
template <class T>
concept HasFromJson = requires(const json_probe::Probe& j, T& value) {
    from_json(j, value);
} || (std::is_class_v<T> && requires(const nlohmann::json& j, T& value) { from_json(j, value); });

template <class T>
concept DeclaresJson = requires {
    { json_form(fake_object<T>()) } -> std::same_as<Json>;
};

/// What is declared with the type, for it alone or for its family.
template <class T>
consteval Json declared_json() {
    if constexpr (DeclaresJson<T>)
        return json_form(fake_object<T>());
    else if constexpr (HasEventFamily<T>)
        return family_of<T>.json;
    else
        return Json::undeclared;
}

/// A class of namespace std that is no plain struct.
template <class T>
concept StdClass =
    (!std::is_aggregate_v<T> || TupleLike<T>) && full_type_name<T>().starts_with("std::");

template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                      !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                      !std::same_as<T, char16_t> && !std::same_as<T, char32_t> && sizeof(T) <= 8;

template <class T>
concept TextForm = requires(std::string_view text) {
    { T::parse(text) } -> std::same_as<Result<T>>;
} && (requires(const T& value) {
    { value.to_string() } -> std::convertible_to<std::string_view>;
} || requires(const T& value) {
    { value.str() } -> std::convertible_to<std::string_view>;
});
template <class T>
concept StringLike =
    std::convertible_to<const T&, std::string_view> && requires { typename T::traits_type; };
template <class T>
concept OptionalLike = requires(T& value) {
    { value.has_value() } -> std::same_as<bool>;
    *value;
    value.reset();
};
/// Left out on purpose: what is made of itself (std::filesystem::path).
template <class T>
concept Iterable = requires(const T& value) {
    value.end();
    requires !std::same_as<std::remove_cvref_t<decltype(*value.begin())>, T>;
};
template <class T>
concept MapLike = Iterable<T> && requires {
    typename T::key_type;
    typename T::mapped_type;
};

/// What a class type is by itself (4), whatever is declared.
template <class T>
consteval JsonForm form_by_itself() {
    if constexpr (TextForm<T>)
        return JsonForm::text;
    else if constexpr (std::is_aggregate_v<T> && !TupleLike<T>)
        return JsonForm::fields;
    else if constexpr (StringLike<T>)
        return JsonForm::string;
    else if constexpr (OptionalLike<T>)
        return JsonForm::optional;
    else if constexpr (is_variant<T>)
        return JsonForm::variant;
    else if constexpr (MapLike<T>)
        return JsonForm::map;
    else if constexpr (Iterable<T> && TupleLike<T>)
        return JsonForm::array;
    else if constexpr (Iterable<T>)
        return JsonForm::sequence;
    else
        return JsonForm::refused;
}

/// What the rules above make of an enumeration or a class that has no `members` line.
template <class T, JsonForm ByItself>
consteval JsonForm chosen_form() {
    constexpr bool own = HasToJson<T> || HasFromJson<T>;
    constexpr Json declared = declared_json<T>();
    if constexpr (ByItself == JsonForm::refused)
        return own ? JsonForm::own : JsonForm::refused;
    else if constexpr (declared == Json::own)
        return own ? JsonForm::own : JsonForm::refused;
    else if constexpr (declared == Json::reflected || !own)
        return ByItself;
    else
        return JsonForm::refused;
}

template <class T>
consteval JsonForm find_form() {
    if constexpr (std::same_as<T, bool>)
        return JsonForm::boolean;
    else if constexpr (JsonInteger<T>)
        return JsonForm::integer;
    else if constexpr (std::same_as<T, float> || std::same_as<T, double>)
        return JsonForm::floating;
    else if constexpr (std::is_bounded_array_v<T>)
        return JsonForm::array;
    else if constexpr (std::is_enum_v<T>)
        return chosen_form<T, NamedEnum<T> ? JsonForm::enumerator : JsonForm::refused>();
    else if constexpr (!std::is_class_v<T>)
        return JsonForm::refused;
    else if constexpr (std::same_as<T, std::monostate>)
        return JsonForm::null;
    else if constexpr (std::same_as<T, nlohmann::json> || std::same_as<T, nlohmann::ordered_json>)
        return JsonForm::json;
    else if constexpr (std::same_as<T, Revision> || std::same_as<T, Generation>)
        return JsonForm::number;
    else if constexpr (std::same_as<T, Position>)
        return JsonForm::position;
    else if constexpr (StdClass<T>)
        return form_by_itself<T>();
    else if constexpr (WithMembers<T>)
        return JsonForm::members;
    else
        return chosen_form<T, form_by_itself<T>()>();
}

template <class T>
inline constexpr JsonForm json_form_of = find_form<T>();

/// Stops with the cure where `T` has no JSON form.
template <class T>
consteval bool check_json_form() {
    if constexpr (json_form_of<T> == JsonForm::refused) {
        constexpr bool choosable = std::is_enum_v<T> || std::is_class_v<T>;
        if constexpr (std::same_as<T, char> || std::same_as<T, wchar_t> ||
                      std::same_as<T, char8_t> || std::same_as<T, char16_t> ||
                      std::same_as<T, char32_t>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "a character type has no JSON form; use std::string for text, or "
                                  "std::int8_t or std::uint8_t for a small number",
                                  T);
        } else if constexpr (std::same_as<T, long double>) {
            EVENTSOURCING_EXPLAIN(false, "long double has no portable JSON form; use double", T);
        } else if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T>) {
            EVENTSOURCING_EXPLAIN(false,
                                  "a pointer has no JSON form; use a value, or std::optional for "
                                  "one that may be missing",
                                  T);
        } else if constexpr (choosable && declared_json<T>() == Json::own) {
            EVENTSOURCING_EXPLAIN(false,
                                  "Json::own is declared for this type, but no to_json and "
                                  "from_json is in sight; include the header that has them",
                                  T);
        } else if constexpr (choosable && (HasToJson<T> || HasFromJson<T>)) {
            EVENTSOURCING_EXPLAIN(false,
                                  "this type can be reflected and has a to_json or from_json of "
                                  "its own; say which one counts where the type is declared: "
                                  "`consteval es::Json json_form(const T&) { return es::Json::own; "
                                  "}` (or Json::reflected), or `.json` in its event family",
                                  T);
        } else if constexpr (std::is_enum_v<T>) {
            EVENTSOURCING_EXPLAIN(
                false,
                "the values of an unscoped enumeration without a type have no names; write "
                "`enum class`, or a type behind its name",
                T);
        } else {
            EVENTSOURCING_EXPLAIN(false,
                                  "this type has no JSON form; make it a plain struct, or give it "
                                  "a line `static void members(auto& self, auto&& member) { "
                                  "member(\"x\", self.x); }`, or parse and to_string, or to_json "
                                  "and from_json",
                                  T);
        }
        return false;
    } else {
        return true;
    }
}

} // namespace eventsourcing::detail

#endif
