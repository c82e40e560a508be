// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STATEMENT_RULES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STATEMENT_RULES_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <sqlite3.h>

#include <string_view>

namespace eventsourcing::detail::sqlite {

/// What SQL of the application may do in a transaction of ours: everything with its own tables. A
/// connection has one, and asks it while it prepares a statement.
class StatementRules {
public:
    StatementRules() = default;
    StatementRules(const StatementRules&) = delete;
    StatementRules& operator=(const StatementRules&) = delete;

    /// While it lives, statements of the connection are the application's.
    class Applied {
    public:
        Applied(StatementRules& rules, sqlite3* db) : rules_(rules) {
            // Once, and then for ever: SQLite prepares all statements of a connection anew when it
            // gets an authorizer.
            if (!rules_.installed_)
                sqlite3_set_authorizer(db, &StatementRules::ask, &rules_);
            rules_.installed_ = true;
            rules_.applied_ = true;
            rules_.refusal_ = nullptr;
        }
        ~Applied() { rules_.applied_ = false; }
        Applied(const Applied&) = delete;
        Applied& operator=(const Applied&) = delete;

    private:
        StatementRules& rules_;
    };

    /// Why the last statement was refused; null if it was not.
    [[nodiscard]] const char* refusal() const { return refusal_; }

private:
    static int ask(void* self, int action, const char* first, const char* second,
                   const char* /*database*/, const char* /*trigger*/) {
        auto& rules = *static_cast<StatementRules*>(self);
        if (!rules.applied_)
            return SQLITE_OK;
        const char* const refusal = refuse(action, first, second);
        if (!refusal)
            return SQLITE_OK;
        rules.refusal_ = refusal;
        return SQLITE_DENY;
    }

    static const char* refuse(int action, const char* first, const char* second) {
        switch (action) {
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT:
            return "it begins or ends a transaction, which the store does itself";
        case SQLITE_ATTACH:
        case SQLITE_DETACH:
            return "it attaches or detaches a file, which can't be done in a transaction";
        case SQLITE_PRAGMA:
            return "it is a PRAGMA, which changes the store's connection";
        case SQLITE_ANALYZE:
            return "it is an ANALYZE, which changes how the store finds its own rows";
        case SQLITE_CREATE_TEMP_INDEX:
        case SQLITE_CREATE_TEMP_TABLE:
        case SQLITE_CREATE_TEMP_TRIGGER:
        case SQLITE_CREATE_TEMP_VIEW:
        case SQLITE_DROP_TEMP_INDEX:
        case SQLITE_DROP_TEMP_TABLE:
        case SQLITE_DROP_TEMP_TRIGGER:
        case SQLITE_DROP_TEMP_VIEW:
            return "it makes or drops something temporary, which no other connection would see";
        case SQLITE_READ: // `second` is a column, or a function
        case SQLITE_UPDATE:
        case SQLITE_FUNCTION:
            return is_ours(first) ? touches_ours : nullptr;
        default:
            return is_ours(first) || is_ours(second) ? touches_ours : nullptr;
        }
    }

    static bool is_ours(const char* name) {
        const auto begins_with = [&](std::string_view text) {
            return sqlite3_strnicmp(name, text.data(), static_cast<int>(text.size())) == 0;
        };
        return name && (begins_with("es_") || begins_with("sqlite_autoindex_es_"));
    }

    static constexpr const char* touches_ours =
        "it touches a table of the library (es_...); it may use the application's own";

    const char* refusal_ = nullptr;
    bool installed_ = false;
    bool applied_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
