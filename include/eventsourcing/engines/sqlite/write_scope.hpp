// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_WRITE_SCOPE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_WRITE_SCOPE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/interned_names.hpp>
#include <eventsourcing/engines/sqlite/run_statements.hpp>

#include <sqlite3.h>

namespace eventsourcing::detail::sqlite {

/// What one request writes, all or nothing. A savepoint guards those before it; the first needs
/// none, since the whole transaction is its own.
class WriteScope {
public:
    /// `written` says whether requests before it have written. All must outlive it.
    WriteScope(Connection& connection, InternedNames& names, bool& written)
        : connection_(connection),
          names_(names),
          written_(written) {}
    ~WriteScope() {
        if (kept_)
            return;
        names_.forget();
        // A savepoint that can't be undone ends the whole transaction.
        if (connection_.in_transaction() &&
            (!written_ || try_run(connection_, Sql::rollback_to) != SQLITE_OK ||
             try_run(connection_, Sql::release) != SQLITE_OK) &&
            connection_.in_transaction())
            static_cast<void>(try_run(connection_, Sql::rollback));
    }
    WriteScope(const WriteScope&) = delete;
    WriteScope& operator=(const WriteScope&) = delete;

    [[nodiscard]] Result<void> begin() {
        return written_ ? run(connection_, Sql::savepoint) : Result<void>{};
    }
    [[nodiscard]] Result<void> keep() {
        auto done = written_ ? run(connection_, Sql::release) : Result<void>{};
        kept_ = done.has_value();
        written_ = written_ || kept_;
        return done;
    }

private:
    Connection& connection_;
    InternedNames& names_;
    bool& written_;
    bool kept_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
