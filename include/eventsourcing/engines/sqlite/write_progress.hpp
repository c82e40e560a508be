// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_WRITE_PROGRESS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_WRITE_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/shared/progress_request.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/read_progress.hpp>
#include <eventsourcing/engines/sqlite/run_statements.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stored_batch.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_conflict.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

// What a commit of progress writes, each in the transaction that is open. The checks that need no
// database were made.

/// The two numbers of a position, in two columns.
inline void bind_position(Statement& row, const std::optional<Position>& position) {
    if (position)
        row.bind(static_cast<std::int64_t>(position->value()))
            .bind(static_cast<std::int64_t>(position->prepare()));
    else
        row.bind_null().bind_null();
}

inline void bind_id(Statement& row, const std::optional<Uuid>& id) {
    if (id)
        row.bind_blob(id_bytes(*id));
    else
        row.bind_null();
}

inline void bind_failure(Statement& row, const std::optional<ProgressFailure>& failure) {
    if (!failure) {
        row.bind_null().bind_null().bind_null().bind_null().bind(0);
        return;
    }
    row.bind(std::string_view(failure->message));
    if (failure->stream)
        row.bind(failure->stream->view());
    else
        row.bind_null();
    if (failure->revision)
        row.bind(to_sqlite(failure->revision->value()));
    else
        row.bind_null();
    row.bind(*failure->since.to_unix_nanoseconds()).bind(to_sqlite(failure->attempts));
}

/// Returns the id of the row.
inline Result<std::int64_t> set_progress(Connection& connection, const ProgressKey& key,
                                         const Progress& next) {
    Statement row(connection, Sql::set_progress);
    row.bind(key.name).bind(key.fingerprint).bind(key.rebuild ? 1 : 0);
    bind_id(row, next.checkpoint.store_id);
    bind_position(row, next.checkpoint.position);
    bind_id(row, next.checkpoint.event_id);
    if (next.owner.empty())
        row.bind_null();
    else
        row.bind(next.owner);
    row.bind(to_sqlite(next.fence)).bind(next.status);
    bind_failure(row, next.failure);
    if (auto done = row.step(); !done)
        return std::move(done).error();
    return row.integer(0);
}

inline Result<void> set_rows(Connection& connection, std::int64_t owner,
                             const std::vector<RowCommit>& rows) {
    for (const RowCommit& row : rows) {
        Statement change(connection, row.data ? Sql::set_row : Sql::drop_row);
        change.bind(owner).bind(row.key);
        if (row.data)
            change.bind_blob(*row.data);
        if (auto done = change.run(); !done)
            return done;
    }
    return {};
}

inline Result<void> unpark(Connection& connection, std::int64_t owner,
                           const std::vector<UnparkedEvent>& events) {
    for (const UnparkedEvent& event : events) {
        Statement row(connection, Sql::unpark);
        row.bind(owner).bind(event.key).bind(to_sqlite(event.sequence));
        if (auto done = row.run(); !done)
            return done;
    }
    return {};
}

inline Result<void> park(Connection& connection, std::int64_t owner,
                         const std::vector<ParkedEvent>& events) {
    for (const ParkedEvent& event : events) {
        Statement row(connection, Sql::park);
        row.bind(owner).bind(event.key).bind(to_sqlite(event.sequence));
        row.bind(event.stream.view()).bind(to_sqlite(event.revision.value()));
        bind_position(row, event.position);
        row.bind_blob(id_bytes(event.event_id));
        if (event.failure)
            row.bind(std::string_view(*event.failure));
        else
            row.bind_null();
        row.bind(to_sqlite(event.attempts)).bind(*event.parked_at.to_unix_nanoseconds());
        if (auto done = row.run(); !done)
            return done;
    }
    return {};
}

/// With its rows and parked events.
inline Result<void> drop_progress(Connection& connection, std::int64_t id) {
    for (const Sql drop : {Sql::drop_rows, Sql::drop_parked, Sql::drop_progress}) {
        Statement rows(connection, drop);
        if (auto done = rows.bind(id).run(); !done)
            return done;
    }
    return {};
}

/// Whether there is something to write for a commit; false if it was done before.
inline Result<bool> should_commit(Connection& connection, const ProgressCommit& commit,
                                  std::optional<StoredProgress>& live) {
    auto stored = find_progress(connection, commit.key);
    if (!stored)
        return std::move(stored).error();
    if (commit.replaces_live) {
        auto found = find_progress(connection, {commit.key.name, commit.key.fingerprint, false});
        if (!found)
            return std::move(found).error();
        live = *std::move(found);
    }
    return detail::should_commit(commit, progress_of(*stored), progress_of(live));
}

/// `live` is what the commit replaces.
inline Result<void> write_progress(Connection& connection,
                                   const shared::ProgressCommitRequest& request,
                                   const std::optional<StoredProgress>& live,
                                   const Environment& environment) {
    const ProgressCommit& commit = request.commit;
    if (commit.drops) {
        auto stored = find_progress(connection, commit.key);
        if (!stored)
            return std::move(stored).error();
        return *stored ? drop_progress(connection, (*stored)->id) : Result<void>();
    }
    auto id = set_progress(connection, commit.key, commit.next);
    if (!id)
        return std::move(id).error();
    if (auto done = set_rows(connection, *id, commit.rows); !done)
        return done;
    if (auto done = run_statements(connection, commit.statements, request.call, environment); !done)
        return done;
    if (auto done = unpark(connection, *id, commit.unpark); !done)
        return done;
    if (auto done = park(connection, *id, commit.park); !done)
        return done;
    if (!commit.replaces_live)
        return {};
    if (live)
        if (auto done = drop_progress(connection, live->id); !done)
            return done;
    Statement row(connection, Sql::end_rebuild);
    return row.bind(*id).run();
}

} // namespace eventsourcing::detail::sqlite

#endif
