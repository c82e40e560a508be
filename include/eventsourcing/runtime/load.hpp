// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_LOAD_HPP
#define EVENTSOURCING_RUNTIME_LOAD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/runtime/event_folder.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/store/event_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

struct LoadOptions {
    /// Load the state as it was right after this revision; nothing means the whole stream.
    /// `errc::not_found` if the stream ends before it.
    std::optional<Revision> at{};
    /// How many records are in memory at a time, 1 to 4096.
    std::size_t page_size = 1'000;
    CallOptions call{};
};

namespace detail {

/// A store that keeps events as their own types and passes them on without making JSON.
template <class Store, class Event, class Visitor>
concept ReadsTyped = requires(const Store& store, StreamNameView stream, Visitor& visitor) {
    {
        store.template read_events<Event>(stream, std::optional<Revision>{}, visitor)
    } -> std::same_as<Result<void>>;
};

/// Folds the events of such a store: runs of typed events, and records of those that it keeps as
/// bytes.
template <Aggregate A>
class ShownEvents {
public:
    ShownEvents(Loaded<A>& loaded, StreamNameView stream) : loaded_(loaded), stream_(stream) {}

    Result<void> operator()(std::span<const typename A::Event> events, Revision first) {
        const std::uint64_t before = loaded_.state.generation.value();
        if (auto done = fold_into<A>(loaded_.state, events); !done)
            return std::move(done).error().within(
                event_place(stream_.view(), first.plus(loaded_.state.generation.value() - before)));
        loaded_.revision = first.plus(events.size() - 1);
        return {};
    }

    Result<void> operator()(const EventRecord& record) {
        if (!folder_)
            folder_.emplace(loaded_.state);
        if (auto done = folder_->fold(record); !done)
            return done;
        loaded_.revision = record.revision;
        return {};
    }

private:
    Loaded<A>& loaded_;
    StreamNameView stream_;
    std::optional<EventFolder<A>> folder_{};
};

template <Aggregate A, class Store>
Result<void> load_pages(const Store& store, StreamNameView stream, const LoadOptions& options,
                        Loaded<A>& loaded) {
    constexpr bool whole = upcast_takes_record<ReadableForms<typename A::Event>>;
    StreamRead next{.limit = options.page_size, .events_only = !whole};
    EventFolder<A> folder(loaded.state);
    for (;;) {
        auto page = store.read_stream(stream, next, options.call);
        if (!page)
            return std::move(page).error();
        folder.next_page();
        for (const EventRecord& record : page->records()) {
            if (options.at && record.revision > *options.at)
                return {};
            if (auto done = folder.fold(record); !done)
                return done;
            loaded.revision = record.revision;
        }
        if (page->at_end || loaded.revision == options.at)
            return {};
        next.from = page->next_revision;
    }
}

template <Aggregate A, class Store>
Result<void> load_into(Loaded<A>& loaded, const Store& store, StreamNameView stream,
                       const LoadOptions& options) {
    Result<void> done;
    if constexpr (ReadsTyped<Store, typename A::Event, ShownEvents<A>>)
        done = store.template read_events<typename A::Event>(stream, options.at,
                                                             ShownEvents<A>(loaded, stream));
    else
        done = load_pages<A>(store, stream, options, loaded);
    if (done && options.at && loaded.revision != options.at)
        return Error(errc::not_found,
                     event_place(stream.view(), *options.at) +
                         ": there is no such event; the last is " +
                         (loaded.revision ? std::to_string(loaded.revision->value()) : "none"));
    return done;
}

} // namespace detail

/// The state of a stream, folded from its events page by page in constant memory; `State{}` and no
/// revision if the stream does not exist.
///
/// Errors: those of reading, `malformed`, `unknown_type` and `unknown_version` for an event that
/// can't be decoded, `cannot_apply` and `threw` for one that can't be folded; all name the
/// revision.
template <Aggregate A, class Store>
[[nodiscard]] Result<Loaded<A>> load(const Store& store, StreamNameView stream,
                                     const LoadOptions& options = {}) {
    static_assert(detail::explain_store<A, Store>());
    return detail::guarded("making the state", [&] {
        Result<Loaded<A>> loaded(std::in_place);
        if (auto done = detail::load_into<A>(*loaded, store, stream, options); !done)
            loaded = std::move(done).error();
        return loaded;
    });
}

/// Does not compile: says what is wrong with the aggregate, or which of the arguments is wrong.
template <class A = detail::NoAggregateNamed, class... Args>
    requires(!detail::begins_a_load<A, Args...>)
auto load(const Args&... /*args*/) {
    static_assert(detail::explain_load<A, Args...>());
    static_assert(detail::begins_a_load<A, Args...>);
}

} // namespace eventsourcing

#endif
