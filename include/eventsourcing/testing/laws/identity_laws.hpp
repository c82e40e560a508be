// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_IDENTITY_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_IDENTITY_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/testing/laws/append_laws.hpp>
#include <eventsourcing/testing/laws/trial.hpp>
#include <eventsourcing/testing/laws/waiting_laws.hpp>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::laws {

inline bool expect_store_id(Trial& trial, const Result<Uuid>& id, const Uuid& expected,
                            std::string_view what) {
    return trial.expect_done(id, what) &&
           trial.expect(*id == expected, what, " has the id ", id->to_string(), " instead of ",
                        expected.to_string());
}

/// A store has an id, its copies have the same, and another store has another.
template <class MakeAnother>
void store_ids(Trial& trial, MakeAnother&& make_another) {
    const auto id = trial.store.store_id();
    if (!trial.expect_done(id, "store_id"))
        return;
    trial.expect(!id->is_nil(), "the store's id is nil");
    expect_store_id(trial, trial.store.copy().store_id(), *id, "a copy of the store");
    if (!trial.given("law-identity", some_events(1)))
        return;
    expect_store_id(trial, trial.store.store_id(), *id, "the store after an append");
    const Result<LawStore> other = make_another();
    if (!trial.expect_done(other, "making another store"))
        return;
    const auto its_id = other->store_id();
    if (trial.expect_done(its_id, "store_id of another store"))
        trial.expect(*its_id != *id, "another store has the same id, ", id->to_string());
}

/// Every function that takes a position refuses one that the store has not given yet, and does
/// nothing. The last position itself is valid.
inline void positions_beyond_the_head(Trial& trial) {
    constexpr Position most{std::numeric_limits<std::uint64_t>::max(),
                            std::numeric_limits<std::uint64_t>::max()};
    const auto refuse = [&](Position after, const std::string& what) {
        trial.expect_refused(trial.store.read_all({.after = after}), errc::beyond_head,
                             "reading after " + what);
        if (trial.capabilities.wakes_readers)
            trial.expect_refused(wait_for_the_deadline(trial, after).answer, errc::beyond_head,
                                 "waiting after " + what);
        if (trial.capabilities.conditions)
            trial.expect_refused(trial.append("law-beyond", ExpectedRevision::no_stream(),
                                              some_events(1), unless_tagged({"never"}, after)),
                                 errc::beyond_head, "a condition after " + what);
        if (trial.store.verbs().append_if)
            trial.expect_refused(
                trial.append_if("law-beyond", some_events(1), unless_tagged({"never"}, after)),
                errc::beyond_head, "append_if after " + what);
        trial.expect_stream("law-beyond", {});
    };
    const auto accept = [&](std::optional<Position> after, const std::string& what) {
        const auto page = trial.store.read_all({.after = after});
        if (trial.expect_done(page, "reading after " + what))
            trial.expect(page->empty() && page->at_end, "there are events after ", what);
        if (trial.capabilities.wakes_readers) {
            const auto woken = wait_for_the_deadline(trial, after).answer;
            if (trial.expect_done(woken, "waiting after " + what))
                trial.expect(!*woken, "waiting after ", what, " ended without an event");
        }
    };
    accept(std::nullopt, "no position, in a store without events");
    refuse(most, "the last position that there can be, in a store without events");
    if (!trial.given("law-head", some_events(3)))
        return;
    const auto head = trial.end_position();
    if (!trial.expect(head.has_value(), "a store with events has no last position"))
        return;
    accept(head, "the last position");
    for (const Position beyond : {Position{head->value() + 1}, Position{head->value() + 50}, most})
        refuse(beyond, "a position beyond the last one");

    // the same position is valid as soon as the store has reached it
    if (!trial.given("law-head", some_events(1)))
        return;
    const auto moved = trial.end_position();
    accept(moved, "the last position after one more append");
    const auto batch = some_events(1);
    if (trial.capabilities.conditions) {
        trial.expect_done(trial.append("law-beyond", ExpectedRevision::no_stream(), batch,
                                       unless_tagged({"never"}, moved)),
                          "a condition after the last position");
        trial.expect_done(trial.append("law-unasked", ExpectedRevision::no_stream(), some_events(1),
                                       {.fail_if_exists = {}, .after = most}),
                          "an append without a condition, whatever its position");
    }
}

} // namespace eventsourcing::detail::laws

#endif
