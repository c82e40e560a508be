// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READ_RECORD_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READ_RECORD_HPP

#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stored_types.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// What is wrong at a place in the file.
inline Error corrupt(const Connection& connection, const std::string& place,
                     const std::string& what) {
    return {errc::corrupt, connection.store() + ": " + place + ": " + what +
                               "; the file was damaged or changed by other means: restore it from "
                               "a backup"};
}
inline Error corrupt_event(const Connection& connection, std::int64_t position,
                           const std::string& what) {
    return corrupt(connection, "the event at position " + std::to_string(position), what);
}

/// Rows that are read in order are not: `position` came after, or in answer to, `before`.
inline Error behind(const Connection& connection, std::int64_t position, std::int64_t before) {
    return corrupt_event(connection, position,
                         "it is stored behind position " + std::to_string(before));
}

/// The row of es_types with this id. `refuse(what)` is the error for one that makes no sense.
template <class Refuse>
Result<const StoredType*> find_type(Connection& connection, StoredTypes& types, std::int64_t id,
                                    const Refuse& refuse) {
    if (const auto known = types.find(id); known != types.end())
        return &known->second;
    Statement row(connection, Sql::type_names);
    auto found = row.bind(id).step();
    if (!found)
        return std::move(found).error();
    if (!*found)
        return refuse("its type is missing in es_types");
    for (const int column : {0, 1, 2})
        if (!is_portable_name(row.bytes(column)))
            return refuse("its type, version or content type is " + quoted(row.bytes(column)));
    const auto text = [&](int column) { return std::string(row.bytes(column)); };
    return &types.emplace(id, StoredType{text(0), text(1), text(2)}).first->second;
}

/// A record as its row has it, without tags. Nothing in the row is believed: the file may have been
/// changed by other means.
struct RowRecord {
    EventRecord record;
    std::int64_t position;
    std::int64_t tag_count;
};

/// Reads the columns of `Sql::read_all`, and of `Sql::read_forward` where the `stream` is known.
/// The views of the type are valid as long as `types`, the others until the next step.
inline Result<RowRecord> read_record(Connection& connection, StoredTypes& types,
                                     const Statement& row,
                                     std::optional<std::string_view> stream = {}) {
    const std::int64_t position = row.integer(0);
    const auto refuse = [&](const std::string& what) {
        return corrupt_event(connection, position, what);
    };
    if (!stream) {
        stream = row.bytes(8);
        if (!StreamNameView::parse(*stream))
            return refuse("its stream has the name " + quoted(*stream));
    }
    const std::int64_t revision = row.integer(1);
    if (revision < 0 || revision == no_position)
        return refuse("it has revision " + std::to_string(revision));
    const std::string_view id = row.bytes(2);
    Uuid::Bytes id_bytes{};
    if (id.size() != id_bytes.size())
        return refuse("its id has " + std::to_string(id.size()) + " bytes, expected 16");
    std::copy(id.begin(), id.end(), id_bytes.begin());
    const auto type = find_type(connection, types, row.integer(4), refuse);
    if (!type)
        return type.error();
    const std::int64_t tag_count = row.integer(5);
    if (tag_count < 0 || tag_count > static_cast<std::int64_t>(max_tags))
        return refuse("it has " + std::to_string(tag_count) + " tags");
    return RowRecord{.record = {.id = Uuid(id_bytes),
                                .stream = *stream,
                                .revision = Revision(static_cast<std::uint64_t>(revision)),
                                .position = Position(static_cast<std::uint64_t>(position)),
                                .recorded_at = Timestamp::from_unix_nanoseconds(row.integer(3)),
                                .type = (*type)->name,
                                .version = (*type)->version,
                                .content_type = (*type)->content_type,
                                .data = row.bytes(6),
                                .metadata = row.bytes(7),
                                .tags = {}},
                     .position = position,
                     .tag_count = tag_count};
}

/// Gives the last record of `page`, which is the one at `position`, its tags.
inline Result<void> read_tags(Connection& connection, std::int64_t position, std::int64_t count,
                              Page& page) {
    if (count == 0)
        return {};
    std::vector<std::string> tags;
    Statement row(connection, Sql::read_tags);
    row.bind(position);
    while (tags.size() <= max_tags) { // in a damaged index they may have no end
        auto stepped = row.step();
        if (!stepped)
            return std::move(stepped).error();
        if (!*stepped)
            break;
        if (row.is_null(0))
            return corrupt_event(connection, position, "one of its tags is missing in es_tags");
        tags.emplace_back(row.bytes(0));
    }
    if (to_sqlite(tags.size()) != count)
        return corrupt_event(connection, position,
                             "it has " + std::to_string(tags.size()) + " tags, expected " +
                                 std::to_string(count));
    const std::vector<std::string_view> views(tags.begin(), tags.end());
    page.set_tags(page.records().size() - 1, views);
    return {};
}

/// The number of the stream of this name; nothing where it has no events.
inline Result<std::optional<std::int64_t>> find_stream_id(Connection& connection,
                                                          StreamNameView name) {
    Statement row(connection, Sql::find_stream_id);
    auto found = row.bind(name.view()).step();
    if (!found)
        return std::move(found).error();
    return *found ? std::optional(row.integer(0)) : std::nullopt;
}

/// A stream and the end of it.
struct StreamRow {
    std::int64_t id;
    /// Of the last event.
    std::int64_t revision;
};

/// The stream of this name; nothing where it has no events.
inline Result<std::optional<StreamRow>> find_stream(Connection& connection, StreamNameView name) {
    Statement row(connection, Sql::find_stream);
    auto found = row.bind(name.view()).step();
    if (!found)
        return std::move(found).error();
    if (!*found)
        return std::optional<StreamRow>{};
    if (row.is_null(1))
        return corrupt(connection, "stream " + name.str(), "it has no events");
    const StreamRow stream{row.integer(0), row.integer(1)};
    if (stream.revision < 0 || stream.revision == no_position)
        return corrupt(connection, "stream " + name.str(),
                       "its last revision is " + std::to_string(stream.revision));
    return std::optional(stream);
}

/// The event at `position` as the only one of a page, which is empty where there is none. For a
/// connection that writes: nothing is remembered of rows that may be rolled back.
inline Result<Page> read_one(Connection& connection, std::int64_t position) {
    Page page;
    Statement row(connection, Sql::read_one);
    auto stepped = row.bind(position).step();
    if (!stepped)
        return std::move(stepped).error();
    if (!*stepped)
        return page;
    StoredTypes types;
    auto read = read_record(connection, types, row);
    if (!read)
        return std::move(read).error();
    page.add(read->record);
    if (auto tagged = read_tags(connection, position, read->tag_count, page); !tagged)
        return std::move(tagged).error();
    return page;
}

/// Adds records to a page from rows of a connection that only reads, all in one transaction. What
/// the records share is in the page once.
class PageFiller {
public:
    PageFiller(Connection& connection, Page& page) : connection_(connection), page_(page) {}

    /// From here on the rows are of this stream.
    void set_stream(std::string_view name) { stream_ = page_.keep(name); }
    /// Of the data and metadata of the records so far.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// Adds the record in the next row, of `Sql::read_all` or, once the stream is set, of
    /// `Sql::read_forward` and their like; false where there is no row.
    [[nodiscard]] Result<bool> add_record(Statement& rows) {
        auto stepped = rows.step();
        if (!stepped || !*stepped)
            return stepped;
        auto read = read_record(connection_, connection_.types(), rows, stream_);
        if (!read)
            return std::move(read).error();
        const EventRecord& found = read->record;
        const std::int64_t type = rows.integer(4);
        if (!find_kept(type))
            keep_type(type, found.type, found.version, found.content_type);
        EventRecord& record = add(found.data);
        record.id = found.id;
        if (!stream_)
            record.stream = page_.keep(found.stream);
        record.revision = found.revision;
        record.position = found.position;
        record.recorded_at = found.recorded_at;
        record.metadata = page_.keep(found.metadata);
        bytes_ += found.metadata.size();
        if (auto tagged = read_tags(connection_, read->position, read->tag_count, page_); !tagged)
            return std::move(tagged).error();
        return true;
    }

    /// Adds the event in the next row of `Sql::read_events`, once the stream is set; false where
    /// there is no row.
    [[nodiscard]] Result<bool> add_event(Statement& rows) {
        auto stepped = rows.step();
        if (!stepped || !*stepped)
            return stepped;
        const std::int64_t revision = rows.integer(0);
        if (const std::int64_t id = rows.integer(1); !find_kept(id)) {
            const auto type =
                find_type(connection_, connection_.types(), id, [&](const std::string& what) {
                    return corrupt(
                        connection_,
                        event_place(*stream_, Revision(static_cast<std::uint64_t>(revision))),
                        what);
                });
            if (!type)
                return type.error();
            keep_type(id, (*type)->name, (*type)->version, (*type)->content_type);
        }
        EventRecord& record = add(rows.bytes(2));
        record.revision = Revision(static_cast<std::uint64_t>(revision));
        return true;
    }

private:
    /// A type that the page has, and what the records of its events have in common.
    struct KeptType {
        std::int64_t id;
        EventRecord record;
    };

    /// Whether the page has this type, which is then the one at `type_`.
    bool find_kept(std::int64_t id) {
        if (type_ < types_.size() && types_[type_].id == id)
            return true;
        type_ = 0;
        while (type_ < types_.size() && types_[type_].id != id)
            ++type_;
        return type_ < types_.size();
    }
    void keep_type(std::int64_t id, std::string_view name, std::string_view version,
                   std::string_view content_type) {
        type_ = types_.size();
        EventRecord& record = types_.emplace_back(KeptType{id, {}}).record;
        record.type = page_.keep(name);
        record.version = page_.keep(version);
        record.content_type = page_.keep(content_type);
        if (stream_)
            record.stream = *stream_;
    }

    /// A record of the type at `type_`.
    EventRecord& add(std::string_view data) {
        EventRecord& record = page_.add_kept(types_[type_].record);
        record.data = page_.keep(data);
        bytes_ += data.size();
        return record;
    }

    Connection& connection_;
    Page& page_;
    std::optional<std::string_view> stream_{};
    std::vector<KeptType> types_{};
    std::size_t type_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace eventsourcing::detail::sqlite

#endif
