// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_PATH_HPP
#define EVENTSOURCING_CODEC_FORMS_PATH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// std::filesystem::path, known by its parts: that is cheaper than <filesystem>.
template <class T>
concept PathLike = requires(const T& value) {
    T::preferred_separator;
    { value.generic_u8string() } -> std::same_as<std::u8string>;
};

/// std::filesystem::path: a string in UTF-8, with `/` between its parts.
struct PathForm : Form {
    template <PathLike T>
    static bool write(JsonWriter& out, const T& value) {
        const std::u8string text = value.generic_u8string();
        return out.string(std::string(text.begin(), text.end()));
    }
    template <PathLike T>
    static bool read(JsonReader& in, T& value) {
        JsonString text;
        if (!in.string(text, "a string"))
            return false;
        assign(text, value);
        return true;
    }

    template <PathLike T>
    static bool write_key(JsonWriter& out, const T& key) {
        return write(out, key);
    }
    template <PathLike T>
    static bool read_key(JsonReader& /*in*/, const JsonString& name, T& key) {
        assign(name, key);
        return true;
    }

    template <class T>
    static std::string expected() {
        return "a string";
    }

private:
    template <class T>
    static void assign(const JsonString& string, T& path) {
        std::string buffer;
        const std::string_view text = string.text(buffer);
        path = T(std::u8string(text.begin(), text.end()));
    }
};

} // namespace eventsourcing::detail

#endif
