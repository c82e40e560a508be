// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_READING_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_READING_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::laws {

inline bool are(std::span<const Seen> events, std::span<const Uuid> ids) {
    return std::equal(events.begin(), events.end(), ids.begin(), ids.end(),
                      [](const Seen& event, const Uuid& id) { return event.id == id; });
}

inline void reading_streams(Trial& trial) {
    constexpr std::size_t size = 25;
    const StreamNameView stream = "law-read";
    std::vector<Uuid> all;
    for (std::size_t i = 0; i < 5; ++i) {
        const auto batch = some_events(5);
        if (!trial.given(stream, batch) || !trial.given("law-beside", some_events(1)))
            return;
        all.insert(all.end(), batch.ids.begin(), batch.ids.end());
    }
    const auto check = [&](const StreamRead& which, std::span<const Uuid> wanted,
                           std::string_view what) {
        const auto read = trial.stream_of(stream, which);
        trial.expect(are(read, wanted), what, ", by pages of ", which.limit, ", gave ", read.size(),
                     " events instead of ", wanted.size(), ", or others");
        for (const Seen& event : read)
            trial.expect(event.stream == stream.view() && event.revision.value() < size &&
                             all[event.revision.value()] == event.id,
                         what, " gave an event with another stream or revision");
    };
    const std::vector<Uuid> back(all.rbegin(), all.rend());
    const auto backward = Direction::backward;
    for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, size, std::size_t{500}}) {
        check({.limit = limit}, all, "a stream read forward");
        check({.direction = backward, .limit = limit}, back, "a stream read backward");
        check({.from = Revision{10}, .limit = limit}, std::span(all).subspan(10),
              "a stream read forward from revision 10");
        check({.from = Revision{10}, .direction = backward, .limit = limit},
              std::span(back).subspan(size - 11), "a stream read backward from revision 10");
    }
    check({.from = Revision{size - 1}}, std::span(all).last(1),
          "a stream read from its last event");
    check({.from = Revision{0}, .direction = backward}, std::span(all).first(1),
          "a stream read backward from its first event");
    for (const auto far : {std::uint64_t{size}, std::numeric_limits<std::uint64_t>::max()}) {
        check({.from = Revision{far}}, {}, "a stream read from after its end");
        check({.from = Revision{far}, .direction = backward}, back,
              "a stream read backward from after its end");
    }
    for (const auto direction : {Direction::forward, backward})
        trial.expect(trial.stream_of("law-missing", {.direction = direction}).empty(),
                     "a stream that does not exist has events");

    // the last page says where to go on when there are more events
    const auto page = trial.store.read_stream(stream);
    const auto more = some_events(1);
    if (!trial.expect_done(page, "read_stream") || !trial.given(stream, more))
        return;
    trial.expect(page->at_end && page->next_revision == Revision{size},
                 "a page up to the end does not say that the next one starts after it");
    const auto next = trial.stream_of(stream, {.from = page->next_revision});
    trial.expect(are(next, more.ids), "reading on from the end did not give what came then");
}

inline void reading_all(Trial& trial) {
    std::vector<Uuid> all;
    std::vector<std::optional<Position>> ends; // of each batch, from its receipt
    for (std::size_t i = 0; i < 12; ++i) {
        const auto stream = *StreamName::of("law", "all " + number(i % 3));
        const auto batch = some_events(1 + i % 3);
        const auto done = trial.append_unchecked(stream, batch);
        if (!trial.expect_done(done, "append_unchecked"))
            return;
        all.insert(all.end(), batch.ids.begin(), batch.ids.end());
        ends.resize(all.size());
        ends.back() = done->position;
    }
    for (const std::size_t limit :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, all.size(), std::size_t{500}}) {
        const auto read = trial.everything({.limit = limit});
        if (!trial.expect(are(read, all), "the store read by pages of ", limit, " gave ",
                          read.size(), " events instead of ", all.size(), ", or in another order"))
            return;
        for (std::size_t i = 0; i < read.size(); ++i) {
            trial.expect(!ends[i] || !read[i].position || ends[i] == read[i].position,
                         "an event is at another position than its receipt says");
            trial.expect(i == 0 || !read[i].position || read[i - 1].position < read[i].position,
                         "positions do not ascend");
        }
    }
    // from where a page ended, and from the position of an event, if it has one
    const auto page = trial.store.read_all({.limit = 5});
    if (!trial.expect_done(page, "read_all"))
        return;
    const auto rest = std::span(all).subspan(page->records().size());
    trial.expect(are(trial.everything({.after = page->last_position}), rest),
                 "reading after a page did not give the rest");
    for (const auto& record : page->records().subspan(page->records().size() - 1))
        if (record.position)
            trial.expect(are(trial.everything({.after = record.position}), rest),
                         "reading after the position of an event did not give the rest");
    const auto end = trial.end_position();
    const auto nothing = trial.store.read_all({.after = end});
    if (trial.expect_done(nothing, "read_all at the end"))
        trial.expect(nothing->empty() && nothing->at_end && nothing->last_position == end,
                     "a page at the end is not empty, not the last, or forgets where it is");
}

inline void reading_by_query(Trial& trial) {
    for (std::size_t i = 0; i < 40; ++i) {
        const auto stream = *StreamName::of("law", "query " + number(i % 4));
        std::vector<std::string> tags;
        if (i % 2 == 0)
            tags.push_back("even");
        if (i % 5 == 0)
            tags.push_back("five");
        if (!trial.given(stream, LawBatch({i % 3 == 0 ? counted(i, tags) : noted("hello", tags)})))
            return;
    }
    const auto all = trial.everything();
    const auto check = [&](Query query, std::string_view what) {
        std::vector<Uuid> wanted;
        for (const Seen& event : all) {
            const std::vector<std::string_view> tags(event.tags.begin(), event.tags.end());
            if (matches(query, event.type, tags))
                wanted.push_back(event.id);
        }
        for (const std::size_t limit : {std::size_t{1}, std::size_t{3}, std::size_t{500}}) {
            const auto found = trial.everything({.query = query, .limit = limit});
            trial.expect(are(found, wanted), "reading by ", what, " gave ", found.size(),
                         " events instead of ", wanted.size(), ", or others");
        }
    };
    check({.items = {{.types = {"law.counted"}, .tags = {}}}}, "a type");
    check({.items = {{.types = {"law.counted", "law.noted"}, .tags = {}}}}, "two types");
    check({.items = {{.types = {}, .tags = {"even"}}}}, "a tag");
    check({.items = {{.types = {}, .tags = {"even", "five"}}}}, "two tags");
    check({.items = {{.types = {"law.noted"}, .tags = {"five"}}}}, "a type and a tag");
    check(
        {.items = {{.types = {"law.counted"}, .tags = {"five"}}, {.types = {}, .tags = {"even"}}}},
        "two items");

    // if nothing matches, reading moves on nevertheless
    const Query nothing{.items = {{.types = {"law.unknown"}, .tags = {}}}};
    AllRead next{.query = nothing, .limit = 3};
    bool at_end = false;
    for (std::size_t pages = 0; !at_end && pages < 1000; ++pages) {
        const auto page = trial.store.read_all(next);
        if (!trial.expect_done(page, "read_all"))
            return;
        trial.expect(page->empty(), "a query that matches nothing gave events");
        at_end = page->at_end;
        next.after = page->last_position;
    }
    trial.expect(at_end, "reading by a query that matches nothing does not end");
    trial.expect(next.after == trial.end_position(),
                 "reading by a query that matches nothing does not move on to the end");
}

inline void copies(Trial& trial) {
    LawStore copy = trial.store.copy();
    const auto first = some_events(1);
    const auto second = some_events(1);
    if (!trial.given("law-copy", first))
        return;
    const auto done = second.in_form(trial.form, [&](const auto& events) {
        return copy.append("law-copy", ExpectedRevision::exactly(Revision{0}), events);
    });
    trial.expect_done(done, "an append through a copy of the store");
    trial.expect_stream("law-copy", {&first, &second});
}

} // namespace eventsourcing::detail::laws

#endif
