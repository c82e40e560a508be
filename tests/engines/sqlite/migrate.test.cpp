// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/migrate.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;

namespace {

/// A copy of the file of schema 4 (tests/data/sqlite).
void make_version_4(const std::string& path) {
    const std::string tests(__FILE__, std::string_view(__FILE__).rfind("engines/sqlite/"));
    std::filesystem::copy_file(tests + "data/sqlite/schema-4.db", path);
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
    CHECK(raw.value("PRAGMA user_version") == "5");
    CHECK(raw.value("PRAGMA journal_mode") == "wal");
    CHECK(raw.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") ==
          std::vector<std::string>{"es_checkpoints", "es_event_tags", "es_events", "es_parked",
                                   "es_rows", "es_snapshots", "es_store", "es_stream_events",
                                   "es_tags", "es_types"});
    CHECK(raw.rows("SELECT name FROM pragma_table_info('es_snapshots') WHERE pk > 0 ORDER BY pk") ==
          std::vector<std::string>{"stream_name", "kind", "fingerprint"});
}

TEST_CASE("A file of an earlier schema is left as it is if only a current one is to be opened") {
    const Folder folder;
    const es::SqliteOptions current{.open = es::SqliteOpen::current};
    const std::string old = folder / "old.db";
    make_version_4(old);
    const auto refused = es::SqliteStore::open(old, current);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(refused.error().message() ==
          "sqlite store \"" + old +
              "\" has schema 4; opening it brings it to schema 5, after which older "
              "programs can't use it: say open=existing to do that");
    CHECK(Raw(old).value("PRAGMA user_version") == "4");

    std::ofstream(folder / "empty.db").close();
    const auto empty = es::SqliteStore::open(folder / "empty.db", current);
    REQUIRE_FALSE(empty);
    CHECK(empty.error().message().find(" is empty: say open=existing to make a store of it") !=
          std::string::npos);
    CHECK(es::SqliteStore::open(folder / "none.db", current).error() == es::errc::not_found);

    REQUIRE(es::SqliteStore::open(old, {.open = es::SqliteOpen::existing}));
    REQUIRE(es::SqliteStore::open_url(old + "?open=current"));
}

TEST_CASE("No program can change or delete events") {
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

TEST_CASE("A file of schema 4 is migrated when it is opened, and all of it is there") {
    const Folder folder;
    make_version_4(folder / "combat.db");
    const auto events = [&] {
        Raw raw(folder / "combat.db");
        auto out = raw.rows("SELECT position, stream_name, revision, hex(id), type, recorded_at, "
                            "tag_count, hex(data), hex(metadata) FROM es_events");
        for (const char* sql :
             {"SELECT key, position, stream_name, hex(id), type, recorded_at, tag_count, "
              "hex(data), "
              "hex(metadata) FROM es_stream_events",
              "SELECT id, name FROM es_tags", "SELECT tag, position FROM es_event_tags",
              "SELECT id, name, version, content_type FROM es_types"})
            for (auto& value : raw.rows(sql))
                out.push_back(std::move(value));
        return out;
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
    const auto page = store.read_all();
    REQUIRE(page);
    const es::EventRecord& first = page->records()[0];
    CHECK(first.id.to_string() == "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e01");
    CHECK(first.recorded_at == es::Timestamp::from_unix(1'700'000'000, 123'456'789));
    CHECK(first.type == "combat.entity_attacked");
    CHECK(first.version == "1.0");
    CHECK(first.metadata == R"({"commandId":"7"})");
    CHECK(std::vector(first.tags.begin(), first.tags.end()) ==
          std::vector<std::string_view>{"entity:ogre", "kind:monster"});
    CHECK(all_positions(store, {.items = {{.tags = {"kind:monster"}}}}).size() == 2);
    CHECK(all_positions(store, {.items = {{.types = {"combat.entity_died"}}}}).size() == 4);
    REQUIRE(
        append(store, "combat-142230", es::ExpectedRevision::exactly(es::Revision{1}), {event()}));
    REQUIRE(append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()}));
    CHECK(store.verify()->problems == std::vector<std::string>{});
    store.close();

    Raw raw(folder / "combat.db");
    CHECK(raw.value("PRAGMA user_version") == "5");
    CHECK(raw.rows("SELECT name, fingerprint, rebuild, position, prepare, fence, status "
                   "FROM es_checkpoints") ==
          std::vector<std::string>{"totals", "", "0", "2", "0", "0", ""});
    CHECK(raw.value("SELECT count(*) FROM es_snapshots") == "0"); // without the id of their event
    CHECK(raw.value("SELECT length(id) FROM es_store") == "16");
    CHECK(raw.try_run("DELETE FROM es_events") == SQLITE_CONSTRAINT);
    CHECK(raw.try_run("DELETE FROM es_stream_events") == SQLITE_CONSTRAINT);
}

TEST_CASE("The same type with a source is found with the one of before") {
    const Folder folder;
    make_version_4(folder / "combat.db");
    auto store = open_store(folder / "combat.db");
    Events events{event("combat.entity_died"), event("combat.entity_died")};
    events[0].source = "https://example.org/combat";
    REQUIRE(append(store, "combat-elf", events));
    CHECK(Raw(folder / "combat.db")
              .rows("SELECT version, source FROM es_types WHERE name = 'combat.entity_died' "
                    "ORDER BY version, source") ==
          std::vector<std::string>{"1.0", "", "1.0", "https://example.org/combat", "2.0", ""});
    CHECK(all_positions(store, {.items = {{.types = {"combat.entity_died"}}}}).size() == 6);
}

TEST_CASE("A migrated file is made of the same parts as a new one") {
    const Folder folder;
    make_version_4(folder / "4.db");
    for (const char* name : {"4.db", "new.db"})
        open_store(folder / name).close();
    CHECK(parts(folder / "4.db") == parts(folder / "new.db"));
}

TEST_CASE("There is a step from each schema that was released to the next one") {
    int version = 4;
    for (const auto& step : es::detail::sqlite::schema_steps)
        CHECK(step.from == version++);
    CHECK(version == es::detail::sqlite::schema_version);
}

TEST_CASE("A file of a schema that was never released is refused, and left as it is") {
    const Folder folder;
    make_version_4(folder / "combat.db");
    Raw(folder / "combat.db").run("PRAGMA user_version = 3");
    const std::string before = content(folder / "combat.db");
    const auto error = refusal(folder / "combat.db");
    CHECK(error == es::errc::unsupported);
    CHECK(error.message() ==
          "sqlite store \"" + folder / "combat.db" +
              "\" has schema 3, which no release has written; this library opens schemas 4 to 5: "
              "open it once with the library that made it, export its events and import them "
              "here");
    CHECK(content(folder / "combat.db") == before);
}

TEST_CASE("A migration that fails leaves the file as it was") {
    const Folder folder;
    make_version_4(folder / "combat.db");
    const auto [sql, says] = GENERATE(table<const char*, const char*>({
        {"DROP TABLE es_types; CREATE TABLE es_types(id INTEGER PRIMARY KEY, name TEXT)",
         "no such column: version"},
        {"CREATE TABLE es_parked(mine)", "table es_parked already exists"},
        {"DROP TABLE es_snapshots", "no such table: es_snapshots"},
    }));
    Raw(folder / "combat.db").run(sql);
    const auto before = parts(folder / "combat.db");
    const auto error = refusal(folder / "combat.db");
    CHECK(error == es::errc::corrupt);
    CHECK(error.message() == "sqlite store \"" + folder / "combat.db" +
                                 "\": could not be brought from schema 4 to schema 5, and was left "
                                 "as it is: " +
                                 says);
    CHECK(parts(folder / "combat.db") == before);
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM es_events") == "7");
    CHECK(Raw(folder / "combat.db").value("PRAGMA user_version") == "4");
}

TEST_CASE("A file of a later schema is refused") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw(folder / "combat.db").run("PRAGMA user_version = 6");
    const auto error = refusal(folder / "combat.db");
    CHECK(error == es::errc::unsupported);
    CHECK(error.message() == "sqlite store \"" + folder / "combat.db" +
                                 "\" has schema 6, and this library knows schemas up to 5: use a "
                                 "later eventsourcing library");
}

TEST_CASE("A store that another process migrates further refuses to write") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    Raw(folder / "combat.db").run("PRAGMA user_version = 6");
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

TEST_CASE("Many processes may make or migrate one file at once", "[waits]") {
    const Folder folder;
    const bool old = GENERATE(false, true);
    if (old)
        make_version_4(folder / "combat.db");
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i)
        children.push_back(in_child([&] {
            for (int round = 0; round < 5; ++round) {
                auto store = es::SqliteStore::open(folder / "combat.db", {.busy_timeout = 1h});
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
    CHECK(all_positions(open_store(folder / "combat.db")).size() == (old ? 37 : 30));
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM es_store") == "1");
}
