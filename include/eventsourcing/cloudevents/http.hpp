// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_HTTP_HPP
#define EVENTSOURCING_CLOUDEVENTS_HTTP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/binary_mode.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/header_attributes.hpp>
#include <eventsourcing/cloudevents/json_batch.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/cloudevents/limits.hpp>
#include <eventsourcing/cloudevents/message.hpp>
#include <eventsourcing/core/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// The part of an HTTP request or response that carries events. The case of header names makes no
/// difference; other headers are ignored.
struct HttpMessage {
    std::vector<MessageHeader> headers{};
    std::string body{};

    bool operator==(const HttpMessage&) const = default;
};

/// One event in binary mode: an attribute is the header `ce-NAME`, percent-encoded; the content
/// type is that of the data, and the body is the data.
///
/// `errc::unsupported` if the data's own content type is one of CloudEvents, which would be taken
/// for that of the message, and for text in a character set that is not UTF-8.
[[nodiscard]] inline Result<HttpMessage> encode_http_binary(const CloudEvent& event) {
    if (auto good = detail::check_charset(event); !good)
        return std::move(good).error();
    HttpMessage message;
    detail::each_attribute(event, [&message](std::string_view name, std::string_view text) {
        message.headers.push_back(detail::header_of(name, text));
    });
    if (auto type = detail::content_type_of(event)) {
        if (auto good = detail::check_binary(type); !good)
            return std::move(good).error();
        message.headers.push_back({"Content-Type", *std::move(type)});
    }
    if (event.data())
        message.body = event.data()->content;
    return message;
}

/// One event in structured mode: the body is its JSON.
[[nodiscard]] inline HttpMessage encode_http_structured(const CloudEvent& event) {
    return {{{"Content-Type", std::string(detail::structured_media_type)}},
            encode_cloud_event(event)};
}

/// Any number of events in batched mode; send it only to receivers that have asked for it.
[[nodiscard]] inline HttpMessage encode_http_batch(std::span<const CloudEvent> events) {
    return {{{"Content-Type", std::string(detail::batch_media_type)}},
            encode_cloud_event_batch(events)};
}

namespace detail {

inline Result<CloudEvent> decode_http_binary(const HttpMessage& message,
                                             const std::optional<std::string>& content_type) {
    AttributeReader attributes;
    auto done = read_headers(message.headers, attributes);
    if (done)
        done = attributes.content_type(content_type);
    if (!done)
        return std::move(done).error();
    return attributes.finish(message.body.empty() ? std::nullopt : std::optional(message.body));
}

} // namespace detail

/// How a message carries events, by its content type; the body is not read. Errors: `malformed` if
/// it has two content types.
[[nodiscard]] inline Result<CloudEventMode> http_mode(const HttpMessage& message) {
    return detail::header_content_type(message.headers).transform(detail::mode_of);
}

/// Reads one event, in binary or in structured mode. In binary mode an empty body means no data,
/// and data that should be JSON but is not becomes bytes.
///
/// Errors: `malformed`, also for a message that is no CloudEvent; `unsupported` for another
/// `specversion` or event format, and for a batch; `too_large`.
[[nodiscard]] inline Result<CloudEvent> decode_http(const HttpMessage& message,
                                                    const CloudEventLimits& limits = {}) {
    auto type = detail::header_content_type(message.headers);
    if (!type)
        return std::move(type).error();
    switch (detail::mode_of(*type)) {
    case CloudEventMode::batch:
        return Error(errc::unsupported, "CloudEvent message: expected one event, got a batch; "
                                        "decode_http_batch reads it");
    case CloudEventMode::structured:
        if (auto known = detail::check_format(**type, detail::structured_media_type); !known)
            return std::move(known).error();
        return decode_cloud_event(message.body, limits);
    case CloudEventMode::binary:
        break;
    }
    if (auto fits = detail::check_message_size(message.headers, message.body.size(), limits); !fits)
        return std::move(fits).error();
    return detail::decode_http_binary(message, *type);
}

/// Reads the events of a message in any mode: a batch, or the one event.
///
/// Errors are those of `decode_http` and `decode_cloud_event_batch`.
[[nodiscard]] inline Result<std::vector<CloudEvent>>
decode_http_batch(const HttpMessage& message, const CloudEventLimits& limits = {}) {
    auto type = detail::header_content_type(message.headers);
    if (!type)
        return std::move(type).error();
    if (detail::mode_of(*type) == CloudEventMode::batch) {
        if (auto known = detail::check_format(**type, detail::batch_media_type); !known)
            return std::move(known).error();
        return decode_cloud_event_batch(message.body, limits);
    }
    auto event = decode_http(message, limits);
    if (!event)
        return std::move(event).error();
    std::vector<CloudEvent> events;
    events.push_back(*std::move(event));
    return events;
}

} // namespace eventsourcing

#endif
