// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_TEXT_HPP
#define EVENTSOURCING_CODEC_FORMS_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/parsed.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {
class StreamNameView;
class Timestamp;
class Uuid;
} // namespace eventsourcing

namespace eventsourcing::detail {

template <class T>
concept ParsesText = requires(std::string_view text) {
    { T::parse(text) } -> std::same_as<Result<T>>;
} && (requires(const T& value) {
    { value.to_string() } -> std::convertible_to<std::string_view>;
} || requires(const T& value) {
    { value.str() } -> std::convertible_to<std::string_view>;
});

/// A type with `parse` and `to_string` or `str`: a string.
struct TextForm : ParsedForm<TextForm> {
    template <ParsesText T>
    static bool write(JsonWriter& out, const T& value) {
        if constexpr (std::same_as<T, Uuid> || std::same_as<T, Timestamp>) { // without a string
            char text[T::text_size]{};
            return out.string({text, static_cast<std::size_t>(value.to_chars(text) - text)});
        } else if constexpr (std::same_as<T, StreamNameView>) {
            return out.string(value.view());
        } else if constexpr (requires { value.to_string(); }) {
            return out.guard("to_string", [&] { return out.string(value.to_string()); });
        } else {
            return out.guard("str", [&] { return out.string(value.str()); });
        }
    }
    template <class T>
    static bool parse(JsonReader& in, const JsonString& string, T& value) {
        if constexpr (std::same_as<T, StreamNameView>) {
            EVENTSOURCING_EXPLAIN(
                false, "a StreamNameView has no place for the text that is decoded; use StreamName",
                T);
            return false;
        } else {
            return in.guard("parse", [&] {
                std::string buffer;
                auto parsed = T::parse(string.text(buffer));
                if (!parsed)
                    return in.fail(parsed.error().message());
                value = *std::move(parsed);
                return true;
            });
        }
    }

    template <class T>
    static consteval bool storable() {
        return !std::same_as<T, StreamNameView>;
    }
};

} // namespace eventsourcing::detail

#endif
