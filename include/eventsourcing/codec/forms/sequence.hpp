// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_SEQUENCE_HPP
#define EVENTSOURCING_CODEC_FORMS_SEQUENCE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/enumeration.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/forms/string.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <set>
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

/// Values of this type that differ have texts that differ. What a type writes of itself may not.
template <class T>
inline constexpr bool differs_in_text =
    std::is_arithmetic_v<T> || std::same_as<JsonFormOf<T>, EnumerationForm> ||
    std::same_as<JsonFormOf<T>, StringForm>;

/// Finds out whether a text comes twice. Nothing for types without a need.
template <bool needed = true, class Text = std::string>
class TextsSeen {
public:
    bool add(Text text) { return seen_.insert(std::move(text)).second; }

private:
    std::set<Text> seen_{}; // a vector in order would move its texts for each new one
};
template <class Text>
class TextsSeen<false, Text> {};

template <class T>
std::string text_of_element(const T& element) {
    std::string text;
    JsonWriter out(text);
    static_cast<void>(JsonFormOf<T>::write(out, element));
    out.finish();
    return text;
}

/// A set, which holds no two equal elements.
template <class Range>
concept HoldsElementsOnce = requires(Range& range, typename Range::value_type element) {
    typename Range::key_type;
    range.insert(std::move(element)).second;
};

template <class Range>
bool write_elements(JsonWriter& out, const Range& range) {
    if (!out.enter())
        return false;
    out.raw('[');
    std::size_t i = 0;
    using Element = std::remove_cvref_t<decltype(*std::begin(range))>;
    constexpr bool to_compare = HoldsElementsOnce<Range> && !differs_in_text<Element>;
    [[maybe_unused]] TextsSeen<to_compare> seen;
    for (const auto& element : range) {
        if (i != 0)
            out.raw(',');
        if (!JsonFormOf<Element>::write(out, element))
            return out.in_element(i);
        if constexpr (to_compare)
            if (!seen.add(text_of_element(element))) {
                out.fail("another element of the set has this text; expected a text of its own for "
                         "each");
                return out.in_element(i);
            }
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

/// Whether a range holds as many elements as were added. One of the standard library always does.
template <class Range>
bool holds([[maybe_unused]] const Range& range, [[maybe_unused]] std::size_t added) {
    if constexpr (full_type_name<Range>().starts_with("std::")) {
        return true;
    } else {
        std::size_t count = 0;
        for (auto at = range.begin(); at != range.end(); ++at)
            ++count;
        return count == added;
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
        std::size_t i = 0;
        for (; in.more(i == 0, ']'); ++i) {
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
        if (in.failed())
            return false;
        return holds(range, i) ||
               in.fail("read " + std::to_string(i) +
                       " elements, which the container did not all keep; expected one that keeps "
                       "what is added to it");
    }
}

} // namespace eventsourcing::detail

#endif
