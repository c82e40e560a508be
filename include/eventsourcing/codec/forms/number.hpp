// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_NUMBER_HPP
#define EVENTSOURCING_CODEC_FORMS_NUMBER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_number.hpp>
#include <eventsourcing/codec/json_scanner.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing::detail {

template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                      !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                      !std::same_as<T, char16_t> && !std::same_as<T, char32_t> && sizeof(T) <= 8;

/// "an unsigned 32-bit integer"
template <JsonInteger T>
constexpr std::string_view expected_integer() {
    constexpr bool is_signed = std::is_signed_v<T>;
    switch (sizeof(T)) {
    case 1:
        return is_signed ? "a signed 8-bit integer" : "an unsigned 8-bit integer";
    case 2:
        return is_signed ? "a signed 16-bit integer" : "an unsigned 16-bit integer";
    case 4:
        return is_signed ? "a signed 32-bit integer" : "an unsigned 32-bit integer";
    default:
        return is_signed ? "a signed 64-bit integer" : "an unsigned 64-bit integer";
    }
}

template <JsonInteger T>
bool read_integer(JsonScanner& in, T& value) {
    std::uint64_t bits = 0;
    if (!in.integer(static_cast<std::uint64_t>(std::numeric_limits<T>::max()), std::is_signed_v<T>,
                    bits, expected_integer<T>()))
        return false;
    value = static_cast<T>(bits);
    return true;
}

/// Integers of up to 64 bits: a number, exact. As a key, its digits.
struct IntegerForm : Form {
    template <JsonInteger T>
    static bool write(JsonWriter& out, const T& value) {
        out.integer(value);
        return true;
    }
    template <JsonInteger T>
    static bool read(JsonReader& in, T& value) {
        return read_integer(in, value);
    }

    template <JsonInteger T>
    static bool write_key(JsonWriter& out, const T& key) {
        out.raw('"');
        out.integer(key);
        out.raw('"');
        return true;
    }
    template <JsonInteger T>
    static bool read_key(JsonReader& in, const JsonString& name, T& key) {
        std::string buffer;
        const auto text = name.text(buffer);
        JsonScanner number(text);
        return (!text.empty() && !JsonScanner::is_space(text.front()) &&
                read_integer(number, key) && number.used_up()) ||
               in.unfit("a member named by " + std::string(expected_integer<T>()), name);
    }

    template <JsonInteger T>
    static std::string expected() {
        return std::string(expected_integer<T>());
    }
    template <JsonInteger T>
    static constexpr std::string_view tag() {
        constexpr bool is_signed = std::is_signed_v<T>;
        switch (sizeof(T)) {
        case 1:
            return is_signed ? "int8" : "uint8";
        case 2:
            return is_signed ? "int16" : "uint16";
        case 4:
            return is_signed ? "int32" : "uint32";
        default:
            return is_signed ? "int64" : "uint64";
        }
    }
};

/// float and double: a number that reads back as the same value.
struct FloatingForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        return out.floating(value);
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        std::string_view text;
        if (!in.number(text, "a number"))
            return false;
        constexpr std::string_view range =
            sizeof(T) == 8 ? "a number in the range of double" : "a number in the range of float";
        return parse_floating(text, value) || in.out_of_range(range, text);
    }

    template <class T>
    static std::string expected() {
        return "a number";
    }
};

} // namespace eventsourcing::detail

#endif
