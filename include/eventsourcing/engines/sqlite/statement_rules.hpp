// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STATEMENT_RULES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STATEMENT_RULES_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <string>
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
            // Once, and then forever: SQLite prepares all statements of a connection again when it
            // gets an authorizer.
            if (!rules_.installed_)
                sqlite3_set_authorizer(db, &StatementRules::ask, &rules_);
            rules_.installed_ = true;
            rules_.applied_ = true;
            rules_.alters_ = false;
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
    /// The same for the text of a statement that SQLite has prepared. The new name of a table is in
    /// the text only: SQLite does not ask about it.
    [[nodiscard]] const char* refusal_of(std::string_view text) const {
        return alters_ && renames_to_ours(text) ? touches_ours : nullptr;
    }

private:
    static int ask(void* self, int action, const char* first, const char* second,
                   const char* /*database*/, const char* /*trigger*/) {
        auto& rules = *static_cast<StatementRules*>(self);
        if (!rules.applied_)
            return SQLITE_OK;
        rules.alters_ = rules.alters_ || action == SQLITE_ALTER_TABLE;
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
            if (!second && is_asked_by_tables(first))
                return nullptr;
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

    /// A PRAGMA without an argument that virtual tables run themselves: FTS5 the one, R-tree the
    /// other.
    static bool is_asked_by_tables(const char* pragma) {
        return sqlite3_stricmp(pragma, "data_version") == 0 ||
               sqlite3_stricmp(pragma, "page_size") == 0;
    }

    static bool is_ours(const char* name) {
        const auto begins_with = [&](std::string_view text) {
            return sqlite3_strnicmp(name, text.data(), static_cast<int>(text.size())) == 0;
        };
        return name && (begins_with("es_") || begins_with("sqlite_autoindex_es_"));
    }

    /// Whether there is `TO es_...` in it, quoted or not.
    static bool renames_to_ours(std::string_view text) {
        constexpr std::string_view blanks = " \t\r\n\f";
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of(blanks), text.size());
            const bool is_to = end == 2 && sqlite3_strnicmp(text.data(), "to", 2) == 0;
            text.remove_prefix(end);
            text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
            const std::size_t quote =
                !text.empty() && std::string_view("\"'`[").find(text[0]) != text.npos ? 1 : 0;
            if (is_to && is_ours(std::string(text.substr(quote)).c_str()))
                return true;
        }
        return false;
    }

    static constexpr const char* touches_ours =
        "it touches a table of the library (es_...); it may use the application's own";

    const char* refusal_ = nullptr;
    bool installed_ = false;
    bool applied_ = false;
    bool alters_ = false; // the last statement
};

} // namespace eventsourcing::detail::sqlite

#endif
