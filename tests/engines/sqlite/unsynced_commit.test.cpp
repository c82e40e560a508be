// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/ledger.hpp"
#include "engines/sqlite/simulated_disk.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <random>
#include <string>
#include <vector>

using namespace sqlite_tests;

TEST_CASE(
    "A commit that was written but not synced, once it was read or found by a retry, is there "
    "after a loss of power") {
    const auto fault =
        GENERATE(Fault{"the end of the process", any_of(VfsOp::sync), SQLITE_IOERR, 0, true},
                 Fault{"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC});
    const bool retries = GENERATE(true, false);
    int found = 0; // how often there was what had no answer
    for (int nth = 1;; ++nth) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        SimulatedDisk disk(path);
        FaultPlan plan(path, fault, nth);
        const VfsShim shim({&plan, &disk});
        INFO(fault.name << ", sync " << nth);
        Ledger ledger;
        SentBatch* last = nullptr;
        if (auto store = es::SqliteStore::open(path)) {
            for (int i = 0; i < 3 && !plan.struck(); ++i) {
                last =
                    &ledger.add("combat-ogre", std::nullopt, 2U, "x", std::vector<std::string>{});
                const auto sent = last->send(*store);
                CHECK((sent || plan.struck()));
            }
            store->close();
        }
        if (!plan.struck())
            break;
        plan.revive();
        if (!last)
            continue;

        std::vector<es::Position> seen;
        {
            auto store = open_store(path);
            seen = all_positions(store);
            found += last->known() == Known::unknown && !seen.empty() ? 1 : 0;
            if (retries) {
                REQUIRE(last->send(store));
                const auto now = all_positions(store);
                CHECK((seen.empty() || now == seen));
                seen = now;
            }
            plan.kill();
        }
        std::mt19937 random;
        disk.lose_power(Unsynced::lost, random);
        plan.revive();
        const auto store = open_store(path);
        CHECK(ledger.complaint(store, Promise::all_acknowledged) == "");
        CHECK(all_positions(store) == seen);
    }
    CHECK(found > 1); // or it was never put to the test
}

TEST_CASE("A log that a process left and that can't be synced is not read from") {
    const Folder folder(fast_place());
    const std::string path = folder / "left.db";
    {
        auto store = open_store(folder / "combat.db");
        REQUIRE(append(store, "combat-ogre", {event()}));
        for (const char* suffix : {"", "-wal"}) // as it is when the process dies here
            std::filesystem::copy_file(folder / "combat.db" + suffix, path + suffix);
    }
    FaultPlan plan(path, {"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC}, 1);
    const VfsShim shim({&plan});
    const auto refused = es::SqliteStore::open(path);
    REQUIRE(plan.struck());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().message() ==
          "sqlite store \"" + path +
              "\": the existing write-ahead log could not be synced to the disk (SQLite "
              "result code 1034); nothing was done: try again");
    CHECK(all_positions(open_store(path)).size() == 1);
}
