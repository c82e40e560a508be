// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_RACING_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_RACING_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/laws/race.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

inline constexpr std::size_t racers = 4;

/// Many writers with the same expectation at the same time, round by round.
inline void one_racer_wins(Trial& trial) {
    constexpr std::size_t rounds = 15;
    for (std::size_t round = 0; round < 2 * rounds && !trial.broken(); ++round) {
        const auto stream = *StreamName::of("law", "race " + number(round / 2));
        const auto expected =
            round % 2 == 0 ? ExpectedRevision::no_stream() : ExpectedRevision::exactly(Revision{0});
        std::vector<LawBatch> batches(racers, some_events(1));
        std::vector<Result<Receipt>> answers(racers, errc::internal);
        for (LawBatch& batch : batches)
            batch = some_events(1);
        race(racers,
             [&](std::size_t i) { answers[i] = trial.append(stream, expected, batches[i]); });

        std::size_t won = 0;
        std::optional<Uuid> winner;
        for (std::size_t i = 0; i < racers; ++i) {
            if (answers[i]) {
                ++won;
                winner = batches[i].ids[0];
            } else {
                trial.expect_refused(answers[i], errc::conflict, "an append that lost a race");
            }
        }
        if (!trial.expect(won == 1, "of ", racers, " racing writers with one expectation ", won,
                          " won"))
            return;
        const auto all = trial.stream_of(stream);
        trial.expect(all.size() == round % 2 + 1 && all.back().id == winner,
                     "the event of the writer that won is not the last of its stream");
    }
}

/// Writers that try again until they succeed: acknowledged events are stored, once and where the
/// receipt says.
inline void nothing_lost_or_doubled(Trial& trial, StreamNameView stream, bool checked) {
    constexpr std::size_t events_each = 20;
    constexpr std::size_t most_tries = 20'000;
    std::vector<std::vector<std::pair<Uuid, Revision>>> acknowledged(racers);
    std::vector<std::optional<Error>> errors(racers);
    race(racers, [&](std::size_t i) {
        std::optional<Revision> last;
        std::size_t tries = 0;
        while (acknowledged[i].size() < events_each && tries++ < most_tries) {
            const auto batch = some_events(1);
            const auto expected =
                last ? ExpectedRevision::exactly(*last) : ExpectedRevision::no_stream();
            const auto done = checked ? trial.append(stream, expected, batch)
                                      : trial.append_unchecked(stream, batch);
            if (done) {
                acknowledged[i].emplace_back(batch.ids[0], done->last);
                last = done->last;
            } else if (done.error() == errc::conflict && checked) {
                auto page =
                    trial.store.read_stream(stream, {.direction = Direction::backward, .limit = 1});
                if (page && !page->empty())
                    last = page->records().front().revision;
            } else {
                errors[i] = done.error();
                return;
            }
        }
    });

    std::map<Uuid, Revision> expected;
    for (std::size_t i = 0; i < racers; ++i) {
        expected.insert(acknowledged[i].begin(), acknowledged[i].end());
        if (errors[i])
            trial.expect(false, "a racing append answered ", text_of(*errors[i]));
        trial.expect(errors[i] || acknowledged[i].size() == events_each,
                     "a writer did not succeed within ", most_tries, " tries");
    }
    const auto all = trial.stream_of(stream);
    std::map<Uuid, Revision> stored;
    for (const Seen& event : all)
        stored.emplace(event.id, event.revision);
    trial.expect(stored.size() == all.size(), "an event is stored twice");
    trial.expect(stored == expected, expected.size(),
                 " appends were acknowledged, and the stream has ", all.size(),
                 " events, or at other revisions");
}

inline void racing_writers(Trial& trial) {
    one_racer_wins(trial);
    if (!trial.broken())
        nothing_lost_or_doubled(trial, "law-checked", true);
    if (!trial.broken())
        nothing_lost_or_doubled(trial, "law-unchecked", false);
}

/// Writers of many streams, and one reader that follows the store from the beginning.
inline void no_reader_skips(Trial& trial) {
    constexpr std::size_t writers = 3;
    constexpr std::size_t batches_each = 30;
    std::atomic<std::size_t> writing{writers};
    std::vector<std::optional<Error>> errors(writers);
    std::vector<Seen> followed;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < writers; ++i)
            threads.emplace_back([&, i] {
                const auto stream = *StreamName::of("law", "writer " + number(i));
                for (std::size_t n = 0; n < batches_each && !errors[i]; ++n)
                    if (auto done = trial.append_unchecked(stream, some_events(1 + n % 2)); !done)
                        errors[i] = done.error();
                writing.fetch_sub(1);
            });
        AllRead next{.limit = 1000};
        for (bool more = true; more && !trial.broken();) {
            more = writing.load() > 0;
            for (bool at_end = false; !at_end && !trial.broken();) {
                const auto page = trial.store.read_all(next);
                if (!trial.expect_done(page, "read_all"))
                    break;
                keep(*page, followed);
                at_end = page->at_end;
                trial.expect(page->last_position >= next.after, "a page moves back");
                next.after = page->last_position;
            }
        }
    }
    for (const auto& error : errors)
        if (error)
            trial.expect(false, "an append answered ", text_of(*error));
    const auto all = trial.everything({.limit = 1000});
    const auto missed = [&](const Seen& event) {
        return std::none_of(followed.begin(), followed.end(),
                            [&](const Seen& seen) { return seen.id == event.id; });
    };
    const auto skipped = std::find_if(all.begin(), all.end(), missed);
    trial.expect(skipped == all.end(), "a reader moved past an event that it was never shown");
    trial.expect(followed.size() <= all.size(), "a reader was shown an event twice");
    const auto in_order = [](const Seen& a, const Seen& b) { return a.position < b.position; };
    trial.expect(std::is_sorted(followed.begin(), followed.end(), in_order),
                 "a reader was shown events in another order than that of their positions");
}

} // namespace eventsourcing::detail::laws

#endif
