// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_APPEND_CHECKS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_APPEND_CHECKS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/query_cursor.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/head.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace eventsourcing::detail::sqlite {

/// Whether the stream is where the request expects it.
inline Result<void> check_expected(const shared::AppendRequest& request,
                                   const StreamPlace& stream) {
    const auto last = stream.last < 0
                          ? std::nullopt
                          : std::optional(Revision(static_cast<std::uint64_t>(stream.last)));
    if (request.expected && !meets(last, *request.expected))
        return conflict_error(request.stream, *request.expected, last);
    return {};
}

/// The error of a condition that the event at `position` matches.
inline Error condition_error(Connection& connection, std::int64_t position) {
    const auto page = read_one(connection, position);
    if (!page)
        return page.error();
    if (page->empty())
        return indexed_but_missing(connection, position);
    const EventRecord& match = page->records().front();
    return detail::condition_error(match.type, Position{static_cast<std::uint64_t>(position)},
                                   match.stream);
}

/// Whether no event after the condition's position matches it; `head` is the last position.
inline Result<void> check_condition(Connection& connection, const Environment& environment,
                                    const shared::AppendRequest& request, std::int64_t head) {
    if (request.condition.none())
        return {};
    if (auto known =
            check_position(request.condition.after, to_position(head), "AppendCondition::after");
        !known)
        return known;
    const auto after = request.condition.after.value_or(Position{}).value();
    if (to_sqlite(after) >= head)
        return {};
    auto cursor = QueryCursor::open(connection, request.condition.fail_if_exists);
    if (!cursor)
        return std::move(cursor).error();
    for (std::int64_t from = to_sqlite(after) + 1;;) {
        constexpr std::size_t leaps_between_looks_at_the_clock = 1'024;
        const auto found = cursor->next(from, leaps_between_looks_at_the_clock);
        if (!found)
            return found.error();
        if (found->matches)
            return condition_error(connection, found->position);
        if (found->position == no_position)
            return {};
        from = found->position;
        if (auto go_on = check_call(request.call, environment); !go_on)
            return go_on;
    }
}

} // namespace eventsourcing::detail::sqlite

#endif
