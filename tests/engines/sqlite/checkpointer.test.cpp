// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/checkpointer.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace sqlite_tests;
using namespace es::detail::sqlite;

namespace {

const es::SqliteOptions relaxed{.durability = es::SqliteDurability::relaxed,
                                .checkpoint_frames = 40};

void append_many(const es::SqliteStore& store, int count) {
    for (int i = 0; i < count; ++i)
        REQUIRE(append(store, "combat-ogre", {event()}));
}

std::size_t frames_in_log(const std::string& path) {
    constexpr std::size_t frame = 4096 + 24;
    return std::filesystem::file_size(path + "-wal") / frame;
}

/// A disk of a given size, for the file and its log together.
class SmallDisk final : public VfsWatcher {
public:
    explicit SmallDisk(std::string prefix) : prefix_(std::move(prefix)) {}

    void resize(std::int64_t bytes) { room_ = bytes; }
    [[nodiscard]] std::int64_t used() const {
        const std::lock_guard lock(mutex_);
        std::int64_t sum = 0;
        for (const auto& [path, size] : sizes_)
            sum += size;
        return sum;
    }

    VfsVerdict before(const VfsCall& call) override {
        if (call.op != VfsOp::write || !call.path.starts_with(prefix_))
            return {};
        const auto end = call.offset + static_cast<std::int64_t>(call.data.size());
        const std::int64_t others = used();
        const std::lock_guard lock(mutex_);
        const auto grows = end - sizes_[std::string(call.path)];
        if (grows > 0 && others + grows > room_)
            return {.done = false, .code = SQLITE_FULL};
        return {};
    }
    void after(const VfsCall& call, int code, std::size_t) override {
        if (code != SQLITE_OK || !call.path.starts_with(prefix_))
            return;
        const std::lock_guard lock(mutex_);
        auto& size = sizes_[std::string(call.path)];
        if (call.op == VfsOp::write)
            size = std::max(size, call.offset + static_cast<std::int64_t>(call.data.size()));
        else if (call.op == VfsOp::truncate)
            size = std::min(size, call.offset);
        else if (call.op == VfsOp::remove)
            size = 0;
    }

private:
    const std::string prefix_;
    std::atomic<std::int64_t> room_ = std::int64_t{1} << 40;
    mutable std::mutex mutex_;
    std::map<std::string, std::int64_t> sizes_;
};

es::Result<es::Receipt> append_one(es::SqliteStore& store) {
    return append(store, "combat-ogre", {event()});
}

} // namespace

TEST_CASE("The log is copied into the file after so many frames, and restarted") {
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
    append_many(store, 30);                          // now it is copied
    CHECK(frames_in_log(folder / "combat.db") < 80); // and its room given back
    append_many(store, 60);
    CHECK(frames_in_log(folder / "combat.db") < 80);
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
    LockWait short_wait(call, 30ms, {});
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
    LockWait wait(call, 1h, {});
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
    LockWait wait(call, 1ms, {});
    REQUIRE(checkpointer.run(wait));
    writer.run("ROLLBACK");
    CHECK_FALSE(checkpointer.due());
    write(4);
    CHECK(checkpointer.due());
}

TEST_CASE("Readers that read without a pause do not let the log grow", "[waits]") {
    const Folder folder(fast_place());
    const auto store = open_store(folder / "combat.db", relaxed);
    const int readers = GENERATE(1, 8);
    append_many(store, 20);
    std::atomic<bool> stop = false;
    std::atomic<int> pages = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < readers; ++i)
        threads.emplace_back([&] {
            while (!stop)
                if (store.read_all({.limit = 20}))
                    ++pages;
        });
    std::size_t longest = 0;
    int copied = 0;                 // times that the last try did not fail, though they read
    for (int i = 0; i < 120; ++i) { // some 500 frames
        for (const int seen = pages; pages == seen;) // they do read meanwhile
            std::this_thread::yield();
        append_many(store, 1);
        const auto status = store.log_status();
        REQUIRE(status);
        if (status->held_up.empty()) {
            longest = std::max(longest, frames_in_log(folder / "combat.db"));
            copied += i >= 20 ? 1 : 0; // more than 40 frames since they began
        }
    }
    stop = true;
    threads.clear();
    CHECK(longest < 4 * 40);
    REQUIRE(copied > 0);

    append_many(store, 20); // nothing holds it up any more
    const auto status = store.log_status();
    REQUIRE(status);
    CHECK(status->held_up.empty());
    CHECK(frames_in_log(folder / "combat.db") < 4 * 40);
}

TEST_CASE("A store says what holds up its log, and since when") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path, relaxed);
    append_many(store, 10);
    {
        const auto status = store.log_status();
        REQUIRE(status);
        CHECK(status->bytes == std::filesystem::file_size(path + "-wal"));
        CHECK(status->checkpoint_bytes == 40 * (4096 + 24));
        CHECK(status->held_up.empty());
        CHECK_FALSE(status->held_up_since);
    }
    Raw reader(path);
    reader.run("BEGIN");
    CHECK(reader.value("SELECT count(*) FROM es_events") == "10");
    append_many(store, 30);
    {
        const auto status = store.log_status();
        REQUIRE(status);
        CHECK(status->held_up.find("another connection holds a snapshot or a lock") == 0);
        CHECK(status->held_up_since);
    }
    reader.run("COMMIT");
    append_many(store, 30);
    const auto status = store.log_status();
    REQUIRE(status);
    CHECK(status->held_up.empty());
    CHECK_FALSE(status->held_up_since);
    store.close();
    CHECK(store.log_status().error() == es::errc::closed);
}

TEST_CASE("A store says how long its log is while all of its reading connections are in use") {
    struct AsksWhileReading final : VfsWatcher {
        const es::SqliteStore* store = nullptr;
        std::vector<es::Result<es::SqliteLogStatus>> answers;
        VfsVerdict before(const VfsCall& call) override {
            if (store && call.op == VfsOp::shm_lock)
                answers.push_back(store->log_status());
            return {};
        }
    } watcher;
    const Folder folder;
    const VfsShim shim({&watcher});
    auto store = open_store(folder / "combat.db", {.max_readers = 1});
    append_many(store, 1);
    watcher.store = &store;
    REQUIRE(store.read_all());
    watcher.store = nullptr;
    REQUIRE_FALSE(watcher.answers.empty());
    for (const auto& answer : watcher.answers)
        CHECK((answer && answer->bytes > 0));
    store.close();
}

TEST_CASE("On a disk that was full the next append works as soon as there is room") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    SmallDisk disk(path);
    const VfsShim shim({&disk});
    const bool room_is_in_the_log = GENERATE(false, true);
    auto store = open_store(
        path, {.durability = es::SqliteDurability::relaxed, .checkpoint_frames = 1'000'000});
    append_many(store, 50);
    std::optional<Raw> reader(std::in_place, path);
    if (room_is_in_the_log) { // of which a reader keeps all
        reader->run("BEGIN");
        CHECK(reader->value("SELECT count(*) FROM es_events") == "50");
    }
    disk.resize(disk.used() + (room_is_in_the_log ? 300'000 : 0));
    int appended = 50;
    auto refused = append_one(store);
    for (; refused; refused = append_one(store))
        ++appended;
    CHECK(refused.error() == es::errc::unavailable);
    if (room_is_in_the_log) {
        CHECK(append_one(store).error() == es::errc::unavailable); // the reader is still there
        reader->run("COMMIT");
        disk.resize(disk.used() + 150'000); // for the file to grow, but not for so many appends
    } else {
        disk.resize(disk.used() + 1'000'000);
    }
    reader.reset();
    const std::size_t frames_when_full = frames_in_log(path);
    for (int i = 0; i < 40; ++i) {
        const auto done = append_one(store);
        INFO((done ? "" : done.error().message()));
        REQUIRE(done);
        ++appended;
        if (i == 0) // the log has given its room back
            CHECK(frames_in_log(path) < frames_when_full / 2);
    }
    CHECK(frames_in_log(path) > 40); // once, and not before each append
    CHECK(all_positions(store).size() == static_cast<std::size_t>(appended));
    store.close();
}
