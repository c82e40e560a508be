// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MATCHES_HPP
#define EVENTSOURCING_STORE_MATCHES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/append_condition.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// Whether an event of this type with these tags, which are sorted, matches one item of a query.
inline bool matches(const Query::Item& item, std::string_view type,
                    std::span<const std::string_view> tags) {
    const auto is_type = [&](const std::string& wanted) { return wanted == type; };
    const auto is_there = [&](const std::string& tag) {
        return std::binary_search(tags.begin(), tags.end(), std::string_view(tag));
    };
    return (item.types.empty() || std::any_of(item.types.begin(), item.types.end(), is_type)) &&
           std::all_of(item.tags.begin(), item.tags.end(), is_there);
}

/// Whether it matches the query; one without items matches every event.
inline bool matches(const Query& query, std::string_view type,
                    std::span<const std::string_view> tags) {
    return query.items.empty() ||
           std::any_of(query.items.begin(), query.items.end(),
                       [&](const Query::Item& item) { return matches(item, type, tags); });
}

} // namespace eventsourcing::detail

#endif
