// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/checkpoint_watch.hpp"
#include "engines/sqlite/child_program.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace sqlite_tests;

namespace {

const es::SqliteOptions always{.durability = es::SqliteDurability::relaxed, .checkpoint_frames = 1};

/// Has another process take the write lock at the very moment at which this one gives it up after a
/// commit, and before it can copy the log.
class Intruder final : public VfsWatcher {
public:
    explicit Intruder(const std::string& path) : process_("[.sqlite-lock-holder]", path) {}

    void comes() { comes_ = true; }
    [[nodiscard]] bool is_there() const { return is_there_; }
    void goes() {
        process_.say('u');
        CHECK(process_.answer() == 'u');
        is_there_ = false;
    }
    void after(const VfsCall& call, int, std::size_t) override {
        if (call.op == VfsOp::shm_unlock && call.exclusive && call.slot == 0 &&
            comes_.exchange(false)) {
            process_.say('l');
            is_there_ = process_.answer() == 'l';
        }
    }

private:
    ChildProgram process_;
    std::atomic<bool> comes_ = false;
    std::atomic<bool> is_there_ = false;
};

} // namespace

TEST_CASE("The log is copied under the write lock only, by whichever of many threads", "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    CheckpointWatch watch(path);
    const VfsShim shim({&watch});
    for (int round = 0; round < 3; ++round) {
        auto store = open_store(path, {.checkpoint_frames = 10});
        std::atomic<int> done = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    for (int n = 0; n < 20; ++n)
                        done += append(store, "combat-ogre", {event(), event()}) ? 1 : 0;
                });
        }
        CHECK(done == 80);
    }
    const auto counts = watch.counts();
    CHECK(counts.unprotected == 0);
    CHECK(counts.under_write_lock > 50);
    CHECK(counts.alone > 10); // at each close
}

TEST_CASE("While another process holds the write lock, nothing of the log is copied", "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    REQUIRE(append(open_store(path), "combat-ogre", {event()}));
    CheckpointWatch watch(path);
    Intruder intruder(path);
    const VfsShim shim({&watch, &intruder});
    auto store = open_store(path, always);
    REQUIRE(append(store, "combat-ogre", {event()}));
    const auto before = watch.counts();
    CHECK(before.under_write_lock > 0);

    // more frames than before, so that copying them is due
    const std::string large = '"' + std::string(50'000, 'x') + '"';
    intruder.comes();
    const auto began = std::chrono::steady_clock::now();
    REQUIRE(append(store, "combat-ogre", {event("combat.entity_attacked", large)}));
    CHECK(intruder.is_there());
    CHECK(std::chrono::steady_clock::now() - began > 200ms); // it has waited for the lock
    CHECK(watch.counts().under_write_lock == before.under_write_lock);
    CHECK(watch.counts().alone == before.alone);
    CHECK(watch.counts().unprotected == 0);

    intruder.goes();
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(watch.counts().under_write_lock > before.under_write_lock);
    CHECK(watch.counts().unprotected == 0);
}

TEST_CASE("A connection as SQLite makes it copies the log without the write lock, and is seen",
          "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    const auto store = open_store(path, always); // so that none is the last one
    CheckpointWatch watch(path);
    Intruder intruder(path);
    const VfsShim shim({&watch, &intruder});
    Raw wrong(path);
    wrong.run("CREATE TABLE own(x)");
    CHECK(watch.counts().unprotected == 0);

    SECTION("by itself after so many frames") {
        wrong.run("PRAGMA wal_autocheckpoint = 1; INSERT INTO own VALUES(1)");
        CHECK(watch.counts().unprotected > 0);
    }
    SECTION("in the mode PASSIVE") {
        wrong.run("PRAGMA wal_autocheckpoint = 0; INSERT INTO own VALUES(1)");
        CHECK(watch.counts().unprotected == 0);
        wrong.run("PRAGMA wal_checkpoint(PASSIVE)");
        CHECK(watch.counts().unprotected > 0);
    }
    SECTION("in the mode FULL, where another process has the write lock for too long") {
        wrong.run("PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 20");
        intruder.comes();
        wrong.run("INSERT INTO own VALUES(1)");
        REQUIRE(intruder.is_there());
        wrong.run("PRAGMA wal_checkpoint(FULL)");
        CHECK(watch.counts().unprotected > 0);
        CHECK(watch.counts().under_write_lock == 0);
        intruder.goes();
    }
}

TEST_CASE("What the process does that comes between", "[.sqlite-lock-holder]") {
    const char* const path = child_argument();
    if (!path) {
        SUCCEED("nobody asked for it");
        return;
    }
    Raw holder(path);
    holder.run("PRAGMA busy_timeout = 3600000");
    for (char what = 0; ::read(from_parent, &what, 1) == 1;) {
        holder.run(what == 'l' ? "BEGIN IMMEDIATE" : "ROLLBACK");
        REQUIRE(::write(to_parent, &what, 1) == 1);
    }
}
