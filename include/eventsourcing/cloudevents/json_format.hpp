// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_JSON_FORMAT_HPP
#define EVENTSOURCING_CLOUDEVENTS_JSON_FORMAT_HPP

#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_string.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {

inline void write_attribute(JsonWriter& out, std::string_view name, std::string_view value) {
    out.plain_name(',', name);
    out.string(value); // a CloudEvent holds nothing but UTF-8
}
inline void write_optional(JsonWriter& out, std::string_view name,
                           const std::optional<std::string>& value) {
    if (value)
        write_attribute(out, name, *value);
}
inline void write_extension(JsonWriter& out, std::string_view name, const CloudEventValue& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        return write_attribute(out, name, *text);
    out.plain_name(',', name);
    if (const auto* number = std::get_if<std::int32_t>(&value))
        out.integer(*number);
    else
        out.raw(*std::get_if<bool>(&value) ? std::string_view("true") : "false");
}

/// Reads the members of a CloudEvent, each of which is an attribute or the data.
class CloudEventReader {
public:
    explicit CloudEventReader(std::string_view text) : in_(text) {}

    Result<CloudEvent> read() {
        const auto names = in_.noted_names();
        if (!in_.begin('{', "an object"))
            return in_.error(errc::malformed);
        for (bool first = true; in_.more(first, '}'); first = false) {
            JsonString name;
            if (!in_.member_name(name))
                return in_.error(errc::malformed);
            in_.note_name(name);
            if (!member(name.text(name_))) {
                in_.in_member(name);
                return in_.error(unsupported_ ? errc::unsupported : errc::malformed);
            }
        }
        if (in_.failed() || !in_.check_names(names) || !in_.at_end() || !complete())
            return in_.error(errc::malformed);
        return CloudEvent::make(std::move(fields_));
    }

private:
    bool member(std::string_view name) {
        if (name == "data")
            return data();
        if (in_.take_null()) // the same as absent
            return true;
        if (name == "specversion")
            return specversion();
        if (name == "time")
            return time();
        if (name == "data_base64")
            return unsupported("binary data can't be held yet; only JSON can");
        if (name == "id")
            return string(fields_.id);
        if (name == "source")
            return string(fields_.source);
        if (name == "type")
            return string(fields_.type);
        if (name == "subject")
            return string(fields_.subject.emplace());
        if (name == "datacontenttype")
            return string(fields_.datacontenttype.emplace());
        if (name == "dataschema")
            return string(fields_.dataschema.emplace());
        return extension(fields_.extensions[std::string(name)]);
    }

    bool string(std::string& value) {
        JsonString text;
        if (!in_.string(text, "a string"))
            return false;
        text.copy_to(value);
        return true;
    }
    bool specversion() {
        std::string version;
        if (!string(version))
            return false;
        has_specversion_ = true;
        return version == CloudEvent::specversion ||
               unsupported("expected \"1.0\", got " + quoted(version));
    }
    bool time() {
        std::string text;
        if (!string(text))
            return false;
        auto time = Timestamp::parse(text);
        if (!time)
            return in_.fail(time.error().message());
        fields_.time = *time;
        return true;
    }
    bool extension(CloudEventValue& value) {
        constexpr std::string_view expected = "a string, true, false or a signed 32-bit integer";
        switch (in_.next()) {
        case '"':
            return string(value.emplace<std::string>());
        case 't':
        case 'f':
            return in_.boolean(value.emplace<bool>());
        default: {
            std::uint64_t bits = 0;
            if (!in_.integer(INT32_MAX, true, bits, expected))
                return false;
            value = static_cast<std::int32_t>(bits);
            return true;
        }
        }
    }
    bool data() {
        std::string_view text;
        if (!in_.raw_value(text))
            return false;
        fields_.data = std::string(text);
        return true;
    }

    bool unsupported(std::string why) {
        unsupported_ = true;
        return in_.fail(std::move(why));
    }
    bool complete() {
        if (has_specversion_)
            return true;
        in_.fail("missing; expected \"1.0\"");
        return in_.in_member("specversion");
    }

    JsonScanner in_;
    std::string name_;
    CloudEventFields fields_;
    bool has_specversion_ = false;
    bool unsupported_ = false;
};

} // namespace detail

/// The event in the JSON format of CloudEvents, `application/cloudevents+json`: one line, the core
/// attributes first, then the extensions by name, `data` last.
[[nodiscard]] inline std::string encode_cloud_event(const CloudEvent& event) {
    std::string text;
    detail::JsonWriter out(text);
    out.plain_name('{', "specversion");
    out.string(CloudEvent::specversion);
    detail::write_attribute(out, "id", event.id());
    detail::write_attribute(out, "source", event.source());
    detail::write_attribute(out, "type", event.type());
    detail::write_optional(out, "subject", event.subject());
    if (event.time())
        detail::write_attribute(out, "time", event.time()->to_string());
    detail::write_optional(out, "datacontenttype", event.datacontenttype());
    detail::write_optional(out, "dataschema", event.dataschema());
    for (const auto& [name, value] : event.extensions())
        detail::write_extension(out, name, value);
    if (event.data()) {
        out.plain_name(',', "data");
        out.raw(*event.data());
    }
    out.raw('}');
    out.finish();
    return text;
}

/// Reads the JSON format. Strict: no duplicate members, attributes of the types that CloudEvents
/// has, and a null attribute is an absent one.
///
/// Errors: `malformed` says where; `unsupported` for another `specversion` than 1.0, and for data
/// that is not JSON.
[[nodiscard]] inline Result<CloudEvent> decode_cloud_event(std::string_view text) {
    auto event = detail::CloudEventReader(text).read();
    if (!event && event.error() == errc::invalid)
        return std::move(event).error().as(errc::malformed);
    return event;
}

} // namespace eventsourcing

#endif
