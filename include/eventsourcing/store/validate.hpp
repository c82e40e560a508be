// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_VALIDATE_HPP
#define EVENTSOURCING_STORE_VALIDATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/read.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// The most bytes of data and metadata together in one event: the smallest limit of the engines
/// (EventStoreDB's over HTTP), so that events can be moved between all of them.
inline constexpr std::size_t max_event_size = 4 * 1024 * 1024;
/// The most events that one append may hold.
inline constexpr std::size_t max_batch_size = 10'000;
/// The longest tag, in bytes of UTF-8, and the most tags of one event.
inline constexpr std::size_t max_tag_size = 255;
inline constexpr std::size_t max_tags = 64;
/// The largest `limit` of a page.
inline constexpr std::size_t max_page_size = 4096;

namespace detail {

// Those that all stores call at each append are templates, so that only files with a store compile
// them.

/// The error of a batch, with the stream that the batch was meant for.
[[gnu::cold]] inline Error meant_for(Error error, StreamNameView stream) {
    return std::move(error).within(joined({"stream ", stream.view()}));
}

inline Error invalid_event(std::size_t index, std::string what) {
    return {errc::invalid, "event " + std::to_string(index) + " of the batch: " + std::move(what)};
}

inline Result<void> check_name(std::size_t index, const char* which, std::string_view name) {
    if (is_portable_name(name))
        return {};
    return invalid_event(index,
                         std::string(which) + " " + in_quotes(name) +
                             ": expected 1 to 255 printable ASCII characters without blanks");
}

inline Result<void> check_source(std::size_t index, std::string_view source) {
    return source.empty() ? Result<void>{} : check_name(index, "source", source);
}

inline Result<void> check_tag(std::size_t index, std::string_view tag) {
    const bool text = valid_utf8(tag);
    if (text && !tag.empty() && tag.size() <= max_tag_size)
        return {};
    return invalid_event(index,
                         joined({"tag ", in_quotes(tag), ": expected 1 to 255 bytes of UTF-8, got ",
                                 text ? joined({std::to_string(tag.size()), " bytes"})
                                      : std::string("text that is not UTF-8")}));
}

inline Result<void> check_tags(std::size_t index, std::span<const std::string_view> tags) {
    if (tags.size() > max_tags)
        return invalid_event(index, std::to_string(tags.size()) + " tags: at most " +
                                        std::to_string(max_tags) + " are stored with an event");
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (auto done = check_tag(index, tags[i]); !done)
            return done;
        if (i > 0 && tags[i] <= tags[i - 1])
            return invalid_event(
                index, joined({"tag ", in_quotes(tags[i]), " comes after ", in_quotes(tags[i - 1]),
                               ": expected its tags sorted, each of them once"}));
    }
    return {};
}

/// Checks that engines can store the time: as nanoseconds since 1970, in 64 bits.
inline Result<void> check_time(std::size_t index, Timestamp time) {
    if (auto stored = time.to_unix_nanoseconds(); !stored)
        return std::move(stored).error().within("event " + std::to_string(index) + " of the batch");
    return {};
}

inline Error id_twice(const Uuid& id) {
    return {errc::invalid, "the id " + id.to_string() + " is in the batch twice"};
}

/// Checks that every event has an id of its own.
template <class T = void>
Result<void> check_ids(std::span<const Uuid> ids) {
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i].is_nil())
            return invalid_event(i, "it has no id; a dispatcher or an environment gives it one");
    if (ids.size() <= 8) { // small batches without an allocation
        for (std::size_t i = 1; i < ids.size(); ++i)
            if (std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i), ids[i]) !=
                ids.begin() + static_cast<std::ptrdiff_t>(i))
                return id_twice(ids[i]);
        return {};
    }
    std::vector<Dependent<Uuid, T>> sorted(ids.begin(), ids.end());
    std::sort(sorted.begin(), sorted.end());
    if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
        return id_twice(*twice);
    return {};
}

/// How many events an append may hold.
inline Result<void> check_batch_size(std::size_t size) {
    if (size == 0)
        return Error(errc::invalid, "an append needs at least one event");
    if (size > max_batch_size)
        return Error(errc::too_large, "a batch of " + std::to_string(size) +
                                          " events: one append takes at most " +
                                          std::to_string(max_batch_size));
    return {};
}

/// What every store checks of each event, its id aside.
template <class T = void>
Result<void> check_event(std::size_t i, const NewEvent& event) {
    for (auto done :
         {check_name(i, "type", event.type), check_name(i, "version", event.version),
          check_name(i, "content type", event.content_type), check_source(i, event.source),
          check_tags(i, event.tags), check_time(i, event.recorded_at)})
        if (!done)
            return done;
    if (const auto size = event.data.size() + event.metadata.size(); size > max_event_size)
        return Error(errc::too_large, "event " + std::to_string(i) + " of the batch (" +
                                          std::string(event.type) + ") has " +
                                          std::to_string(size) + " bytes; at most " +
                                          std::to_string(max_event_size) + " can be stored");
    return {};
}

/// What every store checks before it takes a batch, so that all refuse the same with the same
/// messages.
template <class T = void>
Result<void> check_batch(std::span<const NewEvent> events) {
    if (auto done = check_batch_size(events.size()); !done)
        return done;
    std::vector<Dependent<Uuid, T>> ids;
    ids.reserve(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (auto done = check_event(i, events[i]); !done)
            return done;
        ids.push_back(events[i].id);
    }
    return check_ids(ids);
}

inline Result<void> check_page_size(std::size_t limit) {
    if (limit >= 1 && limit <= max_page_size)
        return {};
    return Error(errc::invalid, "a page of " + std::to_string(limit) + " records: expected 1 to " +
                                    std::to_string(max_page_size));
}

} // namespace detail

} // namespace eventsourcing

#endif
