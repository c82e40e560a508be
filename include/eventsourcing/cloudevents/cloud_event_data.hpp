// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_DATA_HPP
#define EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_DATA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// The kind of the data of a CloudEvent.
enum class CloudEventDataKind : std::uint8_t {
    json,  ///< one JSON value, with the content type `application/json`, another of JSON, or none
    text,  ///< UTF-8, with a content type that is not of JSON
    bytes, ///< anything, with any content type or none
};

/// The data of a CloudEvent, unchecked; `CloudEvent::make` checks it.
struct CloudEventData {
    CloudEventDataKind kind;
    /// The bytes as they are sent: JSON as it was written, text, or bytes.
    std::string content;

    [[nodiscard]] static CloudEventData json(std::string text) {
        return {CloudEventDataKind::json, std::move(text)};
    }
    [[nodiscard]] static CloudEventData text(std::string text) {
        return {CloudEventDataKind::text, std::move(text)};
    }
    [[nodiscard]] static CloudEventData bytes(std::string bytes) {
        return {CloudEventDataKind::bytes, std::move(bytes)};
    }

    bool operator==(const CloudEventData&) const = default;
};

namespace detail {

/// One JSON value, with one level less than a reader accepts: a CloudEvent is around it.
inline Result<void> check_json_data(std::string_view text) {
    JsonScanner scanner(text, 1);
    if (scanner.skip_value() && scanner.at_end())
        return {};
    return scanner.error(errc::invalid).within("CloudEvent data");
}

/// Checks that the content type allows this kind of data; `check_data` checks the content.
inline Result<void> check_data_kind(CloudEventDataKind kind,
                                    const std::optional<std::string>& content_type) {
    const bool is_json = !content_type || is_json_media_type(*content_type);
    if (kind == CloudEventDataKind::bytes || is_json == (kind == CloudEventDataKind::json))
        return {};
    const auto type = content_type ? detail::in_quotes(*content_type) : "absent, which means JSON";
    return Error(errc::invalid,
                 kind == CloudEventDataKind::json
                     ? "CloudEvent data: it is JSON, but datacontenttype is " + type +
                           "; expected application/json, none, or data that is text or bytes"
                     : "CloudEvent data: it is text, but datacontenttype is " + type +
                           "; expected one such as text/plain, or data that is JSON or bytes");
}

inline Result<void> check_data(const CloudEventData& data,
                               const std::optional<std::string>& content_type) {
    if (auto done = check_data_kind(data.kind, content_type); !done)
        return done;
    if (data.kind == CloudEventDataKind::json)
        return check_json_data(data.content);
    if (data.kind == CloudEventDataKind::text && !valid_utf8(data.content))
        return Error(errc::invalid,
                     "CloudEvent data: it is text, but not UTF-8; expected data that is bytes");
    return {};
}

/// The body of a message of this content type. Invalid JSON, and text that is not UTF-8, are bytes.
inline CloudEventData data_of_body(const std::optional<std::string>& content_type,
                                   std::string body) {
    const std::string_view type = content_type ? *content_type : std::string_view();
    if (is_json_media_type(type)) {
        if (check_json_data(body))
            return CloudEventData::json(std::move(body));
    } else if (is_utf8_media_type(type) && valid_utf8(body)) {
        return CloudEventData::text(std::move(body));
    }
    return CloudEventData::bytes(std::move(body));
}

} // namespace detail

} // namespace eventsourcing

#endif
