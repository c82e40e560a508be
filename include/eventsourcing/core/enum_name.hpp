// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ENUM_NAME_HPP
#define EVENTSOURCING_CORE_ENUM_NAME_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

// The compiler prints an enumerator by name and any other value as a cast, "(Kind)7". Printing all
// values of the range in one signature costs one instantiation an enum.
template <class E, E... Values>
constexpr std::string_view enumerators_text() {
    return __PRETTY_FUNCTION__;
}

template <class E>
inline constexpr int enum_first = std::is_signed_v<std::underlying_type_t<E>> ? -16 : 0;
template <class E>
inline constexpr int enum_last =
    sizeof(E) == 1 && std::is_signed_v<std::underlying_type_t<E>> ? 127 : 239;

template <class E, std::size_t... I>
constexpr std::string_view enumerators_text(std::index_sequence<I...>) {
    return enumerators_text<E, static_cast<E>(static_cast<int>(I) + enum_first<E>)...>();
}

/// The name in one printed value, or nothing where the value is printed as a cast.
constexpr std::string_view enumerator(std::string_view token) {
    if (const auto close = token.rfind(')'); close != token.npos) {
        const auto rest = token.substr(close + 1);
        if (rest.empty() || rest.front() == '-' || (rest.front() >= '0' && rest.front() <= '9'))
            return {};
        token = rest;
    }
    if (const auto colon = token.rfind(':'); colon != token.npos)
        token = token.substr(colon + 1);
    return token;
}

template <class E>
struct EnumNames {
    static constexpr std::size_t count = static_cast<std::size_t>(enum_last<E> - enum_first<E> + 1);

    static constexpr auto names = [] {
        std::array<std::string_view, count> out{};
        std::string_view text = enumerators_text<E>(std::make_index_sequence<count>{});
        text = text.substr(text.find("Values = ") + 10); // after "Values = {" or "Values = <"
        text = text.substr(0, text.rfind("; std::string_view")); // g++ says more, clang does not
        text = text.substr(0, text.find_last_of("}>"));
        for (auto& name : out) {
            const auto end = text.find(", ");
            name = enumerator(text.substr(0, end));
            text = end == text.npos ? std::string_view{} : text.substr(end + 2);
        }
        return out;
    }();
};

} // namespace detail

/// An enumeration whose enumerators can be named: a scoped one, or one with a written type.
///
/// Left out on purpose: `enum E { a }` without a type, whose values outside its enumerators are not
/// constant expressions.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { E{0}; };

/// The name of an enumerator, `already_dead`; empty for a value that has none.
/// Values from -16 to 239 are looked at (to 127 in an 8-bit signed type).
template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
    const auto number = static_cast<std::underlying_type_t<E>>(value);
    if constexpr (detail::enum_first<E> < 0) {
        if (number < detail::enum_first<E>)
            return {};
    }
    const auto index =
        static_cast<std::size_t>(static_cast<long long>(number) - detail::enum_first<E>);
    return index < detail::EnumNames<E>::count ? detail::EnumNames<E>::names[index]
                                               : std::string_view{};
}

/// The enumerator of this name, or nothing. Linear in the range that `enum_name` looks at.
template <NamedEnum E>
constexpr std::optional<E> enum_value(std::string_view name) {
    const auto& names = detail::EnumNames<E>::names;
    for (std::size_t i = 0; i < names.size() && !name.empty(); ++i)
        if (names[i] == name)
            return static_cast<E>(static_cast<int>(i) + detail::enum_first<E>);
    return std::nullopt;
}

} // namespace eventsourcing

#endif
