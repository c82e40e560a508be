// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_WAL_RESET_BUG_HPP
#define EVENTSOURCING_ENGINES_SQLITE_WAL_RESET_BUG_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <string>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// Whether a version of SQLite has the WAL-reset bug (https://sqlite.org/wal.html#walresetbug):
/// 3.7.0 to 3.51.2 except for the later releases of 3.44 and 3.50. The version number does not show
/// whether a distribution has patched it.
///
/// A checkpoint in the mode PASSIVE, as every automatic one is, can miss that another connection
/// commits and restarts the WAL. It then takes pages of the new WAL for copied that are not:
/// committed transactions are lost. The modes FULL and above hold the write lock, so that no
/// connection commits meanwhile. Therefore this engine follows these rules with every
/// version:
///
/// 1. No connection checkpoints automatically.
/// 2. The writing connection checkpoints in the mode RESTART or TRUNCATE, after so many frames.
/// 3. These go on as PASSIVE if they do not get the write lock in time; before that, SQLite is
///    interrupted, and copies nothing (`Connection::busy`).
/// 4. Closing checkpoints PASSIVE too, but under an exclusive lock of the file, which it gets only
///    if no other connection, of any process, has it open.
constexpr bool has_wal_reset_bug(int version) {
    return version >= 3'007'000 && version < 3'051'003 &&
           !(version >= 3'044'006 && version < 3'045'000) &&
           !(version >= 3'050'007 && version < 3'051'000);
}

/// What a user should know about the SQLite library that is loaded.
inline std::vector<std::string> warnings_of(int version, const char* name) {
    std::vector<std::string> warnings;
    if (has_wal_reset_bug(version))
        warnings.push_back(
            "SQLite " + std::string(name) +
            " has the WAL-reset bug (https://sqlite.org/wal.html#walresetbug) unless its "
            "distributor has patched it: this library avoids it, but other programs that "
            "write to the same file may lose commits; SQLite 3.51.3, 3.50.7 and 3.44.6 have it "
            "fixed");
    return warnings;
}

} // namespace eventsourcing::detail::sqlite

#endif
