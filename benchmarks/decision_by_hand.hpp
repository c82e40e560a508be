// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_DECISION_BY_HAND_HPP
#define EVENTSOURCING_BENCHMARKS_DECISION_BY_HAND_HPP

#include <eventsourcing/codec/event_codec.hpp>

#include "decision.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace decision {

/// The decision on two views as one would write it for these events: two queries in one read
/// transaction by SQLite's C API, each event decoded where SQLite has it, and an append by the
/// store on the condition that nothing has changed.
class ByHand {
public:
    explicit ByHand(const std::string& path) {
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                              SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
        check(sqlite3_open_v2(path.c_str(), &db_, flags, nullptr));
        begin_ = prepare("BEGIN");
        head_ = prepare("SELECT max(position) FROM es_events");
        // the + keeps SQLite from beginning with all events of the type
        find_ = prepare("SELECT e.data FROM es_event_tags t JOIN es_events e "
                        "ON e.position = t.position "
                        "WHERE t.tag = (SELECT id FROM es_tags WHERE name = ?1) "
                        "AND +e.type = (SELECT id FROM es_types WHERE name = ?2) "
                        "ORDER BY t.position");
        commit_ = prepare("COMMIT");
    }
    ~ByHand() {
        for (sqlite3_stmt* statement : {begin_, head_, find_, commit_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }
    ByHand(const ByHand&) = delete;
    ByHand& operator=(const ByHand&) = delete;

    bool decide(const es::SqliteStore& store, const Confirm& command) {
        const std::string course = "course:" + command.course_id;
        const std::string student = "student:" + command.student_id;
        run(begin_);
        check(sqlite3_step(head_), SQLITE_ROW);
        const es::Position head(static_cast<std::uint64_t>(sqlite3_column_int64(head_, 0)));
        sqlite3_reset(head_);
        const auto seats = sum_of(course, "courses.place_taken", &PlaceTaken::seat);
        const auto points = sum_of(student, "courses.course_taken", &CourseTaken::points);
        run(commit_);
        if (seats > 1'000 || points > 1'000)
            return false;
        const std::array events{Confirmed{command.course_id, command.student_id, seats + points}};
        const es::Environment environment;
        const auto now = environment.now();
        const std::array ids{environment.new_id(now)};
        const es::AppendCondition unchanged{
            .fail_if_exists = {.items = {{{"courses.place_taken"}, {course}},
                                         {{"courses.course_taken"}, {student}}}},
            .after = head};
        return store
            .append_if("confirmation-all", es::Batch<Confirmed>(events, ids, now), unchanged)
            .has_value();
    }

private:
    static void check(int code, int expected = SQLITE_OK) {
        if (code != expected)
            std::abort();
    }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr));
        return made;
    }
    static void run(sqlite3_stmt* statement) {
        check(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_reset(statement);
    }

    /// The sum of a member of all events of one type with a tag.
    template <class E>
    std::uint32_t sum_of(const std::string& tag, std::string_view type, std::uint32_t E::* member) {
        sqlite3_bind_text(find_, 1, tag.data(), static_cast<int>(tag.size()), SQLITE_STATIC);
        sqlite3_bind_text(find_, 2, type.data(), static_cast<int>(type.size()), SQLITE_STATIC);
        std::uint32_t sum = 0;
        int code = sqlite3_step(find_);
        for (; code == SQLITE_ROW; code = sqlite3_step(find_)) {
            const void* const data = sqlite3_column_blob(find_, 0);
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(find_, 0));
            const auto event =
                es::EventCodec<E>::decode(type, "1.0", {static_cast<const char*>(data), size});
            if (!event)
                std::abort();
            sum += (*event).*member;
        }
        check(code, SQLITE_DONE);
        sqlite3_reset(find_);
        return sum;
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* head_ = nullptr;
    sqlite3_stmt* find_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
};

} // namespace decision

#endif
