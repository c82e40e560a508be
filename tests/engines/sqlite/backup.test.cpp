// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/backup.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"
#include "engines/sqlite/without_privileges.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace backup_tests {

using namespace sqlite_tests;
namespace sqlite = es::detail::sqlite;

/// The names of all files in a folder.
std::vector<std::string> files(const Folder& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder / ""))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

es::SqliteStore filled(const std::string& path, int events) {
    auto store = open_store(path);
    for (int i = 0; i < events; ++i)
        REQUIRE(append(store, "combat-ogre", {event()}));
    return store;
}

TEST_CASE("A backup is a store with everything that was committed, in one file") {
    const Folder folder;
    auto store = filled(folder / "a.db", 3); // all of it is still in the log
    const auto done = store.backup(folder / "b.db");
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    REQUIRE(append(store, "combat-ogre", {event()})); // is not in it

    CHECK(std::filesystem::exists(folder / "b.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "b.db-wal"));
    CHECK_FALSE(std::filesystem::exists(folder / "b.db-journal"));
    {
        auto backup = open_store(folder / "b.db");
        CHECK(all_positions(backup).size() == 3);
        CHECK(append(backup, "combat-ogre", {event()})); // a store like any other
    }
    store.close();
    CHECK(files(folder) == std::vector<std::string>{"a.db", "b.db"});
    Raw raw(folder / "b.db");
    CHECK(raw.value("PRAGMA integrity_check") == "ok");
    CHECK(raw.value("PRAGMA journal_mode") == "wal");
}

TEST_CASE("A backup replaces nothing") {
    const Folder folder;
    auto store = filled(folder / "a.db", 1);
    std::ofstream(folder / "b.db") << "precious";
    for (const auto& path : {folder / "b.db", folder / "a.db"}) {
        const auto done = store.backup(path);
        REQUIRE_FALSE(done);
        CHECK(done.error() == es::errc::invalid);
        CHECK(done.error().message() ==
              "sqlite store \"" + (folder / "a.db") + "\": backup to \"" + path +
                  "\": there is something at this path already, which was left as it is: name "
                  "another path");
    }
    CHECK(content(folder / "b.db") == "precious");
    CHECK(all_positions(store).size() == 1);
    CHECK(append(store, "combat-ogre", {event()}));
}

TEST_CASE("A log that an earlier file left at the target is not taken for that of the backup") {
    const Folder folder;
    auto store = filled(folder / "a.db", 1);
    const std::string log = GENERATE("-wal", "-journal");
    std::ofstream(folder / ("b.db" + log)) << "of an earlier b.db";
    const auto done = store.backup(folder / "b.db");
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::invalid);
    CHECK(done.error().message() == "sqlite store \"" + (folder / "a.db") + "\": backup to \"" +
                                        (folder / "b.db") + "\": there is a log at \"" +
                                        (folder / ("b.db" + log)) +
                                        "\", which SQLite would take for the log of the backup; it "
                                        "was left as it is: name another "
                                        "path");
    CHECK(files(folder) == std::vector<std::string>{"a.db", "a.db-shm", "a.db-wal", "b.db" + log});
    CHECK(content(folder / ("b.db" + log)) == "of an earlier b.db");
}

TEST_CASE("A failed backup leaves no file") {
    const Folder folder;
    auto store = filled(folder / "a.db", 1);
    const auto before = files(folder);
    CHECK(store.backup("").error() == es::errc::invalid);
    CHECK(store.backup(std::string("a\0b", 3)).error() == es::errc::invalid);
    CHECK(store.backup(folder / "missing/b.db").error() == es::errc::not_found);
    CHECK(files(folder) == before);

    std::stop_source stop;
    stop.request_stop();
    CHECK(store.backup(folder / "b.db", {.stop = stop.get_token()}).error() == es::errc::cancelled);
    CHECK(store.backup(folder / "b.db", es::CallOptions::within(-1s)).error() ==
          es::errc::timed_out);
    CHECK(files(folder) == before);
    store.close();
    CHECK(store.backup(folder / "b.db").error() == es::errc::closed);
    CHECK(files(folder) == std::vector<std::string>{"a.db"});
}

TEST_CASE("A file or a log that was cut short is not backed up") {
    const Folder folder;
    const std::string path = folder / "a.db";
    filled(path, 100).close();
    auto store = open_store(path);
    REQUIRE(append(store, "combat-ogre", {event()}));
    REQUIRE(store.read_all());
    const std::string suffix = GENERATE("", "-wal");
    std::filesystem::resize_file(path + suffix, std::filesystem::file_size(path + suffix) / 2);
    const auto done = store.backup(folder / "b.db");
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error().message().find("cut short") != std::string::npos);
    CHECK(files(folder) == std::vector<std::string>{"a.db", "a.db-shm", "a.db-wal"});
    CHECK(append(store, "combat-ogre", {event()}).error() == es::errc::failed);
}

/// A store of more MiB than one step copies.
es::SqliteStore large(const std::string& path) {
    auto store = open_store(path, {.durability = es::SqliteDurability::relaxed});
    const std::string data = "\"" + std::string(100'000, 'x') + "\"";
    for (int i = 0; i < 50; ++i)
        REQUIRE(append(store, "combat-ogre", {event("t", data)}));
    return store;
}

/// A disk without room for a backup.
class NoRoomForBackups final : public sqlite_tests::VfsWatcher {
public:
    sqlite_tests::VfsVerdict before(const sqlite_tests::VfsCall& call) override {
        const bool refused = call.op == sqlite_tests::VfsOp::write &&
                             call.path.find(".partial-") != std::string_view::npos;
        return {!refused, refused ? SQLITE_FULL : SQLITE_OK};
    }
};

TEST_CASE("A backup for which there is no room leaves no file") {
    const Folder folder;
    NoRoomForBackups watcher;
    const sqlite_tests::VfsShim shim({&watcher});
    auto store = filled(folder / "a.db", 1);
    const auto done = store.backup(folder / "b.db");
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unavailable);
    store.close();
    CHECK(files(folder) == std::vector<std::string>{"a.db"});
}

TEST_CASE("A backup that is stopped in the middle leaves no file") {
    const Folder folder;
    auto store = large(folder / "a.db");
    auto opened = sqlite::Connection::open(folder / "a.db", es::SqliteOpen::existing, "it");
    REQUIRE(opened);
    int asked = 0;
    const auto go_on = [&]() -> es::Result<void> {
        // the file is there under its other name only
        CHECK_FALSE(std::filesystem::exists(folder / "b.db"));
        CHECK(files(folder).size() == 4);
        return ++asked < 3 ? es::Result<void>() : es::errc::cancelled;
    };
    const auto done = sqlite::back_up(**opened, folder / "b.db", {}, go_on);
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::cancelled);
    CHECK(asked == 3);
    CHECK(files(folder) == std::vector<std::string>{"a.db", "a.db-shm", "a.db-wal"});
    CHECK_FALSE((*opened)->in_transaction());
}

TEST_CASE("A file that appears at the target meanwhile is not replaced") {
    const Folder folder;
    auto store = large(folder / "a.db");
    auto opened = sqlite::Connection::open(folder / "a.db", es::SqliteOpen::existing, "it");
    REQUIRE(opened);
    const auto done = sqlite::back_up(**opened, folder / "b.db", {}, [&]() -> es::Result<void> {
        std::ofstream(folder / "b.db") << "precious";
        return {};
    });
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::invalid);
    CHECK(content(folder / "b.db") == "precious");
    CHECK(files(folder) == std::vector<std::string>{"a.db", "a.db-shm", "a.db-wal", "b.db"});
}

TEST_CASE("A backup is one snapshot, and appends go on while it is made") {
    const Folder folder;
    auto store = large(folder / "a.db");
    auto opened = sqlite::Connection::open(folder / "a.db", es::SqliteOpen::existing, "it");
    REQUIRE(opened);
    int appended = 0;
    const auto done = sqlite::back_up(**opened, folder / "b.db", {}, [&]() -> es::Result<void> {
        CHECK(append(store, "combat-goblin", {event()}));
        ++appended;
        return {};
    });
    REQUIRE(done);
    CHECK(appended >= 4);
    CHECK(all_positions(store).size() == 50U + static_cast<std::size_t>(appended));
    CHECK(all_positions(open_store(folder / "b.db")).size() == 50);
}

TEST_CASE("A backup whose folder can't be synced is taken back", "[waits]") {
    const Folder folder;
    filled(folder / "a.db", 1).close(); // nothing is open when the process is forked
    std::filesystem::create_directory(folder / "dark");
    REQUIRE(::chmod((folder / "dark").c_str(), 0300) == 0); // may be written, but not opened
    const pid_t child = in_child([&] {
        if (!drop_privileges())
            return 1;
        const auto store = es::SqliteStore::open(folder / "a.db");
        if (!store)
            return 2;
        const auto done = store->backup(folder / "dark/b.db");
        return !done && done.error() == es::errc::denied ? 0 : 3;
    });
    CHECK(exit_code(child) == 0);
    REQUIRE(::chmod((folder / "dark").c_str(), 0700) == 0);
    CHECK(std::filesystem::is_empty(folder / "dark"));
}

TEST_CASE("Users who may read the store may read a backup") {
    const Folder folder;
    auto store = filled(folder / "a.db", 1);
    const ::mode_t mode = GENERATE(0600U, 0640U);
    REQUIRE(::chmod((folder / "a.db").c_str(), mode) == 0);
    const ::mode_t before = ::umask(0);
    const auto done = store.backup(folder / "b.db");
    ::umask(before);
    REQUIRE(done);
    struct stat found{};
    REQUIRE(::stat((folder / "b.db").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777U) == mode);
}

TEST_CASE("No checkpoint holds up the appends while a backup is made") {
    const Folder folder;
    auto engine = sqlite::Engine::open(folder / "a.db", {.checkpoint_frames = 1});
    REQUIRE(engine);
    const auto append_one = [&] {
        const Events events{event()};
        const std::vector<std::int64_t> times{1};
        return (*engine)->append({"combat-ogre", std::nullopt, events, times, {}, {}});
    };
    REQUIRE(append_one());
    constexpr int appends = 20;
    const auto done = (*engine)->maintain({}, [&](sqlite::Connection& reader, auto go_on) {
        return sqlite::back_up(reader, folder / "b.db", {},
                               [&]() -> es::Result<void> { return go_on(); })
            .and_then([&]() -> es::Result<void> {
                // as it is while pages are copied
                sqlite::ReadTransaction transaction(reader);
                REQUIRE(transaction.begin());
                REQUIRE(sqlite::read_head(reader));
                for (int i = 0; i < appends; ++i)
                    REQUIRE(append_one());
                return {};
            });
    });
    CHECK(done);
    // a checkpoint after each of them would have waited in vain for this reader
    const auto status = (*engine)->log_status();
    REQUIRE(status);
    CHECK(status->held_up.empty());
    CHECK(all_positions(open_store(folder / "a.db")).size() == 1 + appends);
}

} // namespace backup_tests
