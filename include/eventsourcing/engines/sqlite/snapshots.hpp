// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SNAPSHOTS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SNAPSHOTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/shared/snapshot_request.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stored_batch.hpp>
#include <eventsourcing/engines/sqlite/stored_id.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

// Each in the transaction that is open.

inline Result<void> save_snapshot(Connection& connection,
                                  const shared::SnapshotSaveRequest& request) {
    const Snapshot& snapshot = request.snapshot;
    Statement row(connection, Sql::save_snapshot);
    row.bind(snapshot.stream.view()).bind(snapshot.kind).bind(snapshot.fingerprint);
    row.bind(to_sqlite(snapshot.revision.value())).bind_blob(id_bytes(snapshot.event_id));
    return row.bind_blob(snapshot.data).run();
}

/// Returns how many there were.
inline Result<std::uint64_t> prune_snapshots(Connection& connection,
                                             const shared::SnapshotPruneRequest& request) {
    Statement rows(connection, Sql::prune_snapshots);
    if (auto done = rows.bind(request.kind).bind(request.keep_fingerprint).run(); !done)
        return std::move(done).error();
    return static_cast<std::uint64_t>(sqlite3_changes64(connection.handle()));
}

inline Result<std::optional<Snapshot>> load_snapshot(Connection& connection, StreamNameView stream,
                                                     std::string_view kind,
                                                     std::string_view fingerprint) {
    Statement row(connection, Sql::find_snapshot);
    auto found = row.bind(stream.view()).bind(kind).bind(fingerprint).step();
    if (!found)
        return std::move(found).error();
    if (!*found)
        return std::optional<Snapshot>{};
    auto event_id = read_id(connection, row, 1, "the snapshot of stream " + stream.str());
    if (!event_id)
        return std::move(event_id).error();
    return std::optional(Snapshot{.stream = StreamName(stream),
                                  .kind = std::string(kind),
                                  .fingerprint = std::string(fingerprint),
                                  .revision = Revision(static_cast<std::uint64_t>(row.integer(0))),
                                  .event_id = *event_id,
                                  .data = std::string(row.bytes(2))});
}

} // namespace eventsourcing::detail::sqlite

#endif
