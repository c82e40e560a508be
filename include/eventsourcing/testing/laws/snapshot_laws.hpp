// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_SNAPSHOT_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_SNAPSHOT_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/testing/laws/keeping_trial.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail::laws {

/// Every field and every byte comes back, whatever the content is: flipped bytes are the reader's
/// to notice.
inline void snapshots_as_saved(KeepingTrial& trial) {
    Snapshot snapshot = snapshot_at(7);
    trial.expect_snapshot(snapshot, false, "before the first one");
    for (int byte = 0; byte < 256; ++byte)
        snapshot.data += static_cast<char>(byte);
    std::string flipped = snapshot.data;
    flipped[20] = static_cast<char>(flipped[20] ^ 0x40);
    std::string large(max_event_size, 'x');
    large.front() = large.back() = '\0';
    for (const std::string& data : {snapshot.data, flipped, std::string(), large}) {
        snapshot.data = data;
        if (!trial.expect_done(trial.store->save(snapshot, {}), "save_snapshot"))
            return;
        trial.expect_snapshot(snapshot, true, "of what was just saved");
    }
    for (const Snapshot& other : {snapshot_at(7, "f2"), snapshot_at(7, "f1", "Other"),
                                  snapshot_at(7, "f1", "Law", "law-other")})
        trial.expect_snapshot(other, false, "of another stream, kind or fingerprint");
}

/// The last snapshot is kept, also one of an earlier revision: the stream may have been restored.
inline void last_snapshot_replaces(KeepingTrial& trial) {
    for (const std::uint64_t revision : {3U, 5U, 5U, 2U}) {
        const Snapshot next = snapshot_at(revision);
        if (!trial.expect_done(trial.store->save(next, {}), "save_snapshot"))
            return;
        trial.expect_snapshot(next, true, "after it was saved");
    }
}

inline void pruning_snapshots(KeepingTrial& trial) {
    const Snapshot old = snapshot_at(1, "old");
    const Snapshot older = snapshot_at(1, "older", "Law", "law-other");
    const Snapshot current = snapshot_at(1, "new");
    const Snapshot beside = snapshot_at(1, "old", "Other");
    for (const Snapshot& snapshot : {old, older, current, beside})
        if (!trial.expect_done(trial.store->save(snapshot, {}), "save_snapshot"))
            return;
    for (const std::uint64_t expected : {std::uint64_t{2}, std::uint64_t{0}}) {
        const auto pruned = trial.store->prune("Law", "new", {});
        if (trial.expect_done(pruned, "prune_snapshots"))
            trial.expect(*pruned == expected, "prune_snapshots removed ", *pruned, " instead of ",
                         expected);
    }
    trial.expect_snapshot(old, false, "after pruning");
    trial.expect_snapshot(older, false, "after pruning");
    trial.expect_snapshot(current, true, "after pruning");
    trial.expect_snapshot(beside, true, "of another kind, after pruning");
}

inline void hostile_snapshots(KeepingTrial& trial) {
    const std::string long_name(max_progress_name_size + 1, 'x');
    for (const std::string& bad :
         {std::string(), std::string("a\0b", 3), std::string("\xC3("), long_name}) {
        Snapshot snapshot = snapshot_at(1);
        snapshot.kind = bad;
        trial.expect_refused(trial.store->save(snapshot, {}), errc::invalid,
                             "a snapshot with a bad kind");
        trial.expect_refused(trial.store->prune(bad, "f1", {}), errc::invalid,
                             "prune_snapshots with a bad kind");
        if (bad.empty())
            continue;
        snapshot = snapshot_at(1);
        snapshot.fingerprint = bad;
        trial.expect_refused(trial.store->save(snapshot, {}), errc::invalid,
                             "a snapshot with a bad fingerprint");
        trial.expect_refused(trial.store->snapshot("law-snapshot", "Law", bad, {}), errc::invalid,
                             "load_snapshot with a bad fingerprint");
    }
    Snapshot snapshot = snapshot_at(std::uint64_t{1} << 63U);
    trial.expect_refused(trial.store->save(snapshot, {}), errc::invalid,
                         "a snapshot with a revision beyond 63 bits");
    snapshot = snapshot_at(1);
    snapshot.data.assign(max_state_size + 1, 'x');
    trial.expect_refused(trial.store->save(snapshot, {}), errc::too_large,
                         "a snapshot that is too large");
    trial.expect_snapshot(snapshot, false, "after it was refused");
}

} // namespace eventsourcing::detail::laws

#endif
