// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_QUERY_CURSOR_HPP
#define EVENTSOURCING_ENGINES_SQLITE_QUERY_CURSOR_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/store/append_condition.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The ascending positions of one type or one tag, in its index.
struct PostingList {
    Sql seek;
    std::int64_t key;
    /// The first position of the list that is not below the last one asked for.
    std::int64_t at = 0;

    /// Moves `at` to the first position not below `from`, which never goes back.
    [[nodiscard]] Result<void> advance(Connection& connection, std::int64_t from) {
        if (at >= from)
            return {};
        Statement next(connection, seek);
        auto found = next.bind(key).bind(from).step();
        if (!found)
            return std::move(found).error();
        const std::int64_t reached = *found ? next.integer(0) : no_position;
        if (reached < from) // otherwise the walk might not end
            return out_of_order(connection, reached, from - 1);
        at = reached;
        return {};
    }
};

/// Walks over the positions of the events that match a query, by index alone: if an item asks for
/// several tags and types, their lists leap over each other until they agree on a position.
///
/// Valid within one transaction.
class QueryCursor {
public:
    /// The first match not below `from`, which must grow from call to call.
    struct Found {
        /// Below it, and from `from` on, nothing matches.
        std::int64_t position;
        /// Whether the event at `position` matches; otherwise the walk stopped there, to be
        /// continued later, or nothing more matches (`no_position`).
        bool matches;
        /// If it matches: tags that it has, each once and in order, maybe among others. Valid as
        /// long as the cursor and the query.
        std::span<const std::string_view> tags{};
    };

    [[nodiscard]] static Result<QueryCursor> open(Connection& connection, const Query& query) {
        QueryCursor made(connection);
        const Query::Item any_event;
        const auto wanted = query.items.empty() ? std::span(&any_event, 1) : std::span(query.items);
        for (const Query::Item& item : wanted) {
            auto possible = made.items_.emplace_back().open(connection, item);
            if (!possible)
                return std::move(possible).error();
            if (!*possible)
                made.items_.pop_back();
        }
        return made;
    }

    /// The lists leap about `leaps` times at most, and at least so often that the walk moves
    /// forward.
    [[nodiscard]] Result<Found> next(std::int64_t from, std::size_t leaps) {
        Found nearest{no_position, false, {}};
        for (Item& item : items_) {
            auto found =
                item.next(*connection_, from, std::max<std::size_t>(1, leaps / items_.size()));
            if (!found)
                return found;
            if (found->position < nearest.position ||
                (found->position == nearest.position && found->matches))
                nearest = *found;
        }
        return nearest;
    }
    /// The ids of the wanted types, if the query asks for types alone; otherwise empty.
    [[nodiscard]] std::vector<std::int64_t> types_alone() const {
        std::vector<std::int64_t> ids;
        for (const Item& item : items_) {
            if (!item.tags.empty() || item.any_type)
                return {};
            for (const PostingList& list : item.types)
                ids.push_back(list.key);
        }
        return ids;
    }
    /// How many leaps there have been.
    [[nodiscard]] std::size_t leaps() const {
        std::size_t sum = 0;
        for (const Item& item : items_)
            sum += item.leaps;
        return sum;
    }

private:
    struct Item {
        std::vector<PostingList> tags;       // all of them
        std::vector<PostingList> types;      // any of them; empty means any type
        std::vector<std::string_view> names; // of the tags
        bool any_type = true;
        Found last{0, false, {}};
        std::size_t leaps = 0;
        /// How many events with the tags had another type, one after the other.
        std::size_t strangers = 0;
        static constexpr std::size_t most_strangers = 8;

        /// Looks the names up; false if one that is needed was never stored.
        [[nodiscard]] Result<bool> open(Connection& connection, const Query::Item& wanted) {
            any_type = wanted.types.empty();
            Statement find_type(connection, Sql::types_named);
            for (const auto& name : wanted.types) {
                find_type.again().bind(name);
                for (;;) {
                    auto found = find_type.step();
                    if (!found)
                        return found;
                    if (!*found)
                        break;
                    types.push_back({Sql::next_of_type, find_type.integer(0)});
                }
            }
            Statement find_tag(connection, Sql::find_tag);
            for (const auto& name : wanted.tags) {
                auto found = find_tag.again().bind(name).step();
                if (!found || !*found)
                    return found;
                tags.push_back({Sql::next_with_tag, find_tag.integer(0)});
            }
            names.assign(wanted.tags.begin(), wanted.tags.end());
            std::sort(names.begin(), names.end());
            names.erase(std::unique(names.begin(), names.end()), names.end());
            if (any_type && tags.empty())
                tags.push_back({Sql::next_event, 0});
            return any_type || !types.empty();
        }

        [[nodiscard]] Result<Found> next(Connection& connection, std::int64_t from,
                                         std::size_t most_leaps) {
            if (last.position >= from && (last.matches || last.position == no_position))
                return last;
            std::int64_t at = std::max(from, last.position);
            for (const std::size_t end = leaps + most_leaps;; ++leaps) {
                auto agreed = candidate(connection, at);
                if (!agreed)
                    return std::move(agreed).error();
                const bool same = *agreed == at;
                at = *agreed;
                if (at == no_position || same || leaps == end)
                    return last = {at, same && at != no_position, names};
            }
        }

        /// The first position not below `at` that no list excludes by itself.
        [[nodiscard]] Result<std::int64_t> candidate(Connection& connection, std::int64_t at) {
            for (PostingList& list : tags) {
                if (auto moved = list.advance(connection, at); !moved)
                    return std::move(moved).error();
                at = list.at;
            }
            if (any_type || at == no_position)
                return at;
            if (!tags.empty() && strangers < most_strangers) {
                auto fits = has_type(connection, at);
                if (!fits)
                    return std::move(fits).error();
                strangers = *fits ? 0 : strangers + 1;
                if (*fits)
                    return at;
            }
            std::int64_t nearest = no_position;
            for (PostingList& list : types) {
                if (auto moved = list.advance(connection, at); !moved)
                    return std::move(moved).error();
                nearest = std::min(nearest, list.at);
            }
            return nearest;
        }

        /// Whether the event itself says that it has one of the types. It is read anyway if it
        /// matches, and the index of types is on other pages: in a large store one for each event.
        [[nodiscard]] Result<bool> has_type(Connection& connection, std::int64_t at) const {
            Statement type(connection, Sql::type_of_event);
            auto there = type.bind(at).step();
            if (!there || !*there)
                return there;
            return std::any_of(types.begin(), types.end(),
                               [id = type.integer(0)](const auto& one) { return one.key == id; });
        }
    };

    explicit QueryCursor(Connection& connection) : connection_(&connection) {}

    Connection* connection_;
    std::vector<Item> items_;
};

} // namespace eventsourcing::detail::sqlite

#endif
