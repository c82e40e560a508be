// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_GUEST_STATEMENTS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_GUEST_STATEMENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <string>

namespace eventsourcing::detail::sqlite {

/// Statements of the application that a connection keeps prepared, by their text: to prepare one
/// takes several times as long as to run it. SQLite prepares one again where the schema has
/// changed, and asks the `StatementRules` again.
class GuestStatements {
public:
    static constexpr std::size_t most = 100;
    /// In bytes. A longer text has values in it, and hardly comes again.
    static constexpr std::size_t longest = 4'096;

    GuestStatements() = default;
    GuestStatements(const GuestStatements&) = delete;
    GuestStatements& operator=(const GuestStatements&) = delete;
    ~GuestStatements() { clear(); }

    /// Null if there is none.
    [[nodiscard]] sqlite3_stmt* find(const std::string& text) const {
        const auto found = by_text_.find(text);
        return found != by_text_.end() ? found->second : nullptr;
    }
    /// Whether it is kept, and finalized here; none of them may be in use.
    [[nodiscard]] bool keep(const std::string& text, sqlite3_stmt* statement) {
        if (text.size() > longest)
            return false;
        if (by_text_.size() >= most)
            clear();
        return by_text_.try_emplace(text, statement).second;
    }
    /// Before the connection is closed.
    void clear() {
        for (const auto& [text, statement] : by_text_)
            sqlite3_finalize(statement);
        by_text_.clear();
    }

private:
    TextMap<sqlite3_stmt*> by_text_;
};

} // namespace eventsourcing::detail::sqlite

#endif
