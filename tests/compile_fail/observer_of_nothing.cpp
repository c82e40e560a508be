// SPDX-License-Identifier: MIT
// A struct that would be told nothing: its function takes what is never told, or what is told by a
// reference that is not const.
// expect 1: es: this observer has no `void on(const es::X&)` for anything that is told
// expect 2: es: this observer has no `void on(const es::X&)` for anything that is told
// expect 3: es: this observer has no `void on(const es::X&)` for anything that is told
// expect: Listener
#include <eventsourcing/runtime/observer.hpp>

namespace es = eventsourcing;

struct Listener {
#if MUST_FAIL == 1
    void on(const es::Error&) {}
#elif MUST_FAIL == 2
    void on(es::Appended&) {}
#elif MUST_FAIL == 3
    void operator()(const es::Appended&) {}
#else
    void on(const es::Appended&) {}
#endif
};

es::Observer observer = Listener{};
