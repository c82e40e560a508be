// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SCHEMA_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SCHEMA_HPP

namespace eventsourcing::detail::sqlite {

/// "evsr", in the header of every file of ours.
inline constexpr int application_id = 0x65767372;
/// The schema that this library writes, kept in the file as `user_version`.
inline constexpr int schema_version = 3;

/// A new file. Positions are assigned by the writer, head + 1 and on: no AUTOINCREMENT is needed,
/// since the newest rows are never deleted. Names are interned, so a row holds small numbers, and
/// the rowid at the end of each index makes `es_events_type` an index on (type, position).
///
/// Events are read in two orders, and a page of either holds what stands next to each other in it:
/// `es_events` is in the order of positions, and has the name of the stream in each row;
/// `es_events_stream` is in the order of streams, and has all of a small event once more, so that
/// a stream is read from it alone. Above 200 bytes an append would get a tenth slower by that, and
/// a stream is read from the rows. Nothing but that index says where a stream ends: the writer
/// takes the next revision from it, so that none is there twice.
inline constexpr const char* schema = R"sql(
CREATE TABLE es_streams(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE es_types(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  content_type TEXT NOT NULL,
  UNIQUE(name, version, content_type)
) STRICT;
CREATE TABLE es_tags(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE es_events(
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES es_streams(id),
  revision INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE,                        -- the 16 bytes of a UUID
  type INTEGER NOT NULL REFERENCES es_types(id),
  recorded_at INTEGER NOT NULL,                   -- nanoseconds since 1970
  tag_count INTEGER NOT NULL,                     -- rows of es_event_tags that are its own
  stream_name TEXT NOT NULL,                      -- as in es_streams
  data BLOB NOT NULL,
  metadata BLOB NOT NULL,                         -- empty for none
  short_data BLOB AS (
    CASE WHEN length(data) + length(metadata) <= 200 THEN data END) VIRTUAL,
  short_metadata BLOB AS (
    CASE WHEN length(data) + length(metadata) <= 200 THEN metadata END) VIRTUAL
) STRICT;
CREATE INDEX es_events_stream ON es_events(
  stream, revision, type, id, recorded_at, tag_count, short_data, short_metadata);
CREATE INDEX es_events_type ON es_events(type);
CREATE TABLE es_event_tags(
  tag INTEGER NOT NULL REFERENCES es_tags(id),
  position INTEGER NOT NULL REFERENCES es_events(position),
  PRIMARY KEY(tag, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX es_event_tags_position ON es_event_tags(position);
CREATE TABLE es_checkpoints(
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL,                      -- of whatever store is read: the 64 bits of
  prepare INTEGER NOT NULL                        -- each number of a Position
) STRICT, WITHOUT ROWID;
CREATE TABLE es_snapshots(
  stream INTEGER NOT NULL REFERENCES es_streams(id),
  kind TEXT NOT NULL,                             -- of state
  fingerprint TEXT NOT NULL,                      -- of the code that folded it
  revision INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(stream, kind, fingerprint)
) STRICT;
CREATE TRIGGER es_no_update BEFORE UPDATE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_delete BEFORE DELETE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
)sql";

/// What brings a file of schema `from` to `from + 1`, in one transaction. A step never changes once
/// it was released; the last one leads to `schema`, table by table the same (a test compares them).
struct SchemaStep {
    int from;
    const char* sql;
};

inline constexpr SchemaStep schema_steps[] = {
    // Times were microseconds, types had neither version nor content type, tags could only be
    // searched and not be read back, a checkpoint had one number, and a stream had room for one
    // snapshot.
    {1, R"sql(
DROP TRIGGER es_no_update;
DROP TRIGGER es_no_delete;

ALTER TABLE es_streams RENAME COLUMN version TO revision;

ALTER TABLE es_types RENAME TO es_types_1;
CREATE TABLE es_types(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  content_type TEXT NOT NULL,
  UNIQUE(name, version, content_type)
) STRICT;
INSERT INTO es_types SELECT id, name, '1.0', 'application/json' FROM es_types_1;

ALTER TABLE es_event_tags RENAME TO es_event_tags_1;
ALTER TABLE es_events RENAME TO es_events_1;
DROP INDEX es_events_type;
CREATE TABLE es_events(
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES es_streams(id),
  revision INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE,
  type INTEGER NOT NULL REFERENCES es_types(id),
  recorded_at INTEGER NOT NULL,
  tag_count INTEGER NOT NULL,
  data BLOB NOT NULL,
  metadata BLOB NOT NULL,
  UNIQUE(stream, revision)
) STRICT;
CREATE TABLE es_event_tags(
  tag INTEGER NOT NULL REFERENCES es_tags(id),
  position INTEGER NOT NULL REFERENCES es_events(position),
  PRIMARY KEY(tag, position)
) STRICT, WITHOUT ROWID;
INSERT INTO es_event_tags SELECT tag, position FROM es_event_tags_1;
CREATE INDEX es_event_tags_position ON es_event_tags(position);
INSERT INTO es_events
  SELECT position, stream, version, id, type, recorded_at * 1000,
         (SELECT count(*) FROM es_event_tags t WHERE t.position = e.position), data, meta
  FROM es_events_1 e ORDER BY position;
CREATE INDEX es_events_type ON es_events(type);
DROP TABLE es_event_tags_1;
DROP TABLE es_events_1;
DROP TABLE es_types_1;

ALTER TABLE es_checkpoints RENAME TO es_checkpoints_1;
CREATE TABLE es_checkpoints(
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  prepare INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO es_checkpoints SELECT name, position, 0 FROM es_checkpoints_1;
DROP TABLE es_checkpoints_1;

DROP TABLE es_snapshots;
CREATE TABLE es_snapshots(
  stream INTEGER NOT NULL REFERENCES es_streams(id),
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  revision INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(stream, kind, fingerprint)
) STRICT;

CREATE TRIGGER es_no_update BEFORE UPDATE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_delete BEFORE DELETE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
)sql"},
    // A stream was found by an index of revisions alone, a row for each event, its name by a row
    // for
    // each stream, and es_streams said where it ended.
    {2, R"sql(
CREATE TABLE es_events_3(
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES es_streams(id),
  revision INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE,
  type INTEGER NOT NULL REFERENCES es_types(id),
  recorded_at INTEGER NOT NULL,
  tag_count INTEGER NOT NULL,
  stream_name TEXT NOT NULL,
  data BLOB NOT NULL,
  metadata BLOB NOT NULL,
  short_data BLOB AS (
    CASE WHEN length(data) + length(metadata) <= 200 THEN data END) VIRTUAL,
  short_metadata BLOB AS (
    CASE WHEN length(data) + length(metadata) <= 200 THEN metadata END) VIRTUAL
) STRICT;
INSERT INTO es_events_3(position, stream, revision, id, type, recorded_at, tag_count, stream_name,
                        data, metadata)
  SELECT e.position, e.stream, e.revision, e.id, e.type, e.recorded_at, e.tag_count, s.name,
         e.data, e.metadata
  FROM es_events e LEFT JOIN es_streams s ON s.id = e.stream ORDER BY e.position;
DROP TABLE es_events;
ALTER TABLE es_events_3 RENAME TO es_events;
CREATE INDEX es_events_stream ON es_events(
  stream, revision, type, id, recorded_at, tag_count, short_data, short_metadata);
CREATE INDEX es_events_type ON es_events(type);

CREATE TABLE es_streams_3(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO es_streams_3 SELECT id, name FROM es_streams ORDER BY id;
DROP TABLE es_streams;
ALTER TABLE es_streams_3 RENAME TO es_streams;

CREATE TRIGGER es_no_update BEFORE UPDATE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_delete BEFORE DELETE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
)sql"},
};

} // namespace eventsourcing::detail::sqlite

#endif
