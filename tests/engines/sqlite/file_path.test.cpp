// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/file_path.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/without_privileges.hpp"

using namespace sqlite_tests;
using es::detail::sqlite::resolve_path;
namespace fs = std::filesystem;

namespace {

/// A folder with `data`, in which a store's file may be, and each kind of link that leads to
/// `data/combat.db`.
std::vector<std::string> make_links(const Folder& folder) {
    fs::create_directory(folder / "data");
    fs::create_symlink(folder / "data/combat.db", folder / "absolute.db");
    fs::create_symlink("data/combat.db", folder / "relative.db");
    fs::create_symlink("relative.db", folder / "chain.db");
    fs::create_directory_symlink("data", folder / "same");
    fs::create_symlink("../same/combat.db", folder / "data/up.db");
    return {folder / "absolute.db",    folder / "relative.db", folder / "chain.db",
            folder / "same/combat.db", folder / "data/up.db",  folder / "data/../chain.db"};
}

} // namespace

TEST_CASE("A path leads to one file through any links, also if there is no file") {
    const Folder folder;
    const auto links = make_links(folder);
    const std::string file = fs::canonical(folder / "data").string() + "/combat.db";
    for (const bool exists : {false, true}) {
        if (exists)
            std::ofstream(file).flush();
        CHECK(resolve_path(folder / "data/combat.db", "store").value() == file);
        for (const std::string& link : links) {
            INFO(link);
            CHECK(resolve_path(link, "store").value() == file);
        }
    }
}

TEST_CASE("A path without a folder is one of the current folder") {
    CHECK(resolve_path("combat.db", "store").value() == fs::current_path().string() + "/combat.db");
    CHECK(resolve_path("/combat.db", "store").value() == "/combat.db");
}

TEST_CASE("Links that lead nowhere are refused") {
    const Folder folder;
    fs::create_symlink("b.db", folder / "a.db");
    fs::create_symlink("a.db", folder / "b.db");
    fs::create_symlink("missing/combat.db", folder / "c.db");
    CHECK(resolve_path(folder / "a.db", "store").error() == es::errc::invalid);
    CHECK(resolve_path(folder / "c.db", "store").error() == es::errc::not_found);
    fs::create_directory(folder / "d");
    fs::create_directory_symlink("d", folder / "d.db");
    CHECK(es::SqliteStore::open(folder / "d.db").error() == es::errc::invalid);
}

TEST_CASE("Through a link, too, a log that has lost its file is left alone") {
    const Folder folder;
    const auto links = make_links(folder);
    const std::string file = folder / "data/combat.db";
    {
        auto store = open_store(folder / "kept.db");
        REQUIRE(append(store, "combat-ogre", {event()}));
        fs::copy_file(folder / "kept.db", folder / "data/kept.db");
        fs::copy_file(folder / "kept.db-wal", file + "-wal"); // as after a crash, the file lost
    }
    const std::string log = content(file + "-wal");
    REQUIRE_FALSE(log.empty());
    for (const std::string& link : links)
        for (const bool is_empty : {false, true}) {
            INFO(link);
            if (is_empty)
                std::ofstream(file).flush();
            const auto refused = es::SqliteStore::open(link);
            REQUIRE_FALSE(refused);
            CHECK(refused.error() == es::errc::corrupt);
            CHECK(content(file + "-wal") == log);
            fs::remove(file);
        }
    fs::rename(folder / "data/kept.db", file);
    for (const std::string& link : links)
        CHECK(all_positions(open_store(link)).size() == 1);
}

TEST_CASE("A store is made at the target of a link") {
    const Folder folder;
    for (const std::string& link : make_links(folder)) {
        REQUIRE(append(open_store(link), "combat-ogre", {event()}));
        CHECK(fs::exists(folder / "data/combat.db"));
        fs::remove(folder / "data/combat.db");
    }
}

TEST_CASE("In a folder that may not be written a new store is denied", "[waits]") {
    const Folder folder;
    fs::create_directory(folder / "data");
    fs::permissions(folder / "data", fs::perms(0555));
    const std::string path = folder / "data/combat.db";
    const pid_t child = in_child([&] {
        if (!drop_privileges())
            return 1;
        const auto refused = es::SqliteStore::open(path);
        if (refused || refused.error() != es::errc::denied)
            return 2;
        return refused.error().message() ==
                       "sqlite store \"" + path +
                           "\": this process may not make a file in this folder: let its user "
                           "write to the file and its folder, or name another file"
                   ? 0
                   : 3;
    });
    CHECK(exit_code(child) == 0);
}
