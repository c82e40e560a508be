// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_TYPE_NAME_HPP
#define EVENTSOURCING_CORE_TYPE_NAME_HPP

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

/// The compiler's spelling of a type, namespaces included. It is the same in every translation unit
/// and shared library that one compiler built, and may differ between compilers.
template <class T>
constexpr std::string_view full_type_name() {
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    constexpr auto begin = text.find("T = ") + 4;
    // g++ ends with "; std::string_view = ...]", clang with "]"
    constexpr auto semicolon = text.rfind("; std::string_view");
    constexpr auto end = semicolon == text.npos ? text.size() - 1 : semicolon;
    return text.substr(begin, end - begin);
}

/// The last part of a type's name: `EntityAttacked` of `combat::(anonymous
/// namespace)::EntityAttacked`. A template keeps its arguments, so that callers can see that it is
/// one.
template <class T>
constexpr std::string_view type_name() {
    std::string_view text = full_type_name<T>();
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '<' || c == '(' || c == '{')
            ++depth;
        else if (c == '>' || c == ')' || c == '}')
            --depth;
        else if (c == ':' && depth == 0)
            begin = i + 1;
    }
    return text.substr(begin);
}

constexpr bool is_plain_identifier(std::string_view text) {
    for (char c : text)
        if (!is_upper(c) && !is_lower(c) && !is_digit(c) && c != '_')
            return false;
    return !text.empty() && !is_digit(text.front());
}

/// Whether an underscore goes before `text[i]`: at the start of each word, where a run of capitals
/// is one word up to the capital that starts the next (`HTTPRequest`: `http_request`).
constexpr bool starts_word(std::string_view text, std::size_t i) {
    if (i == 0 || !is_upper(text[i]))
        return false;
    if (is_lower(text[i - 1]) || is_digit(text[i - 1]))
        return true;
    return is_upper(text[i - 1]) && i + 1 < text.size() && is_lower(text[i + 1]);
}

/// Writes `text` in snake_case to `out` and returns one past the last character written.
constexpr char* snake_case(std::string_view text, char* out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (starts_word(text, i))
            *out++ = '_';
        *out++ = to_lower(text[i]);
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
