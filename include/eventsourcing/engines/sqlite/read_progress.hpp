// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READ_PROGRESS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READ_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stored_id.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// A row of es_checkpoints.
struct StoredProgress {
    std::int64_t id = 0;
    ProgressKey key{};
    Progress progress{};
};

/// The two numbers of a position, as 64 bits each; nothing where the first is NULL.
inline std::optional<Position> read_position(const Statement& row, int column) {
    if (row.is_null(column))
        return std::nullopt;
    return Position(static_cast<std::uint64_t>(row.integer(column)),
                    static_cast<std::uint64_t>(row.integer(column + 1)));
}

inline std::optional<ProgressFailure> read_failure(const Statement& row, int column) {
    if (row.is_null(column))
        return std::nullopt;
    ProgressFailure failure;
    failure.message = row.bytes(column);
    if (auto stream = StreamName::parse(row.bytes(column + 1)))
        failure.stream = *std::move(stream);
    if (!row.is_null(column + 2))
        failure.revision = Revision(static_cast<std::uint64_t>(row.integer(column + 2)));
    failure.since = Timestamp::from_unix_nanoseconds(row.integer(column + 3));
    failure.attempts = static_cast<std::uint64_t>(row.integer(column + 4));
    return failure;
}

/// The row that the statement is at.
inline Result<StoredProgress> read_progress(const Connection& connection, const Statement& row) {
    StoredProgress stored{.id = row.integer(0),
                          .key = {.name = std::string(row.bytes(1)),
                                  .fingerprint = std::string(row.bytes(2)),
                                  .rebuild = row.integer(3) != 0}};
    const std::string place = "progress " + in_quotes(stored.key.name);
    Progress& progress = stored.progress;
    auto store_id = read_optional_id(connection, row, 4, place);
    if (!store_id)
        return std::move(store_id).error();
    auto event_id = read_optional_id(connection, row, 7, place);
    if (!event_id)
        return std::move(event_id).error();
    progress.checkpoint = {
        .store_id = *store_id, .position = read_position(row, 5), .event_id = *event_id};
    progress.owner = row.bytes(8);
    progress.fence = static_cast<std::uint64_t>(row.integer(9));
    progress.status = row.bytes(10);
    progress.failure = read_failure(row, 11);
    return stored;
}

inline Result<std::optional<StoredProgress>> find_progress(Connection& connection,
                                                           const ProgressKey& key) {
    Statement row(connection, Sql::find_progress);
    auto found = row.bind(key.name).bind(key.fingerprint).bind(key.rebuild ? 1 : 0).step();
    if (!found)
        return std::move(found).error();
    if (!*found)
        return std::optional<StoredProgress>{};
    auto stored = read_progress(connection, row);
    if (!stored)
        return std::move(stored).error();
    return std::optional(*std::move(stored));
}

inline std::optional<Progress> progress_of(const std::optional<StoredProgress>& stored) {
    return stored ? std::optional(stored->progress) : std::nullopt;
}

// What `ProgressStore` reads, each in the read transaction that is open.

inline Result<std::vector<std::pair<ProgressKey, Progress>>> list_progress(Connection& connection) {
    std::vector<std::pair<ProgressKey, Progress>> all;
    Statement row(connection, Sql::list_progress);
    for (;;) {
        auto found = row.step();
        if (!found)
            return std::move(found).error();
        if (!*found)
            return all;
        auto stored = read_progress(connection, row);
        if (!stored)
            return std::move(stored).error();
        all.emplace_back(std::move(stored->key), std::move(stored->progress));
    }
}

inline Result<std::optional<std::string>> load_row(Connection& connection, const ProgressKey& key,
                                                   std::string_view row_key) {
    Statement row(connection, Sql::find_row);
    auto found =
        row.bind(key.name).bind(key.fingerprint).bind(key.rebuild ? 1 : 0).bind(row_key).step();
    if (!found)
        return std::move(found).error();
    return *found ? std::optional(std::string(row.bytes(0))) : std::nullopt;
}

inline Result<std::vector<RowCommit>> load_rows(Connection& connection, const ProgressKey& key,
                                                std::optional<std::string_view> after,
                                                std::size_t limit) {
    std::vector<RowCommit> page;
    auto owner = find_progress(connection, key);
    if (!owner)
        return std::move(owner).error();
    if (!*owner)
        return page;
    Statement row(connection, after ? Sql::next_rows : Sql::first_rows);
    row.bind((*owner)->id).bind(to_sqlite(limit));
    if (after)
        row.bind(*after);
    for (;;) {
        auto found = row.step();
        if (!found)
            return std::move(found).error();
        if (!*found)
            return page;
        page.push_back({.key = std::string(row.bytes(0)), .data = std::string(row.bytes(1))});
    }
}

/// The row that the statement is at.
inline Result<ParkedEvent> read_parked(const Connection& connection, const Statement& row) {
    const std::string_view key = row.bytes(0);
    const std::string place =
        "the parked event " + std::to_string(row.integer(1)) + " of key " + in_quotes(key);
    auto stream = StreamName::parse(row.bytes(2));
    if (!stream)
        return corrupt(connection, place, stream.error().message());
    auto event_id = read_id(connection, row, 6, place);
    if (!event_id)
        return std::move(event_id).error();
    return ParkedEvent{.key = std::string(key),
                       .sequence = static_cast<std::uint64_t>(row.integer(1)),
                       .stream = *std::move(stream),
                       .revision = Revision(static_cast<std::uint64_t>(row.integer(3))),
                       .position = read_position(row, 4),
                       .event_id = *event_id,
                       .failure =
                           row.is_null(7) ? std::nullopt : std::optional(std::string(row.bytes(7))),
                       .attempts = static_cast<std::uint64_t>(row.integer(8)),
                       .parked_at = Timestamp::from_unix_nanoseconds(row.integer(9))};
}

/// Adds the rows of a statement that is bound to `page`.
inline Result<void> add_parked(const Connection& connection, Statement& row,
                               std::vector<ParkedEvent>& page) {
    for (;;) {
        auto found = row.step();
        if (!found)
            return std::move(found).error();
        if (!*found)
            return {};
        auto event = read_parked(connection, row);
        if (!event)
            return std::move(event).error();
        // reading on in a damaged file might not end
        if (!page.empty() && page.back().key == event->key &&
            page.back().sequence >= event->sequence)
            return corrupt(connection, "es_parked", "its rows are out of order");
        page.push_back(*std::move(event));
    }
}

inline Result<std::vector<ParkedEvent>> load_parked(Connection& connection, const ProgressKey& key,
                                                    std::optional<std::string_view> after,
                                                    std::size_t limit) {
    std::vector<ParkedEvent> page;
    auto owner = find_progress(connection, key);
    if (!owner)
        return std::move(owner).error();
    if (!*owner)
        return page;
    {
        Statement row(connection, after ? Sql::next_parked : Sql::first_parked);
        row.bind((*owner)->id).bind(to_sqlite(limit));
        if (after)
            row.bind(*after);
        if (auto done = add_parked(connection, row, page); !done)
            return std::move(done).error();
    }
    if (page.size() < limit)
        return page;
    const std::string last = page.back().key;
    Statement rest(connection, Sql::rest_of_parked);
    rest.bind((*owner)->id).bind(last).bind(to_sqlite(page.back().sequence));
    if (auto done = add_parked(connection, rest, page); !done)
        return std::move(done).error();
    return page;
}

} // namespace eventsourcing::detail::sqlite

#endif
