// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/result_code.hpp>

#include "catch.hpp"

#include <set>
#include <string>

namespace {

namespace es = eventsourcing;
using es::detail::sqlite::kind_of;

} // namespace

TEST_CASE("A result code of SQLite becomes the error that says what to do") {
    struct Case {
        int code;
        es::errc kind;
    };
    const auto [code, kind] = GENERATE(values<Case>({
        {SQLITE_BUSY, es::errc::unavailable},
        {SQLITE_BUSY_SNAPSHOT, es::errc::unavailable},
        {SQLITE_BUSY_RECOVERY, es::errc::unavailable},
        {SQLITE_LOCKED_SHAREDCACHE, es::errc::unavailable},
        {SQLITE_FULL, es::errc::unavailable},
        {SQLITE_NOMEM, es::errc::unavailable},
        {SQLITE_IOERR_NOMEM, es::errc::unavailable},
        {SQLITE_IOERR_READ, es::errc::unavailable},
        {SQLITE_IOERR_FSYNC, es::errc::unavailable},
        {SQLITE_CANTOPEN, es::errc::unavailable},
        {SQLITE_CANTOPEN_FULLPATH, es::errc::unavailable},
        {SQLITE_PROTOCOL, es::errc::unavailable},
        {SQLITE_CORRUPT, es::errc::corrupt},
        {SQLITE_CORRUPT_INDEX, es::errc::corrupt},
        {SQLITE_NOTADB, es::errc::corrupt},
        {SQLITE_IOERR_CORRUPTFS, es::errc::corrupt},
        {SQLITE_ERROR, es::errc::corrupt},
        {SQLITE_CONSTRAINT_UNIQUE, es::errc::corrupt},
        {SQLITE_CONSTRAINT_PRIMARYKEY, es::errc::corrupt},
        {SQLITE_CONSTRAINT_TRIGGER, es::errc::denied},
        {SQLITE_READONLY, es::errc::denied},
        {SQLITE_READONLY_CANTLOCK, es::errc::denied},
        {SQLITE_AUTH, es::errc::denied},
        {SQLITE_PERM, es::errc::denied},
        {SQLITE_READONLY_DBMOVED, es::errc::failed},
        {SQLITE_CANTOPEN_ISDIR, es::errc::invalid},
        {SQLITE_TOOBIG, es::errc::too_large},
        {SQLITE_INTERRUPT, es::errc::cancelled},
        {SQLITE_MISUSE, es::errc::internal},
    }));
    INFO(sqlite3_errstr(code) << " (" << code << ")");
    CHECK(kind_of(code) == kind);
}

TEST_CASE("Every primary code of SQLite that is an error is in the table") {
    // 27 and 28 are a notice and a warning; FORMAT, EMPTY are not used by SQLite
    const std::set<int> left_out{SQLITE_EMPTY, SQLITE_FORMAT};
    for (int code = 1; code <= SQLITE_NOTADB; ++code) {
        bool found = false;
        for (const auto& row : es::detail::sqlite::result_codes)
            found = found || row.code == code;
        INFO(code << ": " << sqlite3_errstr(code));
        CHECK(found == !left_out.contains(code));
    }
}

TEST_CASE("A result code that is no error of SQLite's is a defect of ours") {
    CHECK(kind_of(SQLITE_ROW) == es::errc::internal);
    CHECK(kind_of(4711) == es::errc::internal);
}

TEST_CASE("Only what is missing or wrong in the file is evidence of damage") {
    using es::detail::sqlite::is_damage;
    for (const int code : {SQLITE_CORRUPT, SQLITE_CORRUPT_INDEX, SQLITE_CORRUPT_VTAB, SQLITE_NOTADB,
                           SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA}) {
        INFO(code);
        CHECK(is_damage(code));
    }
    for (const int code : {SQLITE_OK, SQLITE_ERROR, SQLITE_BUSY, SQLITE_IOERR, SQLITE_IOERR_READ,
                           SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_READONLY_DBMOVED}) {
        INFO(code);
        CHECK_FALSE(is_damage(code));
    }
}
