// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_EVENT_TABLE_HPP
#define EVENTSOURCING_CODEC_EVENT_TABLE_HPP

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

/// What is stored under one type and version, and how it is read and written.
template <class V>
struct EventRow {
    std::string_view type;
    std::string_view version;
    Result<V> (*decode)(std::string_view text);
    /// The event must be of this row.
    Result<void> (*encode)(const V& event, std::string& out);
};

namespace detail {

/// Reads the event where it stays, within the variant.
template <class V, class E>
Result<V> decode_alternative(std::string_view text) {
    if constexpr (std::same_as<V, E>) {
        return decode_json<E>(text);
    } else {
        Result<V> event(std::in_place, std::in_place_type<E>, blank<E>());
        if (auto done = decode_json_to(*std::get_if<E>(&*event), text); !done)
            event = std::move(done).error();
        return event;
    }
}

template <class V, class E>
Result<void> encode_alternative(const V& event, std::string& out) {
    if constexpr (std::same_as<V, E>)
        return encode_json_to(out, event);
    else
        return encode_json_to(out, *std::get_if<E>(&event));
}

template <class V, class... Es>
consteval auto make_event_rows(TypeList<Es...> /*alternatives*/) {
    std::array<EventRow<V>, (sizeof...(Es) + ... + EventTraits<Es>::event_type_aliases.size())>
        rows{};
    std::size_t count = 0;
    const auto add = [&]<class E>(std::string_view type, TypeList<E> /*alternative*/) {
        rows[count++] = {type, EventTraits<E>::event_type_version, &decode_alternative<V, E>,
                         &encode_alternative<V, E>};
    };
    (add(EventTraits<Es>::event_type, TypeList<Es>{}), ...);
    const auto add_aliases = [&]<class E>(TypeList<E> alternative) {
        for (std::string_view alias : EventTraits<E>::event_type_aliases)
            add(alias, alternative);
    };
    (add_aliases(TypeList<Es>{}), ...);
    return rows;
}

template <class Rows>
consteval bool all_rows_differ(const Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (rows[i].type == rows[j].type && rows[i].version == rows[j].version)
                return false;
    return true;
}

} // namespace detail

/// The types and versions in which the events of a variant are read: the current name of each
/// event, in the order of the variant, then the aliases. A version is opaque; one that has no row
/// is never decoded.
template <class V>
class EventTable {
public:
    static constexpr auto rows = detail::make_event_rows<V>(detail::Alternatives<V>{});
    static_assert(detail::all_rows_differ(rows),
                  "es: two events of one variant have one event_type (or alias) and version");

    /// The row under which an event is written; it must not be valueless.
    [[nodiscard]] static const EventRow<V>& row_of(const V& event) {
        if constexpr (detail::is_variant<V>)
            return rows[event.index()];
        else
            return rows[0];
    }

    /// Null where there is no such row. Linear in the rows.
    [[nodiscard]] static const EventRow<V>* find(std::string_view type, std::string_view version) {
        for (const auto& row : rows)
            if (row.type == type && row.version == version)
                return &row;
        return nullptr;
    }

    /// The error that says why `find` found nothing: the type is unknown, or only this version of
    /// it.
    [[nodiscard]] static Error unknown(std::string_view type, std::string_view version) {
        std::string types;
        std::string versions;
        const auto add = [](std::string& list, std::string_view item) {
            list += (list.empty() ? "" : ", ") + std::string(item);
        };
        for (const auto& row : rows) {
            if (find_type(row.type) == &row)
                add(types, row.type);
            if (row.type == type)
                add(versions, row.version);
        }
        if (versions.empty())
            return {errc::unknown_type, "event type " + detail::quoted(type) +
                                            ": not among those declared here (" + types +
                                            "); add it to the variant, or as an alias"};
        return {errc::unknown_version, std::string(type) + " in version " +
                                           detail::quoted(version) + ": known here: " + versions +
                                           "; declare that version as well"};
    }

private:
    static const EventRow<V>* find_type(std::string_view type) {
        for (const auto& row : rows)
            if (row.type == type)
                return &row;
        return nullptr;
    }
};

} // namespace eventsourcing

#endif
