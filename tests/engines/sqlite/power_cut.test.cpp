// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/fault_scenario.hpp"
#include "engines/sqlite/ledger.hpp"
#include "engines/sqlite/simulated_disk.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <random>
#include <string>

using namespace sqlite_tests;

namespace {

struct Cuts {
    int cuts = 0;
    int losses = 0;
};

/// Cuts the power at the n-th call that changes the disk, for each n in turn.
Cuts cut_everywhere(const es::SqliteOptions& options, bool powersafe, Unsynced unsynced,
                    std::uint32_t seed) {
    Cuts cuts;
    for (int nth = 1;; nth += sweep_step) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        SimulatedDisk disk(path);
        FaultPlan plan(path, power_cut, nth);
        VfsShim shim({&plan, &disk});
        shim.powersafe_overwrite = powersafe;
        FaultScenario scenario(folder, options, plan);
        INFO("call " << nth << ", seed " << seed);
        REQUIRE(scenario.run() == "");
        if (!plan.struck())
            return cuts;
        ++cuts.cuts;
        std::mt19937 random(seed + static_cast<std::uint32_t>(nth));
        disk.lose_power(unsynced, random);
        plan.revive();
        const auto promise = options.durability == es::SqliteDurability::full
                                 ? Promise::all_acknowledged
                                 : Promise::prefix_of_acknowledged;
        REQUIRE(scenario.resume(promise) == "");
        cuts.losses += scenario.has_lost() ? 1 : 0;
        REQUIRE(Raw(path).value("PRAGMA integrity_check") == "ok");
    }
}

/// What the disk says of itself and what it keeps.
struct Disk {
    bool powersafe;
    Unsynced unsynced;
};

const es::SqliteOptions full{.busy_timeout = 50ms, .checkpoint_frames = 12};
const es::SqliteOptions relaxed{
    .durability = es::SqliteDurability::relaxed, .busy_timeout = 50ms, .checkpoint_frames = 12};

} // namespace

TEST_CASE("Whenever power is lost, what was acknowledged is there, and a retry is done once") {
    const auto disk = GENERATE(Disk{true, Unsynced::lost}, Disk{false, Unsynced::torn});
    const auto found = cut_everywhere(full, disk.powersafe, disk.unsynced, 1);
    CHECK(found.cuts > 50);
    CHECK(found.losses == 0);
}

TEST_CASE("In the relaxed mode, power that is lost takes commits from the end, and nothing else") {
    const auto found = cut_everywhere(relaxed, true, Unsynced::torn, 1);
    CHECK(found.cuts > 50);
    CHECK(found.losses > 0); // or the disk that loses what is not synced loses nothing
}

TEST_CASE("Power is lost with any part of what was not synced on the disk", "[.long]") {
    const auto& options = GENERATE(full, relaxed);
    const bool powersafe = GENERATE(true, false);
    for (const Unsynced unsynced : {Unsynced::lost, Unsynced::kept})
        CHECK(cut_everywhere(options, powersafe, unsynced, 0).cuts > 50);
    for (std::uint32_t seed = 1'000; seed < 41'000; seed += 1'000)
        CHECK(cut_everywhere(options, powersafe, Unsynced::torn, seed).cuts > 50);
}
