// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_KEEP_PENDING_HPP
#define EVENTSOURCING_RUNTIME_KEEP_PENDING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>

#include <utility>

namespace eventsourcing::detail {

/// An error whose outcome is unknown, with the append that `make` makes, to be sent again later. If
/// making it throws, the outcome stays unknown.
template <class Make>
[[gnu::cold]] Error keep_pending(Error&& error, const Make& make) {
    auto carried = guarded("keeping the append for a retry", [&]() -> Result<void> {
        return std::move(error).with_attached(make());
    });
    return std::move(carried).error().with_outcome(Outcome::unknown);
}

} // namespace eventsourcing::detail

#endif
