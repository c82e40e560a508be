// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_BLANK_HPP
#define EVENTSOURCING_CODEC_JSON_BLANK_HPP

#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/stream_name.hpp>

#include <concepts>
#include <utility>

namespace eventsourcing::detail {

template <class T>
T blank();

/// Its type lists the types of the fields that it is given. Never called, but defined: Clang warns
/// where a field's type has no linkage.
struct ListTypes {
    template <class... Fields>
    constexpr TypeList<Fields...> operator()(const Fields&... /*fields*/) const {
        return {};
    }
};
template <class T>
using FieldTypes = decltype(with_fields<field_count<T>>(std::declval<const T&>(), ListTypes{}));

template <class T, class... Fields>
T blank_struct(TypeList<Fields...> /*fields*/) {
    return T{blank<Fields>()...};
}

/// A value to be read into: a default-constructed one where there is such a thing. A stream name is
/// never empty, and a struct that holds one has no default, but all of it will be read.
template <class T>
T blank() {
    if constexpr (std::default_initializable<T>) {
        return T();
    } else if constexpr (std::same_as<T, StreamName>) {
        return StreamName("not-read");
    } else if constexpr (Reflectable<T>) {
        return blank_struct<T>(FieldTypes<T>{});
    } else {
        EVENTSOURCING_EXPLAIN(false, "what is decoded must be default-constructible", T);
    }
}

} // namespace eventsourcing::detail

#endif
