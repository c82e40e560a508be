// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_EXPECTED_HPP
#define EVENTSOURCING_CODEC_JSON_EXPECTED_HPP

#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/codec/json_names.hpp>

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace eventsourcing::detail {

/// "an unsigned 32-bit integer"
template <JsonInteger T>
constexpr std::string_view expected_integer() {
    constexpr bool is_signed = std::is_signed_v<T>;
    switch (sizeof(T)) {
    case 1:
        return is_signed ? "a signed 8-bit integer" : "an unsigned 8-bit integer";
    case 2:
        return is_signed ? "a signed 16-bit integer" : "an unsigned 16-bit integer";
    case 4:
        return is_signed ? "a signed 32-bit integer" : "an unsigned 32-bit integer";
    default:
        return is_signed ? "a signed 64-bit integer" : "an unsigned 64-bit integer";
    }
}

template <class E>
std::string expected_enumerator() {
    constexpr const auto& names = Enumerators<E>::table.names;
    return (names.size() == 1 ? "" : "one of ") + listed_names(names.data(), names.size());
}

template <class V>
std::string expected_variant() {
    constexpr const auto& names = VariantTags<V>::names;
    return "an object with one member, " + listed_names(names.data(), names.size());
}

template <class T>
constexpr std::size_t array_size() {
    if constexpr (std::is_array_v<T>)
        return std::extent_v<T>;
    else
        return std::tuple_size_v<T>;
}

inline std::string expected_array(std::size_t size) {
    return "an array of " + std::to_string(size) + (size == 1 ? " element" : " elements");
}

/// What a reader of `T` expects, for messages: "an unsigned 32-bit integer".
template <class T>
std::string expected_json() {
    constexpr auto form = json_form_of<T>;
    if constexpr (form == JsonForm::boolean)
        return "true or false";
    else if constexpr (form == JsonForm::integer)
        return std::string(expected_integer<T>());
    else if constexpr (form == JsonForm::floating)
        return "a number";
    else if constexpr (form == JsonForm::string || form == JsonForm::text)
        return "a string";
    else if constexpr (form == JsonForm::null)
        return "null";
    else if constexpr (form == JsonForm::number || form == JsonForm::position)
        return std::string(expected_integer<std::uint64_t>());
    else if constexpr (form == JsonForm::enumerator)
        return expected_enumerator<T>();
    else if constexpr (form == JsonForm::members || form == JsonForm::fields ||
                       form == JsonForm::map)
        return "an object";
    else if constexpr (form == JsonForm::optional)
        return expected_json<typename T::value_type>() + " or null";
    else if constexpr (form == JsonForm::variant)
        return expected_variant<T>();
    else if constexpr (form == JsonForm::array)
        return expected_array(array_size<T>());
    else if constexpr (form == JsonForm::sequence)
        return "an array";
    else
        return "a JSON value"; // json, own
}

} // namespace eventsourcing::detail

#endif
