// SPDX-License-Identifier: MIT
// Commits of progress and appends at once, while the disk fails or the process is killed.
#include "catch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/ledger.hpp"
#include "engines/sqlite/simulated_disk.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <csignal>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace sqlite_tests;

namespace {

const es::SqliteOptions often{.busy_timeout = 50ms, .checkpoint_frames = 20};

const es::ProgressKey log_key{.name = "log"};

/// The commit to `position`, from what is stored: two rows, a parked event, and a statement that
/// fails if it is run twice.
es::ProgressCommit commit_to(std::uint64_t position, const std::optional<es::Progress>& loaded) {
    es::ProgressCommit commit{.key = log_key, .loaded = loaded};
    commit.next.checkpoint.position = es::Position{position};
    commit.rows = {{.key = "a", .data = std::to_string(position)},
                   {.key = "b", .data = std::to_string(position) + std::string(900, 'b')}};
    if (position == 1)
        commit.statements.push_back({"CREATE TABLE log(position INTEGER PRIMARY KEY)"});
    commit.statements.push_back(
        {"INSERT INTO log VALUES(?1)", {static_cast<std::int64_t>(position)}});
    commit.unpark = {{.key = "k", .sequence = position - 1}};
    commit.park = {{.key = "k", .sequence = position, .stream = es::StreamName("combat-ogre")}};
    return commit;
}

std::uint64_t position_of(const std::optional<es::Progress>& progress) {
    return progress ? progress->checkpoint.position.value().value() : 0;
}

/// What is torn in what is stored, or nothing.
std::string torn(const es::SqliteStore& store) {
    const auto progress = store.load_progress(log_key);
    const auto rows = store.load_rows(log_key, {}, 10);
    const auto parked = store.load_parked(log_key, {}, 10);
    if (!progress || !rows || !parked)
        return "it can't be read";
    const std::uint64_t position = position_of(*progress);
    if (position == 0)
        return rows->empty() && parked->empty() ? "" : "there is something of the first commit";
    if (rows->size() != 2 || (*rows)[0].data != std::to_string(position) ||
        (*rows)[1].data != std::to_string(position) + std::string(900, 'b'))
        return "the rows are not of position " + std::to_string(position);
    if (parked->size() != 1 || (*parked)[0].sequence != position)
        return "the parked event is not of position " + std::to_string(position);
    return "";
}

/// One that follows and commits its progress, and one that appends, at once. Each tries again as
/// callers do; after a failure the store is opened again.
class Followed {
public:
    static constexpr std::uint64_t commits = 6;

    Followed(std::string path, FaultPlan& plan) : path_(std::move(path)), plan_(plan) {
        for (int i = 0; i < 4; ++i)
            ledger_.add("combat-ogre", std::nullopt, 2U, std::string(500, 'x'),
                        std::vector<std::string>{});
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
            look_at(*store);
            bool all = true;
            {
                const std::jthread appends([&] { all = append_all(*store); });
                follow(*store);
            }
            store->close();
            if (all && acknowledged_ == commits)
                break;
            if (tries > 3)
                return "it fails again and again";
        }
        return complaint_;
    }
    /// After the last fault. What is wrong, or nothing.
    std::string audit() {
        auto store = open_store(path_);
        look_at(store);
        if (complaint_.empty())
            complaint_ = ledger_.complaint(store, Promise::all_acknowledged);
        store.close();
        if (complaint_.empty() &&
            Raw(path_).value("SELECT count(*) FROM log") != std::to_string(commits))
            complaint_ = "statements were run twice or never";
        return complaint_;
    }

private:
    void look_at(const es::SqliteStore& store) {
        auto what = torn(store);
        const auto progress = store.load_progress(log_key);
        if (what.empty() && progress) {
            const std::uint64_t position = position_of(*progress);
            if (position < acknowledged_ || position > acknowledged_ + (pending_ ? 1 : 0))
                what = "position " + std::to_string(position) + " is stored, but " +
                       std::to_string(acknowledged_) + " was acknowledged";
        }
        if (!what.empty() && complaint_.empty() && !plan_.dead())
            complaint_ = what;
    }
    void follow(const es::SqliteStore& store) {
        for (int tries = 0; tries < 10 && acknowledged_ < commits && complaint_.empty(); ++tries) {
            if (!pending_) {
                const auto loaded = store.load_progress(log_key);
                if (!loaded)
                    return;
                pending_ = commit_to(position_of(*loaded) + 1, *loaded);
            }
            const auto done = store.commit_progress(*pending_);
            if (done) {
                acknowledged_ = position_of(pending_->next);
                pending_.reset();
            } else if (plan_.dead() || done.error() == es::errc::unknown_outcome ||
                       done.error() == es::errc::failed) {
                return;
            } else if (done.error() != es::errc::unavailable || !plan_.struck()) {
                complaint_ = "an error of an unexpected kind: " + done.error().message();
            }
        }
    }
    bool append_all(const es::SqliteStore& store) {
        for (SentBatch& batch : ledger_.batches())
            for (int tries = 0; batch.known() != Known::acknowledged; ++tries)
                if (!batch.send(store) && tries > 3)
                    return false;
        return true;
    }

    std::string path_;
    FaultPlan& plan_;
    Ledger ledger_;
    std::optional<es::ProgressCommit> pending_;
    std::uint64_t acknowledged_ = 0;
    std::string complaint_;
};

} // namespace

TEST_CASE("Whichever call to the disk fails, a commit of progress is done once or not at all",
          "[waits]") {
    const auto fault = GENERATE(
        Fault{"a write that fills the disk half-way", any_of(VfsOp::write), SQLITE_FULL, 500},
        Fault{"a write that is done and fails", any_of(VfsOp::write), SQLITE_IOERR_WRITE, 1'000},
        Fault{"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC});
    const int step = fault.ops == any_of(VfsOp::write) ? sweep_step : 1;
    for (int nth = 1;; nth += step) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        FaultPlan plan(path, fault, nth);
        const VfsShim shim({&plan});
        Followed followed(path, plan);
        INFO(fault.name << ", call " << nth);
        REQUIRE(followed.run() == "");
        plan.call_off();
        REQUIRE(followed.audit() == "");
        REQUIRE(Raw(path).value("PRAGMA integrity_check") == "ok");
        if (!plan.struck()) {
            CHECK(nth > 8);
            break;
        }
    }
}

TEST_CASE("Whenever power is lost, acknowledged progress is there, with its rows and statements",
          "[waits]") {
    for (int nth = 1;; nth += sweep_step) {
        const Folder folder(fast_place());
        const std::string path = folder / "combat.db";
        SimulatedDisk disk(path);
        FaultPlan plan(path, power_cut, nth);
        const VfsShim shim({&plan, &disk});
        Followed followed(path, plan);
        INFO("call " << nth);
        REQUIRE(followed.run() == "");
        if (!plan.struck()) {
            CHECK(nth > 50);
            break;
        }
        std::mt19937 random(static_cast<std::uint32_t>(nth));
        disk.lose_power(Unsynced::torn, random);
        plan.revive();
        REQUIRE(followed.run() == "");
        REQUIRE(followed.audit() == "");
    }
}

TEST_CASE("A process that is killed leaves no commit of progress half done", "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    std::uint64_t before = 0;
    for (int round = 0; round < 12; ++round) {
        const pid_t child = in_child([&] {
            auto store = es::SqliteStore::open(path, {.durability = es::SqliteDurability::relaxed});
            if (!store)
                return 1;
            const std::jthread appends([&](const std::stop_token& stop) {
                while (!stop.stop_requested())
                    static_cast<void>(append(*store, "combat-ogre", {event()}));
            });
            for (;;) {
                const auto loaded = store->load_progress(log_key);
                if (!loaded ||
                    !store->commit_progress(commit_to(position_of(*loaded) + 1, *loaded)))
                    return 2;
            }
        });
        // until it has committed, and then at any moment
        for (std::uint64_t now = before; now < before + 3; std::this_thread::sleep_for(1ms)) {
            const auto store = open_store(path);
            now = position_of(store.load_progress(log_key).value());
        }
        ::kill(child, SIGKILL);
        CHECK(exit_code(child) == -SIGKILL);
        auto store = open_store(path);
        REQUIRE(torn(store) == "");
        before = position_of(*store.load_progress(log_key));
        store.close();
        REQUIRE(Raw(path).rows("SELECT count(*), max(position) FROM log") ==
                std::vector<std::string>{std::to_string(before), std::to_string(before)});
    }
    CHECK(open_store(path).verify()->ok());
}
