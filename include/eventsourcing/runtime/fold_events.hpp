// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLD_EVENTS_HPP
#define EVENTSOURCING_RUNTIME_FOLD_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/following/model.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/types_of.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace eventsourcing {

struct FoldOptions {
    /// The state as it was before the first event that was recorded later than this.
    std::optional<Timestamp> until{};
    /// The state as it was right after this position.
    std::optional<Position> at{};
    /// How many records are in memory at a time, 1 to 4096.
    std::size_t page_size = default_page_size;
    CallOptions call{};
};

/// The State that a projection makes of the events of a store, folded now, from the first one on;
/// nothing is stored. Linear in the events that it follows.
///
/// Errors: those of the store, and of an event that can't be read or applied, with its place.
template <Projection P, EventStore Store>
    requires detail::HasOneState<P>
[[nodiscard]] Result<typename P::State> fold(const Store& store, const FoldOptions& options = {}) {
    if (auto good = detail::check_page_option("FoldOptions", options.page_size); !good)
        return std::move(good).error();
    const CallOptions call = options.call.begun(detail::environment_of(store));
    Result<typename P::State> state(std::in_place);
    detail::FollowedReader<P> reader;
    AllRead which{.query = {.items = {{.types = types_of<detail::FollowedVariant<P>>()}}},
                  .limit = options.page_size};
    for (;;) {
        auto page = store.read_all(which, call);
        if (!page)
            return std::move(page).error();
        for (const EventRecord& record : page->records()) {
            if ((options.until && record.recorded_at > *options.until) ||
                (options.at && record.position && *record.position > *options.at))
                return state;
            if (auto done = reader.read(record, detail::ProjectOnto<P>{*state}); !done)
                return std::move(done).error();
        }
        if (page->at_end)
            return state;
        which.after = page->last_position;
    }
}

} // namespace eventsourcing

#endif
