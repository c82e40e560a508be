// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_KEEPING_TRIAL_HPP
#define EVENTSOURCING_TESTING_LAWS_KEEPING_TRIAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/testing/laws/keeper.hpp>
#include <eventsourcing/testing/laws/witness.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

/// The check of one law of progress or snapshots with a new store.
class KeepingTrial : public Witness {
public:
    explicit KeepingTrial(std::unique_ptr<Keeper> fresh) : store(std::move(fresh)) {}

    std::unique_ptr<Keeper> store;

    /// Commits what the law needs before it is checked; false if that fails.
    bool given(const ProgressCommit& commit) {
        return expect_done(store->commit(commit, {}), "commit_progress");
    }

    bool expect_progress(const ProgressKey& key, const std::optional<Progress>& expected,
                         Part when) {
        const auto found = store->load(key, {});
        if (!expect_done(found, "load_progress"))
            return false;
        return expect(*found == expected, "load_progress ", when,
                      expected ? *found ? " returned other progress than was stored"
                                        : " returned nothing"
                               : " returned what was never stored");
    }
    bool expect_row(const ProgressKey& key, std::string_view row,
                    const std::optional<std::string>& expected, Part when) {
        const auto found = store->row(key, row, {});
        if (!expect_done(found, "load_row"))
            return false;
        return expect(*found == expected, "load_row ", when,
                      expected
                          ? *found ? " returned other content than was stored" : " returned nothing"
                          : " returned what was never stored, or dropped");
    }
    bool expect_snapshot(const Snapshot& wanted, bool is_there, Part when) {
        const auto found = store->snapshot(wanted.stream, wanted.kind, wanted.fingerprint, {});
        if (!expect_done(found, "load_snapshot"))
            return false;
        if (!is_there)
            return expect(!*found, "load_snapshot ", when, " returned what must not be there");
        return expect(*found == wanted, "load_snapshot ", when,
                      *found ? " returned another one than was saved" : " returned nothing");
    }
};

inline ProgressKey key_of(std::string_view name) {
    return {.name = std::string(name), .fingerprint = "f1", .rebuild = false};
}

/// Progress at a position, with every field set.
inline Progress progress_at(std::uint64_t position, std::uint64_t fence = 1,
                            std::string_view owner = "law", const Environment& environment = {}) {
    return {.checkpoint = {.store_id = environment.new_id(),
                           .position = Position{position},
                           .event_id = environment.new_id()},
            .owner = std::string(owner),
            .fence = fence,
            .status = "live",
            .failure = ProgressFailure{.message = "it failed",
                                       .stream = StreamName("law-failed"),
                                       .revision = Revision{position},
                                       .since = environment.now(),
                                       .attempts = 3}};
}

inline ProgressCommit commit_of(const ProgressKey& key, const std::optional<Progress>& loaded,
                                const Progress& next) {
    return {.key = key, .loaded = loaded, .next = next};
}

inline ParkedEvent parked_event(std::string_view key, std::uint64_t sequence,
                                const Environment& environment = {}) {
    ParkedEvent event{.key = std::string(key),
                      .sequence = sequence,
                      .stream = StreamName("law-parked"),
                      .revision = Revision{sequence},
                      .position = Position{sequence + 10, 7},
                      .event_id = environment.new_id(),
                      .attempts = sequence,
                      .parked_at = environment.now()};
    if (sequence == 0)
        event.failure = "it can't be applied";
    return event;
}

inline Snapshot snapshot_at(std::uint64_t revision, std::string_view fingerprint = "f1",
                            std::string_view kind = "Law", StreamNameView stream = "law-snapshot",
                            const Environment& environment = {}) {
    return {.stream = StreamName(stream),
            .kind = std::string(kind),
            .fingerprint = std::string(fingerprint),
            .revision = Revision{revision},
            .event_id = environment.new_id(),
            .data = "state at " + std::to_string(revision)};
}

} // namespace eventsourcing::detail::laws

#endif
