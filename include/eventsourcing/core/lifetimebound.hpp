// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_LIFETIMEBOUND_HPP
#define EVENTSOURCING_CORE_LIFETIMEBOUND_HPP

#include <eventsourcing/core/require_cxx20.hpp>

// After a parameter, or after a member function: the result is a view of that object, so a compiler
// that knows the attribute warns if the object is a temporary that is destroyed after the full
// expression. An argument of a call lives long enough, and no compiler warns of one.
#if defined(__clang__) && defined(__has_cpp_attribute)
#    if __has_cpp_attribute(clang::lifetimebound)
#        define EVENTSOURCING_LIFETIMEBOUND [[clang::lifetimebound]]
#    endif
#endif
#if !defined(EVENTSOURCING_LIFETIMEBOUND)
#    define EVENTSOURCING_LIFETIMEBOUND
#endif

#endif
