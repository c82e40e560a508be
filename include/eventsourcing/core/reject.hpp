// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_REJECT_HPP
#define EVENTSOURCING_CORE_REJECT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/explain.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

template <class T>
consteval bool explain_text_of() {
    constexpr bool has_text = requires(const T& value) {
        { value.to_string() } -> std::convertible_to<std::string>;
    };
    EVENTSOURCING_EXPLAIN(has_text,
                          "reject has no text for this argument: give it a member std::string "
                          "to_string() const, or pass a text, a number or an enumerator",
                          T);
    return has_text;
}

template <class T>
std::string text_of(const T& value) {
    if constexpr (std::convertible_to<const T&, std::string_view>)
        return std::string(std::string_view(value));
    else if constexpr (std::same_as<T, bool>)
        return value ? "true" : "false";
    else if constexpr (std::same_as<T, char>)
        return std::string(1, value);
    else if constexpr (std::is_floating_point_v<T>) {
        char text[64]; // the shortest text that is not that of another number
        return {text, std::to_chars(text, text + sizeof text, value).ptr};
    } else if constexpr (std::is_arithmetic_v<T>)
        return std::to_string(value);
    else if constexpr (NamedEnum<T>) {
        const auto name = enum_name(value);
        return name.empty() ? std::to_string(static_cast<std::underlying_type_t<T>>(value))
                            : std::string(name);
    } else if constexpr (explain_text_of<T>()) {
        return value.to_string();
    } else {
        return {};
    }
}

// Not constexpr: the call below stops the compiler and shows it this name. (No member, which clang
// would warn of if an argument is of an unnamed namespace.)
void es_the_number_of_braces_and_of_arguments_differ();

/// A text with one `{}` for each argument, which the compiler counts.
template <class... Args>
struct OneBracePairForEach {
    std::string_view text;

    template <std::size_t N>
    consteval OneBracePairForEach(const char (&literal)[N]) : text(literal, N - 1) {
        std::size_t braces = 0;
        for (std::size_t i = 0; i + 1 < N; ++i)
            braces += literal[i] == '{' && literal[i + 1] == '}' ? 1 : 0;
        if (braces != sizeof...(Args))
            es_the_number_of_braces_and_of_arguments_differ();
    }
};

template <class... Args>
std::string fill_in(std::string_view text, const Args&... args) {
    std::string out;
    [[maybe_unused]] const auto put = [&](std::string_view value) {
        const auto at = text.find("{}");
        out += text.substr(0, at);
        out += value;
        text = text.substr(at + 2);
    };
    (put(text_of(args)), ...);
    return out += text;
}

template <class T>
concept TextToRead = std::convertible_to<const T&, std::string_view>;

/// Says in the compiler's first error line why nothing can be rejected for a `Why`.
template <class Why>
consteval bool explain_reject() {
    EVENTSOURCING_EXPLAIN(TextToRead<Why>,
                          "reject takes an enumerator of an enum class of the application, or a "
                          "sentence: es::reject(Refusal::already_dead), es::reject(\"{} is dead\", "
                          "name)",
                          Why);
    EVENTSOURCING_EXPLAIN(!TextToRead<Why>,
                          "a sentence with arguments is a literal: es::reject(\"{} is dead\", "
                          "name); a text made at run time stands alone",
                          Why);
    return true;
}

} // namespace detail

/// Refuses a command for a reason of the application's own enumeration: `error == Refusal::x`
/// recognises it. The enumeration needs no specialisation. The message is the enumerator's name in
/// words.
template <NamedEnum Reason>
[[nodiscard]] constexpr Error reject(Reason reason) {
    return {errc::rejected, reason};
}

/// As above; `about` follows in the message: `already dead: ogre`.
template <NamedEnum Reason, class About>
    requires(!std::is_array_v<About>)
[[nodiscard]] constexpr Error reject(Reason reason, const About& about) {
    Error error(errc::rejected, reason);
    if (std::is_constant_evaluated())
        return error;
    const std::string words = error.message();
    return std::move(error).with_message(words + ": " + detail::text_of(about));
}

/// As above, with a sentence of its own, in which each `{}` stands for an argument.
template <NamedEnum Reason, class... Args>
[[nodiscard]] constexpr Error
reject(Reason reason, detail::OneBracePairForEach<std::type_identity_t<Args>...> sentence,
       const Args&... args) {
    Error error(errc::rejected, reason);
    if (std::is_constant_evaluated())
        return error;
    return std::move(error).with_message(detail::fill_in(sentence.text, args...));
}

/// Refuses a command with a sentence only: `reject("the {} is already dead", state.entity_id)`.
template <class... Args>
[[nodiscard]] constexpr Error
reject(detail::OneBracePairForEach<std::type_identity_t<Args>...> sentence, const Args&... args) {
    if (std::is_constant_evaluated())
        return errc::rejected;
    return {errc::rejected, detail::fill_in(sentence.text, args...)};
}

/// Refuses a command with a text that is made at run time; braces in it are only braces.
template <class Text>
    requires(std::convertible_to<const Text&, std::string_view> && !std::is_array_v<Text>)
[[nodiscard]] constexpr Error reject(const Text& text) {
    if (std::is_constant_evaluated())
        return errc::rejected;
    return {errc::rejected, std::string(std::string_view(text))};
}

/// Does not compile: says what a reason is.
template <class Why, class... Args>
    requires(!NamedEnum<Why> && !std::is_array_v<Why> &&
             (!detail::TextToRead<Why> || sizeof...(Args) != 0))
[[nodiscard]] constexpr Error reject(const Why& /*why*/, const Args&... /*args*/) {
    static_assert(detail::explain_reject<Why>());
    static_assert(NamedEnum<Why>);
    return errc::rejected;
}

} // namespace eventsourcing

#endif
