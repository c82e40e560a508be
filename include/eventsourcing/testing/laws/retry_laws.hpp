// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_RETRY_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_RETRY_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/laws/append_laws.hpp>
#include <eventsourcing/testing/laws/race.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

inline void expect_first_receipt(Trial& trial, const Result<Receipt>& again, const Receipt& first,
                                 std::string_view what) {
    if (trial.expect_done(again, what))
        trial.expect(*again == first, what, " answered ", text_of(*again), " instead of ",
                     text_of(first));
}

inline void checked_retries(Trial& trial) {
    constexpr auto no_stream = ExpectedRevision::no_stream();
    constexpr auto at_one = ExpectedRevision::exactly(Revision{1});
    const auto first = some_events(2);
    const auto second = some_events(1);
    const auto begun = trial.append("law-retry", no_stream, first);
    if (!trial.expect_done(begun, "the first append"))
        return;
    expect_first_receipt(trial, trial.append("law-retry", no_stream, first), *begun,
                         "the first append, sent again");
    const auto added = trial.append("law-retry", at_one, second);
    if (!trial.expect_done(added, "the second append"))
        return;
    expect_first_receipt(trial, trial.append("law-retry", no_stream, first), *begun,
                         "the first append, sent again after the second");
    expect_first_receipt(trial, trial.append("law-retry", at_one, second), *added,
                         "the second append, sent again");
    trial.expect_stream("law-retry", {&first, &second});

    // a batch that is stored in part is neither taken nor completed
    auto partly = some_events(2);
    partly.ids[0] = first.ids[0];
    const auto refused = trial.append("law-retry", no_stream, partly);
    trial.expect(!refused &&
                     (refused.error() == errc::duplicate_id || refused.error() == errc::conflict),
                 "a batch of which one event is stored already ",
                 refused ? "was accepted" : "answered " + text_of(refused.error()));
    trial.expect_stream("law-retry", {&first, &second});

    // many senders of one batch at the same time
    const auto shared = some_events(1);
    std::vector<Result<Receipt>> answers(4, errc::internal);
    race(answers.size(),
         [&](std::size_t i) { answers[i] = trial.append("law-shared", no_stream, shared); });
    for (const auto& answer : answers)
        if (trial.expect_done(answer, "a batch sent by several threads at once"))
            trial.expect(answer->first == Revision{0} && answer->last == Revision{0},
                         "a batch sent by several threads at once got ", text_of(*answer));
    trial.expect_stream("law-shared", {&shared});

    if (trial.capabilities.conditions) {
        // its own events match the condition by now, but the append is done and not checked again
        const LawBatch tagged({noted("opened", {"account:7"})});
        const auto condition = unless_tagged({"account:7"});
        const auto done = trial.append("law-condition", no_stream, tagged, condition);
        if (trial.expect_done(done, "an append with a condition"))
            expect_first_receipt(trial, trial.append("law-condition", no_stream, tagged, condition),
                                 *done, "an append with a condition, sent again");
    }
}

inline void unchecked_retries(Trial& trial) {
    const auto first = some_events(2);
    const auto second = some_events(1);
    const auto begun = trial.append_unchecked("law-retry", first);
    if (!trial.expect_done(begun, "append_unchecked") || !trial.given("law-retry", second))
        return;
    expect_first_receipt(trial, trial.append_unchecked("law-retry", first), *begun,
                         "append_unchecked, sent again");
    trial.expect_stream("law-retry", {&first, &second});
    const auto exists = ExpectedRevision::exists();
    const auto third = some_events(1);
    const auto added = trial.append("law-retry", exists, third);
    if (trial.expect_done(added, "an append that expects a stream"))
        expect_first_receipt(trial, trial.append("law-retry", exists, third), *added,
                             "an append that expects a stream, sent again");
    trial.expect_stream("law-retry", {&first, &second, &third});
}

inline void known_ids(Trial& trial) {
    const auto stored = some_events(2);
    if (!trial.given("law-known", stored))
        return;
    const auto refuse = [&](StreamNameView stream, ExpectedRevision expected, const LawBatch& batch,
                            std::string_view what) {
        trial.expect_refused(trial.append(stream, expected, batch), errc::duplicate_id, what);
        trial.expect_stream("law-known", {&stored});
        trial.expect_stream("law-other", {});
    };
    constexpr auto no_stream = ExpectedRevision::no_stream();
    const auto at_end = ExpectedRevision::exactly(Revision{1});
    refuse("law-other", no_stream, stored, "a batch that is stored in another stream");
    refuse("law-known", at_end, stored, "a batch that is stored already, as a new one");

    auto partly = some_events(2);
    partly.ids[1] = stored.ids[1];
    refuse("law-known", at_end, partly, "a batch of which the second event is stored already");
    partly = some_events(3);
    partly.ids[0] = stored.ids[0];
    partly.ids[1] = stored.ids[1];
    refuse("law-known", no_stream, partly, "a stored batch with one more event");
    auto turned = stored;
    std::swap(turned.ids[0], turned.ids[1]);
    refuse("law-known", no_stream, turned, "a stored batch in another order");

    trial.expect_refused(trial.append_unchecked("law-other", stored), errc::duplicate_id,
                         "append_unchecked of a batch that is stored in another stream");
    trial.expect_stream("law-other", {});
}

inline void other_content(Trial& trial) {
    LawBatch stored({noted("hello"), counted(7)});
    stored.metadata.correlation_id = "request-1";
    constexpr auto no_stream = ExpectedRevision::no_stream();
    if (!trial.expect_done(trial.append("law-content", no_stream, stored), "the first append"))
        return;
    const auto refuse = [&](auto&& change, std::string_view what) {
        LawBatch other = stored;
        change(other);
        trial.expect_refused(trial.append("law-content", no_stream, other), errc::duplicate_id,
                             what);
        trial.expect_stream("law-content", {&stored});
    };
    refuse([](LawBatch& other) { other.events[1] = counted(8); },
           "a stored batch with other data in its second event");
    refuse([](LawBatch& other) { other.events[0] = counted(0); },
           "a stored batch with another type");
    refuse([](LawBatch& other) { other.metadata.correlation_id = "request-2"; },
           "a stored batch with other metadata");
    refuse([](LawBatch& other) { other.metadata = {}; }, "a stored batch without its metadata");
}

} // namespace eventsourcing::detail::laws

#endif
