// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PRUNE_PROJECTION_HPP
#define EVENTSOURCING_RUNTIME_PRUNE_PROJECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/projection_fingerprint.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_store.hpp>

#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

struct PruneOptions {
    /// Of the subscription; empty for the name of the projection in snake_case.
    std::string name{};
    /// Drops also what a program holds that was killed and so could not give it up.
    bool even_if_held = false;
};

namespace detail {

/// The progress of other versions of a projection than this program's.
template <class P, class Keeper>
Result<std::vector<std::pair<ProgressKey, Progress>>>
other_versions(const Keeper& keeper, const std::string& name, const CallOptions& call) {
    const std::string kind = joined({"projection ", bare_name<P>(), " "});
    const std::string today = joined({kind, projection_fingerprint<P>()});
    auto all = keeper.list_progress(call);
    if (!all)
        return all;
    std::erase_if(*all, [&](const auto& each) {
        const ProgressKey& key = each.first;
        return key.name != name || !key.fingerprint.starts_with(kind) || key.fingerprint == today;
    });
    return all;
}

[[gnu::cold]] inline Error held_version(const ProgressKey& key, const Progress& progress) {
    return {errc::conflict,
            joined({"version ", in_quotes(key.fingerprint), " of ", key.name,
                    " is held by a program that runs it (", progress.status,
                    "), so nothing is dropped: stop that program first; if it was killed, prune "
                    "with .even_if_held = true"})};
}

template <class Keeper>
Result<void> drop_held(const Keeper& keeper, const ProgressKey& key, const CallOptions& call) {
    auto done = keeper.drop_progress(key, call);
    return done ? Result<void>() : std::move(done).error();
}
/// Unless a program has begun to run it since it was listed.
template <class Keeper>
Result<void> drop_if_same(const Keeper& keeper, const ProgressKey& key, const Progress& listed,
                          const CallOptions& call) {
    ProgressCommit commit{.key = key, .loaded = listed, .next = listed};
    commit.drops = true;
    auto done = keeper.commit_progress(commit, call);
    if (done || done.error() != errc::conflict)
        return done;
    return std::move(done).error().within(
        joined({"version ", in_quotes(key.fingerprint), " of ", key.name,
                ", which a program has begun to run, so it is not dropped"}));
}

} // namespace detail

/// Drops what other versions of a projection have stored, from the store that keeps it: rows,
/// parked events and checkpoint. The version of this program stays. Returns what was dropped.
///
/// A version is held from the first step of a program until the end of its last `es::run` or
/// `es::follow`. If one of them is held, nothing is dropped and the error is `conflict`; so it is
/// for one that a program begins to run meanwhile, which stays as it is. A version that is dropped
/// and run again starts from the beginning.
template <Projection P, ProgressStore Keeper>
Result<std::vector<ProgressKey>> prune_projection(const Keeper& keeper,
                                                  const PruneOptions& options = {},
                                                  const CallOptions& call = {}) {
    const std::string name =
        options.name.empty() ? std::string(detail::SnakeName<P>::value) : options.name;
    auto others = detail::other_versions<P>(keeper, name, call);
    if (!others)
        return std::move(others).error();
    if (!options.even_if_held)
        for (const auto& [key, progress] : *others)
            if (!progress.owner.empty())
                return detail::held_version(key, progress);
    std::vector<ProgressKey> dropped;
    for (const auto& [key, progress] : *others) {
        auto done = options.even_if_held ? detail::drop_held(keeper, key, call)
                                         : detail::drop_if_same(keeper, key, progress, call);
        if (!done)
            return std::move(done).error();
        dropped.push_back(key);
    }
    return dropped;
}

} // namespace eventsourcing

#endif
