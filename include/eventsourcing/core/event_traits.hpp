// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENT_TRAITS_HPP
#define EVENTSOURCING_CORE_EVENT_TRAITS_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

template <class E>
concept NamesItsType = requires {
    { E::event_type } -> std::convertible_to<std::string_view>;
};
template <class E>
concept NamesItsVersion = requires {
    { E::event_type_version } -> std::convertible_to<std::string_view>;
};
template <class E>
concept NamesItsSource = requires {
    { E::event_source } -> std::convertible_to<std::string_view>;
};
template <class E>
concept NamesItsAliases = requires {
    E::event_type_aliases.size();
    { E::event_type_aliases[0] } -> std::convertible_to<std::string_view>;
};

/// A struct whose own name can become a stored name: not a template, ASCII letters and digits only.
template <class E>
concept HasDerivableName = HasEventFamily<E> && is_plain_identifier(type_name<E>());

/// `family.snake_case_of_struct`, put together at compile time.
template <class E>
struct DerivedTypeName {
    static constexpr std::string_view family = family_of<E>.name;
    static constexpr std::string_view name = type_name<E>();
    struct Text {
        char chars[family.size() + 1 + 2 * name.size()]; // an underscore to each letter, at most
        std::size_t size;
    };
    static constexpr Text text = [] {
        Text out{};
        char* at = out.chars;
        for (char c : family)
            *at++ = c;
        *at++ = '.';
        out.size = static_cast<std::size_t>(snake_case(name, at) - out.chars);
        return out;
    }();
    static constexpr std::string_view value{text.chars, text.size};
};

template <class E>
consteval std::string_view event_type_of() {
    if constexpr (NamesItsType<E>)
        return E::event_type;
    else
        return DerivedTypeName<E>::value;
}

template <class E>
consteval std::string_view event_version_of() {
    if constexpr (NamesItsVersion<E>)
        return E::event_type_version;
    else if constexpr (HasEventFamily<E>)
        return family_of<E>.version;
    else
        return EventFamily{}.version;
}

template <class E>
consteval std::string_view event_source_of() {
    if constexpr (NamesItsSource<E>)
        return E::event_source;
    else
        return family_of<E>.source;
}

template <class E>
consteval std::string_view event_schema_of() {
    if constexpr (HasEventFamily<E>)
        return family_of<E>.schema;
    else
        return {};
}

template <class E>
consteval auto event_aliases_of() {
    if constexpr (NamesItsAliases<E>) {
        std::array<std::string_view, E::event_type_aliases.size()> out{};
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = E::event_type_aliases[i];
        return out;
    } else {
        return std::array<std::string_view, 0>{};
    }
}

/// Printable ASCII without blanks: what every engine, header and log can carry unchanged.
constexpr bool is_portable_name(std::string_view text) {
    for (char c : text)
        if (c <= ' ' || c > '~')
            return false;
    return !text.empty() && text.size() <= 255;
}

} // namespace detail

/// The metadata of an event type, from the struct itself or from the family of its namespace.
///
/// A struct replaces what it names itself: `static constexpr std::string_view event_type`,
/// `event_type_version`, `event_source`, and older names in
/// `static constexpr std::array event_type_aliases{std::string_view{"..."}}`.
template <class E>
struct EventTraits {
    /// The stored name, `combat.entity_attacked`.
    static constexpr std::string_view event_type = detail::event_type_of<E>();
    /// Opaque; a stored event in another version is `errc::unknown_version`.
    static constexpr std::string_view event_type_version = detail::event_version_of<E>();
    static constexpr std::string_view event_source = detail::event_source_of<E>();
    /// The URI of the schema; empty for none.
    static constexpr std::string_view event_schema = detail::event_schema_of<E>();
    /// Names under which older events of this type were stored; read, never written.
    static constexpr auto event_type_aliases = detail::event_aliases_of<E>();
};

} // namespace eventsourcing

#endif
