// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_APPEND_CONDITION_HPP
#define EVENTSOURCING_STORE_APPEND_CONDITION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eventsourcing {

/// Selects the events that match at least one item. Without items it matches every event.
struct Query {
    /// An event matches an item that names its type, or no type, and whose tags it all has.
    struct Item {
        std::vector<std::string> types{};
        std::vector<std::string> tags{};
    };
    std::vector<Item> items{};
};

/// "Fail if an event matching this query was appended after this position" (a dynamic consistency
/// boundary). The error is then `errc::condition_failed`.
///
/// Read with the query first, decide, and append with `Page::last_position` of the last page; no
/// matching event can have come between. Without a position, any matching event fails the append.
///
/// Without items there is no condition. One item that names nothing is matched by every event, so
/// `{.fail_if_exists = {.items = {{}}}, .after = last}` fails if anything was appended.
struct AppendCondition {
    Query fail_if_exists{};
    std::optional<Position> after{};

    /// Whether there is nothing to check.
    [[nodiscard]] bool none() const { return fail_if_exists.items.empty(); }
};

} // namespace eventsourcing

#endif
