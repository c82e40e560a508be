// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_LIMITS_HPP
#define EVENTSOURCING_CLOUDEVENTS_LIMITS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing {

/// How much is read from outside, in bytes; what is over it is `errc::too_large`. A text or message
/// is measured before it is read, an event of a batch once it is. (How deep JSON may be nested is
/// no choice: 64 levels.)
struct CloudEventLimits {
    /// Of one event: its JSON text, also in a batch, or its headers and body.
    std::size_t event_size = std::size_t{16} * 1024 * 1024;
    /// Of a batch.
    std::size_t batch_size = std::size_t{64} * 1024 * 1024;
};

namespace detail {

inline Result<void> check_size(std::string_view what, std::size_t size, std::size_t limit) {
    if (size <= limit)
        return {};
    return Error(errc::too_large, std::string(what) + ": " + std::to_string(size) +
                                      " bytes; at most " + std::to_string(limit) +
                                      " are taken here, see CloudEventLimits");
}

} // namespace detail

} // namespace eventsourcing

#endif
