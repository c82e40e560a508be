// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_HEADER_ATTRIBUTES_HPP
#define EVENTSOURCING_CLOUDEVENTS_HEADER_ATTRIBUTES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/binary_mode.hpp>
#include <eventsourcing/cloudevents/header_value.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/cloudevents/message.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The headers `ce-NAME` of HTTP and NATS. The case of their names makes no difference.

namespace eventsourcing::detail {

inline MessageHeader header_of(std::string_view name, std::string_view text) {
    return {"ce-" + std::string(name), encode_header_value(text)};
}

inline Result<std::optional<std::string>>
header_content_type(const std::vector<MessageHeader>& headers) {
    return content_type_in(
        headers, [](std::string_view name) { return equals_ignoring_case(name, "content-type"); });
}

/// Adds the attributes among these headers to `attributes`; ignores other headers.
inline Result<void> read_headers(const std::vector<MessageHeader>& headers,
                                 AttributeReader& attributes) {
    for (const auto& [header, value] : headers) {
        if (!starts_ignoring_case(header, "ce-"))
            continue;
        std::string name = header.substr(3);
        for (char& c : name)
            c = to_lower(c);
        auto text = decode_header_value(name, value);
        if (!text)
            return std::move(text).error();
        if (auto done = attributes.add(name, *std::move(text)); !done)
            return done;
    }
    return {};
}

} // namespace eventsourcing::detail

#endif
