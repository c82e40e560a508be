// SPDX-License-Identifier: MIT
// Progress and snapshots in a file, beyond the laws that every store keeps.
#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace sqlite_tests;

namespace {

const es::ProgressKey scores_key{.name = "scores", .fingerprint = "f1"};

es::Progress at(std::uint64_t position, std::uint64_t fence = 1) {
    return {.checkpoint = {.position = es::Position{position}}, .owner = "test", .fence = fence};
}

/// A commit from what is stored to the next position.
es::ProgressCommit next_commit(const es::SqliteStore& store,
                               const es::ProgressKey& key = scores_key) {
    const auto loaded = store.load_progress(key);
    REQUIRE(loaded);
    const auto position = *loaded ? (*loaded)->checkpoint.position->value() + 1 : 1;
    return {.key = key, .loaded = *loaded, .next = at(position)};
}

es::Result<void> run_sql(const es::SqliteStore& store, std::vector<es::SqlStatement> statements,
                         const es::CallOptions& call = {}) {
    auto commit = next_commit(store);
    commit.rows = {{.key = "a", .data = "with the statements"}};
    commit.statements = std::move(statements);
    return store.commit_progress(commit, call);
}

constexpr const char* create =
    "CREATE TABLE scores(name TEXT PRIMARY KEY, deaths INTEGER NOT NULL) STRICT";
constexpr const char* count_death =
    "INSERT INTO scores VALUES(?1, 1) ON CONFLICT DO UPDATE SET deaths = deaths + 1";

} // namespace

TEST_CASE("Statements run in the commit of the checkpoint, with their values bound") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    REQUIRE(run_sql(store, {{create}}));
    REQUIRE(run_sql(store, {{count_death, {"ogre"}}, {count_death, {"elf"}}}));
    REQUIRE(run_sql(store, {{count_death, {"ogre'; DROP TABLE scores; --"}}}));
    REQUIRE(run_sql(store, {{std::string(count_death) + "; -- and no more", {"ogre"}}}));
    REQUIRE(run_sql(store, {{"SELECT * FROM scores"}})); // its rows are dropped
    REQUIRE(run_sql(store, {{"CREATE TABLE kinds(a, b, c, d, e)"},
                            {"INSERT INTO kinds VALUES(?, ?, ?, ?, ?)",
                             {std::monostate{}, std::int64_t{-7}, 0.5, std::string("a\0b", 3),
                              std::vector<std::byte>{std::byte{0xFF}, std::byte{0}}}},
                            {"INSERT INTO kinds(a, e) VALUES(?, ?)",
                             {std::string(), std::vector<std::byte>{}}}}));
    Raw raw(folder / "combat.db");
    CHECK(raw.rows("SELECT name, deaths FROM scores ORDER BY name") ==
          std::vector<std::string>{"elf", "1", "ogre", "2", "ogre'; DROP TABLE scores; --", "1"});
    CHECK(raw.rows("SELECT typeof(a), b, c, hex(d), hex(e), typeof(e) FROM kinds") ==
          std::vector<std::string>{"null", "-7", "0.5", "610062", "FF00", "blob", "text", "NULL",
                                   "NULL", "", "", "blob"});
    const auto progress = store.load_progress(scores_key);
    CHECK((*progress)->checkpoint.position == es::Position{6});
}

TEST_CASE("A statement that fails undoes all of its commit, and is named", "[waits]") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    REQUIRE(run_sql(store, {{create}}));
    const auto before = store.load_progress(scores_key);
    const auto failing = GENERATE(as<std::string>{}, "INSERT INTO scores VALUES('ogre', 1)",
                                  "INSERT OR ROLLBACK INTO scores VALUES('ogre', 1)",
                                  "INSERT OR FAIL INTO scores VALUES('elf', 1), ('ogre', 1)",
                                  "INSERT INTO scores VALUES('elf', 'many')",
                                  "INSERT INTO nowhere VALUES(1)", "SELEC 1");
    auto commit = next_commit(store);
    commit.rows = {{.key = "a", .data = "2"}};
    commit.park = {{.key = "k", .stream = es::StreamName("combat-ogre")}};
    commit.statements = {{count_death, {"ogre"}}, {failing}};
    const bool shares = GENERATE(false, true); // the transaction of another one
    std::jthread other;
    if (shares)
        other = std::jthread([&] {
            for (int i = 0; i < 5; ++i)
                static_cast<void>(append(store, "combat-elf", {event()}));
        });
    const auto done = store.commit_progress(commit);
    INFO(failing);
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::invalid);
    CHECK(done.error().message().starts_with("statement 2 of the commit (\"" +
                                             failing.substr(0, 20)));
    CHECK(done.error().message().ends_with("; nothing of the commit was done"));
    CHECK(*store.load_progress(scores_key) == *before);
    CHECK(**store.load_row(scores_key, "a") == "with the statements");
    CHECK(store.load_parked(scores_key, {}, 10)->empty());
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM scores") == "0");
    REQUIRE(run_sql(store, {{count_death, {"ogre"}}})); // the store goes on
    if (shares) {
        other.join();
        CHECK(store.read_stream("combat-elf")->records().size() == 5);
    }
}

TEST_CASE("Statements can't end the transaction, nor touch what is the library's or temporary") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    REQUIRE(run_sql(store, {{create},
                            {"CREATE VIEW spy AS SELECT * FROM es_events"},
                            {"CREATE TABLE es2(x)"},
                            {"INSERT INTO es2 VALUES(1)"},
                            {"ALTER TABLE es2 RENAME TO es3"},
                            {"ALTER TABLE es3 RENAME COLUMN x TO y"},
                            {"ALTER TABLE es3 RENAME TO es2"}}));
    {
        Raw raw(folder / "combat.db");
        raw.run("CREATE TRIGGER thief AFTER INSERT ON scores BEGIN DELETE FROM es_rows; END");
    }
    const auto refuse = [&](const std::string& sql, std::string_view why) {
        const auto done = run_sql(store, {{sql}});
        INFO(sql);
        REQUIRE_FALSE(done);
        CHECK(done.error() == es::errc::invalid);
        INFO(done.error().message());
        CHECK(done.error().message().find(why) != std::string::npos);
    };
    for (const char* sql : {"COMMIT", "ROLLBACK", "END", "BEGIN", "SAVEPOINT x", "RELEASE append",
                            "ROLLBACK TO append"})
        refuse(sql, "it begins or ends a transaction");
    refuse("ATTACH 'other.db' AS other", "it attaches or detaches a file");
    refuse("DETACH main", "it attaches or detaches a file");
    refuse("VACUUM", "VACUUM");
    refuse("VACUUM INTO 'x.db'", "VACUUM");
    refuse("PRAGMA user_version = 9", "it is a PRAGMA");
    refuse("SELECT * FROM pragma_table_info('scores')", "it is a PRAGMA");
    refuse("ANALYZE", "it is an ANALYZE");
    for (const char* sql : {"CREATE TEMP TABLE t(x)", "CREATE TEMP VIEW v AS SELECT 1",
                            "CREATE TEMP TRIGGER t AFTER INSERT ON scores BEGIN SELECT 1; END"})
        refuse(sql, "temporary");
    for (const char* sql : {"SELECT * FROM es_events",
                            "SELECT count(*) FROM ES_Rows",
                            "INSERT INTO scores SELECT id, 1 FROM es_tags",
                            "UPDATE es_checkpoints SET fence = 99",
                            "DELETE FROM es_stream_events",
                            "INSERT INTO es_store VALUES(1, 'x')",
                            "DROP TABLE es_parked",
                            "DROP TRIGGER es_no_update",
                            "DROP INDEX es_events_type",
                            "ALTER TABLE es_rows ADD COLUMN x",
                            "CREATE TABLE es_mine(x)",
                            "ALTER TABLE scores RENAME TO es_mine",
                            "alter table es2 rename to\n  \"ES_mine\"",
                            "ALTER TABLE es2 RENAME TO [es_mine]",
                            "CREATE INDEX es_i ON scores(deaths)",
                            "CREATE INDEX i ON es_rows(data)",
                            "CREATE TRIGGER t AFTER INSERT ON es_events BEGIN SELECT 1; END",
                            "WITH e AS (SELECT data FROM es_events) SELECT * FROM e",
                            "SELECT * FROM spy",
                            "INSERT INTO scores VALUES('ogre', 1)",
                            "REINDEX es_events_type",
                            "REINDEX",
                            "CREATE VIEW es_v AS SELECT 1"})
        refuse(sql, "it touches a table of the library");
    refuse("UPDATE sqlite_schema SET sql = ''", "sqlite_");
    refuse("SELECT 1; SELECT 2", "it is more than one statement");
    refuse("SELECT 1; COMMIT", "it is more than one statement");
    refuse("", "there is no SQL in it");
    refuse(" -- nothing", "there is no SQL in it");
    refuse(std::string("SELECT 1\0; DROP TABLE scores", 28), "NUL byte");
    refuse("SELECT ?1", "it has 1 parameters and 0 values");
    CHECK(store.verify()->problems == std::vector<std::string>{});
    // the rules are for statements of the application only
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(all_positions(store).size() == 2);
}

TEST_CASE("A statement that comes again is checked again once the schema has changed") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    REQUIRE(run_sql(store, {{create}}));
    for (int i = 0; i < 3; ++i)
        REQUIRE(run_sql(store, {{count_death, {"ogre"}}, {count_death, {"elf"}}}));
    Raw raw(folder / "combat.db");
    raw.run("CREATE TRIGGER thief AFTER INSERT ON scores BEGIN DELETE FROM es_rows; END");
    const auto touches = run_sql(store, {{count_death, {"ogre"}}});
    REQUIRE_FALSE(touches);
    CHECK(touches.error() == es::errc::invalid);
    CHECK(touches.error().message().find("it touches a table of the library") != std::string::npos);
    raw.run("DROP TRIGGER thief");
    REQUIRE(run_sql(store, {{count_death, {"ogre"}}}));

    const auto renamed =
        run_sql(store, {{"ALTER TABLE scores RENAME TO old"}, {count_death, {"ogre"}}});
    REQUIRE_FALSE(renamed);
    CHECK(renamed.error().message().find("no such table") != std::string::npos);
    REQUIRE(run_sql(store, {{"ALTER TABLE scores RENAME TO old"}, {create}}));
    REQUIRE(run_sql(store, {{count_death, {"ogre"}}}));
    CHECK(raw.rows("SELECT name, deaths FROM old ORDER BY name") ==
          std::vector<std::string>{"elf", "3", "ogre", "4"});
    CHECK(raw.rows("SELECT name, deaths FROM scores") == std::vector<std::string>{"ogre", "1"});
}

TEST_CASE("More different statements than a connection keeps run like few") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    REQUIRE(run_sql(store, {{create}}));
    for (int round = 0; round < 2; ++round) {
        std::vector<es::SqlStatement> all;
        for (std::size_t i = 0; i < 2 * es::detail::sqlite::GuestStatements::most + 7; ++i)
            for (const std::size_t blanks : {std::size_t{1}, std::size_t{5'000} * (i % 50 == 0)})
                all.push_back({std::string(count_death) + std::string(blanks, ' ') + "-- " +
                                   std::to_string(i),
                               {"ogre"}});
        REQUIRE(run_sql(store, std::move(all)));
    }
    CHECK(Raw(folder / "combat.db").value("SELECT deaths FROM scores") == "828");
}

TEST_CASE("Statements keep a full-text index, and an index of places, where SQLite has them") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    Raw raw(folder / "combat.db");
    if (raw.try_run("CREATE VIRTUAL TABLE temp.t USING fts5(a)") == SQLITE_OK) {
        const auto made = run_sql(store, {{"CREATE VIRTUAL TABLE texts USING fts5(text)"}});
        INFO((made ? "" : made.error().message()));
        REQUIRE(made);
        REQUIRE(run_sql(store, {{"INSERT INTO texts VALUES(?)", {"the ogre died"}},
                                {"INSERT INTO texts VALUES(?)", {"the elf was healed"}}}));
        REQUIRE(run_sql(store, {{"DELETE FROM texts WHERE texts MATCH 'healed'"}}));
        CHECK(raw.value("SELECT text FROM texts WHERE texts MATCH 'ogre'") == "the ogre died");
        CHECK(raw.value("SELECT count(*) FROM texts") == "1");
    }
    if (raw.try_run("CREATE VIRTUAL TABLE temp.r USING rtree(id, a, b)") == SQLITE_OK) {
        const auto made = run_sql(store, {{"CREATE VIRTUAL TABLE places USING rtree(id, a, b)"}});
        INFO((made ? "" : made.error().message()));
        REQUIRE(made);
        REQUIRE(run_sql(store, {{"INSERT INTO places VALUES(1, 0, 5)"}}));
        CHECK(raw.value("SELECT id FROM places WHERE a < 3 AND b > 3") == "1");
    }
    CHECK(store.verify()->problems == std::vector<std::string>{});
}

TEST_CASE("A full-text index that is out of step with its content refuses a commit and no more") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    if (Raw(folder / "combat.db").try_run("CREATE VIRTUAL TABLE temp.t USING fts5(a)") != SQLITE_OK)
        return;
    REQUIRE(run_sql(
        store, {{"CREATE TABLE texts(id INTEGER PRIMARY KEY, text TEXT) STRICT"},
                {"CREATE VIRTUAL TABLE found USING fts5(text, content=texts, content_rowid=id)"},
                {"INSERT INTO texts VALUES(1, 'the ogre died')"}}));
    const auto refused =
        run_sql(store, {{"INSERT INTO found(found, rank) VALUES('integrity-check', 1)"}});
    REQUIRE_FALSE(refused);
    INFO(refused.error().message());
    CHECK(refused.error() == es::errc::invalid);
    CHECK(refused.error().message().find("out of step") != std::string::npos);
    CHECK(append(store, "combat-ogre", {event()}));
    REQUIRE(run_sql(store, {{"INSERT INTO found(found) VALUES('rebuild')"},
                            {"INSERT INTO found(found, rank) VALUES('integrity-check', 1)"}}));
}

TEST_CASE("A statement that runs for too long ends at the deadline of its call") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    REQUIRE(run_sql(store, {{create}}));
    const es::SqlStatement endless{"INSERT INTO scores WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                                   "SELECT i + 1 FROM n) SELECT i, i FROM n WHERE i < 0"};
    const auto done = run_sql(store, {endless}, es::CallOptions::within(30ms));
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::timed_out);
    CHECK(done.error().outcome() == es::Outcome::not_done);
    CHECK((*store.load_progress(scores_key))->checkpoint.position == es::Position{1});
    REQUIRE(run_sql(store, {{count_death, {"ogre"}}}));
}

TEST_CASE("Commits of progress share transactions with appends, and none is lost or doubled",
          "[waits]") {
    const Folder folder(fast_place());
    const auto store =
        open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    REQUIRE(run_sql(store,
                    {{"CREATE TABLE total(n INTEGER NOT NULL)"}, {"INSERT INTO total VALUES(0)"}}));
    constexpr int each = 60;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 2; ++t)
            threads.emplace_back([&, t] {
                const std::string name = "combat-" + std::to_string(t);
                for (int i = 0; i < each; ++i)
                    if (!append(store, *es::StreamName::parse(name), {event()}))
                        std::abort();
            });
        for (int t = 0; t < 2; ++t)
            threads.emplace_back([&, t] { // two runners of one subscription
                for (int done = 0; done < each;) {
                    const auto loaded = store.load_progress(scores_key);
                    es::ProgressCommit commit{.key = scores_key, .loaded = *loaded};
                    commit.next = at((*loaded)->checkpoint.position->value() + 1);
                    commit.next.owner = std::to_string(t);
                    commit.rows = {
                        {.key = "a",
                         .data = std::to_string(commit.next.checkpoint.position->value())}};
                    commit.statements = {{"UPDATE total SET n = n + 1"}};
                    const auto answer = store.commit_progress(commit);
                    if (!answer && answer.error() != es::errc::conflict)
                        std::abort();
                    done += answer ? 1 : 0;
                }
            });
        threads.emplace_back([&] {
            for (std::uint64_t i = 0; i < each; ++i)
                if (!store.save_snapshot({.stream = es::StreamName("combat-0"),
                                          .kind = "Combat",
                                          .fingerprint = "f",
                                          .revision = es::Revision{i},
                                          .data = std::to_string(i)}))
                    std::abort();
        });
    }
    CHECK(all_positions(store).size() == 2 * each);
    CHECK((*store.load_progress(scores_key))->checkpoint.position == es::Position{2 * each + 1});
    CHECK(**store.load_row(scores_key, "a") == std::to_string(2 * each + 1));
    CHECK(Raw(folder / "combat.db").value("SELECT n FROM total") == std::to_string(2 * each));
    CHECK((*store.load_snapshot("combat-0", "Combat", "f"))->revision == es::Revision{each - 1});
    CHECK(store.verify()->ok());
}

TEST_CASE("A store that was opened read-only reads progress and snapshots, and denies to write") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const es::Snapshot snapshot{
        .stream = es::StreamName("combat-ogre"), .kind = "Combat", .fingerprint = "f", .data = "s"};
    {
        auto store = open_store(path);
        REQUIRE(run_sql(store, {}));
        REQUIRE(store.save_snapshot(snapshot));
        store.close();
    }
    const auto store = open_store(path, {.open = es::SqliteOpen::read_only});
    CHECK((*store.load_progress(scores_key))->checkpoint.position == es::Position{1});
    CHECK(store.list_progress()->size() == 1);
    CHECK(store.load_rows(scores_key, {}, 10)->size() == 1);
    CHECK(store.load_parked(scores_key, {}, 10)->empty());
    CHECK(**store.load_snapshot("combat-ogre", "Combat", "f") == snapshot);
    CHECK(store.commit_progress(next_commit(store)).error() == es::errc::denied);
    CHECK(store.drop_progress(scores_key).error() == es::errc::denied);
    CHECK(store.save_snapshot(snapshot).error() == es::errc::denied);
    CHECK(store.prune_snapshots("Combat", "g").error() == es::errc::denied);
    CHECK(store.save_snapshot(snapshot).error().message().ends_with(
        "it was opened read-only: open it with open=existing to write to it"));
}

TEST_CASE("Dropped progress leaves no row in the file") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    auto commit = next_commit(store);
    commit.rows = {{.key = "a", .data = "1"}};
    commit.park = {{.key = "k", .stream = es::StreamName("combat-ogre")}};
    REQUIRE(store.commit_progress(commit));
    REQUIRE(store.drop_progress(scores_key));
    Raw raw(folder / "combat.db");
    for (const char* table : {"es_checkpoints", "es_rows", "es_parked"})
        CHECK(raw.value(std::string("SELECT count(*) FROM ") + table) == "0");
}

TEST_CASE("A backup has progress, rows, parked events, snapshots and tables of the application") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    auto commit = next_commit(store);
    commit.rows = {{.key = "a", .data = "1"}};
    commit.park = {{.key = "k", .stream = es::StreamName("combat-ogre")}};
    commit.statements = {{create}, {count_death, {"ogre"}}};
    REQUIRE(store.commit_progress(commit));
    const es::Snapshot snapshot{
        .stream = es::StreamName("combat-ogre"), .kind = "Combat", .fingerprint = "f", .data = "s"};
    REQUIRE(store.save_snapshot(snapshot));
    REQUIRE(store.backup(folder / "backup.db"));
    const auto copy = open_store(folder / "backup.db");
    CHECK(**copy.load_progress(scores_key) == commit.next);
    CHECK(**copy.load_row(scores_key, "a") == "1");
    CHECK(*copy.load_parked(scores_key, {}, 10) == commit.park);
    CHECK(**copy.load_snapshot("combat-ogre", "Combat", "f") == snapshot);
    CHECK(Raw(folder / "backup.db").value("SELECT deaths FROM scores") == "1");
}

TEST_CASE("Two processes' stores see each other's progress at once, and one of them wins") {
    const Folder folder;
    const auto one = open_store(folder / "combat.db");
    const auto other = open_store(folder / "combat.db"); // with connections of its own
    const auto first = next_commit(one);
    REQUIRE(one.commit_progress(first));
    CHECK(other.commit_progress({.key = scores_key, .next = at(9)}).error() == es::errc::conflict);
    const auto second = next_commit(other);
    REQUIRE(other.commit_progress(second));
    const auto late = one.commit_progress({.key = scores_key, .loaded = first.next, .next = at(7)});
    REQUIRE_FALSE(late);
    CHECK(late.error().message() ==
          "progress \"scores\" of fingerprint \"f1\": expected position 1 with fence 1 and owner "
          "\"test\", as it was loaded, but position 2 with fence 1 and owner \"test\" is stored; "
          "load it again and go on from there");
}

TEST_CASE("Verification finds rows without their progress, and progress that can't be read") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    {
        const auto store = open_store(path);
        auto commit = next_commit(store);
        commit.rows = {{.key = "a", .data = "1"}};
        commit.park = {{.key = "k", .stream = es::StreamName("combat-ogre")}};
        // not enforced, and not the library's concern
        commit.statements = {{"CREATE TABLE hits(score INTEGER REFERENCES scores(id))"},
                             {"INSERT INTO hits VALUES(7)"},
                             {"CREATE TABLE scores(id INTEGER PRIMARY KEY)"}};
        REQUIRE(store.commit_progress(commit));
        REQUIRE(store.save_snapshot({.stream = es::StreamName("combat-ogre"),
                                     .kind = "Combat",
                                     .fingerprint = "f",
                                     .data = "s"}));
        CHECK(store.verify()->problems == std::vector<std::string>{});
    }
    const auto problem = [&](const std::string& damage) {
        const std::string copy = folder / "damaged.db";
        std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
        Raw(copy).run(damage);
        const auto store = open_store(copy);
        const auto report = store.verify();
        REQUIRE(report);
        REQUIRE(report->problems.size() == 1);
        return report->problems[0];
    };
    CHECK(problem("UPDATE es_rows SET checkpoint = 99") ==
          "es_rows, row 1: it names a row of es_checkpoints that does not exist");
    CHECK(problem("UPDATE es_parked SET checkpoint = 99") ==
          "es_parked: it names a row of es_checkpoints that does not exist");
    CHECK(problem("UPDATE es_checkpoints SET name = ''")
              .starts_with(
                  "es_checkpoints, row 1: the name of progress \"\": expected 1 to 255 bytes"));
    CHECK(problem("UPDATE es_checkpoints SET event_id = x'00'")
              .find("progress \"scores\": an id has 1 bytes, expected 16") != std::string::npos);
    CHECK(problem("UPDATE es_rows SET key = 'a' || char(0)")
              .starts_with("es_rows, row 1: the key of a row \"a\\x00\": expected"));
    CHECK(problem("UPDATE es_parked SET stream_name = '%'").find("es_parked: ") == 0);
    CHECK(problem("UPDATE es_snapshots SET event_id = x'01'") ==
          "es_snapshots, row 1: the id of its event has 1 bytes, expected 16");
}

TEST_CASE("What a migration or another program left in progress that can't be read is an error") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    auto commit = next_commit(store);
    commit.park = {{.key = "k", .stream = es::StreamName("combat-ogre")}};
    REQUIRE(store.commit_progress(commit));
    Raw raw(folder / "combat.db");
    raw.run("UPDATE es_parked SET event_id = x'01'");
    CHECK(store.load_parked(scores_key, {}, 10).error() == es::errc::corrupt);
    raw.run("UPDATE es_checkpoints SET store_id = x'01'");
    CHECK(store.load_progress(scores_key).error() == es::errc::corrupt);
    CHECK(store.list_progress().error() == es::errc::corrupt);
    CHECK(store.commit_progress({.key = scores_key, .next = at(1)}).error() == es::errc::corrupt);
    CHECK_FALSE(*store.drop_progress({.name = "other"}));
    CHECK(append(store, "combat-ogre", {event()})); // events are not touched by it
}
