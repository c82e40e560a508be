// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_STREAM_METADATA_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_STREAM_METADATA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/engines/eventstoredb/payload.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// What an EventStoreDB stores about a stream, apart from its events.
struct EventStoreDbStreamMetadata {
    /// Events that are older than this, or before the last so many, or before this revision, can't
    /// be read any more, and are deleted some time.
    std::optional<std::chrono::seconds> max_age{};
    std::optional<std::uint64_t> max_count{};
    std::optional<Revision> truncate_before{};
    /// How long the end of the stream may be cached.
    std::optional<std::chrono::seconds> cache_control{};
    /// All other members, by name, as JSON: `$acl`, and those of the application.
    std::map<std::string, std::string, std::less<>> other{};

    bool operator==(const EventStoreDbStreamMetadata&) const = default;
};

namespace detail::eventstoredb {

inline Result<std::string> write_stream_metadata(const EventStoreDbStreamMetadata& metadata) {
    std::string out = "{";
    const auto name = [&out](std::string_view quoted_name) -> std::string& {
        return out.append(out.size() > 1 ? "," : "").append(quoted_name);
    };
    if (metadata.max_age)
        name(R"("$maxAge":)") += std::to_string(metadata.max_age->count());
    if (metadata.max_count)
        name(R"("$maxCount":)") += std::to_string(*metadata.max_count);
    if (metadata.truncate_before)
        name(R"("$tb":)") += std::to_string(metadata.truncate_before->value());
    if (metadata.cache_control)
        name(R"("$cacheControl":)") += std::to_string(metadata.cache_control->count());
    for (const auto& [key, value] : metadata.other) {
        name("");
        if (auto done = encode_json_to(out, key); !done)
            return std::move(done).error().within("stream metadata");
        out.append(":").append(value);
    }
    out += '}';
    if (auto good = check_payload(out, false); !good)
        return std::move(good).error().as(errc::invalid).within("stream metadata");
    return out;
}

inline Result<EventStoreDbStreamMetadata> read_stream_metadata(std::string_view text) {
    EventStoreDbStreamMetadata metadata;
    JsonScanner scanner(text);
    const auto refuse = [&scanner] {
        return scanner.error(errc::malformed).within("stream metadata");
    };
    if (!scanner.begin('{', "an object"))
        return refuse();
    for (bool first = true; scanner.more(first, '}'); first = false) {
        JsonString raw{};
        std::string_view value;
        std::string name;
        if (!scanner.member_name(raw) || !scanner.raw_value(value))
            return refuse();
        raw.copy_to(name);
        const auto number = decode_json<std::int64_t>(value);
        const bool natural = number && *number >= 0;
        if (name == "$maxAge" && natural)
            metadata.max_age = std::chrono::seconds(*number);
        else if (name == "$maxCount" && natural)
            metadata.max_count = static_cast<std::uint64_t>(*number);
        else if (name == "$tb" && natural)
            metadata.truncate_before = Revision(static_cast<std::uint64_t>(*number));
        else if (name == "$cacheControl" && natural)
            metadata.cache_control = std::chrono::seconds(*number);
        else
            metadata.other.emplace(std::move(name), value);
    }
    if (scanner.failed() || !scanner.at_end())
        return refuse();
    return metadata;
}

} // namespace detail::eventstoredb

} // namespace eventsourcing

#endif
