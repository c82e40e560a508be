// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_VERB_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_VERB_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/testing/laws/append_laws.hpp>
#include <eventsourcing/testing/laws/law_batch.hpp>
#include <eventsourcing/testing/laws/race.hpp>
#include <eventsourcing/testing/laws/retry_laws.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::laws {

// ---- append_if --------------------------------------------------------------------------------

/// It appends at the end of the stream, whatever its revision, unless an event matches.
inline void appends_on_a_condition(Trial& trial) {
    const LawBatch first({noted("taken", {"seat:1"})});
    const auto begun = trial.append_if("law-seat", first, unless_tagged({"seat:1"}));
    if (!trial.expect_done(begun, "append_if to a new stream"))
        return;
    trial.expect(begun->first == Revision{0}, "append_if to a new stream got ", text_of(*begun));
    trial.expect_refused(trial.append_if("law-seat", LawBatch({noted("taken", {"seat:1"})}),
                                         unless_tagged({"seat:1"})),
                         errc::condition_failed,
                         "append_if after an event that matches, in the same stream");
    trial.expect_refused(trial.append_if("law-other", LawBatch({noted("taken", {"seat:1"})}),
                                         unless_tagged({"seat:1"})),
                         errc::condition_failed,
                         "append_if after an event that matches, in another stream");
    trial.expect_stream("law-other", {});

    const auto second = some_events(2);
    const auto added = trial.append_if("law-seat", second, unless_tagged({"seat:2"}));
    if (trial.expect_done(added, "append_if to a stream with events"))
        trial.expect(added->first == Revision{1} && added->last == Revision{2},
                     "append_if to a stream with one event got ", text_of(*added));
    const auto third = some_events(1);
    trial.expect_done(trial.append_if("law-seat", third, {}), "append_if without a condition");
    const auto fourth = some_events(1);
    if (trial.capabilities.global_order)
        trial.expect_done(
            trial.append_if("law-seat", fourth, unless_tagged({"seat:1"}, trial.end_position())),
            "append_if without a matching event after its position");
    else
        trial.expect_done(trial.append_if("law-seat", fourth, {}), "append_if");
    trial.expect_stream("law-seat", {&first, &second, &third, &fourth});
}

/// A batch that is stored, whole and in this stream, is answered before the condition is looked at.
inline void retries_on_a_condition(Trial& trial) {
    const auto condition = unless_tagged({"seat:1"});
    const LawBatch batch({noted("taken", {"seat:1"}), counted(1)});
    const auto first = trial.append_if("law-seat", batch, condition);
    const auto later = some_events(1);
    if (!trial.expect_done(first, "append_if") || !trial.given("law-seat", later))
        return;
    expect_first_receipt(trial, trial.append_if("law-seat", batch, condition), *first,
                         "append_if, sent again");
    trial.expect_refused(trial.append_if("law-other", batch, {}), errc::duplicate_id,
                         "append_if of a batch that is stored in another stream");
    auto longer = LawBatch({batch.events[0], batch.events[1], counted(2)});
    longer.ids[0] = batch.ids[0];
    longer.ids[1] = batch.ids[1];
    trial.expect_refused(trial.append_if("law-seat", longer, {}), errc::duplicate_id,
                         "append_if of a stored batch with one more event");
    trial.expect_stream("law-seat", {&batch, &later});
    trial.expect_stream("law-other", {});
}

/// Of appends that race on one condition exactly one is stored, in whichever stream.
inline void races_on_a_condition(Trial& trial) {
    constexpr std::size_t writers = 4;
    for (std::size_t round = 0; round < 10 && !trial.broken(); ++round) {
        const std::string tag = "seat:" + number(round);
        std::vector<Result<Receipt>> answers(writers, errc::internal);
        race(writers, [&](std::size_t i) {
            const auto stream = *StreamName::of("law", "seat " + number(i));
            answers[i] =
                trial.append_if(stream, LawBatch({noted("taken", {tag})}), unless_tagged({tag}));
        });
        expect_one_won(trial, answers, errc::condition_failed, "append_if on a condition");
    }
}

// ---- find_event -------------------------------------------------------------------------------

inline bool expect_found(Trial& trial, const Uuid& id, const Seen* expected,
                         std::string_view what) {
    const auto found = trial.store.find_event(id);
    if (!trial.expect_done(found, what))
        return false;
    std::vector<Seen> seen;
    keep(*found, seen);
    if (!expected)
        return trial.expect(seen.empty(), what, " found an event");
    return trial.expect(seen.size() == 1, what, " found ", seen.size(), " events") &&
           trial.expect(seen[0] == *expected, what,
                        " found an event that is not the one that the stream has");
}

inline void finds_by_id(Trial& trial) {
    LawBatch first({noted("hello", {"account:1"}), counted(7)});
    first.metadata.correlation_id = "request-1";
    expect_found(trial, first.ids[0], nullptr, "find_event in a store without events");
    if (!trial.given("law-find", first) || !trial.given("law-other", some_events(1)))
        return;
    const auto stored = trial.stream_of("law-find");
    if (!trial.expect(stored.size() == 2, "a stream of two events has ", stored.size()))
        return;
    expect_found(trial, first.ids[0], &stored[0], "find_event of the first of a batch");
    expect_found(trial, first.ids[1], &stored[1], "find_event of the second of a batch");
    expect_found(trial, some_events(1).ids[0], nullptr, "find_event of an id of no event");
    const auto refused = some_events(1);
    static_cast<void>(trial.append("law-find", ExpectedRevision::no_stream(), refused));
    expect_found(trial, refused.ids[0], nullptr, "find_event of an event that was refused");
}

// ---- the place of an id that is stored already ------------------------------------------------

inline void places_of_known_ids(Trial& trial) {
    const auto stored = some_events(2);
    if (!trial.given("law-known", some_events(1)) || !trial.given("law-known", stored))
        return;
    const auto check = [&](const Result<Receipt>& answer, std::string_view what) {
        if (answer || answer.error() != errc::duplicate_id)
            return; // another law
        const DuplicateId* const known = duplicate_id(answer.error());
        if (!trial.expect(known != nullptr, what,
                          " does not come with the place of the event (DuplicateId)"))
            return;
        const bool is_first = known->id == stored.ids[0];
        trial.expect(known->stream == "law-known" && (is_first || known->id == stored.ids[1]) &&
                         known->revision == Revision{is_first ? 1U : 2U},
                     what, " says that the event is in stream ", known->stream, ", revision ",
                     known->revision.value());
    };
    check(trial.append("law-other", ExpectedRevision::no_stream(), stored),
          "a batch that is stored in another stream");
    check(trial.append("law-known", ExpectedRevision::exactly(Revision{2}), stored),
          "a batch that is stored already, as a new one");
    auto partly = some_events(2);
    partly.ids[1] = stored.ids[1];
    check(trial.append_unchecked("law-known", partly),
          "a batch of which the second event is stored already");
}

// ---- head and sync ----------------------------------------------------------------------------

inline void expect_head(Trial& trial, std::optional<Position> expected, std::string_view when) {
    const auto text = [](std::optional<Position> position) {
        return position ? std::to_string(position->value()) : std::string("none");
    };
    const auto head = trial.store.copy().head();
    if (trial.expect_done(head, "head " + std::string(when)))
        trial.expect(*head == expected, "head ", when, " is ", text(*head), " instead of ",
                     text(expected));
}

inline void tells_its_head(Trial& trial) {
    expect_head(trial, std::nullopt, "of a store without events");
    if (!trial.given("law-head", some_events(3)) || !trial.given("law-other", some_events(1)))
        return;
    const auto end = trial.end_position();
    expect_head(trial, end, "after two appends");
    static_cast<void>(
        trial.append("law-head", ExpectedRevision::no_stream(), some_events(1))); // is refused
    expect_head(trial, end, "after an append that was refused");
    const auto one_more = trial.append_unchecked("law-head", some_events(1));
    if (trial.expect_done(one_more, "append_unchecked") && one_more->position)
        expect_head(trial, one_more->position, "after one more append");
}

inline void syncs_up_to(Trial& trial) {
    if (!trial.given("law-sync", some_events(3)))
        return;
    const auto end = trial.end_position();
    if (!trial.expect(end.has_value(), "a store with events has no last position"))
        return;
    trial.expect_done(trial.store.sync(*end), "sync up to the last position");
    trial.expect_done(trial.store.sync(*end), "sync up to the same position again");
    if (trial.capabilities.checks_positions)
        trial.expect_refused(trial.store.sync(Position{end->value() + 1}), errc::beyond_head,
                             "sync up to a position beyond the last one");
}

} // namespace eventsourcing::detail::laws

#endif
