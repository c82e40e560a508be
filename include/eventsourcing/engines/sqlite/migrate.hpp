// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_MIGRATE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_MIGRATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// What the header of a file says.
struct FileIdentity {
    std::int64_t application = 0;
    std::int64_t version = 0;
    std::int64_t tables = 0;

    [[nodiscard]] bool is_new() const { return application == 0 && version == 0 && tables == 0; }
    [[nodiscard]] bool is_ours() const { return application == application_id; }
};

inline Result<std::int64_t> one_integer(Connection& connection, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    int code = sqlite3_prepare_v2(connection.handle(), sql, -1, &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, &sqlite3_finalize);
    if (code == SQLITE_OK)
        code = sqlite3_step(raw);
    if (code != SQLITE_ROW)
        return connection.error(code);
    return sqlite3_column_int64(raw, 0);
}

inline Result<FileIdentity> identify(Connection& connection) {
    FileIdentity found;
    for (const auto& [sql, field] :
         {std::pair{"PRAGMA application_id", &found.application},
          std::pair{"PRAGMA user_version", &found.version},
          std::pair{"SELECT count(*) FROM sqlite_schema", &found.tables}}) {
        auto value = one_integer(connection, sql);
        if (!value)
            return std::move(value).error();
        *field = *value;
    }
    return found;
}

/// Refuses a file of another application, or of a later library.
inline Result<void> check_identity(const FileIdentity& found, const std::string& store) {
    if (found.is_new())
        return {};
    if (!found.is_ours())
        return Error(errc::corrupt,
                     store + " is a SQLite database of another application (application id " +
                         std::to_string(found.application) + ", expected " +
                         std::to_string(application_id) +
                         "); it was left as it is: name another file");
    if (found.version > schema_version)
        return Error(errc::unsupported, store + " has schema " + std::to_string(found.version) +
                                            ", and this library knows schemas up to " +
                                            std::to_string(schema_version) +
                                            ": use a later eventsourcing library");
    if (found.version < 1)
        return Error(errc::corrupt, store + " has our application id but no schema number (" +
                                        std::to_string(found.version) +
                                        "): restore it from a backup");
    if (found.version < schema_steps[0].from)
        return Error(errc::unsupported, store + " has schema " + std::to_string(found.version) +
                                            ", which no release has written; this library opens "
                                            "schemas " +
                                            std::to_string(schema_steps[0].from) + " to " +
                                            std::to_string(schema_version) +
                                            ": open it once with the library that made it, "
                                            "export its events and import them here");
    return {};
}

/// Refuses a file that would be migrated.
inline Error not_current(const FileIdentity& found, const std::string& store) {
    if (found.is_new())
        return {errc::invalid,
                joined({store, " is empty: say open=existing to make a store of it"})};
    return {errc::invalid,
            joined({store, " has schema ", std::to_string(found.version),
                    "; opening it brings it to schema ", std::to_string(schema_version),
                    ", after which older programs can't use it: say open=existing to do that"})};
}

/// For the steps: `es_new_id()`, the bytes of a new UUID.
inline Result<void> add_new_id(Connection& connection, const Environment& environment) {
    const auto new_id = [](sqlite3_context* context, int /*count*/, sqlite3_value** /*values*/) {
        EVENTSOURCING_TRY {
            const Uuid id = static_cast<Environment*>(sqlite3_user_data(context))->new_id();
            sqlite3_result_blob(context, id.bytes().data(), static_cast<int>(id.bytes().size()),
                                SQLITE_TRANSIENT);
        }
        EVENTSOURCING_CATCH(...) { // nothing may pass through C
            sqlite3_result_error(context, "the environment gave no id", -1);
        }
    };
    const auto forget = [](void* kept) { delete static_cast<Environment*>(kept); };
    const int code = sqlite3_create_function_v2(
        connection.handle(), "es_new_id", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY,
        new Environment(environment), new_id, nullptr, nullptr, forget); // forgets also on an error
    return code == SQLITE_OK ? Result<void>() : connection.error(code);
}

/// Brings a file one step nearer to our schema, in one transaction, unless another process was
/// faster. Returns what the file is now.
inline Result<FileIdentity> take_schema_step(Connection& connection,
                                             const Environment& environment) {
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun)
        return std::move(begun).error();
    const RollbackGuard rollback(connection);
    auto found = identify(connection);
    if (!found)
        return found;
    if (auto ours = check_identity(*found, connection.store()); !ours)
        return std::move(ours).error();

    std::string script;
    std::int64_t reached = found->version + 1;
    if (found->is_new()) {
        script = std::string(schema) + store_id_row;
        reached = schema_version;
    }
    for (const SchemaStep& step : schema_steps)
        if (step.from == found->version)
            script = step.sql;
    if (script.empty()) // another process has taken the last step
        return found;

    if (auto added = add_new_id(connection, environment); !added)
        return std::move(added).error();
    script += "PRAGMA application_id = " + std::to_string(application_id) +
              "; PRAGMA user_version = " + std::to_string(reached) + ";";
    if (auto done = connection.execute(script.c_str()); !done)
        return std::move(done).error().with_message(
            connection.store() + ": could not be brought from schema " +
            std::to_string(found->version) + " to schema " + std::to_string(reached) +
            ", and was left as it is: " + sqlite3_errmsg(connection.handle()));
    if (auto done = connection.execute("COMMIT"); !done)
        return std::move(done).error();
    return FileIdentity{application_id, reached, 1};
}

/// Creates our tables in a new file and migrates an older one; several processes may do so at once.
/// A file that is not ours is refused, and left as it is; with `SqliteOpen::current` any that has
/// not our schema.
inline Result<void> migrate(Connection& connection, const Environment& environment,
                            SqliteOpen how = SqliteOpen::create) {
    auto found = [&]() -> Result<FileIdentity> {
        // in one transaction: otherwise a file that is just being made looks like one of another
        // application
        if (auto begun = connection.execute("BEGIN"); !begun)
            return std::move(begun).error();
        const RollbackGuard rollback(connection);
        return identify(connection);
    }();
    while (found) {
        if (auto ours = check_identity(*found, connection.store()); !ours)
            return ours;
        if (found->is_ours() && found->version == schema_version)
            return {};
        if (how == SqliteOpen::current)
            return not_current(*found, connection.store());
        found = take_schema_step(connection, environment);
    }
    return std::move(found).error();
}

} // namespace eventsourcing::detail::sqlite

#endif
