// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STATEMENTS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STATEMENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace eventsourcing::detail::sqlite {

// The columns of a record, for `RecordReader`: of one stream, whose name is known, and of any. When
// a stream is read, only long events are fetched from es_events.
#define EVENTSOURCING_SQLITE_SELECT_OF_STREAM                                                      \
    "SELECT s.position, s.key & 4294967295, s.id, s.recorded_at, s.type, s.tag_count, "            \
    "coalesce(s.data, e.data), coalesce(s.metadata, e.metadata), s.stream_name "                   \
    "FROM es_stream_events s LEFT JOIN es_events e "                                               \
    "ON e.position = CASE WHEN s.data IS NULL THEN s.position END AND e.id = s.id "
#define EVENTSOURCING_SQLITE_RECORD                                                                \
    "e.position, e.revision, e.id, e.recorded_at, e.type, e.tag_count, e.data, e.metadata, "       \
    "e.stream_name"

// The columns that `read_progress` and `read_parked` take.
#define EVENTSOURCING_SQLITE_SELECT_PROGRESS                                                       \
    "SELECT id, name, fingerprint, rebuild, store_id, position, prepare, event_id, owner, fence, " \
    "status, failure, failed_stream, failed_revision, failed_since, failed_attempts "              \
    "FROM es_checkpoints "
#define EVENTSOURCING_SQLITE_SELECT_PARKED                                                         \
    "SELECT key, sequence, stream_name, revision, position, prepare, event_id, failure, "          \
    "attempts, "                                                                                   \
    "parked_at, checkpoint FROM es_parked "

/// Every statement that a store in use runs, by name. Each finds its rows by a key or an index (a
/// test asks the query planner), but those that are asked for all progress or all snapshots, or
/// check them.
///
/// `begin_write` is not a plain BEGIN, which returns SQLITE_BUSY_SNAPSHOT at once if another
/// connection commits first.
#define EVENTSOURCING_SQLITE_STATEMENTS(STATEMENT)                                                 \
    STATEMENT(begin_write, "BEGIN IMMEDIATE")                                                      \
    STATEMENT(commit, "COMMIT")                                                                    \
    STATEMENT(rollback, "ROLLBACK")                                                                \
    STATEMENT(savepoint, "SAVEPOINT append")                                                       \
    STATEMENT(release, "RELEASE append")                                                           \
    STATEMENT(rollback_to, "ROLLBACK TO append")                                                   \
    STATEMENT(file_schema, "PRAGMA user_version")                                                  \
    STATEMENT(store_id, "SELECT id FROM es_store WHERE one = 1")                                   \
    STATEMENT(set_store_id, "UPDATE es_store SET id = ?1 WHERE one = 1")                           \
    STATEMENT(data_version, "PRAGMA data_version")                                                 \
    STATEMENT(head, "SELECT max(position) FROM es_events")                                         \
    STATEMENT(first_of_stream, "SELECT stream_name FROM es_stream_events WHERE key BETWEEN ?1 "    \
                               "AND ?2 ORDER BY key LIMIT 1")                                      \
    STATEMENT(last_of_stream,                                                                      \
              "SELECT key, stream_name FROM es_stream_events WHERE key BETWEEN ?1 AND ?2 "         \
              "ORDER BY key DESC LIMIT 1")                                                         \
    STATEMENT(find_type, "SELECT id FROM es_types WHERE name = ?1 AND version = ?2 AND "           \
                         "content_type = ?3 AND source = "                                         \
                         "?4")                                                                     \
    STATEMENT(add_type,                                                                            \
              "INSERT INTO es_types(name, version, content_type, source) VALUES(?1, ?2, ?3, ?4)")  \
    STATEMENT(find_tag, "SELECT id FROM es_tags WHERE name = ?1")                                  \
    STATEMENT(add_tag, "INSERT INTO es_tags(name) VALUES(?1)")                                     \
    STATEMENT(find_id, "SELECT position FROM es_events WHERE id = ?1")                             \
    STATEMENT(add_event, "INSERT INTO es_events(position, stream_name, id, type, recorded_at, "    \
                         "tag_count, revision, "                                                   \
                         "data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")             \
    STATEMENT(add_stream_event, "INSERT INTO es_stream_events(position, stream_name, id, type, "   \
                                "recorded_at, tag_count, key, "                                    \
                                "data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")      \
    STATEMENT(add_event_tag, "INSERT INTO es_event_tags(tag, position) VALUES(?1, ?2)")            \
    STATEMENT(next_event,                                                                          \
              "SELECT position FROM es_events WHERE position >= ?2 ORDER BY position LIMIT 1")     \
    STATEMENT(type_of_event, "SELECT type FROM es_events WHERE position = ?1")                     \
    STATEMENT(next_of_type, "SELECT position FROM es_events WHERE type = ?1 AND position >= ?2 "   \
                            "ORDER BY position LIMIT 1")                                           \
    STATEMENT(next_with_tag,                                                                       \
              "SELECT position FROM es_event_tags WHERE tag = ?1 AND position >= ?2 "              \
              "ORDER BY position LIMIT 1")                                                         \
    STATEMENT(types_named, "SELECT id FROM es_types WHERE name = ?1")                              \
    STATEMENT(type_names,                                                                          \
              "SELECT name, version, content_type, source FROM es_types WHERE id = ?1")            \
    STATEMENT(                                                                                     \
        read_events,                                                                               \
        "SELECT key & 4294967295, type, coalesce(data, (SELECT e.data FROM es_events e "           \
        "WHERE e.position = s.position AND e.id = s.id)), stream_name FROM es_stream_events s "    \
        "WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3")                                       \
    STATEMENT(read_forward, EVENTSOURCING_SQLITE_SELECT_OF_STREAM                                  \
              "WHERE s.key BETWEEN ?1 AND ?2 ORDER BY s.key LIMIT ?3")                             \
    STATEMENT(read_backward, EVENTSOURCING_SQLITE_SELECT_OF_STREAM                                 \
              "WHERE s.key BETWEEN ?1 AND ?2 ORDER BY s.key DESC LIMIT ?3")                        \
    STATEMENT(read_all,                                                                            \
              "SELECT " EVENTSOURCING_SQLITE_RECORD " FROM es_events e WHERE e.position > ?1 "     \
              "ORDER BY e.position LIMIT ?2")                                                      \
    STATEMENT(read_one,                                                                            \
              "SELECT " EVENTSOURCING_SQLITE_RECORD " FROM es_events e WHERE e.position = ?1")     \
    STATEMENT(find_progress, EVENTSOURCING_SQLITE_SELECT_PROGRESS                                  \
              "WHERE name = ?1 AND fingerprint = ?2 AND rebuild = ?3")                             \
    STATEMENT(list_progress,                                                                       \
              EVENTSOURCING_SQLITE_SELECT_PROGRESS "ORDER BY name, fingerprint, rebuild")          \
    STATEMENT(set_progress,                                                                        \
              "INSERT INTO es_checkpoints(name, fingerprint, rebuild, store_id, position, "        \
              "prepare, event_id, owner, fence, status, failure, failed_stream, "                  \
              "failed_revision, failed_since, failed_attempts) "                                   \
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "          \
              "ON CONFLICT(name, fingerprint, rebuild) DO UPDATE SET store_id = ?4, "              \
              "position = ?5, prepare = ?6, event_id = ?7, owner = ?8, fence = ?9, status = ?10, " \
              "failure = ?11, failed_stream = ?12, failed_revision = ?13, failed_since = ?14, "    \
              "failed_attempts = ?15 RETURNING id")                                                \
    STATEMENT(drop_progress, "DELETE FROM es_checkpoints WHERE id = ?1")                           \
    STATEMENT(drop_rows, "DELETE FROM es_rows WHERE checkpoint = ?1")                              \
    STATEMENT(drop_parked, "DELETE FROM es_parked WHERE checkpoint = ?1")                          \
    STATEMENT(end_rebuild, "UPDATE es_checkpoints SET rebuild = 0 WHERE id = ?1")                  \
    STATEMENT(set_row, "INSERT INTO es_rows(checkpoint, key, data) VALUES(?1, ?2, ?3) "            \
                       "ON CONFLICT(checkpoint, key) DO UPDATE SET data = ?3")                     \
    STATEMENT(drop_row, "DELETE FROM es_rows WHERE checkpoint = ?1 AND key = ?2")                  \
    STATEMENT(find_row, "SELECT data FROM es_rows WHERE checkpoint = (SELECT id FROM "             \
                        "es_checkpoints WHERE name = ?1 AND fingerprint = ?2 AND rebuild = ?3) "   \
                        "AND key = ?4")                                                            \
    STATEMENT(first_rows, "SELECT key, data FROM es_rows WHERE checkpoint = ?1 "                   \
                          "ORDER BY key LIMIT ?2")                                                 \
    STATEMENT(next_rows, "SELECT key, data FROM es_rows WHERE checkpoint = ?1 AND key > ?3 "       \
                         "ORDER BY key LIMIT ?2")                                                  \
    STATEMENT(park, "INSERT OR REPLACE INTO es_parked(checkpoint, key, sequence, stream_name, "    \
                    "revision, position, prepare, event_id, failure, attempts, parked_at) "        \
                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")                        \
    STATEMENT(unpark,                                                                              \
              "DELETE FROM es_parked WHERE checkpoint = ?1 AND key = ?2 AND sequence = ?3")        \
    STATEMENT(first_parked, EVENTSOURCING_SQLITE_SELECT_PARKED                                     \
              "WHERE checkpoint = ?1 ORDER BY key, sequence LIMIT ?2")                             \
    STATEMENT(next_parked, EVENTSOURCING_SQLITE_SELECT_PARKED                                      \
              "WHERE checkpoint = ?1 AND key > ?3 ORDER BY key, sequence LIMIT ?2")                \
    STATEMENT(rest_of_parked, EVENTSOURCING_SQLITE_SELECT_PARKED                                   \
              "WHERE checkpoint = ?1 AND key = ?2 AND sequence > ?3 ORDER BY sequence")            \
    STATEMENT(                                                                                     \
        save_snapshot,                                                                             \
        "INSERT INTO es_snapshots(stream_name, kind, fingerprint, revision, event_id, data) "      \
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(stream_name, kind, fingerprint) "              \
        "DO UPDATE SET revision = ?4, event_id = ?5, data = ?6")                                   \
    STATEMENT(find_snapshot, "SELECT revision, event_id, data FROM es_snapshots "                  \
                             "WHERE stream_name = ?1 AND kind = ?2 AND fingerprint = ?3")          \
    STATEMENT(prune_snapshots, "DELETE FROM es_snapshots WHERE rowid IN (SELECT rowid FROM "       \
                               "es_snapshots WHERE kind = ?1 AND fingerprint <> ?2)")              \
    STATEMENT(check_pages, "PRAGMA integrity_check(100)")                                          \
    STATEMENT(check_progress, EVENTSOURCING_SQLITE_SELECT_PROGRESS "ORDER BY id")                  \
    STATEMENT(check_rows, "SELECT rowid, key, length(data) FROM es_rows ORDER BY rowid")           \
    STATEMENT(check_parked,                                                                        \
              EVENTSOURCING_SQLITE_SELECT_PARKED "ORDER BY checkpoint, key, sequence")             \
    STATEMENT(check_snapshots,                                                                     \
              "SELECT rowid, stream_name, kind, fingerprint, revision, length(event_id) "          \
              "FROM es_snapshots ORDER BY rowid")                                                  \
    STATEMENT(check_references, "PRAGMA foreign_key_check")                                        \
    STATEMENT(                                                                                     \
        check_stream_events,                                                                       \
        "SELECT s.key, s.stream_name, s.position, e.position IS NOT NULL, "                        \
        "e.stream_name = s.stream_name AND e.revision = s.key & 4294967295 AND e.id = s.id AND "   \
        "e.type = s.type AND e.recorded_at = s.recorded_at AND e.tag_count = s.tag_count AND "     \
        "CASE WHEN length(e.data) + length(e.metadata) <= 200 "                                    \
        "THEN s.data IS e.data AND s.metadata IS e.metadata "                                      \
        "ELSE s.data IS NULL AND s.metadata IS NULL END "                                          \
        "FROM es_stream_events s LEFT JOIN es_events e ON e.position = s.position "                \
        "WHERE s.key > ?1 ORDER BY s.key LIMIT ?2")                                                \
    STATEMENT(stream_event_position, "SELECT position FROM es_stream_events WHERE key = ?1")       \
    STATEMENT(read_tags, "SELECT g.name FROM es_event_tags i LEFT JOIN es_tags g ON g.id = i.tag " \
                         "WHERE i.position = ?1 "                                                  \
                         "ORDER BY g.name")

#define EVENTSOURCING_SQLITE_NAME(name, text) name,
#define EVENTSOURCING_SQLITE_TEXT(name, text) text,

/// Each is prepared once in a connection.
enum class Sql : std::uint8_t { EVENTSOURCING_SQLITE_STATEMENTS(EVENTSOURCING_SQLITE_NAME) };

/// By `Sql`.
inline constexpr std::array sql_text{EVENTSOURCING_SQLITE_STATEMENTS(EVENTSOURCING_SQLITE_TEXT)};

inline constexpr std::size_t sql_count = sql_text.size();

#undef EVENTSOURCING_SQLITE_TEXT
#undef EVENTSOURCING_SQLITE_NAME
#undef EVENTSOURCING_SQLITE_STATEMENTS
#undef EVENTSOURCING_SQLITE_SELECT_OF_STREAM
#undef EVENTSOURCING_SQLITE_RECORD
#undef EVENTSOURCING_SQLITE_SELECT_PROGRESS
#undef EVENTSOURCING_SQLITE_SELECT_PARKED

} // namespace eventsourcing::detail::sqlite

#endif
