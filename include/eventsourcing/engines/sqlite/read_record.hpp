// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READ_RECORD_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READ_RECORD_HPP

#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::sqlite {

inline Error corrupt_event(const Connection& connection, std::int64_t position, std::string what) {
    return {errc::corrupt, connection.store() + ": the event at position " +
                               std::to_string(position) + ": " + std::move(what) +
                               "; the file was damaged or changed by other means: restore it from "
                               "a backup"};
}

/// A record as its row has it, without tags. Nothing in the row is believed: the file may have been
/// changed by other means.
struct RowRecord {
    EventRecord record;
    std::int64_t position;
    std::int64_t tag_count;
};

/// Reads the columns of `Sql::read_all` and its like. The views are valid until the next step.
inline Result<RowRecord> read_record(const Connection& connection, const Statement& row) {
    const std::int64_t position = row.integer(0);
    const auto corrupt = [&](std::string what) {
        return corrupt_event(connection, position, std::move(what));
    };
    if (row.is_null(1))
        return corrupt("its stream is missing in es_streams");
    if (row.is_null(5))
        return corrupt("its type is missing in es_types");
    const std::string_view stream = row.bytes(1);
    if (!StreamNameView::parse(stream))
        return corrupt("its stream has the name " + quoted(stream));
    const std::int64_t revision = row.integer(2);
    if (revision < 0 || revision == no_position)
        return corrupt("it has revision " + std::to_string(revision));
    const std::string_view id = row.bytes(3);
    Uuid::Bytes id_bytes{};
    if (id.size() != id_bytes.size())
        return corrupt("its id has " + std::to_string(id.size()) + " bytes, expected 16");
    std::copy(id.begin(), id.end(), id_bytes.begin());
    for (const int column : {5, 6, 7})
        if (!is_portable_name(row.bytes(column)))
            return corrupt("its type, version or content type is " + quoted(row.bytes(column)));
    const std::int64_t tag_count = row.integer(10);
    if (tag_count < 0 || tag_count > static_cast<std::int64_t>(max_tags))
        return corrupt("it has " + std::to_string(tag_count) + " tags");
    return RowRecord{.record = {.id = Uuid(id_bytes),
                                .stream = stream,
                                .revision = Revision(static_cast<std::uint64_t>(revision)),
                                .position = Position(static_cast<std::uint64_t>(position)),
                                .recorded_at = Timestamp::from_unix_nanoseconds(row.integer(4)),
                                .type = row.bytes(5),
                                .version = row.bytes(6),
                                .content_type = row.bytes(7),
                                .data = row.bytes(8),
                                .metadata = row.bytes(9),
                                .tags = {}},
                     .position = position,
                     .tag_count = tag_count};
}

/// Gives the last record of `page`, which is the one at `position`, its tags.
inline Result<void> read_tags(Connection& connection, std::int64_t position, std::int64_t count,
                              Page& page) {
    if (count == 0)
        return {};
    std::vector<std::string> tags;
    Statement row(connection, Sql::read_tags);
    row.bind(position);
    for (;;) {
        auto stepped = row.step();
        if (!stepped)
            return std::move(stepped).error();
        if (!*stepped)
            break;
        if (row.is_null(0))
            return corrupt_event(connection, position, "one of its tags is missing in es_tags");
        tags.emplace_back(row.bytes(0));
    }
    if (to_sqlite(tags.size()) != count)
        return corrupt_event(connection, position,
                             "it has " + std::to_string(tags.size()) + " tags, expected " +
                                 std::to_string(count));
    const std::vector<std::string_view> views(tags.begin(), tags.end());
    page.set_tags(page.records().size() - 1, views);
    return {};
}

/// A stream as its row has it.
struct StreamRow {
    std::int64_t id;
    /// Of the last event.
    std::int64_t revision;
};

/// The stream of this name; nothing where it has no events.
inline Result<std::optional<StreamRow>> find_stream(Connection& connection, StreamNameView name) {
    Statement row(connection, Sql::find_stream);
    auto found = row.bind(name.view()).step();
    if (!found)
        return std::move(found).error();
    if (!*found)
        return std::optional<StreamRow>{};
    const StreamRow stream{row.integer(0), row.integer(1)};
    if (stream.revision < 0 || stream.revision == no_position)
        return Error(errc::corrupt, connection.store() + ": stream " + name.str() +
                                        ": its last revision is " +
                                        std::to_string(stream.revision) +
                                        "; the file was damaged or changed by other means: "
                                        "restore it from a backup");
    return std::optional(stream);
}

/// Adds the event in the next row of `rows` to `page`; false where there is no row.
inline Result<bool> add_record(Connection& connection, Statement& rows, Page& page) {
    auto stepped = rows.step();
    if (!stepped || !*stepped)
        return stepped;
    auto read = read_record(connection, rows);
    if (!read)
        return std::move(read).error();
    page.add(read->record);
    if (auto tagged = read_tags(connection, read->position, read->tag_count, page); !tagged)
        return std::move(tagged).error();
    return true;
}

} // namespace eventsourcing::detail::sqlite

#endif
