// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/store_id.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view ann[] = {"name:ann"};

es::Uuid id_of(const std::string& path) {
    const auto id = open_store(path).store_id();
    REQUIRE(id);
    CHECK_FALSE(id->is_nil());
    return *id;
}

} // namespace

TEST_CASE("A store keeps its id, and so do its copy and its backup; another store has another") {
    const Folder folder;
    const es::Uuid id = id_of(folder / "combat.db");
    CHECK(id_of(folder / "combat.db") == id);
    CHECK(id_of(folder / "other.db") != id);
    REQUIRE(open_store(folder / "combat.db").backup(folder / "backup.db"));
    fs::copy_file(folder / "combat.db", folder / "copy.db");
    CHECK(id_of(folder / "backup.db") == id);
    CHECK(id_of(folder / "copy.db") == id);
}

TEST_CASE("A restored store is given a new id, whether it is in use or not") {
    const Folder folder;
    const bool in_use = GENERATE(false, true);
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const auto before = store.store_id();
    if (!in_use)
        store.close();
    const auto renewed = es::SqliteStore::restored(folder / "combat.db");
    REQUIRE(renewed);
    CHECK(*renewed != *before);
    if (in_use) {
        CHECK(store.store_id().value() == *renewed);
        REQUIRE(append(store, "combat-ogre", {event()}));
        store.close();
    } else {
        CHECK_FALSE(fs::exists(folder / "combat.db-wal"));
    }
    CHECK(id_of(folder / "combat.db") == *renewed);
    CHECK(all_positions(open_store(folder / "combat.db")).size() == (in_use ? 2 : 1));
}

TEST_CASE("A store that is in use under another name is not given an id") {
    if (!es::detail::sqlite::LockingVfs::name())
        return;
    const Folder folder;
    const std::string path = folder / "combat.db";
    const std::string other = folder / "same.db";
    const es::Uuid id = id_of(path);
    {
        std::filesystem::create_hard_link(path, other);
        const auto in_use = es::detail::sqlite::NameLock::take(other, "store");
        REQUIRE(in_use);
        std::filesystem::remove(other); // as a mount of the file alone, which is no second link
        CHECK(es::SqliteStore::restored(path).error() == es::errc::unavailable);
    }
    CHECK(id_of(path) == id);
}

TEST_CASE("What is no store is not given an id") {
    const Folder folder;
    CHECK(es::SqliteStore::restored(folder / "none.db").error() == es::errc::not_found);
    CHECK_FALSE(fs::exists(folder / "none.db"));
    Raw(folder / "mine.db").run("CREATE TABLE mine(x)");
    CHECK(es::SqliteStore::restored(folder / "mine.db").error() == es::errc::corrupt);
}

TEST_CASE(
    "After a restore a position of before is refused, and the ids differ when it is reached") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    es::Position kept{};
    es::Uuid id{};
    {
        auto store = open_store(path);
        REQUIRE(append(store, "combat-ogre", Events{event(), event()}));
        REQUIRE(store.backup(folder / "backup.db"));
        REQUIRE(append(store, "combat-ogre", Events{event(), event()}));
        kept = store.read_all()->last_position.value();
        id = store.store_id().value();
    }
    fs::rename(folder / "backup.db", path);
    REQUIRE(es::SqliteStore::restored(path));
    auto store = open_store(path);
    CHECK(kept == es::Position{4});

    const auto read = store.read_all({.after = kept});
    REQUIRE_FALSE(read);
    CHECK(read.error() == es::errc::beyond_head);
    const auto wait = [&](es::Position after) {
        return store.wait_for_append(after, es::CallOptions::within(1ms));
    };
    CHECK(wait(kept).error() == es::errc::beyond_head);
    const es::AppendCondition nobody{.fail_if_exists = {.items = {{.tags = {"name:ann"}}}},
                                     .after = kept};
    REQUIRE(append(store, "combat-ann", {event("combat.named", "{}", ann)}));
    const Events late{event("combat.named", "{}", ann)};
    CHECK(append(store, "combat-late", es::ExpectedRevision::no_stream(), late, nobody).error() ==
          es::errc::beyond_head);
    CHECK(store.read_stream("combat-late")->empty());

    CHECK(wait(es::Position{3}).value() == false); // the last one is right
    CHECK(store.read_all({.after = es::Position{3}})->empty());
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(store.read_all({.after = kept})->empty()); // only the id tells now
    CHECK(store.store_id().value() != id);
}

TEST_CASE("Another process's appends count for what is beyond the head") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    auto other = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const es::Position second{2};
    const auto within = es::CallOptions::within(1ms);
    CHECK(store.wait_for_append(second, within).error() == es::errc::beyond_head);
    REQUIRE(append(other, "combat-ogre", {event()}));
    CHECK(store.wait_for_append(second, es::CallOptions::within(1ms)).value() == false);
    CHECK(store.read_all({.after = second})->empty());
    CHECK(append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()},
                 {.fail_if_exists = {.items = {{.types = {"never"}}}}, .after = second}));
}

TEST_CASE("A file whose id is damaged says so") {
    const Folder folder;
    const auto sql =
        GENERATE(as<const char*>(), "DELETE FROM es_store", "UPDATE es_store SET id = x'00'");
    auto store = open_store(folder / "combat.db");
    Raw(folder / "combat.db").run(sql);
    const auto id = store.store_id();
    REQUIRE_FALSE(id);
    CHECK(id.error() == es::errc::corrupt);
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problem_count == 1);
    CHECK(es::SqliteStore::restored(folder / "combat.db").error() == es::errc::corrupt);
}
