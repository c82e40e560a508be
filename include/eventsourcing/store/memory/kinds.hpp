// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_KINDS_HPP
#define EVENTSOURCING_STORE_MEMORY_KINDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/store/memory/block.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// An event that came as bytes. The views belong to the engine.
struct MemoryBytes {
    std::string_view type;
    std::string_view version;
    std::string_view content_type;
    std::string_view data;
    std::string_view metadata;
    std::string_view source;
};

/// Which of its alternatives a variant holds; 0 for the one struct that stands for a variant.
template <class V>
std::size_t alternative_index(const V& event) {
    if constexpr (is_variant<V>)
        return event.index();
    else
        return 0;
}

template <class V>
struct AlternativeTypes;
template <class... Es>
struct AlternativeTypes<TypeList<Es...>> {
    static constexpr std::array<std::string_view, sizeof...(Es)> names{
        EventTraits<Es>::event_type...};
};

template <class T>
void destroy_events(void* events, std::size_t count) noexcept {
    for (T* event = static_cast<T*>(events); count > 0; ++event, --count)
        destroy_alternative(*event);
}

/// The kind of the events of the variant `V`. Its address identifies it: a shared library has
/// another one, and reads what it did not write by way of JSON.
template <class V>
inline constexpr MemoryKind memory_kind{
    .size = sizeof(V),
    .align = alignof(V),
    .types = AlternativeTypes<Alternatives<V>>::names,
    .type_of =
        [](const void* event) {
            return AlternativeTypes<Alternatives<V>>::names[alternative_index(
                *static_cast<const V*>(event))];
        },
    .describe = [](const void* event, std::string& text, EventRecord& record) -> Result<void> {
        const V& value = *static_cast<const V*>(event);
        record.type = EventCodec<V>::type(value);
        record.version = EventCodec<V>::version(value);
        record.content_type = "application/json";
        record.source = EventTable<V>::row_of(value).source;
        text.clear();
        if (auto done = EventCodec<V>::encode(value, text); !done)
            return done;
        record.data = text;
        return {};
    },
    .destroy = &destroy_events<V>,
};

template <>
inline constexpr MemoryKind memory_kind<MemoryBytes>{
    .size = sizeof(MemoryBytes),
    .align = alignof(MemoryBytes),
    .types = {},
    .type_of = [](const void* event) { return static_cast<const MemoryBytes*>(event)->type; },
    .describe = [](const void* event, std::string& /*text*/, EventRecord& record) -> Result<void> {
        const auto& bytes = *static_cast<const MemoryBytes*>(event);
        record.type = bytes.type;
        record.version = bytes.version;
        record.content_type = bytes.content_type;
        record.data = bytes.data;
        record.metadata = bytes.metadata;
        record.source = bytes.source;
        return {};
    },
    .destroy = &destroy_events<MemoryBytes>,
};

} // namespace eventsourcing::detail

#endif
