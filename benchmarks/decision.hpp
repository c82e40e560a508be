// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_DECISION_HPP
#define EVENTSOURCING_BENCHMARKS_DECISION_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/decisions.hpp>

#include "sqlite_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

/// A decision with two views of ten events each. What it emits is found by neither, so that the
/// views stay as they are.
namespace decision {

namespace es = eventsourcing;
using Tags = std::vector<std::string>;

struct PlaceTaken {
    std::string course_id;
    std::string student_id;
    std::uint32_t seat = 0;
    [[nodiscard]] Tags event_tags() const { return {"course:" + course_id}; }
};
struct CourseTaken {
    std::string student_id;
    std::string course_id;
    std::uint32_t points = 0;
    [[nodiscard]] Tags event_tags() const { return {"student:" + student_id}; }
};
struct Confirmed {
    std::string course_id;
    std::string student_id;
    std::uint32_t day = 0;
    [[nodiscard]] Tags event_tags() const { return {"day:" + std::to_string(day % 8)}; }
};
consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "courses", .source = "events://example.org/courses"};
}

struct Course {
    std::string course_id;
    std::uint32_t seats = 0;
    using Event = PlaceTaken;
    [[nodiscard]] Tags event_tags() const { return {"course:" + course_id}; }
    static void apply_event(Course& c, const PlaceTaken& e) { c.seats += e.seat; }
};
struct Student {
    std::string student_id;
    std::uint32_t points = 0;
    using Event = CourseTaken;
    [[nodiscard]] Tags event_tags() const { return {"student:" + student_id}; }
    static void apply_event(Student& s, const CourseTaken& e) { s.points += e.points; }
};
struct Confirm {
    std::string course_id;
    std::string student_id;
};
struct Confirmation {
    using Event = Confirmed;
    static auto boundary(const Confirm& c) {
        return std::tuple{Course{c.course_id}, Student{c.student_id}};
    }
    static es::Result<Confirmed> handle_command(const Course& course, const Student& student,
                                                const Confirm& c) {
        if (course.seats > 1'000 || student.points > 1'000)
            return es::errc::rejected;
        return Confirmed{c.course_id, c.student_id, course.seats + student.points};
    }
    static es::StreamName stream(const Confirm& /*c*/) {
        return es::StreamNameView("confirmation-all");
    }
};

inline Confirm command(std::size_t i) {
    std::string course = "018f3c1e-c-";
    std::string student = "018f3c1e-s-";
    return {course.append(std::to_string(i)), student.append(std::to_string(i))};
}

/// A file of courses and students with ten events each, which took turns.
class File {
public:
    File() = default;

    void grow_to(std::size_t events) {
        const std::size_t first = pairs_;
        pairs_ = events / 20;
        for (int round = 0; round < 10; ++round)
            for (std::size_t i = first; i < pairs_; ++i)
                add(command(i));
    }
    [[nodiscard]] std::size_t pairs() const { return pairs_; }
    [[nodiscard]] const es::SqliteStore& store() const { return store_; }
    [[nodiscard]] std::string path() const { return folder_ / "courses.db"; }
    /// The commands in an order that seems random.
    Confirm next() { return command((next_ += 7'919) % pairs_); }

private:
    void add(const Confirm& pair) {
        using Event = std::variant<PlaceTaken, CourseTaken>;
        const std::array<Event, 2> events{PlaceTaken{pair.course_id, pair.student_id, 3},
                                          CourseTaken{pair.student_id, pair.course_id, 4}};
        const std::array ids{environment_.new_id(), environment_.new_id()};
        const es::Batch<Event> batch(events, ids, environment_.now());
        if (!store_.append_unchecked("history-all", batch))
            std::abort();
    }

    BenchmarkFolder folder_;
    es::SqliteStore store_ =
        *es::SqliteStore::open(path(), {.durability = es::SqliteDurability::relaxed});
    es::Environment environment_;
    std::size_t pairs_ = 0;
    std::size_t next_ = 0;
};

} // namespace decision

#endif
