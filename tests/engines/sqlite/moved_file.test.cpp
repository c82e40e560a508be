// SPDX-License-Identifier: MIT
// Changes to the file of a store while it is open, or to its log while no program has it open.
#include <eventsourcing/engines/sqlite.hpp>

#include "catch.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/other_process.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

using namespace sqlite_tests;
using std::filesystem::rename;

namespace {

es::Result<es::Receipt> append_one(es::SqliteStore& store) {
    const auto one = event();
    return store.append_unchecked("combat-ogre", es::EventBatch({&one, 1}));
}

/// Longer than a store believes that its file is where it was.
void wait_for_a_look() {
    std::this_thread::sleep_for(20ms);
}

std::size_t count(const es::SqliteStore& store) {
    const auto page = store.read_stream("combat-ogre");
    REQUIRE(page);
    return page->records().size();
}

/// Moves the file when a connection has just got the write lock, and late enough for the next look.
class Mover final : public VfsWatcher {
public:
    Mover(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

    void comes() { comes_ = true; }
    void after(const VfsCall& call, int, std::size_t) override {
        if (call.op == VfsOp::shm_lock && call.exclusive && call.slot == 0 &&
            comes_.exchange(false)) {
            rename(from_, to_);
            wait_for_a_look();
        }
    }

private:
    std::string from_;
    std::string to_;
    std::atomic<bool> comes_ = false;
};

/// Does something to the files before one of the calls of SQLite.
class Meddler final : public VfsWatcher {
public:
    Meddler(int call, bool within_commit, std::function<void()> deed)
        : call_(call),
          within_commit_(within_commit),
          deed_(std::move(deed)) {}

    /// Whether it was done; it is not any more.
    [[nodiscard]] bool ends() { return calls_.exchange(-1) > call_; }
    VfsVerdict before(const VfsCall& call) override {
        const bool commits =
            call.path.ends_with("-wal") && (call.op == VfsOp::write || call.op == VfsOp::sync);
        // the look at the files maps the memory, after it has looked at the others
        if (call.op != VfsOp::shm_map && (within_commit_ || !commits) && calls_ >= 0 &&
            calls_++ == call_)
            deed_();
        return {};
    }

private:
    const int call_;
    const bool within_commit_;
    const std::function<void()> deed_;
    std::atomic<int> calls_ = 0;
};

/// What another program may do to the files of a store by mistake.
struct Deed {
    const char* name;
    void (*does)(const std::string& path, const std::string& spare);
    /// Whether it is noticed between the writes of a commit, too.
    bool within_commit = true;
};

void replace_by_copy(const std::string& path, const std::string& spare) {
    std::error_code none; // of a file that is not there yet
    if (std::filesystem::copy_file(path, spare, none))
        rename(spare, path);
}

void cut(const std::string& path, std::uintmax_t (*to)(std::uintmax_t)) {
    std::error_code none; // of a file that is not there yet, or is empty
    const auto size = std::filesystem::file_size(path, none);
    if (!none && size > 0)
        std::filesystem::resize_file(path, to(size));
}

const Deed deeds[] = {
    {"the file is deleted", [](auto& path, auto&) { std::filesystem::remove(path); }},
    {"the file is replaced by a copy", &replace_by_copy},
    {"the log is deleted", [](auto& path, auto&) { std::filesystem::remove(path + "-wal"); }},
    {"the log is replaced by a copy",
     [](auto& path, auto& spare) { replace_by_copy(path + "-wal", spare); }},
    {"the log is replaced by an empty one",
     [](auto& path, auto& spare) {
         std::ofstream(spare).flush();
         rename(spare, path + "-wal");
     }},
    {"the shared memory is deleted",
     [](auto& path, auto&) { std::filesystem::remove(path + "-shm"); }},
    {"the shared memory is replaced by a copy",
     [](auto& path, auto& spare) { replace_by_copy(path + "-shm", spare); }},
    {"the log is emptied",
     [](auto& path, auto&) { cut(path + "-wal", [](auto) { return std::uintmax_t{0}; }); }, false},
    {"the log loses its end",
     [](auto& path, auto&) { cut(path + "-wal", [](auto size) { return size - 1; }); }, false},
    {"the file is cut to half",
     [](auto& path, auto&) { cut(path, [](auto size) { return size / 2; }); }},
};

} // namespace

TEST_CASE("What is acknowledged is found, whatever is done to the files while they are opened",
          "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    OtherProcess other(path);
    // a log that was copied, and begins again with the next append, does not become longer
    const bool log_was_copied = GENERATE(false, true);
    for (const Deed& deed : deeds)
        for (auto [call, done] = std::pair(0, true); done; call += sweep_step) {
            INFO(deed.name << " before call " << call);
            for (const auto& entry : std::filesystem::directory_iterator(folder / ""))
                std::filesystem::remove(entry.path());
            auto store = open_store(path);
            for (int i = 0; i < 3; ++i)
                REQUIRE(append_one(store));
            std::optional<Raw> reader;
            if (log_was_copied) {
                reader.emplace(path);
                reader->run("PRAGMA wal_checkpoint(PASSIVE)");
            }
            store.close();

            Meddler meddler(call, deed.within_commit, [&] { deed.does(path, folder / "spare"); });
            const VfsShim shim({&meddler});
            auto opened = es::SqliteStore::open(path, {.open = es::SqliteOpen::existing});
            int acknowledged = 3 + (opened && append_one(*opened) ? 1 : 0);
            done = meddler.ends();
            if (acknowledged == 4 && other.open()) {
                acknowledged += other.append() ? 1 : 0;
                acknowledged += append_one(*opened) ? 1 : 0;
                other.close();
            }
            if (acknowledged > 3)
                CHECK(other.count_with_plain_sqlite() == acknowledged);
            if (!done)
                CHECK(acknowledged == 6);
        }
}

TEST_CASE(
    "An open store refuses appends while its file is moved away, and goes on when it is back") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    REQUIRE(append_one(store));
    rename(path, folder / "moved.db");
    wait_for_a_look();
    for (int i = 0; i < 2; ++i) {
        const auto refused = append_one(store);
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == es::errc::unavailable);
        CHECK(refused.error().message() ==
              "sqlite store \"" + path +
                  "\": the file was moved, replaced or deleted while the store was open; nothing "
                  "was done: put it back, next to its log \"" +
                  path + "-wal\", and try again");
    }
    rename(folder / "moved.db", path);
    CHECK(append_one(store));
    CHECK(count(store) == 2);
}

TEST_CASE("An open store refuses appends after another file has taken the place of its own") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    REQUIRE(append_one(store));
    std::filesystem::copy_file(path, folder / "other.db");
    rename(folder / "other.db", path);
    wait_for_a_look();
    const auto refused = append_one(store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
}

TEST_CASE("A file that is missing next to its log is not made again, which would delete the log") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const auto open = GENERATE(es::SqliteOpen::create, es::SqliteOpen::existing);
    const bool empty = GENERATE(true, false);
    {
        auto store = open_store(path);
        REQUIRE(append_one(store));
        std::filesystem::copy_file(path, folder / "kept.db");
        std::filesystem::copy_file(path + "-wal", folder / "kept.db-wal");
    }
    const std::string other = folder / "other.db";
    std::filesystem::copy_file(folder / "kept.db-wal", other + "-wal");
    if (empty)
        std::ofstream(other).flush();

    const auto refused = es::SqliteStore::open(other, {.open = open});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::corrupt);
    CHECK(
        refused.error().message() ==
        "sqlite store \"" + other + "\": the file is missing or empty, but its log \"" + other +
            "-wal\" is there and may hold events; nothing was changed: put the file back, or move "
            "the log away to begin with an empty store");
    CHECK(content(other + "-wal") == content(folder / "kept.db-wal"));

    std::filesystem::copy_file(folder / "kept.db", other,
                               std::filesystem::copy_options::overwrite_existing);
    CHECK(count(open_store(other)) == 1);
}

TEST_CASE("A file without events is made next to an empty log") {
    const Folder folder;
    std::ofstream(folder / "combat.db-wal").flush();
    auto store = open_store(folder / "combat.db");
    CHECK(append_one(store));
}

TEST_CASE("Nothing is written to a file that was moved away while an append waited for the lock") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    Mover mover(path, folder / "moved.db");
    const VfsShim shim({&mover});
    auto store = open_store(path);
    REQUIRE(append_one(store));
    mover.comes();
    const auto refused = append_one(store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    rename(folder / "moved.db", path);
    CHECK(count(store) == 1);
    CHECK(append_one(store));
}
