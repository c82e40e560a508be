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

/// The receipt of a batch that was appended as a whole before, in the same stream and at the
/// expected place; nothing if none of its ids is stored, `errc::duplicate_id` for anything in
/// between. With ids fixed before the first attempt, this makes an append safe to retry.
inline Result<std::optional<Receipt>>
find_stored_batch(Connection& connection, StreamNameView stream,
                  const std::optional<ExpectedRevision>& expected,
                  std::span<const NewEvent> events) {
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
        return std::optional<Receipt>{};

    Receipt receipt;
    receipt.repeated = true;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const auto page = read_one(connection, positions[i]);
        if (!page)
            return page.error();
        if (page->empty())
            return corrupt_event(connection, positions[i], "its id is indexed, but it is missing");
        const EventRecord& record = page->records().front();
        const auto duplicate = [&](std::string_view why) {
            return duplicate_error(record.id, record.stream, record.revision, why);
        };
        if (i == 0)
            receipt.first = record.revision;
        if (positions.size() != events.size() || record.stream != stream.view() ||
            record.revision != receipt.first.plus(i))
            return duplicate(not_whole);
        if (expected && !could_start_at(receipt.first, *expected))
            return duplicate(other_expectation(*expected));
        if (!same_content(record, events[i]))
            return duplicate(other_content);
        receipt.last = record.revision;
        receipt.position = record.position;
    }
    return std::optional(receipt);
}

/// The receipts of batches of several streams that were all appended before, each where it is
/// expected now; empty if none was, `errc::duplicate_id` for anything in between.
inline Result<std::vector<std::optional<Receipt>>>
find_stored_batches(Connection& connection, std::span<const shared::AppendRequest> parts) {
    std::vector<std::optional<Receipt>> receipts;
    receipts.reserve(parts.size());
    const shared::AppendRequest* known = nullptr;
    bool whole = true;
    for (const shared::AppendRequest& part : parts) {
        auto stored = find_stored_batch(connection, part.stream, part.expected, part.events);
        if (!stored)
            return std::move(stored).error();
        whole = whole && (*stored || part.events.empty());
        if (*stored && !known)
            known = &part;
        receipts.push_back(*stored);
    }
    if (!known)
        return std::vector<std::optional<Receipt>>{};
    if (!whole)
        return duplicate_error(known->events.front().id, known->stream.view(),
                               receipts[static_cast<std::size_t>(known - parts.data())]->first,
                               not_all);
    return receipts;
}

} // namespace eventsourcing::detail::sqlite

#endif
