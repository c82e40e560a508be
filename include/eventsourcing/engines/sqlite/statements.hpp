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
    commit,
    rollback,
    savepoint,
    release,
    rollback_to,
    file_schema,
    store_id,
    data_version,
    head,
    first_of_stream,
    last_of_stream,
    find_type,
    add_type,
    find_tag,
    add_tag,
    find_id,
    add_event,
    add_stream_event,
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
    check_stream_events,
    stream_event_position,
    read_tags,
};

inline constexpr std::size_t sql_count = static_cast<std::size_t>(Sql::read_tags) + 1;

// The columns of a record, for `RecordReader`: of one stream, whose name is known, and of any.
// Where a stream is read, only a long event is fetched from es_events.
#define EVENTSOURCING_SQLITE_SELECT_OF_STREAM                                                      \
    "SELECT s.position, s.key & 4294967295, s.id, s.recorded_at, s.type, s.tag_count, "            \
    "coalesce(s.data, e.data), coalesce(s.metadata, e.metadata), s.stream_name "                   \
    "FROM es_stream_events s LEFT JOIN es_events e "                                               \
    "ON e.position = CASE WHEN s.data IS NULL THEN s.position END AND e.id = s.id "
#define EVENTSOURCING_SQLITE_RECORD                                                                \
    "e.position, e.revision, e.id, e.recorded_at, e.type, e.tag_count, e.data, e.metadata, "       \
    "e.stream_name"

/// By `Sql`. Each of them finds its rows by a key or an index (a test asks the query planner).
inline constexpr std::array<const char*, sql_count> sql_text{
    "BEGIN IMMEDIATE", // BEGIN alone answers SQLITE_BUSY_SNAPSHOT at once when another commits
                       // first
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT append",
    "RELEASE append",
    "ROLLBACK TO append",
    "PRAGMA user_version",
    "SELECT id FROM es_store WHERE one = 1",
    "PRAGMA data_version",
    "SELECT max(position) FROM es_events",

    "SELECT stream_name FROM es_stream_events WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT 1",
    "SELECT key, stream_name FROM es_stream_events WHERE key BETWEEN ?1 AND ?2 "
    "ORDER BY key DESC LIMIT 1",
    "SELECT id FROM es_types WHERE name = ?1 AND version = ?2 AND content_type = ?3 AND source = "
    "?4",
    "INSERT INTO es_types(name, version, content_type, source) VALUES(?1, ?2, ?3, ?4)",
    "SELECT id FROM es_tags WHERE name = ?1",
    "INSERT INTO es_tags(name) VALUES(?1)",

    "SELECT position FROM es_events WHERE id = ?1",
    "INSERT INTO es_events(position, stream_name, id, type, recorded_at, tag_count, revision, "
    "data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT INTO es_stream_events(position, stream_name, id, type, recorded_at, tag_count, key, "
    "data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT INTO es_event_tags(tag, position) VALUES(?1, ?2)",

    "SELECT position FROM es_events WHERE position >= ?2 ORDER BY position LIMIT 1",
    "SELECT position FROM es_events WHERE type = ?1 AND position >= ?2 ORDER BY position LIMIT 1",
    "SELECT position FROM es_event_tags WHERE tag = ?1 AND position >= ?2 "
    "ORDER BY position LIMIT 1",
    "SELECT id FROM es_types WHERE name = ?1",

    "SELECT name, version, content_type, source FROM es_types WHERE id = ?1",

    "SELECT key & 4294967295, type, coalesce(data, (SELECT e.data FROM es_events e "
    "WHERE e.position = s.position AND e.id = s.id)), stream_name FROM es_stream_events s "
    "WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3",
    EVENTSOURCING_SQLITE_SELECT_OF_STREAM "WHERE s.key BETWEEN ?1 AND ?2 ORDER BY s.key LIMIT ?3",
    EVENTSOURCING_SQLITE_SELECT_OF_STREAM
    "WHERE s.key BETWEEN ?1 AND ?2 ORDER BY s.key DESC LIMIT ?3",
    "SELECT " EVENTSOURCING_SQLITE_RECORD " FROM es_events e WHERE e.position > ?1 "
    "ORDER BY e.position LIMIT ?2",
    "SELECT " EVENTSOURCING_SQLITE_RECORD " FROM es_events e WHERE e.position = ?1",

    "PRAGMA integrity_check(100)",
    "PRAGMA foreign_key_check",
    "SELECT s.key, s.stream_name, s.position, e.position IS NOT NULL, "
    "e.stream_name = s.stream_name AND e.revision = s.key & 4294967295 AND e.id = s.id AND "
    "e.type = s.type AND e.recorded_at = s.recorded_at AND e.tag_count = s.tag_count AND "
    "CASE WHEN length(e.data) + length(e.metadata) <= 200 "
    "THEN s.data IS e.data AND s.metadata IS e.metadata "
    "ELSE s.data IS NULL AND s.metadata IS NULL END "
    "FROM es_stream_events s LEFT JOIN es_events e ON e.position = s.position "
    "WHERE s.key > ?1 ORDER BY s.key LIMIT ?2",
    "SELECT position FROM es_stream_events WHERE key = ?1",

    "SELECT g.name FROM es_event_tags i LEFT JOIN es_tags g ON g.id = i.tag WHERE i.position = ?1 "
    "ORDER BY g.name",
};

#undef EVENTSOURCING_SQLITE_SELECT_OF_STREAM
#undef EVENTSOURCING_SQLITE_RECORD

} // namespace eventsourcing::detail::sqlite

#endif
