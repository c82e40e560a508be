// SPDX-License-Identifier: MIT
// V4 with snapshots: what comes after one goes through upcasts.
#ifndef EVENTSOURCING_TESTS_RUNTIME_UPCAST_OF_TAILS_HPP
#define EVENTSOURCING_TESTS_RUNTIME_UPCAST_OF_TAILS_HPP

#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/repository.hpp>

#include "catch.hpp"
#include "runtime/upcast_checks.hpp"

#include <cstdint>
#include <vector>

namespace upcast_checks {

/// How many events were folded, and whether that was after a snapshot.
struct Folded {
    std::vector<std::uint64_t>* after_snapshot;
    void on(const es::StateLoaded& s) {
        if (s.snapshot)
            after_snapshot->push_back(s.folded);
    }
};

template <class Store, class Beside>
void reads_what_comes_after_a_snapshot(Store store, const Beside& beside) {
    std::vector<std::uint64_t> after_snapshot;
    const es::Repository<combat::Combat, Store, Beside> fights{
        store, beside, {.snapshot_every = 2, .observer = Folded{&after_snapshot}}};
    for (int i = 0; i < 2; ++i)
        REQUIRE(fights.execute("ogre", combat::Attack{"ogre"}));
    store_event(store, combat::v1::EntityAttacked{"ogre", "7"});
    store_event(store, combat::v2::EntityAttacked{"ogre", 8});
    after_snapshot.clear();
    const auto loaded = fights.load("ogre");
    REQUIRE(loaded);
    CHECK(loaded->state.told == "ogre 1 axe;ogre 1 axe;ogre 7 fists;ogre 8 fists;");
    CHECK(after_snapshot == std::vector<std::uint64_t>{2});
}

} // namespace upcast_checks

#endif
