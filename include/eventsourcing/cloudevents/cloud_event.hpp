// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_HPP
#define EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_HPP

#include <eventsourcing/cloudevents/attribute.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

/// The value of an extension attribute. Text also holds the types that JSON does not tell from it:
/// URI, timestamp, binary. An integer has 32 bits; larger numbers are text.
using CloudEventValue = std::variant<bool, std::int32_t, std::string>;

/// What a CloudEvent consists of, unchecked; `CloudEvent::make` checks it.
struct CloudEventFields {
    /// Together with `source` one of a kind; not empty.
    std::string id{};
    /// Where the event comes from: a URI-reference, best an absolute one; not empty.
    std::string source{};
    /// What has happened; not empty.
    std::string type{};
    /// What it happened to, within the source; not empty where it is there.
    std::optional<std::string> subject{};
    std::optional<Timestamp> time{};
    /// The media type of `data`. Without one it is `application/json`.
    std::optional<std::string> datacontenttype{};
    /// The schema of `data`, an absolute URI.
    std::optional<std::string> dataschema{};
    /// By name: one or more of the letters a to z and digits.
    std::map<std::string, CloudEventValue, std::less<>> extensions{};
    /// A JSON text; `null` is data too.
    std::optional<std::string> data{};

    bool operator==(const CloudEventFields&) const = default;
};

/// The outside form of an event, CloudEvents 1.0.2. A value that can't be invalid: it is made once,
/// checked, and only read from then on.
///
/// Data is JSON; data of another media type is `errc::unsupported`. URI-references and media types
/// are checked by their characters, not by their whole grammar.
class CloudEvent {
public:
    /// The version of the specification that an event names.
    static constexpr std::string_view specversion = "1.0";

    /// `errc::invalid` names the attribute, what is wrong with it, and what was expected.
    [[nodiscard]] static Result<CloudEvent> make(CloudEventFields fields);

    [[nodiscard]] const std::string& id() const { return fields_.id; }
    [[nodiscard]] const std::string& source() const { return fields_.source; }
    [[nodiscard]] const std::string& type() const { return fields_.type; }
    [[nodiscard]] const std::optional<std::string>& subject() const { return fields_.subject; }
    [[nodiscard]] const std::optional<Timestamp>& time() const { return fields_.time; }
    [[nodiscard]] const std::optional<std::string>& datacontenttype() const {
        return fields_.datacontenttype;
    }
    [[nodiscard]] const std::optional<std::string>& dataschema() const {
        return fields_.dataschema;
    }
    [[nodiscard]] const auto& extensions() const { return fields_.extensions; }
    [[nodiscard]] const std::optional<std::string>& data() const { return fields_.data; }

    /// The extension of this name, or null. Valid as long as this event.
    [[nodiscard]] const CloudEventValue* extension(std::string_view name) const {
        const auto found = fields_.extensions.find(name);
        return found == fields_.extensions.end() ? nullptr : &found->second;
    }

    /// All of it, to make a changed one.
    [[nodiscard]] const CloudEventFields& fields() const { return fields_; }

    bool operator==(const CloudEvent&) const = default;

private:
    explicit CloudEvent(CloudEventFields fields) : fields_(std::move(fields)) {}

    CloudEventFields fields_;
};

namespace detail {

inline Result<void> check_data(const CloudEventFields& fields) {
    if (!fields.data)
        return {};
    if (fields.datacontenttype && !is_json_media_type(*fields.datacontenttype))
        return Error(errc::unsupported, "CloudEvent data of the type " +
                                            quoted(*fields.datacontenttype) +
                                            " can't be held yet; only JSON can");
    JsonScanner scanner(*fields.data, 1); // inside the object of the JSON format
    if (!scanner.skip_value() || !scanner.at_end())
        return scanner.error(errc::invalid).within("CloudEvent data");
    return {};
}

inline Result<void> check_extension(std::string_view name, const CloudEventValue& value) {
    if (auto done = check_extension_name(name); !done)
        return done;
    if (value.valueless_by_exception())
        return invalid_attribute(name, "the variant is valueless: it holds nothing");
    const auto* text = std::get_if<std::string>(&value);
    return text && !text->empty() ? check_text(name, *text) : Result<void>();
}

inline Result<void> check_fields(const CloudEventFields& fields) {
    auto done = check_text("id", fields.id);
    if (done)
        done = check_uri_reference("source", fields.source);
    if (done)
        done = check_text("type", fields.type);
    if (done && fields.subject)
        done = check_text("subject", *fields.subject);
    if (done && fields.datacontenttype)
        done = check_media_type("datacontenttype", *fields.datacontenttype);
    if (done && fields.dataschema)
        done = check_uri("dataschema", *fields.dataschema);
    for (const auto& [name, value] : fields.extensions)
        if (done)
            done = check_extension(name, value);
    return done ? check_data(fields) : done;
}

} // namespace detail

inline Result<CloudEvent> CloudEvent::make(CloudEventFields fields) {
    if (auto done = detail::check_fields(fields); !done)
        return std::move(done).error();
    return CloudEvent(std::move(fields));
}

} // namespace eventsourcing

#endif
