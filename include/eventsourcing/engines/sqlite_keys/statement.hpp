// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_STATEMENT_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_STATEMENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite_keys {

/// A statement of a key file, prepared at its first run.
class KeyStatement {
public:
    /// `sql` must outlive it.
    KeyStatement(sqlite::Connection& connection, const char* sql)
        : connection_(connection),
          sql_(sql) {}
    ~KeyStatement() { sqlite3_finalize(statement_); }
    KeyStatement(const KeyStatement&) = delete;
    KeyStatement& operator=(const KeyStatement&) = delete;

    /// One run: bound in order, stepped, and reset at the end.
    class Run {
    public:
        explicit Run(KeyStatement& of)
            : connection_(of.connection_),
              code_(of.prepare()),
              statement_(of.statement_) {}
        ~Run() {
            sqlite3_reset(statement_);
            if (statement_)
                sqlite3_clear_bindings(statement_);
        }
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;

        Run& bind(std::int64_t value) {
            return bound([&] { return sqlite3_bind_int64(statement_, ++parameter_, value); });
        }
        /// The bytes must outlive the run.
        Run& bind(std::string_view text) {
            return bound([&] {
                return sqlite3_bind_text64(statement_, ++parameter_, text.data(), text.size(),
                                           SQLITE_STATIC, SQLITE_UTF8);
            });
        }
        /// As above.
        Run& bind_blob(std::string_view bytes) {
            return bound([&] {
                return sqlite3_bind_blob64(statement_, ++parameter_, bytes.data(), bytes.size(),
                                           SQLITE_STATIC);
            });
        }

        /// Whether there is a next row.
        [[nodiscard]] Result<bool> step() {
            if (code_ == SQLITE_OK)
                code_ = sqlite3_step(statement_);
            const int code = std::exchange(code_, SQLITE_OK);
            if (code == SQLITE_ROW || code == SQLITE_DONE)
                return code == SQLITE_ROW;
            return connection_.error(code);
        }
        /// For statements without rows.
        [[nodiscard]] Result<void> done() {
            if (auto stepped = step(); !stepped)
                return std::move(stepped).error();
            return {};
        }

        [[nodiscard]] std::int64_t integer(int column) const {
            return sqlite3_column_int64(statement_, column);
        }
        [[nodiscard]] bool is_null(int column) const {
            return sqlite3_column_type(statement_, column) == SQLITE_NULL;
        }
        /// Valid until the next step.
        [[nodiscard]] std::string_view bytes(int column) const {
            const void* const data = sqlite3_column_blob(statement_, column);
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
            return {static_cast<const char*>(data), data ? size : 0};
        }

    private:
        template <class Bind>
        Run& bound(Bind bind_one) {
            if (code_ == SQLITE_OK)
                code_ = bind_one();
            return *this;
        }

        sqlite::Connection& connection_;
        int code_;
        sqlite3_stmt* statement_;
        int parameter_ = 0;
    };

private:
    [[nodiscard]] int prepare() {
        return statement_ ? SQLITE_OK
                          : sqlite3_prepare_v3(connection_.handle(), sql_, -1,
                                               SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
    }

    sqlite::Connection& connection_;
    const char* sql_;
    sqlite3_stmt* statement_ = nullptr;
};

} // namespace eventsourcing::detail::sqlite_keys

#endif
