// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EXPLAIN_EVENT_HPP
#define EVENTSOURCING_CORE_EXPLAIN_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <type_traits>

namespace eventsourcing::detail {

/// A struct of the domain: types of std and types that are no classes can't be events.
template <class E>
consteval bool is_of_domain() {
    if constexpr (std::is_class_v<E>)
        return !full_type_name<E>().starts_with("std::");
    else
        return false;
}

template <class A, class E>
consteval bool explain_event_type() {
    EVENTSOURCING_EXPLAIN(
        is_of_domain<E>(),
        "an event is a struct of its own, whose name says what happened; wrap this "
        "(struct Counted { int count; };) or remove it",
        A, E);
    EVENTSOURCING_EXPLAIN(
        EventStruct<E>,
        "an event is a plain struct: no constructors, no private members; or give this "
        "one a line `static void members(auto& self, auto&& member) { "
        "member(\"x\", self.x); }`",
        A, E);
    EVENTSOURCING_EXPLAIN(CopyableStruct<E>, "an event is copyable", A, E);
    if constexpr (!check_event_names<E>())
        return false;
    EVENTSOURCING_EXPLAIN(
        HasEventType<E>,
        "name the event: consteval es::EventFamily event_family(const auto&) in its "
        "namespace, or static constexpr std::string_view event_type in the struct",
        A, E);
    EVENTSOURCING_EXPLAIN(
        HasEventSource<E>,
        "say where the event comes from: consteval es::EventFamily event_family(const auto&) in "
        "its namespace, or static constexpr std::string_view event_source in the struct",
        A, E);
    if constexpr (HasEventType<E> && HasEventSource<E>) {
        EVENTSOURCING_EXPLAIN(HasPortableType<E>,
                              "event_type, or the name of the event_family, is empty, or not 1 to "
                              "255 printable ASCII characters without blanks; write .name = "
                              "\"shop\" in event_family",
                              A, E);
        static_assert(explain_aliases<E, A>());
        EVENTSOURCING_EXPLAIN(HasPortableVersion<E>,
                              "event_type_version, or the version of the event_family, is not 1 to "
                              "255 printable ASCII characters without blanks; write \"1.0\"",
                              A, E);
        EVENTSOURCING_EXPLAIN(HasPortableSource<E>,
                              "event_source, or the source of the event_family, is not a "
                              "URI-reference of 1 to 255 characters; write .source = "
                              "\"events://example.org/shop\" in event_family",
                              A, E);
        EVENTSOURCING_EXPLAIN(HasPortableSchema<E>,
                              "the schema of the event_family is not an absolute URI without a "
                              "fragment; write .schema = \"https://example.org/schemas/shop\", or "
                              "leave it out",
                              A, E);
        return Event<E>;
    }
    return false;
}

/// The same for all events that one function of the library was given.
template <class... Es>
consteval bool explain_events(TypeList<Es...> /*events*/) {
    if constexpr ((Event<Es> && ...))
        return true;
    else
        return (explain_event_type<void, Es>() && ...);
}

} // namespace eventsourcing::detail

#endif
