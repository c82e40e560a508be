// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/checkpoint_watch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/fault_scenario.hpp"
#include "engines/sqlite/ledger.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <string>

using namespace sqlite_tests;

namespace {

const es::SqliteOptions often{.busy_timeout = 50ms, .checkpoint_frames = 12};

/// Runs the scenario with the fault at the first such call, at the second and so on, until it is
/// not met any more; how often that was. The file is whole each time.
int strike_everywhere(const Fault& fault, bool powersafe = true) {
    const int step = fault.ops == any_of(VfsOp::write) ? sweep_step : 1;
    for (int nth = 1;; nth += step) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        FaultPlan plan(path, fault, nth);
        CheckpointWatch watch(path);
        VfsShim shim({&plan, &watch});
        shim.powersafe_overwrite = powersafe;
        FaultScenario scenario(folder, often, plan);
        INFO(fault.name << ", call " << nth);
        REQUIRE(scenario.run() == "");
        plan.call_off();
        REQUIRE(Raw(path).value("PRAGMA integrity_check") == "ok");
        REQUIRE(watch.counts().unprotected == 0);
        if (!plan.struck())
            return nth - 1;
    }
}

} // namespace

TEST_CASE("Whichever write fails, errors tell the truth and nothing is lost, doubled or torn") {
    const auto fault = GENERATE(
        Fault{"a write that fills the disk half-way", any_of(VfsOp::write), SQLITE_FULL, 500},
        Fault{"a short write", any_of(VfsOp::write), SQLITE_IOERR_WRITE, 500},
        Fault{"a write that is done and fails", any_of(VfsOp::write), SQLITE_IOERR_WRITE, 1'000});
    CHECK(strike_everywhere(fault) > 100);
}

TEST_CASE("A full disk after a commit that fills its sector leaves the outcome unknown") {
    const Fault fault{"a write that fills the disk half-way", any_of(VfsOp::write), SQLITE_FULL,
                      500};
    CHECK(strike_everywhere(fault, false) > 100);
}

TEST_CASE("Whichever sync or lock fails, errors tell the truth and nothing is lost, doubled or "
          "torn") {
    const auto fault = GENERATE(
        Fault{"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC},
        Fault{"a failed truncate", any_of(VfsOp::truncate), SQLITE_IOERR_TRUNCATE},
        Fault{"a failed lock", any_of(VfsOp::lock), SQLITE_IOERR_LOCK},
        Fault{"a lock that is not had", any_of(VfsOp::lock), SQLITE_BUSY},
        Fault{"a failed unlock", any_of(VfsOp::unlock), SQLITE_IOERR_UNLOCK},
        Fault{"a failed lock of shared memory", any_of(VfsOp::shm_lock), SQLITE_IOERR_SHMLOCK},
        Fault{"a lock of shared memory that is not had", any_of(VfsOp::shm_lock), SQLITE_BUSY},
        Fault{"a failed unlock of shared memory", any_of(VfsOp::shm_unlock), SQLITE_IOERR_SHMLOCK},
        Fault{"a failed open", any_of(VfsOp::open), SQLITE_CANTOPEN},
        Fault{"a failed removal", any_of(VfsOp::remove), SQLITE_IOERR_DELETE},
        Fault{"shared memory that is not had", any_of(VfsOp::shm_map), SQLITE_IOERR_SHMMAP});
    CHECK(strike_everywhere(fault) > 0);
}

TEST_CASE("Whichever write fails as a whole, or on a disk that may tear its neighbours",
          "[.long]") {
    const auto fault = GENERATE(
        Fault{"a write to a full disk", any_of(VfsOp::write), SQLITE_FULL},
        Fault{"a write that fills the disk half-way", any_of(VfsOp::write), SQLITE_FULL, 500},
        Fault{"a failed write", any_of(VfsOp::write), SQLITE_IOERR_WRITE},
        Fault{"a short write", any_of(VfsOp::write), SQLITE_IOERR_WRITE, 500});
    CHECK(strike_everywhere(fault, true) > 100);
    CHECK(strike_everywhere(fault, false) > 100);
}
