// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_READER_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_READER_HPP

#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/all_feed.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/ask_info.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/feed.hpp>
#include <eventsourcing/engines/eventstoredb/read_records.hpp>
#include <eventsourcing/engines/eventstoredb/stream_metadata.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

/// Reads streams, and everything, in pages. May be used from several threads at once.
template <class Client>
class Reader {
public:
    explicit Reader(const Calls<Client>& calls) : calls_(calls) {}

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                           const CallOptions& call,
                                           bool from_leader = false) const {
        const bool forward = which.direction == Direction::forward;
        const auto path = stream_path(stream);
        // so far from the largest number that a server's own sum does not overflow
        const auto last = max_number - max_page_size;
        std::string from = std::to_string(std::min(which.from.value_or(Revision{}).value(), last));
        if (!forward && (!which.from || which.from->value() > last))
            from = "head";
        for (auto limit = which.limit;; limit /= 2) {
            auto response = calls_.get(path + "/" + from + (forward ? "/forward/" : "/backward/") +
                                           std::to_string(limit) + "?embed=body",
                                       feed_type, call, from_leader);
            if (!response) {
                if (response.error() == errc::too_large && limit > 1)
                    continue; // fewer at a time
                return std::move(response).error().within("stream " + stream.str());
            }
            return stream_page(stream, which, *response, call);
        }
    }

    /// Of the last event that can be read; nothing where there is none.
    [[nodiscard]] Result<std::optional<Revision>> last_revision(StreamNameView stream,
                                                                const CallOptions& call) const {
        const auto page =
            read_stream(stream, {.direction = Direction::backward, .limit = 1}, call, true);
        if (!page)
            return page.error();
        return page->empty() ? std::nullopt : std::optional(page->records().front().revision);
    }

    [[nodiscard]] Result<Page> read_all(const AllRead& which, const CallOptions& call) const {
        for (auto limit = which.limit;; limit /= 2) {
            auto response = calls_.get(all_path(which.after, limit, "body"), feed_type, call);
            if (!response) {
                if (response.error() == errc::too_large && limit > 1)
                    continue;
                return std::move(response).error();
            }
            return all_page(which, *response, call);
        }
    }

    [[nodiscard]] Result<EventStoreDbStreamMetadata> metadata(StreamNameView stream,
                                                              const CallOptions& call) const {
        auto response = calls_.get(stream_path(stream) + "/metadata", json_type, call);
        if (!response)
            return std::move(response).error().within("stream " + stream.str());
        if (response->status == 410)
            return gone(stream);
        if (response->status != 200)
            return calls_.refusal("stream " + stream.str(), *response);
        auto read = read_stream_metadata(response->body);
        if (!read)
            return std::move(read).error().within("stream " + stream.str());
        return read;
    }

private:
    /// Adds the entries in the order of reading.
    [[nodiscard]] Result<void> add_entries(Page& page, Feed& feed, bool forward,
                                           const CallOptions& call) const {
        if (forward)
            std::reverse(feed.entries.begin(), feed.entries.end());
        page.reserve(feed.entries.size());
        for (FeedEntry& entry : feed.entries) {
            if (is_dead_link(entry))
                continue;
            if (!entry.data && entry.stream && entry.number) // it is not JSON
                if (auto done = get_bytes(entry, call); !done)
                    return done;
            if (auto done = add_record(page, entry); !done)
                return done;
        }
        return {};
    }

    [[nodiscard]] Result<Page> stream_page(StreamNameView stream, const StreamRead& which,
                                           const HttpResponse& response,
                                           const CallOptions& call) const {
        const bool forward = which.direction == Direction::forward;
        Page page;
        if (forward)
            page.next_revision = which.from.value_or(Revision{});
        if (response.status == 404) { // no events, or none any more
            if (auto good = check_missing(response, call); !good)
                return std::move(good).error().within("stream " + stream.str());
            return page;
        }
        if (response.status == 410)
            return gone(stream);
        if (response.status != 200)
            return calls_.refusal("stream " + stream.str(), response);
        const auto within = [&](Error error) {
            return std::move(error).within("stream " + stream.str());
        };
        auto feed = read_feed(response.body);
        if (!feed)
            return within(std::move(feed).error());
        const auto* const next = feed->link(forward ? "previous" : "next");
        page.at_end = forward ? feed->head_of_stream || !next : !next;
        if (next) {
            const auto number = page_number(*next);
            if (!number)
                return within(number.error());
            page.next_revision = Revision(*number);
            if (!page.at_end && which.from &&
                (forward ? *number <= which.from->value() : *number >= which.from->value()))
                return within(leads_nowhere(*next));
        }
        if (auto done = add_entries(page, *feed, forward, call); !done)
            return within(std::move(done).error());
        return page;
    }

    /// Servers answer "no such stream" as text without text. Any other 404 may be one for an
    /// address that a server without streams, or a proxy, does not know.
    [[nodiscard]] Result<void> check_missing(const HttpResponse& response,
                                             const CallOptions& call) const {
        const auto* const type = response.header("Content-Type");
        if (type && type->starts_with("text/plain") && response.body.empty())
            return {};
        return check_streams(calls_, call);
    }

    static Error leads_nowhere(const std::string& link) {
        return {errc::malformed,
                "Atom feed: expected a link that leads on, got " + detail::quoted(link)};
    }

    /// The data of an event that is not JSON, which other programs may have written.
    [[nodiscard]] Result<void> get_bytes(FeedEntry& entry, const CallOptions& call) const {
        std::string path = "/streams/";
        append_percent_encoded(path, *entry.stream);
        auto response = calls_.get(path + "/" + std::to_string(*entry.number),
                                   "application/octet-stream", call);
        if (!response)
            return std::move(response).error();
        if (response->status == 200)
            entry.bytes = std::move(response->body);
        else if (response->status != 404 && response->status != 410) // else deleted meanwhile
            return calls_.refusal(path, *response);
        return {};
    }

    [[nodiscard]] Result<Page> all_page(const AllRead& which, const HttpResponse& response,
                                        const CallOptions& call) const {
        auto feed = all_feed(calls_, response);
        if (!feed)
            return std::move(feed).error();
        auto last = next_position(*feed, which.after);
        if (!last)
            return std::move(last).error();
        std::erase_if(feed->entries, [](const FeedEntry& entry) {
            return entry.stream && is_system_stream(*entry.stream);
        });
        Page all;
        if (auto done = add_entries(all, *feed, true, call); !done)
            return std::move(done).error().within("$all");
        Page page;
        for (const EventRecord& record : all.records())
            if (matches(which.query, record.type, record.tags))
                page.add(record);
        page.at_end = !feed->link("previous"); // no server says it by `headOfStream`
        page.last_position = *last;
        if (!page.at_end && *last <= which.after)
            return leads_nowhere(*feed->link("previous")).within("$all");
        return page;
    }

    const Calls<Client>& calls_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
