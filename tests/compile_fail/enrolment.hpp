// SPDX-License-Identifier: MIT
// What the wrong decisions are made of.
#ifndef EVENTSOURCING_TESTS_COMPILE_FAIL_ENROLMENT_HPP
#define EVENTSOURCING_TESTS_COMPILE_FAIL_ENROLMENT_HPP

#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace school {

using Tags = std::vector<std::string>;

struct Defined {
    std::string course;
    Tags event_tags() const { return {"course:" + course}; }
};
struct Subscribed {
    std::string student, course;
    Tags event_tags() const { return {"course:" + course, "student:" + student}; }
};
struct Untagged {
    std::string course;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "school", .source = "events://example.org/school"};
}

struct Define {
    std::string course;
};
struct Subscribe {
    std::string student, course;
};

struct Course {
    std::string course;
    int taken = 0;
    using Event = std::variant<Defined, Subscribed>;
    Tags event_tags() const { return {"course:" + course}; }
    static void apply_event(Course&, const Defined&) {}
    static void apply_event(Course& c, const Subscribed&) { ++c.taken; }
};
struct Student {
    std::string student;
    int courses = 0;
    using Event = Subscribed;
    Tags event_tags() const { return {"student:" + student}; }
    static void apply_event(Student& s, const Subscribed&) { ++s.courses; }
};

} // namespace school

#endif
