// SPDX-License-Identifier: MIT
// What other programs do to the files of an open store, and what those find that come next: a read,
// a close, another store, a restart.
#include <eventsourcing/engines/sqlite/engine.hpp>

#include "catch.hpp"
#include "engines/sqlite/mounts.hpp"
#include "engines/sqlite/other_process.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <array>
#include <cstring>
#include <sys/resource.h>
#include <thread>

using namespace sqlite_tests;
namespace fs = std::filesystem;
namespace sqlite = es::detail::sqlite;

namespace {

const es::SqliteOptions read_only{.open = es::SqliteOpen::read_only};
const es::SqliteOptions often{.checkpoint_frames = 20};

es::Result<es::Receipt> append_one(es::SqliteStore& store, std::size_t bytes = 2) {
    const std::string data = '"' + std::string(bytes, 'x') + '"';
    const auto one = event("combat.entity_attacked", data);
    return store.append_unchecked("combat-ogre", es::EventBatch({&one, 1}));
}
void append_many(es::SqliteStore& store, int count, std::size_t bytes = 2) {
    for (int i = 0; i < count; ++i)
        REQUIRE(append_one(store, bytes));
}
std::size_t count(const std::string& path, const es::SqliteOptions& options = {}) {
    return all_positions(open_store(path, options)).size();
}

/// Whether all of the log is in the file. https://sqlite.org/walformat.html
bool is_copied(const std::string& path) {
    const std::string memory = content(path + "-shm");
    std::array<std::uint32_t, 34> words{};
    REQUIRE(memory.size() >= sizeof words);
    std::memcpy(words.data(), memory.data(), sizeof words);
    return words[4] > 0 && words[4] == words[24];
}

/// Counts how often the log is synced.
class SyncCount final : public VfsWatcher {
public:
    int of_log = 0;
    VfsVerdict before(const VfsCall& call) override {
        if (call.op == VfsOp::sync && call.path.ends_with("-wal"))
            ++of_log;
        return {};
    }
};

} // namespace

TEST_CASE("A file that is cut to its size before a checkpoint is noticed by the next append") {
    // a store believes its last look for a millisecond, which the next append may miss
    static_cast<void>(GENERATE(range(0, 10)));
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    auto store = open_store(path, often);
    append_many(store, 60, 1'000);
    const auto before = fs::file_size(path);
    while (fs::file_size(path) == before)
        append_many(store, 1, 1'000);
    fs::resize_file(path, before);
    const auto refused = append_one(store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::failed);
    CHECK(refused.error().message().find("the file was cut short") != std::string::npos);
}

TEST_CASE("The events of a deleted log are in the file when its store is closed") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const bool memory_too = GENERATE(false, true);
    const int next = GENERATE(0, 1, 2, 3);
    auto store = open_store(path);
    append_many(store, 10);
    fs::remove(path + "-wal");
    if (memory_too)
        fs::remove(path + "-shm");
    if (next == 1)
        CHECK_FALSE(append_one(store));
    if (next == 2)
        CHECK_FALSE(store.read_all());
    if (next == 3 && !memory_too) // it would begin a log that the first store does not see
        CHECK_FALSE(es::SqliteStore::open(path));
    store.close();
    const auto found = count(path);
    CHECK((found == 10 || (next == 1 && found == 11)));
    CHECK(open_store(path).verify()->ok());
}

TEST_CASE("A deleted log is not copied over what another program has written since") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path, often);
    append_many(store, 30, 1'000);
    while (!is_copied(path))
        append_many(store, 1, 1'000);
    fs::remove(path + "-wal");
    Raw(path).run("INSERT INTO es_tags(name) VALUES('x')"); // in a log of its own
    CHECK_FALSE(append_one(store));
    CHECK(Raw(path).value("PRAGMA integrity_check") == "ok");
    store.close();
    CHECK(Raw(path).value("PRAGMA integrity_check") == "ok");
    CHECK(Raw(path).value("SELECT count(*) FROM es_tags") == "1");
}

TEST_CASE("A log that was deleted with its memory is not copied over what a program that came and "
          "went has written",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    OtherProcess other(path);
    auto store = open_store(path);
    append_many(store, 3);
    fs::remove(path + "-wal");
    fs::remove(path + "-shm");
    REQUIRE(other.open()); // finds an empty store
    REQUIRE(other.append());
    other.close();
    Raw(path).run("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::remove(path + "-wal");
    fs::remove(path + "-shm");
    CHECK_FALSE(append_one(store));
    store.close();
    CHECK(count(path) == 1);
    CHECK(open_store(path).verify()->ok());
}

TEST_CASE("A store that only reads notices that its files are not those at their names",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    OtherProcess other(path);
    auto reader = open_store(path);
    append_many(reader, 1);
    REQUIRE(reader.read_all());
    std::this_thread::sleep_for(2ms); // it looks once in a millisecond
    SECTION("others have begun another log: it has ended") {
        fs::remove(path + "-wal");
        fs::remove(path + "-shm");
        REQUIRE(other.open());
        CHECK(reader.read_all().error() == es::errc::failed);
        CHECK(reader.wait_for_append(es::Position{1}).error() == es::errc::failed);
        CHECK_FALSE(reader.verify()->ok());
    }
    SECTION("a backup was put in their place: it can't be read until they are back") {
        for (const char* suffix : {"", "-wal", "-shm"})
            fs::rename(path + suffix, folder / ("old" + std::string(suffix)));
        CHECK(reader.read_all().error() == es::errc::unavailable);
        const auto wait = reader.wait_for_append(es::Position{1}, es::CallOptions::within(1ms));
        REQUIRE_FALSE(wait);
        CHECK(wait.error() == es::errc::unavailable);
        CHECK(wait.error().message().find("the file was moved, replaced or deleted") !=
              std::string::npos);
        for (const char* suffix : {"", "-wal", "-shm"})
            fs::rename(folder / ("old" + std::string(suffix)), path + suffix);
        CHECK(reader.read_all());
    }
}

TEST_CASE("A connection that was opened on another file is never used again") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    {
        auto other = open_store(folder / "other.db");
        append_many(other, 3);
    }
    auto store = open_store(path);
    append_many(store, 10);
    fs::rename(path, folder / "away.db");
    fs::copy_file(folder / "other.db", path);
    CHECK(store.read_all().error() == es::errc::unavailable);
    fs::rename(folder / "away.db", path);
    append_many(store, 1);
    CHECK(all_positions(store).size() == 11);
}

TEST_CASE("A connection that is opened just when another file is there is never used again") {
    static_cast<void>(GENERATE(range(0, 10))); // reads believe their last look for a millisecond
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    {
        auto other = open_store(folder / "other.db");
        append_many(other, 3);
    }
    const auto engine = sqlite::Engine::open(path, {});
    REQUIRE(engine);
    const auto read = [&] { return (*engine)->read({}, [](auto& page) { return page.all({}); }); };
    // while the first connection is in use, a read opens another one
    const auto done = (*engine)->maintain({}, [&](auto&, auto) -> es::Result<void> {
        fs::rename(path, folder / "away.db");
        fs::copy_file(folder / "other.db", path);
        CHECK(read().error() == es::errc::unavailable);
        fs::rename(folder / "away.db", path);
        const auto again = read();
        REQUIRE(again);
        CHECK(again->empty());
        return {};
    });
    CHECK(done);
}

TEST_CASE("A file is not read without the log of a store that has it open under another name") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 1);
    fs::create_hard_link(path, folder / "link.db");
    const auto refused = es::SqliteStore::open(folder / "link.db", read_only);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().message().find("is open under another name") != std::string::npos);
}

TEST_CASE("Next to a journal nothing is opened read-only, since the file may be half-written") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    open_store(path).close();
    std::ofstream(path + "-journal") << "half";
    CHECK(es::SqliteStore::open(path, read_only).error() == es::errc::unavailable);
    fs::remove(path + "-journal");
    CHECK(es::SqliteStore::open(path, read_only));
}

TEST_CASE("A backup that was put next to the log of the file before is not given an id",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    {
        auto store = open_store(path);
        append_many(store, 3);
        REQUIRE(store.backup(folder / "backup.db"));
    }
    OtherProcess killed(path);
    REQUIRE(killed.open());
    REQUIRE(killed.append());
    killed.kill();
    fs::rename(folder / "backup.db", path); // and the log stays
    fs::remove(path + "-shm");
    const auto refused = es::SqliteStore::restored(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().message().find("there is a log next to it") != std::string::npos);
    fs::remove(path + "-wal");
    CHECK(es::SqliteStore::restored(path));
    CHECK(count(path) == 3);
}

TEST_CASE("A retry that a store with less durability has stored is synced before it is confirmed") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    SyncCount syncs;
    const VfsShim shim({&syncs});
    const es::SqliteOptions relaxed{.durability = es::SqliteDurability::relaxed};
    auto full = open_store(path);
    auto less = open_store(path, relaxed);
    const Events events{event()};
    REQUIRE(append(less, "combat-ogre", events));
    syncs.of_log = 0;
    REQUIRE(append(less, "combat-ogre", events));
    CHECK(syncs.of_log == 0);
    REQUIRE(append(full, "combat-ogre", events));
    CHECK(syncs.of_log == 1);
    full.close();
    less.close();
}

TEST_CASE("Without a descriptor for the lock of its name a store is not opened", "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    open_store(path).close();
    const int code = exit_code(in_child([&] {
        if (sqlite::LockingVfs::name() == nullptr)
            return 0;
        // The sanitizer needs a pipe when it sees an object of a class for the first time.
        (void)std::generic_category().message(EMFILE);
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        const auto taken = sqlite::NameLock::take(path, "store");
        return !taken && taken.error() == es::errc::unavailable ? 0 : 1;
    }));
    CHECK(code == 0);
}

TEST_CASE("A path that is too long for SQLite is told as that") {
    const Folder folder;
    std::string deep = folder / "";
    for (int i = 0; i < 5; ++i)
        deep += std::string(120, 'd') + "/";
    fs::create_directories(deep);
    for (const auto how :
         {es::SqliteOpen::create, es::SqliteOpen::existing, es::SqliteOpen::read_only}) {
        const auto refused = es::SqliteStore::open(deep + "combat.db", {.open = how});
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == es::errc::invalid);
        CHECK(refused.error().message().find("bytes, expected at most 504") != std::string::npos);
        std::ofstream(deep + "combat.db").flush();
    }
}

TEST_CASE("A full disk that has no room for the shared memory is told as that", "[waits]") {
    const Folder folder;
    fs::create_directory(folder / "disk");
    const std::string path = folder / "disk/combat.db";
    const int code = exit_code(in_child([&] {
        if (!separate_mounts() || !mount_memory(folder / "disk"))
            return no_mounts_here;
        if (auto store = es::SqliteStore::open(path); !store)
            return 1;
        std::ofstream filler(folder / "disk/filler", std::ios::binary);
        const std::string block(4096, 'x');
        while (filler.write(block.data(), 4096).flush()) {
        }
        const auto refused = es::SqliteStore::open(path);
        if (refused || refused.error() != es::errc::unavailable)
            return 2;
        return refused.error().message().find("full") != std::string::npos ? 0 : 3;
    }));
    if (code == no_mounts_here)
        WARN("not shown: this user may not mount");
    else
        CHECK(code == 0);
}
