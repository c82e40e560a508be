// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_EVENT_HPP
#define EVENTSOURCING_TESTING_GIVEN_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// An event that happened before a test, with what a test says of its record. `at`, `on` and `with`
/// make it.
template <class E>
struct GivenEvent {
    E event;
    /// Of a stream of its own if empty.
    std::string stream{};
    Timestamp recorded_at{};
    Metadata metadata{};
};

namespace detail {

template <class E>
inline constexpr bool is_given_event = false;
template <class E>
inline constexpr bool is_given_event<GivenEvent<E>> = true;

template <class E>
struct GivenEventTraits {
    using Type = E;
};
template <class E>
struct GivenEventTraits<GivenEvent<E>> {
    using Type = E;
};
/// The event itself.
template <class E>
using GivenEventOf = typename GivenEventTraits<E>::Type;

template <class E>
constexpr decltype(auto) given_event(E&& given) {
    if constexpr (is_given_event<std::remove_cvref_t<E>>)
        return (std::forward<E>(given).event);
    else
        return std::forward<E>(given);
}

template <class E>
GivenEvent<GivenEventOf<std::remove_cvref_t<E>>> given_with_record(E&& event) {
    if constexpr (is_given_event<std::remove_cvref_t<E>>)
        return std::forward<E>(event);
    else
        return {.event = std::forward<E>(event)};
}

/// The record of a given event as its upcast sees it.
struct GivenRecord {
    EventRecord record{};
    std::string metadata{};

    template <class E>
    constexpr Result<void> set(const E& given) {
        if constexpr (is_given_event<E>) {
            record.stream = given.stream;
            record.recorded_at = given.recorded_at;
            if (auto done = encode_metadata(given.metadata, metadata); !done)
                return done;
            record.metadata = metadata;
        }
        return {};
    }
};

} // namespace detail

/// An event that was recorded at this time: `given<Combat>(es::at(noon, EntityDied{"ogre"}))`.
template <class E>
[[nodiscard]] auto at(Timestamp time, E&& event) {
    auto given = detail::given_with_record(std::forward<E>(event));
    given.recorded_at = time;
    return given;
}
/// An event of this stream.
template <class E>
[[nodiscard]] auto on(std::string_view stream, E&& event) {
    auto given = detail::given_with_record(std::forward<E>(event));
    given.stream = stream;
    return given;
}
/// An event with this metadata.
template <class E>
[[nodiscard]] auto with(Metadata metadata, E&& event) {
    auto given = detail::given_with_record(std::forward<E>(event));
    given.metadata = std::move(metadata);
    return given;
}

} // namespace eventsourcing

#endif
