// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_BINARY_MODE_HPP
#define EVENTSOURCING_CLOUDEVENTS_BINARY_MODE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

// What messages in binary mode have in common: attributes are names and texts.

namespace eventsourcing::detail {

/// Calls `add(name, text)` for each attribute except datacontenttype.
template <class Add>
void each_attribute(const CloudEvent& event, Add add) {
    add("specversion", CloudEvent::specversion);
    add("id", event.id());
    add("source", event.source());
    add("type", event.type());
    if (event.subject())
        add("subject", *event.subject());
    if (event.time())
        add("time", event.time()->to_string());
    if (event.dataschema())
        add("dataschema", *event.dataschema());
    for (const auto& [name, value] : event.extensions())
        add(name, value.to_string());
}

/// The content type of a body; also for JSON data without one, which only the JSON format may leave
/// out.
inline std::optional<std::string> content_type_of(const CloudEvent& event) {
    if (!event.datacontenttype() && event.data() && event.data()->kind == CloudEventDataKind::json)
        return std::string(json_media_type);
    return event.datacontenttype();
}

/// Checks that text can be sent as it is: nothing here writes another character set than UTF-8.
inline Result<void> check_charset(const CloudEvent& event) {
    const auto& data = event.data();
    if (!data || data->kind != CloudEventDataKind::text ||
        is_text_of(*event.datacontenttype(), data->content))
        return {};
    return Error(errc::unsupported,
                 "CloudEvent data: it is text in UTF-8, but datacontenttype is " +
                     detail::in_quotes(*event.datacontenttype()) +
                     "; expected bytes in that character set, or to be sent in structured mode");
}

/// Makes an event from the names and texts of a message.
class AttributeReader {
public:
    /// Errors: `malformed` for an attribute that comes twice or a time that is no timestamp.
    Result<void> add(std::string_view name, std::string text) {
        if (name == "specversion")
            return once(name, specversion_, std::move(text));
        if (name == "id")
            return once(name, id_, std::move(text));
        if (name == "source")
            return once(name, source_, std::move(text));
        if (name == "type")
            return once(name, type_, std::move(text));
        if (name == "subject")
            return once(name, fields_.subject, std::move(text));
        if (name == "datacontenttype")
            return once(name, fields_.datacontenttype, std::move(text));
        if (name == "dataschema")
            return once(name, fields_.dataschema, std::move(text));
        if (name == "time") {
            auto time = CloudEventTime::parse(text);
            if (!time)
                return std::move(time).error().within("CloudEvent attribute time");
            return once(name, fields_.time, *std::move(time));
        }
        if (!fields_.extensions.try_emplace(std::string(name), std::move(text)).second)
            return twice(name);
        return {};
    }

    /// Takes the content type of the message, which is that of the data. Some senders send it as an
    /// attribute as well.
    Result<void> content_type(const std::optional<std::string>& type) {
        if (fields_.datacontenttype && fields_.datacontenttype != type)
            return Error(errc::malformed,
                         "CloudEvent attribute datacontenttype: it is " +
                             detail::in_quotes(*fields_.datacontenttype) +
                             " in a header of its own; expected it as the content type of the "
                             "message alone");
        fields_.datacontenttype = type;
        return {};
    }

    /// The same where the attribute has a header of its own, which goes before that of the message.
    void default_content_type(const std::optional<std::string>& type) {
        if (!fields_.datacontenttype && type && !type->empty())
            fields_.datacontenttype = type;
    }

    /// The event with this body, if there is one.
    Result<CloudEvent> finish(std::optional<std::string> body) {
        if (specversion_ != CloudEvent::specversion)
            return Error(specversion_ ? errc::unsupported : errc::malformed,
                         "CloudEvent attribute specversion: expected \"1.0\", got " +
                             (specversion_ ? detail::in_quotes(*specversion_) : "none"));
        fields_.id = std::move(id_).value_or("");
        fields_.source = std::move(source_).value_or("");
        fields_.type = std::move(type_).value_or("");
        if (body)
            fields_.data = data_of_body(fields_.datacontenttype, *std::move(body));
        return CheckedCloudEvent::make(std::move(fields_));
    }

private:
    template <class T>
    static Result<void> once(std::string_view name, std::optional<T>& to, T value) {
        if (to)
            return twice(name);
        to = std::move(value);
        return {};
    }
    static Error twice(std::string_view name) {
        return invalid_attribute(name, "it comes twice; expected each attribute once")
            .as(errc::malformed);
    }

    CloudEventFields fields_{};
    std::optional<std::string> specversion_{};
    std::optional<std::string> id_{};
    std::optional<std::string> source_{};
    std::optional<std::string> type_{};
};

} // namespace eventsourcing::detail

#endif
