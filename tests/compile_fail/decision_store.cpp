// SPDX-License-Identifier: MIT
// A store that has no append_if; a Result and a pointer in place of a store; a decision without its
// store, and a store without its decision.
// expect 1: es: decisions append on a condition and at no revision, and this store has no append_if
// expect 1: Plain
// expect 2: es: this store is a Result: check it first, if (!store), and pass *store
// expect 3: es: this store is a pointer: pass *store
// expect 4: es: name the store as well: es::Decisions<TheDecision, es::MemoryStore>
// expect 4: school::Enrolment
// expect 5: es: name the decision and the store: es::Decisions<TheDecision, es::MemoryStore>
#include "enrolment.hpp"

namespace school {
struct Enrolment {
    using Event = Defined;
    static std::tuple<Course> boundary(const Define& c) { return {Course{c.course}}; }
    static Defined handle_command(const Course&, const Define& c) { return {c.course}; }
};
} // namespace school

struct Plain : es::MemoryStore {
    void append_if() const;
};

void go(es::MemoryStore& store, const es::Result<es::MemoryStore>& opened, const Plain& plain) {
    static_cast<void>(plain);
    static_cast<void>(opened);
#if MUST_FAIL == 1
    const es::Decisions<school::Enrolment, Plain> enrolment(plain);
#elif MUST_FAIL == 2
    const es::Decisions<school::Enrolment, es::MemoryStore> enrolment(opened);
#elif MUST_FAIL == 3
    const es::Decisions<school::Enrolment, es::MemoryStore> enrolment(&store);
#elif MUST_FAIL == 4
    const es::Decisions<school::Enrolment> enrolment(store);
#elif MUST_FAIL == 5
    const es::Decisions enrolment(store);
#else
    const es::Decisions<school::Enrolment, es::MemoryStore> enrolment(store);
#endif
    static_cast<void>(enrolment.execute(school::Define{"c++"}));
}
