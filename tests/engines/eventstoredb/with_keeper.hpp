// SPDX-License-Identifier: MIT
// An EventStoreDB, which keeps no progress, with a store beside it that does.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_WITH_KEEPER_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_WITH_KEEPER_HPP

#include "catch.hpp"
#include "engines/eventstoredb/target.hpp"
#include "laws/each_store.hpp"

#include <eventsourcing/engines/eventstoredb.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <string_view>
#include <utility>

namespace esdb_tests {

inline es::EventStoreDb opened(const fake_esdb::Server& server) {
    auto store = es::EventStoreDb::open(connection_string(server));
    REQUIRE(store);
    return *std::move(store);
}

/// Calls `test(store, beside)` with a store of a new server, and the same through AnyStore.
template <class Test>
void with_each_keeper(const Test& test) {
    {
        INFO("EventStoreDb, a MemoryStore beside");
        const fake_esdb::Server server;
        test(opened(server), es::MemoryStore());
    }
    {
        INFO("AnyStore with an EventStoreDb inside, a SqliteStore beside");
        const fake_esdb::Server server;
        const each_store::File file;
        test(es::AnyStore(opened(server)), file.open());
    }
}

/// What is kept under a name.
template <class Keeper>
es::Progress kept(const Keeper& keeper, std::string_view name) {
    const auto all = keeper.list_progress();
    REQUIRE(all);
    for (const auto& [key, progress] : *all)
        if (key.name == name && !key.rebuild)
            return progress;
    return {};
}

/// The end of the store, as a reader finds it.
template <class Store>
es::Position end_of_all(const Store& store) {
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        which.after = page->last_position;
        if (page->at_end)
            return which.after.value();
    }
}

/// Steps until there is nothing more to do.
template <class Follower>
void run_out(Follower& follower) {
    for (int i = 0; i < 1000; ++i)
        if (follower.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not come to rest");
}

} // namespace esdb_tests

#endif
