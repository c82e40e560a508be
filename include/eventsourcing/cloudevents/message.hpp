// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_MESSAGE_HPP
#define EVENTSOURCING_CLOUDEVENTS_MESSAGE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/limits.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/cloudevents/message_header.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// How a message carries events.
enum class CloudEventMode : std::uint8_t {
    binary,     ///< one: the attributes are headers, the data is the body
    structured, ///< one: the body is the event in an event format, JSON here
    batch,      ///< any number: the body is a batch in an event format
};

namespace detail {

inline constexpr std::string_view structured_media_type = "application/cloudevents+json";
inline constexpr std::string_view batch_media_type = "application/cloudevents-batch+json";

/// Of a message in binary mode.
inline Result<void> check_message_size(const std::vector<MessageHeader>& headers, std::size_t body,
                                       const CloudEventLimits& limits) {
    std::size_t size = body;
    for (const auto& [name, value] : headers)
        size += name.size() + value.size();
    return check_input_size("CloudEvent message", size, limits.event_size);
}

/// The value of the header for which `is_it(name)`, without white space around it. `malformed` if
/// there are two.
template <class IsIt>
Result<std::optional<std::string>> content_type_in(const std::vector<MessageHeader>& headers,
                                                   IsIt is_it) {
    std::optional<std::string> type;
    for (const auto& [name, value] : headers) {
        if (!is_it(name))
            continue;
        if (type)
            return Error(errc::malformed, "CloudEvent message: it has two headers " +
                                              detail::in_quotes(name) + "; expected one");
        type = with_blanks(trimmed(value));
    }
    return type;
}

/// The mode of a content type. That of a batch begins like that of one event.
inline CloudEventMode mode_of(const std::optional<std::string>& content_type) {
    if (content_type && starts_ignoring_case(*content_type, "application/cloudevents-batch"))
        return CloudEventMode::batch;
    if (content_type && starts_ignoring_case(*content_type, "application/cloudevents"))
        return CloudEventMode::structured;
    return CloudEventMode::binary;
}

/// Checks that a message in structured or batched mode has the expected format.
inline Result<void> check_format(std::string_view content_type, std::string_view expected) {
    if (equals_ignoring_case(essence(content_type), expected))
        return {};
    return Error(errc::unsupported, "CloudEvent message: the event format " +
                                        detail::in_quotes(content_type) + " is unknown; expected " +
                                        std::string(expected));
}

/// Checks that the content type of a binary message does not make it a message in another mode.
inline Result<void> check_binary(const std::optional<std::string>& content_type) {
    if (mode_of(content_type) == CloudEventMode::binary)
        return {};
    return Error(errc::unsupported,
                 "CloudEvent attribute datacontenttype: " + detail::in_quotes(*content_type) +
                     " would be taken for that of the message in binary mode; "
                     "send the event in structured mode");
}

} // namespace detail

} // namespace eventsourcing

#endif
