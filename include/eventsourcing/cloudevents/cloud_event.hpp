// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_HPP
#define EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/cloudevents/cloud_event_data.hpp>
#include <eventsourcing/cloudevents/cloud_event_time.hpp>
#include <eventsourcing/cloudevents/cloud_event_value.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/cloudevents/uri.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

namespace detail {
class CheckedCloudEvent;
}

/// The fields of a CloudEvent, unchecked; `CloudEvent::make` checks them.
struct CloudEventFields {
    /// Unique together with `source`; not empty.
    std::string id{};
    /// Where the event comes from: a URI-reference, preferably absolute; not empty.
    std::string source{};
    /// What has happened; not empty.
    std::string type{};
    /// What it happened to, within the source; absent or not empty.
    std::optional<std::string> subject{};
    /// When it happened.
    std::optional<CloudEventTime> time{};
    /// The media type of `data`. Without one it is `application/json`, unless data is bytes.
    std::optional<std::string> datacontenttype{};
    /// The schema of `data`, an absolute URI.
    std::optional<std::string> dataschema{};
    /// By name: one or more of the letters a to z and digits.
    std::map<std::string, CloudEventValue, std::less<>> extensions{};
    std::optional<CloudEventData> data{};

    bool operator==(const CloudEventFields&) const = default;
};

/// The outside form of an event, CloudEvents 1.0.2. Always valid: `make` checks it, and nothing
/// changes it afterwards. A moved-from one may be destroyed or assigned to.
class CloudEvent {
public:
    /// The version of the specification that each event names.
    static constexpr std::string_view specversion = "1.0";

    /// `errc::invalid` names the attribute, what is wrong with it, and what was expected.
    [[nodiscard]] static Result<CloudEvent> make(CloudEventFields fields);

    [[nodiscard]] const std::string& id() const EVENTSOURCING_LIFETIMEBOUND { return fields_.id; }
    [[nodiscard]] const std::string& source() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.source;
    }
    [[nodiscard]] const std::string& type() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.type;
    }
    [[nodiscard]] const std::optional<std::string>& subject() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.subject;
    }
    [[nodiscard]] const std::optional<CloudEventTime>& time() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.time;
    }
    [[nodiscard]] const std::optional<std::string>&
    datacontenttype() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.datacontenttype;
    }
    [[nodiscard]] const std::optional<std::string>& dataschema() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.dataschema;
    }
    [[nodiscard]] const auto& extensions() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.extensions;
    }
    [[nodiscard]] const std::optional<CloudEventData>& data() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_.data;
    }

    /// The extension of this name, or null. Valid as long as this event.
    [[nodiscard]] const CloudEventValue*
    extension(std::string_view name) const EVENTSOURCING_LIFETIMEBOUND {
        const auto found = fields_.extensions.find(name);
        return found == fields_.extensions.end() ? nullptr : &found->second;
    }

    /// All fields, for example to make a changed event.
    [[nodiscard]] const CloudEventFields& fields() const EVENTSOURCING_LIFETIMEBOUND {
        return fields_;
    }

    bool operator==(const CloudEvent&) const = default;

private:
    friend class detail::CheckedCloudEvent;

    explicit CloudEvent(CloudEventFields&& fields) : fields_(std::move(fields)) {}

    CloudEventFields fields_;
};

namespace detail {

inline Result<void> check_attributes(const CloudEventFields& fields) {
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
    for (const auto& [name, value] : fields.extensions) {
        if (done)
            done = check_extension_name(name);
        if (const auto* text = value.if_text(); done && text)
            done = check_string(name, *text);
    }
    return done;
}

/// For readers, which have checked the data already.
class CheckedCloudEvent {
public:
    /// `malformed` if an attribute is invalid.
    static Result<CloudEvent> make(CloudEventFields&& fields) {
        if (auto good = check_attributes(fields); !good)
            return std::move(good).error().as(errc::malformed);
        return CloudEvent(std::move(fields));
    }
};

} // namespace detail

inline Result<CloudEvent> CloudEvent::make(CloudEventFields fields) {
    auto done = detail::check_attributes(fields);
    if (done && fields.data)
        done = detail::check_data(*fields.data, fields.datacontenttype);
    if (!done)
        return std::move(done).error();
    return CloudEvent(std::move(fields));
}

} // namespace eventsourcing

#endif
