// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_DEPENDENT_HPP
#define EVENTSOURCING_CORE_DEPENDENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>

namespace eventsourcing::detail {

template <class X, class T>
struct DependentOf {
    using type = X;
};

/// `X`, in a template with the parameter `T`. A compiler can't look into it before the template is
/// used, so that a file that only includes the template does not compile containers of `X`.
template <class X, class T>
using Dependent = typename DependentOf<X, T>::type;

} // namespace eventsourcing::detail

#endif
