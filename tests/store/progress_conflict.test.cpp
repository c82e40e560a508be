// SPDX-License-Identifier: MIT
#include <eventsourcing/store/progress_conflict.hpp>

#include <eventsourcing/core/environment.hpp>

#include "catch.hpp"

#include <cstdint>
#include <optional>

namespace es = eventsourcing;
using es::detail::should_commit;

namespace {

es::Progress at(std::uint64_t position, std::uint64_t fence = 1) {
    return {.checkpoint = {.position = es::Position{position}}, .owner = "me", .fence = fence};
}

bool is_conflict(const es::Result<bool>& answer) {
    return !answer && answer.error() == es::errc::conflict;
}

} // namespace

TEST_CASE("A commit goes on from the whole checkpoint that is stored: place, event and store") {
    const std::optional<es::Progress> stored = at(3);
    const es::ProgressCommit commit{.key = {.name = "board"}, .loaded = stored, .next = at(4)};
    CHECK(should_commit(commit, stored, {}).value());
    CHECK(is_conflict(should_commit(commit, {}, {})));
    CHECK(is_conflict(should_commit(commit, at(2), {})));
    CHECK(is_conflict(should_commit(commit, at(3, 2), {})));
    auto other_store = stored;
    other_store->checkpoint.store_id = es::Environment{}.new_id();
    CHECK(is_conflict(should_commit(commit, other_store, {})));
    auto other_event = stored;
    other_event->checkpoint.event_id = es::Environment{}.new_id();
    CHECK(is_conflict(should_commit(commit, other_event, {})));
    auto other_number = stored;
    other_number->checkpoint.position = es::Position{3, 1};
    CHECK(is_conflict(should_commit(commit, other_number, {})));
}

TEST_CASE("A commit that was done is known by all that it stores") {
    const es::ProgressCommit commit{.key = {.name = "board"}, .loaded = at(3), .next = at(4)};
    CHECK(should_commit(commit, at(4), {}).value() == false);
    auto of_another = at(4);
    of_another.owner = "you";
    CHECK(is_conflict(should_commit(commit, of_another, {})));
}

TEST_CASE("A rebuild that has replaced the live one was done only if it is no longer there") {
    const es::ProgressCommit commit{.key = {.name = "board", .rebuild = true},
                                    .loaded = at(3, 2),
                                    .next = at(4, 2),
                                    .replaces_live = true};
    CHECK(should_commit(commit, at(3, 2), at(9)).value());
    CHECK(is_conflict(should_commit(commit, at(3, 2), at(9, 2))));
    CHECK(should_commit(commit, {}, at(4, 2)).value() == false);
    CHECK(is_conflict(should_commit(commit, {}, at(9, 2))));
    CHECK(is_conflict(should_commit(commit, at(1, 3), at(4, 2)))); // another rebuild has begun
}
