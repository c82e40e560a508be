// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_RUN_STATEMENTS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_RUN_STATEMENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/guest_statements.hpp>
#include <eventsourcing/engines/sqlite/interruptible.hpp>
#include <eventsourcing/engines/sqlite/result_code.hpp>
#include <eventsourcing/engines/sqlite/statement_rules.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// One statement of the application, in the transaction that is open.
class GuestStatement {
public:
    GuestStatement(Connection& connection, const SqlStatement& asked, std::size_t number)
        : connection_(connection),
          asked_(asked),
          number_(number) {}
    ~GuestStatement() {
        if (is_kept_) {
            sqlite3_reset(statement_);
            sqlite3_clear_bindings(statement_); // of values that are gone
        } else {
            sqlite3_finalize(statement_);
        }
    }
    GuestStatement(const GuestStatement&) = delete;
    GuestStatement& operator=(const GuestStatement&) = delete;

    Result<void> run(const CallOptions& call, const Environment& environment) {
        const StatementRules::Applied rules(connection_.statement_rules(), connection_.handle());
        if (auto prepared = prepare(); !prepared)
            return prepared;
        if (auto bound = bind_all(); !bound)
            return bound;
        return step_to_end(call, environment);
    }

private:
    /// Once for all that have this text.
    Result<void> prepare() {
        GuestStatements& kept = connection_.guest_statements();
        statement_ = kept.find(asked_.text);
        is_kept_ = statement_ != nullptr;
        if (is_kept_)
            return {};
        auto prepared = prepare_anew();
        if (prepared)
            is_kept_ = kept.keep(asked_.text, statement_);
        return prepared;
    }

    Result<void> prepare_anew() {
        const std::string& text = asked_.text;
        const unsigned flags =
            text.size() <= GuestStatements::longest ? SQLITE_PREPARE_PERSISTENT : 0;
        const char* rest = nullptr;
        if (const int code =
                sqlite3_prepare_v3(connection_.handle(), text.c_str(),
                                   static_cast<int>(text.size()) + 1, flags, &statement_, &rest);
            code != SQLITE_OK)
            return error(code);
        if (!statement_)
            return refuse("there is no SQL in it");
        if (const char* const why = connection_.statement_rules().refusal_of(text))
            return refuse(why);
        sqlite3_stmt* second = nullptr; // stays null for blanks and comments
        const auto left = text.size() - static_cast<std::size_t>(rest - text.c_str());
        const int code = sqlite3_prepare_v3(connection_.handle(), rest, static_cast<int>(left) + 1,
                                            0, &second, nullptr);
        sqlite3_finalize(second);
        if (second || code != SQLITE_OK)
            return refuse("it is more than one statement: hand in each on its own");
        return {};
    }

    Result<void> bind_all() {
        const auto expected = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement_));
        if (asked_.values.size() != expected)
            return refuse("it has " + std::to_string(expected) + " parameters and " +
                          std::to_string(asked_.values.size()) + " values");
        int parameter = 0;
        for (const SqlValue& value : asked_.values)
            if (const int code = bind(++parameter, value); code != SQLITE_OK)
                return error(code);
        return {};
    }

    int bind(int parameter, const SqlValue& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value))
            return sqlite3_bind_int64(statement_, parameter, *integer);
        if (const auto* real = std::get_if<double>(&value))
            return sqlite3_bind_double(statement_, parameter, *real);
        if (const auto* text = std::get_if<std::string>(&value))
            return sqlite3_bind_text64(statement_, parameter, text->data(), text->size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
        if (const auto* bytes = std::get_if<std::vector<std::byte>>(&value))
            return bytes->empty() ? sqlite3_bind_zeroblob(statement_, parameter, 0)
                                  : sqlite3_bind_blob64(statement_, parameter, bytes->data(),
                                                        bytes->size(), SQLITE_STATIC);
        return sqlite3_bind_null(statement_, parameter);
    }

    Result<void> step_to_end(const CallOptions& call, const Environment& environment) {
        Result<void> told;
        const auto ask = [&] {
            told = check_call(call, environment);
            return told.has_value();
        };
        const Interruptible interruptible(connection_, ask);
        int code = SQLITE_ROW;
        while (code == SQLITE_ROW)
            code = sqlite3_step(statement_);
        if (!told)
            return std::move(told).error().within(name());
        return code == SQLITE_DONE ? Result<void>{} : error(code);
    }

    [[nodiscard]] std::string name() const {
        return "statement " + std::to_string(number_) + " of the commit (" +
               in_quotes(asked_.text) + ")";
    }
    [[nodiscard]] Error refuse(const std::string& why) const {
        return {errc::invalid, name() + ": " + why + "; nothing of the commit was done"};
    }
    /// Faults of the statement itself are `invalid`; others are what they are for our own.
    [[nodiscard]] Error error(int code) const {
        if (const char* const refusal = connection_.statement_rules().refusal())
            return refuse(refusal);
        if (code == SQLITE_CORRUPT_VTAB) // the application's own, not the file
            return refuse(joined({sqlite3_errmsg(connection_.handle()),
                                  ": a virtual table, such as an FTS5 index, is damaged or out of "
                                  "step with its content: rebuild it"}));
        switch (primary_code(code)) {
        case SQLITE_ERROR:
        case SQLITE_AUTH:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
            return refuse(sqlite3_errmsg(connection_.handle()));
        default:
            return connection_.error(code).within(name());
        }
    }

    Connection& connection_;
    const SqlStatement& asked_;
    const std::size_t number_;
    sqlite3_stmt* statement_ = nullptr;
    bool is_kept_ = false; // by the connection
};

/// Runs the statements of a commit, in order, until one fails.
inline Result<void> run_statements(Connection& connection, std::span<const SqlStatement> statements,
                                   const CallOptions& call, const Environment& environment) {
    for (std::size_t i = 0; i < statements.size(); ++i)
        if (auto done = GuestStatement(connection, statements[i], i + 1).run(call, environment);
            !done)
            return done;
    return {};
}

} // namespace eventsourcing::detail::sqlite

#endif
