// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STATEMENTS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STATEMENTS_HPP

#include <array>
#include <cstddef>
#include <cstdint>

namespace eventsourcing::detail::sqlite {

/// Every statement that a store in use runs; each is prepared once in a connection.
enum class Sql : std::uint8_t {
    begin_write,
    begin_read,
    commit,
    rollback,
    savepoint,
    release,
    rollback_to,
    file_schema,
    data_version,
    head,
    find_stream_id,
    find_stream,
    add_stream,
    find_type,
    add_type,
    find_tag,
    add_tag,
    find_id,
    add_event,
    add_event_tag,
    next_event,
    next_of_type,
    next_with_tag,
    types_named,
    type_names,
    read_events,
    read_forward,
    read_backward,
    read_all,
    read_one,
    check_pages,
    check_references,
    next_streams,
    stream_revisions,
    check_events,
    read_tags,
};

inline constexpr std::size_t sql_count = static_cast<std::size_t>(Sql::read_tags) + 1;

// The columns of a record, for `RecordReader`: of one stream, whose name is known, and of any.
// Where a stream is read, only a long event is fetched from its row, the rest from
// es_events_stream.
#define EVENTSOURCING_SQLITE_SELECT_OF_STREAM                                                      \
    "SELECT position, revision, id, recorded_at, type, tag_count, coalesce(short_data, data), "    \
    "coalesce(short_metadata, metadata) FROM es_events "
#define EVENTSOURCING_SQLITE_RECORD                                                                \
    "e.position, e.revision, e.id, e.recorded_at, e.type, e.tag_count, e.data, e.metadata, "       \
    "e.stream_name"

/// By `Sql`. Each of them finds its rows by a key or an index (a test asks the query planner).
inline constexpr std::array<const char*, sql_count> sql_text{
    "BEGIN IMMEDIATE", // BEGIN alone answers SQLITE_BUSY_SNAPSHOT at once when another commits
                       // first
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT append",
    "RELEASE append",
    "ROLLBACK TO append",
    "PRAGMA user_version",
    "PRAGMA data_version",
    "SELECT max(position) FROM es_events",

    "SELECT id FROM es_streams WHERE name = ?1",
    "SELECT s.id, (SELECT max(e.revision) FROM es_events e WHERE e.stream = s.id) "
    "FROM es_streams s WHERE s.name = ?1",
    "INSERT INTO es_streams(name) VALUES(?1)",
    "SELECT id FROM es_types WHERE name = ?1 AND version = ?2 AND content_type = ?3",
    "INSERT INTO es_types(name, version, content_type) VALUES(?1, ?2, ?3)",
    "SELECT id FROM es_tags WHERE name = ?1",
    "INSERT INTO es_tags(name) VALUES(?1)",

    "SELECT position FROM es_events WHERE id = ?1",
    "INSERT INTO es_events(position, stream, revision, id, type, recorded_at, tag_count, "
    "stream_name, data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    "INSERT INTO es_event_tags(tag, position) VALUES(?1, ?2)",

    "SELECT position FROM es_events WHERE position >= ?2 ORDER BY position LIMIT 1",
    "SELECT position FROM es_events WHERE type = ?1 AND position >= ?2 ORDER BY position LIMIT 1",
    "SELECT position FROM es_event_tags WHERE tag = ?1 AND position >= ?2 "
    "ORDER BY position LIMIT 1",
    "SELECT id FROM es_types WHERE name = ?1",

    "SELECT name, version, content_type FROM es_types WHERE id = ?1",

    "SELECT revision, type, coalesce(short_data, data) FROM es_events "
    "WHERE stream = ?1 AND revision >= ?2 ORDER BY revision LIMIT ?3",
    EVENTSOURCING_SQLITE_SELECT_OF_STREAM
    "WHERE stream = ?1 AND revision >= ?2 ORDER BY revision LIMIT ?3",
    EVENTSOURCING_SQLITE_SELECT_OF_STREAM
    "WHERE stream = ?1 AND revision <= ?2 ORDER BY revision DESC LIMIT ?3",
    "SELECT " EVENTSOURCING_SQLITE_RECORD " FROM es_events e WHERE e.position > ?1 "
    "ORDER BY e.position LIMIT ?2",
    "SELECT " EVENTSOURCING_SQLITE_RECORD " FROM es_events e WHERE e.position = ?1",

    "PRAGMA integrity_check(100)",
    "PRAGMA foreign_key_check",
    "SELECT id, name FROM es_streams WHERE id > ?1 ORDER BY id LIMIT ?2",
    "SELECT revision FROM es_events WHERE stream = ?1 ORDER BY revision",
    // a left join: a row that names a stream which is not there must be seen, not left out
    "SELECT " EVENTSOURCING_SQLITE_RECORD ", s.name FROM es_events e "
    "LEFT JOIN es_streams s ON s.id = e.stream WHERE e.position > ?1 ORDER BY e.position LIMIT ?2",

    "SELECT g.name FROM es_event_tags i LEFT JOIN es_tags g ON g.id = i.tag WHERE i.position = ?1 "
    "ORDER BY g.name",
};

#undef EVENTSOURCING_SQLITE_SELECT_OF_STREAM
#undef EVENTSOURCING_SQLITE_RECORD

} // namespace eventsourcing::detail::sqlite

#endif
