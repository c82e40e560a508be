// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_KEEPING_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_KEEPING_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/law_report.hpp>
#include <eventsourcing/testing/laws/keeper.hpp>
#include <eventsourcing/testing/laws/keeping_trial.hpp>
#include <eventsourcing/testing/laws/progress_laws.hpp>
#include <eventsourcing/testing/laws/snapshot_laws.hpp>
#include <eventsourcing/testing/laws/tried_law.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::laws {

/// Makes the stores of progress or snapshots to try, one for each law.
class KeeperMaker {
public:
    /// What the store promises, and what can be tried.
    struct Terms {
        bool keeps_progress = false;
        bool keeps_snapshots = false;
        bool can_reopen = false;
        bool can_close = false;
    };

    KeeperMaker() = default;
    KeeperMaker(const KeeperMaker&) = delete;
    KeeperMaker& operator=(const KeeperMaker&) = delete;
    virtual ~KeeperMaker() = default;

    virtual Result<std::unique_ptr<Keeper>> make() = 0;
    /// Opens the last store once more.
    virtual Result<std::unique_ptr<Keeper>> reopen() = 0;
    [[nodiscard]] virtual Terms terms() const = 0;
};

/// Calls `check(answer, what)` with the answer of each function that the store has.
template <class Check>
void call_all(Keeper& store, const KeeperMaker::Terms& terms, const CallOptions& call,
              Check&& check) {
    if (terms.keeps_progress) {
        const ProgressKey key = key_of("law");
        check(store.load(key, call), "load_progress");
        check(store.list(call), "list_progress");
        check(store.commit(commit_of(key, std::nullopt, progress_at(1)), call), "commit_progress");
        check(store.drop(key, call), "drop_progress");
        check(store.row(key, "a", call), "load_row");
        check(store.rows(key, {}, 10, call), "load_rows");
        check(store.parked(key, {}, 10, call), "load_parked");
    }
    if (terms.keeps_snapshots) {
        check(store.save(snapshot_at(1), call), "save_snapshot");
        check(store.snapshot("law-snapshot", "Law", "f1", call), "load_snapshot");
        check(store.prune("Law", "f2", call), "prune_snapshots");
    }
}

inline void keeping_called_off(KeepingTrial& trial, const KeeperMaker::Terms& terms) {
    const Environment environment = trial.store->environment();
    const CallOptions late{.deadline = environment.steady_now() - std::chrono::milliseconds(1)};
    std::stop_source stopper;
    stopper.request_stop();
    const CallOptions stopped{.deadline = {}, .stop = stopper.get_token()};
    call_all(*trial.store, terms, late, [&](const auto& answer, std::string_view what) {
        trial.expect_refused(answer, errc::timed_out, std::string(what) + " after its deadline");
    });
    call_all(*trial.store, terms, stopped, [&](const auto& answer, std::string_view what) {
        trial.expect_refused(answer, errc::cancelled, std::string(what) + " after a stop");
    });
    if (terms.keeps_progress)
        trial.expect_progress(key_of("law"), std::nullopt, "after commits that were called off");
    if (terms.keeps_snapshots)
        trial.expect_snapshot(snapshot_at(1), false, "after one that was called off");
}

inline void keeping_closed(KeepingTrial& trial, const KeeperMaker::Terms& terms) {
    trial.store->close();
    call_all(*trial.store, terms, {}, [&](const auto& answer, std::string_view what) {
        trial.expect_refused(answer, errc::closed, std::string(what) + " of a closed store");
    });
}

inline void keeping_reopened(KeepingTrial& trial, KeeperMaker& maker,
                             const KeeperMaker::Terms& terms) {
    auto commit = commit_of(key_of("law"), std::nullopt, progress_at(1));
    commit.rows = {{.key = "a", .data = "1"}};
    commit.park = {parked_event("k", 0)};
    const Snapshot snapshot = snapshot_at(1);
    if (terms.keeps_progress && !trial.given(commit))
        return;
    if (terms.keeps_snapshots &&
        !trial.expect_done(trial.store->save(snapshot, {}), "save_snapshot"))
        return;
    auto again = maker.reopen();
    if (!trial.expect_done(again, "opening the store again"))
        return;
    trial.store = *std::move(again);
    if (terms.keeps_progress) {
        trial.expect_progress(commit.key, commit.next, "of the reopened store");
        trial.expect_row(commit.key, "a", "1", "of the reopened store");
        const auto parked = trial.store->parked(commit.key, {}, 10, {});
        if (trial.expect_done(parked, "load_parked of the reopened store"))
            trial.expect(*parked == commit.park, "the reopened store has lost a parked event");
        trial.expect_done(trial.store->commit(commit, {}),
                          "a commit, sent again to the reopened store");
        trial.given(commit_of(commit.key, commit.next, progress_at(2)));
    }
    if (terms.keeps_snapshots)
        trial.expect_snapshot(snapshot, true, "of the reopened store");
}

/// Tries the laws of progress and snapshots, each with a fresh store.
class KeepingCourt {
public:
    KeepingCourt(KeeperMaker& maker, LawReport& report)
        : maker_(maker),
          terms_(maker.terms()),
          report_(report) {}

    void try_all() {
        if (terms_.keeps_progress)
            try_progress();
        if (terms_.keeps_snapshots)
            try_snapshots();
        law("a call for progress or snapshots does nothing after its deadline or a stop",
            [&](KeepingTrial& trial) { keeping_called_off(trial, terms_); });
        if (terms_.can_close)
            law("a closed store answers every call for progress or snapshots",
                [&](KeepingTrial& trial) { keeping_closed(trial, terms_); });
        law_of_reopening();
    }

private:
    void try_progress() {
        law("progress is saved only if it is still what was loaded", progress_if_still_loaded);
        law("a higher fence keeps out who was replaced", progress_fence);
        law("of racing commits on one checkpoint exactly one wins", racing_progress);
        law("a commit of progress that is sent again is done once", progress_sent_again);
        law("rows, parked events and checkpoint are stored all or none", progress_all_or_none);
        law("rows are read in the order of their keys, page by page", reading_rows);
        law("parked events are read in order, those of one key together", reading_parked);
        law("dropped progress is gone with its rows and parked events", dropping_progress);
        law("a rebuild takes the place of the live one in one commit", replacing_progress);
        law("a commit with a statement runs it, or is refused as a whole", progress_statements);
        law("hostile progress is refused and leaves nothing behind", hostile_progress);
    }
    void try_snapshots() {
        law("a snapshot comes back as it was saved", snapshots_as_saved);
        law("a snapshot replaces the one before it, whatever its revision", last_snapshot_replaces);
        law("pruning removes the snapshots of other fingerprints", pruning_snapshots);
        law("hostile snapshots are refused and leave nothing behind", hostile_snapshots);
    }

    void law_of_reopening() {
        try_law("progress and snapshots survive reopening the store", [&](KeepingTrial& trial) {
            if (!trial.store->durable(terms_.can_reopen))
                return LawVerdict::not_owed;
            if (!terms_.can_reopen) {
                trial.expect(false,
                             "give make_store a reopen() that opens its last store once more");
                return LawVerdict::not_checked;
            }
            keeping_reopened(trial, maker_, terms_);
            return trial.broken() ? LawVerdict::broken : LawVerdict::held;
        });
    }

    template <class Check>
    void law(std::string_view sentence, Check&& check) {
        try_law(sentence, [&](KeepingTrial& trial) {
            // an `AnyStore` has the functions, and the store inside may lack them
            const auto kept = trial.store->load(key_of("law"), {});
            const auto saved = trial.store->snapshot("law-snapshot", "Law", "f1", {});
            if ((terms_.keeps_progress && !kept && kept.error() == errc::unsupported) ||
                (terms_.keeps_snapshots && !saved && saved.error() == errc::unsupported))
                return LawVerdict::not_owed;
            check(trial);
            return trial.broken() ? LawVerdict::broken : LawVerdict::held;
        });
    }
    template <class F>
    void try_law(std::string_view sentence, const F& verdict) {
        report_.add(tried_law(
            sentence, [&] { return maker_.make(); },
            [](std::unique_ptr<Keeper>&& store) { return KeepingTrial(std::move(store)); },
            verdict));
    }

    KeeperMaker& maker_;
    const KeeperMaker::Terms terms_;
    LawReport& report_;
};

} // namespace eventsourcing::detail::laws

#endif
