// SPDX-License-Identifier: MIT
// A decision that takes a view which its boundary does not name; one without handle_command, or
// without boundary, for a command; a boundary that is no tuple; an event in place of a command; a
// decision with data; a decision that returns what is none of its events; a stream for other
// commands only.
// expect 1: es: handle_command takes a view that its boundary does not name, or takes them in another order
// expect 1: school::Enrolment, school::Subscribe
// expect 2: es: no public handle_command for this command; add it, or make it public: static
// expect 2: school::Enrolment, school::Define
// expect 3: es: no public boundary for this command; say what the decision has to know of the past: static auto boundary
// expect 3: school::Enrolment, school::Define
// expect 4: es: boundary returns its views by value, and at least one: return std::tuple{View{...}, ...};
// expect 4: school::Enrolment, school::Define, school::Course
// expect 5: es: a decision is asked with a command, and this is an event: pass the command whose handle_command returns it
// expect 5: school::Enrolment, school::Defined
// expect 6: es: a decision has no data: put it into its views
// expect 6: school::Enrolment
// expect 7: es: handle_command returns events of D::Event: one, the variant
// expect 7: school::Enrolment, school::Define, school::Untagged
// expect 8: es: this decision has a stream() that does not take this command; add, public: static es::StreamName stream(
// expect 8: school::Enrolment, school::Define
#include "enrolment.hpp"

namespace school {
struct Enrolment {
    using Event = std::variant<Defined, Subscribed>;
#if MUST_FAIL == 6
    int limit = 10;
#endif

#if MUST_FAIL == 1
    static auto boundary(const Subscribe& c) { return std::tuple{Course{c.course}}; }
#else
    static auto boundary(const Subscribe& c) {
        return std::tuple{Course{c.course}, Student{c.student}};
    }
#endif
    static Subscribed handle_command(const Course&, const Student&, const Subscribe& c) {
        return {c.student, c.course};
    }

#if MUST_FAIL == 4
    static Course boundary(const Define& c) { return {c.course}; }
#elif MUST_FAIL != 3
    static auto boundary(const Define& c) { return std::tuple{Course{c.course}}; }
#endif
#if MUST_FAIL == 7
    static Untagged handle_command(const Course&, const Define& c) { return {c.course}; }
#elif MUST_FAIL != 2
    static Defined handle_command(const Course&, const Define& c) { return {c.course}; }
#endif
#if MUST_FAIL == 8
    static es::StreamName stream(const Subscribe&) { return es::StreamNameView("school-1"); }
#endif
};
} // namespace school

auto go(const es::Decisions<school::Enrolment, es::MemoryStore>& enrolment) {
#if MUST_FAIL == 1
    return enrolment.execute(school::Subscribe{"ann", "c++"});
#elif MUST_FAIL == 5
    return enrolment.execute(school::Defined{"c++"});
#else
    return enrolment.execute(school::Define{"c++"});
#endif
}
