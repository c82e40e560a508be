// SPDX-License-Identifier: MIT
// A decision with two views of ten events each, uncontended, in a SQLite file in memory at NORMAL:
// against two filtered reads and one append with a condition, written by hand on the same store.
#include <eventsourcing/codec/event_codec.hpp>

#include "compare.hpp"
#include "decision.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace {

constexpr std::size_t events = 20'000;

decision::File& filled() {
    static decision::File file;
    if (file.pairs() == 0)
        file.grow_to(events);
    return file;
}

compare::Work library(unsigned long operations) {
    decision::File& file = filled();
    return [&file, operations] {
        const es::Decisions<decision::Confirmation, es::SqliteStore> decisions(file.store());
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i) {
            const auto done = decisions.execute(file.next());
            if (!done)
                std::abort();
            sum += done->receipt->last.value();
        }
        return sum;
    };
}

/// The sum of a member of all events of one type with a tag, and the last position looked at.
template <class E>
std::uint32_t sum_of(const es::SqliteStore& store, const es::Query& query,
                     std::uint32_t E::* member, std::optional<es::Position>& last) {
    std::uint32_t sum = 0;
    for (std::optional<es::Position> after;;) {
        const auto page = store.read_all({.after = after, .query = query});
        if (!page)
            std::abort();
        for (const es::EventRecord& record : *page) {
            const auto event = es::EventCodec<E>::decode(record.type, record.version, record.data);
            if (!event)
                std::abort();
            sum += (*event).*member;
        }
        last = after = page->last_position;
        if (page->at_end)
            return sum;
    }
}

compare::Work by_hand(unsigned long operations) {
    using namespace decision;
    File& file = filled();
    return [&file, operations] {
        const es::Environment environment;
        const es::SqliteStore& store = file.store();
        unsigned long sum = 0;
        std::string text;
        for (unsigned long i = 0; i < operations; ++i) {
            const Confirm command = file.next();
            es::Query course{.items = {{{"courses.place_taken"}, {"course:" + command.course_id}}}};
            es::Query student{
                .items = {{{"courses.course_taken"}, {"student:" + command.student_id}}}};
            std::optional<es::Position> seen_course;
            std::optional<es::Position> seen_student;
            const auto seats = sum_of(store, course, &PlaceTaken::seat, seen_course);
            const auto points = sum_of(store, student, &CourseTaken::points, seen_student);
            if (seats > 1'000 || points > 1'000)
                std::abort();
            const Confirmed event{command.course_id, command.student_id, seats + points};
            text.clear();
            if (!es::EventCodec<Confirmed>::encode(event, text))
                std::abort();
            const std::string tag = "day:" + std::to_string(event.day % 8);
            const std::array<std::string_view, 1> tags{tag};
            const auto now = environment.now();
            const es::NewEvent record{.id = environment.new_id(now),
                                      .type = "courses.confirmed",
                                      .version = "1.0",
                                      .content_type = "application/json",
                                      .data = text,
                                      .recorded_at = now,
                                      .tags = tags,
                                      .source = "events://example.org/courses"};
            course.items.push_back(student.items.front());
            const es::AppendCondition condition{.fail_if_exists = course,
                                                .after = std::min(seen_course, seen_student)};
            const auto done =
                store.append_if("confirmation-all", es::EventBatch({&record, 1}), condition);
            if (!done)
                std::abort();
            sum += done->last.value();
        }
        return sum;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {{"sqlite, decide on two views of 10 and append 1", library, by_hand, 200, 0, 1.3}});
}
