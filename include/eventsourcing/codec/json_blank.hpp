// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_BLANK_HPP
#define EVENTSOURCING_CODEC_JSON_BLANK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/stream_name.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

namespace eventsourcing::detail {

template <class T>
T blank();

/// Its result type lists the types of the fields that it is given. Never called, but defined:
/// otherwise Clang warns of field types without linkage.
struct ListTypes {
    template <class... Fields>
    constexpr TypeList<Fields...> operator()(const Fields&... /*fields*/) const {
        return {};
    }
};
template <class T>
using FieldTypes = decltype(with_fields<field_count<T>>(std::declval<const T&>(), ListTypes{}));

/// Whether `blank<T>()` can make one.
template <class T>
concept MakesBlank = std::default_initializable<T> || std::same_as<T, StreamName> || Reflectable<T>;

/// How many fields need a value: those up to the last one without a default.
template <class... Fields>
consteval std::size_t fields_to_give(TypeList<Fields...> /*fields*/) {
    std::size_t at = 0;
    std::size_t count = 0;
    ((++at, count = std::default_initializable<Fields> ? count : at), ...);
    return count;
}

template <class T>
consteval bool can_be_blank();
template <class... Fields, std::size_t... I>
consteval bool can_be_blank(TypeList<Fields...> /*fields*/, std::index_sequence<I...> /*given*/) {
    return (can_be_blank<std::tuple_element_t<I, std::tuple<Fields...>>>() && ...);
}
template <class T>
consteval bool can_be_blank() {
    if constexpr (std::default_initializable<T> || std::same_as<T, StreamName>)
        return true;
    else if constexpr (CanReflect<T>)
        return can_be_blank(FieldTypes<T>{},
                            std::make_index_sequence<fields_to_give(FieldTypes<T>{})>{});
    else
        return false;
}
/// Whether `blank<T>()` compiles.
template <class T>
concept CanBeBlank = can_be_blank<T>();

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" // they are left out on purpose
template <class T, class... Fields, std::size_t... I>
T blank_struct(TypeList<Fields...> /*fields*/, std::index_sequence<I...> /*given*/) {
    return T{blank<std::tuple_element_t<I, std::tuple<Fields...>>>()...};
}
#pragma GCC diagnostic pop

/// A value to be read into: a default-constructed one if possible. A stream name is never empty, so
/// a struct with one has no default, but all of it will be read; the fields after it have the
/// defaults that the struct declares.
template <class T>
T blank() {
    if constexpr (std::default_initializable<T>) {
        return T();
    } else if constexpr (std::same_as<T, StreamName>) {
        return StreamName("not-read");
    } else if constexpr (Reflectable<T>) {
        using Fields = FieldTypes<T>;
        return blank_struct<T>(Fields{}, std::make_index_sequence<fields_to_give(Fields{})>{});
    } else {
        EVENTSOURCING_EXPLAIN(false, "what is decoded must be default-constructible", T);
    }
}

} // namespace eventsourcing::detail

#endif
