// SPDX-License-Identifier: MIT
// Commands executed by a repository on a store in memory: against a dispatcher that is given the
// state, against `load` and `dispatch`, and with the id of a command against without.
#include <eventsourcing/store/memory_store.hpp>

#include "compare.hpp"
#include "repository.hpp"

namespace {

struct Open {
    struct Opened {
        eventsourcing::MemoryStore store;
    };
    Opened operator()() const { return {}; }
};

} // namespace

int main(int argc, char** argv) {
    using namespace repository;
    return compare::main(argc, argv,
                         {
                             {"repository, memory: execute cached, to dispatch a state in hand",
                              cached<Open>, in_hand<Open>, 500, 1.3, 0},
                             {"repository, memory: execute ten events, to load and dispatch",
                              uncached<Open>, load_and_dispatch<Open>, 500, 1.1, 0},
                             {"repository, memory: execute with a command id, to without",
                              cached<Open, Id::uuid7>, cached<Open>, 500, 0, 0},
                         });
}
