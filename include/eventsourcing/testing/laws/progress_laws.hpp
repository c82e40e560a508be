// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_PROGRESS_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_PROGRESS_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/testing/laws/keeping_trial.hpp>
#include <eventsourcing/testing/laws/race.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::laws {

/// Every field comes back; a checkpoint that has moved on or another fence is a conflict, and one
/// key does not touch the others.
inline void progress_if_still_loaded(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    const Progress first = progress_at(1);
    const Progress second = progress_at(2);
    trial.expect_progress(key, std::nullopt, "before the first commit");
    trial.expect_refused(trial.store->commit(commit_of(key, first, second), {}), errc::conflict,
                         "a commit on progress that is not there");
    if (!trial.given(commit_of(key, std::nullopt, first)))
        return;
    trial.expect_progress(key, first, "after the first commit");
    trial.expect_refused(trial.store->commit(commit_of(key, std::nullopt, second), {}),
                         errc::conflict, "a commit as if there were none");
    trial.given(commit_of(key, first, second));
    const auto late = trial.store->commit(commit_of(key, first, progress_at(3)), {});
    if (trial.expect_refused(late, errc::conflict, "a commit on an old checkpoint")) {
        const std::string message = late.error().message();
        trial.expect(message.find("position 1") != message.npos &&
                         message.find("position 2") != message.npos,
                     "a conflict does not name what was loaded and what is stored: ", message);
    }
    auto drop = commit_of(key, first, progress_at(3));
    drop.drops = true;
    trial.expect_refused(trial.store->commit(drop, {}), errc::conflict,
                         "a commit that drops what was stored meanwhile");
    trial.expect_progress(key, second, "after a drop that was refused");
    Progress empty; // no position, no owner, no failure
    empty.fence = second.fence;
    trial.given(commit_of(key, second, empty));
    trial.expect_progress(key, empty, "without a position");

    ProgressKey other = key;
    other.fingerprint = "f2";
    ProgressKey rebuild = key;
    rebuild.rebuild = true;
    for (const ProgressKey& beside : {key_of("law2"), other, rebuild})
        trial.expect_progress(beside, std::nullopt, "of another key");
}

/// One who was replaced by a higher fence can't commit any more, though the checkpoint is the same.
inline void progress_fence(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    const Progress old = progress_at(1, 1, "old");
    Progress taken = old;
    taken.owner = "new";
    taken.fence = 2;
    if (!trial.given(commit_of(key, std::nullopt, old)) || !trial.given(commit_of(key, old, taken)))
        return;
    trial.expect_refused(trial.store->commit(commit_of(key, old, progress_at(2, 1, "old")), {}),
                         errc::conflict, "a commit with a fence that was replaced");
    trial.expect_progress(key, taken, "after a commit that was refused");
    trial.expect_refused(trial.store->commit(commit_of(key, taken, progress_at(2, 1, "new")), {}),
                         errc::invalid, "a commit that lowers the fence");
}

/// Of several that commit on one checkpoint exactly one wins, and its rows are what is stored.
inline void racing_progress(KeepingTrial& trial) {
    constexpr std::size_t runners = 6;
    constexpr std::size_t rounds = 15;
    const ProgressKey key = key_of("law");
    std::optional<Progress> loaded;
    for (std::uint64_t round = 0; round < rounds && !trial.broken(); ++round) {
        std::vector<ProgressCommit> commits;
        for (std::size_t i = 0; i < runners; ++i) {
            const std::string owner = "runner " + std::to_string(i);
            auto& commit = commits.emplace_back(
                commit_of(key, loaded, progress_at(round * runners + i + 1, 1, owner)));
            commit.rows.push_back({.key = "winner", .data = owner});
        }
        std::vector<Result<void>> answers(runners, errc::internal);
        race(runners, [&](std::size_t i) { answers[i] = trial.store->commit(commits[i], {}); });
        std::size_t winners = 0;
        for (std::size_t i = 0; i < runners; ++i) {
            if (!answers[i]) {
                trial.expect_refused(answers[i], errc::conflict, "a commit that lost a race");
                continue;
            }
            ++winners;
            loaded = commits[i].next;
            trial.expect_row(key, "winner", commits[i].next.owner, "after a race");
        }
        if (trial.expect(winners == 1, winners, " of ", runners,
                         " commits on one checkpoint were done"))
            trial.expect_progress(key, loaded, "after a race");
    }
}

/// A commit that comes again, since its outcome was unknown, is answered as done; but not after
/// another one.
inline void progress_sent_again(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    const auto first = commit_of(key, std::nullopt, progress_at(1));
    auto second = commit_of(key, first.next, progress_at(2));
    second.rows = {{.key = "a", .data = "2"}};
    auto third = commit_of(key, second.next, progress_at(3));
    third.rows = {{.key = "a", .data = "3"}};
    if (!trial.given(first))
        return;
    trial.expect_done(trial.store->commit(first, {}), "the first commit, sent again");
    trial.given(second);
    trial.expect_done(trial.store->commit(second, {}), "a commit, sent again");
    trial.given(third);
    trial.expect_refused(trial.store->commit(second, {}), errc::conflict,
                         "a commit, sent again after another one");
    trial.expect_row(key, "a", "3", "after a commit that came too late");
    auto unnoticed = commit_of(key, third.next, third.next);
    unnoticed.rows = {{.key = "a", .data = "4"}};
    trial.expect_refused(trial.store->commit(unnoticed, {}), errc::invalid,
                         "rows without another checkpoint or fence");
}

/// Rows, parked events and checkpoint of a commit are stored all or none, and a reader never sees
/// some of them.
inline void progress_all_or_none(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    auto good = commit_of(key, std::nullopt, progress_at(1));
    good.rows = {{.key = "a", .data = "1"}, {.key = "b", .data = "1"}};
    good.park = {parked_event("k", 0)};
    if (!trial.given(good))
        return;
    auto refused = commit_of(key, progress_at(9), progress_at(2));
    refused.rows = {{.key = "a", .data = "2"}, {.key = "b"}};
    refused.park = {parked_event("k", 1)};
    refused.unpark = {{.key = "k", .sequence = 0}};
    trial.expect_refused(trial.store->commit(refused, {}), errc::conflict, "a late commit");
    refused.loaded = good.next;
    refused.rows.push_back({.key = std::string("\0", 1), .data = "x"});
    trial.expect_refused(trial.store->commit(refused, {}), errc::invalid,
                         "a commit with a bad row");
    trial.expect_row(key, "a", "1", "after commits that were refused");
    trial.expect_row(key, "b", "1", "after commits that were refused");
    trial.expect_progress(key, good.next, "after commits that were refused");
    const auto parked = trial.store->parked(key, {}, 10, {});
    if (trial.expect_done(parked, "load_parked"))
        trial.expect(*parked == good.park, "commits that were refused changed parked events");

    std::atomic<bool> torn{false};
    Result<void> written;
    race(2, [&](std::size_t runner) {
        constexpr std::uint64_t commits = 60;
        Progress last = good.next;
        for (std::uint64_t i = 2; i < commits && runner == 0 && written; ++i) {
            auto commit = commit_of(key, last, progress_at(i));
            commit.rows = {{.key = "a", .data = std::to_string(i)},
                           {.key = "b", .data = std::to_string(i)}};
            last = commit.next;
            written = trial.store->commit(commit, {});
        }
        for (std::uint64_t i = 0; i < 4 * commits && runner == 1; ++i) {
            const auto rows = trial.store->rows(key, {}, 10, {});
            if (!rows || rows->size() != 2 || (*rows)[0].data != (*rows)[1].data)
                torn = true;
        }
    });
    trial.expect_done(written, "a commit while another thread reads");
    trial.expect(!torn, "load_rows returned rows of two commits");
}

/// All rows, in pages of `limit`.
inline std::vector<RowCommit> all_rows(KeepingTrial& trial, const ProgressKey& key,
                                       std::size_t limit) {
    std::vector<RowCommit> all;
    for (std::size_t pages = 0; trial.expect(pages < 100, "load_rows does not end"); ++pages) {
        const auto after = all.empty() ? Keeper::After{} : Keeper::After{all.back().key};
        const auto page = trial.store->rows(key, after, limit, {});
        if (!trial.expect_done(page, "load_rows"))
            break;
        trial.expect(page->size() <= limit, "load_rows returned more than its limit");
        all.insert(all.end(), page->begin(), page->end());
        if (page->size() < limit)
            break;
    }
    return all;
}

inline void reading_rows(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    auto first = commit_of(key, std::nullopt, progress_at(1));
    const std::string any_bytes("\0\xFF\x80\n", 4);
    const std::vector<std::string> sorted{"",   "A", "a",        "a b",
                                          "ab", "b", "\xC3\xA4", "\xE2\x82\xAC"};
    for (auto name = sorted.rbegin(); name != sorted.rend(); ++name)
        first.rows.push_back({.key = *name, .data = *name + any_bytes});
    first.rows.push_back({.key = "dropped", .data = "x"});
    first.rows.push_back({.key = "twice", .data = "x"});
    first.rows.push_back({.key = "twice"});
    auto second = commit_of(key, first.next, progress_at(2));
    second.rows = {{.key = "dropped"}, {.key = "never there"}, {.key = "a", .data = ""}};
    if (!trial.given(first) || !trial.given(second))
        return;
    for (const std::size_t limit : {std::size_t{1}, std::size_t{3}, max_page_size}) {
        const auto all = all_rows(trial, key, limit);
        if (!trial.expect(all.size() == sorted.size(), "load_rows returned ", all.size(),
                          " rows instead of ", sorted.size()))
            return;
        for (std::size_t i = 0; i < all.size(); ++i)
            trial.expect(all[i].key == sorted[i] &&
                             all[i].data == (sorted[i] == "a" ? "" : sorted[i] + any_bytes),
                         "row ", i, " in the order of keys is another one");
    }
    trial.expect_row(key, "dropped", std::nullopt, "of a dropped row");
    trial.expect_row(key, "", any_bytes, "of the empty key");
    trial.expect_row(key_of("law2"), "a", std::nullopt, "of other progress");
    const auto none = trial.store->rows(key_of("law2"), {}, 10, {});
    if (trial.expect_done(none, "load_rows of progress that is not there"))
        trial.expect(none->empty(), "load_rows returned the rows of other progress");
}

inline void reading_parked(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    auto first = commit_of(key, std::nullopt, progress_at(1));
    std::vector<ParkedEvent> sorted;
    for (const std::string_view line : {"", "a", "b"})
        for (std::uint64_t i = 0; i < 5; ++i)
            sorted.push_back(parked_event(line, i));
    first.park.assign(sorted.rbegin(), sorted.rend());
    if (!trial.given(first))
        return;
    auto second = commit_of(key, first.next, progress_at(2));
    sorted.erase(sorted.begin() + 5); // the first of "a"
    second.unpark = {{.key = "a", .sequence = 0}, {.key = "a", .sequence = 99}};
    sorted[5].failure = "now this one fails";
    sorted[5].position.reset();
    second.park = {sorted[5]};
    trial.given(second);

    const auto expect_page = [&](Keeper::After after, std::size_t limit, std::size_t begin,
                                 std::size_t end) {
        const auto page = trial.store->parked(key, after, limit, {});
        if (!trial.expect_done(page, "load_parked"))
            return;
        const std::vector<ParkedEvent> expected(sorted.begin() + static_cast<std::ptrdiff_t>(begin),
                                                sorted.begin() + static_cast<std::ptrdiff_t>(end));
        trial.expect(*page == expected, "load_parked with a limit of ", limit, " returned ",
                     page->size(), " events, or others, instead of ", expected.size());
    };
    expect_page({}, max_page_size, 0, 14);
    expect_page({}, 1, 0, 5); // the whole key
    expect_page("", 2, 5, 9);
    expect_page("", 5, 5, 14);
    expect_page("a", 5, 9, 14);
    expect_page("b", 5, 14, 14);
}

/// Dropped progress is gone with all that belongs to it, and leaves the others alone.
inline void dropping_progress(KeepingTrial& trial) {
    ProgressKey rebuild = key_of("b");
    rebuild.rebuild = true;
    const std::vector<ProgressKey> sorted{key_of("a"), key_of("b"), rebuild, key_of("c")};
    for (const std::size_t i : {3U, 0U, 2U, 1U}) { // what is dropped came last
        auto commit = commit_of(sorted[i], std::nullopt, progress_at(1));
        commit.rows = {{.key = "r", .data = sorted[i].name}};
        commit.park = {parked_event("k", 0)};
        if (!trial.given(commit))
            return;
    }
    const auto expect_list = [&](const std::vector<ProgressKey>& keys) {
        const auto listed = trial.store->list({});
        if (!trial.expect_done(listed, "list_progress"))
            return;
        bool same = listed->size() == keys.size();
        for (std::size_t i = 0; same && i < keys.size(); ++i)
            same = (*listed)[i].first == keys[i] &&
                   (*listed)[i].second.checkpoint.position == Position{1};
        trial.expect(same, "list_progress returned ", listed->size(), " in another order than ",
                     keys.size(), " of name, fingerprint, rebuild");
    };
    expect_list(sorted);
    const auto dropped = trial.store->drop(sorted[1], {});
    if (trial.expect_done(dropped, "drop_progress"))
        trial.expect(*dropped, "drop_progress says that there was none");
    const auto again = trial.store->drop(sorted[1], {});
    if (trial.expect_done(again, "drop_progress, sent again"))
        trial.expect(!*again, "drop_progress says that what was dropped is there");
    expect_list({sorted[0], sorted[2], sorted[3]});
    trial.expect_progress(sorted[1], std::nullopt, "of dropped progress");
    trial.expect_row(sorted[1], "r", std::nullopt, "of dropped progress");
    trial.expect_row(rebuild, "r", "b", "of the one beside");

    if (!trial.given(commit_of(sorted[1], std::nullopt, progress_at(1))))
        return;
    trial.expect_row(sorted[1], "r", std::nullopt, "of progress that was dropped and is new");
    const auto listed = trial.store->load(sorted[0], {});
    if (!trial.expect_done(listed, "load_progress") ||
        !trial.expect(listed->has_value(), "nothing"))
        return;
    auto drop = commit_of(sorted[0], *listed, progress_at(8));
    drop.drops = true;
    trial.given(drop);
    trial.expect_progress(sorted[0], std::nullopt, "of progress that a commit dropped");
    trial.expect_row(sorted[0], "r", std::nullopt, "of progress that a commit dropped");
    trial.expect_done(trial.store->commit(drop, {}), "a commit that drops, sent again");
    drop.rows = {{.key = "r", .data = "x"}};
    trial.expect_refused(trial.store->commit(drop, {}), errc::invalid,
                         "a commit that drops and stores");
    const auto parked = trial.store->parked(sorted[1], {}, 10, {});
    if (trial.expect_done(parked, "load_parked"))
        trial.expect(parked->empty(), "parked events came back after their progress was dropped");
}

/// A rebuild takes the place of the live one in one commit, and who ran that one is refused.
inline void replacing_progress(KeepingTrial& trial) {
    const ProgressKey live = key_of("law");
    ProgressKey rebuild = live;
    rebuild.rebuild = true;
    auto old = commit_of(live, std::nullopt, progress_at(5, 1));
    old.rows = {{.key = "a", .data = "old"}, {.key = "gone", .data = "old"}};
    old.park = {parked_event("k", 0)};
    auto built = commit_of(rebuild, std::nullopt, progress_at(4, 1));
    built.rows = {{.key = "a", .data = "new"}};
    if (!trial.given(old) || !trial.given(built))
        return;
    trial.expect_row(live, "a", "old", "of the live one during a rebuild");
    auto swap = commit_of(rebuild, built.next, progress_at(5, 1));
    swap.rows = {{.key = "b", .data = "new"}};
    swap.replaces_live = true;
    trial.expect_refused(trial.store->commit(swap, {}), errc::conflict,
                         "a rebuild that replaces the live one without a greater fence");
    trial.expect_row(live, "a", "old", "after a refused replacement");
    swap.next.fence = 2;
    swap.replaced = old.next;
    swap.replaced->checkpoint.position = Position{4}; // it has gone on since then
    trial.expect_refused(trial.store->commit(swap, {}), errc::conflict,
                         "a rebuild that replaces what was stored meanwhile");
    trial.expect_row(live, "a", "old", "after a refused replacement");
    swap.replaced = old.next;
    trial.given(swap);
    trial.expect_done(trial.store->commit(swap, {}), "a replacement, sent again");
    trial.expect_progress(live, swap.next, "after a replacement");
    trial.expect_progress(rebuild, std::nullopt, "of a rebuild that is live now");
    trial.expect_row(live, "a", "new", "after a replacement");
    trial.expect_row(live, "b", "new", "after a replacement");
    trial.expect_row(live, "gone", std::nullopt, "after a replacement");
    const auto parked = trial.store->parked(live, {}, 10, {});
    if (trial.expect_done(parked, "load_parked"))
        trial.expect(parked->empty(), "the parked events of the replaced one are still there");
    trial.expect_refused(trial.store->commit(commit_of(live, old.next, progress_at(6, 1)), {}),
                         errc::conflict, "a commit by who ran the replaced one");
    auto live_swap = commit_of(live, swap.next, progress_at(6, 3));
    live_swap.replaces_live = true;
    trial.expect_refused(trial.store->commit(live_swap, {}), errc::invalid,
                         "a live one that replaces the live one");
}

/// A statement is run in the commit, or the whole commit is refused. A store that has no SQL, or
/// keeps its tables elsewhere, says `unsupported`.
inline void progress_statements(KeepingTrial& trial) {
    const ProgressKey key = key_of("law");
    auto first = commit_of(key, std::nullopt, progress_at(1));
    first.rows = {{.key = "a", .data = "1"}};
    if (!trial.given(first))
        return;
    auto second = commit_of(key, first.next, progress_at(2));
    second.rows = {{.key = "a", .data = "2"}};
    second.statements = {{"CREATE TABLE law_of_statements(a INTEGER)", {}}};
    const auto done = trial.store->commit(second, {});
    if (!done) {
        trial.expect_refused(done, errc::unsupported, "a commit with a statement");
        trial.expect_progress(key, first.next, "after a statement that was refused");
        trial.expect_row(key, "a", "1", "after a statement that was refused");
        return;
    }
    auto third = commit_of(key, second.next, progress_at(3));
    third.rows = {{.key = "a", .data = "3"}};
    third.statements = second.statements; // which must fail, if the table was made
    trial.expect_refused(trial.store->commit(third, {}), errc::invalid,
                         "a statement that makes a table for the second time");
    trial.expect_progress(key, second.next, "after a statement that failed");
    trial.expect_row(key, "a", "2", "after a statement that failed");
}

inline void hostile_progress(KeepingTrial& trial) {
    const std::string nul("a\0b", 3);
    const std::string no_utf8 = "\xC3(";
    const std::string long_name(max_progress_name_size + 1, 'x');
    const std::string long_key(max_row_key_size + 1, 'x');
    const auto refused = [&](ProgressCommit commit, errc why, Part what) {
        commit.loaded.reset();
        trial.expect_refused(trial.store->commit(commit, {}), why, what);
    };
    const auto base = commit_of(key_of("law"), std::nullopt, progress_at(1));
    for (const std::string& bad : {std::string(), nul, no_utf8, long_name}) {
        auto commit = base;
        commit.key.name = bad;
        refused(commit, errc::invalid, "a commit with a bad name");
        trial.expect_refused(trial.store->load(commit.key, {}), errc::invalid,
                             "load_progress with a bad name");
        trial.expect_refused(trial.store->drop(commit.key, {}), errc::invalid,
                             "drop_progress with a bad name");
        trial.expect_refused(trial.store->rows(commit.key, {}, 1, {}), errc::invalid,
                             "load_rows with a bad name");
        if (bad.empty())
            continue;
        commit = base;
        commit.key.fingerprint = bad;
        refused(commit, errc::invalid, "a commit with a bad fingerprint");
        commit = base;
        commit.next.owner = bad;
        refused(commit, errc::invalid, "a commit with a bad owner");
        commit = base;
        commit.next.status = bad;
        refused(commit, errc::invalid, "a commit with a bad status");
    }
    for (const std::string& bad : {nul, no_utf8, long_key}) {
        auto commit = base;
        commit.rows = {{.key = bad, .data = "x"}};
        refused(commit, errc::invalid, "a row with a bad key");
        commit = base;
        commit.park = {parked_event(bad, 0)};
        refused(commit, errc::invalid, "a parked event with a bad key");
        commit = base;
        commit.unpark = {{.key = bad, .sequence = 0}};
        refused(commit, errc::invalid, "an unparked event with a bad key");
    }
    auto commit = base;
    commit.next.fence = std::uint64_t{1} << 63U;
    refused(commit, errc::invalid, "a fence beyond 63 bits");
    commit = base;
    commit.next.failure->since = Timestamp::max();
    refused(commit, errc::invalid, "the time of a failure in year 9999");
    commit = base;
    commit.next.failure->message.assign(max_failure_size + 1, 'x');
    refused(commit, errc::too_large, "a failure with a long message");
    commit = base;
    commit.rows = {{.key = "large", .data = std::string(max_state_size + 1, 'x')}};
    refused(commit, errc::too_large, "a row that is too large");
    commit = base;
    commit.unpark.assign(max_commit_parts + 1, UnparkedEvent{});
    refused(commit, errc::too_large, "a commit of too many parts");
    for (const std::size_t limit : {std::size_t{0}, max_page_size + 1}) {
        trial.expect_refused(trial.store->rows(base.key, {}, limit, {}), errc::invalid,
                             "load_rows with a bad limit");
        trial.expect_refused(trial.store->parked(base.key, {}, limit, {}), errc::invalid,
                             "load_parked with a bad limit");
    }
    trial.expect_progress(base.key, std::nullopt, "after commits that were refused");

    commit = base; // the largest that must work
    commit.key.name.assign(max_progress_name_size, 'x');
    commit.next.checkpoint.position = Position{~std::uint64_t{0}, ~std::uint64_t{0}};
    commit.next.failure->message.assign(max_failure_size, '\xFF');
    std::string data(max_event_size, 'x');
    data.front() = data.back() = '\0';
    commit.rows = {{.key = std::string(max_row_key_size, 'k'), .data = data}};
    if (!trial.given(commit))
        return;
    trial.expect_progress(commit.key, commit.next, "with the largest fields");
    trial.expect_row(commit.key, commit.rows[0].key, data, "of 4 MiB");
}

} // namespace eventsourcing::detail::laws

#endif
