// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_JSON_FORMAT_HPP
#define EVENTSOURCING_CLOUDEVENTS_JSON_FORMAT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/json_reader.hpp>
#include <eventsourcing/cloudevents/limits.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {

/// Writes the members of a CloudEvent. All of it is UTF-8, so nothing can fail.
class CloudEventWriter {
public:
    explicit CloudEventWriter(JsonWriter& out) : out_(out) {}

    void write(const CloudEvent& event) {
        out_.plain_name('{', "specversion");
        out_.string(CloudEvent::specversion);
        member("id", event.id());
        member("source", event.source());
        member("type", event.type());
        optional("subject", event.subject());
        if (event.time()) {
            std::array<char, Timestamp::text_size> buffer;
            member("time", event.time()->to_text(buffer));
        }
        optional("datacontenttype", event.datacontenttype());
        optional("dataschema", event.dataschema());
        for (const auto& [name, value] : event.extensions())
            extension(name, value.native());
        if (event.data())
            data(*event.data());
        out_.raw('}');
    }

private:
    void member(std::string_view name, std::string_view value) {
        out_.plain_name(',', name);
        out_.string(value);
    }
    void optional(std::string_view name, const std::optional<std::string>& value) {
        if (value)
            member(name, *value);
    }
    void extension(std::string_view name, const CloudEventValue::Native& value) {
        if (const auto* text = std::get_if<std::string>(&value))
            return member(name, *text);
        out_.plain_name(',', name);
        if (const auto* number = std::get_if<std::int32_t>(&value))
            out_.integer(*number);
        else
            out_.raw(std::get<bool>(value) ? std::string_view("true") : "false");
    }
    void data(const CloudEventData& data) {
        switch (data.kind) {
        case CloudEventDataKind::json:
            out_.plain_name(',', "data");
            return out_.raw(data.content);
        case CloudEventDataKind::text:
            return member("data", data.content);
        case CloudEventDataKind::bytes:
            std::string text;
            encode_base64(data.content, text);
            out_.plain_name(',', "data_base64");
            out_.raw('"');
            out_.raw(text);
            return out_.raw('"');
        }
    }

    JsonWriter& out_;
};

/// About the size of the JSON of an event; too small if it has escapes.
inline std::size_t json_size(const CloudEvent& event) {
    const auto size = [](const auto& text) { return text ? text->size() : 0; };
    std::size_t sum = 160 + event.id().size() + event.source().size() + event.type().size() +
                      size(event.subject()) + size(event.datacontenttype()) +
                      size(event.dataschema());
    for (const auto& [name, value] : event.extensions())
        sum += name.size() + 16 + (value.if_text() ? value.if_text()->size() : 0);
    if (event.data())
        sum += event.data()->kind == CloudEventDataKind::bytes
                   ? event.data()->content.size() / 3 * 4 + 4
                   : event.data()->content.size();
    return sum;
}

} // namespace detail

/// The event in the JSON format of CloudEvents, `application/cloudevents+json`: the core attributes
/// first, then the extensions by name, the data last. One line, unless JSON data has line breaks,
/// which is written as it is.
[[nodiscard]] inline std::string encode_cloud_event(const CloudEvent& event) {
    std::string text;
    text.reserve(detail::json_size(event));
    detail::JsonWriter out(text);
    detail::CloudEventWriter(out).write(event);
    out.finish();
    return text;
}

/// Reads the JSON format. Strict: each member once, attributes of the types of CloudEvents; a null
/// attribute is an absent one. Adds nothing: no id, no time, no content type.
///
/// Errors: `malformed` says where; `unsupported` for another `specversion` than 1.0; `too_large`.
[[nodiscard]] inline Result<CloudEvent> decode_cloud_event(std::string_view text,
                                                           const CloudEventLimits& limits = {}) {
    if (auto fits = detail::check_input_size("CloudEvent", text.size(), limits.event_size); !fits)
        return std::move(fits).error();
    detail::JsonScanner in(text);
    auto event = detail::CloudEventReader(in).read([] {});
    if (event && !in.at_end())
        return in.error(errc::malformed);
    return event;
}

} // namespace eventsourcing

#endif
