// SPDX-License-Identifier: MIT
// Nothing that a store does needs a temporary file, so it does not need a folder for them.
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/engines/sqlite/open_connections.hpp>
#include <eventsourcing/engines/sqlite/writer.hpp>
#include <eventsourcing/engines/sqlite_keys.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

using namespace sqlite_tests;

namespace {

/// Refuses all temporary files, as a system without a folder for them does.
struct NoTemporaryFiles : VfsWatcher {
    VfsVerdict before(const VfsCall& call) override {
        constexpr int temporary = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TEMP_JOURNAL |
                                  SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_SUBJOURNAL |
                                  SQLITE_OPEN_DELETEONCLOSE;
        if (call.op != VfsOp::open || (call.open_flags & temporary) == 0)
            return {};
        ++refused;
        return {.done = false, .code = SQLITE_CANTOPEN};
    }
    int refused = 0;
};

/// So many events whose ids are all over the index.
Events scattered(std::size_t count) {
    Events events(count, event());
    std::uint64_t state = 1;
    for (es::NewEvent& one : events) {
        es::Uuid::Bytes bytes{};
        for (auto& byte : bytes) {
            state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
            byte = static_cast<std::uint8_t>(state >> 56U);
        }
        one.id = es::Uuid(bytes);
    }
    return events;
}

} // namespace

TEST_CASE("Large appends that share a commit, verify and backup need no temporary file") {
    NoTemporaryFiles watcher;
    const VfsShim shim({&watcher});
    const Folder folder;
    const Events all = scattered(8'000);
    {
        const auto connection = es::detail::sqlite::open_writer(folder / "combat.db", {});
        REQUIRE(connection);
        es::detail::sqlite::Writer writer(**connection);
        REQUIRE(writer.begin());
        for (const std::size_t from : {0U, 6'000U, 7'000U}) { // all but the first in a savepoint
            const std::span<const es::NewEvent> events =
                std::span(all).subspan(from, from == 0 ? 6'000 : 1'000);
            const std::vector<std::int64_t> times(events.size(), 0);
            const auto done = writer.append({"combat-ogre", {}, events, times, {}, {}});
            INFO((done ? "" : done.error().message()));
            REQUIRE(done);
        }
        REQUIRE(writer.commit());
    }
    auto store = open_store(folder / "combat.db");
    CHECK(store.verify()->problems == std::vector<std::string>{});
    CHECK(store.backup(folder / "backup.db"));
    store.close();
    CHECK(watcher.refused == 0);
}

TEST_CASE("A migration needs no temporary file") {
    NoTemporaryFiles watcher;
    const VfsShim shim({&watcher});
    const Folder folder;
    const std::string tests(__FILE__, std::string_view(__FILE__).rfind("engines/sqlite/"));
    std::filesystem::copy_file(tests + "data/sqlite/schema-4.db", folder / "combat.db");
    Raw(folder / "combat.db")
        .run("WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
             "INSERT INTO es_types SELECT i, printf('combat.type_%d', i * 7919 % 20000), '1.0', "
             "'application/json' FROM n");
    watcher.refused = 0;
    open_store(folder / "combat.db").close();
    CHECK(watcher.refused == 0);
    CHECK(Raw(folder / "combat.db").value("SELECT count(*) FROM es_types") == "20000");
}

TEST_CASE("Keys in a file need no temporary file") {
    NoTemporaryFiles watcher;
    const VfsShim shim({&watcher});
    const Folder folder;
    {
        const auto keys = es::SqliteKeys::open(folder / "keys.db");
        REQUIRE(keys);
        for (int i = 0; i < 500; ++i)
            REQUIRE(keys->seal("person:" + std::to_string(i), std::string("ann@example.org")));
        for (int i = 0; i < 500; i += 5)
            REQUIRE(keys->erase("person:" + std::to_string(i)));
        REQUIRE(keys->backup(folder / "backup.db"));
    }
    REQUIRE(es::SqliteKeys::open(folder / "backup.db"));
    CHECK(watcher.refused == 0);
}
