// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_ARRAY_HPP
#define EVENTSOURCING_CODEC_FORMS_ARRAY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/forms/sequence.hpp>
#include <eventsourcing/core/alternatives.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

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

/// The array does not have this size; `got` says which it has. False, to be passed on.
[[gnu::cold, gnu::noinline]] inline bool fail_size(JsonReader& in, std::size_t size,
                                                   const std::string& got) {
    return in.fail("expected " + expected_array(size) + ", got " + got);
}

/// std::array and C arrays: an array of exactly this size.
struct ArrayForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& array) {
        return write_elements(out, array);
    }
    template <class T>
    static bool read(JsonReader& in, T& array);

    template <class T>
    static std::string expected() {
        return expected_array(array_size<T>());
    }
    template <class T>
    static consteval bool read_whole() {
        using Element = std::remove_cvref_t<decltype(std::declval<T&>()[0])>;
        return JsonFormOf<Element>::template read_whole<Element>();
    }
    template <class T>
    static consteval auto parts() {
        return TypeList<std::remove_reference_t<decltype(std::declval<T&>()[0])>>{};
    }
};

template <class T>
bool ArrayForm::read(JsonReader& in, T& array) {
    constexpr std::size_t size = array_size<T>();
    if (in.next() != '[')
        return in.unexpected(expected_array(size));
    if (!in.begin('[', "an array"))
        return false;
    std::size_t i = 0;
    for (; in.more(i == 0, ']'); ++i) {
        if (i == size)
            return fail_size(in, size, "more");
        if (!JsonFormOf<std::remove_reference_t<decltype(array[i])>>::read(in, array[i]))
            return in.in_element(i);
    }
    return !in.failed() && (i == size || fail_size(in, size, std::to_string(i)));
}

} // namespace eventsourcing::detail

#endif
