// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_TUPLE_HPP
#define EVENTSOURCING_CODEC_FORMS_TUPLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/array.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/core/alternatives.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// std::pair and std::tuple: an array of their elements.
struct TupleForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        if (!out.enter())
            return false;
        out.raw('[');
        if (!write_all(out, value, Indexes<T>{}))
            return false;
        out.raw(']');
        out.leave();
        return true;
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        constexpr std::size_t size = std::tuple_size_v<T>;
        if (in.next() != '[')
            return in.unexpected(expected_array(size));
        if (!in.begin('[', "an array") || !read_all(in, value, Indexes<T>{}))
            return false;
        if (in.more(size == 0, ']'))
            return fail_size(in, size, "more");
        return !in.failed();
    }

    template <class T>
    static std::string expected() {
        return expected_array(std::tuple_size_v<T>);
    }
    template <class T>
    static consteval bool read_whole() {
        return all_read_whole<T>(Indexes<T>{});
    }
    template <class T>
    static consteval auto parts() {
        return elements<T>(Indexes<T>{});
    }

private:
    template <class T>
    using Indexes = std::make_index_sequence<std::tuple_size_v<T>>;
    template <class T, std::size_t I>
    using Element = std::remove_reference_t<std::tuple_element_t<I, T>>;

    template <class T, std::size_t... I>
    static bool write_all([[maybe_unused]] JsonWriter& out, [[maybe_unused]] const T& value,
                          std::index_sequence<I...> /*indexes*/) {
        return (write_element<I>(out, std::get<I>(value)) && ...);
    }
    template <std::size_t I, class E>
    static bool write_element(JsonWriter& out, const E& element) {
        if constexpr (I != 0)
            out.raw(',');
        return JsonFormOf<E>::write(out, element) || out.in_element(I);
    }

    template <class T, std::size_t... I>
    static bool read_all([[maybe_unused]] JsonReader& in, [[maybe_unused]] T& value,
                         std::index_sequence<I...> /*indexes*/) {
        return (read_element<I, sizeof...(I)>(in, std::get<I>(value)) && ...);
    }
    template <std::size_t I, std::size_t Size, class E>
    static bool read_element(JsonReader& in, E& element) {
        if (!in.more(I == 0, ']'))
            return !in.failed() && fail_size(in, Size, std::to_string(I));
        return JsonFormOf<E>::read(in, element) || in.in_element(I);
    }

    template <class T, std::size_t... I>
    static consteval auto elements(std::index_sequence<I...> /*indexes*/) {
        return TypeList<Element<T, I>...>{};
    }
    template <class T, std::size_t... I>
    static consteval bool all_read_whole(std::index_sequence<I...> /*indexes*/) {
        return (JsonFormOf<Element<T, I>>::template read_whole<Element<T, I>>() && ...);
    }
};

} // namespace eventsourcing::detail

#endif
