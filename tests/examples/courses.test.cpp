// SPDX-License-Identifier: MIT
#include "../examples/courses/courses.hpp"
#include "../examples/courses/audit.hpp"

#include "catch.hpp"
#include "fails_with.hpp"

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace courses;

namespace {

using Stored = std::vector<Enrolment::Event>;

/// The audit of a store that holds these events, which no decision may have made.
es::Result<Audit> audited(const Stored& events, const std::string& term = {}) {
    const es::MemoryStore store;
    const es::Environment environment;
    std::vector<es::Uuid> ids;
    for (std::size_t i = 0; i < events.size(); ++i)
        ids.push_back(environment.new_id());
    const es::Batch<Enrolment::Event> batch(events, ids, environment.now());
    if (!events.empty())
        REQUIRE(store.append_unchecked("enrolment-1", batch));
    return audit(store, term);
}

} // namespace

TEST_CASE("The audit finds each broken rule, and says at which event") {
    struct Case {
        Stored events;
        std::string message;
    };
    const CourseDefined cpp{"c++", 1};
    const StudentSubscribed ann{"ann", "c++"};
    Stored six;
    for (const char* const course : {"a", "b", "c", "d", "e", "f"})
        six.emplace_back(CourseDefined{course, 9});
    for (const char* const course : {"a", "b", "c", "d", "e", "f"})
        six.emplace_back(StudentSubscribed{"ann", course});
    for (const Case& broken : std::vector<Case>{
             {{cpp, cpp}, "revision 1: c++ is defined twice"},
             {{CapacityChanged{"c++", 2}}, "revision 0: c++ has a capacity and is not defined"},
             {{ann}, "revision 0: c++ is taken and not defined"},
             {{cpp, ann, StudentSubscribed{"bob", "c++"}},
              "revision 2: c++ has 1 places, and 2 are taken"},
             {{cpp, ann, CapacityChanged{"c++", 0}},
              "revision 2: c++ has 0 places, and 1 are taken"},
             {six, "revision 11: ann has more than 5 courses"},
             {{CourseDefined{"c++", 2}, ann, ann}, "revision 2: ann has c++ twice"}}) {
        INFO(broken.message);
        const auto refused = audited(broken.events);
        REQUIRE(fails_with(es::errc::corrupt, refused));
        CHECK(message_of(refused) == "enrolment-1, " + broken.message);
        // every prefix before it holds
        CHECK(audited({broken.events.begin(), broken.events.end() - 1}));
    }
}

TEST_CASE("The audit counts places, full courses, busy students, and the events of one term") {
    Stored events{CourseDefined{"1.c", 1}, StudentSubscribed{"ann", "1.c"}, CourseDefined{"2.c", 2},
                  StudentSubscribed{"bob", "2.c"}, CapacityChanged{"2.c", 1}};
    for (const char* const course : {"3", "4", "5", "6"}) {
        events.emplace_back(CourseDefined{course, 9});
        events.emplace_back(StudentSubscribed{"ann", course});
    }
    const auto rules = audited(events, "2.");
    INFO(message_of(rules));
    REQUIRE(rules);
    CHECK(rules->events() == 13);
    CHECK(rules->counted() == 3);
    CHECK(rules->subscriptions() == 6);
    CHECK(rules->full_courses() == 2);
    CHECK(rules->busy_students() == 1);
}
