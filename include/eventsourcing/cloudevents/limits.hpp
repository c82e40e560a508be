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

/// The most bytes that are read from outside; more is `errc::too_large`. The size of a text or
/// message is checked before it is read, that of an event in a batch afterwards. (JSON may always
/// be nested 64 levels deep.)
struct CloudEventLimits {
    /// The size of one event: its JSON text, also in a batch, or its headers and body.
    std::size_t event_size = std::size_t{16} * 1024 * 1024;
    /// The size of a batch.
    std::size_t batch_size = std::size_t{64} * 1024 * 1024;
};

namespace detail {

inline Result<void> check_input_size(std::string_view what, std::size_t size, std::size_t limit) {
    if (size <= limit)
        return {};
    return Error(errc::too_large, std::string(what) + ": " + std::to_string(size) +
                                      " bytes; at most " + std::to_string(limit) +
                                      " are allowed, see CloudEventLimits");
}

} // namespace detail

} // namespace eventsourcing

#endif
