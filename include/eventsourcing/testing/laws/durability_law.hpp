// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_DURABILITY_LAW_HPP
#define EVENTSOURCING_TESTING_LAWS_DURABILITY_LAW_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/laws/identity_laws.hpp>
#include <eventsourcing/testing/laws/retry_laws.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <utility>

namespace eventsourcing::detail::laws {

/// Acknowledged events exist after the store was opened again, with their revisions and ids.
template <class Reopen>
void survives_reopening(Trial& trial, Reopen&& open_again) {
    const auto first = some_events(2);
    const auto second = some_events(1);
    constexpr auto no_stream = ExpectedRevision::no_stream();
    const auto id = trial.store.store_id();
    const auto begun = trial.append("law-durable", no_stream, first);
    if (!trial.expect_done(begun, "an append"))
        return;
    Result<LawStore> again = open_again();
    if (!trial.expect_done(again, "opening the store again"))
        return;
    trial.store = *std::move(again);
    if (id)
        expect_store_id(trial, trial.store.store_id(), *id, "the reopened store");
    trial.expect_stream("law-durable", {&first});
    expect_first_receipt(trial, trial.append("law-durable", no_stream, first), *begun,
                         "an append, sent again to the reopened store");
    trial.expect_done(trial.append("law-durable", ExpectedRevision::exactly(Revision{1}), second),
                      "an append to the reopened store");
    trial.expect_stream("law-durable", {&first, &second});
}

} // namespace eventsourcing::detail::laws

#endif
