// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_KEPT_SNAPSHOTS_HPP
#define EVENTSOURCING_RUNTIME_KEPT_SNAPSHOTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// The rules by which a snapshot is used and kept, whatever was folded.

namespace eventsourcing::detail {

/// Which snapshots are those of a program: of what is folded, and by which code.
struct SnapshotsOf {
    std::string_view kind;
    std::string_view fingerprint;
};

template <class State>
struct FoundSnapshot {
    State state;
    Revision revision{};
};

/// Whether the stream still has the event that a snapshot was made after.
template <class Store>
Result<void> check_event_of(const Snapshot& snapshot, const Store& store, StreamNameView stream,
                            const CallOptions& call) {
    auto page = store.read_stream(stream, {.from = snapshot.revision, .limit = 1}, call);
    if (!page)
        return std::move(page).error();
    if (!page->empty() && page->records().front().revision == snapshot.revision &&
        page->records().front().id == snapshot.event_id)
        return {};
    return Error(
        errc::not_found,
        joined({event_place(stream.view(), snapshot.revision), ": expected event ",
                snapshot.event_id.to_string(), ", after which a snapshot was made, and found ",
                page->empty() ? "none" : page->records().front().id.to_string(),
                "; the stream was reset or restored, and all its events are read"}));
}

/// A snapshot that may be used, if there is one; if `at` is given, one that is not later. The
/// observer is told why one is not used.
template <class State, class Store, class Keeper>
std::optional<FoundSnapshot<State>>
find_snapshot(const Store& store, const Keeper& keeper, StreamNameView stream,
              const SnapshotsOf& own, std::optional<Revision> at, const Observer& observer,
              const CallOptions& call) {
    std::optional<Revision> revision;
    using Found = std::optional<FoundSnapshot<State>>;
    auto found = guarded("reading a snapshot", [&]() -> Result<Found> {
        auto snapshot = keeper.load_snapshot(stream, own.kind, own.fingerprint, call);
        if (!snapshot)
            return std::move(snapshot).error();
        if (!*snapshot || (at && (*snapshot)->revision > *at))
            return Found();
        revision = (*snapshot)->revision;
        if (auto same = check_event_of(**snapshot, store, stream, call); !same)
            return std::move(same).error();
        auto state = decode_snapshot<State>((*snapshot)->data);
        if (!state)
            return std::move(state).error().as(errc::corrupt).within("the snapshot");
        return Found(FoundSnapshot<State>{*std::move(state), *revision});
    });
    if (found)
        return *std::move(found);
    observer.tell([&] {
        return SnapshotIgnored{
            .stream = stream.view(), .revision = revision, .error = found.error()};
    });
    return {};
}

/// Whether a snapshot is due after the events from `first` to `last`, if one is after every so
/// many.
constexpr bool crosses_border(Revision first, Revision last, std::uint64_t every) {
    return every != 0 && (last.value() + 1) / every != first.value() / every;
}

/// Keeps what the events up to this one were folded to. A failure is only told.
template <class Keeper, class State>
void save_snapshot(const Keeper& keeper, StreamNameView stream, const SnapshotsOf& own,
                   const State& state, Revision revision, const Uuid& event_id,
                   const Observer& observer, const CallOptions& call) {
    auto saved = guarded("keeping a snapshot", [&]() -> Result<void> {
        auto data = encode_snapshot(state);
        if (!data)
            return std::move(data).error();
        return keeper.save_snapshot({.stream = StreamName(stream),
                                     .kind = std::string(own.kind),
                                     .fingerprint = std::string(own.fingerprint),
                                     .revision = revision,
                                     .event_id = event_id,
                                     .data = *std::move(data)},
                                    call);
    });
    if (!saved)
        observer.tell([&] {
            return SnapshotFailed{
                .stream = stream.view(), .revision = revision, .error = saved.error()};
        });
}

} // namespace eventsourcing::detail

#endif
