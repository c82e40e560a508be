// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STORE_ID_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STORE_ID_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/file_path.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/name_lock.hpp>
#include <eventsourcing/engines/sqlite/open_connections.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// In the transaction that is open.
inline Result<Uuid> read_store_id(Connection& connection) {
    Statement row(connection, Sql::store_id);
    auto found = row.step();
    if (!found)
        return std::move(found).error();
    const std::string_view bytes = *found ? row.bytes(0) : std::string_view();
    Uuid::Bytes id{};
    if (bytes.size() != id.size())
        return corrupt(connection, "es_store",
                       "the id of the store has " + std::to_string(bytes.size()) +
                           " bytes, expected 16");
    std::copy(bytes.begin(), bytes.end(), id.begin());
    return Uuid(id);
}

/// Gives the file of a store a new id.
inline Result<Uuid> renew_store_id(const std::string& path, const Environment& environment) {
    const std::string store = store_name(path);
    auto resolved = resolve_path(path, store);
    if (!resolved)
        return std::move(resolved).error();
    struct stat log{};
    if (const std::string log_path = *resolved + "-wal";
        ::stat(log_path.c_str(), &log) == 0 && log.st_size > 0 && !NameLock::is_used(*resolved))
        return Error(errc::unavailable,
                     store + ": there is a log next to it, " + in_quotes(log_path, 256) +
                         ", which no backup has; nothing was done: if it is that of the file "
                         "before, move it away; if it belongs to this one, open and close the "
                         "store once");
    SqliteOptions options;
    options.open = SqliteOpen::existing;
    options.environment = environment;
    auto opened = open_writer(path, options);
    if (!opened)
        return std::move(opened).error();
    Connection& connection = **opened;
    const auto one_name = NameLock::take(connection.absolute_path(), connection.store());
    if (!one_name)
        return one_name.error();
    const CallOptions call;
    LockWait wait(call, options.busy_timeout, environment);
    const Connection::Waiting waiting(connection, wait);
    if (auto begun = run(connection, Sql::begin_write); !begun)
        return std::move(begun).error();
    const RollbackGuard rollback(connection);
    if (auto is_there = read_store_id(connection); !is_there)
        return is_there;
    const Uuid id = environment.new_id();
    if (auto done = Statement(connection, Sql::set_store_id).bind_blob(id_bytes(id)).run(); !done)
        return std::move(done).error();
    if (auto done = run(connection, Sql::commit); !done)
        return std::move(done).error();
    // if it is the last connection, closing leaves one file
    sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    return id;
}

} // namespace eventsourcing::detail::sqlite

#endif
