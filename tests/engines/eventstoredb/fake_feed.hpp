// SPDX-License-Identifier: MIT
// The Atom feeds of an EventStoreDB, as JSON.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_FAKE_FEED_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_FAKE_FEED_HPP

#include "engines/eventstoredb/fake_streams.hpp"

#include <eventsourcing/core/percent.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace fake_esdb {

inline std::string escaped(std::string_view name) {
    std::string out;
    eventsourcing::detail::append_percent_encoded(out, name);
    return out;
}

inline Json link(const std::string& uri, const char* relation) {
    return {{"uri", uri}, {"relation", relation}};
}

inline Json value_of(const std::string& text, bool is_json) {
    const Json read = Json::parse(text, nullptr, false);
    return is_json && !read.is_discarded() ? read : Json(text);
}

/// An event as `application/vnd.eventstore.event+json`.
inline Json content(const Event& event) {
    return {{"eventStreamId", event.stream},
            {"eventNumber", event.number},
            {"eventType", event.type},
            {"eventId", event.id},
            {"data", value_of(event.data, event.is_json)},
            {"metadata", value_of(event.metadata, event.is_json && !event.metadata.empty())}};
}

/// `embed` is none, content, rich, body or tryharder. `by` is the link that led to the event.
inline Json entry(const Event& event, const std::string& host, std::string_view embed,
                  const Event* by = nullptr) {
    Json out = Json::object();
    const bool with_bytes = embed == "body" || embed == "tryharder";
    const Event& place = by ? *by : event;
    if (with_bytes || embed == "rich") {
        out["eventId"] = event.id;
        out["eventType"] = event.type;
        out["eventNumber"] = event.number;
        if (with_bytes && (event.is_json || (embed == "tryharder" && !event.data.empty())))
            out["data"] = event.data;
        if (with_bytes && event.is_json && !event.metadata.empty())
            out["metaData"] = event.metadata;
        if (with_bytes && by)
            out["linkMetaData"] = by->metadata;
        out["streamId"] = event.stream;
        out["isJson"] = event.is_json;
        out["isMetaData"] = with_bytes && event.is_json && !event.metadata.empty();
        out["isLinkMetaData"] = false;
        out["positionEventNumber"] = place.number;
        out["positionStreamId"] = place.stream;
    }
    const auto uri =
        host + "/streams/" + escaped(event.stream) + "/" + std::to_string(event.number);
    out["title"] = std::to_string(event.number) + "@" + event.stream;
    out["id"] = uri;
    out["updated"] = place.updated;
    out["author"] = {{"name", "EventStore"}};
    out["summary"] = place.type;
    if (embed == "content")
        out["content"] = content(event);
    out["links"] = Json::array({link(uri, "edit"), link(uri, "alternate")});
    return out;
}

/// A link whose event is gone: all that is left of it is where it led.
inline Json dead_link(const Event& link_event, const std::string& host) {
    const auto at = link_event.data.find('@');
    const auto uri = host + "/streams/" +
                     escaped(at == std::string::npos ? "" : link_event.data.substr(at + 1)) + "/" +
                     link_event.data.substr(0, at);
    return {{"title", link_event.data},
            {"id", uri},
            {"updated", link_event.updated},
            {"author", {{"name", "EventStore"}}},
            {"summary", link_event.type},
            {"links", Json::array({link(uri, "edit"), link(uri, "alternate")})}};
}

/// A feed without its links and with the entries newest first, as they always are. `resolves` is
/// the streams in which links are followed, null if they are not.
inline Json feed(const std::string& title, const std::string& id, const Part& part,
                 const std::string& host, std::string_view embed, const Streams* resolves) {
    Json out = Json::object();
    out["title"] = title;
    out["id"] = id;
    out["updated"] = part.events.empty() ? "0001-01-01T00:00:00Z" : part.events.back()->updated;
    out["author"] = {{"name", "EventStore"}};
    out["links"] = Json::array();
    out["entries"] = Json::array();
    for (auto event = part.events.rbegin(); event != part.events.rend(); ++event) {
        if (!resolves || (*event)->type != "$>") {
            out["entries"].push_back(entry(**event, host, embed));
            continue;
        }
        const auto target = resolves->target_of(**event);
        out["entries"].push_back(target ? entry(*target, host, embed, event->get())
                                        : dead_link(**event, host));
    }
    return out;
}

/// A feed in the form of servers from 23.10 on: members without a value are null.
inline void write_nulls(Json& feed) {
    for (const char* name : {"streamId", "selfUrl", "eTag"})
        if (!feed.contains(name))
            feed[name] = nullptr;
    const auto typed = [](Json& links) {
        for (Json& one : links)
            one["type"] = nullptr;
    };
    typed(feed["links"]);
    for (Json& one : feed["entries"]) {
        typed(one["links"]);
        if (!one.contains("eventId"))
            continue;
        for (const char* name : {"data", "metaData", "linkMetaData", "retryCount", "content"})
            if (!one.contains(name))
                one[name] = nullptr;
        one["isRedacted"] = false;
    }
}

/// Since 25.0 the product has another name.
inline void write_author(Json& feed, const char* name) {
    feed["author"]["name"] = name;
    for (Json& one : feed["entries"])
        one["author"]["name"] = name;
}

inline std::string hex_position(std::uint64_t commit) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out(32, '0');
    for (std::size_t i = 0; i < 16; ++i)
        out[15 - i] = digits[commit >> (4 * i) & 0xFU];
    return out;
}

} // namespace fake_esdb

#endif
