// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_SQLITE_BY_HAND_HPP
#define EVENTSOURCING_BENCHMARKS_SQLITE_BY_HAND_HPP

#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>
#include <eventsourcing/engines/sqlite/stream_keys.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

/// An event store as one would write it with the C API for this one purpose, to the same contract:
/// thread-safe; ids that are stored are refused, the expected revision is checked, and positions
/// are counted over all processes that write; the log is copied by the same rule. The schema, the
/// statements and the settings are those of `SqliteStore`.
namespace sqlite_by_hand {

struct Event {
    eventsourcing::Uuid id;
    std::string_view type;
    std::string_view version;
    std::string_view content_type;
    std::string_view data;
    std::string_view metadata;
    std::int64_t recorded_at;
    std::string_view source = ""; // bound as text, not as NULL
};

struct Receipt {
    std::int64_t revision;
    std::int64_t position;
};

/// Where events and streams are kept in the file, and what finds them there.
struct Layout {
    /// Makes them, in a file that has the library's tables; null for the library's own, whose
    /// streams are found by their keys, and which has each event a second time.
    const char* tables;
    /// The id and the last revision of the stream with the name ?1; or the last key from ?1 to ?2
    /// and the name of its stream.
    const char* find_stream;
    /// Null where streams have no rows.
    const char* add_stream;
    /// Says that the last revision of stream ?1 is ?2; null where its events alone do.
    const char* move_stream;
    const char* add_event;
    /// Of the library's own.
    const char* add_stream_event;
    /// Revision, type and data of the stream ?1; or of the keys from ?1 to ?2, with the name of the
    /// stream.
    const char* read_stream;
    /// Position, type, data and the name of the stream of 100 events after position ?1.
    const char* read_page;
};

/// The library's.
inline constexpr Layout shipped{
    nullptr,
    "SELECT key, stream_name FROM es_stream_events WHERE key BETWEEN ?1 AND ?2 "
    "ORDER BY key DESC LIMIT 1",
    nullptr,
    nullptr,
    "INSERT INTO es_events(position, stream_name, id, type, recorded_at, tag_count, revision, "
    "data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT INTO es_stream_events(position, stream_name, id, type, recorded_at, tag_count, key, "
    "data, metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "SELECT key & 4294967295, type, coalesce(data, (SELECT e.data FROM es_events e "
    "WHERE e.position = s.position AND e.id = s.id)), stream_name FROM es_stream_events s "
    "WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
    "SELECT position, type, data, stream_name FROM es_events WHERE position > ?1 "
    "ORDER BY position LIMIT 100"};

/// Each event as a whole also in an index by stream; schema 3 of the library.
inline constexpr Layout covering_index{
    "DROP TABLE es_events; DROP TABLE es_stream_events;"
    "CREATE TABLE es_streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE es_events(position INTEGER PRIMARY KEY, stream INTEGER NOT NULL,"
    "revision INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, type INTEGER NOT NULL,"
    "recorded_at INTEGER NOT NULL, tag_count INTEGER NOT NULL,"
    "stream_name TEXT NOT NULL, data BLOB NOT NULL,"
    "metadata BLOB NOT NULL, short_data BLOB AS (CASE WHEN length(data) + length(metadata) <= 200 "
    "THEN data END) VIRTUAL, short_metadata BLOB AS (CASE WHEN length(data) + length(metadata) "
    "<= 200 THEN metadata END) VIRTUAL) STRICT;"
    "CREATE INDEX es_events_stream ON es_events("
    "stream, revision, type, id, recorded_at, tag_count, short_data, short_metadata);"
    "CREATE INDEX es_events_type ON es_events(type)",
    "SELECT s.id, (SELECT max(e.revision) FROM es_events e WHERE e.stream = s.id) "
    "FROM es_streams s WHERE s.name = ?1",
    "INSERT INTO es_streams(name) VALUES(?1)",
    nullptr,
    "INSERT INTO es_events(position, stream, id, type, recorded_at, tag_count, revision, data, "
    "metadata, stream_name) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    nullptr,
    "SELECT revision, type, coalesce(short_data, data) FROM es_events WHERE stream = ?1 "
    "ORDER BY revision",
    "SELECT position, type, data, stream_name FROM es_events WHERE position > ?1 "
    "ORDER BY position LIMIT 100"};

/// Each event once, in the order of positions, with an index by stream; schema 2 of the library.
inline constexpr Layout rows_by_position{
    "DROP TABLE es_events; DROP TABLE es_stream_events;"
    "CREATE TABLE es_streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    "revision INTEGER NOT NULL) STRICT;"
    "CREATE TABLE es_events(position INTEGER PRIMARY KEY, stream INTEGER NOT NULL,"
    "revision INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, type INTEGER NOT NULL,"
    "recorded_at INTEGER NOT NULL, tag_count INTEGER NOT NULL, data BLOB NOT NULL,"
    "metadata BLOB NOT NULL, UNIQUE(stream, revision)) STRICT;"
    "CREATE INDEX es_events_type ON es_events(type)",
    "SELECT id, revision FROM es_streams WHERE name = ?1",
    "INSERT INTO es_streams(name, revision) VALUES(?1, 0)",
    "UPDATE es_streams SET revision = ?2 WHERE id = ?1",
    "INSERT INTO es_events(position, stream, id, type, recorded_at, tag_count, revision, data, "
    "metadata) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    nullptr,
    "SELECT revision, type, data FROM es_events WHERE stream = ?1 ORDER BY revision",
    "SELECT e.position, e.type, e.data, s.name FROM es_events e JOIN es_streams s "
    "ON s.id = e.stream WHERE e.position > ?1 ORDER BY e.position LIMIT 100"};

/// Each event once, in the order of streams, with an index by position.
inline constexpr Layout clustered{
    "DROP TABLE es_events; DROP TABLE es_stream_events;"
    "CREATE TABLE es_streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    "revision INTEGER NOT NULL) STRICT;"
    "CREATE TABLE es_events(position INTEGER NOT NULL UNIQUE, stream INTEGER NOT NULL,"
    "revision INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, type INTEGER NOT NULL,"
    "recorded_at INTEGER NOT NULL, tag_count INTEGER NOT NULL, data BLOB NOT NULL,"
    "metadata BLOB NOT NULL, PRIMARY KEY(stream, revision)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX es_events_type ON es_events(type)",
    rows_by_position.find_stream,
    rows_by_position.add_stream,
    rows_by_position.move_stream,
    rows_by_position.add_event,
    nullptr,
    rows_by_position.read_stream,
    rows_by_position.read_page};

class Store {
public:
    enum class Durability { full, relaxed };

    Store(const std::string& path, Durability durability, const Layout& layout = shipped,
          const char* settings = "") {
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                              SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
        check(sqlite3_open_v2(path.c_str(), &db_, flags, nullptr));
        sqlite3_busy_timeout(db_, 10'000);
        execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; "
                "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; "
                "PRAGMA cache_size = -8192");
        execute(durability == Durability::full ? "PRAGMA synchronous = FULL"
                                               : "PRAGMA synchronous = NORMAL");
        sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, 0, nullptr);
        execute(settings);
        execute(eventsourcing::detail::sqlite::schema);
        execute("INSERT INTO es_store(one, id) VALUES(1, randomblob(16))");
        if (layout.tables)
            execute(layout.tables);
        namespace ours = eventsourcing::detail::sqlite; // which opens the file, too
        execute(("PRAGMA application_id = " + std::to_string(ours::application_id) +
                 "; PRAGMA user_version = " + std::to_string(ours::schema_version))
                    .c_str());
        sqlite3_wal_hook(
            db_,
            [](void* self, sqlite3*, const char*, int frames) {
                static_cast<Store*>(self)->frames_ = frames;
                return SQLITE_OK;
            },
            this);
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        rollback_ = prepare("ROLLBACK");
        head_of_ = prepare("SELECT max(position) FROM es_events");
        find_id_ = prepare("SELECT position FROM es_events WHERE id = ?1");
        find_stream_ = prepare(layout.find_stream);
        add_stream_ = layout.add_stream ? prepare(layout.add_stream) : nullptr;
        move_stream_ = layout.move_stream ? prepare(layout.move_stream) : nullptr;
        add_type_ = prepare(
            "INSERT INTO es_types(name, version, content_type, source) VALUES(?1, ?2, ?3, ?4)");
        add_event_ = prepare(layout.add_event);
        add_stream_event_ = layout.add_stream_event ? prepare(layout.add_stream_event) : nullptr;
    }
    ~Store() {
        for (sqlite3_stmt* statement :
             {begin_, commit_, rollback_, head_of_, find_id_, find_stream_, add_stream_,
              move_stream_, add_type_, add_event_, add_stream_event_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// Where the stream is, or nothing, when it is not where it was expected or the id is there.
    /// `expected` is -1 for a stream without events.
    std::optional<Receipt> append(std::string_view stream, std::int64_t expected,
                                  const Event& event) {
        if (event.id.is_nil() || event.type.empty() || event.data.size() > 4'194'304)
            return std::nullopt;
        const std::lock_guard lock(mutex_);
        check(run(begin_));
        auto receipt = append_in_transaction(stream, expected, event);
        if (!receipt) {
            run(rollback_);
            return receipt;
        }
        check(run(commit_));
        head_ = receipt->position;
        known_version_ = version();
        if (frames_ - copied_at_ >= 2'000 || frames_ < copied_at_) {
            sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_FULL, nullptr, nullptr);
            copied_at_ = frames_;
        }
        return receipt;
    }

private:
    std::optional<Receipt> append_in_transaction(std::string_view stream, std::int64_t expected,
                                                 const Event& event) {
        if (const unsigned now = version(); now != known_version_) {
            check(sqlite3_step(head_of_), SQLITE_ROW);
            head_ = sqlite3_column_int64(head_of_, 0);
            sqlite3_reset(head_of_);
            known_version_ = now;
        }
        bind_blob(find_id_, 1, bytes(event.id));
        const bool stored = sqlite3_step(find_id_) == SQLITE_ROW;
        sqlite3_reset(find_id_);
        if (stored)
            return std::nullopt;

        return add_stream_event_ ? append_by_key(stream, expected, event)
                                 : append_by_id(stream, expected, event);
    }

    std::optional<Receipt> append_by_key(std::string_view stream, std::int64_t expected,
                                         const Event& event) {
        std::int64_t revision = -1;
        std::int64_t first = 0;
        int found = SQLITE_ROW;
        for (unsigned place = 0; found == SQLITE_ROW && revision < 0; ++place) {
            first = eventsourcing::detail::sqlite::stream_keys(stream, place).first;
            sqlite3_bind_int64(find_stream_, 1, first);
            sqlite3_bind_int64(find_stream_, 2, first + 0xffff'ffff);
            found = sqlite3_step(find_stream_);
            if (found == SQLITE_ROW && text(find_stream_, 1) == stream)
                revision = sqlite3_column_int64(find_stream_, 0) - first;
            sqlite3_reset(find_stream_);
        }
        if (revision != expected || revision >= 0xffff'fffe)
            return std::nullopt;
        const bool small = event.data.size() + event.metadata.size() <= 200;
        for (sqlite3_stmt* add : {add_event_, add_stream_event_}) {
            bind_text(add, 2, stream);
            bind_event(add, event, revision + 1 + (add == add_event_ ? 0 : first));
            if (add == add_stream_event_ && !small) {
                sqlite3_bind_null(add, 8);
                sqlite3_bind_null(add, 9);
            }
            check(run(add));
        }
        return Receipt{revision + 1, head_ + 1};
    }

    std::optional<Receipt> append_by_id(std::string_view stream, std::int64_t expected,
                                        const Event& event) {
        bind_text(find_stream_, 1, stream);
        std::int64_t id = 0;
        std::int64_t revision = -1;
        if (sqlite3_step(find_stream_) == SQLITE_ROW) {
            id = sqlite3_column_int64(find_stream_, 0);
            revision = sqlite3_column_int64(find_stream_, 1);
        }
        sqlite3_reset(find_stream_);
        if (revision != expected)
            return std::nullopt;
        if (id == 0) {
            bind_text(add_stream_, 1, stream);
            check(run(add_stream_));
            id = sqlite3_last_insert_rowid(db_);
        } else if (move_stream_) {
            sqlite3_bind_int64(move_stream_, 1, id);
            sqlite3_bind_int64(move_stream_, 2, revision + 1);
            check(run(move_stream_));
        }
        sqlite3_bind_int64(add_event_, 2, id);
        bind_event(add_event_, event, revision + 1);
        if (!move_stream_)
            bind_text(add_event_, 10, stream);
        check(run(add_event_));
        return Receipt{revision + 1, head_ + 1};
    }

    /// All but the stream.
    void bind_event(sqlite3_stmt* add, const Event& event, std::int64_t revision) {
        sqlite3_bind_int64(add, 1, head_ + 1);
        bind_blob(add, 3, bytes(event.id));
        sqlite3_bind_int64(add, 4, type(event));
        sqlite3_bind_int64(add, 5, event.recorded_at);
        sqlite3_bind_int64(add, 6, 0);
        sqlite3_bind_int64(add, 7, revision);
        bind_blob(add, 8, event.data);
        bind_blob(add, 9, event.metadata);
    }

    std::int64_t type(const Event& event) {
        key_.assign(event.type).append(1, ' ').append(event.version);
        key_.append(1, ' ').append(event.content_type);
        if (const auto found = types_.find(key_); found != types_.end())
            return found->second;
        bind_text(add_type_, 1, event.type);
        bind_text(add_type_, 2, event.version);
        bind_text(add_type_, 3, event.content_type);
        bind_text(add_type_, 4, event.source);
        check(run(add_type_));
        return types_[key_] = sqlite3_last_insert_rowid(db_);
    }

    unsigned version() {
        unsigned version = 0;
        sqlite3_file_control(db_, "main", SQLITE_FCNTL_DATA_VERSION, &version);
        return version;
    }
    static std::string_view bytes(const eventsourcing::Uuid& id) {
        const void* const data = id.bytes().data();
        return {static_cast<const char*>(data), id.bytes().size()};
    }
    static std::string_view text(sqlite3_stmt* statement, int column) {
        const void* const text = sqlite3_column_text(statement, column);
        return {static_cast<const char*>(text),
                static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
    }
    static void bind_text(sqlite3_stmt* statement, int at, std::string_view text) {
        sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    static void bind_blob(sqlite3_stmt* statement, int at, std::string_view blob) {
        sqlite3_bind_blob64(statement, at, blob.empty() ? "" : blob.data(), blob.size(),
                            SQLITE_STATIC);
    }
    static int run(sqlite3_stmt* statement) {
        const int code = sqlite3_step(statement);
        sqlite3_reset(statement);
        return code == SQLITE_DONE ? SQLITE_OK : code;
    }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void execute(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
    void check(int code, int expected = SQLITE_OK) {
        if (code == expected)
            return;
        std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
        std::abort();
    }

    std::mutex mutex_;
    sqlite3* db_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    sqlite3_stmt* rollback_ = nullptr;
    sqlite3_stmt* head_of_ = nullptr;
    sqlite3_stmt* find_id_ = nullptr;
    sqlite3_stmt* find_stream_ = nullptr;
    sqlite3_stmt* add_stream_ = nullptr;
    sqlite3_stmt* move_stream_ = nullptr;
    sqlite3_stmt* add_type_ = nullptr;
    sqlite3_stmt* add_event_ = nullptr;
    sqlite3_stmt* add_stream_event_ = nullptr;
    std::unordered_map<std::string, std::int64_t> types_;
    std::string key_;
    std::int64_t head_ = 0;
    std::optional<unsigned> known_version_;
    int frames_ = 0;
    int copied_at_ = 0;
};

} // namespace sqlite_by_hand

#endif
