// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STORED_ID_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STORED_ID_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// The id in a column; `place` names the row in the message if it is none.
inline Result<Uuid> read_id(const Connection& connection, const Statement& row, int column,
                            const std::string& place) {
    const std::string_view bytes = row.bytes(column);
    Uuid::Bytes id{};
    if (bytes.size() != id.size())
        return corrupt(connection, place,
                       "an id has " + std::to_string(bytes.size()) + " bytes, expected 16");
    std::copy(bytes.begin(), bytes.end(), id.begin());
    return Uuid(id);
}

/// The same where the column may be NULL.
inline Result<std::optional<Uuid>> read_optional_id(const Connection& connection,
                                                    const Statement& row, int column,
                                                    const std::string& place) {
    if (row.is_null(column))
        return std::optional<Uuid>{};
    auto id = read_id(connection, row, column, place);
    if (!id)
        return std::move(id).error();
    return std::optional(*id);
}

} // namespace eventsourcing::detail::sqlite

#endif
