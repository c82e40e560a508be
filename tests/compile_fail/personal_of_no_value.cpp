// SPDX-License-Identifier: MIT
// A Personal holds one plain value: sealed twice, or a pointer to a value, helps nobody.
// expect 1: es: a Personal inside of a Personal would be sealed twice; seal the plain value
// expect 2: es: a Personal holds a value: write Personal<std::string> for text
#include <eventsourcing/personal/personal.hpp>

#include <string>

namespace people {
struct Registered {
#if MUST_FAIL == 1
    eventsourcing::Personal<eventsourcing::Personal<std::string>> email;
#elif MUST_FAIL == 2
    eventsourcing::Personal<const char*> email;
#else
    eventsourcing::Personal<std::string> email;
#endif
};
} // namespace people

people::Registered event;
