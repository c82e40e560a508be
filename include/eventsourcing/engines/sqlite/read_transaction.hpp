// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READ_TRANSACTION_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READ_TRANSACTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// Refuses a file that another process has brought to another schema while it was open here.
inline Result<void> check_schema_version(std::int64_t found, const std::string& store) {
    if (found == schema_version)
        return {};
    return Error(errc::unsupported,
                 store + ": another process has brought the file to schema " +
                     std::to_string(found) + ", and this library reads and writes schema " +
                     std::to_string(schema_version) + ": use the later library here, too");
}

/// A read transaction: all that is read while it lives is of one moment, and of our schema.
///
/// SQLite ends it when no statement runs any more, so the statement that reads the schema version
/// is left unfinished: that takes less time than BEGIN and ROLLBACK.
class ReadTransaction {
public:
    explicit ReadTransaction(Connection& connection)
        : connection_(connection),
          schema_(connection, Sql::file_schema) {}

    [[nodiscard]] Result<void> begin() {
        if (auto found = schema_.step(); !found)
            return std::move(found).error();
        return check_schema_version(schema_.integer(0), connection_.store());
    }

private:
    Connection& connection_;
    Statement schema_;
};

} // namespace eventsourcing::detail::sqlite

#endif
