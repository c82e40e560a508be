// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READ_RECORD_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READ_RECORD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stored_types.hpp>
#include <eventsourcing/engines/sqlite/stream_keys.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The bytes of an id, which must outlive them.
inline std::string_view id_bytes(const Uuid& id) {
    const void* const bytes = id.bytes().data();
    return {static_cast<const char*>(bytes), id.bytes().size()};
}

/// Damage at a place in the file.
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
inline Error indexed_but_missing(const Connection& connection, std::int64_t position) {
    return corrupt_event(connection, position, "it is indexed, but missing");
}

/// Rows that must be in order are not: `position` came after `before`, or was found when looking
/// after it.
inline Error out_of_order(const Connection& connection, std::int64_t position,
                          std::int64_t before) {
    return corrupt_event(connection, position,
                         "it is stored after position " + std::to_string(before));
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
            return refuse("its type, version or content type is " + in_quotes(row.bytes(column)));
    if (!row.bytes(3).empty() && !is_portable_name(row.bytes(3)))
        return refuse("its source is " + in_quotes(row.bytes(3)));
    const auto text = [&](int column) { return std::string(row.bytes(column)); };
    return &types.emplace(id, StoredType{text(0), text(1), text(2), text(3)}).first->second;
}

/// A record as its row has it, without tags. Each value of the row is checked: the file may have
/// been changed by other means.
struct RowRecord {
    EventRecord record;
    std::int64_t position;
    std::int64_t type;
    std::int64_t tag_count;
};

/// Reads the columns of `Sql::read_all`, and of `Sql::read_forward` where the `stream` is known.
/// One that has the name of the row before, which is a good one, is not looked at again. The views
/// of the type are valid as long as `types`, the other views until the next step.
inline Result<RowRecord> read_record(Connection& connection, StoredTypes& types,
                                     const Statement& row,
                                     std::optional<std::string_view> stream = {},
                                     std::string_view before = {}) {
    const std::int64_t position = row.integer(0);
    const auto refuse = [&](const std::string& what) {
        return corrupt_event(connection, position, what);
    };
    if (!stream) {
        stream = row.bytes(8);
        if ((*stream != before || before.empty()) && !StreamNameView::parse(*stream))
            return refuse("its stream has the name " + in_quotes(*stream));
    }
    const std::int64_t revision = row.integer(1);
    if (revision < 0 || revision == no_position)
        return refuse("it has revision " + std::to_string(revision));
    const std::string_view id = row.bytes(2);
    Uuid::Bytes bytes{};
    if (id.size() != bytes.size())
        return refuse("its id has " + std::to_string(id.size()) + " bytes, expected 16");
    std::copy(id.begin(), id.end(), bytes.begin());
    const std::string_view data = row.bytes(6);
    if (data.empty() && row.is_null(6))
        return refuse("it is in its stream, but missing");
    const std::int64_t type_id = row.integer(4);
    const auto type = find_type(connection, types, type_id, refuse);
    if (!type)
        return type.error();
    const std::int64_t tag_count = row.integer(5);
    if (tag_count < 0 || tag_count > static_cast<std::int64_t>(max_tags))
        return refuse("it has " + std::to_string(tag_count) + " tags");
    return RowRecord{.record = {.id = Uuid(bytes),
                                .stream = *stream,
                                .revision = Revision(static_cast<std::uint64_t>(revision)),
                                .position = Position(static_cast<std::uint64_t>(position)),
                                .recorded_at = Timestamp::from_unix_nanoseconds(row.integer(3)),
                                .type = (*type)->name,
                                .version = (*type)->version,
                                .content_type = (*type)->content_type,
                                .data = data,
                                .metadata = row.bytes(7),
                                .tags = {},
                                .source = (*type)->source},
                     .position = position,
                     .type = type_id,
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
    while (tags.size() <= max_tags) { // a damaged index may have no end
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

/// Where the events of a stream are, and where it ends.
struct StreamPlace {
    StreamKeys keys;
    /// The revision of the last event, -1 if there is none: then these keys are free.
    std::int64_t last = -1;
};

/// Events of the stream are elsewhere, or events of other streams are among its own.
inline Error mixed_stream(const Connection& connection, StreamNameView name) {
    return corrupt(connection, "stream " + name.str(),
                   "events that name another one are among its own");
}

/// The place of the stream of this name, or the one that it would get.
inline Result<StreamPlace> find_stream(Connection& connection, StreamNameView name) {
    Statement last(connection, Sql::last_of_stream);
    for (std::uint64_t place = 0; place < most_stream_places; ++place) {
        const StreamKeys keys = stream_keys(name.view(), place);
        auto found = last.again().bind(keys.first).bind(keys.last()).step();
        if (!found)
            return std::move(found).error();
        if (!*found)
            return StreamPlace{keys};
        if (last.bytes(1) == name.view()) {
            if (!keys.contain(last.integer(0)))
                return corrupt(connection, "stream " + name.str(),
                               "its last event has the key " + std::to_string(last.integer(0)));
            return StreamPlace{keys, last.integer(0) - keys.first};
        }
        // of another stream: otherwise this one would get a second place
        Statement first(connection, Sql::first_of_stream);
        found = first.bind(keys.first).bind(keys.last()).step();
        if (!found)
            return std::move(found).error();
        if (*found && first.bytes(0) == name.view())
            return mixed_stream(connection, name);
    }
    return corrupt(connection, "stream " + name.str(),
                   "all of its " + std::to_string(most_stream_places) +
                       " places are taken by other streams");
}

/// A page with the event at `position`, or empty if there is none. For a connection that writes: it
/// remembers nothing of rows that may be rolled back.
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

/// Adds records to a page from rows of a connection that only reads, in one transaction. What the
/// records share is stored in the page once.
class PageFiller {
public:
    PageFiller(Connection& connection, Page& page) : connection_(connection), page_(page) {}

    /// The rows that follow are of this stream.
    void set_stream(std::string_view name) { stream_ = page_.keep(name); }
    /// The size of the data and metadata of the records so far.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// Adds the record in this row, of `Sql::read_all` or, once the stream is set, of
    /// `Sql::read_forward` and similar ones. It has `tags`, each once and in order, maybe among
    /// others: if these are all, they are not read. In a large store they would be on a page of
    /// their own.
    [[nodiscard]] Result<void> add_record(const Statement& rows,
                                          std::span<const std::string_view> tags = {}) {
        auto read = read_record(connection_, connection_.types(), rows, stream_, last_stream_);
        if (!read)
            return std::move(read).error();
        const EventRecord& found = read->record;
        if (!find_kept(read->type))
            keep_type(read->type, found.type, found.version, found.content_type, found.source);
        EventRecord& record = add(found.data);
        record.id = found.id;
        if (!stream_) {
            if (found.stream != last_stream_)
                last_stream_ = page_.keep(found.stream);
            record.stream = last_stream_;
        }
        record.revision = found.revision;
        record.position = found.position;
        record.recorded_at = found.recorded_at;
        record.metadata = page_.keep(found.metadata);
        bytes_ += found.metadata.size();
        if (read->tag_count == 0 && tags.empty())
            return {};
        if (read->tag_count != to_sqlite(tags.size()))
            return read_tags(connection_, read->position, read->tag_count, page_);
        page_.set_tags(page_.records().size() - 1, tags);
        return {};
    }

    /// Adds the event in this row of `Sql::read_events`, once the stream is set.
    [[nodiscard]] Result<void> add_event(const Statement& rows) {
        const std::int64_t revision = rows.integer(0);
        const auto refuse = [&](const std::string& what) {
            const Revision place(static_cast<std::uint64_t>(revision));
            return corrupt(connection_, event_place(*stream_, place), what);
        };
        if (const std::int64_t id = rows.integer(1); !find_kept(id)) {
            const auto type = find_type(connection_, connection_.types(), id, refuse);
            if (!type)
                return type.error();
            keep_type(id, (*type)->name, (*type)->version, (*type)->content_type, (*type)->source);
        }
        const std::string_view data = rows.bytes(2);
        if (data.empty() && rows.is_null(2))
            return refuse("it is in its stream, but missing");
        EventRecord& record = add(data);
        record.revision = Revision(static_cast<std::uint64_t>(revision));
        return {};
    }

private:
    /// A type that the page has, and what the records of its events have in common.
    struct KeptType {
        std::int64_t id;
        EventRecord record;
    };

    /// Whether the page has this type; then `type_` is its place.
    bool find_kept(std::int64_t id) {
        if (type_ < types_.size() && types_[type_].id == id)
            return true;
        type_ = 0;
        while (type_ < types_.size() && types_[type_].id != id)
            ++type_;
        return type_ < types_.size();
    }
    void keep_type(std::int64_t id, std::string_view name, std::string_view version,
                   std::string_view content_type, std::string_view source) {
        type_ = types_.size();
        EventRecord& record = types_.emplace_back(KeptType{id, {}}).record;
        record.type = page_.keep(name);
        record.version = page_.keep(version);
        record.content_type = page_.keep(content_type);
        record.source = page_.keep(source);
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
    std::string_view last_stream_{}; // of the last record, if it is not known
    std::vector<KeptType> types_{};
    std::size_t type_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace eventsourcing::detail::sqlite

#endif
