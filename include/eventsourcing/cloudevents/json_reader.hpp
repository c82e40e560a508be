// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_JSON_READER_HPP
#define EVENTSOURCING_CLOUDEVENTS_JSON_READER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_string.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Reads a CloudEvent in the JSON format. The data is checked on the way, and is kept as it was
/// written.
class CloudEventReader {
public:
    explicit CloudEventReader(JsonScanner& in) : in_(in) {}

    /// Reads the next event. Calls `in_place` after the scanner has failed, to say which event of a
    /// batch it is.
    template <class InPlace>
    Result<CloudEvent> read(InPlace in_place) {
        if (!members() || !complete() || !data()) {
            in_place();
            return in_.error(kind_);
        }
        return CheckedCloudEvent::make(std::move(fields_));
    }

private:
    using Read = bool (CloudEventReader::*)();
    struct Known {
        std::string_view name;
        Read read;
        bool null_is_absent = true;
    };

    bool members() {
        if (!in_.begin('{', "an object"))
            return false;
        for (bool first = true; in_.more(first, '}'); first = false) {
            JsonString name;
            if (!in_.member_name(name))
                return false;
            if (!member(name.text(buffer_)))
                return in_.in_member(name);
        }
        return !in_.failed();
    }

    bool member(std::string_view name);
    bool extension(std::string_view name);
    bool value(CloudEventValue& out);

    bool string(std::string& out) {
        JsonString text;
        if (!in_.string(text, "a string"))
            return false;
        text.copy_to(out);
        return true;
    }
    bool id() { return string(fields_.id); }
    bool source() { return string(fields_.source); }
    bool type() { return string(fields_.type); }
    bool subject() { return string(fields_.subject.emplace()); }
    bool datacontenttype() { return string(fields_.datacontenttype.emplace()); }
    bool dataschema() { return string(fields_.dataschema.emplace()); }
    bool time() {
        JsonString text;
        if (!in_.string(text, "a string"))
            return false;
        std::string buffer;
        auto time = CloudEventTime::parse(text.text(buffer));
        if (!time)
            return in_.fail(time.error().message());
        fields_.time = *std::move(time);
        return true;
    }
    bool specversion() {
        JsonString version;
        if (!in_.string(version, "a string"))
            return false;
        has_specversion_ = true;
        if (version.equals(CloudEvent::specversion))
            return true;
        kind_ = errc::unsupported;
        std::string buffer;
        return in_.fail("expected \"1.0\", got " + detail::in_quotes(version.text(buffer)));
    }
    bool data_value() {
        has_data_ = true;
        is_string_ = in_.next() == '"';
        if (!is_string_)
            return in_.raw_value(data_);
        if (!in_.string(string_, "a string"))
            return false;
        data_ = {string_.raw.data() - 1, string_.raw.size() + 2}; // with its quotes
        return true;
    }
    bool data_base64() {
        JsonString text;
        if (!in_.string(text, "a string"))
            return false;
        std::string buffer;
        fields_.data = CloudEventData::bytes("");
        return decode_base64(text.text(buffer), fields_.data->content) ||
               in_.fail("expected Base64 with its padding and without line breaks, got " +
                        detail::in_quotes(text.raw, 40));
    }

    bool complete() {
        if (has_specversion_)
            return true;
        in_.fail("missing; expected \"1.0\"");
        return in_.in_member("specversion");
    }
    /// Called when the content type is known.
    bool data() {
        if (!has_data_)
            return true;
        if (fields_.data) {
            in_.fail("there is data as well; expected one of them");
            return in_.in_member("data_base64");
        }
        if (!fields_.datacontenttype || is_json_media_type(*fields_.datacontenttype)) {
            fields_.data = CloudEventData::json(std::string(data_));
            return true;
        }
        if (!is_string_) {
            in_.fail("expected a string, since datacontenttype is " +
                     detail::in_quotes(*fields_.datacontenttype) + ", got " +
                     detail::in_quotes(data_, 40));
            return in_.in_member("data");
        }
        fields_.data = CloudEventData::text("");
        string_.copy_to(fields_.data->content);
        return true;
    }

    JsonScanner& in_;
    CloudEventFields fields_{};
    /// Names of extensions that are null, to notice a name that comes twice.
    std::set<std::string, std::less<>> nulls_{};
    std::string buffer_{};
    std::string_view data_{};
    JsonString string_{};
    std::uint32_t seen_ = 0;
    errc kind_ = errc::malformed;
    bool has_specversion_ = false;
    bool has_data_ = false;
    bool is_string_ = false;
};

inline bool CloudEventReader::member(std::string_view name) {
    static constexpr Known all[] = {
        {"specversion", &CloudEventReader::specversion},
        {"id", &CloudEventReader::id},
        {"source", &CloudEventReader::source},
        {"type", &CloudEventReader::type},
        {"subject", &CloudEventReader::subject},
        {"time", &CloudEventReader::time},
        {"datacontenttype", &CloudEventReader::datacontenttype},
        {"dataschema", &CloudEventReader::dataschema},
        {"data", &CloudEventReader::data_value, false},
        {"data_base64", &CloudEventReader::data_base64},
    };
    std::uint32_t bit = 1;
    for (const Known& known : all) {
        if (known.name == name) {
            if ((seen_ & bit) != 0)
                return in_.twice();
            seen_ |= bit;
            return (known.null_is_absent && in_.take_null()) || (this->*known.read)();
        }
        bit <<= 1U;
    }
    return extension(name);
}

inline bool CloudEventReader::extension(std::string_view name) {
    if (nulls_.contains(name))
        return in_.twice();
    if (in_.take_null())
        return (!fields_.extensions.contains(name) && nulls_.emplace(name).second) || in_.twice();
    // writers often sort extensions
    auto& extensions = fields_.extensions;
    const std::size_t before = extensions.size();
    const auto added = extensions.try_emplace(extensions.end(), std::string(name), false);
    return extensions.size() == before ? in_.twice() : value(added->second);
}

inline bool CloudEventReader::value(CloudEventValue& out) {
    switch (in_.next()) {
    case '"': {
        std::string text;
        if (!string(text))
            return false;
        out = std::move(text);
        return true;
    }
    case 't':
    case 'f': {
        bool truth = false;
        if (!in_.boolean(truth))
            return false;
        out = truth;
        return true;
    }
    default: {
        std::uint64_t bits = 0;
        if (!in_.integer(INT32_MAX, true, bits, "a string, true, false or a signed 32-bit integer"))
            return false;
        out = static_cast<std::int32_t>(bits);
        return true;
    }
    }
}

} // namespace eventsourcing::detail

#endif
