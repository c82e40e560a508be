// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_SEQUENCE_HPP
#define EVENTSOURCING_CODEC_FORMS_SEQUENCE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// Left out on purpose: a range of its own type (std::filesystem::path).
template <class T>
concept Iterable = requires(const T& value) {
    value.end();
    requires !std::same_as<std::remove_cvref_t<decltype(*value.begin())>, T>;
};

template <class Range>
concept Growable = requires(Range& range, typename Range::value_type element) {
    range.clear();
    requires requires { range.push_back(std::move(element)); } ||
                 requires { range.insert(std::move(element)); };
};
template <class Range>
concept AppendsInPlace =
    std::default_initializable<typename Range::value_type> && requires(Range& range) {
        { range.emplace_back() } -> std::same_as<typename Range::value_type&>;
    };

template <class Range>
bool write_elements(JsonWriter& out, const Range& range) {
    if (!out.enter())
        return false;
    out.raw('[');
    std::size_t i = 0;
    for (const auto& element : range) {
        if (i != 0)
            out.raw(',');
        if (!JsonFormOf<std::remove_cvref_t<decltype(element)>>::write(out, element))
            return out.in_element(i);
        ++i;
    }
    out.raw(']');
    out.leave();
    return true;
}

/// Adds to a vector of bool, or to a set. False if a set already has an equal element.
template <class Range>
bool add_element(Range& range, typename Range::value_type&& element) {
    if constexpr (requires { range.push_back(std::move(element)); }) {
        range.push_back(std::move(element));
        return true;
    } else if constexpr (requires { range.insert(std::move(element)).second; }) {
        return range.insert(std::move(element)).second;
    } else {
        range.insert(std::move(element));
        return true;
    }
}

/// Vectors, sets and other ranges without keys: an array.
struct SequenceForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& range) {
        return write_elements(out, range);
    }
    template <class T>
    static bool read(JsonReader& in, T& range);

    template <class T>
    static std::string expected() {
        return "an array";
    }
    template <class T>
    static consteval auto parts() {
        return TypeList<typename T::value_type>{};
    }
    template <class T>
    static consteval bool storable() {
        if constexpr (Growable<T>)
            return AppendsInPlace<T> || CanBeBlank<typename T::value_type>;
        else
            return false;
    }
};

template <class T>
bool SequenceForm::read(JsonReader& in, T& range) {
    if constexpr (!Growable<T>) {
        EVENTSOURCING_EXPLAIN(false, "no elements can be added to this range; use std::vector", T);
        return false;
    } else {
        using Element = typename T::value_type;
        if (!in.begin('[', "an array"))
            return false;
        range.clear();
        for (std::size_t i = 0; in.more(i == 0, ']'); ++i) {
            if constexpr (AppendsInPlace<T>) {
                if (!JsonFormOf<Element>::read(in, range.emplace_back()))
                    return in.in_element(i);
            } else {
                auto element = blank<Element>();
                if (!JsonFormOf<Element>::read(in, element))
                    return in.in_element(i);
                if (!add_element(range, std::move(element))) {
                    in.fail("equal to an element before it; expected no two equal elements in a "
                            "set");
                    return in.in_element(i);
                }
            }
        }
        return !in.failed();
    }
}

} // namespace eventsourcing::detail

#endif
