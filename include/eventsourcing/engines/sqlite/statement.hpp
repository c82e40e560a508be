// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STATEMENT_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STATEMENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/statements.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// One run of a prepared statement: bound in order, stepped, and reset at the end. Errors of
/// binding show at the first step.
class Statement {
public:
    Statement(Connection& connection, Sql which) : connection_(connection) {
        auto prepared = connection.prepared(which);
        if (prepared)
            statement_ = *prepared;
        else
            failed_ = std::move(prepared).error();
    }
    ~Statement() {
        if (statement_) {
            sqlite3_reset(statement_);
            sqlite3_clear_bindings(statement_);
        }
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value) {
        return bound(statement_ ? sqlite3_bind_int64(statement_, ++parameter_, value) : SQLITE_OK);
    }
    /// The bytes must outlive the statement.
    Statement& bind(std::string_view text) {
        // a null pointer would be an SQL NULL
        const char* const data = text.empty() ? "" : text.data();
        return bound(statement_ ? sqlite3_bind_text64(statement_, ++parameter_, data, text.size(),
                                                      SQLITE_STATIC, SQLITE_UTF8)
                                : SQLITE_OK);
    }
    /// As above.
    Statement& bind_blob(std::string_view bytes) {
        const char* const data = bytes.empty() ? "" : bytes.data();
        return bound(statement_ ? sqlite3_bind_blob64(statement_, ++parameter_, data, bytes.size(),
                                                      SQLITE_STATIC)
                                : SQLITE_OK);
    }
    Statement& bind_null() {
        return bound(statement_ ? sqlite3_bind_null(statement_, ++parameter_) : SQLITE_OK);
    }

    /// Whether there is a next row.
    [[nodiscard]] Result<bool> step() {
        if (failed_)
            return *failed_;
        const int code = sqlite3_step(statement_);
        if (code == SQLITE_ROW)
            return true;
        if (code == SQLITE_DONE)
            return false;
        return connection_.error(code);
    }
    /// For statements without rows.
    [[nodiscard]] Result<void> run() {
        if (auto stepped = step(); !stepped)
            return std::move(stepped).error();
        return {};
    }
    /// Makes it ready to be bound and run once more.
    Statement& again() {
        sqlite3_reset(statement_);
        parameter_ = 0;
        return *this;
    }

    [[nodiscard]] bool is_null(int column) const {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }
    [[nodiscard]] std::int64_t integer(int column) const {
        return sqlite3_column_int64(statement_, column);
    }
    /// The bytes of a text or blob, valid until the next step.
    [[nodiscard]] std::string_view bytes(int column) const {
        const void* const data = sqlite3_column_blob(statement_, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return {static_cast<const char*>(data), data ? size : 0};
    }

private:
    Statement& bound(int code) {
        if (code != SQLITE_OK && !failed_)
            failed_ = connection_.error(code);
        return *this;
    }

    Connection& connection_;
    sqlite3_stmt* statement_ = nullptr;
    std::optional<Error> failed_;
    int parameter_ = 0;
};

/// After every position and revision.
inline constexpr std::int64_t no_position = std::numeric_limits<std::int64_t>::max();

/// One of our numbers in SQLite's 63 bits; larger ones become the largest.
constexpr std::int64_t to_sqlite(std::uint64_t value) {
    return static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(no_position)));
}

/// Runs a statement that takes no parameters and has no rows.
[[nodiscard]] inline Result<void> run(Connection& connection, Sql which) {
    return Statement(connection, which).run();
}

/// The same without an error message, for which there may be no memory; returns SQLite's result
/// code.
[[nodiscard]] inline int try_run(Connection& connection, Sql which) noexcept {
    sqlite3_stmt* const statement = connection.try_prepared(which);
    if (!statement)
        return sqlite3_extended_errcode(connection.handle());
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/// Ends a transaction that was not committed.
class RollbackGuard {
public:
    explicit RollbackGuard(Connection& connection) : connection_(connection) {}
    ~RollbackGuard() {
        if (connection_.in_transaction())
            static_cast<void>(try_run(connection_, Sql::rollback));
    }
    RollbackGuard(const RollbackGuard&) = delete;
    RollbackGuard& operator=(const RollbackGuard&) = delete;

private:
    Connection& connection_;
};

} // namespace eventsourcing::detail::sqlite

#endif
