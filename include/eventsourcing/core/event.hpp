// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENT_HPP
#define EVENTSOURCING_CORE_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/core/uri_reader.hpp>

#include <type_traits>

namespace eventsourcing {

namespace detail {

template <class E>
concept EventStruct = std::is_class_v<E> && (std::is_aggregate_v<E> || WithMembers<E>);

/// As std::copyable for structs, at a tenth of its compile time.
template <class E>
concept CopyableStruct = std::is_copy_constructible_v<E> && std::is_copy_assignable_v<E>;

template <class E>
concept HasEventType = NamesItsType<E> || HasDerivableName<E>;

template <class E>
concept HasEventSource = NamesItsSource<E> || HasEventFamily<E>;

/// A derived name begins with that of the family and a dot.
template <class E>
concept HasPortableType = is_portable_name(EventTraits<E>::event_type) &&
                          (NamesItsType<E> || EventTraits<E>::event_type.front() != '.');

/// (Not asked of events without aliases.)
template <class E>
concept HasDistinctAliases = !NamesItsAliases<E> || aliases_differ<E>();

template <class E>
concept HasPortableVersion = is_portable_name(EventTraits<E>::event_type_version);

/// As CloudEvents requires: an event with another source could be stored, but never exported.
template <class E>
concept HasPortableSource = is_portable_name(EventTraits<E>::event_source) &&
                            UriReader(EventTraits<E>::event_source).read();

template <class E>
concept HasPortableSchema =
    EventTraits<E>::event_schema.empty() || UriReader(EventTraits<E>::event_schema).read_absolute();

} // namespace detail

/// A fact that happened, in the past tense: a plain, copyable struct with a stored name, a version
/// and a source. It needs no base class, no macro and no include of ours.
///
/// Left in on purpose: structs without fields, local structs, structs with a `members` line for
/// private fields. Left out on purpose: unions, enumerations and variants (a variant of events is
/// the `Event` of an aggregate).
template <class E>
concept Event =
    (detail::EventStruct<E> || unmet<"es: an event is a plain struct: no constructors, no private "
                                     "members, no virtual functions (or it has a members line)">) &&
    (detail::CopyableStruct<E> || unmet<"es: an event is copyable">) &&
    (detail::CustomisesInForm<E> ||
     unmet<"es: event_type, event_type_version, event_source, event_type_aliases, event_tags, "
           "upcast or event_family is declared in a form that the library does not read">) &&
    (detail::HasEventType<E> ||
     unmet<"es: name the event: declare consteval es::EventFamily event_family(const auto&) in its "
           "namespace, or, for templates and non-ASCII names, static constexpr std::string_view "
           "event_type in the struct">) &&
    (detail::HasEventSource<E> ||
     unmet<"es: say where the event comes from: declare consteval es::EventFamily "
           "event_family(const auto&) in its namespace, or static constexpr std::string_view "
           "event_source in the struct">) &&
    (detail::HasPortableType<E> ||
     unmet<"es: event_type, or the name of the event_family, is empty, or not 1 to 255 printable "
           "ASCII characters without blanks">) &&
    (detail::HasDistinctAliases<E> ||
     unmet<"es: an alias of the event is its own event_type, or stands twice in "
           "event_type_aliases">) &&
    (detail::HasPortableVersion<E> ||
     unmet<"es: event_type_version, or the version of the event_family, is not 1 to 255 printable "
           "ASCII characters without blanks">) &&
    (detail::HasPortableSource<E> ||
     unmet<"es: event_source, or the source of the event_family, is not a URI-reference of 1 to "
           "255 characters, as in events://example.org/shop">) &&
    (detail::HasPortableSchema<E> ||
     unmet<"es: the schema of the event_family is not an absolute URI without a fragment, as in "
           "https://example.org/schemas/shop">);

} // namespace eventsourcing

#endif
