// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_JSON_BATCH_HPP
#define EVENTSOURCING_CLOUDEVENTS_JSON_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/cloudevents/json_reader.hpp>
#include <eventsourcing/cloudevents/limits.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// The events in the JSON batch format, `application/cloudevents-batch+json`, in their order.
[[nodiscard]] inline std::string encode_cloud_event_batch(std::span<const CloudEvent> events) {
    std::size_t size = 2;
    for (const CloudEvent& event : events)
        size += detail::json_size(event) + 1;
    std::string text;
    text.reserve(size);
    detail::JsonWriter out(text);
    out.raw('[');
    bool first = true;
    for (const CloudEvent& event : events) {
        if (!std::exchange(first, false))
            out.raw(',');
        detail::CloudEventWriter(out).write(event);
    }
    out.raw(']');
    out.finish();
    return text;
}

/// Reads the JSON batch format: all events or, if one is wrong, none. A batch may be empty.
///
/// Errors are those of `decode_cloud_event`, and say which event it is: `$[3].time: ...`.
[[nodiscard]] inline Result<std::vector<CloudEvent>>
decode_cloud_event_batch(std::string_view text, const CloudEventLimits& limits = {}) {
    if (auto fits = detail::check_input_size("CloudEvent batch", text.size(), limits.batch_size);
        !fits)
        return std::move(fits).error();
    detail::JsonScanner in(text, -1); // an event in a batch has as many levels as one by itself
    std::vector<CloudEvent> events;
    if (!in.begin('[', "an array"))
        return in.error(errc::malformed);
    while (in.more(events.empty(), ']')) {
        const std::size_t i = events.size();
        in.next(); // after the white space
        const std::size_t begin = in.taken();
        auto event = detail::CloudEventReader(in).read([&] { in.in_element(i); });
        if (auto fits =
                detail::check_input_size("CloudEvent", in.taken() - begin, limits.event_size);
            event && !fits)
            event = std::move(fits).error();
        if (!event)
            return in.failed() ? std::move(event).error()
                               : std::move(event).error().within("$[" + std::to_string(i) + "]");
        events.push_back(*std::move(event));
    }
    if (in.failed() || !in.at_end())
        return in.error(errc::malformed);
    return events;
}

} // namespace eventsourcing

#endif
