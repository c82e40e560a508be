// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_APPENDER_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_APPENDER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/append_body.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/fresh_appends.hpp>
#include <eventsourcing/engines/eventstoredb/known_ends.hpp>
#include <eventsourcing/engines/eventstoredb/reader.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// Appends batches of events. May be used from several threads at once.
template <class Client>
class Appender {
public:
    Appender(const Calls<Client>& calls, const Reader<Client>& reader, FreshAppends& fresh)
        : calls_(calls),
          reader_(reader),
          fresh_(fresh) {}

    [[nodiscard]] Result<Receipt> append(StreamNameView stream,
                                         std::optional<ExpectedRevision> expected,
                                         std::span<const NewEvent> events,
                                         const CallOptions& call) {
        auto body = append_body(events);
        if (!body)
            return meant_for(std::move(body).error(), stream);
        const Appending what{stream, events, *body, calls_.deadline_of(call), call};
        if (!expected || expected->kind() == ExpectedRevision::Kind::exists)
            return append_at_end(what, expected);
        const bool exactly = expected->kind() == ExpectedRevision::Kind::exactly;
        const auto last = std::min(expected->revision().value(), max_number);
        return append_after(what, exactly ? static_cast<std::int64_t>(last) : -1, *expected);
    }

private:
    using Clock = std::chrono::steady_clock;

    struct Appending {
        StreamNameView stream;
        std::span<const NewEvent> events;
        std::string_view body;
        Clock::time_point deadline;
        const CallOptions& call;
    };

    /// The number after `last`: 0 after -1, which means no event.
    static std::uint64_t number_after(std::int64_t last) {
        return static_cast<std::uint64_t>(last) + 1;
    }

    /// Appends after the event `last`, -1 for none. Sending the same bytes again is safe: the
    /// server compares ids from there on.
    [[nodiscard]] Result<Receipt> append_after(const Appending& what, std::int64_t last,
                                               ExpectedRevision expected) {
        const std::string version = std::to_string(last);
        const MessageHeader headers[] = {{"Content-Type", std::string(events_type)},
                                         {"Accept", std::string(json_type)},
                                         {"ES-ExpectedVersion", version}};
        const auto path = stream_path(what.stream);
        bool unknown = false;
        for (bool tried_again = false;; tried_again = true) {
            auto response = calls_.send({.method = "POST",
                                         .path = path,
                                         .headers = headers,
                                         .body = what.body,
                                         .deadline = what.deadline,
                                         .stop = what.call.stop,
                                         .reads = false},
                                        201, what.call, unknown);
            if (!response)
                return std::move(response).error().within("stream " + what.stream.str());
            switch (answer_of(*response, 201)) {
            case Answer::done:
                return receipt(what, last, *response);
            case Answer::conflict: {
                const auto actual = *current_version(*response);
                if (unknown)
                    if (auto found = find_stored(what, last, actual); !found || *found)
                        return stored(std::move(found));
                ends_.remember(what.stream, actual);
                return conflict_error(
                    what.stream, expected,
                    actual < 0 ? std::nullopt
                               : std::optional(Revision(static_cast<std::uint64_t>(actual))));
            }
            case Answer::gone:
                return outcome_of(gone(what.stream), unknown);
            case Answer::too_large: // the server may have gone on and written it
                unknown = true;
                if (auto found = find_stored(what, last, last); !found || *found)
                    return stored(std::move(found));
                if (!tried_again)
                    continue;
                break;
            default:
                break;
            }
            return outcome_of(calls_.refusal("stream " + what.stream.str(), *response), unknown);
        }
    }

    [[nodiscard]] Result<Receipt> receipt(const Appending& what, std::int64_t last,
                                          const HttpResponse& response) {
        auto first = number_after(last);
        if (const auto* const location = response.header("Location")) {
            const auto tail = std::string_view(*location).substr(location->rfind('/') + 1);
            const char* const end = tail.data() + tail.size();
            std::uint64_t number = 0;
            const auto [stop, code] = std::from_chars(tail.data(), end, number);
            if (code == std::errc{} && stop == end && number <= max_number - what.events.size())
                first = number; // after a soft delete the numbers go on
        }
        const Receipt made{Revision(first), Revision(first + what.events.size() - 1), {}};
        ends_.remember(what.stream, static_cast<std::int64_t>(made.last.value()));
        fresh_.appended(what.stream);
        return made;
    }

    static Result<Receipt> stored(Result<std::optional<Receipt>> found) {
        if (!found)
            return std::move(found).error();
        return **found;
    }

    /// The receipt of a batch whose ids are stored after the event `last`; nothing if they are not.
    /// `actual` is the last known event, deleted or not.
    [[nodiscard]] Result<std::optional<Receipt>>
    find_stored(const Appending& what, std::int64_t last, std::int64_t actual) const {
        const auto deleted = [&] {
            return Error(errc::unknown_outcome,
                         "stream " + what.stream.str() +
                             ": an attempt may have been stored, and the events after revision " +
                             std::to_string(last) +
                             " were deleted since, so this can't be determined; load it again");
        };
        StreamRead next{.from = Revision(number_after(last))};
        std::optional<Revision> first;
        for (std::size_t at = 0; at < what.events.size();) {
            next.limit = std::min(default_page_size, what.events.size() - at);
            auto page = reader_.read_stream(
                what.stream, next, {.deadline = what.deadline, .stop = what.call.stop}, true);
            if (!page)
                return Error(errc::unknown_outcome,
                             "stream " + what.stream.str() +
                                 ": an attempt may have been stored, and the stream could not be "
                                 "read to find out: " +
                                 what_failed(page.error()))
                    .with_outcome(Outcome::unknown);
            for (const EventRecord& record : page->records()) {
                const NewEvent& event = what.events[at];
                if (record.id != event.id && !first && record.revision.value() > number_after(last))
                    return deleted();
                if (record.id != event.id)
                    return std::optional<Receipt>{};
                if (!same_value(record, event))
                    return duplicate_error(event.id, what.stream.view(), record.revision,
                                           other_content);
                first = first.value_or(record.revision);
                if (++at == what.events.size())
                    return std::optional(Receipt{*first, first->plus(what.events.size() - 1), {}});
            }
            if (page->at_end && !first && last < actual)
                return deleted();
            if (page->at_end)
                break;
            next.from = page->next_revision;
        }
        return std::optional<Receipt>{};
    }

    /// Appends at the end of the stream. The server is never asked to find the end: it could then
    /// recognise a second attempt only as long as it remembers the ids. Each attempt says where; if
    /// another writer was faster, it has done nothing.
    [[nodiscard]] Result<Receipt> append_at_end(const Appending& what,
                                                std::optional<ExpectedRevision> expected) {
        auto last = ends_.of(what.stream).value_or(-1);
        if (expected) { // a deleted stream keeps its numbers
            const auto now = reader_.last_revision(
                what.stream, {.deadline = what.deadline, .stop = what.call.stop});
            if (!now)
                return now.error();
            if (!*now)
                return conflict_error(what.stream, *expected, std::nullopt);
            last = static_cast<std::int64_t>((*now)->value());
        }
        for (auto pause = std::chrono::microseconds(50);;) {
            const auto expected_last =
                last < 0 ? ExpectedRevision::no_stream()
                         : ExpectedRevision::exactly(Revision(static_cast<std::uint64_t>(last)));
            auto done = append_after(what, last, expected_last);
            const Conflict* const conflict = done ? nullptr : done.error().conflict();
            if (!conflict)
                return done;
            if (expected && !conflict->actual)
                return conflict_error(what.stream, *expected, std::nullopt);
            const auto found =
                conflict->actual ? static_cast<std::int64_t>(conflict->actual->value()) : -1;
            if (auto go_on = calls_.can_go_on(what.call); !go_on)
                return std::move(go_on).error();
            if (calls_.environment().steady_now() >= what.deadline)
                return Error(errc::timed_out, "stream " + what.stream.str() +
                                                  ": other writers were faster each time");
            if (found <= last || pause > std::chrono::microseconds(400))
                calls_.environment().sleep(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                               pause * calls_.environment().jitter()),
                                           what.call.stop);
            pause = std::min(2 * pause, std::chrono::microseconds(20'000));
            last = found;
        }
    }

    const Calls<Client>& calls_;
    const Reader<Client>& reader_;
    FreshAppends& fresh_;
    KnownEnds ends_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
