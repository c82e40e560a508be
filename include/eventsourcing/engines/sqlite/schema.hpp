// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SCHEMA_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SCHEMA_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>

namespace eventsourcing::detail::sqlite {

/// "evsr", in the header of every file of ours.
inline constexpr int application_id = 0x65767372;
/// The schema that this library writes, kept in the file as `user_version`.
inline constexpr int schema_version = 5;

/// A new file. The writer assigns the positions, from head + 1 on: AUTOINCREMENT is not needed,
/// since the newest rows are never deleted. Names of types and tags are interned, so a row holds
/// small numbers, and the rowid at the end of each index makes `es_events_type` an index on (type,
/// position).
///
/// Events are read in two orders, and each order has a table whose pages hold neighbours:
/// `es_events` is in the order of positions; `es_stream_events` is in the order of streams, and has
/// a second copy of each small event, so that a stream is read from it alone. Above 200 bytes the
/// copy would make an append a tenth slower, and a stream is read from the rows of es_events.
///
/// Each use of a stream searches that tree from its root, in pages that SQLite forgets when another
/// connection commits, so in a large store its depth is what counts. Therefore the key of the table
/// is an integer: its inner pages have room for some 270 children, while those of an index hold
/// whole rows, 25 of them. That integer is made of the name alone (`stream_keys`), since a table of
/// names would be one more tree to search. Only es_stream_events says where a stream ends: the
/// writer takes the next revision from it, so that no revision is there twice.
///
/// es_store has one row, `store_id_row`, which is added when the tables are made.
inline constexpr const char* schema = R"sql(
CREATE TABLE es_store(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  id BLOB NOT NULL                                -- the 16 bytes of a UUID: which store this is
) STRICT;
CREATE TABLE es_types(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  content_type TEXT NOT NULL,
  source TEXT NOT NULL,                           -- of CloudEvents; empty for none
  UNIQUE(name, version, content_type, source)
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
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,                             -- of the subscription
  fingerprint TEXT NOT NULL,                      -- of the code that handles the events
  rebuild INTEGER NOT NULL,                       -- 1 while it is built to replace the one with 0
  store_id BLOB,                                  -- of the store that is read, NULL without one
  position INTEGER,                               -- in that store, the 64 bits of each number of a
  prepare INTEGER,                                -- Position; NULL before the first event
  event_id BLOB,                                  -- of the event at the position
  owner TEXT,                                     -- who runs it, NULL for none
  fence INTEGER NOT NULL,                         -- a higher number for each new owner
  status TEXT NOT NULL,
  failure TEXT,                                   -- the last one, NULL once it has been overcome
  failed_stream TEXT,                             -- the event that failed
  failed_revision INTEGER,
  failed_since INTEGER,                           -- nanoseconds since 1970
  failed_attempts INTEGER NOT NULL,
  UNIQUE(name, fingerprint, rebuild)
) STRICT;
CREATE TABLE es_rows(
  checkpoint INTEGER NOT NULL REFERENCES es_checkpoints(id),
  key TEXT NOT NULL,                              -- empty for a subscription with one state
  data BLOB NOT NULL,
  PRIMARY KEY(checkpoint, key)
) STRICT;
CREATE TABLE es_parked(
  checkpoint INTEGER NOT NULL REFERENCES es_checkpoints(id),
  key TEXT NOT NULL,                              -- events of one key are handled in order
  sequence INTEGER NOT NULL,                      -- of the key: the first failed, others wait
  stream_name TEXT NOT NULL,                      -- where the event is, in the store that is read
  revision INTEGER NOT NULL,
  position INTEGER,
  prepare INTEGER,
  event_id BLOB NOT NULL,
  failure TEXT,                                   -- NULL for one that waits
  attempts INTEGER NOT NULL,
  parked_at INTEGER NOT NULL,                     -- nanoseconds since 1970
  PRIMARY KEY(checkpoint, key, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE es_snapshots(
  stream_name TEXT NOT NULL,
  kind TEXT NOT NULL,                             -- of state
  fingerprint TEXT NOT NULL,                      -- of the code that folded it
  revision INTEGER NOT NULL,
  event_id BLOB NOT NULL,                         -- of the event at the revision
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

/// Gives a file its store id; `es_new_id()` is a function that a migration has.
#define EVENTSOURCING_SQLITE_STORE_ID "INSERT INTO es_store(one, id) VALUES(1, es_new_id());\n"
inline constexpr const char* store_id_row = EVENTSOURCING_SQLITE_STORE_ID;

/// es_stream_events has a copy of each event with at most so many bytes of data and metadata.
inline constexpr std::size_t small_event = 200;

/// Brings a file of schema `from` to `from + 1`, in one transaction. A released step never changes;
/// after the last one each table is as in `schema` (a test compares them).
struct SchemaStep {
    int from;
    const char* sql;
};

inline constexpr SchemaStep schema_steps[] = {
    // A file had no id, types had no source, a checkpoint had only its name and position. No
    // function wrote snapshots yet, and one written by other means lacks the id of its event, which
    // tells a reader whether it is still right.
    {4, R"sql(
CREATE TABLE es_store(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  id BLOB NOT NULL
) STRICT;
)sql" EVENTSOURCING_SQLITE_STORE_ID R"sql(
CREATE TABLE es_types_5(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  content_type TEXT NOT NULL,
  source TEXT NOT NULL,
  UNIQUE(name, version, content_type, source)
) STRICT;
INSERT INTO es_types_5 SELECT id, name, version, content_type, '' FROM es_types ORDER BY id;
DROP TABLE es_types;
ALTER TABLE es_types_5 RENAME TO es_types;

CREATE TABLE es_checkpoints_5(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  rebuild INTEGER NOT NULL,
  store_id BLOB,
  position INTEGER,
  prepare INTEGER,
  event_id BLOB,
  owner TEXT,
  fence INTEGER NOT NULL,
  status TEXT NOT NULL,
  failure TEXT,
  failed_stream TEXT,
  failed_revision INTEGER,
  failed_since INTEGER,
  failed_attempts INTEGER NOT NULL,
  UNIQUE(name, fingerprint, rebuild)
) STRICT;
INSERT INTO es_checkpoints_5(name, fingerprint, rebuild, position, prepare, fence, status,
                             failed_attempts)
  SELECT name, '', 0, position, prepare, 0, '', 0 FROM es_checkpoints ORDER BY name;
DROP TABLE es_checkpoints;
ALTER TABLE es_checkpoints_5 RENAME TO es_checkpoints;
CREATE TABLE es_rows(
  checkpoint INTEGER NOT NULL REFERENCES es_checkpoints(id),
  key TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(checkpoint, key)
) STRICT;
CREATE TABLE es_parked(
  checkpoint INTEGER NOT NULL REFERENCES es_checkpoints(id),
  key TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  stream_name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  position INTEGER,
  prepare INTEGER,
  event_id BLOB NOT NULL,
  failure TEXT,
  attempts INTEGER NOT NULL,
  parked_at INTEGER NOT NULL,
  PRIMARY KEY(checkpoint, key, sequence)
) STRICT, WITHOUT ROWID;
DROP TABLE es_snapshots;
CREATE TABLE es_snapshots(
  stream_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  revision INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(stream_name, kind, fingerprint)
) STRICT;
)sql"},
};

#undef EVENTSOURCING_SQLITE_STORE_ID

} // namespace eventsourcing::detail::sqlite

#endif
