// SPDX-License-Identifier: MIT
// Changes to the log, the shared memory or the size of an open store's files.
#include <eventsourcing/engines/sqlite/store_files.hpp>

#include "catch.hpp"
#include "engines/sqlite/other_process.hpp"
#include "engines/sqlite/support.hpp"

#include <atomic>
#include <memory>
#include <thread>

using namespace sqlite_tests;
namespace fs = std::filesystem;

namespace {

es::Result<es::Receipt> append_one(es::SqliteStore& store) {
    const auto one = event();
    return store.append_unchecked("combat-ogre", es::EventBatch({&one, 1}));
}

void append_many(es::SqliteStore& store, int count) {
    for (int i = 0; i < count; ++i)
        REQUIRE(append_one(store));
}

std::size_t count(const std::string& path) {
    return all_positions(open_store(path)).size();
}

/// The store refuses everything from now on, and no append was acknowledged after the fault.
void check_that_it_has_ended(es::SqliteStore& store, const std::string& why) {
    const auto first = append_one(store);
    REQUIRE_FALSE(first);
    INFO(first.error().message());
    CHECK((first.error() == es::errc::failed || first.error() == es::errc::unknown_outcome));
    CHECK(first.error().message().find(why) != std::string::npos);
    const auto next = append_one(store);
    REQUIRE_FALSE(next);
    CHECK(next.error() == es::errc::failed);
    CHECK(store.read_all().error() == es::errc::failed);
    CHECK(store.wait_for_append({}).error() == es::errc::failed);
}

/// A clock that cuts the log short between the writes of two callers that share a commit.
class CutsLog final : public es::EnvironmentSource {
public:
    explicit CutsLog(std::string path) : path_(std::move(path)) {}

    std::atomic<bool> leader_waits = false; // for the lock of the file
    std::atomic<bool> other_waits = false;  // in the queue
    std::atomic<bool> lock_is_free = false;

    es::Timestamp now() override { return system_.now(); }
    es::Uuid new_id() override { return system_.new_id(); }
    double jitter() override { return 0; }
    bool sleep(std::chrono::nanoseconds, const std::stop_token&) override {
        leader_ = std::this_thread::get_id();
        leader_waits = true;
        leader_waits.notify_all();
        lock_is_free.wait(false);
        return true;
    }
    void watch(es::TimeWatcher&) override {
        other_waits = true;
        other_waits.notify_all();
    }
    void unwatch(es::TimeWatcher&) noexcept override {}
    std::chrono::steady_clock::time_point steady_now() noexcept override {
        // the first time the leader looks at the files, the second time at the other's deadline
        if (lock_is_free && std::this_thread::get_id() == leader_ && is_locked() && ++calls_ == 2)
            fs::resize_file(path_ + "-wal", 0);
        return system_.steady_now();
    }

private:
    [[nodiscard]] bool is_locked() const noexcept {
        sqlite3* probe = nullptr;
        sqlite3_open(path_.c_str(), &probe);
        const int code = sqlite3_exec(probe, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
        sqlite3_close(probe);
        return code == SQLITE_BUSY;
    }

    const std::string path_;
    const es::Environment system_;
    std::thread::id leader_{};
    int calls_ = 0;
};

} // namespace

TEST_CASE("A store that ends for what another caller of a commit has met says so", "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const auto clock = std::make_shared<CutsLog>(path);
    auto store = open_store(path, {.busy_timeout = 1h, .environment = es::Environment(clock)});
    append_many(store, 3);
    std::optional<Raw> holder(std::in_place, path);
    holder->run("BEGIN IMMEDIATE");
    es::Result<es::Receipt> refused = es::errc::internal;
    es::Result<es::Receipt> met = es::errc::internal;
    {
        const std::jthread leader([&] {
            refused = append(store, "combat-ogre", es::ExpectedRevision::no_stream(), {event()});
        });
        clock->leader_waits.wait(false);
        clock->other_waits = false;
        const std::jthread other([&] {
            met = append(store, "combat-ogre", es::ExpectedRevision::exactly(es::Revision{2}),
                         {event()}, {}, es::CallOptions::within(1h));
        });
        clock->other_waits.wait(false);
        holder.reset();
        clock->lock_is_free = true;
        clock->lock_is_free.notify_all();
    }
    CHECK(refused.error() == es::errc::conflict);
    REQUIRE_FALSE(met);
    CHECK(met.error() == es::errc::failed);
    const auto next = append_one(store);
    REQUIRE_FALSE(next);
    INFO(next.error().message());
    CHECK(next.error() == es::errc::failed);
    CHECK(next.error().message().find("-wal\" was cut short") != std::string::npos);
}

TEST_CASE("A store whose log was deleted ends, and the events that it acknowledged are kept",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const bool another_opens = GENERATE(false, true);
    OtherProcess other(path);
    auto store = open_store(path);
    append_many(store, 3);
    fs::remove(path + "-wal");
    if (another_opens)
        CHECK_FALSE(other.open()); // it would begin a log that the first one does not see
    check_that_it_has_ended(store, another_opens
                                       ? "-wal\" was replaced by another file while the store was"
                                       : "-wal\" was deleted while the store was open");
    store.close();
    const auto kept = count(path);
    CHECK((kept == 3 || kept == 4)); // with the append whose outcome was unknown
}

TEST_CASE("A store that is closed in order after its log was deleted loses nothing") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 3);
    fs::remove(path + "-wal");
    store.close();
    CHECK(count(path) == 3);
}

TEST_CASE("Closing a store does not delete a log that has replaced its own") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 3);
    fs::remove(path + "-wal");
    std::ofstream(path + "-wal") << "of somebody else";
    store.close();
    CHECK(content(path + "-wal") == "of somebody else");
}

TEST_CASE("A store ends whose log was replaced, even by a copy") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 3);
    fs::copy_file(path + "-wal", folder / "copy");
    fs::rename(folder / "copy", path + "-wal");
    check_that_it_has_ended(store, "was replaced by another file");
}

TEST_CASE("A store ends whose log was cut short, however soon after an append") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const bool all = GENERATE(true, false);
    auto store = open_store(path);
    append_many(store, 3);
    fs::resize_file(path + "-wal", all ? 0 : fs::file_size(path + "-wal") - 1);
    check_that_it_has_ended(store, "-wal\" was cut short while the store was open");
}

TEST_CASE("A store whose shared memory was deleted ends, and harms no program that opened it since",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    OtherProcess other(path);
    auto store = open_store(path);
    append_many(store, 3);
    fs::remove(path + "-shm");
    REQUIRE(other.open());
    for (int i = 0; i < 3; ++i)
        REQUIRE(other.append());
    check_that_it_has_ended(store, "-shm\" was deleted or replaced");
    CHECK(other.count() == 6);
    CHECK(other.append());
    store.close();
    other.close();
    CHECK(count(path) == 7);
    CHECK(open_store(path).verify()->problems.empty());
}

TEST_CASE("A store ends whose shared memory was cut short, and its process lives on") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 3);
    std::this_thread::sleep_for(2ms); // an append looks at the files once in a millisecond
    fs::resize_file(path + "-shm", 0);
    check_that_it_has_ended(store, "-shm\" was cut short while the store was open");
    store.close();
    CHECK(count(path) == 3);
}

TEST_CASE("A store ends whose file was cut short") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    {
        auto store = open_store(path);
        append_many(store, 100);
    }
    auto store = open_store(path);
    append_many(store, 1);
    fs::resize_file(path, fs::file_size(path) / 2);
    check_that_it_has_ended(store, "the file was cut short");
}

TEST_CASE("A store with a second name is not opened, and its appends are refused meanwhile") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 1);
    fs::create_hard_link(path, folder / "backup.db");
    const auto one = event();
    const es::EventBatch batch({&one, 1});
    const auto first = store.append_unchecked("combat-ogre", batch); // the last look may be recent
    REQUIRE_FALSE(first);
    CHECK((first.error() == es::errc::unknown_outcome || first.error() == es::errc::unavailable));
    const auto refused = store.append_unchecked("combat-ogre", batch);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().message() ==
          "sqlite store \"" + path +
              "\": the file has a second name (a hard link), and a program that uses it has "
              "another log; nothing was done: remove the other name (find -samefile finds it), and "
              "try again; backup() makes a copy");
    CHECK(store.read_all()); // reading goes on
    for (const char* name : {"combat.db", "backup.db"})
        CHECK(es::SqliteStore::open(folder / name).error() == es::errc::unavailable);
    CHECK_FALSE(fs::exists(folder / "backup.db-wal"));
    fs::remove(folder / "backup.db");
    CHECK(store.append_unchecked("combat-ogre", batch)->position == es::Position{2}); // a retry
    append_many(store, 1);
    CHECK(all_positions(store).size() == 3);
}

TEST_CASE("A store whose log or shared memory has a second name refuses appends, and says which") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const std::string which = GENERATE("-wal", "-shm");
    auto store = open_store(path);
    append_many(store, 2);
    fs::create_hard_link(path + which, folder / "second");
    const auto first = append_one(store); // the last look may be recent
    REQUIRE_FALSE(first);
    CHECK((first.error() == es::errc::unknown_outcome || first.error() == es::errc::unavailable));
    const auto refused = append_one(store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    const std::string what =
        "sqlite store \"" + path + "\": its " +
        (which == "-wal" ? std::string("log") : std::string("shared memory")) + " \"" + path +
        which +
        "\" has a second name (a hard link), and another program may take it for that of its own "
        "file; nothing was done: remove the other name (find -samefile finds it), and try again; "
        "backup() makes a copy";
    CHECK(refused.error().message() == what);
    CHECK(store.read_all()); // reading goes on
    const auto another = es::SqliteStore::open(path);
    REQUIRE_FALSE(another);
    CHECK(another.error() == es::errc::unavailable);
    CHECK(another.error().message() == what);
    const bool undone = GENERATE(true, false);
    if (undone) {
        fs::remove(folder / "second");
        append_many(store, 1);
    }
    store.close();
    CHECK_FALSE(fs::exists(path + "-wal"));
    CHECK(count(path) >= 2);
}

TEST_CASE("Closing a store whose file has a second name leaves one file with all events") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    append_many(store, 3);
    fs::create_hard_link(path, folder / "second.db");
    store.close();
    CHECK_FALSE(fs::exists(path + "-wal"));
    fs::remove(path);
    CHECK(count(folder / "second.db") == 3);
}

TEST_CASE("A retry is not acknowledged once the log was deleted, however soon after the append") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    const auto one = event();
    const es::EventBatch batch({&one, 1});
    REQUIRE(store.append_unchecked("combat-ogre", batch));
    fs::remove(path + "-wal");
    const auto retried = store.append_unchecked("combat-ogre", batch);
    REQUIRE_FALSE(retried);
    CHECK(retried.error() == es::errc::failed);
    CHECK(store.append_unchecked("combat-ogre", batch).error() == es::errc::failed);
}

TEST_CASE("A retry is not acknowledged while the file has another name or a second one") {
    const bool second = GENERATE(false, true);
    const Folder folder;
    const std::string path = folder / "combat.db";
    const std::string other = folder / "other.db";
    auto store = open_store(path);
    const auto one = event();
    const es::EventBatch batch({&one, 1});
    REQUIRE(store.append_unchecked("combat-ogre", batch));
    if (second)
        fs::create_hard_link(path, other);
    else
        fs::rename(path, other);
    for (int i = 0; i < 2; ++i)
        CHECK(store.append_unchecked("combat-ogre", batch).error() == es::errc::unavailable);
    if (second)
        fs::remove(other);
    else
        fs::rename(other, path);
    CHECK(store.append_unchecked("combat-ogre", batch)->position == es::Position{1});
    CHECK(all_positions(store).size() == 1);
}

TEST_CASE("Damage that a backup, a head or a wait finds ends the store for writers, too") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    const Events first{event()};
    REQUIRE(append(store, "combat-ogre", first));
    append_many(store, 9);
    const std::string by = GENERATE("backup", "head", "wait_for_append", "find_event");
    INFO(by);
    // only the copy of a backup reads the last page
    fs::resize_file(path + "-wal", by == "backup" ? fs::file_size(path + "-wal") - 1 : 0);
    if (by == "backup")
        CHECK_FALSE(store.backup(folder / "b.db"));
    else if (by == "head")
        CHECK_FALSE(store.head());
    else if (by == "wait_for_append")
        CHECK_FALSE(store.wait_for_append(es::Position{5}));
    else
        CHECK_FALSE(store.find_event(first[0].id));
    CHECK_FALSE(fs::exists(folder / "b.db"));
    const auto refused = append_one(store);
    REQUIRE_FALSE(refused);
    INFO(refused.error().message());
    CHECK(refused.error() == es::errc::failed);
    CHECK(refused.error().message().find("was found damaged") != std::string::npos);
}

TEST_CASE("Damage that a reader finds ends the store for writers, too") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    {
        auto store = open_store(path);
        append_many(store, 300);
    }
    auto store = open_store(path);
    append_many(store, 1);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const std::string garbage(4096, '\x5a');
        for (std::uintmax_t page = 1; page < fs::file_size(path) / 4096; ++page) {
            file.seekp(static_cast<std::streamoff>(page * 4096));
            file.write(garbage.data(), 4096);
        }
    }
    const auto page = store.read_all();
    REQUIRE_FALSE(page);
    CHECK(page.error() == es::errc::corrupt);
    const auto refused = append_one(store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::failed);
    CHECK(refused.error().message().find("was found damaged") != std::string::npos);
}
