// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STORED_BATCH_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STORED_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// A batch that was appended as a whole before, in the same stream and at the expected place.
struct StoredBatch {
    Receipt receipt{};
    /// Why it is no retry nevertheless.
    std::optional<Error> fault{};
};

/// Where a batch is stored; nothing if none of its ids is, `errc::duplicate_id` for anything in
/// between.
inline Result<std::optional<StoredBatch>>
look_for_batch(Connection& connection, StreamNameView stream,
               const std::optional<ExpectedRevision>& expected, std::span<const NewEvent> events) {
    std::vector<std::int64_t> positions;
    {
        Statement row(connection, Sql::find_id);
        for (const NewEvent& event : events) {
            auto found = row.again().bind_blob(id_bytes(event.id)).step();
            if (!found)
                return std::move(found).error();
            if (*found)
                positions.push_back(row.integer(0));
        }
    }
    if (positions.empty())
        return std::optional<StoredBatch>{};

    // All events are looked at for a worse fault before other content counts, and the first of them
    // is named, as in every store.
    StoredBatch stored;
    stored.receipt.repeated = true;
    Uuid first_id;
    std::string first_stream;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const auto page = read_one(connection, positions[i]);
        if (!page)
            return page.error();
        if (page->empty())
            return corrupt_event(connection, positions[i], "its id is indexed, but it is missing");
        const EventRecord& record = page->records().front();
        if (i == 0) {
            first_id = record.id;
            first_stream = record.stream;
            stored.receipt.first = record.revision;
        }
        if (positions.size() != events.size() || record.stream != stream.view() ||
            record.revision != stored.receipt.first.plus(i))
            return duplicate_error(first_id, first_stream, stored.receipt.first, not_whole);
        if (!stored.fault && !same_content(record, events[i]))
            stored.fault =
                duplicate_error(record.id, record.stream, record.revision, other_content);
        stored.receipt.last = record.revision;
        stored.receipt.position = record.position;
    }
    if (expected && !could_start_at(stored.receipt.first, *expected))
        return duplicate_error(first_id, first_stream, stored.receipt.first,
                               other_expectation(*expected));
    return std::optional(std::move(stored));
}

/// The receipt of a batch that was appended as a whole before, in the same stream and at the
/// expected place; nothing if none of its ids is stored, `errc::duplicate_id` for anything in
/// between. With ids fixed before the first attempt, this makes an append safe to retry.
inline Result<std::optional<Receipt>>
find_stored_batch(Connection& connection, StreamNameView stream,
                  const std::optional<ExpectedRevision>& expected,
                  std::span<const NewEvent> events) {
    auto stored = look_for_batch(connection, stream, expected, events);
    if (!stored)
        return std::move(stored).error();
    if (!*stored)
        return std::optional<Receipt>{};
    if ((*stored)->fault)
        return *std::move((*stored)->fault);
    return std::optional((*stored)->receipt);
}

/// The receipts of batches of several streams that were all appended before, each where it is
/// expected now; empty if none was, `errc::duplicate_id` for anything in between.
inline Result<std::vector<std::optional<Receipt>>>
find_stored_batches(Connection& connection, std::span<const shared::AppendRequest> parts) {
    std::vector<std::optional<Receipt>> receipts;
    receipts.reserve(parts.size());
    const shared::AppendRequest* known = nullptr;
    bool whole = true;
    std::optional<Error> fault;
    for (const shared::AppendRequest& part : parts) {
        auto stored = look_for_batch(connection, part.stream, part.expected, part.events);
        if (!stored)
            return std::move(stored).error();
        whole = whole && (*stored || part.events.empty());
        if (*stored && !known)
            known = &part;
        if (*stored && !fault)
            fault = std::move((*stored)->fault);
        receipts.push_back(*stored ? std::optional((*stored)->receipt) : std::nullopt);
    }
    if (!known)
        return std::vector<std::optional<Receipt>>{};
    if (!whole)
        return duplicate_error(known->events.front().id, known->stream.view(),
                               receipts[static_cast<std::size_t>(known - parts.data())]->first,
                               not_all);
    if (fault)
        return *std::move(fault);
    return receipts;
}

} // namespace eventsourcing::detail::sqlite

#endif
