// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/partial_file.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>

namespace partial_file_tests {

using namespace sqlite_tests;

/// The file type of which each sync fails; 0 for none.
mode_t fails_to_sync = 0;
int failed = 0;

} // namespace partial_file_tests

// The disk of this test program.
extern "C" int fsync(int file) {
    struct stat found{};
    if (::fstat(file, &found) == 0 &&
        (found.st_mode & S_IFMT) == partial_file_tests::fails_to_sync) {
        ++partial_file_tests::failed;
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fsync, file));
}

namespace partial_file_tests {

TEST_CASE("A backup is not there before it is safe on the disk") {
    const Folder folder;
    auto store = open_store(folder / "a.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const mode_t kind = GENERATE(mode_t{S_IFREG}, mode_t{S_IFDIR});
    failed = 0;
    fails_to_sync = kind;
    const auto done = store.backup(folder / "b.db");
    fails_to_sync = 0;
    CHECK(failed == 1); // it was tried
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unavailable);
    CHECK(done.error().message() == "sqlite store \"" + (folder / "a.db") + "\": backup to \"" +
                                        (folder / "b.db") +
                                        "\": " + (kind == S_IFREG ? "the file" : "its folder") +
                                        " can't be synced: Input/output error; nothing is left at "
                                        "this path");
    store.close();
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "")) {
        CHECK(entry.path().filename() == "a.db");
        ++files;
    }
    CHECK(files == 1);
}

TEST_CASE("A store is not opened as durable if its name and that of its log are not") {
    const Folder folder;
    const auto durability = GENERATE(es::SqliteDurability::full, es::SqliteDurability::relaxed);
    fails_to_sync = S_IFDIR;
    const auto opened = es::SqliteStore::open(folder / "a.db", {.durability = durability});
    fails_to_sync = 0;
    if (durability == es::SqliteDurability::relaxed) {
        CHECK(opened);
    } else {
        REQUIRE_FALSE(opened);
        CHECK(opened.error() == es::errc::unavailable);
        CHECK(opened.error().message() ==
              "sqlite store \"" + (folder / "a.db") +
                  "\": its folder can't be synced to the disk: Input/output error; nothing was "
                  "done: try again");
    }
}

} // namespace partial_file_tests
