// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_NARROWED_HPP
#define EVENTSOURCING_CORE_NARROWED_HPP

#include <eventsourcing/core/require_cxx20.hpp>

namespace eventsourcing::detail {

/// A number that is known to fit, as another type. In a template, a cast that only some platforms
/// need is no `-Wuseless-cast` on the others.
template <class To, class From>
constexpr To narrowed(From number) noexcept {
    return static_cast<To>(number);
}

} // namespace eventsourcing::detail

#endif
