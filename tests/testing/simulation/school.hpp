// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_SCHOOL_HPP
#define TESTS_TESTING_SIMULATION_SCHOOL_HPP

// Students enrol in courses with few places, and take lockers; whatever they ask for they ask for
// again, with the same id. Nothing runs but clients.
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/types_of.hpp>
#include <eventsourcing/testing/simulation.hpp>
#include "testing/simulation/repeated_requests.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace simulated_school {

namespace es = eventsourcing;

using Tags = std::vector<std::string>;

struct Enrol {
    std::string student, course;
};
struct Leave {
    std::string student, course;
};
struct Enrolled {
    std::string student, course;
    [[nodiscard]] Tags event_tags() const {
        return {es::detail::joined({"student:", student}), es::detail::joined({"course:", course})};
    }
};
struct Left {
    std::string student, course;
    [[nodiscard]] Tags event_tags() const {
        return {es::detail::joined({"student:", student}), es::detail::joined({"course:", course})};
    }
};
struct Take {
    std::string student;
};
struct GiveUp {
    std::string student;
};
struct Taken {
    std::string student;
};
struct GivenUp {
    std::string student;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "school", .source = "events://example.org/school", .version = "1.0"};
}

inline constexpr std::size_t most_students = 2; // of a course
inline constexpr std::size_t most_courses = 2;  // of a student

struct Course {
    std::string id;
    std::size_t taken = 0;

    using Event = std::variant<Enrolled, Left>;
    [[nodiscard]] Tags event_tags() const { return {es::detail::joined({"course:", id})}; }
    static void apply_event(Course& c, const Enrolled& /*e*/) { ++c.taken; }
    static void apply_event(Course& c, const Left& /*e*/) { --c.taken; }
};
struct Student {
    std::string id;
    std::set<std::string> courses{};

    using Event = std::variant<Enrolled, Left>;
    [[nodiscard]] Tags event_tags() const { return {es::detail::joined({"student:", id})}; }
    static void apply_event(Student& s, const Enrolled& e) { s.courses.insert(e.course); }
    static void apply_event(Student& s, const Left& e) { s.courses.erase(e.course); }
};

struct Enrolment {
    using Event = std::variant<Enrolled, Left>;

    static std::tuple<Course, Student> boundary(const Enrol& c) {
        return {Course{c.course}, Student{c.student}};
    }
    static es::Result<Enrolled> handle_command(const Course& course, const Student& student,
                                               const Enrol& c) {
        if (student.courses.count(c.course) != 0)
            return es::reject("enrolled already");
        if (course.taken >= most_students)
            return es::reject("the course is full");
        if (student.courses.size() >= most_courses)
            return es::reject("too many courses");
        return Enrolled{c.student, c.course};
    }
    static std::tuple<Student> boundary(const Leave& c) { return {Student{c.student}}; }
    static es::Result<Left> handle_command(const Student& student, const Leave& c) {
        if (student.courses.count(c.course) == 0)
            return es::reject("not enrolled");
        return Left{c.student, c.course};
    }
};

struct Locker {
    using Command = std::variant<Take, GiveUp>;
    using Event = std::variant<Taken, GivenUp>;
    struct State {
        std::string student;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Taken& e) { s.student = e.student; }
    static void apply_event(State& s, const GivenUp& /*e*/) { s.student.clear(); }
    static es::Result<Taken> handle_command(const State& s, const Take& c) {
        if (!s.student.empty())
            return es::reject("taken");
        return Taken{c.student};
    }
    static es::Result<GivenUp> handle_command(const State& s, const GiveUp& c) {
        if (s.student != c.student)
            return es::reject("not theirs");
        return GivenUp{c.student};
    }
};

/// D2: the rules hold after each event, whoever decided at the same time.
class Register {
public:
    explicit Register(es::MemoryStore store) : store_(std::move(store)) {}

    /// What is wrong with the events since the last call; empty if nothing is.
    std::string next() {
        for (;;) {
            const auto page = store_.read_all(
                {.after = after_, .query = {.items = {{.types = es::types_of<Enrolled, Left>()}}}});
            if (!page)
                return page.error().message();
            for (const es::EventRecord& record : page->records())
                if (auto fault = next(record); !fault.empty())
                    return fault;
            after_ = page->last_position ? page->last_position : after_;
            if (page->at_end)
                return {};
        }
    }

private:
    std::string next(const es::EventRecord& record) {
        const auto read = es::decode_record<Enrolment::Event>(record);
        if (!read)
            return read.error().message();
        if (const auto* enrolled = std::get_if<Enrolled>(&read->event)) {
            auto& students = students_[enrolled->course];
            auto& courses = courses_[enrolled->student];
            if (!students.insert(enrolled->student).second)
                return es::detail::joined(
                    {enrolled->student, " is in ", enrolled->course, " twice"});
            courses.insert(enrolled->course);
            if (students.size() > most_students)
                return es::detail::joined({enrolled->course, " has too many students"});
            if (courses.size() > most_courses)
                return es::detail::joined({enrolled->student, " has too many courses"});
            return {};
        }
        const Left& left = std::get<Left>(read->event);
        courses_[left.student].erase(left.course);
        if (students_[left.course].erase(left.student) == 0)
            return es::detail::joined({left.student, " left ", left.course, " twice"});
        return {};
    }

    es::MemoryStore store_;
    std::optional<es::Position> after_{};
    std::map<std::string, std::set<std::string>> students_;
    std::map<std::string, std::set<std::string>> courses_;
};

/// What is asked for: to have something, or to have it no more.
struct Wish {
    bool ends = false;
    std::string student, thing;
};
inline Wish wish(es::Random& random) {
    Wish made;
    made.ends = random.chance(0.4);
    made.student = std::to_string(random.below(4));
    made.thing = std::to_string(random.below(3));
    return made;
}

inline void scenario(es::Simulation& sim) {
    using simulated_requests::RepeatedRequests;
    auto store = sim.store();
    const auto enrolments = std::make_shared<RepeatedRequests<Wish>>();
    sim.clients(3, [=](es::Random& random, const es::Environment& e) {
        const es::Decisions<Enrolment, es::SimStore> decisions{store};
        enrolments->hand_over(random, e, wish, [&](const Wish& w, const es::Uuid& id) {
            if (w.ends)
                return decisions.execute(Leave{w.student, w.thing}, {.command_id = id});
            return decisions.execute(Enrol{w.student, w.thing}, {.command_id = id});
        });
    });
    const auto lockers = std::make_shared<RepeatedRequests<Wish>>();
    sim.clients(3, [=](es::Random& random, const es::Environment& e) {
        const es::Repository<Locker, es::SimStore> repository{store};
        lockers->hand_over(random, e, wish, [&](const Wish& w, const es::Uuid& id) {
            if (w.ends)
                return repository.execute(w.thing, GiveUp{w.student}, {.command_id = id});
            return repository.execute(w.thing, Take{w.student}, {.command_id = id});
        });
    });

    const auto holds = [](const std::string& fault) -> es::Result<void> {
        if (fault.empty())
            return {};
        return es::Error(es::errc::failed, fault);
    };
    const auto rules = std::make_shared<Register>(store.inside());
    sim.always("no course is full and taken once more", [=] { return holds(rules->next()); });
    sim.always("requests are answered as before", [=] {
        return holds(enrolments->fault().empty() ? lockers->fault() : enrolments->fault());
    });
    sim.finally("requests are carried out once", [=] {
        const auto fault = enrolments->fault(store.inside());
        return holds(fault.empty() ? lockers->fault(store.inside()) : fault);
    });
}

} // namespace simulated_school

#endif
