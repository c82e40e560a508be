// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_PLACE_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_PLACE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/start.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// The id of a store; nothing for one that has none, or that holds one which has none.
template <class Store>
Result<std::optional<Uuid>> id_of(const Store& store) {
    std::optional<Uuid> out;
    if constexpr (IdentifiedStore<Store>) {
        auto id = store.store_id();
        if (!id && id.error() != errc::unsupported)
            return std::move(id).error();
        if (id)
            out = *id;
    }
    return out;
}

/// The id of the event at a position; nothing for a store that has positions of pages only.
template <class Store>
Result<std::optional<Uuid>> id_at(const Store& store, Position position, const CallOptions& call) {
    std::optional<Uuid> id;
    if (position.prepare() != 0 || position.value() == 0)
        return id;
    AllRead which{.limit = 1};
    if (position.value() > 1)
        which.after = Position{position.value() - 1};
    auto page = store.read_all(which, call);
    if (!page && page.error() == errc::beyond_head)
        return id;
    if (!page)
        return std::move(page).error();
    if (!page->empty() && page->records().front().position == position)
        id = page->records().front().id;
    return id;
}

/// A checkpoint at a position, with the ids that tell later whether it is still of this store.
template <class Store>
Result<Checkpoint> checkpoint_at(const Store& store, std::optional<Position> position,
                                 const CallOptions& call) {
    auto store_id = id_of(store);
    if (!store_id)
        return std::move(store_id).error();
    Checkpoint out{.store_id = *store_id, .position = position};
    if (position) {
        auto id = id_at(store, *position, call);
        if (!id)
            return std::move(id).error();
        out.event_id = *id;
    }
    return out;
}

/// Refuses a checkpoint of another store, or of this one before a backup or an older copy took its
/// place: reading on from there would leave events out.
template <class Store>
Result<void> check_checkpoint(const Store& store, const Checkpoint& kept, const CallOptions& call) {
    if (kept.store_id) {
        const auto id = id_of(store);
        if (!id)
            return id.error();
        if (*id && **id != *kept.store_id)
            return Error(
                errc::invalid,
                joined({"the checkpoint is of store ", kept.store_id->to_string(),
                        ", but this is store ", (*id)->to_string(),
                        ": it follows the wrong store, or this one was restored; "
                        "follow the right one, or rebuild (what has no rebuild begins again "
                        "under another .name)"}));
    }
    if (!kept.position || !kept.event_id)
        return {};
    auto id = id_at(store, *kept.position, call);
    if (!id)
        return std::move(id).error();
    if (*id != kept.event_id)
        return Error(errc::invalid,
                     joined({"the checkpoint is at position ", text_of(*kept.position),
                             " with event ", kept.event_id->to_string(), ", but this store has ",
                             *id ? joined({"event ", (*id)->to_string()}) : "no event",
                             " there: it was restored to an earlier time, or a standby took its "
                             "place that had less; what was made of the lost events is wrong now: "
                             "rebuild (what has no rebuild begins again under another .name)"}));
    return {};
}

/// The position of the last event, by `head()` or, for a store without it, by reading to the end
/// from a position on that is known.
template <class Store>
Result<std::optional<Position>> last_position(const Store& store, const CallOptions& call,
                                              std::optional<Position> known = {}) {
    if constexpr (TellsHead<Store>)
        if (verbs_of(store).head)
            return store.head(call);
    AllRead which{.after = known, .limit = max_page_size};
    for (;;) {
        auto page = store.read_all(which, call);
        if (!page)
            return std::move(page).error();
        if (page->last_position)
            which.after = page->last_position;
        if (page->at_end)
            return which.after;
    }
}

/// The position before the first event that was recorded at `time` or later.
template <class Store>
Result<std::optional<Position>> position_before(const Store& store, Timestamp time,
                                                const CallOptions& call) {
    AllRead which{.limit = max_page_size};
    for (;;) {
        auto page = store.read_all(which, call);
        if (!page)
            return std::move(page).error();
        std::optional<Position> before = which.after;
        std::size_t earlier = 0;
        for (const EventRecord& record : page->records()) {
            if (record.recorded_at >= time)
                break;
            ++earlier;
            if (record.position)
                before = record.position;
        }
        const bool found = earlier < page->records().size();
        if (found && (earlier == 0 || before != which.after))
            return before;
        if (found) { // positions of pages only: up to the event, and then on from there
            which.limit = earlier;
            continue;
        }
        which.limit = max_page_size;
        if (page->last_position)
            which.after = page->last_position;
        if (page->at_end)
            return which.after;
    }
}

/// The position after which a follower begins that has no checkpoint.
template <class Store>
Result<std::optional<Position>> begin_of(const Store& store, const Start& start,
                                         const CallOptions& call) {
    switch (start.kind) {
    case Start::Kind::beginning:
        break;
    case Start::Kind::now:
        return last_position(store, call);
    case Start::Kind::after: {
        // a read from there refuses a position that the store has not given yet
        if (auto page = store.read_all({.after = start.position, .limit = 1}, call); !page)
            return std::move(page).error();
        return start.position;
    }
    case Start::Kind::time:
        return position_before(store, start.time, call);
    }
    return std::optional<Position>();
}

} // namespace eventsourcing::detail

#endif
