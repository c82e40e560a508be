// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/checkpointer.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;
using namespace es::detail::sqlite;

namespace {

constexpr es::SqliteOptions relaxed{.durability = es::SqliteDurability::relaxed,
                                    .checkpoint_frames = 40};

void append_many(const es::SqliteStore& store, int count) {
    for (int i = 0; i < count; ++i)
        REQUIRE(append(store, "combat-ogre", {event()}));
}

std::size_t frames_in_log(const std::string& path) {
    constexpr std::size_t frame = 4096 + 24;
    return std::filesystem::file_size(path + "-wal") / frame;
}

} // namespace

TEST_CASE("The log is copied into the file after so many frames, and used anew") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db", relaxed);
    append_many(store, 100);
    CHECK(frames_in_log(folder / "combat.db") < 80);
    const auto lazy = open_store(folder / "lazy.db", {.durability = es::SqliteDurability::relaxed});
    append_many(lazy, 100);
    CHECK(frames_in_log(folder / "lazy.db") > 300);
}

TEST_CASE("A reader that stays in an old snapshot holds up neither appends nor, later, the log") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", relaxed);
    append_many(store, 10);
    Raw reader(folder / "combat.db");
    reader.run("BEGIN");
    CHECK(reader.value("SELECT count(*) FROM es_events") == "10");
    append_many(store, 30);
    CHECK(frames_in_log(folder / "combat.db") > 80);
    CHECK(reader.value("SELECT count(*) FROM es_events") == "10");
    reader.run("COMMIT");
    append_many(store, 30); // now it is copied
    const auto grown = frames_in_log(folder / "combat.db");
    append_many(store, 60);
    CHECK(frames_in_log(folder / "combat.db") == grown);
    CHECK(all_positions(store).size() == 130);
}

TEST_CASE("A checkpoint that does not get the write lock copies nothing at all") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto opened = open_writer(path, relaxed);
    REQUIRE(opened);
    Connection& connection = **opened;
    Checkpointer checkpointer(connection, 1);
    REQUIRE(connection.execute("INSERT INTO es_tags(name) VALUES('entity:ogre')"));
    CHECK(checkpointer.due());
    const std::string before = content(path);
    const es::CallOptions call;

    Raw writer(path);
    writer.run("BEGIN IMMEDIATE");
    LockWait short_wait(call, 30ms);
    const auto tried = checkpointer.run(short_wait);
    REQUIRE(tried);
    CHECK_FALSE(*tried);
    CHECK(content(path) == before);
    // which is what SQLite does by itself in this case, and what the WAL-reset bug needs
    writer.run("PRAGMA busy_timeout = 0");
    Raw(path).run("PRAGMA busy_timeout = 30; PRAGMA wal_checkpoint(FULL)");
    CHECK(content(path) != before);
    writer.run("ROLLBACK");

    REQUIRE(connection.execute("UPDATE es_tags SET name = 'entity:elf'")); // it still works
    LockWait wait(call, 1s);
    const auto done = checkpointer.run(wait);
    REQUIRE(done);
    CHECK(*done);
    CHECK_FALSE(checkpointer.due());
}

TEST_CASE("A checkpoint that was kept from its work is due again so many frames later") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto opened = open_writer(path, relaxed);
    REQUIRE(opened);
    Checkpointer checkpointer(**opened, 4);
    const auto write = [&](int times) {
        for (int i = 0; i < times; ++i)
            REQUIRE((*opened)->execute("INSERT INTO es_tags(name) VALUES("
                                       "hex(randomblob(9)))"));
    };
    write(4);
    CHECK(checkpointer.due());
    Raw writer(path);
    writer.run("BEGIN IMMEDIATE");
    const es::CallOptions call;
    LockWait wait(call, 1ms);
    REQUIRE(checkpointer.run(wait));
    writer.run("ROLLBACK");
    CHECK_FALSE(checkpointer.due());
    write(4);
    CHECK(checkpointer.due());
}
