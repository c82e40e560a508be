// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/open_files.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <map>
#include <thread>

using namespace sqlite_tests;

namespace {

/// Appends `count` events to a stream that others want, too; 0 if all went well.
int fight(const std::string& path, es::StreamNameView stream, int count) {
    auto store = es::SqliteStore::open(
        path,
        {.durability = es::SqliteDurability::relaxed, .busy_timeout = 1h, .checkpoint_frames = 30});
    if (!store)
        return 1;
    for (int i = 0; i < count;) {
        const auto page =
            store->read_stream(stream, {.direction = es::Direction::backward, .limit = 1});
        if (!page)
            return 2;
        const auto expected = page->empty()
                                  ? es::ExpectedRevision::no_stream()
                                  : es::ExpectedRevision::exactly(page->records()[0].revision);
        const Events events{event(), event()};
        const auto done = store->append(stream, expected, es::EventBatch(events));
        if (done)
            ++i;
        else if (done.error() != es::errc::conflict)
            return 3;
    }
    return 0;
}

} // namespace

TEST_CASE(
    "Several processes append to one file, to one stream and to their own, and nothing is lost "
    "or doubled",
    "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    constexpr int each = 25;
    std::vector<pid_t> children;
    for (const char* own : {"one", "two", "three", "four"})
        children.push_back(in_child([&] {
            const auto stream = es::StreamName::of("combat", own);
            const int shared = fight(path, "combat-ogre", each);
            return shared != 0 ? shared : fight(path, *stream, each);
        }));
    for (const pid_t child : children)
        CHECK(exit_code(child) == 0);

    const auto store = open_store(path);
    std::map<std::string, std::uint64_t, std::less<>> next;
    std::uint64_t position = 0;
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        for (const auto& record : *page) {
            REQUIRE(record.position == es::Position{++position});
            REQUIRE(record.revision == es::Revision{next[std::string(record.stream)]++});
        }
        if (page->at_end)
            break;
        which.after = page->last_position;
    }
    CHECK(position == 2 * 4 * 2 * each);
    CHECK(next["combat-ogre"] == 2 * 4 * each);
    CHECK(next["combat-one"] == 2 * each);
    CHECK(Raw(path).value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("In a forked child a store says that it can't be used, and harms no other process",
          "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    REQUIRE(store.read_all());
    const pid_t child = in_child([&] {
        const Events events{event()};
        if (store.append_unchecked("combat-ogre", es::EventBatch(events)).error() !=
                es::errc::closed ||
            store.read_stream("combat-ogre").error() != es::errc::closed ||
            store.read_all().error() != es::errc::closed ||
            store.wait_for_append({}).error() != es::errc::closed)
            return 1;
        if (store.read_all().error().message().find("before this process was forked") ==
            std::string::npos)
            return 2;
        store.close();
        store = *es::SqliteStore::open(folder / "own.db"); // lets the last handle go
        return store.append_unchecked("combat-ogre", es::EventBatch(events)) ? 0 : 3;
    });
    CHECK(exit_code(child) == 0);
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(all_positions(store).size() == 2);
    store.close();
    CHECK(Raw(folder / "combat.db").value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("A child can't open a file that its parent has open, but one that it has closed",
          "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    std::filesystem::create_symlink(folder / "combat.db", folder / "same.db");
    const auto open_in_child = [&](const std::string& path) {
        return exit_code(in_child([&] {
            const auto opened = es::SqliteStore::open(path);
            return opened ? 0 : opened.error() == es::errc::unsupported ? 1 : 2;
        }));
    };
    CHECK(open_in_child(folder / "combat.db") == 1);
    CHECK(open_in_child(folder / "same.db") == 1);
    CHECK(open_in_child(folder / "missing/../combat.db") == 2); // there is no such folder
    CHECK(open_in_child(folder / "other.db") == 0);
    store.close();
    CHECK(open_in_child(folder / "combat.db") == 0);
}

TEST_CASE("A process that was forked and began another program opens what its parent has open",
          "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    std::string self(4096, '\0');
    const auto size = ::readlink("/proc/self/exe", self.data(), self.size());
    if (size <= 0)
        return; // no such place on this system
    self.resize(static_cast<std::size_t>(size));
    ::setenv("ES_SQLITE_TEST_FILE", (folder / "combat.db").c_str(), 1);
    const pid_t child = in_child([&] {
        ::execl(self.c_str(), self.c_str(), "[.sqlite-child]", static_cast<char*>(nullptr));
        return 99;
    });
    CHECK(exit_code(child) == 0);
    ::unsetenv("ES_SQLITE_TEST_FILE");
    CHECK(all_positions(store).size() == 2);
}

TEST_CASE("What the program does that a test above begins", "[.sqlite-child]") {
    const char* const path = std::getenv("ES_SQLITE_TEST_FILE");
    if (!path) {
        SUCCEED("nobody asked for it");
        return;
    }
    auto store = open_store(path);
    CHECK(append(store, "combat-ogre", es::ExpectedRevision::exactly(es::Revision{0}), {event()}));
}
