// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_PROGRESS_CONFLICT_HPP
#define EVENTSOURCING_STORE_PROGRESS_CONFLICT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace eventsourcing::detail {

inline std::string describe(const ProgressKey& key) {
    std::string text = "progress " + in_quotes(key.name);
    if (!key.fingerprint.empty())
        text += " of fingerprint " + in_quotes(key.fingerprint);
    return key.rebuild ? text + " (rebuild)" : text;
}

inline std::string describe(const std::optional<Progress>& progress) {
    if (!progress)
        return "nothing";
    const Checkpoint& at = progress->checkpoint;
    std::string text = at.position ? "position " + text_of(*at.position) : "no position";
    if (at.event_id)
        text += " (event " + at.event_id->to_string() + ")";
    if (at.store_id)
        text += " of store " + at.store_id->to_string();
    text += " with fence " + std::to_string(progress->fence);
    if (!progress->owner.empty())
        text += " and owner " + in_quotes(progress->owner);
    return text;
}

inline bool same_place(const std::optional<Progress>& a, const std::optional<Progress>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->checkpoint == b->checkpoint && a->fence == b->fence));
}

/// What is to be done with a commit when `stored` is what is stored for its key, and `live` for the
/// key without `rebuild` (which is looked at only if it replaces that one): true to do it, false if
/// it was done before, or `conflict`.
inline Result<bool> should_commit(const ProgressCommit& commit,
                                  const std::optional<Progress>& stored,
                                  const std::optional<Progress>& live) {
    if (commit.drops && !stored)
        return false;
    if (same_place(stored, commit.loaded)) {
        if (commit.replaces_live && commit.replaced && !same_place(live, commit.replaced))
            return Error(errc::conflict,
                         describe(commit.key) + ": it was to replace " + describe(commit.replaced) +
                             ", as it was loaded, but " + describe(live) +
                             " is stored there; load it again and go on from there");
        if (!commit.replaces_live || !live || live->fence < commit.next.fence)
            return true;
        return Error(errc::conflict, describe(commit.key) +
                                         ": it can't replace the live one, "
                                         "whose fence is " +
                                         std::to_string(live->fence) +
                                         ": expected a greater fence than that, not " +
                                         std::to_string(commit.next.fence));
    }
    if (commit.replaces_live ? !stored && live == commit.next
                             : stored == commit.next && !commit.drops)
        return false;
    return Error(errc::conflict, describe(commit.key) + ": expected " + describe(commit.loaded) +
                                     ", as it was loaded, but " + describe(stored) +
                                     " is stored; load it again and go on from there");
}

} // namespace eventsourcing::detail

#endif
