// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SCHEMA_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SCHEMA_HPP

#include <cstddef>

namespace eventsourcing::detail::sqlite {

/// "evsr", in the header of every file of ours.
inline constexpr int application_id = 0x65767372;
/// The schema that this library writes, kept in the file as `user_version`.
inline constexpr int schema_version = 4;

/// A new file. Positions are assigned by the writer, head + 1 and on: no AUTOINCREMENT is needed,
/// since the newest rows are never deleted. Names of types and tags are interned, so a row holds
/// small numbers, and the rowid at the end of each index makes `es_events_type` an index on (type,
/// position).
///
/// Events are read in two orders, and a page of either holds what stands next to each other in it:
/// `es_events` is in the order of positions; `es_stream_events` is in the order of streams, and has
/// all of a small event once more, so that a stream is read from it alone. Above 200 bytes an
/// append would get a tenth slower by that, and a stream is read from the rows of es_events.
///
/// What is done to a stream begins at the root of that tree, in pages that another connection's
/// commit has made SQLite forget, so its depth is the price of a large store. Therefore it is a
/// table by an integer, whose inner pages have room for some 270 children, where those of an index
/// hold whole rows, 25 of them; and that integer is made of the name alone (`stream_keys`), since a
/// table of names would be one more tree to go down first. Nothing but es_stream_events says where
/// a stream ends: the writer takes the next revision from it, so that none is there twice.
inline constexpr const char* schema = R"sql(
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
  revision INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE,                        -- the 16 bytes of a UUID
  type INTEGER NOT NULL REFERENCES es_types(id),
  recorded_at INTEGER NOT NULL,                   -- nanoseconds since 1970
  tag_count INTEGER NOT NULL,                     -- rows of es_event_tags that are its own
  stream_name TEXT NOT NULL,
  data BLOB NOT NULL,
  metadata BLOB NOT NULL                          -- empty for none
) STRICT;
CREATE INDEX es_events_type ON es_events(type);
CREATE TABLE es_stream_events(
  key INTEGER PRIMARY KEY,                        -- number of the stream << 32 | revision
  position INTEGER NOT NULL REFERENCES es_events(position),
  stream_name TEXT NOT NULL,                      -- this and what follows: as in es_events
  id BLOB NOT NULL,
  type INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  tag_count INTEGER NOT NULL,
  data BLOB,                                      -- both NULL where they have more than
  metadata BLOB                                   -- 200 bytes together
) STRICT;
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
  stream_name TEXT NOT NULL,
  kind TEXT NOT NULL,                             -- of state
  fingerprint TEXT NOT NULL,                      -- of the code that folded it
  revision INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(stream_name, kind, fingerprint)
) STRICT;
CREATE TRIGGER es_no_update BEFORE UPDATE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_delete BEFORE DELETE ON es_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_stream_update BEFORE UPDATE ON es_stream_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_stream_delete BEFORE DELETE ON es_stream_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
)sql";

/// Events of at most so many bytes of data and metadata together are in es_stream_events as a
/// whole.
inline constexpr std::size_t small_event = 200;

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
    // for each stream, and es_streams said where it ended.
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
    // A stream was found by its name in es_streams, and its events in an index, es_events_stream.
    // `es_stream_number` is the number in `stream_keys`. Not even of a hundred million names is
    // there one for which eight places are not enough; it would not be migrated.
    {3, R"sql(
CREATE TEMP TABLE es_numbers(number INTEGER PRIMARY KEY, stream INTEGER NOT NULL UNIQUE);
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 0), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 1), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 2), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 3), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 4), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 5), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 6), id FROM es_streams ORDER BY id;
INSERT OR IGNORE INTO es_numbers SELECT es_stream_number(name, 7), id FROM es_streams ORDER BY id;
CREATE TABLE es_stream_events(
  key INTEGER PRIMARY KEY,
  position INTEGER NOT NULL REFERENCES es_events(position),
  stream_name TEXT NOT NULL,
  id BLOB NOT NULL,
  type INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  tag_count INTEGER NOT NULL,
  data BLOB,
  metadata BLOB
) STRICT;
INSERT INTO es_stream_events
  SELECT n.number << 32 | e.revision, e.position, s.name, e.id, e.type, e.recorded_at, e.tag_count,
         e.short_data, e.short_metadata
  FROM es_numbers n CROSS JOIN es_streams s ON s.id = n.stream
                    CROSS JOIN es_events e ON e.stream = n.stream
  WHERE e.revision BETWEEN 0 AND 4294967294 ORDER BY n.number, e.revision;
CREATE TEMP TABLE es_check(
  left_out INTEGER CONSTRAINT "every event has a stream and a revision" CHECK(left_out = 0)
);
INSERT INTO es_check SELECT (SELECT count(*) FROM es_events) -
                            (SELECT count(*) FROM es_stream_events);
DROP TABLE es_check;

DROP INDEX es_events_stream;
ALTER TABLE es_events DROP COLUMN short_data;
ALTER TABLE es_events DROP COLUMN short_metadata;
ALTER TABLE es_events DROP COLUMN stream;

CREATE TABLE es_snapshots_4(
  stream_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  revision INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(stream_name, kind, fingerprint)
) STRICT;
INSERT INTO es_snapshots_4
  SELECT s.name, p.kind, p.fingerprint, p.revision, p.data
  FROM es_snapshots p LEFT JOIN es_streams s ON s.id = p.stream;
DROP TABLE es_snapshots;
ALTER TABLE es_snapshots_4 RENAME TO es_snapshots;
DROP TABLE es_streams;
DROP TABLE es_numbers;

CREATE TRIGGER es_no_stream_update BEFORE UPDATE ON es_stream_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER es_no_stream_delete BEFORE DELETE ON es_stream_events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
)sql"},
};

} // namespace eventsourcing::detail::sqlite

#endif
