// SPDX-License-Identifier: MIT
// The whole domain: students subscribe to courses. A course has a capacity, a student at most five
// courses, so that no single stream knows enough to decide. It needs no store and no I/O.
#ifndef COURSES_COURSES_HPP
#define COURSES_COURSES_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace courses {

using Tags = std::vector<std::string>;

inline std::string course_tag(const std::string& id) {
    return "course:" + id;
}
inline std::string student_tag(const std::string& id) {
    return "student:" + id;
}

// ---- Commands ----------------------------------------------------------------------------------

struct Define {
    std::string course_id;
    std::uint32_t capacity;
};
struct ChangeCapacity {
    std::string course_id;
    std::uint32_t capacity;
};
struct Subscribe {
    std::string student_id;
    std::string course_id;
};

// ---- Events, and the tags by which decisions find them -----------------------------------------

struct CourseDefined {
    std::string course_id;
    std::uint32_t capacity;
    [[nodiscard]] Tags event_tags() const { return {course_tag(course_id)}; }
};
struct CapacityChanged {
    std::string course_id;
    std::uint32_t capacity;
    [[nodiscard]] Tags event_tags() const { return {course_tag(course_id)}; }
};
struct StudentSubscribed {
    std::string student_id;
    std::string course_id;
    [[nodiscard]] Tags event_tags() const {
        return {course_tag(course_id), student_tag(student_id)};
    }
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "courses", .source = "events://example.org/courses", .version = "1.0"};
}

// ---- Refusals ----------------------------------------------------------------------------------

enum class Refusal {
    defined_already = 1,
    no_such_course,
    course_is_full,
    too_many_courses,
    subscribed_already,
    more_are_subscribed,
};

inline constexpr std::uint32_t most_courses = 5;

// ---- Views: what a decision has to know --------------------------------------------------------

struct Course {
    std::string course_id;
    std::optional<std::uint32_t> capacity{};
    std::uint32_t taken = 0;

    using Event = std::variant<CourseDefined, CapacityChanged, StudentSubscribed>;
    [[nodiscard]] Tags event_tags() const { return {course_tag(course_id)}; }

    static void apply_event(Course& c, const CourseDefined& e) { c.capacity = e.capacity; }
    static void apply_event(Course& c, const CapacityChanged& e) { c.capacity = e.capacity; }
    static void apply_event(Course& c, const StudentSubscribed& /*e*/) { ++c.taken; }
};

struct Student {
    std::string student_id;
    std::vector<std::string> courses{};

    using Event = StudentSubscribed;
    [[nodiscard]] Tags event_tags() const { return {student_tag(student_id)}; }

    static void apply_event(Student& s, const StudentSubscribed& e) {
        s.courses.push_back(e.course_id);
    }
};

// ---- The decisions -----------------------------------------------------------------------------

struct Enrolment {
    using Event = std::variant<CourseDefined, CapacityChanged, StudentSubscribed>;

    static std::tuple<Course> boundary(const Define& c) { return {Course{c.course_id}}; }
    static es::Result<CourseDefined> handle_command(const Course& course, const Define& c) {
        if (course.capacity)
            return es::reject(Refusal::defined_already, c.course_id);
        return CourseDefined{c.course_id, c.capacity};
    }

    static std::tuple<Course> boundary(const ChangeCapacity& c) { return {Course{c.course_id}}; }
    static es::Result<CapacityChanged> handle_command(const Course& course,
                                                      const ChangeCapacity& c) {
        if (!course.capacity)
            return es::reject(Refusal::no_such_course, c.course_id);
        if (c.capacity < course.taken)
            return es::reject(Refusal::more_are_subscribed, c.course_id);
        return CapacityChanged{c.course_id, c.capacity};
    }

    static auto boundary(const Subscribe& c) {
        return std::tuple{Course{c.course_id}, Student{c.student_id}};
    }
    static es::Result<StudentSubscribed>
    handle_command(const Course& course, const Student& student, const Subscribe& c) {
        if (!course.capacity)
            return es::reject(Refusal::no_such_course, c.course_id);
        for (const std::string& one : student.courses)
            if (one == c.course_id)
                return es::reject(Refusal::subscribed_already, c.student_id);
        if (course.taken >= *course.capacity)
            return es::reject(Refusal::course_is_full, c.course_id);
        if (student.courses.size() >= most_courses)
            return es::reject(Refusal::too_many_courses, c.student_id);
        return StudentSubscribed{c.student_id, c.course_id};
    }
};

} // namespace courses

#endif
