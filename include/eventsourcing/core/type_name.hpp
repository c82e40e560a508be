// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_TYPE_NAME_HPP
#define EVENTSOURCING_CORE_TYPE_NAME_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace eventsourcing::detail {

constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char to_lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The value of a hexadecimal digit, or -1.
constexpr int hex_digit(char c) {
    if (is_digit(c))
        return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_hex_digit(char c) {
    return hex_digit(c) >= 0;
}

/// Part of an identifier, also of one in UTF-8 or with a `$`.
constexpr bool is_name_part(char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

template <class T>
constexpr std::string_view spelled_type() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1}; // strlen is slow at compile time
}
/// The number of characters before the type in `spelled_type`, the same for all types; after it g++
/// has "; std::string_view = ...]", and clang "]".
inline constexpr std::size_t before_type = spelled_type<int>().find("T = int") + 4;
inline constexpr std::size_t after_type = spelled_type<int>().size() - before_type - 3;

/// The compiler's spelling of a type, namespaces included. It is the same in every translation unit
/// and shared library that one compiler built, and may differ between compilers.
template <class T>
constexpr std::string_view full_type_name() {
    constexpr std::string_view text = spelled_type<T>();
    return {text.data() + before_type, text.size() - before_type - after_type};
}

/// The last part of a type's name: `EntityAttacked` of `combat::(anonymous
/// namespace)::EntityAttacked`. A template keeps its arguments, so that callers can see that it is
/// one.
constexpr std::string_view last_part(std::string_view name) {
    const char* const end = name.data() + name.size();
    const char* begin = end;
    for (int depth = 0; begin != name.data(); --begin) {
        const char c = begin[-1];
        if (c == '>' || c == ')' || c == '}')
            ++depth;
        else if (c == '<' || c == '(' || c == '{')
            --depth;
        else if (c == ':' && depth == 0)
            break;
    }
    return {begin, static_cast<std::size_t>(end - begin)};
}

template <class T>
constexpr std::string_view type_name() {
    return last_part(full_type_name<T>());
}

constexpr bool is_plain_identifier(std::string_view text) {
    for (char c : text)
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '_')
            return false;
    return !text.empty() && !is_digit(text.front());
}

/// Writes `text` in snake_case to `out` and returns one past the last character written. An
/// underscore goes before each word; a run of capitals is one word up to the capital that starts
/// the next (`HTTPRequest`: `http_request`).
constexpr char* snake_case(std::string_view text, char* out) {
    char before = '\0';
    for (const char *at = text.data(), *end = at + text.size(); at != end; before = *at++) {
        const char c = *at;
        if (c < 'A' || c > 'Z') {
            *out++ = c;
            continue;
        }
        if (is_lower(before) || is_digit(before) ||
            (is_upper(before) && at + 1 != end && is_lower(at[1])))
            *out++ = '_';
        *out++ = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// The compiler's spelling of `T` with its namespaces, zero-terminated.
template <class T>
struct FullName {
    static constexpr auto text = [] {
        std::array<char, full_type_name<T>().size() + 1> out{};
        char* at = out.data();
        for (char c : full_type_name<T>())
            *at++ = c;
        return out;
    }();
};

/// The name of `T` in snake_case, zero-terminated: `entity_attacked`.
template <class T>
struct SnakeName {
    static constexpr std::string_view name = type_name<T>();
    struct Text {
        char chars[2 * name.size() + 1]; // an underscore to each letter, at most
        std::size_t size;
    };
    static constexpr Text text = [] {
        Text out{};
        out.size = static_cast<std::size_t>(snake_case(name, out.chars) - out.chars);
        return out;
    }();
    static constexpr std::string_view value{text.chars, text.size};
};

} // namespace eventsourcing::detail

#endif
