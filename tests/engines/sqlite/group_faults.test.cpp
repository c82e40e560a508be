// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/checkpoint_watch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/ledger.hpp"
#include "engines/sqlite/simulated_disk.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace sqlite_tests;

namespace {

const es::SqliteOptions often{.busy_timeout = 50ms, .checkpoint_frames = 20};

/// Makes each sync of the log take its time, so that other callers come meanwhile and share the
/// next commit; counts them.
class SlowSync final : public VfsWatcher {
public:
    [[nodiscard]] int count() const { return count_; }
    VfsVerdict before(const VfsCall& call) override {
        if (call.op == VfsOp::sync && (call.open_flags & SQLITE_OPEN_WAL) != 0) {
            ++count_;
            std::this_thread::sleep_for(100us);
        }
        return {};
    }

private:
    std::atomic<int> count_ = 0;
};

/// Four callers that append at once, to a stream of their own and to one that is shared. They try
/// again as callers do, and open the store again when it has failed.
class Callers {
public:
    static constexpr int callers = 4;
    static constexpr int each = 4;

    Callers(std::string path, FaultPlan& plan) : path_(std::move(path)), plan_(plan) {
        for (int i = 0; i < callers; ++i) {
            const std::string own = "combat-" + std::to_string(i);
            std::vector<std::string> tags{"entity:" + std::to_string(i), "kind:monster"};
            for (std::uint64_t n = 0; n < each; n += 2) {
                const auto expected = n == 0 ? es::ExpectedRevision::no_stream()
                                             : es::ExpectedRevision::exactly(es::Revision{n - 1});
                shares_[i].push_back(&ledger_.add(own, expected, 2U, std::string(600, 'x'), tags));
                shares_[i].push_back(&ledger_.add("combat-shared", std::nullopt, 3U, own, tags));
            }
        }
    }

    /// Until all is done, or everything fails. What is wrong, or nothing.
    std::string run() {
        for (int tries = 0; complaint_.empty() && !plan_.dead(); ++tries) {
            auto store = es::SqliteStore::open(path_, often);
            if (plan_.dead())
                break;
            if (!store && (!plan_.struck() || tries > 2))
                return "it can't be opened: " + store.error().message();
            if (!store)
                continue;
            if (std::string what = ledger_.complaint(*store, Promise::all_acknowledged);
                !what.empty() && !plan_.dead())
                return what;
            const bool all = append_at_once(*store);
            store->close();
            if (all)
                return complaint_;
            if (tries > 3)
                return "appends fail again and again";
        }
        return complaint_;
    }
    Ledger& ledger() { return ledger_; }

private:
    /// Whether all was done.
    bool append_at_once(const es::SqliteStore& store) {
        std::atomic<int> done = 0;
        {
            std::vector<std::jthread> threads;
            for (const auto& share : shares_)
                threads.emplace_back([&] {
                    if (std::all_of(share.begin(), share.end(),
                                    [&](SentBatch* batch) { return is_done(*batch, store); }))
                        ++done;
                });
        }
        return done == callers;
    }
    bool is_done(SentBatch& batch, const es::SqliteStore& store) {
        for (int tries = 0; tries < 4; ++tries) {
            const auto sent = batch.send(store);
            if (sent)
                return true;
            if (plan_.dead() || sent.error() == es::errc::unknown_outcome ||
                sent.error() == es::errc::failed)
                return false;
            if (sent.error() == es::errc::unavailable && plan_.struck())
                continue;
            const std::lock_guard lock(mutex_);
            complaint_ = "an error of an unexpected kind: " + sent.error().message();
        }
        return false;
    }

    std::string path_;
    FaultPlan& plan_;
    Ledger ledger_;
    std::vector<SentBatch*> shares_[callers];
    std::mutex mutex_;
    std::string complaint_;
};

} // namespace

TEST_CASE("Whichever call fails while several share a commit, each is told the truth", "[waits]") {
    const auto fault = GENERATE(
        Fault{"a write that fills the disk half-way", any_of(VfsOp::write), SQLITE_FULL, 500},
        Fault{"a write that is done and fails", any_of(VfsOp::write), SQLITE_IOERR_WRITE, 1'000},
        Fault{"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC});
    const int step = fault.ops == any_of(VfsOp::write) ? sweep_step : 1;
    for (int nth = 1;; nth += step) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        FaultPlan plan(path, fault, nth);
        SlowSync slow;
        CheckpointWatch watch(path);
        const VfsShim shim({&slow, &plan, &watch});
        Callers callers(path, plan);
        INFO(fault.name << ", call " << nth);
        REQUIRE(callers.run() == "");
        plan.call_off();
        REQUIRE(callers.ledger().complaint(open_store(path), Promise::all_acknowledged) == "");
        REQUIRE(Raw(path).value("PRAGMA integrity_check") == "ok");
        REQUIRE(watch.counts().unprotected == 0);
        if (plan.struck())
            continue;
        CHECK(nth > 8);
        CHECK(slow.count() < Callers::callers * Callers::each); // or none has shared a commit
        break;
    }
}

TEST_CASE("Whenever power is lost while several share a commit, what was acknowledged is there",
          "[waits]") {
    for (int nth = 1;; nth += sweep_step) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        SimulatedDisk disk(path);
        FaultPlan plan(path, power_cut, nth);
        SlowSync slow;
        const VfsShim shim({&slow, &plan, &disk});
        Callers callers(path, plan);
        INFO("call " << nth);
        REQUIRE(callers.run() == "");
        if (!plan.struck()) {
            CHECK(nth > 100);
            break;
        }
        std::mt19937 random(static_cast<std::uint32_t>(nth));
        disk.lose_power(Unsynced::torn, random);
        plan.revive();
        REQUIRE(callers.run() == ""); // looks at what is there, and then does the rest
        REQUIRE(callers.ledger().complaint(open_store(path), Promise::all_acknowledged) == "");
        REQUIRE(Raw(path).value("PRAGMA integrity_check") == "ok");
    }
}
