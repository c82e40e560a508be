// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_FORM_HPP
#define EVENTSOURCING_CODEC_JSON_FORM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/array.hpp>
#include <eventsourcing/codec/forms/boolean.hpp>
#include <eventsourcing/codec/forms/document.hpp>
#include <eventsourcing/codec/forms/duration.hpp>
#include <eventsourcing/codec/forms/enumeration.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/forms/map.hpp>
#include <eventsourcing/codec/forms/null.hpp>
#include <eventsourcing/codec/forms/number.hpp>
#include <eventsourcing/codec/forms/object.hpp>
#include <eventsourcing/codec/forms/optional.hpp>
#include <eventsourcing/codec/forms/own.hpp>
#include <eventsourcing/codec/forms/path.hpp>
#include <eventsourcing/codec/forms/refused.hpp>
#include <eventsourcing/codec/forms/revision.hpp>
#include <eventsourcing/codec/forms/sequence.hpp>
#include <eventsourcing/codec/forms/string.hpp>
#include <eventsourcing/codec/forms/text.hpp>
#include <eventsourcing/codec/forms/time_point.hpp>
#include <eventsourcing/codec/forms/tuple.hpp>
#include <eventsourcing/codec/forms/value.hpp>
#include <eventsourcing/codec/forms/variant.hpp>
#include <eventsourcing/codec/json_declared.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <type_traits>
#include <variant>

// Which JSON a C++ type becomes. The first rule that applies:
//
//   1. Numbers, bools, text, nlohmann::json, what is in namespace std, and the library's own types
//      have one form, which nothing changes.
//   2. A `members` line: an object of the members that it names. `json_value`: that value.
//   3. The type's own nlohmann `to_json` / `from_json`, found by ADL.
//   4. By itself: an enumeration by the names of its enumerators; a type with
//      `static Result<T> parse(std::string_view)` and `to_string()` (or `str()`) as a string (one
//      with another `parse` has no form); a plain struct as an object of its fields; a container as
//      an array or an object.
//
// One type must have one JSON everywhere, but 3 depends on a header that one translation unit
// includes and another forgets. So a type for which both 3 and 4 are possible is refused, unless
// the choice is declared with the type: in the event family of its namespace,
//
//     consteval es::EventFamily event_family(const auto&) { return {..., .json = es::Json::own}; }
//
// or, for one type and outside of families, in a function next to it:
//
//     consteval es::Json json_form(const Item&) { return es::Json::own; }
//
// With `Json::own` a type that has no visible `to_json` is refused, so that a forgotten include is
// an error and not another format; with `Json::reflected` a `to_json` is ignored. A class that only
// 3 can handle (private members, say) needs no choice: without the include it does not compile.
//
// Each form is one header in `forms/`: what it is, how it is written, how it is read. A new one
// also needs its line below, and its branches in layout.hpp and json_schema.hpp, without which
// these do not compile. What a form writes for a type stays as it is, or its layout changes, too:
// the layout is all that tells a snapshot of the older form from one of the newer.

namespace eventsourcing::detail {

/// A class of namespace std that is no plain struct.
template <class T>
concept StdClass =
    (!std::is_aggregate_v<T> || TupleLike<T>) && full_type_name<T>().starts_with("std::");

/// The form that a class has by itself (4), whatever is declared.
template <class T>
consteval auto form_by_itself() {
    if constexpr (ParsesText<T>)
        return TextForm{};
    else if constexpr (ParsesWrongly<T>)
        return RefusedForm{};
    else if constexpr (std::is_aggregate_v<T> && !TupleLike<T>)
        return FieldsForm{};
    else if constexpr (AddsToContainer<T>)
        return RefusedForm{};
    else if constexpr (StringLike<T>)
        return StringForm{};
    else if constexpr (OptionalLike<T>)
        return OptionalForm{};
    else if constexpr (is_variant<T>)
        return VariantForm{};
    else if constexpr (MapLike<T>)
        return MapForm{};
    else if constexpr (Iterable<T> && TupleLike<T>)
        return ArrayForm{};
    else if constexpr (Iterable<T>)
        return SequenceForm{};
    else
        return RefusedForm{};
}

template <class T>
consteval auto form_of_std() {
    if constexpr (DurationLike<T>)
        return DurationForm{};
    else if constexpr (TimePointLike<T>)
        return TimePointForm{};
    else if constexpr (PathLike<T>)
        return PathForm{};
    else if constexpr (TupleLike<T> && !Iterable<T>)
        return TupleForm{};
    else
        return form_by_itself<T>();
}

/// The form of an enumeration or a class without a `members` line, by the rules above.
template <class T, class ByItself>
consteval auto chosen_form(ByItself by_itself) {
    constexpr bool own = HasToJson<T> || HasFromJson<T>;
    constexpr Json declared = declared_json<T>();
    if constexpr (std::same_as<ByItself, RefusedForm> || declared == Json::own) {
        if constexpr (own)
            return OwnForm{};
        else
            return RefusedForm{};
    } else if constexpr (declared == Json::reflected ||
                         (!own && !WritesOwnJsonWrongly<T> && !ReadsOwnJsonWrongly<T> &&
                          !HasOwnSerializer<T>)) {
        return by_itself;
    } else {
        return RefusedForm{};
    }
}

template <class T>
consteval auto find_form() {
    if constexpr (std::is_const_v<T>)
        return RefusedForm{};
    else if constexpr (std::same_as<T, bool>)
        return BooleanForm{};
    else if constexpr (JsonInteger<T>)
        return IntegerForm{};
    else if constexpr (std::same_as<T, float> || std::same_as<T, double>)
        return FloatingForm{};
    else if constexpr (std::is_bounded_array_v<T>)
        return ArrayForm{};
    else if constexpr (NamedEnum<T>)
        return chosen_form<T>(EnumerationForm{});
    else if constexpr (std::is_enum_v<T>)
        return chosen_form<T>(RefusedForm{});
    else if constexpr (!std::is_class_v<T>)
        return RefusedForm{};
    else if constexpr (std::same_as<T, std::monostate>)
        return NullForm{};
    else if constexpr (std::same_as<T, nlohmann::json> || std::same_as<T, nlohmann::ordered_json>)
        return DocumentForm{};
    else if constexpr (std::same_as<T, Revision> || std::same_as<T, Generation>)
        return RevisionForm{};
    else if constexpr (std::same_as<T, Position>)
        return PositionForm{};
    else if constexpr (StdClass<T>)
        return form_of_std<T>();
    else if constexpr (!check_members_form<T>())
        return RefusedForm{};
    else if constexpr (HasBoth<T> || NamesJsonValueWrongly<T> || LosesOtherValues<T>)
        return RefusedForm{};
    else if constexpr (WithMembers<T>)
        return MembersForm{};
    else if constexpr (WithJsonValue<T>)
        return ValueForm{};
    else
        return chosen_form<T>(form_by_itself<T>());
}

} // namespace eventsourcing::detail

#endif
