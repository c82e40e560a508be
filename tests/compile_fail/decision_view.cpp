// SPDX-License-Identifier: MIT
// A view without event_tags; a view of an event without tags; a view that folds not all of its
// events; a Conflict with an event that the view does not fold; a view that names no events.
// expect 1: es: a view says by which tags its events are found; add to it, public: `std::vector<std::string> event_tags() const`
// expect 1: school::Enrolment, school::Place
// expect 2: es: a view finds this event by its tags, and the event names none; add to it, public: `std::vector<std::string> event_tags() const`
// expect 2: school::Place, school::Untagged
// expect 3: es: no public apply_event of the view for this event; add it, or make it public: static void apply_event(View&, const
// expect 3: school::Place, school::Defined
// expect 4: es: Conflict names a part of the events of a view; this is none of its Event
// expect 4: school::Place, school::Subscribed
// expect 5: es: a view names the events that it folds, public: using Event = std::variant<...>;
// expect 5: school::Enrolment, school::Place
#include "enrolment.hpp"

namespace school {
struct Place {
    std::string course;
#if MUST_FAIL == 2
    using Event = Untagged;
    static void apply_event(Place&, const Untagged&) {}
#elif MUST_FAIL != 5
    using Event = Defined;
#endif
#if MUST_FAIL == 4
    using Conflict = Subscribed;
#endif
#if MUST_FAIL != 1
    Tags event_tags() const { return {"course:" + course}; }
#endif
#if MUST_FAIL != 3
    static void apply_event(Place&, const Defined&) {}
#endif
};
struct Enrolment {
    using Event = Defined;
    static std::tuple<Place> boundary(const Define& c) { return {Place{c.course}}; }
    static Defined handle_command(const Place&, const Define& c) { return {c.course}; }
};
} // namespace school

auto go(const es::Decisions<school::Enrolment, es::MemoryStore>& enrolment) {
    return enrolment.execute(school::Define{"c++"});
}
