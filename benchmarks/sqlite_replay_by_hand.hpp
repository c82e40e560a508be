// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_SQLITE_REPLAY_BY_HAND_HPP
#define EVENTSOURCING_BENCHMARKS_SQLITE_REPLAY_BY_HAND_HPP

#include "sqlite_by_hand.hpp"
#include "sqlite_fight.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace codec_by_hand {

inline bool decode(std::string_view text, codec_events::EntityHealed& e) {
    Reader in(text);
    return in.literal(R"({"entity_id":")") && in.string(e.entity_id) &&
           in.literal(R"(,"points":)") && in.integer(e.points) && in.literal("}") && in.at_end();
}

} // namespace codec_by_hand

namespace sqlite_by_hand {

/// A stream folded as one would write it for these events: one statement that is stepped through,
/// each event decoded where SQLite has it, into the same object again, and applied. Checked are
/// SQLite's result codes, that revisions have no gaps, types, and the JSON.
class Replay {
public:
    explicit Replay(const std::string& path, const Layout& layout = shipped,
                    const char* settings = "") {
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                              SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
        check(sqlite3_open_v2(path.c_str(), &db_, flags, nullptr));
        check(sqlite3_exec(db_, "PRAGMA query_only = ON; PRAGMA cell_size_check = OFF", nullptr,
                           nullptr, nullptr));
        check(sqlite3_exec(db_, settings, nullptr, nullptr, nullptr));
        if (layout.add_stream)
            find_stream_ = prepare("SELECT id FROM es_streams WHERE name = ?1");
        read_ = prepare(layout.read_stream);
        read_page_ = prepare(layout.read_page);
        find_type_ = prepare("SELECT id FROM es_types WHERE name = ?1");
    }
    ~Replay() {
        for (sqlite3_stmt* statement : {find_stream_, read_, read_page_, find_type_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    fight::State load(std::string_view stream) {
        if (attacked_ == 0) {
            attacked_ = type_id(fight::attacked);
            healed_ = type_id(fight::healed);
        }
        fight::State state;
        std::uint64_t generation = 0;
        int code = find(stream);
        for (; code == SQLITE_ROW; code = sqlite3_step(read_)) {
            if (sqlite3_column_int64(read_, 0) != static_cast<std::int64_t>(generation))
                std::abort();
            const std::int64_t type = sqlite3_column_int64(read_, 1);
            const void* const data = sqlite3_column_blob(read_, 2);
            const std::string_view text(static_cast<const char*>(data),
                                        static_cast<std::size_t>(sqlite3_column_bytes(read_, 2)));
            if (type == attacked_) {
                if (!codec_by_hand::decode(text, attack_))
                    std::abort();
                fight::Fight::apply_event(state, attack_);
            } else if (type == healed_) {
                if (!codec_by_hand::decode(text, heal_))
                    std::abort();
                fight::Fight::apply_event(state, heal_);
            } else {
                std::abort();
            }
            ++generation;
        }
        check(code, SQLITE_DONE);
        sqlite3_reset(read_);
        state.generation = eventsourcing::Generation(generation);
        return state;
    }

    /// The bytes of data of the 100 events after `position` and of the names of their streams.
    std::size_t read_page(std::int64_t position) {
        std::size_t bytes = 0;
        sqlite3_bind_int64(read_page_, 1, position);
        int code = SQLITE_OK;
        while ((code = sqlite3_step(read_page_)) == SQLITE_ROW)
            for (const int column : {2, 3}) {
                page_.assign(static_cast<const char*>(sqlite3_column_blob(read_page_, column)),
                             static_cast<std::size_t>(sqlite3_column_bytes(read_page_, column)));
                bytes += page_.size();
            }
        check(code, SQLITE_DONE);
        sqlite3_reset(read_page_);
        return bytes;
    }

    /// How large the file is when all of the log is copied into it.
    std::int64_t file_size() {
        sqlite3_stmt* const pages = prepare("SELECT page_count * page_size FROM "
                                            "pragma_page_count, pragma_page_size");
        check(sqlite3_step(pages), SQLITE_ROW);
        const std::int64_t size = sqlite3_column_int64(pages, 0);
        sqlite3_finalize(pages);
        return size;
    }

private:
    /// Takes the first step to the events of the stream.
    int find(std::string_view stream) {
        if (find_stream_) {
            bind_text(find_stream_, stream);
            check(sqlite3_step(find_stream_), SQLITE_ROW);
            const std::int64_t id = sqlite3_column_int64(find_stream_, 0);
            sqlite3_reset(find_stream_);
            sqlite3_bind_int64(read_, 1, id);
            return sqlite3_step(read_);
        }
        for (unsigned place = 0;; ++place) {
            const auto keys = eventsourcing::detail::sqlite::stream_keys(stream, place);
            sqlite3_bind_int64(read_, 1, keys.first);
            sqlite3_bind_int64(read_, 2, keys.last());
            const int code = sqlite3_step(read_);
            if (code != SQLITE_ROW)
                return code;
            const std::string_view name(static_cast<const char*>(sqlite3_column_blob(read_, 3)),
                                        static_cast<std::size_t>(sqlite3_column_bytes(read_, 3)));
            if (name == stream)
                return code;
            sqlite3_reset(read_);
        }
    }
    std::int64_t type_id(std::string_view name) {
        bind_text(find_type_, name);
        const std::int64_t id =
            sqlite3_step(find_type_) == SQLITE_ROW ? sqlite3_column_int64(find_type_, 0) : -1;
        sqlite3_reset(find_type_);
        return id;
    }
    static void bind_text(sqlite3_stmt* statement, std::string_view text) {
        sqlite3_bind_text64(statement, 1, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void check(int code, int expected = SQLITE_OK) {
        if (code == expected)
            return;
        std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
        std::abort();
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* find_stream_ = nullptr;
    sqlite3_stmt* read_ = nullptr;
    sqlite3_stmt* read_page_ = nullptr;
    sqlite3_stmt* find_type_ = nullptr;
    std::int64_t attacked_ = 0;
    std::int64_t healed_ = 0;
    fight::EntityAttacked attack_;
    fight::EntityHealed heal_;
    std::string page_;
};

} // namespace sqlite_by_hand

#endif
