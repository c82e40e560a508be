// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_MESSAGE_HEADER_HPP
#define EVENTSOURCING_CLOUDEVENTS_MESSAGE_HEADER_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <string>

namespace eventsourcing {

/// A header of a message of HTTP, Kafka or NATS. The value is as it is sent: in HTTP and NATS that
/// of a CloudEvent attribute is percent-encoded.
struct MessageHeader {
    std::string name;
    std::string value;

    bool operator==(const MessageHeader&) const = default;
};

} // namespace eventsourcing

#endif
