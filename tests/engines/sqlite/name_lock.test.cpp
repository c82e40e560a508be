// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/name_lock.hpp>

#include "catch.hpp"
#include "engines/sqlite/mounts.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;
using es::detail::sqlite::NameLock;

TEST_CASE("A file is used under one name at a time, by any number of stores") {
    const Folder folder;
    const std::string name = folder / "combat.db";
    const std::string other = folder / "same.db";
    std::ofstream(name) << "x";
    std::filesystem::create_hard_link(name, other); // as a mount of the file alone is one, too
    {
        const auto first = NameLock::take(name, "store");
        const auto second = NameLock::take(name, "store");
        REQUIRE(first);
        REQUIRE(second);
        const auto refused = NameLock::take(other, "store");
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == es::errc::unavailable);
        CHECK(refused.error().message() ==
              "store: the file is open under another name (a mount of the file alone, or a hard "
              "link), next to which it has another log; nothing was done: use one name in all "
              "programs; mount the folder, not the file");
    }
    const auto free_again = NameLock::take(other, "store");
    CHECK(free_again);
    CHECK_FALSE(NameLock::take(name, "store"));
}

TEST_CASE("Files of the same name in two folders have two names") {
    if (!es::detail::sqlite::LockingVfs::name())
        return;
    const Folder folder;
    const Folder elsewhere;
    std::ofstream(folder / "combat.db") << "x";
    std::filesystem::create_hard_link(folder / "combat.db", elsewhere / "combat.db");
    const auto first = NameLock::take(folder / "combat.db", "store");
    REQUIRE(first);
    CHECK_FALSE(NameLock::take(elsewhere / "combat.db", "store"));
}

TEST_CASE("A store is not opened under a name to which its file alone is mounted, while it is open",
          "[waits]") {
    if (!es::detail::sqlite::LockingVfs::name())
        return;
    const Folder folder;
    const std::string path = folder / "combat.db";
    const std::string mounted = folder / "mounted.db";
    open_store(path).close();
    std::ofstream(mounted).flush();
    const int code = exit_code(in_child([&] {
        if (!separate_mounts() || !bind_mount(path, mounted))
            return no_mounts_here;
        auto first = es::SqliteStore::open(path);
        if (!first || !append(*first, "combat-ogre", {event()}))
            return 1;
        const auto second = es::SqliteStore::open(mounted);
        if (second || second.error() != es::errc::unavailable ||
            second.error().message().find("is open under another name") == std::string::npos)
            return 2;
        first->close();
        auto later = es::SqliteStore::open(mounted);
        return later && all_positions(*later).size() == 1 ? 0 : 3;
    }));
    if (code == no_mounts_here)
        WARN("not shown: this user may not mount");
    else
        CHECK(code == 0);
}
