// SPDX-License-Identifier: MIT
// A decision that is tried on an event instead of a command, on what it doesn't emit, and on a
// state.
// expect 1: es: a decision is asked with a command, and this is an event: pass the command
// expect 2: es: then takes structs of D::Event, each as an argument of its own, or one of es::nothing, es::rejected(reason)
// expect 3: es: then takes structs of D::Event, each as an argument of its own, or one of es::nothing, es::rejected(reason)
// expect: school::Enrolment
#include "enrolment.hpp"

#include <eventsourcing/testing/given.hpp>
#include <eventsourcing/testing/given_decision.hpp>

namespace school {
struct Enrolment {
    using Event = std::variant<Defined, Subscribed>;

    static std::tuple<Course> boundary(const Define& c) { return {Course{c.course}}; }
    static Defined handle_command(const Course&, const Define& c) { return {c.course}; }

    static std::tuple<Course, Student> boundary(const Subscribe& c) {
        return {Course{c.course}, Student{c.student}};
    }
    static Subscribed handle_command(const Course&, const Student&, const Subscribe& c) {
        return {c.student, c.course};
    }
};
} // namespace school

bool go() {
    const auto past = es::given<school::Enrolment>(school::Defined{"c++"});
#if MUST_FAIL == 1
    const auto decided = past.when(school::Subscribed{"ann", "c++"});
#else
    const auto decided = past.when(school::Subscribe{"ann", "c++"});
#endif
#if MUST_FAIL == 2
    return bool(decided.then(school::Untagged{"c++"}));
#elif MUST_FAIL == 3
    return bool(decided.then(es::state([](const auto&) { return true; })));
#else
    return bool(decided.then(school::Subscribed{"ann", "c++"})) || decided.then(es::nothing) ||
           bool(decided.then(es::rejected()));
#endif
}
