// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ENCODE_BATCH_HPP
#define EVENTSOURCING_STORE_ENCODE_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/arena.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// An event that says by which tags it can be found: `std::vector<std::string> event_tags() const`.
template <class E>
concept Tagged = detail::NamesItsTags<E>;

namespace detail {

struct EncodedEvents {
    std::vector<NewEvent> events;
    Arena arena;
};

template <class List>
inline constexpr bool any_tagged = false;
template <class... Es>
inline constexpr bool any_tagged<TypeList<Es...>> =
    (check_event_names<Es>() && ...) && (Tagged<Es> || ...);

/// Adds the tags that an event names itself.
struct AddOwnTags {
    std::vector<std::string>& tags;

    template <class E>
    void operator()([[maybe_unused]] const E& event) const {
        if constexpr (Tagged<E>)
            for (const auto& tag : event.event_tags())
                tags.emplace_back(tag);
    }
};

/// The tags that an event names itself.
template <class Event>
Result<std::vector<std::string>> own_tags(const Event& event) {
    std::vector<std::string> own;
    if constexpr (any_tagged<Alternatives<Event>>)
        return guarded("event_tags()", [&]() -> Result<std::vector<std::string>> {
            visit_alternative(event, AddOwnTags{own});
            return std::move(own);
        });
    else
        return own;
}

/// The tags of one event of a batch, its own and the batch's, as a store keeps them: sorted and
/// without duplicates. A template, so that only files that encode events compile it.
template <class T = void>
std::span<const std::string_view> joined_tags(std::span<const std::string> own,
                                              std::span<const std::string> of_batch, Arena& arena) {
    std::vector<Dependent<std::string_view, T>> tags(of_batch.begin(), of_batch.end());
    tags.insert(tags.end(), own.begin(), own.end());
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return arena.keep(std::span<const std::string_view>(tags));
}

template <class Event>
Result<std::span<const std::string_view>>
tags_of(const Event& event, std::span<const std::string> batch_tags, Arena& arena) {
    const auto own = own_tags(event);
    if (!own)
        return own.error();
    return joined_tags(*own, batch_tags, arena);
}

template <class Batch>
Result<void> encode_batch(const Batch& batch, EncodedEvents& out) {
    using Event = typename decltype(batch.events())::value_type;
    using Codec = EventCodec<Event>;

    std::string text;
    if (batch.metadata() && !batch.metadata()->empty())
        if (auto done = encode_metadata(*batch.metadata(), text); !done)
            return std::move(done).error();
    const std::string_view metadata = out.arena.keep(text);

    out.events.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Event& event = batch.events()[i];
        text.clear();
        if (auto done = Codec::encode(event, text); !done)
            return std::move(done).error();

        auto tags = tags_of(event, batch.tags(), out.arena);
        if (!tags)
            return std::move(tags).error();

        out.events.push_back({.id = i < batch.ids().size() ? batch.ids()[i] : Uuid{},
                              .type = Codec::type(event),
                              .version = Codec::version(event),
                              .content_type = "application/json",
                              .data = out.arena.keep(text),
                              .metadata = metadata,
                              .recorded_at = batch.recorded_at(),
                              .tags = *tags,
                              .source = EventTable<Event>::row_of(event).source});
    }
    return {};
}

} // namespace detail

} // namespace eventsourcing

#endif
