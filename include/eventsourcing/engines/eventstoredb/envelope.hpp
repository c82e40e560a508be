// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_ENVELOPE_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_ENVELOPE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/store/event_record.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

inline constexpr std::string_view envelope_name = "eventsourcing";

/// What EventStoreDB can't store: kept in one member of the metadata, by the names of CloudEvents.
struct Envelope {
    std::optional<std::string> source;
    std::optional<std::string> version;
    std::optional<std::string> content_type;
    std::optional<std::string> recorded_at;
    std::optional<std::vector<std::string>> tags;

    static void members(auto& self, auto&& member) {
        member("source", self.source);
        member("typeversion", self.version);
        member("datacontenttype", self.content_type);
        member("time", self.recorded_at);
        member("tags", self.tags);
    }
};

/// Appends the metadata of an event as it is sent: its own members, and the envelope.
inline Result<void> append_metadata(std::string& out, const NewEvent& event) {
    out += '{';
    if (!event.metadata.empty()) {
        JsonScanner scanner(event.metadata);
        scanner.begin('{', "an object");
        for (bool first = true; scanner.more(first, '}'); first = false) {
            JsonString name{};
            std::string_view value;
            if (!scanner.member_name(name) || !scanner.raw_value(value))
                return scanner.error(errc::malformed);
            if (name.equals(envelope_name))
                return Error(errc::malformed, "the member \"" + std::string(envelope_name) +
                                                  "\" is this library's own");
            out.append("\"").append(name.raw).append("\":").append(value).append(",");
        }
    }
    out.append("\"").append(envelope_name).append("\":{");
    if (!event.source.empty()) {
        if (auto done = encode_json_to(out.append("\"source\":"), event.source); !done)
            return done;
        out += ',';
    }
    out += "\"typeversion\":";
    for (auto done : {encode_json_to(out, event.version),
                      encode_json_to(out.append(",\"datacontenttype\":"), event.content_type)})
        if (!done)
            return done;
    out.append(",\"time\":\"").append(event.recorded_at.to_string()).append("\"");
    if (!event.tags.empty()) {
        out += ",\"tags\":[";
        for (std::size_t i = 0; i < event.tags.size(); ++i) {
            out += i == 0 ? "" : ",";
            if (auto done = encode_json_to(out, event.tags[i]); !done)
                return done;
        }
        out += ']';
    }
    out += "}}";
    return {};
}

/// Metadata as it was read, split into the library's part and the application's.
struct OpenedMetadata {
    /// Without the envelope; empty if there is nothing else.
    std::string own;
    Envelope envelope;
};

/// Whether this is an envelope: an object in which each known member has its form, and there is
/// one.
inline bool read_envelope(std::string_view json, Envelope& out) {
    Envelope read;
    if (!decode_json_to(read, json))
        return false;
    if (!read.source && !read.version && !read.content_type && !read.recorded_at && !read.tags)
        return false;
    if (read.recorded_at && !Timestamp::parse(*read.recorded_at))
        return false;
    out = std::move(read);
    return true;
}

/// Metadata of other programs is kept as it is: a member with the name of the envelope but another
/// shape is one of theirs. Metadata that is not a JSON object can't be in a record and is left out.
inline OpenedMetadata open_metadata(std::string_view text) {
    OpenedMetadata opened;
    JsonScanner scanner(text);
    if (scanner.next() != '{')
        return opened;
    scanner.begin('{', "an object");
    for (bool first = true; scanner.more(first, '}'); first = false) {
        JsonString name{};
        std::string_view value;
        if (!scanner.member_name(name) || !scanner.raw_value(value))
            return {};
        if (name.equals(envelope_name) && read_envelope(value, opened.envelope))
            continue;
        opened.own += opened.own.empty() ? "{\"" : ",\"";
        opened.own.append(name.raw).append("\":").append(value);
    }
    if (scanner.failed() || !scanner.at_end())
        return {};
    opened.own += opened.own.empty() ? "" : "}";
    return opened;
}

} // namespace eventsourcing::detail::eventstoredb

#endif
