// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_STRING_HPP
#define EVENTSOURCING_CODEC_FORMS_STRING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/core/explain.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

template <class T>
concept StringLike =
    std::convertible_to<const T&, std::string_view> && requires { typename T::traits_type; };

/// A string that can hold what is read.
template <class T>
concept HoldsText = requires(T& value) { value.resize(std::size_t{}); };

/// std::string, std::string_view and similar types: a string.
struct StringForm : Form {
    static bool write(JsonWriter& out, std::string_view value) { return out.string(value); }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        if constexpr (HoldsText<T>) {
            JsonString string;
            if (!in.string(string, "a string"))
                return false;
            string.copy_to(value);
            return true;
        } else {
            EVENTSOURCING_EXPLAIN(
                false, "a string_view has no place for the text that is decoded; use std::string",
                T);
            return false;
        }
    }

    static bool write_key(JsonWriter& out, std::string_view key) { return out.string(key); }
    template <class T>
    static bool read_key(JsonReader& /*in*/, const JsonString& name, T& key) {
        name.copy_to(key);
        return true;
    }

    template <class T>
    static std::string expected() {
        return "a string";
    }
    template <class T>
    static constexpr std::string_view tag() {
        return "string";
    }
    template <class T>
    static consteval bool storable() {
        return HoldsText<T>;
    }
};

} // namespace eventsourcing::detail

#endif
