// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite_keys.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <filesystem>
#include <string>

namespace es = eventsourcing;
using sqlite_tests::Folder;

TEST_CASE("The first value of each subject costs a commit, further values cost none") {
    const Folder folder;
    const auto keys = es::SqliteKeys::open(folder / "keys.db");
    REQUIRE(keys);
    const auto log = [&] { return std::filesystem::file_size(folder / "keys.db-wal"); };
    REQUIRE(keys->seal("person:42", "Ann"));
    const auto after_ann = log();
    CHECK(after_ann > 0);
    REQUIRE(keys->seal("person:42", "Lee", "ann@example.org"));
    CHECK(log() == after_ann);
    REQUIRE(keys->seal("person:43", "Bob"));
    CHECK(log() > after_ann);
}
