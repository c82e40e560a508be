// SPDX-License-Identifier: MIT
// An event that was not emitted is used where the compiler itself runs the code.
// expect 1: const
// expect 2: const
// expect 3: const
// expect-gcc: es_there_is_no_such_event_check_the_size_first
// expect-clang: must be initialized by a constant expression
#include <eventsourcing/core/events.hpp>

namespace es = eventsourcing;

struct Moved {
    int by = 0;
};

constexpr es::Events<Moved> moved(int by) {
    es::Events<Moved> events;
    if (by != 0)
        events.push_back(Moved{by});
    return events;
}

#if !defined(MUST_FAIL)
constexpr int first = moved(3).front().by + moved(4).back().by + moved(5)[0].by;
#elif MUST_FAIL == 1
constexpr int first = moved(0).front().by;
#elif MUST_FAIL == 2
constexpr int first = moved(0).back().by;
#elif MUST_FAIL == 3
constexpr int first = moved(3)[1].by;
#endif
