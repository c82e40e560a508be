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

// A data member of such a name is data, and says nothing about the type.
template <class E>
concept NamesItsType = requires {
    { E::event_type } -> std::convertible_to<std::string_view>;
    requires !std::is_member_object_pointer_v<decltype(&E::event_type)>;
};
template <class E>
concept NamesItsVersion = requires {
    { E::event_type_version } -> std::convertible_to<std::string_view>;
    requires !std::is_member_object_pointer_v<decltype(&E::event_type_version)>;
};
template <class E>
concept NamesItsSource = requires {
    { E::event_source } -> std::convertible_to<std::string_view>;
    requires !std::is_member_object_pointer_v<decltype(&E::event_source)>;
};
template <class E>
concept NamesItsAliases = requires {
    E::event_type_aliases.size();
    { E::event_type_aliases[0] } -> std::convertible_to<std::string_view>;
    requires !std::is_member_object_pointer_v<decltype(&E::event_type_aliases)>;
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

/// What a struct says of itself, and its family of all others.
template <class E>
consteval EventFamily event_metadata_of() {
    EventFamily metadata{};
    if constexpr (HasEventFamily<E>)
        metadata = family_of<E>;
    if constexpr (NamesItsType<E>)
        metadata.name = E::event_type;
    else
        metadata.name = DerivedTypeName<E>::value;
    if constexpr (NamesItsVersion<E>)
        metadata.version = E::event_type_version;
    if constexpr (NamesItsSource<E>)
        metadata.source = E::event_source;
    else
        metadata.source = family_of<E>.source; // there must be one
    return metadata;
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
private:
    static constexpr EventFamily metadata = detail::event_metadata_of<E>();

public:
    /// The stored name, `combat.entity_attacked`.
    static constexpr std::string_view event_type = metadata.name;
    /// Opaque; a stored event in another version is `errc::unknown_version`.
    static constexpr std::string_view event_type_version = metadata.version;
    static constexpr std::string_view event_source = metadata.source;
    /// The URI of the schema; empty for none.
    static constexpr std::string_view event_schema = metadata.schema;
    /// Names under which older events of this type were stored; read, never written.
    static constexpr auto event_type_aliases = detail::event_aliases_of<E>();
};

} // namespace eventsourcing

#endif
