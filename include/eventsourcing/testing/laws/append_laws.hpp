// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_APPEND_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_APPEND_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/testing/laws/race.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::laws {

/// An append condition that fails if an event with all of these tags was appended.
inline AppendCondition unless_tagged(std::vector<std::string> tags,
                                     std::optional<Position> after = {}) {
    return {.fail_if_exists = {.items = {{.types = {}, .tags = std::move(tags)}}}, .after = after};
}

/// A reader that runs while a writer appends never sees a part of a batch.
inline void batches_appear_whole(Trial& trial) {
    constexpr std::size_t batches = 40;
    std::atomic<bool> writing{true};
    Result<Receipt> written = errc::internal;
    const auto write = [&] {
        for (std::size_t i = 0; i < batches; ++i)
            if (written = trial.append_unchecked("law-parts", some_events(3)); !written)
                break;
        writing = false;
    };
    const auto read = [&] {
        for (bool more = true; more && !trial.broken();) {
            more = writing;
            const auto page = trial.store.read_stream("law-parts", {.limit = max_page_size});
            if (trial.expect_done(page, "read_stream") && page->at_end)
                trial.expect(page->records().size() % 3 == 0, "a reader saw ",
                             page->records().size(), " events of batches of three");
        }
    };
    race(2, [&](std::size_t i) { i == 0 ? write() : read(); });
    trial.expect_done(written, "append_unchecked");
}

inline void all_or_none(Trial& trial) {
    const auto three = some_events(3);
    const auto two = some_events(2);
    const auto first = trial.append("law-whole", ExpectedRevision::no_stream(), three);
    const auto second = trial.append("law-whole", ExpectedRevision::exactly(Revision{2}), two);
    if (!trial.expect_done(first, "the first append") ||
        !trial.expect_done(second, "the second append"))
        return;
    trial.expect(first->first == Revision{0} && first->last == Revision{2},
                 "three events in a new stream got ", text_of(*first));
    trial.expect(second->first == Revision{3} && second->last == Revision{4},
                 "two events after three got ", text_of(*second));
    trial.expect_stream("law-whole", {&three, &two});

    // a refused batch leaves nothing, not even its valid events
    const std::string huge(max_event_size + 1, ' ');
    auto torn = some_events(2);
    const std::array<NewEvent, 2> events{
        NewEvent{torn.ids[0], "law.noted", "1", "application/json", "{}", {}, {}, {}},
        NewEvent{torn.ids[1], "law.noted", "1", "application/json", huge, {}, {}, {}}};
    trial.expect_refused(
        trial.store.append("law-torn", ExpectedRevision::no_stream(), EventBatch(events)),
        errc::too_large, "a batch whose second event is too large");
    trial.expect_stream("law-torn", {});
    trial.expect_refused(
        trial.append("law-whole", ExpectedRevision::exactly(Revision{0}), some_events(3)),
        errc::conflict, "an append after the wrong revision");
    trial.expect_stream("law-whole", {&three, &two});
    batches_appear_whole(trial);
}

inline void expectations(Trial& trial) {
    struct Case {
        ExpectedRevision expected;
        bool on_missing;
        bool on_three;
        std::string_view what;
    };
    constexpr Revision far{std::numeric_limits<std::uint64_t>::max()};
    const Case cases[] = {
        {ExpectedRevision::no_stream(), true, false, "no stream"},
        {ExpectedRevision::exists(), false, true, "that it exists"},
        {ExpectedRevision::exactly(Revision{0}), false, false, "exactly revision 0"},
        {ExpectedRevision::exactly(Revision{1}), false, false, "exactly revision 1"},
        {ExpectedRevision::exactly(Revision{2}), false, true, "exactly revision 2"},
        {ExpectedRevision::exactly(Revision{3}), false, false, "exactly revision 3"},
        {ExpectedRevision::exactly(far), false, false, "exactly the last revision there can be"},
    };
    std::size_t n = 0;
    for (const Case& c : cases)
        for (const bool missing : {true, false}) {
            const auto stream = *StreamName::of("law", "case " + number(n++));
            const auto three = some_events(3);
            const auto one = some_events(1);
            if (!missing && !trial.given(stream, three))
                return;
            const auto done = trial.append(stream, c.expected, one);
            const std::string what = "expecting " + std::string(c.what) + " of a stream with " +
                                     (missing ? "no events" : "three events");
            std::vector<const LawBatch*> there;
            if (!missing)
                there.push_back(&three);
            if (missing ? c.on_missing : c.on_three) {
                trial.expect_done(done, what);
                there.push_back(&one);
            } else {
                trial.expect_refused(done, errc::conflict, what);
            }
            trial.expect_stream(stream, there);
        }
}

inline void conflict_data(Trial& trial) {
    const auto check = [&](StreamNameView stream, ExpectedRevision expected,
                           std::optional<Revision> actual, std::string_view what) {
        const auto done = trial.append(stream, expected, some_events(1));
        if (!trial.expect_refused(done, errc::conflict, what))
            return;
        const Conflict* conflict = done.error().conflict();
        if (!trial.expect(conflict != nullptr, what, " answered a conflict without its data"))
            return;
        trial.expect(conflict->stream == stream.view(), what, " is said to be of stream ",
                     conflict->stream);
        trial.expect(conflict->expected == expected, what,
                     " is said to have expected something else");
        trial.expect(conflict->actual == actual, what, " is said to have found ",
                     conflict->actual ? "revision " + number(*conflict->actual) : "no events");
        trial.expect(done.error().outcome() == Outcome::not_done, what,
                     " is said to have an unknown outcome");
        trial.expect(done.error().message().find(stream.view()) != std::string::npos,
                     "the message of ", what,
                     " does not name the stream: ", done.error().message());
    };
    if (!trial.given("law-conflict", some_events(2)))
        return;
    check("law-missing", ExpectedRevision::exactly(Revision{3}), {},
          "a conflict on a missing stream");
    check("law-missing", ExpectedRevision::exists(), {}, "a stream that should exist");
    check("law-conflict", ExpectedRevision::no_stream(), Revision{1},
          "a stream that should not exist");
    check("law-conflict", ExpectedRevision::exactly(Revision{0}), Revision{1},
          "a stream that has moved on");
    check("law-conflict", ExpectedRevision::exactly(Revision{7}), Revision{1},
          "a stream that has not come so far");
}

inline void unchecked_appends(Trial& trial) {
    const auto first = some_events(1);
    const auto second = some_events(2);
    const auto begun = trial.append_unchecked("law-unchecked", first);
    const auto added = trial.append_unchecked("law-unchecked", second);
    if (!trial.expect_done(begun, "append_unchecked to a missing stream") ||
        !trial.expect_done(added, "append_unchecked to a stream that exists"))
        return;
    trial.expect(begun->first == Revision{0} && begun->last == Revision{0}, "the first event got ",
                 text_of(*begun));
    trial.expect(added->first == Revision{1} && added->last == Revision{2},
                 "the two events after it got ", text_of(*added));
    trial.expect_stream("law-unchecked", {&first, &second});
}

/// Conditions one after the other: what they match and from where.
inline void conditions_one_by_one(Trial& trial) {
    const auto begin = trial.end_position();
    if (!trial.given("law-account", LawBatch({noted("opened", {"account:1", "owner:ann"})})))
        return;
    const auto middle = trial.end_position();
    if (!trial.given("law-account", LawBatch({counted(5, {"account:1"})})))
        return;
    const auto end = trial.end_position();

    std::size_t n = 0;
    const auto check = [&](const AppendCondition& condition, bool fails, std::string_view what) {
        const auto stream = *StreamName::of("law", "condition " + number(n++));
        const auto batch = some_events(1);
        const auto done = trial.append(stream, ExpectedRevision::no_stream(), batch, condition);
        if (fails) {
            trial.expect_refused(done, errc::condition_failed, what);
            trial.expect_stream(stream, {});
        } else {
            trial.expect_done(done, what);
            trial.expect_stream(stream, {&batch});
        }
    };
    const auto of = [](std::vector<Query::Item> items, std::optional<Position> after) {
        return AppendCondition{.fail_if_exists = {.items = std::move(items)}, .after = after};
    };
    const Query::Item typed{.types = {"law.counted"}, .tags = {}};
    const Query::Item unknown{.types = {"law.unknown"}, .tags = {}};
    const Query::Item both{.types = {"law.noted"}, .tags = {"account:1"}};
    check({}, false, "an append without a condition");
    check(unless_tagged({"account:1"}), true, "a condition on a tag that exists");
    check(unless_tagged({"account:2"}), false, "a condition on a tag that does not exist");
    check(unless_tagged({"account:1", "owner:ann"}), true, "a condition on two tags of one event");
    check(unless_tagged({"account:1", "owner:ann"}, middle), false,
          "a condition on two tags of an event before its position");
    check(unless_tagged({"account:1", "owner:bob"}), false,
          "a condition on two tags of which no event has both");
    check(unless_tagged({"account:1"}, begin), true, "a condition from before the events");
    check(unless_tagged({"account:1"}, middle), true,
          "a condition with an event after its position");
    check(unless_tagged({"account:1"}, end), false,
          "a condition without an event after its position");
    check(of({typed}, {}), true, "a condition on a type that exists");
    check(of({typed}, middle), true, "a condition on the type of the event after its position");
    check(of({typed}, end), false, "a condition on a type, with no event of it after its position");
    check(of({unknown}, {}), false, "a condition on a type that does not exist");
    check(of({both}, {}), true, "a condition on a type and a tag of one event");
    check(of({both}, middle), false, "a condition on the type of one event and the tag of another");
    check(of({unknown, typed}, {}), true, "a condition of two items of which one is matched");
    check(of({{.types = {"law.unknown", "law.counted"}, .tags = {}}}, {}), true,
          "a condition on two types of which one exists");
    check(of({{}}, begin), true, "a condition on any event, with events after its position");
    check(of({{}}, trial.end_position()), false,
          "a condition on any event, without one after its position");
}

inline void conditions(Trial& trial) {
    conditions_one_by_one(trial);
    // the condition holds across streams: one of many appends with one condition succeeds
    constexpr std::size_t writers = 4;
    for (std::size_t round = 0; round < 10 && !trial.broken(); ++round) {
        const std::string tag = "seat:" + number(round);
        std::vector<Result<Receipt>> answers(writers, errc::internal);
        race(writers, [&](std::size_t i) {
            const auto stream = *StreamName::of("law", "seat " + number(round * writers + i));
            answers[i] = trial.append(stream, ExpectedRevision::no_stream(),
                                      LawBatch({noted("taken", {tag})}), unless_tagged({tag}));
        });
        expect_one_won(trial, answers, errc::condition_failed, "append on a condition");
    }
}

/// A condition that a store can't check is refused, not ignored.
inline void conditions_unsupported(Trial& trial) {
    trial.expect_refused(trial.append("law-condition", ExpectedRevision::no_stream(),
                                      some_events(1), unless_tagged({"account:1"})),
                         errc::unsupported, "a condition, to a store that checks none");
    trial.expect_stream("law-condition", {});
}

} // namespace eventsourcing::detail::laws

#endif
