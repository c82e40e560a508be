// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_EVENT_TABLE_HPP
#define EVENTSOURCING_CODEC_EVENT_TABLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/explain_event.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace eventsourcing {

/// The struct that is stored under one type and version.
struct EventRow {
    std::string_view type;
    std::string_view version;
    std::string_view source;
    /// The index in the variant of the struct that it is, or becomes by `upcast`.
    std::size_t index;
    /// The index of the struct that it is read as: the same, or that of an older form, which come
    /// after those of the variant.
    std::size_t reads_as;
};

namespace detail {

/// `indexes` are those of the events that the structs become.
template <class... Forms>
consteval auto make_event_rows(TypeList<Forms...> /*readable*/, const std::size_t* indexes) {
    constexpr std::size_t aliases = (0 + ... + EventTraits<Forms>::event_type_aliases.size());
    std::size_t form = 0;
    std::array<EventRow, sizeof...(Forms) + aliases> rows{
        {{EventTraits<Forms>::event_type, EventTraits<Forms>::event_type_version,
          EventTraits<Forms>::event_source, indexes[form], form++}...}};
    const EventRow* row = rows.data();
    std::size_t count = sizeof...(Forms);
    const auto add_aliases = [&](const std::string_view* names, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            rows[count] = *row;
            rows[count++].type = names[i];
        }
        ++row;
    };
    (add_aliases(EventTraits<Forms>::event_type_aliases.data(),
                 EventTraits<Forms>::event_type_aliases.size()),
     ...);
    return rows;
}

consteval bool all_rows_differ(std::span<const EventRow> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (rows[i].type == rows[j].type && rows[i].version == rows[j].version)
                return false;
    return true;
}

template <class... Es>
consteval bool explain_all_aliases(TypeList<Es...> /*alternatives*/) {
    return (explain_aliases<Es>() && ...);
}

inline bool has_type(std::span<const EventRow> rows, std::string_view type) {
    for (const EventRow& row : rows)
        if (row.type == type)
            return true;
    return false;
}

inline const EventRow* find_row(std::span<const EventRow> rows, std::string_view type,
                                std::string_view version) {
    for (const EventRow& row : rows)
        if (row.type == type && row.version == version)
            return &row;
    return nullptr;
}

[[gnu::cold]] inline Error unknown_event(std::span<const EventRow> rows, std::string_view type,
                                         std::string_view version) {
    const auto add = [](std::string& list, std::string_view item) {
        list += (list.empty() ? "" : ", ") + std::string(item);
    };
    const auto first_of = [rows](std::string_view wanted) {
        const EventRow* row = rows.data();
        while (row->type != wanted)
            ++row;
        return row;
    };
    std::string types;
    std::string versions;
    for (const EventRow& row : rows) {
        if (first_of(row.type) == &row)
            add(types, row.type);
        if (row.type == type)
            add(versions, row.version);
    }
    if (versions.empty())
        return {errc::unknown_type, "event type " + in_quotes(type) +
                                        ": not among those declared here (" + types +
                                        "); add it to the variant, or as an alias"};
    return {errc::unknown_version, std::string(type) + " in version " + in_quotes(version) +
                                       ": known here: " + versions +
                                       "; declare that version as well"};
}

} // namespace detail

/// The types and versions in which the events of a variant are read: the current name of each
/// event, in the order of the variant, then those of their older forms, which `upcast` names, then
/// the aliases. A version is opaque; one that has no row is never decoded.
template <class V>
class EventTable {
    static_assert(detail::explain_events(detail::Alternatives<V>{}));
    static_assert(detail::explain_upcasts(detail::Alternatives<V>{}));

public:
    static constexpr auto rows = detail::make_event_rows(
        detail::ReadableForms<V>{}, detail::ReadableOf<detail::Alternatives<V>>::indexes.data());
    static_assert(detail::explain_all_aliases(detail::ReadableForms<V>{}));
    static_assert(detail::all_rows_differ(rows),
                  "es: two events of one variant have one event_type (or alias) and version");

    /// The row under which an event is written; it must not be valueless.
    [[nodiscard]] static const EventRow& row_of(const V& event) {
        if constexpr (detail::is_variant<V>)
            return rows[event.index()];
        else
            return rows[0];
    }

    /// Null if there is no such row. Linear in the rows.
    [[nodiscard]] static const EventRow* find(std::string_view type, std::string_view version) {
        return detail::find_row(rows, type, version);
    }

    /// Whether there is a row of this type, in any version. Linear in the rows.
    [[nodiscard]] static bool has_type(std::string_view type) {
        return detail::has_type(rows, type);
    }

    /// The error that says why `find` found nothing: the type is unknown, or only this version of
    /// it.
    [[nodiscard]] static Error unknown(std::string_view type, std::string_view version) {
        return detail::unknown_event(rows, type, version);
    }
};

} // namespace eventsourcing

#endif
