// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENT_TRAITS_HPP
#define EVENTSOURCING_CORE_EVENT_TRAITS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/upcast_form.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

// A data member with such a name is data, and says nothing about the type.
template <class E>
concept NamesItsType = NamesText_event_type<E>;
template <class E>
concept NamesItsVersion = NamesText_event_type_version<E>;
template <class E>
concept NamesItsSource = NamesText_event_source<E>;
template <class E>
concept NamesItsAliases = !HasField_event_type_aliases<E> && requires {
    typename Constant<std::size_t, E::event_type_aliases.size()>;
    { E::event_type_aliases[0] } -> std::convertible_to<std::string_view>;
};

/// An event that names the tags by which it can be found.
template <class E>
concept NamesItsTags = requires(const E& event) {
    event.event_tags().begin();
    std::string_view(*event.event_tags().begin());
    requires !requires { E::event_tags(); }; // static: it would not see the event
};

/// Neither a member of another form nor a function outside of the event, which is not called.
template <class E>
concept NoTagsOrInForm =
    NamesItsTags<E> || (!has_event_tags<E>() && !requires { event_tags(fake_object<E>()); });

/// All that the event names itself is in the form that the library reads.
template <class E>
concept CustomisesInForm =
    (!Declares_event_type<E> || NamesItsType<E>) &&
    (!Declares_event_type_version<E> || NamesItsVersion<E>) &&
    (!Declares_event_source<E> || NamesItsSource<E>) &&
    (!Declares_event_type_aliases<E> || NamesItsAliases<E>) && NoTagsOrInForm<E> &&
    (!Declares_upcast<E> || HasUpcast<E>) && (!FindsEventFamily<E> || HasEventFamily<E>);

/// Stops with the right form if the event names something in another form.
template <class E>
consteval bool check_event_names() {
    if constexpr (CustomisesInForm<E>) {
        return true;
    } else {
        EVENTSOURCING_EXPLAIN((!Declares_event_type<E> || NamesItsType<E>),
                              "`event_type` is declared in a form that the library does not read; "
                              "write, public: `static constexpr std::string_view event_type = "
                              "\"shop.bought\";` (or give this member another name)",
                              E);
        EVENTSOURCING_EXPLAIN((!Declares_event_type_version<E> || NamesItsVersion<E>),
                              "`event_type_version` is declared in a form that the library does "
                              "not read; write, public: `static constexpr std::string_view "
                              "event_type_version = \"2\";` (or give this member another name)",
                              E);
        EVENTSOURCING_EXPLAIN(
            (!Declares_event_source<E> || NamesItsSource<E>),
            "`event_source` is declared in a form that the library does not "
            "read; write, public: `static constexpr std::string_view event_source "
            "= \"events://example.org/shop\";` (or give this member another name)",
            E);
        EVENTSOURCING_EXPLAIN((!Declares_event_type_aliases<E> || NamesItsAliases<E>),
                              "`event_type_aliases` is declared in a form that the library does "
                              "not read; write, public: `static constexpr std::array "
                              "event_type_aliases{std::string_view{\"shop.sold\"}};` (or give this "
                              "member another name)",
                              E);
        EVENTSOURCING_EXPLAIN(NoTagsOrInForm<E>,
                              "`event_tags` is declared in a form that the library does not read; "
                              "write, public: `std::vector<std::string> event_tags() const` (or "
                              "give this member another name)",
                              E);
        EVENTSOURCING_EXPLAIN(
            (!Declares_upcast<E> || HasUpcast<E>),
            "`upcast` is declared in a form that the library does not read; "
            "write, public and once: `static E upcast(const EBefore& old)`, where "
            "E is this struct (or give this member another name)",
            E);
        return check_event_family<E>() && false;
    }
}

/// A struct whose name can become a stored name: not a template, ASCII letters and digits only.
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

/// What a struct says about itself, otherwise what its family says.
template <class E>
consteval EventFamily event_metadata_of() {
    EventFamily metadata{};
    if constexpr (!check_event_names<E>())
        return metadata;
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

namespace detail {

/// Each alias is another name than that of the event, and stands once.
template <class E>
consteval bool aliases_differ() {
    const auto& aliases = EventTraits<E>::event_type_aliases;
    for (std::size_t i = 0; i < aliases.size(); ++i) {
        if (aliases[i] == EventTraits<E>::event_type)
            return false;
        for (std::size_t j = 0; j < i; ++j)
            if (aliases[i] == aliases[j])
                return false;
    }
    return true;
}

template <class E, class... About>
consteval bool explain_aliases() {
    EVENTSOURCING_EXPLAIN(aliases_differ<E>(),
                          "an alias of this event is its own event_type, or stands twice in "
                          "event_type_aliases; remove it: aliases are older names",
                          About..., E);
    return true;
}

} // namespace detail

} // namespace eventsourcing

#endif
