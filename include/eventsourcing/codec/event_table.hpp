// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_EVENT_TABLE_HPP
#define EVENTSOURCING_CODEC_EVENT_TABLE_HPP

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_reuse.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/user_error.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {
inline constexpr const char* making_event = "making or reading the event"; // for `guarded`

template <class V>
V blank_event();
} // namespace detail

/// What is stored under one type and version, and how it is read and written.
template <class V>
struct EventRow {
    std::string_view type;
    std::string_view version;
    std::string_view source;
    /// The functions of the row's struct, which the members below call.
    bool (*read)(detail::JsonReader& in, V& event);
    bool (*write)(detail::JsonWriter& out, const V& event);

    /// Reads `text` into `event`, whatever it held before; the memory of an event of this row is
    /// used again. After an error it may be half read.
    [[nodiscard]] Result<void> decode_to(V& event, std::string_view text) const {
        return detail::guarded(detail::making_event, [&]() -> Result<void> {
            detail::JsonReader reader(text);
            if (!read(reader, event) || !reader.at_end())
                return reader.error(errc::malformed);
            return {};
        });
    }
    [[nodiscard]] Result<V> decode(std::string_view text) const {
        return detail::guarded(detail::making_event, [&] {
            Result<V> event(std::in_place, detail::blank_event<V>());
            if (auto done = decode_to(*event, text); !done)
                event = std::move(done).error();
            return event;
        });
    }
    /// Appends the event, which must be of this row, to `out`, which is as before on an error.
    [[nodiscard]] Result<void> encode(const V& event, std::string& out) const {
        detail::JsonWriter writer(out);
        if (!write(writer, event))
            return writer.error(errc::invalid);
        writer.finish();
        return {};
    }
};

namespace detail {

/// An event to be read into.
template <class V>
V blank_event() {
    if constexpr (is_variant<V>)
        return V(std::in_place_index<0>, blank<AlternativeOf<0, V>>());
    else
        return blank<V>();
}

// Of these the compiler makes one for each event, so they are short.

template <class V, std::size_t I>
bool read_event(JsonReader& in, V& event) {
    if constexpr (!is_variant<V>) {
        if constexpr (!is_read_whole<V>())
            event = blank<V>();
        return read_json(in, event);
    } else {
        using E = AlternativeOf<I, V>;
        if (event.index() != I || !is_read_whole<E>())
            event.template emplace<I>(blank<E>());
        return read_json(in, held<I>(event));
    }
}

template <class V, std::size_t I>
bool write_event(JsonWriter& out, const V& event) {
    if constexpr (!is_variant<V>)
        return write_json(out, event);
    else
        return write_json(out, std::as_const(held<I>(event)));
}

template <class V, class... Es, std::size_t... I>
consteval auto make_event_rows(TypeList<Es...> /*alternatives*/,
                               std::index_sequence<I...> /*indexes*/) {
    constexpr std::size_t aliases = (0 + ... + EventTraits<Es>::event_type_aliases.size());
    std::array<EventRow<V>, sizeof...(Es) + aliases> rows{
        {{EventTraits<Es>::event_type, EventTraits<Es>::event_type_version,
          EventTraits<Es>::event_source, &read_event<V, I>, &write_event<V, I>}...}};
    const EventRow<V>* row = rows.data();
    std::size_t count = sizeof...(Es);
    const auto add_aliases = [&](const auto& names) {
        for (std::string_view alias : names) {
            rows[count] = *row;
            rows[count++].type = alias;
        }
        ++row;
    };
    (add_aliases(EventTraits<Es>::event_type_aliases), ...);
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
    static constexpr auto rows = detail::make_event_rows<V>(
        detail::Alternatives<V>{}, std::make_index_sequence<detail::Alternatives<V>::size>{});
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
