// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_FEED_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_FEED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

/// The largest number that an event can have.
inline constexpr std::uint64_t max_number = INT64_MAX;

struct FeedLink {
    std::string uri;
    std::string relation;
};

/// An event in a feed, as `embed=body` gives it.
struct FeedEntry {
    std::optional<std::string> id;
    std::optional<std::string> type;
    std::optional<std::uint64_t> number;
    std::optional<std::string> stream;
    /// JSON text, indented; absent if the event is not JSON.
    std::optional<std::string> data;
    std::optional<std::string> metadata;
    std::optional<std::string> updated;
    /// Its place in the stream that was read; for a link that is not the place of its event.
    std::optional<std::uint64_t> position_number;
    std::optional<std::string> position_stream;
    /// Without `data`: what was read apart from the feed.
    std::string bytes;

    static void members(auto& self, auto&& member) {
        member("eventId", self.id);
        member("eventType", self.type);
        member("eventNumber", self.number);
        member("data", self.data);
        member("metaData", self.metadata);
        member("streamId", self.stream);
        member("positionEventNumber", self.position_number);
        member("positionStreamId", self.position_stream);
        member("updated", self.updated);
    }
};

/// A page as an EventStoreDB returns it: an Atom feed in JSON, its entries newest first.
struct Feed {
    bool head_of_stream = false;
    std::vector<FeedLink> links;
    std::vector<FeedEntry> entries;

    static void members(auto& self, auto&& member) {
        member("headOfStream", self.head_of_stream);
        member("links", self.links);
        member("entries", self.entries);
    }

    /// Where the link of this relation leads; null if there is none.
    [[nodiscard]] const std::string* link(std::string_view relation) const {
        for (const FeedLink& link : links)
            if (link.relation == relation)
                return &link.uri;
        return nullptr;
    }
};

inline Result<Feed> read_feed(std::string_view text) {
    auto feed = decode_json<Feed>(text);
    if (!feed)
        return std::move(feed).error().within("Atom feed");
    return feed;
}

/// The part of the address of a page that says where it starts: `12` in
/// `http://host/streams/combat-ogre/12/forward/20`.
inline Result<std::string_view> page_start(std::string_view uri) {
    const auto count = uri.rfind('/');
    const auto direction = count == 0 || count == uri.npos ? uri.npos : uri.rfind('/', count - 1);
    const auto start =
        direction == 0 || direction == uri.npos ? uri.npos : uri.rfind('/', direction - 1);
    if (start == uri.npos)
        return Error(errc::malformed, "Atom feed: expected a link like .../12/forward/20, got " +
                                          detail::in_quotes(uri));
    return uri.substr(start + 1, direction - start - 1);
}

/// That part as the number of an event.
inline Result<std::uint64_t> page_number(std::string_view uri) {
    auto start = page_start(uri);
    if (!start)
        return std::move(start).error();
    std::uint64_t number = 0;
    const char* const end = start->data() + start->size();
    const auto [stop, code] = std::from_chars(start->data(), end, number);
    if (code != std::errc{} || stop != end || number > max_number)
        return Error(errc::malformed,
                     "Atom feed: expected a link with the number of an event, got " +
                         detail::in_quotes(uri));
    return number;
}

/// That part as a position in the whole store: 16 hexadecimal digits for each of two numbers.
inline Result<Position> page_position(std::string_view uri) {
    auto start = page_start(uri);
    if (!start)
        return std::move(start).error();
    std::uint64_t halves[2] = {};
    bool good = start->size() == 32;
    for (std::size_t i = 0; good && i < 2; ++i) {
        const char* const begin = start->data() + 16 * i;
        const auto [stop, code] = std::from_chars(begin, begin + 16, halves[i], 16);
        good = code == std::errc{} && stop == begin + 16;
    }
    if (!good)
        return Error(errc::malformed,
                     "Atom feed: expected a link with a position of 32 hexadecimal digits, got " +
                         detail::in_quotes(uri));
    return Position(halves[0], halves[1]);
}

inline std::string text_of(Position position) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const auto half : {position.value(), position.prepare()})
        for (unsigned shift = 64; shift > 0; shift -= 4)
            out += digits[half >> (shift - 4) & 0xFU];
    return out;
}

} // namespace eventsourcing::detail::eventstoredb

#endif
