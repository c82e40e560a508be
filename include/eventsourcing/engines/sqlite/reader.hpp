// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READER_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/query_cursor.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/read_transaction.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// A page ends early when its records hold this many bytes, so that its memory is bounded by this
/// and one event.
inline constexpr std::size_t max_page_bytes = 16 * 1024 * 1024;
/// How often the indexes of a query may leap over events that it does not match before a page ends,
/// empty if need be.
inline constexpr std::size_t max_page_leaps = 4'096;
/// Where this many events of the wanted types follow each other closely, the events are read in
/// their order, and not one by one through the index of types.
inline constexpr std::size_t dense_after = 8;
/// Closely: with fewer events of other types between two of them. A search in the index takes as
/// long as passing over some ten events.
inline constexpr std::int64_t dense_gap = 8;

/// The last position of the store, 0 if it is empty.
inline Result<std::int64_t> read_head(Connection& connection) {
    Statement row(connection, Sql::head);
    auto found = row.step();
    if (!found)
        return std::move(found).error();
    const std::int64_t head = row.integer(0);
    if (head < 1 && !row.is_null(0)) // otherwise damage would look like an empty store
        return corrupt_event(connection, head, "it is the last, and positions begin with 1");
    return head;
}

constexpr Position to_position(std::int64_t position) {
    return Position(static_cast<std::uint64_t>(position));
}

/// The same for repeated looks: reads the table only if another connection has changed the file.
/// Not for the connection that writes: it does not see its own changes.
inline Result<std::int64_t> poll_head(Connection& connection) {
    std::int64_t version = 0;
    {
        Statement row(connection, Sql::data_version);
        auto found = row.step();
        if (!found)
            return std::move(found).error();
        version = row.integer(0);
    }
    auto& seen = connection.seen_head();
    if (seen.version != version) {
        ReadTransaction transaction(connection);
        if (auto begun = transaction.begin(); !begun)
            return std::move(begun).error();
        auto head = read_head(connection);
        if (!head)
            return head;
        seen = {version, *head};
    }
    return seen.head;
}

/// Fills one page in one read transaction, which ends before it returns.
class PageReader {
public:
    explicit PageReader(Connection& connection) : connection_(connection) {}

    [[nodiscard]] Result<Page> stream(StreamNameView name, const StreamRead& which) {
        return in_transaction([&] { return read_stream(name, which); });
    }
    /// The event of this id, if it is stored.
    [[nodiscard]] Result<Page> event(const Uuid& id) {
        return in_transaction([&] { return read_event(id); });
    }
    [[nodiscard]] Result<Page> all(const AllRead& which) {
        return in_transaction([&] { return read_all(which); });
    }

private:
    template <class Read>
    Result<Page> in_transaction(Read read) {
        ReadTransaction transaction(connection_);
        if (auto begun = transaction.begin(); !begun)
            return std::move(begun).error();
        if (auto done = read(); !done)
            return std::move(done).error();
        return std::move(page_);
    }

    Result<void> read_stream(StreamNameView name, const StreamRead& which) {
        filler_.set_stream(name.view());
        return which.direction == Direction::forward ? read_forward(name, which)
                                                     : read_backward(name, which);
    }

    /// Up to the last event in es_stream_events, which alone says where the stream ends.
    Result<void> read_forward(StreamNameView name, const StreamRead& which) {
        std::int64_t next = which.from ? to_sqlite(which.from->value()) : 0;
        Statement row(connection_, which.events_only ? Sql::read_events : Sql::read_forward);
        const auto first_of = [&](const StreamKeys& keys) {
            row.again().bind(keys.at(next)).bind(keys.last()).bind(to_sqlite(which.limit) + 1);
            return row.step();
        };
        const auto is_of_another = [&] {
            return row.bytes(which.events_only ? 3 : 8) != name.view();
        };
        auto more = first_of(stream_keys(name.view()));
        if (more && (*more ? is_of_another() : next > 0)) { // it is at another place, or at none
            const auto stream = find_stream(connection_, name);
            if (!stream)
                return stream.error();
            more = first_of(stream->keys);
            if (more && *more && is_of_another())
                return mixed_stream(connection_, name);
        }
        if (!more)
            return std::move(more).error();
        bool there = *more;
        while (there && !is_full(which.limit)) {
            if (auto added = which.events_only ? filler_.add_event(row) : filler_.add_record(row);
                !added)
                return added;
            make_room(which.limit);
            const std::int64_t revision = last_revision();
            // only at the front of a stream may events be missing
            const bool first = page_.records().size() == 1;
            if (first ? revision < next || revision >= StreamKeys::revisions_end : revision != next)
                return gap(name, next, revision);
            next = revision + 1;
            auto stepped = row.step();
            if (!stepped)
                return std::move(stepped).error();
            there = *stepped;
        }
        page_.at_end = !there;
        page_.next_revision = page_.empty() ? which.from.value_or(Revision{})
                                            : Revision(static_cast<std::uint64_t>(next));
        return {};
    }

    Result<void> read_backward(StreamNameView name, const StreamRead& which) {
        const auto stream = find_stream(connection_, name);
        if (!stream)
            return stream.error();
        std::int64_t next = stream->last;
        if (which.from)
            next = std::min(next, to_sqlite(which.from->value()));
        Statement row(connection_, Sql::read_backward);
        row.bind(stream->keys.first).bind(stream->keys.first + next).bind(to_sqlite(which.limit));
        while (next >= 0 && !is_full(which.limit)) {
            auto found = row.step();
            if (!found)
                return std::move(found).error();
            if (!*found)
                break;
            if (auto added = filler_.add_record(row); !added)
                return added;
            const std::int64_t revision = last_revision();
            if (revision != next)
                return gap(name, next, revision);
            next = revision - 1;
        }
        page_.at_end = next < 0 || !is_full(which.limit);
        if (!page_.at_end)
            page_.next_revision = Revision(static_cast<std::uint64_t>(next));
        return {};
    }

    /// A page that has become long is likely to be filled. Growing in steps would copy its records,
    /// and free so much memory that malloc returns it to the system after each page and needs new
    /// zeroed pages for the next one.
    void make_room(std::size_t limit) {
        constexpr std::size_t is_long = 64;
        constexpr std::size_t most = 1'000;
        if (page_.records().size() == is_long)
            page_.reserve(std::min(limit, most));
    }

    [[nodiscard]] std::int64_t last_revision() const {
        return to_sqlite(page_.records().back().revision.value());
    }

    Result<void> read_all(const AllRead& which) {
        const auto head = read_head(connection_);
        if (!head)
            return head.error();
        if (auto known = check_position(which.after, to_position(*head), "AllRead::after"); !known)
            return known;
        page_.last_position = which.after;
        std::int64_t position = which.after ? to_sqlite(which.after->value()) : 0;
        if (position >= *head)
            return {};
        const auto& items = which.query.items;
        const bool every_event =
            items.empty() || std::any_of(items.begin(), items.end(), [](const Query::Item& item) {
                return item.types.empty() && item.tags.empty();
            });
        auto reached = every_event ? add_every(position, *head, which.limit)
                                   : add_matching(position, *head, which);
        if (!reached)
            return std::move(reached).error();
        page_.last_position = Position(static_cast<std::uint64_t>(*reached));
        page_.at_end = *reached >= *head;
        return {};
    }

    Result<void> read_event(const Uuid& id) {
        Statement place(connection_, Sql::find_id);
        auto found = place.bind_blob(id_bytes(id)).step();
        if (!found)
            return std::move(found).error();
        return *found ? add_indexed(place.integer(0)) : Result<void>{};
    }

    /// Adds the event at `position`, which is in an index, and has these tags for certain.
    Result<void> add_indexed(std::int64_t position, std::span<const std::string_view> tags = {}) {
        Statement row(connection_, Sql::read_one);
        auto there = row.bind(position).step();
        if (!there)
            return std::move(there).error();
        if (!*there)
            return indexed_but_missing(connection_, position);
        return filler_.add_record(row, tags);
    }

    /// Adds the events after `position` and returns the last position that it has looked at.
    Result<std::int64_t> add_every(std::int64_t position, std::int64_t head, std::size_t limit) {
        Statement row(connection_, Sql::read_all);
        row.bind(position).bind(to_sqlite(limit));
        while (!is_full(limit)) {
            auto found = row.step();
            if (!found)
                return std::move(found).error();
            if (!*found)
                return head;
            if (auto added = filler_.add_record(row); !added)
                return std::move(added).error();
            make_room(limit);
            const auto next = to_sqlite(page_.records().back().position->value());
            if (next <= position) // otherwise reading on might not end
                return out_of_order(connection_, next, position);
            position = next;
        }
        return position;
    }

    Result<std::int64_t> add_matching(std::int64_t position, std::int64_t head,
                                      const AllRead& which) {
        auto cursor = QueryCursor::open(connection_, which.query);
        if (!cursor)
            return std::move(cursor).error();
        const std::vector<std::int64_t> types = cursor->types_alone();
        std::size_t close = 0;
        while (!is_full(which.limit) && (page_.empty() || cursor->leaps() < max_page_leaps)) {
            const auto found = cursor->next(position + 1, max_page_leaps);
            if (!found)
                return found.error();
            if (!found->matches)
                return found->position == no_position ? head : found->position - 1;
            close = found->position - position <= dense_gap ? close + 1 : 0;
            position = found->position;
            if (auto added = add_indexed(position, found->tags); !added)
                return std::move(added).error();
            if (close < dense_after || types.empty())
                continue;
            auto reached = add_dense(position, head, which.limit, types);
            if (!reached)
                return reached;
            position = *reached;
            close = 0;
        }
        return position;
    }

    /// Adds the events of these types after `position` until too many of others follow each other,
    /// and returns the last position that it has looked at.
    Result<std::int64_t> add_dense(std::int64_t position, std::int64_t head, std::size_t limit,
                                   const std::vector<std::int64_t>& types) {
        Statement row(connection_, Sql::read_all);
        row.bind(position).bind(no_position);
        for (std::int64_t others = 0; others < dense_gap && !is_full(limit);) {
            auto found = row.step();
            if (!found)
                return std::move(found).error();
            if (!*found)
                return head;
            const bool wanted =
                std::find(types.begin(), types.end(), row.integer(4)) != types.end();
            others = wanted ? 0 : others + 1;
            if (wanted)
                if (auto added = filler_.add_record(row); !added)
                    return std::move(added).error();
            make_room(limit);
            const std::int64_t next =
                wanted ? to_sqlite(page_.records().back().position->value()) : row.integer(0);
            if (next <= position) // otherwise reading on might not end
                return out_of_order(connection_, next, position);
            position = next;
        }
        return position;
    }

    [[nodiscard]] bool is_full(std::size_t limit) const {
        return page_.records().size() >= limit || filler_.bytes() >= max_page_bytes;
    }

    [[nodiscard]] Error gap(StreamNameView name, std::int64_t missing, std::int64_t found) const {
        return corrupt(connection_, "stream " + name.str(),
                       "the event at revision " + std::to_string(missing) +
                           " is missing, though there is one at revision " + std::to_string(found));
    }

    Connection& connection_;
    Page page_{};
    PageFiller filler_{connection_, page_};
};

} // namespace eventsourcing::detail::sqlite

#endif
