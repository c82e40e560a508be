// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_READER_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_READER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/all_feed.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/ask_info.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/event_bytes.hpp>
#include <eventsourcing/engines/eventstoredb/feed.hpp>
#include <eventsourcing/engines/eventstoredb/fresh_appends.hpp>
#include <eventsourcing/engines/eventstoredb/read_records.hpp>
#include <eventsourcing/engines/eventstoredb/retries.hpp>
#include <eventsourcing/engines/eventstoredb/stream_metadata.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

/// Reads streams, and all events, in pages. May be used from several threads at once.
template <class Client>
class Reader {
public:
    Reader(const Calls<Client>& calls, FreshAppends& fresh) : calls_(calls), fresh_(fresh) {}

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                           const CallOptions& call,
                                           bool from_leader = false) const {
        auto page = stream_page(stream, which, call, from_leader);
        if (page || page.error() == errc::gone)
            return page;
        return std::move(page).error().within("stream " + stream.str());
    }

    /// The revision of the last event that can be read; nothing if there is none.
    [[nodiscard]] Result<std::optional<Revision>> last_revision(StreamNameView stream,
                                                                const CallOptions& call) const {
        const auto page =
            read_stream(stream, {.direction = Direction::backward, .limit = 1}, call, true);
        if (!page)
            return page.error();
        return page->empty() ? std::nullopt : std::optional(page->records().front().revision);
    }

    [[nodiscard]] Result<Page> read_all(const AllRead& which, const CallOptions& call) const {
        auto response = get_page(which.limit, [&](std::size_t limit) {
            return calls_.get(all_path(which.after, limit, "body"), feed_type, call);
        });
        if (!response)
            return std::move(response).error();
        return all_page(which, *response, call);
    }

    [[nodiscard]] Result<EventStoreDbStreamMetadata> metadata(StreamNameView stream,
                                                              const CallOptions& call) const {
        auto response = calls_.get(stream_path(stream) + "/metadata", json_type, call);
        if (!response)
            return std::move(response).error().within("stream " + stream.str());
        if (response->status == 410)
            return gone(stream);
        if (response->status == 404) { // there never was such a stream
            if (auto good = check_missing(*response, call); !good)
                return std::move(good).error().within("stream " + stream.str());
            return EventStoreDbStreamMetadata{};
        }
        if (response->status != 200)
            return calls_.refusal("stream " + stream.str(), *response);
        auto read = read_stream_metadata(response->body);
        if (!read)
            return std::move(read).error().within("stream " + stream.str());
        return read;
    }

private:
    /// A response of a size that can be received: with fewer events than `limit` if they are too
    /// large.
    template <class Get>
    static Result<HttpResponse> get_page(std::size_t limit, Get get) {
        for (;; limit /= 2) {
            auto response = get(limit);
            if (response || response.error() != errc::too_large || limit <= 1)
                return response;
        }
    }

    // ---- one stream ---------------------------------------------------------------------------

    /// A page of a stream, its links not yet followed; nothing if there is no such stream.
    [[nodiscard]] Result<std::optional<Feed>>
    feed_at(StreamNameView stream, const std::string& from, bool forward, std::size_t limit,
            const char* embed, const CallOptions& call, bool from_leader) const {
        const auto path = stream_path(stream) + "/" + from + (forward ? "/forward/" : "/backward/");
        Retries retries(calls_.deadline_of(call), std::numeric_limits<int>::max(),
                        calls_.environment());
        for (;;) {
            auto response = get_page(limit, [&](std::size_t some) {
                return calls_.get(path + std::to_string(some) + "?embed=" + embed, feed_type, call,
                                  from_leader);
            });
            if (!response)
                return std::move(response).error();
            if (response->status == 404) {
                if (auto good = check_missing(*response, call); !good)
                    return std::move(good).error();
                if (!fresh_.doubts_missing(stream))
                    return std::optional<Feed>{};
                const EitherStop either(call.stop, calls_.closing());
                if (retries.wait({}, either.token()))
                    continue;
                if (auto go_on = calls_.can_go_on(call); !go_on)
                    return std::move(go_on).error();
                return Error(errc::timed_out, "the server does not show yet what was appended");
            }
            if (response->status == 410)
                return gone(stream);
            if (response->status != 200)
                return calls_.refusal("reading", *response);
            fresh_.settled(stream);
            auto feed = read_feed(response->body);
            if (!feed)
                return std::move(feed).error();
            return std::optional(*std::move(feed));
        }
    }

    [[nodiscard]] Result<Page> stream_page(StreamNameView stream, const StreamRead& which,
                                           const CallOptions& call, bool from_leader) const {
        const bool forward = which.direction == Direction::forward;
        // far enough from the largest number that the server's own sum does not overflow
        const auto last = max_number - max_page_size;
        auto number = std::min(which.from.value_or(Revision{}).value(), last);
        std::string from = std::to_string(number);
        if (!forward && (!which.from || which.from->value() > last))
            from = "head";
        for (;;) {
            auto feed = feed_at(stream, from, forward, which.limit, "body", call, from_leader);
            if (!feed)
                return std::move(feed).error();
            Page page;
            if (forward)
                page.next_revision = which.from.value_or(Revision{});
            if (!*feed)
                return page;
            const auto* const next = (*feed)->link(forward ? "previous" : "next");
            page.at_end = forward ? (*feed)->head_of_stream || !next : !next;
            if (next) {
                const auto next_number = page_number(*next);
                if (!next_number)
                    return next_number.error();
                page.next_revision = Revision(*next_number);
                if (!page.at_end && which.from &&
                    (forward ? *next_number <= number : *next_number >= which.from->value()))
                    return leads_nowhere(*next);
            }
            if (forward && !page.at_end && (*feed)->entries.empty()) {
                const auto first =
                    first_left(stream, page.next_revision->value(), which.limit, call, from_leader);
                if (!first)
                    return first.error();
                if (*first > number) {
                    number = *first;
                    from = std::to_string(number);
                    continue;
                }
            }
            if (auto done = add_entries(page, **feed, forward, call); !done)
                return std::move(done).error();
            return page;
        }
    }

    /// Where to read on in a stream whose event at `from` was truncated: at its first event that is
    /// left, or up to `limit` before it. A server only says whether an event is left at the place
    /// that is asked for.
    [[nodiscard]] Result<std::uint64_t> first_left(StreamNameView stream, std::uint64_t from,
                                                   std::size_t limit, const CallOptions& call,
                                                   bool from_leader) const {
        const auto end = feed_at(stream, "head", false, 1, "rich", call, from_leader);
        if (!end)
            return end.error();
        if (!*end || (*end)->entries.empty())
            return from;
        const FeedEntry& newest = (*end)->entries.front();
        auto left = (newest.position_number ? newest.position_number : newest.number).value_or(0);
        while (left > from && left - from >= limit) {
            const auto middle = from + (left - from) / 2;
            const auto at =
                feed_at(stream, std::to_string(middle), true, 1, "rich", call, from_leader);
            if (!at)
                return at.error();
            if (*at && (*at)->entries.empty() && !(*at)->head_of_stream)
                from = middle + 1;
            else
                left = middle;
        }
        return from;
    }

    /// A server with streams says that a stream is missing; for any other 404 it asks the server.
    [[nodiscard]] Result<void> check_missing(const HttpResponse& response,
                                             const CallOptions& call) const {
        return says_missing(response) ? Result<void>{} : check_streams(calls_, call);
    }

    static Error leads_nowhere(const std::string& link) {
        return {errc::malformed,
                "Atom feed: expected a link that leads on, got " + detail::in_quotes(link)};
    }

    // ---- all events ---------------------------------------------------------------------------

    [[nodiscard]] Result<Page> all_page(const AllRead& which, const HttpResponse& response,
                                        const CallOptions& call) const {
        auto feed = all_feed(calls_, response);
        if (!feed)
            return std::move(feed).error();
        const auto last = next_position(*feed, which.after);
        if (!last)
            return last.error();
        // a link is no event: its event is in `$all` itself
        std::erase_if(feed->entries, [](const FeedEntry& entry) {
            const auto& stream = entry.position_stream ? entry.position_stream : entry.stream;
            return is_link(entry) || (stream && is_system_stream(*stream)) ||
                   (entry.position_stream && entry.position_stream != entry.stream);
        });
        Page page;
        page.at_end = !feed->link("previous"); // servers don't set `headOfStream` here
        page.last_position = *last;
        if (!page.at_end && *last <= which.after)
            return leads_nowhere(*feed->link("previous")).within("$all");
        if (auto done = add_entries(page, *feed, true, call, which.query); !done)
            return std::move(done).error().within("$all");
        return page;
    }

    // ---- both ---------------------------------------------------------------------------------

    /// Adds the entries that match, in the order of reading, and counts those that are left out.
    [[nodiscard]] Result<void> add_entries(Page& page, Feed& feed, bool forward,
                                           const CallOptions& call, const Query& query = {}) const {
        if (forward)
            std::reverse(feed.entries.begin(), feed.entries.end());
        page.reserve(feed.entries.size());
        for (FeedEntry& entry : feed.entries) {
            if (is_remains(entry)) {
                page.left_out += matches(query, entry.type.value_or(""), {}) ? 1U : 0U;
                continue;
            }
            // an event that is not JSON has no tags, so its type decides
            if (lacks_bytes(entry) && matches(query, entry.type.value_or(""), {})) {
                auto bytes = EventBytes<Client>(calls_, call).read(*entry.stream, *entry.number);
                if (!bytes)
                    return std::move(bytes).error();
                if (!*bytes) {
                    ++page.left_out;
                    continue;
                }
                entry.data.reset();
                entry.bytes = **std::move(bytes);
            }
            if (auto done = add_record(page, entry, query); !done)
                return done;
        }
        return {};
    }

    const Calls<Client>& calls_;
    FreshAppends& fresh_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
