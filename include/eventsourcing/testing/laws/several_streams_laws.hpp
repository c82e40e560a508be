// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_SEVERAL_STREAMS_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_SEVERAL_STREAMS_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/testing/laws/law_batch.hpp>
#include <eventsourcing/testing/laws/race.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::laws {

/// Two streams, and one that is only read.
struct Move {
    LawBatch out = some_events(1, "out");
    LawBatch in = some_events(2, "in");

    Result<std::vector<std::optional<Receipt>>>
    send(Trial& trial, ExpectedRevision from, ExpectedRevision read, ExpectedRevision to) const {
        return trial.append_all(
            {{"law-from", from, &out}, {"law-read", read, nullptr}, {"law-to", to, &in}});
    }
};

inline constexpr auto law_no_stream = ExpectedRevision::no_stream();
constexpr ExpectedRevision law_at(std::uint64_t last) {
    return ExpectedRevision::exactly(Revision{last});
}

inline void appends_to_several(Trial& trial) {
    const auto first = some_events(1);
    const auto read = some_events(2);
    if (!trial.given("law-from", first) || !trial.given("law-read", read))
        return;
    const auto nothing_was_done = [&] {
        trial.expect_stream("law-from", {&first});
        trial.expect_stream("law-read", {&read});
        trial.expect_stream("law-to", {});
    };
    const auto refuse = [&](ExpectedRevision from, ExpectedRevision at_read, ExpectedRevision to,
                            std::string_view stream, std::string_view what) {
        const auto refused = Move{}.send(trial, from, at_read, to);
        if (trial.expect_refused(refused, errc::conflict, what)) {
            const Conflict* const conflict = refused.error().conflict();
            trial.expect(conflict && conflict->stream == stream, what,
                         " does not name the stream in the data of its conflict");
        }
        nothing_was_done();
    };
    refuse(law_at(7), law_at(1), law_no_stream, "law-from",
           "append_all whose first expectation is not met");
    refuse(law_at(0), law_at(0), law_no_stream, "law-read",
           "append_all whose expectation of a stream that is only read is not met");
    refuse(law_at(0), law_at(1), law_at(0), "law-to",
           "append_all whose last expectation is not met");

    trial.expect_refused(trial.append_all({}), errc::invalid, "append_all of nothing");
    const auto once = some_events(1);
    trial.expect_refused(
        trial.append_all({{"law-to", law_no_stream, &once}, {"law-to", law_no_stream, &once}}),
        errc::invalid, "append_all that names a stream twice");
    trial.expect_refused(
        trial.append_all({{"law-from", law_at(0), &once}, {"law-to", law_no_stream, &once}}),
        errc::invalid, "append_all with one id in two streams");
    nothing_was_done();

    const Move move;
    const auto done = move.send(trial, law_at(0), law_at(1), law_no_stream);
    if (!trial.expect_done(done, "append_all") ||
        !trial.expect(done->size() == 3, "append_all of three batches returned ", done->size(),
                      " receipts"))
        return;
    const auto& receipts = *done;
    trial.expect(!receipts[1], "append_all returned a receipt for a batch without events");
    if (trial.expect(receipts[0] && receipts[2],
                     "append_all returned no receipt for a batch with events"))
        trial.expect(receipts[0]->first == Revision{1} && receipts[0]->last == Revision{1} &&
                         receipts[2]->first == Revision{0} && receipts[2]->last == Revision{1},
                     "append_all returned receipts with other revisions");
    trial.expect_stream("law-from", {&first, &move.out});
    trial.expect_stream("law-read", {&read});
    trial.expect_stream("law-to", {&move.in});

    const auto checked = trial.append_all({{"law-read", law_at(1), nullptr}});
    if (trial.expect_done(checked, "append_all that only checks"))
        trial.expect(checked->size() == 1 && !checked->front(),
                     "append_all that only checks returned a receipt");
    trial.expect_refused(trial.append_all({{"law-read", law_at(0), nullptr}}), errc::conflict,
                         "append_all that only checks an expectation that is not met");
}

inline void retries_of_several(Trial& trial) {
    const auto first = some_events(1);
    if (!trial.given("law-from", first))
        return;
    const Move move;
    const auto done = move.send(trial, law_at(0), law_no_stream, law_no_stream);
    // what was only read may have moved on since
    if (!trial.expect_done(done, "append_all") || !trial.given("law-read", some_events(1)))
        return;
    const auto again = move.send(trial, law_at(0), law_no_stream, law_no_stream);
    if (trial.expect_done(again, "append_all, sent again"))
        trial.expect(*again == *done, "append_all, sent again, returned other receipts");
    trial.expect_stream("law-from", {&first, &move.out});
    trial.expect_stream("law-to", {&move.in});

    const auto refuse = [&](const auto& answer, std::string_view what) {
        trial.expect_refused(answer, errc::duplicate_id, what);
        trial.expect_stream("law-from", {&first, &move.out});
        trial.expect_stream("law-to", {&move.in});
        trial.expect_stream("law-new", {});
    };
    const auto added = some_events(1);
    refuse(
        trial.append_all({{"law-from", law_at(0), &move.out}, {"law-new", law_no_stream, &added}}),
        "append_all of which one batch is stored already");
    refuse(
        trial.append_all({{"law-new", law_no_stream, &added}, {"law-from", law_at(0), &move.out}}),
        "append_all of which the last batch is stored already");
    refuse(
        trial.append_all({{"law-from", law_at(1), &move.out}, {"law-to", law_no_stream, &move.in}}),
        "append_all of stored batches with another expectation");
}

/// Of appends that race to the same streams exactly one is done, in all of them.
inline void races_to_several(Trial& trial) {
    constexpr std::size_t writers = 4;
    constexpr std::size_t rounds = 10;
    for (std::size_t round = 0; round < rounds && !trial.broken(); ++round) {
        const auto last = round == 0 ? law_no_stream : law_at(round - 1);
        std::vector<Result<std::vector<std::optional<Receipt>>>> answers(writers, errc::internal);
        race(writers, [&](std::size_t i) {
            const auto left = some_events(1);
            const auto right = some_events(1);
            // in either order: no two may wait for each other
            answers[i] = i % 2 == 0
                             ? trial.append_all({{"law-a", last, &left}, {"law-b", last, &right}})
                             : trial.append_all({{"law-b", last, &left}, {"law-a", last, &right}});
        });
        expect_one_won(trial, answers, errc::conflict, "append_all");
    }
    const auto a = trial.stream_of("law-a").size();
    const auto b = trial.stream_of("law-b").size();
    trial.expect(a == rounds && b == rounds, "after ", rounds, " calls of append_all there are ", a,
                 " events in the one stream and ", b, " in the other");
}

} // namespace eventsourcing::detail::laws

#endif
