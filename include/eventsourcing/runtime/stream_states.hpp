// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STREAM_STATES_HPP
#define EVENTSOURCING_RUNTIME_STREAM_STATES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/fold_stream.hpp>
#include <eventsourcing/runtime/kept_snapshots.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/skipped_event.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/runtime/state_before.hpp>
#include <eventsourcing/runtime/state_cache.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// What a repository knows and how it makes states: of its cache, of snapshots, and of the events
/// of a store. All functions may be called from several threads at once.
template <Aggregate A, class Store, class Beside>
class StreamStates {
public:
    using Options = RepositoryOptions<A, Store, Beside>;
    using Shared = std::shared_ptr<const Loaded<A>>;
    using Cached = typename StateCache<Loaded<A>>::Found;
    using Slot = typename StateCache<Loaded<A>>::Slot;
    static constexpr bool has_beside = !std::same_as<Beside, NothingBeside>;

    StreamStates(Store its_store, Beside its_beside, Options its_options)
        : store(std::move(its_store)),
          options(std::move(its_options)),
          beside_(std::move(its_beside)),
          cache_(options.cache > 0 ? std::make_shared<StateCache<Loaded<A>>>(options.cache)
                                   : nullptr) {}

    Store store;
    Options options;
    /// What every call has to answer if one of the options is out of its range.
    Result<void> options_in_range = check_repository_options(options);
    Environment environment = options.environment ? *options.environment : environment_of(store);

    /// The state that the cache has of the stream of this id, which may be out of date; or null.
    [[nodiscard]] Cached cached(std::string_view id) const {
        return cache_ ? cache_->find(id) : Cached{};
    }
    /// The same for a stream, which may be one of another category: the cache has none of these.
    [[nodiscard]] Cached cached(StreamNameView stream) const {
        return is_of_category(stream) ? cached(stream.id()) : Cached{};
    }
    /// Keeps a state in the cache, in the slot that was found there, or null. A state that can't be
    /// copied now is not kept.
    void keep(Slot* slot, StreamNameView stream, const Loaded<A>& loaded) const {
        if (!cache_)
            return;
        EVENTSOURCING_TRY {
            auto state = std::make_shared<const Loaded<A>>(loaded);
            if (slot)
                cache_->update(*slot, std::move(state));
            else if (is_of_category(stream))
                cache_->put(stream, std::move(state));
        }
        EVENTSOURCING_CATCH(...) {
            forget(stream);
        }
    }
    void forget(StreamNameView stream) const {
        if (cache_ && is_of_category(stream))
            cache_->drop(stream.id());
    }

    /// Makes the state of a stream without the cache, in `loaded`, which is new; says whether the
    /// event `wanted` is among those that were read. `begin` gets the revision of the snapshot that
    /// it began from.
    Result<void> load(Loaded<A>& loaded, StreamNameView stream, const LoadOptions& asked,
                      const Uuid* wanted, Folded& folded, std::optional<Revision>& begin) const {
        if (auto snapshot = this->snapshot(stream, asked, options.observer)) {
            loaded = *std::move(snapshot);
            begin = loaded.revision;
        }
        auto done = fold_stream<A>(loaded, store, stream, asked, skip_list(), wanted);
        if (!done)
            return explained(std::move(done).error(), stream, asked.call, loaded.revision);
        folded = *done;
        options.observer.tell([&] {
            return StateLoaded{.stream = stream.view(), .folded = folded.events, .snapshot = begin};
        });
        if (asked.at && !asked.as_of && loaded.revision != asked.at)
            return ends_before(stream, *asked.at, loaded.revision);
        return {};
    }

    /// Adds to a state the events that were appended since. `cached` says for the observer whether
    /// it is of the cache.
    Result<Folded> catch_up(Loaded<A>& loaded, StreamNameView stream, const CallOptions& call,
                            const Uuid* wanted = nullptr, bool cached = true) const {
        auto folded =
            fold_stream<A>(loaded, store, stream, {.page_size = options.page_size, .call = call},
                           skip_list(), wanted);
        if (!folded)
            return explained(std::move(folded).error(), stream, call, loaded.revision);
        options.observer.tell([&] {
            return StateLoaded{.stream = stream.view(), .folded = folded->events, .cached = cached};
        });
        return folded;
    }

    /// Tells which events are left out of a state that was made before.
    void tell_skipped(StreamNameView stream, std::optional<Revision> last) const {
        for (const SkippedEvent& one : options.skip)
            if (one.stream == stream && one.revision <= last)
                options.observer.tell(
                    [&] { return Skipped{.stream = stream.view(), .revision = one.revision}; });
    }

    /// Keeps the state as a snapshot if the events from `first` up to its revision have crossed a
    /// border. A failure is only told.
    void keep_snapshot(StreamNameView stream, const Loaded<A>& loaded, Revision first,
                       const Uuid& last_id, const CallOptions& call) const {
        if constexpr (can_keep_snapshots) {
            if (skips_some_of(stream) ||
                !crosses_border(first, *loaded.revision, options.snapshot_every.events()))
                return;
            save_snapshot(keeper(), stream, own_snapshots(), loaded.state, *loaded.revision,
                          last_id, options.observer, call);
        }
    }

private:
    static bool is_of_category(StreamNameView stream) {
        return stream.category() == category_of<A>();
    }

    using Keeper = typename SnapshotKeeper<Store, Beside>::Type;
    static constexpr bool can_keep_snapshots =
        KeepsSnapshots<Keeper> && StorableState<typename A::State>;

    [[nodiscard]] const Keeper& keeper() const {
        if constexpr (has_beside)
            return beside_;
        else
            return store;
    }

    /// Then its states are no snapshots: those of other programs have the events that are left out
    /// here, and these would take away theirs.
    [[nodiscard]] bool skips_some_of(StreamNameView stream) const {
        for (const SkippedEvent& skipped : options.skip)
            if (skipped.stream == stream)
                return true;
        return false;
    }

    [[nodiscard]] SkipList skip_list() const { return {options.skip, &options.observer}; }

    /// A snapshot that may be used, if there is one. The observer is told of one that may not.
    [[nodiscard]] std::optional<Loaded<A>> snapshot(StreamNameView stream, const LoadOptions& asked,
                                                    const Observer& observer) const {
        // As of a time: one of the events inside may have been recorded later.
        if constexpr (can_keep_snapshots)
            if (options.snapshot_every.events() > 0 && !asked.as_of && !skips_some_of(stream))
                return checked_snapshot(stream, asked, observer);
        return {};
    }

    std::optional<Loaded<A>> checked_snapshot(StreamNameView stream, const LoadOptions& asked,
                                              const Observer& observer) const {
        auto found = find_snapshot<typename A::State>(store, keeper(), stream, own_snapshots(),
                                                      asked.at, observer, asked.call);
        if (!found)
            return {};
        return Loaded<A>{std::move(found->state), found->revision};
    }
    static constexpr SnapshotsOf own_snapshots() {
        return {category_of<A>(), state_fingerprint<A>()};
    }

    /// The error of an event, with the state before it; any other error as it is.
    [[nodiscard]] [[gnu::cold]] Error explained(Error error, StreamNameView stream,
                                                const CallOptions& call,
                                                std::optional<Revision> last) const {
        const LoadOptions until{.at = last, .page_size = options.page_size, .call = call};
        return with_state_before<A>(
            std::move(error), store, stream, until, last, {.events = options.skip},
            last ? snapshot(stream, until, Observer{}).value_or(Loaded<A>{}) : Loaded<A>{});
    }

    [[no_unique_address]] Beside beside_;
    std::shared_ptr<StateCache<Loaded<A>>> cache_;
};

} // namespace eventsourcing::detail

#endif
