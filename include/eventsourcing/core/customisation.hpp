// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_CUSTOMISATION_HPP
#define EVENTSOURCING_CORE_CUSTOMISATION_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

// A class customises the library by members with certain names. A member that has the name but
// another form (not static, not const, private, of another type) must not be ignored: the library
// asks whether the form is right, and if not, whether the name exists at all.
//
// A private member can't be seen, but its name can: in a class that derives from it and from a
// class that has the name too, the name is ambiguous.

namespace eventsourcing::detail {

template <class T, T>
struct Constant;

/// Every name by which a class customises the library.
struct CustomisationNames {
    int event_type, event_type_version, event_source, event_type_aliases, event_tags; // events
    int upcast;                                        // events that had another form
    int category, evolve_revision, unknown_events;     // aggregates
    int key, apply_revision, create;                   // projections
    int members, json_name, json_value, parse, layout; // JSON
    int attributes, check;                             // extensions of CloudEvents
    int capabilities, url_scheme;                      // sinks and stores
};

template <class T>
struct NameProbe : T, CustomisationNames {};

// A final class can't be derived from: there the library sees public members only, and of
// functions those that have one overload.
#define EVENTSOURCING_CUSTOMISATION(name)                                                          \
    template <class T>                                                                             \
    consteval bool has_##name() {                                                                  \
        if constexpr (!std::is_class_v<T>)                                                         \
            return false;                                                                          \
        else if constexpr (std::is_final_v<T>)                                                     \
            return requires { &T::name; } || requires { sizeof(T::name); };                        \
        else                                                                                       \
            return !requires { &NameProbe<T>::name; };                                             \
    }                                                                                              \
    /** A public data member of each object, which is data and customises nothing. */              \
    template <class T>                                                                             \
    concept HasField_##name =                                                                      \
        requires { requires std::is_member_object_pointer_v<decltype(&T::name)>; };                \
    /** There is something of this name that is no field. */                                       \
    template <class T>                                                                             \
    concept Declares_##name = has_##name<T>() && !HasField_##name<T>;                              \
    /** Declared as the library reads a text: static constexpr, public. */                         \
    template <class T>                                                                             \
    concept NamesText_##name = !HasField_##name<T> && requires {                                   \
        requires std::is_convertible_v<decltype((T::name)), std::string_view>;                     \
        typename Constant<std::size_t, std::string_view(T::name).size()>;                          \
    };

EVENTSOURCING_CUSTOMISATION(event_type)
EVENTSOURCING_CUSTOMISATION(event_type_version)
EVENTSOURCING_CUSTOMISATION(event_source)
EVENTSOURCING_CUSTOMISATION(event_type_aliases)
EVENTSOURCING_CUSTOMISATION(event_tags)
EVENTSOURCING_CUSTOMISATION(upcast)
EVENTSOURCING_CUSTOMISATION(category)
EVENTSOURCING_CUSTOMISATION(evolve_revision)
EVENTSOURCING_CUSTOMISATION(unknown_events)
EVENTSOURCING_CUSTOMISATION(key)
EVENTSOURCING_CUSTOMISATION(apply_revision)
EVENTSOURCING_CUSTOMISATION(create)
EVENTSOURCING_CUSTOMISATION(members)
EVENTSOURCING_CUSTOMISATION(json_name)
EVENTSOURCING_CUSTOMISATION(json_value)
EVENTSOURCING_CUSTOMISATION(parse)
EVENTSOURCING_CUSTOMISATION(layout)
EVENTSOURCING_CUSTOMISATION(attributes)
EVENTSOURCING_CUSTOMISATION(check)
EVENTSOURCING_CUSTOMISATION(capabilities)
EVENTSOURCING_CUSTOMISATION(url_scheme)
#undef EVENTSOURCING_CUSTOMISATION

} // namespace eventsourcing::detail

#endif
