// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EVENT_READER_HPP
#define EVENTSOURCING_STORE_EVENT_READER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_reader.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/explain_visitor.hpp>
#include <eventsourcing/store/kept_event.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing {

namespace detail {

// For `guarded`. An array: it is compared by its address, and a literal may have several.
inline constexpr char visiting_event[] = "the visitor";

/// The variant that stands for a list of structs and variants; it is only named, never made.
template <class Joined, class... Rest>
struct JoinedEvents;
template <class... Es>
struct JoinedEvents<TypeList<Es...>> {
    using Type = std::variant<Es...>;
};
template <class... Es, class First, class... Rest>
struct JoinedEvents<TypeList<Es...>, First, Rest...>
    : JoinedEvents<TypeList<Es..., First>, Rest...> {};
template <class... Es, class... First, class... Rest>
struct JoinedEvents<TypeList<Es...>, std::variant<First...>, Rest...>
    : JoinedEvents<TypeList<Es..., First...>, Rest...> {};
template <class... Es>
struct ReadableEvents : JoinedEvents<TypeList<>, Es...> {};
template <class... Es>
    requires(!is_variant<Es> && ...)
struct ReadableEvents<Es...> {
    using Type = std::variant<Es...>;
};
template <class V>
    requires is_variant<V>
struct ReadableEvents<V> {
    using Type = V;
};

/// The reading of one record.
struct EventRead {
    explicit EventRead(const EventRecord& from) : reader(from.data), record(from) {}

    JsonReader reader;
    const EventRecord& record;
    const char* doing = making_event; // for `guarded`
    Result<void> upcast{};            // its error
};

/// Reads an event of this type; null after an error, which is in `step.upcast` or else in the
/// reader.
template <class E>
void* read_kept(EventRead& step, KeptEvent& kept) {
    E* event;
    bool read;
    do {
        event = &kept.to_read<E>(step.reader);
        read = read_value(step.reader, *event);
    } while (!read && kept.again(step.reader));
    return read && step.reader.at_end() ? event : nullptr;
}
/// The same for an older form, which is made into that of today.
template <class Old, class New>
void* read_older_kept(EventRead& step, KeptEvent& kept) {
    auto old = blank<Old>();
    if (!read_value(step.reader, old) || !step.reader.at_end())
        return nullptr;
    step.doing = upcasting;
    auto made = upcast_to<New>(std::move(old), &step.record);
    if (made)
        return &kept.keep<New>(*std::move(made));
    step.upcast = std::move(made).error();
    return nullptr;
}

/// Calls the visitor with the event at an address, in the form that the visitor takes.
template <class E, class Visitor>
VisitAnswer<Visitor, E> visit_kept(void* kept, const EventRecord& record, Visitor& visitor) {
    E& event = *static_cast<E*>(kept);
    if constexpr (VisitsEvent<Visitor, E>) {
        return visited<VisitAnswer<Visitor, E>>(visitor, std::move(event));
    } else if constexpr (VisitsWithRecord<Visitor, E>) {
        return visited<VisitAnswer<Visitor, E>>(visitor, std::move(event), record);
    } else {
        auto context = context_of(record);
        if (!context)
            return std::move(context).error();
        return visited<VisitAnswer<Visitor, E>>(
            visitor, recorded_of(std::move(event), record, *std::move(context)));
    }
}

/// The function that reads each form of the events.
template <class Events, class List, class Older>
struct KeptReaders;
template <class Events, class... Es, std::size_t... Older>
struct KeptReaders<Events, TypeList<Es...>, std::index_sequence<Older...>> {
    static constexpr void* (*at[])(EventRead&, KeptEvent&) = {
        &read_kept<Es>..., &read_older_kept<ReadableForm<Events, sizeof...(Es) + Older>,
                                            CurrentForm<Events, sizeof...(Es) + Older>>...};
};

template <class Visitor, class List>
struct KeptVisits;
template <class Visitor, class First, class... Es>
struct KeptVisits<Visitor, TypeList<First, Es...>> {
    using Answer = VisitAnswer<Visitor, First>;
    static constexpr Answer (*at[])(void*, const EventRecord&, Visitor&) = {
        &visit_kept<First, Visitor>, &visit_kept<Es, Visitor>...};
};

/// An error of reading or upcasting names the type, one of the visitor does not.
[[gnu::cold]] inline Error not_visited(Error error, const EventRecord& record, const EventRow& row,
                                       const char* doing) {
    if (doing != visiting_event)
        error = row.reads_as == row.index
                    ? std::move(error).within(record.type)
                    : in_upcast(std::move(error), record.type, record.version);
    return std::move(error).within(event_place(record.stream, record.revision));
}

/// Reads a record as the form that its row names, and has the event visited.
template <class Events, class Visitor>
auto read_and_visit(const EventRecord& record, const EventRow& row, KeptEvent& kept,
                    Visitor& visitor) {
    using List = Alternatives<Events>;
    using Readers = KeptReaders<Events, List, std::make_index_sequence<older_forms<Events>>>;
    using Visits = KeptVisits<Visitor, List>;
    EventRead step(record);
    auto answer = guarded(step.doing, [&]() -> typename Visits::Answer {
        void* const event = Readers::at[row.reads_as](step, kept.next());
        if (!event)
            return step.upcast ? step.reader.error(errc::malformed)
                               : std::move(step.upcast).error();
        step.doing = visiting_event;
        return Visits::at[row.index](event, record, visitor);
    });
    if (!answer)
        answer = not_visited(std::move(answer).error(), record, row, step.doing);
    return answer;
}

template <class Events>
[[gnu::cold]] Error not_readable(const EventRecord& record) {
    return (holds_json(record) ? EventTable<Events>::unknown(record.type, record.version)
                               : no_json(record))
        .within(event_place(record.stream, record.revision));
}

} // namespace detail

/// Reads records one by one, each as one of the structs `Es` (a variant stands for its
/// alternatives), and calls a visitor with it. Makes no variant, and keeps an event of each type to
/// read the next one into, whose memory is used again.
///
/// One reader belongs to one thread at a time.
template <class... Es>
class EventReader {
    static_assert(sizeof...(Es) > 0,
                  "es: name the structs to read: es::EventReader<Opened, Closed>");

public:
    EventReader() = default;

    /// Whether one of the structs has this type, in any version. A reader that leaves other
    /// events out asks this first; for them `read` would make an error.
    [[nodiscard]] static bool knows(std::string_view type) { return Table::has_type(type); }

    /// Calls `visitor` with the event in `record` and returns what it returns, as a `Result`. The
    /// visitor takes, for each of the structs, the first of these forms that it can be called with:
    ///
    /// * `(const E&)`, or `E` or `E&&`: the reader does not need the event any more,
    /// * `(const E&, const EventRecord&)`,
    /// * `(const Recorded<E>&)`, for which the metadata is read.
    ///
    /// It returns the same type for all of them: nothing, a value or a `Result`. An event of an
    /// older version is made into that of today by its `upcast` before.
    ///
    /// Errors name the place, as those of `decode_record`: `unknown_type`, `unknown_version` and
    /// `malformed`, and those of an `upcast`, without a call of the visitor; the visitor's own;
    /// `threw` if it throws.
    template <class Visitor>
    [[nodiscard]] auto read(const EventRecord& record, Visitor&& visitor) {
        static_assert(detail::explain_visitor<std::remove_reference_t<Visitor>>(List{}));
        using Answer = decltype(detail::read_and_visit<Events>(record, *last_, *kept_, visitor));
        const EventRow* const row = row_of(record);
        if (!row)
            return Answer(detail::not_readable<Events>(record));
        return detail::read_and_visit<Events>(record, *row, kept_[row->index], visitor);
    }

private:
    using Events = typename detail::ReadableEvents<Es...>::Type;
    using List = detail::Alternatives<Events>;
    using Table = EventTable<Events>;

    /// Null if it is none of them. Events of one type often follow each other.
    const EventRow* row_of(const EventRecord& record) {
        if (!detail::holds_json(record))
            return nullptr;
        if (!last_ || last_->type != record.type || last_->version != record.version)
            last_ = Table::find(record.type, record.version);
        return last_;
    }

    const EventRow* last_ = nullptr;
    detail::KeptEvent kept_[List::size];
};

/// `EventReader::read` for a single record: calls `visitor` with the event in it, as one of the
/// structs `Es`, and returns what the visitor returns.
///
///     es::decode_as<Attacked, Healed>(record, overloaded{[](const Attacked& e) {...}, ...});
template <class... Es, class Visitor>
[[nodiscard]] auto decode_as(const EventRecord& record, Visitor&& visitor) {
    using Events = typename detail::ReadableEvents<Es...>::Type;
    using List = detail::Alternatives<Events>;
    static_assert(detail::explain_visitor<std::remove_reference_t<Visitor>>(List{}));
    detail::KeptEvent kept;
    const EventRow* const row = detail::holds_json(record)
                                    ? EventTable<Events>::find(record.type, record.version)
                                    : nullptr;
    using Answer = decltype(detail::read_and_visit<Events>(record, *row, kept, visitor));
    if (!row)
        return Answer(detail::not_readable<Events>(record));
    return detail::read_and_visit<Events>(record, *row, kept, visitor);
}

} // namespace eventsourcing

#endif
