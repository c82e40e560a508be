// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLD_STREAM_HPP
#define EVENTSOURCING_RUNTIME_FOLD_STREAM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/fold_named.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/event_folder.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/skipped_event.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Events of streams that are not folded, and who is told.
struct SkipList {
    std::span<const SkippedEvent> events{};
    const Observer* observer = nullptr;

    /// Whether this event is to be left out; tells it.
    [[nodiscard]] bool skips(StreamNameView stream, Revision revision) const {
        for (const SkippedEvent& one : events)
            if (one.revision == revision && one.stream == stream) {
                if (observer)
                    observer->tell(
                        [&] { return Skipped{.stream = stream.view(), .revision = revision}; });
                return true;
            }
        return false;
    }
};

/// What was folded.
struct Folded {
    std::uint64_t events = 0;
    /// Where the event is that was looked for.
    std::optional<Revision> found{};
};

/// A store that keeps events as their own types and passes them on without making JSON.
template <class Store, class Event, class Visitor>
concept ReadsTyped = requires(const Store& store, StreamNameView stream, Visitor& visitor) {
    {
        store.template read_events<Event>(stream, std::optional<Revision>{}, visitor)
    } -> std::same_as<Result<void>>;
};
/// The same from any revision on.
template <class Store, class Event, class Visitor>
concept ReadsTypedTail = requires(const Store& store, StreamNameView stream, Visitor& visitor) {
    {
        store.template read_events<Event>(stream, Revision{}, std::optional<Revision>{}, visitor)
    } -> std::same_as<Result<void>>;
};

/// Folds the events of such a store: runs of typed events, and records of those that it keeps as
/// bytes. After an error the revision is that of the last event that was folded.
template <Aggregate A>
class ShownEvents {
public:
    ShownEvents(Loaded<A>& loaded, StreamNameView stream, const SkipList& skip, Folded& folded)
        : loaded_(loaded),
          stream_(stream),
          skip_(skip),
          folded_(folded) {}

    Result<void> operator()(std::span<const typename A::Event> events, Revision first) {
        if (skip_.events.empty()) [[likely]]
            return fold_run(events, first);
        for (std::size_t i = 0; i < events.size(); ++i)
            if (skip_.skips(stream_, first.plus(i)))
                loaded_.revision = first.plus(i);
            else if (auto done = fold_run(events.subspan(i, 1), first.plus(i)); !done)
                return done;
        return {};
    }

    Result<void> operator()(const EventRecord& record) {
        if (skip_.skips(stream_, record.revision)) {
            loaded_.revision = record.revision;
            return {};
        }
        if (!folder_)
            folder_.emplace(loaded_.state);
        if (auto done = folder_->fold(record); !done)
            return done;
        ++folded_.events;
        loaded_.revision = record.revision;
        return {};
    }

private:
    Result<void> fold_run(std::span<const typename A::Event> events, Revision first) {
        const std::uint64_t before = loaded_.state.generation.value();
        auto done = fold_into<A>(loaded_.state, events);
        const std::uint64_t applied = loaded_.state.generation.value() - before;
        folded_.events += applied;
        if (applied > 0)
            loaded_.revision = first.plus(applied - 1);
        if (!done)
            return std::move(done).error().within(
                joined({event_place(stream_.view(), first.plus(applied)), ": ",
                        stored_name(events[applied])}));
        return done;
    }

    Loaded<A>& loaded_;
    StreamNameView stream_;
    const SkipList& skip_;
    Folded& folded_;
    std::optional<EventFolder<A>> folder_{};
};

/// Folds the pages of a stream from the revision after `loaded.revision` on. Looks for an event of
/// the id `wanted`, if there is one, among all that it reads.
template <Aggregate A, class Store>
Result<Folded> fold_pages(Loaded<A>& loaded, const Store& store, StreamNameView stream,
                          const LoadOptions& options, const SkipList& skip, const Uuid* wanted) {
    constexpr bool whole = upcast_takes_record<ReadableForms<typename A::Event>>;
    StreamRead next{.from = loaded.revision ? loaded.revision->plus(1) : Revision{},
                    .limit = options.page_size,
                    .events_only = !whole && !options.as_of && !wanted};
    const CallOptions call = options.call.begun(environment_of(store));
    EventFolder<A> folder(loaded.state);
    Folded folded;
    for (;;) {
        Result<Page> page = store.read_stream(stream, next, call);
        if (!page)
            return std::move(page).error();
        folder.next_page();
        for (const EventRecord& record : page->records()) {
            if ((options.at && record.revision > *options.at) ||
                (options.as_of && record.recorded_at > *options.as_of))
                return folded;
            if (wanted && record.id == *wanted)
                folded.found = record.revision;
            if (skip.events.empty() || !skip.skips(stream, record.revision)) {
                if (auto done = folder.fold(record); !done)
                    return std::move(done).error();
                ++folded.events;
            }
            loaded.revision = record.revision;
        }
        if (page->at_end || (options.at && loaded.revision == options.at))
            return folded;
        next.from = page->next_revision;
    }
}

/// Folds what a stream has after `loaded.revision`, in constant memory, as far as the options say.
/// After an error `loaded.revision` is that of the last event that was folded, and the state is
/// unspecified.
template <Aggregate A, class Store>
Result<Folded> fold_stream(Loaded<A>& loaded, const Store& store, StreamNameView stream,
                           const LoadOptions& options, const SkipList& skip = {},
                           const Uuid* wanted = nullptr) {
    using Event = typename A::Event;
    if constexpr (ReadsTyped<Store, Event, ShownEvents<A>>) {
        if (!options.as_of && !wanted) {
            const CallOptions& call = options.call; // which `read_events` does not take
            if (call.stop.stop_requested() || call.timeout || call.deadline)
                if (auto go_on = check_call(call, environment_of(store)); !go_on)
                    return std::move(go_on).error();
            Folded folded;
            ShownEvents<A> visitor(loaded, stream, skip, folded);
            if (!loaded.revision) {
                auto done = store.template read_events<Event>(stream, options.at, visitor);
                return done ? Result<Folded>(folded) : std::move(done).error();
            }
            if constexpr (ReadsTypedTail<Store, Event, ShownEvents<A>>) {
                auto done = store.template read_events<Event>(stream, loaded.revision->plus(1),
                                                              options.at, visitor);
                return done ? Result<Folded>(folded) : std::move(done).error();
            }
        }
    }
    return fold_pages<A>(loaded, store, stream, options, skip, wanted);
}

/// The error of a stream that ends before the revision that was asked for.
inline Error ends_before(StreamNameView stream, Revision asked, std::optional<Revision> last) {
    return {errc::not_found,
            joined({event_place(stream.view(), asked), ": there is no such event; the last is ",
                    last ? std::to_string(last->value()) : "none"})};
}

} // namespace eventsourcing::detail

#endif
