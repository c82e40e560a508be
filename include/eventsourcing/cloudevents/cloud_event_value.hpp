// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_VALUE_HPP
#define EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_VALUE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event_time.hpp>
#include <eventsourcing/cloudevents/uri.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace eventsourcing {

/// The value of an extension attribute, made of a value of any type of CloudEvents, and read as any
/// type that fits.
///
/// It holds what JSON distinguishes: a Boolean, an integer of 32 bits, or text. Values of other
/// types are their canonical text, and nothing on the wire tells the type, so the reader says which
/// type it expects. Headers contain text only; there a Boolean and an integer are read from text.
class CloudEventValue {
public:
    using Native = std::variant<bool, std::int32_t, std::string>;

    /// Empty text.
    CloudEventValue() : value_(std::string()) {}
    /// A Boolean, or an Integer; larger numbers are text.
    template <class T>
        requires(std::same_as<T, bool> || std::same_as<T, std::int32_t>)
    CloudEventValue(T value) : value_(value) {}
    /// A String; `CloudEvent::make` checks it.
    CloudEventValue(std::string text) : value_(std::move(text)) {}
    CloudEventValue(std::string_view text) : value_(std::string(text)) {}
    CloudEventValue(const char* text) : value_(std::string(text)) {}
    CloudEventValue(const CloudEventTime& time) : value_(time.to_string()) {}
    CloudEventValue(Timestamp time) : value_(time.to_string()) {}
    CloudEventValue(const Uri& uri) : value_(uri.str()) {}
    CloudEventValue(const UriReference& uri) : value_(uri.str()) {}

    /// A Binary.
    [[nodiscard]] static CloudEventValue binary(std::string_view bytes) {
        std::string text;
        detail::encode_base64(bytes, text);
        return text;
    }

    [[nodiscard]] const Native& native() const { return value_; }
    /// The text, or null for a Boolean and an Integer. Valid as long as this value.
    [[nodiscard]] const std::string* if_text() const EVENTSOURCING_LIFETIMEBOUND {
        return std::get_if<std::string>(&value_);
    }
    /// The canonical text, whatever the type.
    [[nodiscard]] std::string to_string() const {
        if (const auto* text = if_text())
            return *text;
        if (const auto* number = std::get_if<std::int32_t>(&value_))
            return std::to_string(*number);
        const auto* truth = std::get_if<bool>(&value_);
        return truth && *truth ? "true" : "false";
    }

    // As the type that is expected; `errc::malformed` if it is another one.

    [[nodiscard]] Result<std::string> text() const {
        if (const auto* text = if_text())
            return *text;
        return other("text");
    }
    [[nodiscard]] Result<bool> boolean() const {
        if (const auto* truth = std::get_if<bool>(&value_))
            return *truth;
        const auto* text = if_text();
        if (text && (*text == "true" || *text == "false"))
            return *text == "true";
        return other("true or false");
    }
    [[nodiscard]] Result<std::int32_t> integer() const;
    [[nodiscard]] Result<CloudEventTime> time() const {
        const auto* text = if_text();
        return text ? CloudEventTime::parse(*text) : other("a timestamp of RFC 3339");
    }
    [[nodiscard]] Result<Uri> uri() const {
        const auto* text = if_text();
        return text ? Uri::parse(*text) : other("an absolute URI");
    }
    [[nodiscard]] Result<UriReference> uri_reference() const {
        const auto* text = if_text();
        return text ? UriReference::parse(*text) : other("a URI-reference");
    }
    /// The bytes of a Binary.
    [[nodiscard]] Result<std::string> bytes() const {
        const auto* text = if_text();
        std::string out;
        if (text && detail::decode_base64(*text, out))
            return out;
        return other("Base64");
    }

    bool operator==(const CloudEventValue&) const = default;

private:
    [[nodiscard]] Error other(std::string_view expected) const {
        return {errc::malformed, "expected " + std::string(expected) + ", got " +
                                     (if_text() ? detail::in_quotes(*if_text()) : to_string())};
    }

    Native value_;
};

inline Result<std::int32_t> CloudEventValue::integer() const {
    constexpr const char* expected = "an integer of 32 bits";
    if (const auto* number = std::get_if<std::int32_t>(&value_))
        return *number;
    const auto* text = if_text();
    if (!text)
        return other(expected);
    std::int32_t value = 0;
    const char* const begin = text->data();
    const char* const end = begin + text->size();
    const char* const digits = begin + (text->starts_with('-') ? 1 : 0);
    const auto parsed = std::from_chars(begin, end, value);
    const bool leading_zero = end - digits > 1 && *digits == '0';
    if (parsed.ec != std::errc() || parsed.ptr != end || leading_zero)
        return other(expected);
    return value;
}

} // namespace eventsourcing

#endif
