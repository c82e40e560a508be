// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_PATH_HPP
#define EVENTSOURCING_CODEC_FORMS_PATH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/parsed.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// std::filesystem::path, recognised by its parts: compiles faster than <filesystem>.
template <class T>
concept PathLike = requires(const T& value) {
    T::preferred_separator;
    { value.generic_u8string() } -> std::same_as<std::u8string>;
};

/// std::filesystem::path: a string in UTF-8, with `/` between its parts.
struct PathForm : ParsedForm<PathForm> {
    template <PathLike T>
    static bool write(JsonWriter& out, const T& value) {
        const std::u8string text = value.generic_u8string();
        return out.string(std::string(text.begin(), text.end()));
    }
    template <PathLike T>
    static bool parse(JsonReader& /*in*/, const JsonString& string, T& value) {
        std::string buffer;
        const std::string_view text = string.text(buffer);
        value = T(std::u8string(text.begin(), text.end()));
        return true;
    }
};

} // namespace eventsourcing::detail

#endif
