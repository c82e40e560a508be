// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/failing_writes.hpp"
#include "engines/sqlite/support.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <sys/syscall.h>
#include <thread>

using namespace sqlite_tests;

// This program's fdatasync replaces that of the C library, also for SQLite.
namespace {
std::atomic<int> syncs{0};
std::atomic<bool> syncs_fail{false};
} // namespace

extern "C" int fdatasync(int file) {
    ++syncs;
    if (syncs_fail) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace {

void is_failed(es::SqliteStore store) {
    CHECK(append(store, "combat-ogre", {event()}).error() == es::errc::failed);
    CHECK(store.read_stream("combat-ogre").error() == es::errc::failed);
    CHECK(store.read_all().error() == es::errc::failed);
    CHECK(store.wait_for_append({}).error() == es::errc::failed);
}

} // namespace

TEST_CASE("By default an append is synced to the disk once before it is acknowledged") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const int before = syncs;
    for (int i = 0; i < 10; ++i)
        REQUIRE(append(store, "combat-ogre", {event(), event(), event()}));
    CHECK(syncs - before == 10);
}

TEST_CASE("In the relaxed mode an append is not synced") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    REQUIRE(append(store, "combat-ogre", {event()}));
    const int before = syncs;
    for (int i = 0; i < 10; ++i)
        REQUIRE(append(store, "combat-ogre", {event(), event(), event()}));
    CHECK(syncs - before == 0);
}

TEST_CASE(
    "A sync up to a position reaches the disk once, and only if it is not known to be there") {
    const Folder folder;
    const auto durability = GENERATE(es::SqliteDurability::full, es::SqliteDurability::relaxed);
    const auto store = open_store(folder / "combat.db", {.durability = durability});
    REQUIRE(append(store, "combat-ogre", {event(), event()}));
    const int before = syncs;
    REQUIRE(store.sync(es::Position{2}));
    CHECK((syncs > before) == (durability == es::SqliteDurability::relaxed));
    const int after = syncs;
    REQUIRE(store.sync(es::Position{2}));
    REQUIRE(store.sync(es::Position{1}));
    CHECK(syncs == after);
}

TEST_CASE("Acknowledged events survive the death of the process in both modes", "[waits]") {
    const Folder folder;
    const auto durability = GENERATE(es::SqliteDurability::full, es::SqliteDurability::relaxed);
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = in_child([&] {
        auto store = es::SqliteStore::open(folder / "combat.db", {.durability = durability});
        for (char n = 0;; ++n) {
            const Events events{event()};
            if (!store || !store->append_unchecked("combat-ogre", es::EventBatch(events)) ||
                ::write(pipe[1], &n, 1) != 1)
                return 1;
        }
    });
    char acknowledged = 0;
    while (acknowledged < 50)
        REQUIRE(::read(pipe[0], &acknowledged, 1) == 1);
    REQUIRE(::kill(child, SIGKILL) == 0);
    CHECK(exit_code(child) == -SIGKILL);
    std::size_t seen = 51;
    ::close(pipe[1]);
    while (::read(pipe[0], &acknowledged, 1) == 1)
        ++seen;
    ::close(pipe[0]);

    const auto positions = all_positions(open_store(folder / "combat.db"));
    CHECK(positions.size() >= seen);
    CHECK(positions.size() <= seen + 1); // one may have been committed and not acknowledged
    CHECK(positions.back().value() == positions.size());
}

TEST_CASE("After a sync that failed the outcome is unknown, the store stays failed, and a retry "
          "with a new one finds out") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const Events batch{event(), event()};
    const auto expected = es::ExpectedRevision::exactly(es::Revision{0});

    syncs_fail = true;
    const auto done = append(store, "combat-ogre", expected, batch);
    syncs_fail = false;
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error() == es::errc::unknown_outcome);
    CHECK(done.error().outcome() == es::Outcome::unknown);
    CHECK(done.error().message().find("open the store again and retry with the same ids") !=
          std::string::npos);
    is_failed(store);
    const auto refused = append(store, "combat-ogre", {event()});
    CHECK(refused.error().message().find("the store was stopped by this failure: open it again") !=
          std::string::npos);
    store.close();
    CHECK(std::filesystem::exists(folder / "combat.db-wal")); // all stays as it was

    auto anew = open_store(folder / "combat.db");
    const auto again = append(anew, "combat-ogre", expected, batch);
    REQUIRE(again);
    CHECK(again->first == es::Revision{1});
    CHECK(again->last == es::Revision{2});
    CHECK(all_positions(anew).size() == 3);
}

TEST_CASE("A sync that failed stops the store, also after commits whose files could be put back") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    REQUIRE(append(store, "combat-ogre", {event()}));
    std::filesystem::create_hard_link(path, folder / "second.db");
    CHECK_FALSE(append(store, "combat-ogre", {event()})); // perhaps after the commit
    std::filesystem::remove(folder / "second.db");
    REQUIRE(append(store, "combat-ogre", {event()}));

    syncs_fail = true;
    const auto done = append(store, "combat-ogre", {event()});
    syncs_fail = false;
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unknown_outcome);
    is_failed(store);
}

TEST_CASE("After a commit that could not be written the outcome is unknown, and a retry does it") {
    const Folder folder;
    const FailingWrites failing;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const Events batch{event(), event()};

    writes_fail = EIO;
    const auto done = append(store, "combat-ogre", batch);
    writes_fail = 0;
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unknown_outcome);
    is_failed(store);

    auto anew = open_store(folder / "combat.db");
    CHECK(all_positions(anew).size() == 1);
    const auto again = append(anew, "combat-ogre", batch);
    REQUIRE(again);
    CHECK(again->position == es::Position{3});
}

TEST_CASE("A failure ends the wait for appends", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    REQUIRE(store.read_all());
    const FailingWrites failing;
    es::Result<bool> answer = false;
    std::thread waiting([&] { answer = store.wait_for_append(es::Position{1}); });
    writes_fail = EIO;
    const auto done = append(store, "combat-ogre", {event()});
    waiting.join();
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error() == es::errc::unknown_outcome);
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == es::errc::failed);
}

TEST_CASE("A failed commit answers all callers that shared it, and those that wait for their turn",
          "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const FailingWrites failing;
    std::vector<es::Result<es::Receipt>> answers(4, es::errc::internal);
    std::vector<std::thread> all;
    {
        Raw holder(folder / "combat.db"); // so that one waits for the file, and the rest for it
        holder.run("BEGIN IMMEDIATE");
        for (auto& answer : answers)
            all.emplace_back([&] { answer = append(store, "combat-ogre", {event()}); });
        std::this_thread::sleep_for(50ms);
        writes_fail = EIO;
    }
    for (auto& thread : all)
        thread.join();
    int unknown = 0;
    for (const auto& answer : answers) {
        REQUIRE_FALSE(answer);
        if (answer.error() == es::errc::unknown_outcome)
            ++unknown;
        else
            CHECK(answer.error() == es::errc::failed);
    }
    CHECK(unknown >= 1);
}

TEST_CASE("A full disk refuses an append, which can be tried again when there is room") {
    const int full = GENERATE(ENOSPC, EDQUOT);
    const Folder folder;
    const FailingWrites failing;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const Events batch{event("combat.new_type"), event()};

    writes_fail = full;
    const auto done = append(store, "combat-ogre", batch);
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error() == es::errc::unavailable);
    CHECK(done.error().outcome() == es::Outcome::not_done);
    CHECK(all_positions(store).size() == 1);
    writes_fail = 0;

    const auto again = append(store, "combat-ogre", batch);
    REQUIRE(again);
    CHECK(again->position == es::Position{3});
    store.close();
    CHECK(Raw(folder / "combat.db").value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("A checkpoint for which the disk is full does not stop the store") {
    const int full = GENERATE(ENOSPC, EDQUOT);
    const Folder folder;
    const std::string path = folder / "combat.db";
    const FailingWrites failing;
    auto opened = es::detail::sqlite::open_writer(path, {});
    REQUIRE(opened);
    es::detail::sqlite::Checkpointer checkpointer(**opened, 1);
    REQUIRE((*opened)->execute("INSERT INTO es_tags(name) VALUES('entity:ogre')"));
    const es::CallOptions call;
    es::detail::sqlite::LockWait wait(call, 1h, {});
    writes_fail = full;
    const auto tried = checkpointer.run(wait);
    writes_fail = 0;
    REQUIRE(tried);
    CHECK_FALSE(*tried);
    CHECK(checkpointer.disk_was_full());
    CHECK(checkpointer.status(0).held_up == "the disk is full");
    CHECK(*checkpointer.run(wait));
    CHECK_FALSE(checkpointer.disk_was_full());
}

TEST_CASE("A checkpoint that can't be written stops the store, but not the append before it") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed,
                                                   .checkpoint_frames = 100});
    REQUIRE(append(store, "combat-ogre", {event()})); // a new log is synced once
    syncs_fail = true; // in the relaxed mode only the checkpoint syncs
    std::size_t acknowledged = 1;
    es::Result<es::Receipt> done = es::errc::internal;
    while ((done = append(store, "combat-ogre", {event()})))
        ++acknowledged;
    syncs_fail = false;
    CHECK(done.error() == es::errc::failed);
    CHECK(acknowledged > 5);
    is_failed(store);
    CHECK(all_positions(open_store(folder / "combat.db")).size() == acknowledged);
}
