// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_EXPORTED_EVENT_HPP
#define EVENTSOURCING_CLOUDEVENTS_EXPORTED_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/cloud_event_data.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uri_reader.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/event_record.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The lines of an exported store: each is a CloudEvent, the last one a record of the file itself.

namespace eventsourcing::detail {

/// The type of the last line. It has no subject, which events have.
inline constexpr std::string_view export_end_type = "eventsourcing.export_ended";

/// Any bytes as the text of an attribute: what it may not contain, `%` and `also` are
/// percent-encoded.
inline std::string percent_encoded(std::string_view bytes, char also = '%') {
    std::string out;
    for (std::size_t i = 0; i < bytes.size();) {
        const auto [c, size] = decode_utf8(bytes.substr(i));
        const std::size_t taken = size == 0 ? 1 : size;
        if (size == 0 || is_control(c) || is_noncharacter(c) || bytes[i] == '%' || bytes[i] == also)
            for (const char byte : bytes.substr(i, taken))
                append_encoded_byte(out, byte);
        else
            out += bytes.substr(i, taken);
        i += taken;
    }
    return out;
}

/// Stored data as that of a CloudEvent on one line, which is read back byte for byte.
inline CloudEventData data_in_line(std::string_view content_type, std::string_view data) {
    constexpr std::string_view blank = " \t\r\n";
    std::string content(data);
    if (is_json_media_type(content_type)) {
        if (!data.empty() && data.find_first_of("\r\n") == data.npos &&
            blank.find(data.front()) == blank.npos && blank.find(data.back()) == blank.npos &&
            check_json_data(data))
            return CloudEventData::json(std::move(content));
    } else if (first_disallowed(data) == data.npos && is_text_of(content_type, data)) {
        return CloudEventData::text(std::move(content));
    }
    return CloudEventData::bytes(std::move(content));
}

/// An extension of events that were stored without a source; their line has the `source` of the
/// file.
inline constexpr const char* source_of_file = "sourceoffile";

// Extensions of events that were stored with what the attribute of a CloudEvent can't hold: a
// source that is no URI-reference, a content type that is no media type. The line has the source of
// the file, and bytes, instead: such an event must not keep the others from being exported.
inline constexpr const char* stored_source = "storedsource";
inline constexpr const char* stored_content_type = "storedcontenttype";
inline constexpr std::string_view bytes_media_type = "application/octet-stream";

/// A stored event as a line, without its end.
inline Result<std::string> export_line(const EventRecord& record, std::string_view source) {
    const bool has_source = !record.source.empty() && UriReader(record.source).read();
    const bool has_type = check_media_type("datacontenttype", record.content_type).has_value();
    const std::string_view content_type = has_type ? record.content_type : bytes_media_type;
    CloudEventFields fields{.id = record.id.to_string(),
                            .source = std::string(has_source ? record.source : source),
                            .type = std::string(record.type),
                            .subject = std::string(record.stream),
                            .time = record.recorded_at,
                            .datacontenttype = std::string(content_type),
                            .data = has_type ? data_in_line(content_type, record.data)
                                             : CloudEventData::bytes(std::string(record.data))};
    fields.extensions.try_emplace("typeversion", record.version);
    fields.extensions.try_emplace("streamrevision", std::to_string(record.revision.value()));
    if (record.source.empty())
        fields.extensions.try_emplace(source_of_file, true);
    else if (!has_source)
        fields.extensions.try_emplace(stored_source, percent_encoded(record.source));
    if (!has_type)
        fields.extensions.try_emplace(stored_content_type, percent_encoded(record.content_type));
    if (!record.metadata.empty())
        fields.extensions.try_emplace("metadata", percent_encoded(record.metadata));
    if (!record.tags.empty()) {
        std::string tags;
        for (const std::string_view tag : record.tags)
            tags += (tags.empty() ? "" : ",") + percent_encoded(tag, ',');
        fields.extensions.try_emplace("tags", std::move(tags));
    }
    auto event = CloudEvent::make(std::move(fields));
    if (!event)
        return std::move(event).error().within(event_place(record.stream, record.revision));
    return encode_cloud_event(*event);
}

/// Where the last line names the source of the file: also in its data, where a change is noticed,
/// or, in files of an older form, only by the `source` that all lines share.
enum class ExportForm : std::uint8_t { older, current };

/// The last line, without its end.
inline Result<std::string> export_end(std::string_view source, std::uint64_t events,
                                      const std::string& sha256,
                                      ExportForm form = ExportForm::current) {
    std::string data = R"({"events":)" + std::to_string(events) + R"(,"sha256":")" + sha256 + "\"";
    if (form == ExportForm::current) {
        data += R"(,"source":)";
        if (auto done = encode_json_to(data, source); !done)
            return std::move(done).error();
    }
    data += "}";
    return CloudEvent::make({.id = sha256,
                             .source = std::string(source),
                             .type = std::string(export_end_type),
                             .datacontenttype = std::string(json_media_type),
                             .data = CloudEventData::json(std::move(data))})
        .transform(encode_cloud_event);
}

/// An event on its way from a line into a store.
struct ExportedEvent {
    StreamName stream;
    std::uint64_t revision;
    Uuid id;
    Timestamp recorded_at;
    std::string type;
    std::string version;
    std::string content_type;
    std::string data;
    std::string metadata;
    std::vector<std::string> tags;
    std::string source;

    /// Views this event and `tag_views`, which it fills.
    [[nodiscard]] NewEvent view(std::vector<std::string_view>& tag_views) const {
        tag_views.assign(tags.begin(), tags.end());
        return {.id = id,
                .type = type,
                .version = version,
                .content_type = content_type,
                .data = data,
                .metadata = metadata,
                .recorded_at = recorded_at,
                .tags = tag_views,
                .source = source};
    }
};

/// Reads a line that `export_line` wrote; `malformed` for another one.
class ExportedEventReader {
public:
    explicit ExportedEventReader(const CloudEvent& event) : event_(event) {}

    Result<ExportedEvent> read() {
        auto stream = StreamName::parse(event_.subject().value_or(""));
        if (!stream)
            return std::move(stream).error().as(errc::malformed).within("subject");
        auto id = Uuid::parse(event_.id());
        if (!id)
            return std::move(id).error().within("id");
        if (!event_.time())
            return Error(errc::malformed, "expected a time, got none");
        if (!event_.datacontenttype())
            return Error(errc::malformed, "expected a datacontenttype, got none");
        const auto time = event_.time()->timestamp();
        if (!time)
            return Error(time.error()).as(errc::malformed);
        ExportedEvent out{.stream = *std::move(stream),
                          .revision = 0,
                          .id = *id,
                          .recorded_at = *time,
                          .type = event_.type(),
                          .version = std::string(text("typeversion")),
                          .content_type = *event_.datacontenttype(),
                          .data = {},
                          .metadata = {},
                          .tags = {},
                          .source = event_.extension(source_of_file) ? "" : event_.source()};
        const std::string_view revision = text("streamrevision");
        const char* const end = revision.data() + revision.size();
        const auto parsed = std::from_chars(revision.data(), end, out.revision);
        if (parsed.ec != std::errc{} || parsed.ptr != end)
            return Error(errc::malformed,
                         "streamrevision: expected a number, got " + detail::in_quotes(revision));
        auto done = read_data(out.data);
        if (done && event_.extension(stored_source))
            done = decode(stored_source, text(stored_source), out.source);
        if (done && event_.extension(stored_content_type))
            done = decode(stored_content_type, text(stored_content_type), out.content_type);
        if (done)
            done = decode("metadata", text("metadata"), out.metadata);
        if (done)
            done = read_tags(out.tags);
        if (!done)
            return std::move(done).error();
        return out;
    }

private:
    /// Undoes `percent_encoded`.
    static Result<void> decode(const char* name, std::string_view text, std::string& out) {
        auto bytes = percent_decoded(text);
        if (!bytes)
            return Error(errc::malformed,
                         std::string(name) + ": expected % before two hexadecimal digits");
        out = *std::move(bytes);
        return {};
    }
    Result<void> read_data(std::string& out) const {
        if (event_.data()) {
            out = event_.data()->content;
            return {};
        }
        if (!event_.extension("storeddata"))
            return Error(errc::malformed, "expected data, got none");
        // in files of an older form this extension has the data that is not JSON
        return decode("storeddata", text("storeddata"), out);
    }
    /// The extension of this name, empty if there is none or it is no text.
    [[nodiscard]] std::string_view text(std::string_view name) const {
        const CloudEventValue* const value = event_.extension(name);
        const auto* const found = value ? value->if_text() : nullptr;
        return found ? std::string_view(*found) : std::string_view();
    }
    Result<void> read_tags(std::vector<std::string>& out) const {
        std::string_view left = text("tags");
        while (!left.empty()) {
            const std::size_t comma = std::min(left.find(','), left.size());
            if (auto done = decode("tags", left.substr(0, comma), out.emplace_back()); !done)
                return done;
            left.remove_prefix(std::min(comma + 1, left.size()));
        }
        return {};
    }

    const CloudEvent& event_;
};

} // namespace eventsourcing::detail

#endif
