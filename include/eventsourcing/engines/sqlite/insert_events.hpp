// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_INSERT_EVENTS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_INSERT_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/interned_names.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stream_keys.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

inline Result<void> insert_event(Connection& connection, InternedNames& names,
                                 const shared::AppendRequest& request, std::size_t i,
                                 std::int64_t position, const StreamKeys& stream,
                                 std::int64_t revision) {
    const NewEvent& event = request.events[i];
    auto type = names.type(event);
    if (!type)
        return std::move(type).error();
    const bool small = event.data.size() + event.metadata.size() <= small_event;
    for (const Sql insert : {Sql::add_event, Sql::add_stream_event}) {
        const bool in_stream = insert == Sql::add_stream_event;
        Statement row(connection, insert);
        row.bind(position).bind(request.stream.view()).bind_blob(id_bytes(event.id));
        row.bind(*type).bind(request.recorded_at[i]).bind(to_sqlite(event.tags.size()));
        row.bind(in_stream ? stream.at(revision) : revision);
        if (small || !in_stream) // what is not bound is NULL
            row.bind_blob(event.data).bind_blob(event.metadata);
        if (auto done = row.run(); !done)
            return done;
    }
    for (const std::string_view tag : event.tags) {
        auto number = names.tag(tag);
        if (!number)
            return std::move(number).error();
        Statement row(connection, Sql::add_event_tag);
        if (auto done = row.bind(*number).bind(position).run(); !done)
            return done;
    }
    return {};
}

/// Inserts the rows of the events at the end of the stream, after the position `head`.
inline Result<Receipt> insert_events(Connection& connection, InternedNames& names,
                                     const shared::AppendRequest& request,
                                     const StreamPlace& stream, std::int64_t head) {
    const auto count = static_cast<std::int64_t>(request.events.size());
    const std::int64_t first = stream.last + 1;
    if (head >= no_position - count || first > StreamKeys::revisions_end - count)
        return Error(errc::overflow, connection.store() +
                                         ": its positions or the revisions of stream " +
                                         request.stream.str() + " are at their end");
    for (std::int64_t i = 0; i < count; ++i)
        if (auto done = insert_event(connection, names, request, static_cast<std::size_t>(i),
                                     head + 1 + i, stream.keys, first + i);
            !done)
            return std::move(done).error();
    return Receipt{.first = Revision(static_cast<std::uint64_t>(first)),
                   .last = Revision(static_cast<std::uint64_t>(first + count - 1)),
                   .position = Position(static_cast<std::uint64_t>(head + count))};
}

} // namespace eventsourcing::detail::sqlite

#endif
