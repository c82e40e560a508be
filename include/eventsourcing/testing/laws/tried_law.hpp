// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_TRIED_LAW_HPP
#define EVENTSOURCING_TESTING_LAWS_TRIED_LAW_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/law_report.hpp>

#include <string_view>
#include <utility>

namespace eventsourcing::detail::laws {

/// The result of one law: `verdict(trial)` of the trial that `make_trial` makes of a new store. An
/// exception from the store breaks the law, too.
template <class MakeStore, class MakeTrial, class Verdict>
LawResult tried_law(std::string_view sentence, const MakeStore& make_store,
                    const MakeTrial& make_trial, const Verdict& verdict) {
    LawResult result{.law = sentence, .verdict = LawVerdict::broken, .seen = {}};
    auto tried = guarded("the store", [&]() -> Result<void> {
        auto store = make_store();
        if (!store)
            return std::move(store).error().within("make_store");
        auto trial = make_trial(*std::move(store));
        result.verdict = verdict(trial);
        result.seen = trial.seen();
        return {};
    });
    if (!tried)
        result.seen = tried.error().message();
    return result;
}

} // namespace eventsourcing::detail::laws

#endif
