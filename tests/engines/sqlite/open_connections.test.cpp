// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/open_connections.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;
using namespace es::detail::sqlite;

namespace {

std::int64_t setting(Connection& connection, const std::string& name) {
    const auto value = one_integer(connection, ("PRAGMA " + name).c_str());
    REQUIRE(value);
    return *value;
}

/// Of a switch that has no PRAGMA.
bool is_on(Connection& connection, int option) {
    int value = -1;
    REQUIRE(sqlite3_db_config(connection.handle(), option, -1, &value) == SQLITE_OK);
    return value == 1;
}

} // namespace

TEST_CASE("The connection that writes is durable, and checks the cells of each page") {
    const Folder folder;
    const auto full = open_writer(folder / "combat.db", {});
    REQUIRE(full);
    CHECK(setting(**full, "synchronous") == 2);
    CHECK(setting(**full, "wal_autocheckpoint") == 0);
    CHECK(setting(**full, "trusted_schema") == 0);
    CHECK(setting(**full, "cell_size_check") == 1);
    CHECK(setting(**full, "foreign_keys") == 0);
    CHECK(setting(**full, "fullfsync") == 1);
    CHECK(setting(**full, "checkpoint_fullfsync") == 1);
    CHECK(setting(**full, "query_only") == 0);
    CHECK(is_on(**full, SQLITE_DBCONFIG_DEFENSIVE));
    CHECK(is_on(**full, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE));

    const auto relaxed =
        open_writer(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    REQUIRE(relaxed);
    CHECK(setting(**relaxed, "synchronous") == 1);
    CHECK(setting(**relaxed, "wal_autocheckpoint") == 0);
}

TEST_CASE("A connection that reads can't write, and never copies the log") {
    const Folder folder;
    const auto writer = open_writer(folder / "combat.db", {});
    REQUIRE(writer);
    CHECK((*writer)->absolute_path() == std::filesystem::canonical(folder / "combat.db"));
    const auto reader = open_reader((*writer)->absolute_path(), (*writer)->store());
    REQUIRE(reader);
    CHECK(setting(**reader, "query_only") == 1);
    CHECK(setting(**reader, "wal_autocheckpoint") == 0);
    CHECK(setting(**reader, "trusted_schema") == 0);
    CHECK(is_on(**reader, SQLITE_DBCONFIG_DEFENSIVE));
    CHECK(is_on(**reader, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE));
    const auto tried = (*reader)->execute("DELETE FROM es_tags");
    REQUIRE_FALSE(tried);
    CHECK(tried.error() == es::errc::denied);
}

TEST_CASE("A file system without shared memory is refused") {
    sqlite3_vfs* const usual = sqlite3_vfs_find(nullptr);
    sqlite3_vfs* const other = sqlite3_vfs_find("unix-dotfile"); // cannot have a write-ahead log
    if (!other)
        return;
    const Folder folder;
    REQUIRE(sqlite3_vfs_register(other, 1) == SQLITE_OK);
    const auto opened = open_writer(folder / "combat.db", {});
    const int restored = sqlite3_vfs_register(usual, 1);
    REQUIRE(restored == SQLITE_OK);
    REQUIRE_FALSE(opened);
    CHECK(opened.error() == es::errc::unsupported);
}
