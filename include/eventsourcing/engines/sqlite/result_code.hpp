// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_RESULT_CODE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_RESULT_CODE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>

#include <sqlite3.h>

static_assert(SQLITE_VERSION_NUMBER >= 3'037'000,
              "es: the SQLite engine needs SQLite 3.37 or later (STRICT tables)");

namespace eventsourcing::detail::sqlite {

/// The kind of error for a result code of SQLite.
struct ResultCode {
    int code;
    errc kind;
};

/// Extended codes that mean something else than their primary code stand before the primary ones.
/// `Writer::commit` judges a COMMIT that fails, since it leaves different states.
inline constexpr ResultCode result_codes[] = {
    {SQLITE_READONLY_DBMOVED, errc::failed}, // the file is not the one that was opened
    {SQLITE_CANTOPEN_ISDIR, errc::invalid},
    {SQLITE_IOERR_SHORT_READ, errc::corrupt}, // a page is beyond the end
    {SQLITE_IOERR_CORRUPTFS, errc::corrupt},
    {SQLITE_IOERR_DATA, errc::corrupt},        // a checksum is wrong
    {SQLITE_CONSTRAINT_TRIGGER, errc::denied}, // events are append-only

    {SQLITE_ERROR, errc::corrupt}, // our SQL is fixed: the tables are not what they were
    {SQLITE_INTERNAL, errc::internal},
    {SQLITE_PERM, errc::denied},
    {SQLITE_ABORT, errc::unavailable},
    {SQLITE_BUSY, errc::unavailable}, // unless a deadline or a stop ended the waiting
    {SQLITE_LOCKED, errc::unavailable},
    {SQLITE_NOMEM, errc::unavailable},
    {SQLITE_READONLY, errc::denied},
    {SQLITE_INTERRUPT, errc::cancelled},
    {SQLITE_IOERR, errc::unavailable}, // before a COMMIT: nothing was done
    {SQLITE_CORRUPT, errc::corrupt},
    {SQLITE_NOTFOUND, errc::internal},
    {SQLITE_FULL, errc::unavailable},
    {SQLITE_CANTOPEN, errc::unavailable},
    {SQLITE_PROTOCOL, errc::unavailable}, // too many tries to start a read transaction
    {SQLITE_SCHEMA, errc::unavailable},   // the tables were changed too often meanwhile
    {SQLITE_TOOBIG, errc::too_large},
    {SQLITE_CONSTRAINT, errc::corrupt}, // ids and revisions are looked up first: rows disagree
    {SQLITE_MISMATCH, errc::corrupt},
    {SQLITE_MISUSE, errc::internal},
    {SQLITE_NOLFS, errc::too_large},
    {SQLITE_AUTH, errc::denied},
    {SQLITE_RANGE, errc::internal},
    {SQLITE_NOTADB, errc::corrupt},
};

/// The primary code of an extended one: SQLITE_IOERR for SQLITE_IOERR_FSYNC.
constexpr int primary_code(int code) {
    return code & 0xFF;
}

/// The kind of a result code, by the extended code if it is in the table and otherwise by the
/// primary one; `errc::internal` for codes that no failing call returns.
constexpr errc kind_of(int code) {
    for (const int wanted : {code, primary_code(code)})
        for (const ResultCode& row : result_codes)
            if (row.code == wanted)
                return row.kind;
    return errc::internal;
}

/// Whether a result code is evidence that the file or its log is damaged, which no later call can
/// repair.
constexpr bool is_damage(int code) {
    switch (code) {
    case SQLITE_IOERR_SHORT_READ: // a page that must be there is beyond the end
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA:
        return true;
    default:
        return primary_code(code) == SQLITE_CORRUPT || primary_code(code) == SQLITE_NOTADB;
    }
}

} // namespace eventsourcing::detail::sqlite

#endif
