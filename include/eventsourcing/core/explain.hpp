// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EXPLAIN_HPP
#define EVENTSOURCING_CORE_EXPLAIN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/unmet.hpp>

namespace eventsourcing {

/// Never defined: g++ quotes its arguments, which are the cure and the types that are concerned.
template <detail::Text Cure, class... About>
struct UnmetRequirement;

namespace detail {
/// Always false; clang quotes its arguments, the types that are concerned.
template <class... About>
inline constexpr bool requirement_met_by = false;
} // namespace detail

} // namespace eventsourcing

// In a consteval function: unless `met`, the first error line of the compiler shows `cure` and the
// types that follow it. g++ leaves types out of a failed static_assert and clang cuts long texts
// out of template arguments, so each gets the form in which it shows both. The macro stays inside
// the library.
#if defined(__clang__)
#    define EVENTSOURCING_EXPLAIN(met, cure, ...)                                                  \
        if constexpr (!(met))                                                                      \
        static_assert(::eventsourcing::detail::requirement_met_by<__VA_ARGS__>, "es: " cure)
#else
#    define EVENTSOURCING_EXPLAIN(met, cure, ...)                                                  \
        if constexpr (!(met))                                                                      \
        static_cast<void>(sizeof(::eventsourcing::UnmetRequirement<"es: " cure, __VA_ARGS__>))
#endif

#endif
