// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/wal_reset_bug.hpp>

#include "catch.hpp"

TEST_CASE("The versions of SQLite with the WAL-reset bug are known") {
    using eventsourcing::detail::sqlite::has_wal_reset_bug;
    for (const int version :
         {3'007'000, 3'037'000, 3'040'001, 3'044'005, 3'045'000, 3'050'006, 3'051'000, 3'051'002})
        CHECK(has_wal_reset_bug(version));
    for (const int version :
         {3'006'023, 3'044'006, 3'044'999, 3'050'007, 3'051'003, 3'053'002, 4'000'000})
        CHECK_FALSE(has_wal_reset_bug(version));
}

TEST_CASE("A warning is given for a SQLite that has the WAL-reset bug") {
    using eventsourcing::detail::sqlite::warnings_of;
    CHECK(warnings_of(3'051'003, "3.51.3").empty());
    const auto warnings = warnings_of(3'040'001, "3.40.1");
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].starts_with("SQLite 3.40.1 has the WAL-reset bug"));
}
