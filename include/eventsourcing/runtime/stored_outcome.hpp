// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STORED_OUTCOME_HPP
#define EVENTSOURCING_RUNTIME_STORED_OUTCOME_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/capabilities.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Whether an id that was ever stored is found, also much later.
template <class Store>
[[nodiscard]] bool finds_old_ids(const Store& store) {
    if (!verbs_of(store).find_event)
        return false;
    if constexpr (requires { store.actual_capabilities(); })
        return store.actual_capabilities().remembers_ids;
    else
        return Store::capabilities.remembers_ids;
}

/// Refuses a command id where an old one is not found: the command could be executed twice.
template <class Store>
Result<void> check_finds_ids(const Store& store, const std::optional<Uuid>& command_id) {
    if (!command_id || finds_old_ids(store)) [[likely]]
        return {};
    return Error(errc::unsupported,
                 joined({type_name<Store>(),
                         ": it can't say whether a command with this command_id was executed "
                         "before, as it does not find old ids (es::FindsEvents and "
                         "es::Capabilities::remembers_ids); execute it without a command_id, or in "
                         "a store that finds them"}));
}

/// Where in the stream the event of this id is, in a store that finds old ids.
template <class Store>
Result<std::optional<Revision>> find_stored(const Store& store, StreamNameView stream,
                                            const Uuid& id, const CallOptions& call) {
    if constexpr (FindsEvents<Store>) {
        Result<Page> page = store.find_event(id, call);
        if (!page)
            return std::move(page).error();
        for (const EventRecord& record : page->records())
            if (stream == record.stream)
                return std::optional(record.revision);
    }
    return std::optional<Revision>();
}

/// How many events of a stream are looked through for a command's id, in a store that forgets ids.
inline constexpr std::uint64_t remembered_events = 1'000;

/// The same in any store, among the last events of a stream up to and with this revision.
template <class Store>
Result<std::optional<Revision>> look_back(const Store& store, StreamNameView stream, const Uuid& id,
                                          Revision last, const CallOptions& call) {
    std::uint64_t left = remembered_events;
    StreamRead next{.from = last, .direction = Direction::backward};
    while (left > 0 && next.from) {
        next.limit = static_cast<std::size_t>(std::min<std::uint64_t>(left, default_page_size));
        Result<Page> page = store.read_stream(stream, next, call);
        if (!page)
            return std::move(page).error();
        for (const EventRecord& record : page->records())
            if (record.id == id)
                return std::optional(record.revision);
        left -= std::min<std::uint64_t>(left, page->records().size());
        if (page->at_end)
            break;
        next.from = page->next_revision;
    }
    return std::optional<Revision>();
}

/// What a command has stored.
template <class Event>
struct StoredOutcome {
    Events<Event> events{};
    Receipt receipt{};
};

template <class Event>
Result<StoredOutcome<Event>> complete(Result<StoredOutcome<Event>>&& out, StreamNameView stream,
                                      Revision first) {
    if (out->events.empty())
        return Error(errc::not_found, joined({event_place(stream.view(), first),
                                              ": the command's event was here and is gone"}));
    return std::move(out);
}

/// Reads the events of a command, of which the first is at `first`.
template <class Event, class Store>
Result<StoredOutcome<Event>> read_outcome(const Store& store, StreamNameView stream,
                                          const CommandIds& ids, Revision first,
                                          const CallOptions& call) {
    Result<StoredOutcome<Event>> out(std::in_place);
    out->receipt.first = first;
    out->receipt.repeated = true;
    StreamRead next{.from = first};
    for (;;) {
        Result<Page> page = store.read_stream(stream, next, call);
        if (!page) {
            out = std::move(page).error();
            return out;
        }
        for (const EventRecord& record : page->records()) {
            if (record.id != ids.at(out->events.size()))
                return complete(std::move(out), stream, first);
            auto event = decode_event<Event>(record);
            if (!event) {
                out = std::move(event).error();
                return out;
            }
            out->events.push_back(*std::move(event));
            out->receipt.last = record.revision;
            out->receipt.position = record.position;
        }
        if (page->at_end)
            return complete(std::move(out), stream, first);
        next.from = page->next_revision;
    }
}

/// Whether a command has stored the events of this batch and no others. They are compared as this
/// program writes them: a store may write JSON in its own way.
template <class Event>
Result<bool> holds_same(const StoredOutcome<Event>& stored, const Batch<Event>& batch) {
    const Batch<Event> there({stored.events.data(), stored.events.size()}, batch.ids(),
                             batch.recorded_at());
    const auto theirs = there.encoded();
    if (!theirs)
        return theirs.error();
    const auto own = batch.encoded();
    if (!own)
        return own.error();
    return std::equal(theirs->begin(), theirs->end(), own->begin(), own->end(),
                      [](const NewEvent& a, const NewEvent& b) {
                          return a.type == b.type && a.version == b.version && a.data == b.data;
                      });
}

} // namespace eventsourcing::detail

#endif
