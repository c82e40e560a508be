// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/frozen_file.hpp>

#include "catch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/mounts.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"
#include "engines/sqlite/without_privileges.hpp"

using namespace sqlite_tests;
namespace fs = std::filesystem;

namespace {

const es::SqliteOptions read_only{.open = es::SqliteOpen::read_only};

/// A folder with a backup of a store of two events in it.
void make_backup(const std::string& store, const std::string& backup) {
    auto original = open_store(store);
    REQUIRE(append(original, "combat-ogre", {event()}));
    REQUIRE(append(original, "combat-elf", {event()}));
    REQUIRE(original.backup(backup));
}

es::Error refusal(const std::string& path) {
    const auto store = es::SqliteStore::open(path, read_only);
    REQUIRE_FALSE(store);
    return store.error();
}

} // namespace

TEST_CASE("A backup on media that can't be written is read and verified, and nothing is made",
          "[waits]") {
    const Folder folder;
    fs::create_directory(folder / "media");
    // characters that mean something in a URI of SQLite
    const std::string path = folder / "media/50% off?cache=shared#1.db";
    make_backup(folder / "combat.db", path);
    const es::Uuid id = open_store(folder / "combat.db").store_id().value();
    fs::permissions(path, fs::perms(0444));
    fs::permissions(folder / "media", fs::perms(0555));
    const std::string before = content(path);
    const pid_t child = in_child([&] {
        if (!drop_privileges())
            return 1;
        auto opened = es::SqliteStore::open(path, read_only);
        if (!opened)
            return 2;
        es::SqliteStore& store = *opened;
        const auto all = store.read_all();
        const auto one = store.read_stream("combat-ogre");
        if (!all || all->records().size() != 2 || !one || one->records().size() != 1)
            return 3;
        const auto report = store.verify();
        if (!report || !report->ok() || report->events != 2)
            return 4;
        if (store.store_id().value() != id)
            return 5;
        const auto woken = store.wait_for_append(es::Position{2}, es::CallOptions::within(1ms));
        if (!woken || *woken)
            return 6;
        if (!store.sync(es::Position{2}) ||
            store.sync(es::Position{3}).error() != es::errc::beyond_head)
            return 10;
        const Events events{event()};
        if (store.append_unchecked("combat-ogre", es::EventBatch(events)).error() !=
            es::errc::denied)
            return 7;
        if (!store.backup(folder / "again.db"))
            return 8;
        store.close();
        return store.read_all().error() == es::errc::closed ? 0 : 9;
    });
    CHECK(exit_code(child) == 0);
    fs::permissions(folder / "media", fs::perms(0755));
    CHECK(std::distance(fs::directory_iterator(folder / "media"), {}) == 1);
    CHECK(content(path) == before);
    CHECK(all_positions(open_store(folder / "again.db")).size() == 2);
}

TEST_CASE("A sync of a store that is opened read-only syncs its file, once: who made the copy may "
          "not have done it") {
    const Folder folder;
    const std::string path = folder / "copy.db";
    make_backup(folder / "combat.db", path);
    FaultPlan failing(path, {"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC}, 1);
    const VfsShim shim({&failing});
    {
        const auto store = open_store(path, read_only);
        CHECK(store.sync(es::Position{3}).error() == es::errc::beyond_head);
        CHECK_FALSE(failing.struck());
        const auto lost = store.sync(es::Position{1});
        CHECK(failing.struck()); // the disk was asked
        REQUIRE_FALSE(lost);
        CHECK(lost.error() == es::errc::failed);
        CHECK(lost.error().message().find("its file could not be synced") != std::string::npos);
        CHECK(store.sync(es::Position{1}).error() == es::errc::failed); // and it stays so
    }
    FaultPlan second(path, {"a second sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC}, 2);
    const VfsShim over({&second});
    const auto store = open_store(path, read_only);
    REQUIRE(store.sync(es::Position{1}));
    CHECK(store.sync(es::Position{2})); // without asking the disk again
    CHECK_FALSE(second.struck());
}

TEST_CASE("Next to a log with events nothing is opened read-only, also through a link") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    fs::create_directory(folder / "links");
    fs::create_symlink(folder / "combat.db", folder / "links/combat.db");
    const std::string log = content(folder / "combat.db-wal");
    for (const std::string& path : {folder / "combat.db", folder / "links/combat.db"}) {
        CHECK(refusal(path) == es::errc::unavailable);
        CHECK(refusal(path).message().find("there is a log next to it") != std::string::npos);
    }
    CHECK(content(folder / "combat.db-wal") == log);
    store.close();
    CHECK(all_positions(open_store(folder / "combat.db", read_only)).size() == 1);
}

TEST_CASE("A log without events next to it does not keep a file from being read") {
    const Folder folder;
    make_backup(folder / "original.db", folder / "combat.db");
    std::ofstream(folder / "combat.db-wal").close();
    CHECK(all_positions(open_store(folder / "combat.db", read_only)).size() == 2);
}

TEST_CASE("A file that is written while it is open read-only is not read any more") {
    const Folder folder;
    make_backup(folder / "original.db", folder / "combat.db");
    const auto reader = open_store(folder / "combat.db", read_only);
    CHECK(all_positions(reader).size() == 2);
    const bool closed = GENERATE(false, true); // the log is in the file, and gone
    auto writer = open_store(folder / "combat.db");
    std::vector<es::NewEvent> many(200, event());
    for (es::NewEvent& one : many)
        one.id = event().id;
    REQUIRE(append(writer, "combat-ogre", many));
    if (closed)
        writer.close();
    CHECK(reader.read_all().error() == es::errc::unavailable);
    CHECK(reader.read_stream("combat-ogre").error() == es::errc::unavailable);
    CHECK(reader.store_id().error() == es::errc::unavailable);
    CHECK(reader.backup(folder / "b.db").error() == es::errc::unavailable);
}

TEST_CASE("A file of another inode, size or time is not the one that was opened read-only") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    make_backup(folder / "original.db", path);
    const auto reader = open_store(path, read_only);
    const auto time = std::filesystem::last_write_time(path);
    const std::string what = GENERATE(as<std::string>(), "inode", "size", "time");
    INFO(what);
    if (what == "inode") {
        std::filesystem::copy_file(path, folder / "copy.db");
        std::filesystem::rename(folder / "copy.db", path);
    } else if (what == "size") {
        std::ofstream(path, std::ios::app) << "x";
    }
    std::filesystem::last_write_time(path, what == "time" ? time + 1s : time);
    const auto page = reader.read_all();
    REQUIRE_FALSE(page);
    CHECK(page.error() == es::errc::unavailable);
}

TEST_CASE("What is no store of this schema is not opened read-only, and left as it is") {
    const Folder folder;
    CHECK(refusal(folder / "none.db") == es::errc::not_found);
    CHECK_FALSE(fs::exists(folder / "none.db"));
    std::ofstream(folder / "empty.db").flush();
    CHECK(refusal(folder / "empty.db") == es::errc::corrupt);
    std::ofstream(folder / "notes.txt") << "notes";
    CHECK(refusal(folder / "notes.txt") == es::errc::corrupt);
    Raw(folder / "mine.db").run("CREATE TABLE mine(x)");
    CHECK(refusal(folder / "mine.db") == es::errc::corrupt);
    CHECK(refusal(folder / "") == es::errc::invalid);
    const std::string tests(__FILE__, std::string_view(__FILE__).rfind("engines/sqlite/"));
    fs::copy_file(tests + "data/sqlite/schema-4.db", folder / "4.db");
    const std::string before = content(folder / "4.db");
    CHECK(refusal(folder / "4.db") == es::errc::unsupported);
    CHECK(content(folder / "4.db") == before);
}

TEST_CASE("On a file system that is read-only a store is read, backed up and never written",
          "[waits]") {
    const Folder folder;
    fs::create_directory(folder / "media");
    const std::string path = folder / "media/combat.db";
    const int code = exit_code(in_child([&] {
        if (!separate_mounts() || !mount_memory(folder / "media"))
            return no_mounts_here;
        make_backup(folder / "combat.db", path);
        if (!make_read_only(folder / "media"))
            return no_mounts_here;
        for (const auto how : {es::SqliteOpen::create, es::SqliteOpen::existing})
            for (const char* name : {"media/combat.db", "media/other.db"}) {
                const bool missing =
                    std::string_view(name) == "media/other.db" && how == es::SqliteOpen::existing;
                const auto refused = es::SqliteStore::open(folder / name, {.open = how});
                if (refused ||
                    refused.error() != (missing ? es::errc::not_found : es::errc::denied))
                    return 1;
            }
        auto store = es::SqliteStore::open(path, read_only);
        if (!store || !store->verify() || !store->verify()->ok())
            return 2;
        if (!store->sync(es::Position{2}))
            return 7;
        if (append(*store, "combat-ogre", {event()}).error() != es::errc::denied)
            return 3;
        if (store->backup(folder / "media/again.db").error() != es::errc::denied)
            return 4;
        if (!store->backup(folder / "again.db"))
            return 5;
        auto again = es::SqliteStore::open(folder / "again.db");
        return again && all_positions(*again).size() == 2 ? 0 : 6;
    }));
    if (code == no_mounts_here)
        WARN("not shown: this user may not mount");
    else
        CHECK(code == 0);
}
