// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_NATS_HPP
#define EVENTSOURCING_CLOUDEVENTS_NATS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/binary_mode.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/header_attributes.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/cloudevents/limits.hpp>
#include <eventsourcing/cloudevents/message.hpp>
#include <eventsourcing/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A message of NATS. The case of header names makes no difference.
struct NatsMessage {
    std::vector<MessageHeader> headers{};
    std::string payload{};

    bool operator==(const NatsMessage&) const = default;
};

/// One event in binary mode, for servers from 2.2 on: an attribute is the header `ce-NAME`,
/// percent-encoded, `ce-datacontenttype` too; the payload is the data.
///
/// `errc::unsupported` for text in a character set that is not UTF-8.
[[nodiscard]] inline Result<NatsMessage> encode_nats_binary(const CloudEvent& event) {
    if (auto good = detail::check_charset(event); !good)
        return std::move(good).error();
    NatsMessage message;
    const auto add = [&message](std::string_view name, std::string_view text) {
        message.headers.push_back(detail::header_of(name, text));
    };
    detail::each_attribute(event, add);
    if (const auto type = detail::content_type_of(event))
        add("datacontenttype", *type);
    if (event.data())
        message.payload = event.data()->content;
    return message;
}

/// One event in structured mode: the payload is its JSON. A server before 2.2 takes it without the
/// header.
[[nodiscard]] inline NatsMessage encode_nats_structured(const CloudEvent& event) {
    return {{{"Content-Type", std::string(detail::structured_media_type)}},
            encode_cloud_event(event)};
}

/// Reads one event: in structured mode if the content type says so or there are no headers at all,
/// otherwise in binary mode. There an empty payload means no data, and data that should be JSON but
/// is not becomes bytes; the content type is `ce-datacontenttype`, or else the header Content-Type.
///
/// Errors: `malformed`, also for a message that is no CloudEvent; `unsupported` for another
/// `specversion` or event format; `too_large`.
[[nodiscard]] inline Result<CloudEvent> decode_nats(const NatsMessage& message,
                                                    const CloudEventLimits& limits = {}) {
    if (message.headers.empty())
        return decode_cloud_event(message.payload, limits);
    auto type = detail::header_content_type(message.headers);
    if (!type)
        return std::move(type).error();
    if (detail::mode_of(*type) != CloudEventMode::binary) {
        if (auto known = detail::check_format(**type, detail::structured_media_type); !known)
            return std::move(known).error();
        return decode_cloud_event(message.payload, limits);
    }
    if (auto fits = detail::check_message_size(message.headers, message.payload.size(), limits);
        !fits)
        return std::move(fits).error();
    detail::AttributeReader attributes;
    if (auto done = detail::read_headers(message.headers, attributes); !done)
        return std::move(done).error();
    attributes.default_content_type(*type);
    return attributes.finish(message.payload.empty() ? std::nullopt
                                                     : std::optional(message.payload));
}

} // namespace eventsourcing

#endif
