// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENT_HPP
#define EVENTSOURCING_CORE_EVENT_HPP

#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/unmet.hpp>

#include <type_traits>

namespace eventsourcing {

namespace detail {

template <class E>
concept EventStruct = std::is_class_v<E> && (std::is_aggregate_v<E> || WithMembers<E>);

/// As std::copyable is for structs, at a tenth of what that costs the compiler.
template <class E>
concept CopyableStruct = std::is_copy_constructible_v<E> && std::is_copy_assignable_v<E>;

template <class E>
concept HasEventType = NamesItsType<E> || HasDerivableName<E>;

template <class E>
concept HasEventSource = NamesItsSource<E> || HasEventFamily<E>;

template <class E>
concept HasPortableMetadata = is_portable_name(EventTraits<E>::event_type) &&
                              is_portable_name(EventTraits<E>::event_type_version) &&
                              is_portable_name(EventTraits<E>::event_source);

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
    (detail::HasEventType<E> ||
     unmet<"es: name the event: declare consteval es::EventFamily event_family(const auto&) in its "
           "namespace, or, for templates and non-ASCII names, static constexpr std::string_view "
           "event_type in the struct">) &&
    (detail::HasEventSource<E> ||
     unmet<"es: say where the event comes from: declare consteval es::EventFamily "
           "event_family(const auto&) in its namespace, or static constexpr std::string_view "
           "event_source in the struct">) &&
    (detail::HasPortableMetadata<E> ||
     unmet<"es: event_type, event_type_version and event_source are 1 to 255 printable ASCII "
           "characters without blanks">);

} // namespace eventsourcing

#endif
