// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_SCHEMA_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_SCHEMA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/migrate.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>
#include <eventsourcing/engines/sqlite_keys/statement.hpp>
#include <eventsourcing/personal/key_table.hpp>
#include <eventsourcing/personal/secret.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite_keys {

using sqlite::Connection;

/// "evky", in the header of every key file.
inline constexpr int application_id = 0x65766b79;
/// Kept in the file as `user_version`.
inline constexpr int schema_version = 1;

/// The bytes of a key are overwritten where they are, and a row is never deleted: SQLite moves rows
/// between pages when some are deleted or inserted between others, and what it leaves behind in the
/// old page is not overwritten. Rows that are only added at the end never move.
inline constexpr const char* schema = R"sql(
CREATE TABLE es_key_file(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  id INTEGER NOT NULL,                            -- random: sealed values name it
  blinding_key BLOB NOT NULL
) STRICT;
CREATE TABLE es_keys(
  number INTEGER PRIMARY KEY,
  id INTEGER NOT NULL UNIQUE,                     -- random: sealed values name it
  subject TEXT UNIQUE,                            -- NULL once it was erased
  key BLOB NOT NULL                               -- 32 bytes; zeros once it was erased
) STRICT;
)sql";

/// Refuses a file that is not ours, or of a later library.
inline Result<void> check_key_file(const sqlite::FileIdentity& found, const std::string& name) {
    if (found.is_new())
        return {};
    if (found.application == sqlite::application_id)
        return Error(errc::corrupt, name + ": the file is an event store, and keys are kept apart "
                                           "from what they seal; it was left as it is: name "
                                           "another file");
    if (found.application != application_id)
        return Error(errc::corrupt, name +
                                        ": the file is a SQLite database of another "
                                        "application (application id " +
                                        std::to_string(found.application) + ", expected " +
                                        std::to_string(application_id) +
                                        "); it was left as it is: name another file");
    if (found.version > schema_version)
        return Error(errc::unsupported, name + " has schema " + std::to_string(found.version) +
                                            ", and this library knows schema " +
                                            std::to_string(schema_version) +
                                            ": use a later eventsourcing library");
    if (found.version < 1)
        return Error(errc::corrupt, name + " has our application id but no schema number (" +
                                        std::to_string(found.version) +
                                        "): restore it from a backup");
    return {};
}

inline Result<void> add_file_keys(Connection& connection) {
    const personal::KeyId id = personal::new_key_id();
    personal::Secret blinding_key;
    if (id == 0 || !blinding_key.make())
        return personal::no_random_numbers();
    KeyStatement insert(connection,
                        "INSERT INTO es_key_file(one, id, blinding_key) VALUES(1, ?1, ?2)");
    KeyStatement::Run run(insert);
    return run.bind(static_cast<std::int64_t>(id)).bind_blob(blinding_key.view()).done();
}

/// Makes our tables in a new file, in one transaction; several processes may do so at once. A file
/// that is not ours is refused, and left as it is.
inline Result<void> make_tables(Connection& connection) {
    const auto look = [&](const char* begin) -> Result<bool> {
        if (auto begun = connection.execute(begin); !begun)
            return std::move(begun).error();
        auto found = sqlite::identify(connection);
        if (!found)
            return std::move(found).error();
        if (auto ours = check_key_file(*found, connection.store()); !ours)
            return std::move(ours).error();
        return found->is_new();
    };
    {
        const sqlite::RollbackGuard rollback(connection);
        auto is_new = look("BEGIN");
        if (!is_new || !*is_new)
            return is_new ? Result<void>() : std::move(is_new).error();
    }
    const sqlite::RollbackGuard rollback(connection);
    auto is_new = look("BEGIN IMMEDIATE");
    if (!is_new || !*is_new) // another process was faster
        return is_new ? Result<void>() : std::move(is_new).error();
    if (auto made = connection.execute(schema); !made)
        return made;
    if (auto added = add_file_keys(connection); !added)
        return added;
    const std::string numbers = "PRAGMA application_id = " + std::to_string(application_id) +
                                "; PRAGMA user_version = " + std::to_string(schema_version) +
                                "; COMMIT";
    return connection.execute(numbers.c_str());
}

} // namespace eventsourcing::detail::sqlite_keys

#endif
