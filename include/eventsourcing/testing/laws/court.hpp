// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_COURT_HPP
#define EVENTSOURCING_TESTING_LAWS_COURT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/law_report.hpp>
#include <eventsourcing/testing/laws/append_laws.hpp>
#include <eventsourcing/testing/laws/durability_law.hpp>
#include <eventsourcing/testing/laws/identity_laws.hpp>
#include <eventsourcing/testing/laws/keeping_laws.hpp>
#include <eventsourcing/testing/laws/racing_laws.hpp>
#include <eventsourcing/testing/laws/reading_laws.hpp>
#include <eventsourcing/testing/laws/record_laws.hpp>
#include <eventsourcing/testing/laws/retry_laws.hpp>
#include <eventsourcing/testing/laws/several_streams_laws.hpp>
#include <eventsourcing/testing/laws/trial.hpp>
#include <eventsourcing/testing/laws/tried_law.hpp>
#include <eventsourcing/testing/laws/verb_laws.hpp>
#include <eventsourcing/testing/laws/waiting_laws.hpp>

#include <chrono>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// How `check_store_laws` checks a store.
struct LawOptions {
    LawForm form = LawForm::bytes;
    /// How long a call may wait for what should end it: an append, a stop, `close`. Only a store
    /// that breaks the law needs that long. On a machine that may stand still for a while: an hour.
    std::chrono::nanoseconds patience = std::chrono::seconds(10);
};

} // namespace eventsourcing

namespace eventsourcing::detail::laws {

/// Makes the stores to try, one for each law.
class StoreMaker {
public:
    StoreMaker() = default;
    StoreMaker(const StoreMaker&) = delete;
    StoreMaker& operator=(const StoreMaker&) = delete;
    virtual ~StoreMaker() = default;

    virtual Result<LawStore> make() = 0;
    /// Opens the last store once more.
    virtual Result<LawStore> reopen() = 0;
    [[nodiscard]] virtual bool can_reopen() const = 0;
    [[nodiscard]] virtual bool can_close() const = 0;
    /// The same stores as keepers of progress and snapshots; null if they keep none.
    virtual KeeperMaker* keepers() { return nullptr; }
};

/// Tries one law after the other, each with a fresh store.
class Court {
public:
    Court(StoreMaker& maker, const LawOptions& options, std::string_view store)
        : maker_(maker),
          options_(options),
          report_(store) {}

    /// `owed(capabilities)` says whether the store promises it, `check(trial)` checks it.
    template <class Owed>
    void law(std::string_view sentence, Owed&& owed, void (*check)(Trial&)) {
        try_law(sentence, [&](Trial& trial) {
            if (!owed(trial.capabilities))
                return LawVerdict::not_owed;
            check(trial);
            return trial.broken() ? LawVerdict::broken : LawVerdict::held;
        });
    }
    void law(std::string_view sentence, void (*check)(Trial&)) {
        law(sentence, [](const Capabilities&) { return true; }, check);
    }

    /// A law of the stores that have this verb.
    void law(std::string_view sentence, bool Verbs::* verb, void (*check)(Trial&)) {
        try_law(sentence, [&](Trial& trial) {
            if (!(trial.store.verbs().*verb))
                return LawVerdict::not_owed;
            check(trial);
            return trial.broken() ? LawVerdict::broken : LawVerdict::held;
        });
    }

    void law_of_durability() {
        constexpr std::string_view sentence = "what was acknowledged survives reopening the store";
        try_law(sentence, [&](Trial& trial) {
            if (!trial.capabilities.durable)
                return LawVerdict::not_owed;
            if (!maker_.can_reopen()) {
                trial.expect(false,
                             "give make_store a reopen() that opens its last store once more");
                return LawVerdict::not_checked;
            }
            survives_reopening(trial, [this] { return maker_.reopen(); });
            return trial.broken() ? LawVerdict::broken : LawVerdict::held;
        });
    }

    void law_of_store_ids() {
        try_law("a store has an id of its own", [&](Trial& trial) {
            if (const auto id = trial.store.store_id(); !id && id.error() == errc::unsupported)
                return LawVerdict::not_owed;
            store_ids(trial, [this] { return maker_.make(); });
            return trial.broken() ? LawVerdict::broken : LawVerdict::held;
        });
    }

    void laws_of_keeping() {
        if (KeeperMaker* const keepers = maker_.keepers())
            KeepingCourt(*keepers, report_).try_all();
    }

    [[nodiscard]] LawReport report() && { return std::move(report_); }

private:
    template <class F>
    void try_law(std::string_view sentence, const F& verdict) {
        report_.add(tried_law(
            sentence, [&] { return maker_.make(); },
            [&](LawStore&& store) {
                return Trial(std::move(store), options_.form, options_.patience);
            },
            verdict));
    }

    StoreMaker& maker_;
    LawOptions options_;
    LawReport report_;
};

inline LawReport try_all_laws(StoreMaker& maker, const LawOptions& options,
                              std::string_view store) {
    Court court(maker, options, store);
    using C = Capabilities;
    const auto with_conditions = [](const C& c) { return c.conditions; };
    const auto without_conditions = [](const C& c) { return !c.conditions; };
    const auto remembering_ids = [](const C& c) { return c.remembers_ids; };
    const auto comparing_content = [](const C& c) { return c.compares_content; };
    const auto checking_positions = [](const C& c) { return c.checks_positions; };
    const auto ordered = [](const C& c) { return c.global_order; };
    const auto waking_readers = [](const C& c) { return c.wakes_readers; };

    court.law("one append is all or none", all_or_none);
    court.law("what an append expects is checked", expectations);
    court.law("a conflict says stream, expected and actual", conflict_data);
    court.law("an append without a check finds the end", unchecked_appends);
    court.law("of racing writers exactly one wins, and nothing acknowledged is lost or doubled",
              racing_writers);
    court.law("a condition refuses an append after a matching event", with_conditions, conditions);
    court.law("a condition that can't be checked is refused", without_conditions,
              conditions_unsupported);

    court.law("an append sent again returns the first receipt", checked_retries);
    court.law("an append without a check, sent again, returns the first receipt", remembering_ids,
              unchecked_retries);
    court.law("ids that are stored elsewhere are refused", remembering_ids, known_ids);
    court.law("ids that come with other content are refused", comparing_content, other_content);
    court.law("an id that is stored already comes with its place", remembering_ids,
              places_of_known_ids);

    court.law("an append on a condition alone finds the end, unless an event matches",
              &Verbs::append_if, appends_on_a_condition);
    court.law("an append on a condition alone, sent again, returns the first receipt",
              &Verbs::append_if, retries_on_a_condition);
    court.law("of appends that race on one condition exactly one is stored", &Verbs::append_if,
              races_on_a_condition);
    court.law("an append to several streams is all or none, each at its expectation",
              &Verbs::append_all, appends_to_several);
    court.law("an append to several streams, sent again, returns the first receipts",
              &Verbs::append_all, retries_of_several);
    court.law("of appends that race to the same streams exactly one is done, in all of them",
              &Verbs::append_all, races_to_several);
    court.law("an event is found by its id", &Verbs::find_event, finds_by_id);
    court.law("the head is the position of the last event", &Verbs::head, tells_its_head);
    court.law("a sync up to a position is done, unless the position is beyond the head",
              &Verbs::sync, syncs_up_to);

    court.law("a stream is read page by page, forward and backward", reading_streams);
    court.law("the whole store is read in commit order, page by page", ordered, reading_all);
    court.law("a query gives what matches, and moves on if nothing does", ordered,
              reading_by_query);
    court.law("no reader skips an event while writers race", ordered, no_reader_skips);
    court.law("an append wakes the callers that wait for it", waking_readers, waking);
    court.law("a position beyond the head is refused", checking_positions,
              positions_beyond_the_head);
    court.law_of_store_ids();
    court.law("every field of a record comes back as it was stored", records_as_stored);
    court.law("the source of an event comes back as it was stored", sources_as_stored);
    court.law("ids that come with another source are refused", comparing_content, other_sources);

    court.law("hostile input is refused and leaves nothing behind", hostile_input);
    court.law("a call after its deadline or after a stop does nothing", calls_called_off);
    court.law("copies of a store are handles to one engine", copies);
    if (maker.can_close())
        court.law("a closed store answers every call, also those that wait", closing);
    court.laws_of_keeping();
    court.law_of_durability();
    return std::move(court).report();
}

} // namespace eventsourcing::detail::laws

#endif
