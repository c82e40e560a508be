// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_SQLITE_PROJECTION_BY_HAND_HPP
#define EVENTSOURCING_BENCHMARKS_SQLITE_PROJECTION_BY_HAND_HPP

#include "projections.hpp"
#include "sqlite_by_hand.hpp"
#include "sqlite_replay_by_hand.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sqlite_by_hand {

/// The read models of `projections.hpp` as one would write them for these events: in one connection
/// and one transaction for each page of 1000, which the checkpoint is a part of. Checked are
/// SQLite's result codes, types, and the JSON.
class Projection {
public:
    explicit Projection(const std::string& path) {
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                              SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
        check(sqlite3_open_v2(path.c_str(), &db_, flags, nullptr));
        execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 2000; "
                "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; "
                "PRAGMA cache_size = -8192");
        execute("CREATE TABLE place(one INTEGER PRIMARY KEY, position INTEGER NOT NULL) STRICT; "
                "CREATE TABLE entities(key TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT; "
                "INSERT INTO place VALUES(1, 0); " BENCHMARK_BOARD);
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        read_page_ = prepare("SELECT position, type, data FROM es_events WHERE position > ?1 "
                             "ORDER BY position LIMIT 1000");
        set_place_ = prepare("UPDATE place SET position = ?1 WHERE one = 1");
        find_row_ = prepare("SELECT data FROM entities WHERE key = ?1");
        set_row_ = prepare("INSERT INTO entities(key, data) VALUES(?1, ?2) "
                           "ON CONFLICT(key) DO UPDATE SET data = ?2");
        attacked_statement_ = prepare(BENCHMARK_ATTACKED);
        healed_statement_ = prepare(BENCHMARK_HEALED);
        attacked_ = type_id(fight::attacked);
        healed_ = type_id(fight::healed);
    }
    ~Projection() {
        for (sqlite3_stmt* statement : {begin_, commit_, read_page_, set_place_, find_row_,
                                        set_row_, attacked_statement_, healed_statement_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }
    Projection(const Projection&) = delete;
    Projection& operator=(const Projection&) = delete;

    /// A row for each entity; returns the number of events. What was read is kept, and each row is
    /// written once for a page.
    std::size_t rows() {
        return follow([this](const auto& event) { this->touch(event.entity_id).tally.add(event); },
                      [this] { this->write_rows(); });
    }
    /// A statement for each event.
    std::size_t statements() {
        return follow(
            [this](const auto& event) {
                if constexpr (requires { event.damage; })
                    this->change(attacked_statement_, event.entity_id, event.damage);
                else
                    this->change(healed_statement_, event.entity_id, event.points);
            },
            [] {});
    }

private:
    struct Row {
        projections::Tally tally;
        bool touched = false;
    };

    template <class Handle, class EndPage>
    std::size_t follow(Handle handle, EndPage end_page) {
        std::int64_t position = 0;
        for (std::size_t events = 0;;) {
            run(begin_);
            sqlite3_bind_int64(read_page_, 1, position);
            std::size_t in_page = 0;
            int code = SQLITE_OK;
            for (; (code = sqlite3_step(read_page_)) == SQLITE_ROW; ++in_page) {
                position = sqlite3_column_int64(read_page_, 0);
                handle_row(handle);
            }
            check(code, SQLITE_DONE);
            sqlite3_reset(read_page_);
            end_page();
            sqlite3_bind_int64(set_place_, 1, position);
            run(set_place_);
            run(commit_);
            events += in_page;
            if (in_page < 1'000)
                return events;
        }
    }
    template <class Handle>
    void handle_row(Handle& handle) {
        const std::int64_t type = sqlite3_column_int64(read_page_, 1);
        const void* const data = sqlite3_column_blob(read_page_, 2);
        const std::string_view text(static_cast<const char*>(data),
                                    static_cast<std::size_t>(sqlite3_column_bytes(read_page_, 2)));
        if (type == attacked_ && codec_by_hand::decode(text, attack_))
            handle(attack_);
        else if (type == healed_ && codec_by_hand::decode(text, heal_))
            handle(heal_);
        else
            std::abort();
    }

    Row& touch(const std::string& key) {
        auto found = rows_.find(key);
        if (found == rows_.end())
            found = rows_.emplace(key, Row{read_row(key)}).first;
        if (!found->second.touched)
            touched_.push_back(&*found);
        found->second.touched = true;
        return found->second;
    }
    projections::Tally read_row(const std::string& key) {
        projections::Tally tally;
        bind_text(find_row_, key);
        if (sqlite3_step(find_row_) == SQLITE_ROW) {
            const void* const data = sqlite3_column_blob(find_row_, 0);
            unsigned long long number[3];
            if (std::sscanf(static_cast<const char*>(data),
                            R"({"damage":%llu,"hits":%llu,"healed":%llu})", &number[0], &number[1],
                            &number[2]) != 3)
                std::abort();
            tally = {number[0], number[1], number[2]};
        }
        sqlite3_reset(find_row_);
        return tally;
    }
    void write_rows() {
        for (auto* const row : touched_) {
            const projections::Tally& tally = row->second.tally;
            text_.assign(R"({"damage":)").append(std::to_string(tally.damage));
            text_.append(R"(,"hits":)").append(std::to_string(tally.hits));
            text_.append(R"(,"healed":)").append(std::to_string(tally.healed)).append("}");
            bind_text(set_row_, row->first);
            sqlite3_bind_blob64(set_row_, 2, text_.data(), text_.size(), SQLITE_STATIC);
            run(set_row_);
            row->second.touched = false;
        }
        touched_.clear();
    }
    void change(sqlite3_stmt* statement, const std::string& entity, std::uint32_t amount) {
        bind_text(statement, entity);
        sqlite3_bind_int64(statement, 2, amount);
        run(statement);
    }

    std::int64_t type_id(std::string_view name) {
        sqlite3_stmt* const find = prepare("SELECT id FROM es_types WHERE name = ?1");
        bind_text(find, name);
        check(sqlite3_step(find), SQLITE_ROW);
        const std::int64_t id = sqlite3_column_int64(find, 0);
        sqlite3_finalize(find);
        return id;
    }
    static void bind_text(sqlite3_stmt* statement, std::string_view text) {
        sqlite3_bind_text64(statement, 1, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    void run(sqlite3_stmt* statement) {
        check(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_reset(statement);
    }
    void execute(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
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
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    sqlite3_stmt* read_page_ = nullptr;
    sqlite3_stmt* set_place_ = nullptr;
    sqlite3_stmt* find_row_ = nullptr;
    sqlite3_stmt* set_row_ = nullptr;
    sqlite3_stmt* attacked_statement_ = nullptr;
    sqlite3_stmt* healed_statement_ = nullptr;
    std::int64_t attacked_ = 0;
    std::int64_t healed_ = 0;
    fight::EntityAttacked attack_;
    fight::EntityHealed heal_;
    std::string text_;
    std::unordered_map<std::string, Row> rows_;
    std::vector<std::unordered_map<std::string, Row>::value_type*> touched_;
};

} // namespace sqlite_by_hand

#endif
