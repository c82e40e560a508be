// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_FAKE_OBJECT_HPP
#define EVENTSOURCING_CORE_FAKE_OBJECT_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <type_traits>

namespace eventsourcing::detail {

/// Holds the object, so that a type without a usable constructor needs none.
template <class T>
struct FakeHolder {
    const T value;
};

#if defined(__clang__)
#    pragma clang diagnostic push
#    pragma clang diagnostic ignored "-Wundefined-var-template"
#    pragma clang diagnostic ignored "-Wundefined-internal"
#endif

// Never defined: a link error that names it means that it was used outside a constant expression.
template <class T>
extern const FakeHolder<T> fake_holder;

/// A reference to a `T` that does not exist, for constant expressions that need an argument of the
/// type and use only its type and address: `event_family(fake_object<T>())`. Works for types that
/// are not literal (a struct with a std::string).
template <class T>
consteval const T& fake_object() {
    return fake_holder<T>.value;
}

#if defined(__clang__)
#    pragma clang diagnostic pop
#endif

/// An argument that finds out whether there is a function for `T` in a form that is not read: one
/// that takes no constant reference to it.
template <class T>
struct OtherForms {
    operator T&() const;
    operator T&&() const;
    operator T*() const;
    operator std::type_identity<T>() const;
};

} // namespace eventsourcing::detail

#endif
