// SPDX-License-Identifier: MIT
// What has to hold on each store that can do it.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_EACH_STORE_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_EACH_STORE_HPP

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

namespace sqlite_tests {

/// Calls `f` with a new memory store, a new SQLite store, and an `AnyStore` with one of either.
template <class F>
void on_each_store(const F& f) {
    const Folder folder(fast_place());
    const auto open = [&] {
        auto store = es::SqliteStore::open(folder / "events.db",
                                           {.durability = es::SqliteDurability::relaxed});
        REQUIRE(store);
        return *store;
    };
    SECTION("in memory") {
        f(es::MemoryStore{});
    }
    SECTION("in SQLite") {
        f(open());
    }
    SECTION("in memory, as any store") {
        f(es::AnyStore{es::MemoryStore{}});
    }
    SECTION("in SQLite, as any store") {
        f(es::AnyStore{open()});
    }
}

} // namespace sqlite_tests

#endif
