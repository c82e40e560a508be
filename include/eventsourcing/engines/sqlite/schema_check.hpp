// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_SCHEMA_CHECK_HPP
#define EVENTSOURCING_ENGINES_SQLITE_SCHEMA_CHECK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>

#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// By `table es_events` and similar names: the SQL that made it, without comments, blanks and
/// quotes, in which a migrated file differs from a new one.
using SchemaParts = std::map<std::string, std::string>;

/// Reads the parts of a schema; returns SQLite's result code.
inline int read_schema(sqlite3* db, SchemaParts& parts) {
    const auto add = [](void* to, int, char** values, char**) {
        std::string sql = values[1] ? values[1] : "";
        for (auto at = sql.find("--"); at != sql.npos; at = sql.find("--"))
            sql.erase(at, sql.find('\n', at) - at);
        std::erase_if(sql, [](char c) { return c == ' ' || c == '\n' || c == '"'; });
        static_cast<SchemaParts*>(to)->insert_or_assign(values[0] ? values[0] : "", std::move(sql));
        return 0;
    };
    return sqlite3_exec(db, "SELECT type || ' ' || name, sql FROM sqlite_schema", add, &parts,
                        nullptr);
}

/// Which parts of our schema are missing in the file or differ, a sentence each. Tables that the
/// application has added are not its concern.
inline std::vector<std::string> schema_problems(const SchemaParts& found) {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open(":memory:", &raw);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> memory(raw, &sqlite3_close);
    SchemaParts expected;
    if (opened != SQLITE_OK || sqlite3_exec(raw, schema, nullptr, nullptr, nullptr) != SQLITE_OK ||
        read_schema(raw, expected) != SQLITE_OK)
        return {"the schema could not be compared: SQLite has no memory for it"};
    std::vector<std::string> problems;
    for (const auto& [name, sql] : expected) {
        const auto part = found.find(name);
        if (part == found.end())
            problems.push_back("the " + name + " is missing");
        else if (part->second != sql)
            problems.push_back("the " + name + " is not what this library makes");
    }
    return problems;
}

} // namespace eventsourcing::detail::sqlite

#endif
