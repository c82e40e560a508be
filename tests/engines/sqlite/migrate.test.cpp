// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/migrate.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;

namespace {

/// A file as the library's first schema had it.
void make_version_1(const std::string& path) {
    Raw raw(path);
    raw.run(R"sql(
PRAGMA journal_mode=WAL;
PRAGMA application_id=1702261618;
PRAGMA user_version=1;
CREATE TABLE es_streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL) STRICT;
CREATE TABLE es_types(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE es_tags(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE es_events(
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES es_streams(id), version INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE,
  type INTEGER NOT NULL REFERENCES es_types(id), recorded_at INTEGER NOT NULL,
  data BLOB NOT NULL, meta BLOB NOT NULL, UNIQUE(stream,version)) STRICT;
CREATE INDEX es_events_type ON es_events(type);
CREATE TABLE es_event_tags(tag INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY(tag,position)) STRICT, WITHOUT ROWID;
CREATE TABLE es_checkpoints(name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE es_snapshots(stream INTEGER PRIMARY KEY, version INTEGER NOT NULL, type TEXT NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TRIGGER es_no_update BEFORE UPDATE ON es_events BEGIN SELECT RAISE(ABORT,'events are append-only'); END;
CREATE TRIGGER es_no_delete BEFORE DELETE ON es_events BEGIN SELECT RAISE(ABORT,'events are append-only'); END;

INSERT INTO es_streams VALUES(1,'combat-ogre',1),(2,'combat-troll',0);
INSERT INTO es_types VALUES(1,'combat.entity_attacked'),(2,'combat.entity_died');
INSERT INTO es_tags VALUES(1,'kind:monster'),(2,'entity:ogre');
INSERT INTO es_events VALUES
  (1,1,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e01',1,1700000000123456,CAST('{"damage":900}' AS BLOB),CAST('{"commandId":"7"}' AS BLOB)),
  (2,2,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e02',1,1700000000123457,CAST('{"damage":1}' AS BLOB),x''),
  (3,1,1,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e03',2,-1,CAST('{}' AS BLOB),x'');
INSERT INTO es_event_tags VALUES(1,1),(2,1),(1,2);
INSERT INTO es_checkpoints VALUES('totals',2);
INSERT INTO es_snapshots VALUES(1,1,'combat.State',x'');
)sql");
}

/// The tables, indexes and triggers of the second schema, as it was released.
constexpr const char* schema_2 = R"sql(
CREATE TABLE es_streams(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL                       -- of the last event
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
  data BLOB NOT NULL,
  metadata BLOB NOT NULL,                         -- empty for none
  UNIQUE(stream, revision)
) STRICT;
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

/// A file of that schema: long and short events with tags in two streams, a checkpoint and a
/// snapshot.
void make_version_2(const std::string& path) {
    Raw raw(path);
    raw.run("PRAGMA journal_mode=WAL; PRAGMA application_id=1702261618; PRAGMA user_version=2;" +
            std::string(schema_2));
    raw.run(R"sql(
INSERT INTO es_streams VALUES(1,'combat-ogre',2),(2,'combat-troll',0);
INSERT INTO es_types VALUES(1,'combat.entity_attacked','1.0','application/json'),
                           (2,'combat.entity_died','2.0','application/json');
INSERT INTO es_tags VALUES(1,'kind:monster'),(2,'entity:ogre');
INSERT INTO es_events VALUES
  (1,1,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e01',1,1700000000123456789,2,CAST('{"damage":900}' AS BLOB),CAST('{"commandId":"7"}' AS BLOB)),
  (2,2,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e02',1,1700000000123456790,1,CAST('{"damage":1}' AS BLOB),x''),
  (3,1,1,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e03',1,1700000000123456791,0,CAST('"' || printf('%.*c', 998, 'x') || '"' AS BLOB),x''),
  (4,1,2,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e04',2,-1,0,CAST('{}' AS BLOB),x'');
INSERT INTO es_event_tags VALUES(1,1),(2,1),(1,2);
INSERT INTO es_checkpoints VALUES('totals',2,0);
INSERT INTO es_snapshots VALUES(1,'combat.State','abc',1,x'7b7d');
)sql");
}

/// The third schema, as it was released.
constexpr const char* schema_3 = R"sql(
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

/// A file of that schema: the events of `make_version_2`, and two streams whose names have the same
/// hash.
void make_version_3(const std::string& path) {
    Raw raw(path);
    raw.run("PRAGMA journal_mode=WAL; PRAGMA application_id=1702261618; PRAGMA user_version=3;" +
            std::string(schema_3));
    raw.run(R"sql(
INSERT INTO es_streams VALUES(1,'combat-ogre'),(2,'combat-troll'),(3,'combat-89201'),(7,'combat-142230');
INSERT INTO es_types VALUES(1,'combat.entity_attacked','1.0','application/json'),
                           (2,'combat.entity_died','2.0','application/json');
INSERT INTO es_tags VALUES(1,'kind:monster'),(2,'entity:ogre');
INSERT INTO es_events VALUES
  (1,1,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e01',1,1700000000123456789,2,'combat-ogre',CAST('{"damage":900}' AS BLOB),CAST('{"commandId":"7"}' AS BLOB)),
  (2,2,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e02',1,1700000000123456790,1,'combat-troll',CAST('{"damage":1}' AS BLOB),x''),
  (3,1,1,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e03',1,1700000000123456791,0,'combat-ogre',CAST('"' || printf('%.*c', 998, 'x') || '"' AS BLOB),x''),
  (4,1,2,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e04',2,-1,0,'combat-ogre',CAST('{}' AS BLOB),x''),
  (5,7,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e05',2,1,0,'combat-142230',CAST('5' AS BLOB),x''),
  (6,3,0,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e06',2,1,0,'combat-89201',CAST('6' AS BLOB),x''),
  (7,7,1,x'018f3c1e7b2a7cc19d3e5a0b6c7d8e07',2,1,0,'combat-142230',CAST('7' AS BLOB),x'');
INSERT INTO es_event_tags VALUES(1,1),(2,1),(1,2);
INSERT INTO es_checkpoints VALUES('totals',2,0);
INSERT INTO es_snapshots VALUES(1,'combat.State','abc',1,x'7b7d');
)sql");
}

/// What the file is made of, without the blanks, comments and quotes of its SQL.
std::vector<std::string> parts(const std::string& path) {
    auto out = Raw(path).rows("SELECT type || ' ' || tbl_name || ' ' || coalesce(sql, name) FROM "
                              "sqlite_schema ORDER BY type, tbl_name, name");
    for (auto& part : out) {
        for (auto at = part.find("--"); at != part.npos; at = part.find("--"))
            part.erase(at, part.find('\n', at) - at);
        std::erase_if(part, [](char c) { return c == ' ' || c == '\n' || c == '"'; });
    }
    return out;
}

es::Error refusal(const std::string& path) {
    auto store = es::SqliteStore::open(path);
    REQUIRE_FALSE(store);
    return store.error();
}

} // namespace

TEST_CASE("A new file has our application id, the newest schema, and all tables") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw raw(folder / "combat.db");
    CHECK(raw.value("PRAGMA application_id") == "1702261618"); // "evsr"
    CHECK(raw.value("PRAGMA user_version") == "4");
    CHECK(raw.value("PRAGMA journal_mode") == "wal");
    CHECK(raw.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") ==
          std::vector<std::string>{"es_checkpoints", "es_event_tags", "es_events", "es_snapshots",
                                   "es_stream_events", "es_tags", "es_types"});
    CHECK(raw.rows("SELECT name FROM pragma_table_info('es_snapshots') WHERE pk > 0 ORDER BY pk") ==
          std::vector<std::string>{"stream_name", "kind", "fingerprint"});
}

TEST_CASE("Events can't be changed or taken away, whoever tries") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    Raw raw(folder / "combat.db");
    CHECK(raw.try_run("UPDATE es_events SET data = '{}'") == SQLITE_CONSTRAINT);
    CHECK(raw.try_run("DELETE FROM es_events") == SQLITE_CONSTRAINT);
    CHECK(raw.try_run("UPDATE es_stream_events SET data = '{}'") == SQLITE_CONSTRAINT);
    CHECK(raw.try_run("DELETE FROM es_stream_events") == SQLITE_CONSTRAINT);
}

TEST_CASE("Times are stored in nanoseconds, names of types and tags once") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    constexpr std::string_view tags[] = {"entity:ogre"};
    Events events{event("combat.entity_attacked", "{}", tags),
                  event("combat.entity_attacked", "{}", tags)};
    events[0].recorded_at = es::Timestamp::from_unix(1'700'000'000, 123'456'789);
    events[1].recorded_at = es::Timestamp::from_unix(-1, 1);
    REQUIRE(append(store, "combat-ogre", events));
    REQUIRE(append(store, "combat-ogre", {event()}));
    Raw raw(folder / "combat.db");
    CHECK(raw.rows("SELECT recorded_at FROM es_events WHERE position < 3") ==
          std::vector<std::string>{"1700000000123456789", "-999999999"});
    CHECK(raw.rows("SELECT name, version, content_type FROM es_types") ==
          std::vector<std::string>{"combat.entity_attacked", "1.0", "application/json"});
    CHECK(raw.rows("SELECT name FROM es_tags") == std::vector<std::string>{"entity:ogre"});
    CHECK(store.read_all()->records()[1].recorded_at == events[1].recorded_at);
}

TEST_CASE("A file of schema 1 is migrated when it is opened, and its events are read") {
    const Folder folder;
    make_version_1(folder / "combat.db");
    auto store = open_store(folder / "combat.db");

    const auto page = store.read_all();
    REQUIRE(page);
    REQUIRE(page->records().size() == 3);
    const es::EventRecord& first = page->records()[0];
    CHECK(first.id.to_string() == "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e01");
    CHECK(first.stream == "combat-ogre");
    CHECK(first.revision == es::Revision{0});
    CHECK(first.position == es::Position{1});
    CHECK(first.recorded_at == es::Timestamp::from_unix(1'700'000'000, 123'456'000));
    CHECK(first.type == "combat.entity_attacked");
    CHECK(first.version == "1.0");
    CHECK(first.content_type == "application/json");
    CHECK(first.data == R"({"damage":900})");
    CHECK(first.metadata == R"({"commandId":"7"})");
    CHECK(std::vector(first.tags.begin(), first.tags.end()) ==
          std::vector<std::string_view>{"entity:ogre", "kind:monster"});
    CHECK(page->records()[1].stream == "combat-troll");
    CHECK(page->records()[1].tags.size() == 1);
    CHECK(page->records()[2].type == "combat.entity_died");
    CHECK(page->records()[2].recorded_at == es::Timestamp::from_unix(0, -1000));
    CHECK(all_positions(store, {.items = {{.tags = {"kind:monster"}}}}).size() == 2);
    CHECK(all_positions(store, {.items = {{.types = {"combat.entity_died"}}}}).size() == 1);

    const auto next =
        append(store, "combat-ogre", es::ExpectedRevision::exactly(es::Revision{1}), {event()});
    REQUIRE(next);
    CHECK(next->position == es::Position{4});
    store.close();

    Raw raw(folder / "combat.db");
    CHECK(raw.value("PRAGMA user_version") == "4");
    CHECK(raw.rows("SELECT name, position, prepare FROM es_checkpoints") ==
          std::vector<std::string>{"totals", "2", "0"});
    CHECK(raw.value("PRAGMA integrity_check") == "ok");
    CHECK(raw.rows("PRAGMA foreign_key_check").empty());
}

TEST_CASE("A file of schema 2 is migrated when it is opened, and all of it is there") {
    const Folder folder;
    make_version_2(folder / "combat.db");
    const auto before = Raw(folder / "combat.db")
                            .rows("SELECT position, s.name, e.revision, hex(e.id), type, "
                                  "recorded_at, tag_count, hex(data), hex(metadata) "
                                  "FROM es_events e JOIN es_streams s ON s.id = e.stream");
    auto store = open_store(folder / "combat.db");
    CHECK(Raw(folder / "combat.db")
              .rows("SELECT position, stream_name, revision, hex(id), type, recorded_at, "
                    "tag_count, hex(data), hex(metadata) FROM es_events") == before);

    const auto ogre = store.read_stream("combat-ogre");
    REQUIRE(ogre);
    REQUIRE(ogre->records().size() == 3);
    CHECK(ogre->records()[0].data == R"({"damage":900})");
    CHECK(ogre->records()[0].metadata == R"({"commandId":"7"})");
    CHECK(ogre->records()[0].tags.size() == 2);
    CHECK(ogre->records()[1].data == '"' + std::string(998, 'x') + '"');
    CHECK(ogre->records()[2].type == "combat.entity_died");
    CHECK(ogre->records()[2].position == es::Position{4});
    const auto events = store.read_stream("combat-ogre", {.events_only = true});
    REQUIRE(events);
    CHECK(events->records()[1].data == ogre->records()[1].data);
    CHECK(store.read_all()->records()[1].stream == "combat-troll");
    CHECK(all_positions(store, {.items = {{.tags = {"kind:monster"}}}}).size() == 2);

    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problems == std::vector<std::string>{});
    CHECK(append(store, "combat-troll", es::ExpectedRevision::no_stream(), {event()}).error() ==
          es::errc::conflict);
    const auto next =
        append(store, "combat-troll", es::ExpectedRevision::exactly(es::Revision{0}), {event()});
    REQUIRE(next);
    CHECK(next->position == es::Position{5});
    REQUIRE(append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()}));
    store.close();

    Raw raw(folder / "combat.db");
    CHECK(raw.value("PRAGMA user_version") == "4");
    CHECK(raw.rows("SELECT DISTINCT stream_name FROM es_stream_events ORDER BY 1") ==
          std::vector<std::string>{"combat-elf", "combat-ogre", "combat-troll"});
    CHECK(raw.rows("SELECT name, position, prepare FROM es_checkpoints") ==
          std::vector<std::string>{"totals", "2", "0"});
    CHECK(raw.rows("SELECT stream_name, kind, fingerprint, revision, hex(data) FROM "
                   "es_snapshots") ==
          std::vector<std::string>{"combat-ogre", "combat.State", "abc", "1", "7B7D"});
    CHECK(raw.try_run("UPDATE es_events SET data = '{}'") == SQLITE_CONSTRAINT);
    CHECK(raw.try_run("DELETE FROM es_events") == SQLITE_CONSTRAINT);
}

TEST_CASE("A file of schema 2 whose rows contradict each other is not migrated") {
    const Folder folder;
    make_version_2(folder / "combat.db");
    Raw(folder / "combat.db").run("DELETE FROM es_streams WHERE id = 2");
    const auto error = refusal(folder / "combat.db");
    CHECK(error == es::errc::corrupt);
    CHECK(error.message() == "sqlite store \"" + folder / "combat.db" +
                                 "\": could not be brought from schema 2 to schema 3, and was left "
                                 "as it is: NOT NULL constraint failed: es_events_3.stream_name");
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM es_events") == "4");
    CHECK(Raw(folder / "combat.db").value("PRAGMA user_version") == "2");
}

TEST_CASE("A file of schema 3 is migrated when it is opened, and all of it is there") {
    const Folder folder;
    make_version_3(folder / "combat.db");
    const auto events = [&] {
        return Raw(folder / "combat.db")
            .rows("SELECT position, stream_name, revision, hex(id), type, recorded_at, tag_count, "
                  "hex(data), hex(metadata) FROM es_events");
    };
    const auto before = events();
    auto store = open_store(folder / "combat.db");
    CHECK(events() == before);
    CHECK(store.verify()->problems == std::vector<std::string>{});

    const auto data_of = [&](es::StreamNameView stream, bool events_only) {
        std::vector<std::string> out;
        const auto page = store.read_stream(stream, {.events_only = events_only});
        REQUIRE(page);
        for (const es::EventRecord& record : page->records())
            out.emplace_back(record.data);
        return out;
    };
    for (const bool events_only : {false, true}) {
        CHECK(
            data_of("combat-ogre", events_only) ==
            std::vector<std::string>{R"({"damage":900})", '"' + std::string(998, 'x') + '"', "{}"});
        CHECK(data_of("combat-troll", events_only) == std::vector<std::string>{R"({"damage":1})"});
        CHECK(data_of("combat-142230", events_only) == std::vector<std::string>{"5", "7"});
        CHECK(data_of("combat-89201", events_only) == std::vector<std::string>{"6"});
    }
    CHECK(store.read_stream("combat-ogre")->records()[0].tags.size() == 2);
    CHECK(all_positions(store, {.items = {{.tags = {"kind:monster"}}}}).size() == 2);
    REQUIRE(
        append(store, "combat-142230", es::ExpectedRevision::exactly(es::Revision{1}), {event()}));
    REQUIRE(append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()}));
    CHECK(store.verify()->problems == std::vector<std::string>{});
    store.close();

    Raw raw(folder / "combat.db");
    CHECK(raw.value("PRAGMA user_version") == "4");
    CHECK(raw.rows("SELECT stream_name, kind, fingerprint, revision, hex(data) FROM "
                   "es_snapshots") ==
          std::vector<std::string>{"combat-ogre", "combat.State", "abc", "1", "7B7D"});
    CHECK(raw.rows("SELECT name, position, prepare FROM es_checkpoints") ==
          std::vector<std::string>{"totals", "2", "0"});
    CHECK(raw.try_run("DELETE FROM es_events") == SQLITE_CONSTRAINT);
    CHECK(raw.try_run("DELETE FROM es_stream_events") == SQLITE_CONSTRAINT);
}

TEST_CASE("A file of schema 3 whose rows contradict each other is not migrated") {
    const Folder folder;
    const auto [sql, says] = GENERATE(table<const char*, const char*>({
        {"DELETE FROM es_streams WHERE id = 2",
         "CHECK constraint failed: every event has a stream and a revision"},
        {"UPDATE es_events SET revision = -1 WHERE position = 2",
         "CHECK constraint failed: every event has a stream and a revision"},
        {"UPDATE es_events SET revision = 0 WHERE position = 3",
         "UNIQUE constraint failed: es_stream_events.key"},
        {"DELETE FROM es_streams WHERE id = 1; DELETE FROM es_events WHERE stream = 1",
         "NOT NULL constraint failed: es_snapshots_4.stream_name"},
    }));
    make_version_3(folder / "combat.db");
    Raw(folder / "combat.db")
        .run("DROP TRIGGER es_no_update; DROP TRIGGER es_no_delete;" + std::string(sql));
    const auto before = parts(folder / "combat.db");
    const auto error = refusal(folder / "combat.db");
    CHECK(error == es::errc::corrupt);
    CHECK(error.message() == "sqlite store \"" + folder / "combat.db" +
                                 "\": could not be brought from schema 3 to schema 4, and was left "
                                 "as it is: " +
                                 says);
    CHECK(parts(folder / "combat.db") == before);
    CHECK(Raw(folder / "combat.db").value("PRAGMA user_version") == "3");
}

TEST_CASE("A migrated file is made of the same parts as a new one") {
    const Folder folder;
    make_version_1(folder / "1.db");
    make_version_2(folder / "2.db");
    make_version_3(folder / "3.db");
    for (const char* name : {"1.db", "2.db", "3.db", "new.db"})
        open_store(folder / name).close();
    for (const char* name : {"1.db", "2.db", "3.db"})
        CHECK(parts(folder / name) == parts(folder / "new.db"));
}

TEST_CASE("There is a step from each earlier schema to the next one") {
    int version = 1;
    for (const auto& step : es::detail::sqlite::schema_steps)
        CHECK(step.from == version++);
    CHECK(version == es::detail::sqlite::schema_version);
}

TEST_CASE("A migration that fails leaves the file as it was") {
    const Folder folder;
    make_version_1(folder / "combat.db");
    Raw(folder / "combat.db")
        .run("DROP TRIGGER es_no_update; UPDATE es_events SET recorded_at = 9223372036854775807; "
             "CREATE TRIGGER es_no_update BEFORE UPDATE ON es_events BEGIN SELECT "
             "RAISE(ABORT,'events are append-only'); END");
    const auto before = parts(folder / "combat.db");
    const auto error = refusal(folder / "combat.db");
    INFO(error.message());
    CHECK(error == es::errc::corrupt);
    CHECK(error.message() == "sqlite store \"" + folder / "combat.db" +
                                 "\": could not be brought from schema 1 to schema 2, and was left "
                                 "as it is: cannot store REAL value in INTEGER column "
                                 "es_events.recorded_at");
    CHECK(parts(folder / "combat.db") == before);
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM es_events") == "3");
}

TEST_CASE("A file of a later schema is refused") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw(folder / "combat.db").run("PRAGMA user_version = 5");
    const auto error = refusal(folder / "combat.db");
    CHECK(error == es::errc::unsupported);
    CHECK(error.message() == "sqlite store \"" + folder / "combat.db" +
                                 "\" has schema 5, and this library knows schemas up to 4: use a "
                                 "later eventsourcing library");
}

TEST_CASE("A store that another process migrates further refuses to write") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    Raw(folder / "combat.db").run("PRAGMA user_version = 5");
    const auto done = append(store, "combat-ogre", {event()});
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unsupported);
}

TEST_CASE("A file that says nothing of its schema is refused") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw(folder / "combat.db").run("PRAGMA user_version = 0");
    CHECK(refusal(folder / "combat.db") == es::errc::corrupt);
}

TEST_CASE("A database of another application is refused and not touched") {
    const Folder folder;
    const auto mode = GENERATE(as<std::string>(), "DELETE", "WAL");
    const std::string path = folder / "other.db";
    {
        Raw raw(path);
        raw.run("PRAGMA journal_mode = " + mode +
                "; CREATE TABLE mine(x); INSERT INTO mine VALUES(7)");
    }
    const std::string before = content(path);
    const auto error = refusal(path);
    CHECK(error == es::errc::corrupt);
    CHECK(error.message() ==
          "sqlite store \"" + path +
              "\" is a SQLite database of another application (application id "
              "0, expected 1702261618); it was left as it is: name another file");
    CHECK(content(path) == before);
    CHECK(Raw(path).value("SELECT x FROM mine") == "7");
    CHECK(Raw(path).value("PRAGMA journal_mode") == (mode == "WAL" ? "wal" : "delete"));
}

TEST_CASE("A database that another application has open is refused and its log not touched") {
    const Folder folder;
    const std::string path = folder / "other.db";
    Raw raw(path);
    raw.run("PRAGMA journal_mode = WAL; CREATE TABLE mine(x); INSERT INTO mine VALUES(7)");
    const std::string log = content(path + "-wal");
    CHECK(refusal(path) == es::errc::corrupt);
    CHECK(content(path + "-wal") == log);
    CHECK(raw.value("SELECT x FROM mine") == "7");
}

TEST_CASE("A database that another application left with a log is refused, and so is the log") {
    const Folder folder;
    const std::string path = folder / "left.db";
    {
        Raw raw(folder / "other.db");
        raw.run("PRAGMA journal_mode = WAL; CREATE TABLE mine(x); INSERT INTO mine VALUES(7)");
        for (const char* end : {"", "-wal"}) // as after a crash
            std::filesystem::copy_file(folder / "other.db" + end, path + end);
    }
    const std::string before = content(path);
    const std::string log = content(path + "-wal");
    CHECK(refusal(path) == es::errc::corrupt);
    CHECK(content(path) == before);
    CHECK(content(path + "-wal") == log);
    CHECK(Raw(path).value("SELECT x FROM mine") == "7");
}

TEST_CASE("An empty database with another application id is refused") {
    const Folder folder;
    Raw(folder / "other.db").run("PRAGMA application_id = 42");
    CHECK(refusal(folder / "other.db") == es::errc::corrupt);
    Raw(folder / "versioned.db").run("PRAGMA user_version = 1");
    CHECK(refusal(folder / "versioned.db") == es::errc::corrupt);
}

TEST_CASE("A file that is no SQLite database is refused and not touched") {
    const Folder folder;
    for (const std::string& text :
         {std::string("x"), std::string("hi"), std::string(5000, 'x'),
          std::string("SQLite format 3"),
          std::string("SQLite format 3\0", 16) + std::string(5000, 'x')}) {
        std::ofstream(folder / "notes.txt") << text;
        const auto error = refusal(folder / "notes.txt");
        INFO(error.message());
        CHECK(error == es::errc::corrupt);
        CHECK(content(folder / "notes.txt") == text);
    }
}

TEST_CASE("An empty file becomes a store") {
    const Folder folder;
    std::ofstream(folder / "combat.db").flush();
    CHECK(append(open_store(folder / "combat.db"), "combat-ogre", {event()}));
}

TEST_CASE("Many processes may make or migrate one file at once") {
    const Folder folder;
    const int old = GENERATE(0, 1, 2, 3); // its schema
    if (old == 1)
        make_version_1(folder / "combat.db");
    if (old == 2)
        make_version_2(folder / "combat.db");
    if (old == 3)
        make_version_3(folder / "combat.db");
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i)
        children.push_back(in_child([&] {
            for (int round = 0; round < 5; ++round) {
                auto store = es::SqliteStore::open(folder / "combat.db");
                if (!store)
                    return 1;
                const Events events{event()};
                if (!store->append_unchecked("combat-elf", es::EventBatch(events)))
                    return 2;
            }
            return 0;
        }));
    for (const pid_t child : children)
        CHECK(exit_code(child) == 0);
    constexpr std::size_t before[] = {0, 3, 4, 7};
    CHECK(all_positions(open_store(folder / "combat.db")).size() == 30 + before[old]);
}
