// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_KAFKA_HPP
#define EVENTSOURCING_CLOUDEVENTS_KAFKA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/binary_mode.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
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

/// A record of Kafka. Its key is not part of the event; a tombstone has no value, which differs
/// from an empty one.
struct KafkaMessage {
    std::optional<std::string> key{};
    std::vector<MessageHeader> headers{};
    std::optional<std::string> value{};

    bool operator==(const KafkaMessage&) const = default;
};

/// The extension `partitionkey`, for applications that want it as the key of the record; nothing if
/// the event has none.
[[nodiscard]] inline std::optional<std::string> kafka_partition_key(const CloudEvent& event) {
    const auto* key = event.extension("partitionkey");
    return key ? std::optional(key->to_string()) : std::nullopt;
}

/// One event in binary mode: an attribute is the header `ce_NAME`, in UTF-8 as it is; the header
/// `content-type` is that of the data, and the value is the data. An event without data is a
/// tombstone. `key` is the key of the record, if any.
///
/// `errc::unsupported` if the data's own content type is one of CloudEvents, which would be taken
/// for that of the message, and for text in a character set that is not UTF-8.
[[nodiscard]] inline Result<KafkaMessage> encode_kafka_binary(const CloudEvent& event,
                                                              std::optional<std::string> key = {}) {
    if (auto good = detail::check_charset(event); !good)
        return std::move(good).error();
    KafkaMessage message{.key = std::move(key)};
    detail::each_attribute(event, [&message](std::string_view name, std::string_view text) {
        message.headers.push_back({"ce_" + std::string(name), std::string(text)});
    });
    if (auto type = detail::content_type_of(event)) {
        if (auto good = detail::check_binary(type); !good)
            return std::move(good).error();
        message.headers.push_back({"content-type", *std::move(type)});
    }
    if (event.data())
        message.value = event.data()->content;
    return message;
}

/// One event in structured mode: the value is its JSON.
[[nodiscard]] inline KafkaMessage encode_kafka_structured(const CloudEvent& event,
                                                          std::optional<std::string> key = {}) {
    return {.key = std::move(key),
            .headers = {{"content-type", std::string(detail::structured_media_type)}},
            .value = encode_cloud_event(event)};
}

namespace detail {

inline Result<CloudEvent> decode_kafka_binary(const KafkaMessage& message,
                                              const std::optional<std::string>& content_type) {
    AttributeReader attributes;
    for (const auto& [name, value] : message.headers)
        if (name.starts_with("ce_"))
            if (auto done = attributes.add(std::string_view(name).substr(3), value); !done)
                return std::move(done).error();
    if (auto done = attributes.content_type(content_type); !done)
        return std::move(done).error();
    return attributes.finish(message.value);
}

} // namespace detail

/// Reads one event, in binary or in structured mode. Ignores the key of the record. Data that
/// should be JSON but is not becomes bytes.
///
/// Errors: `malformed`, also for a message that is no CloudEvent; `unsupported` for another
/// `specversion` or event format; `too_large`.
[[nodiscard]] inline Result<CloudEvent> decode_kafka(const KafkaMessage& message,
                                                     const CloudEventLimits& limits = {}) {
    auto type = detail::content_type_in(
        message.headers, [](std::string_view name) { return name == "content-type"; });
    if (!type)
        return std::move(type).error();
    const std::string_view value = message.value ? *message.value : std::string_view();
    if (detail::mode_of(*type) != CloudEventMode::binary) {
        if (auto known = detail::check_format(**type, detail::structured_media_type); !known)
            return std::move(known).error();
        return decode_cloud_event(value, limits);
    }
    if (auto fits = detail::check_message_size(message.headers, value.size(), limits); !fits)
        return std::move(fits).error();
    return detail::decode_kafka_binary(message, *type);
}

} // namespace eventsourcing

#endif
