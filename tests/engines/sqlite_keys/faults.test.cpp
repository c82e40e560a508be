// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite_keys.hpp>

#include "catch.hpp"
#include "engines/sqlite/failing_writes.hpp"
#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/simulated_disk.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"
#include "fails_with.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace sqlite_tests;

namespace {

/// What a program was told before power was lost.
struct Told {
    std::vector<es::Personal<int>> sealed;
    std::string secret; // the bytes of the key of person:1
    bool asked_to_erase = false;
    bool erased = false;
};

Told use_keys(const std::string& path, const FaultPlan& plan, const Fault& fault) {
    Told told;
    const auto keys = es::SqliteKeys::open(path, {.busy_timeout = 50ms});
    const auto seal = [&](int i) {
        if (auto value = keys->seal("person:" + std::to_string(i), i))
            told.sealed.push_back(*std::move(value));
    };
    for (int i = 0; keys && i < 4; ++i) {
        seal(i);
        seal(i);
    }
    if (keys && !(plan.struck() && fault.for_good)) {
        const auto secret =
            Raw(path).rows("SELECT hex(key) FROM es_keys WHERE subject = 'person:1'");
        told.secret = secret.empty() ? "none" : secret[0];
        told.asked_to_erase = true;
        told.erased = keys->erase("person:1").has_value();
        seal(4);
    }
    return told;
}

std::string bytes_in_hex(const std::string& path) {
    std::string out;
    for (const char* suffix : {"", "-wal"})
        for (const char c : content(path + suffix)) {
            out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
            out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 0xFU];
        }
    return out;
}

void check_what_was_told(const std::string& path, const Told& told) {
    if (told.erased)
        CHECK(bytes_in_hex(path).find(told.secret) == std::string::npos);
    const auto keys = es::SqliteKeys::open(path);
    INFO(message_of(keys));
    REQUIRE(keys);
    for (const auto& value : told.sealed) {
        const auto opened = keys->open(value);
        CAPTURE(message_of(opened));
        if (value.subject() != "person:1" || !told.asked_to_erase)
            CHECK(opened);
        else if (told.erased)
            CHECK(fails_with(es::errc::gone, opened));
        else
            CHECK((opened || opened.error() == es::errc::gone));
    }
    CHECK(keys->erase("person:1"));
    if (told.asked_to_erase)
        CHECK(bytes_in_hex(path).find(told.secret) == std::string::npos);
    CHECK(Raw(path).value("PRAGMA integrity_check") == "ok");
}

} // namespace

TEST_CASE(
    "Whenever power is lost, values that were sealed open and keys that were erased are gone") {
    const auto unsynced = GENERATE(Unsynced::lost, Unsynced::torn, Unsynced::kept);
    int unfinished = 0; // erasures that had no answer
    int nth = 1;
    for (;; ++nth) {
        const Folder folder(fast_place());
        const std::string path = folder / "keys.db";
        SimulatedDisk disk(path);
        FaultPlan plan(path, power_cut, nth);
        const VfsShim shim({&plan, &disk});
        INFO("call " << nth);
        const Told told = use_keys(path, plan, power_cut);
        if (!plan.struck())
            break;
        unfinished += told.asked_to_erase && !told.erased ? 1 : 0;
        std::mt19937 random(static_cast<std::uint32_t>(nth));
        disk.lose_power(unsynced, random);
        plan.revive();
        check_what_was_told(path, told);
    }
    CHECK(nth > 30);
    CHECK(unfinished > 3);
}

TEST_CASE("Whichever write, sync or truncate of a key file fails, no answer is wrong") {
    const auto fault =
        GENERATE(Fault{"a full disk", any_of(VfsOp::write), SQLITE_FULL, 500},
                 Fault{"a short write", any_of(VfsOp::write), SQLITE_IOERR_WRITE, 500},
                 Fault{"a failed sync", any_of(VfsOp::sync), SQLITE_IOERR_FSYNC},
                 Fault{"a failed truncate", any_of(VfsOp::truncate), SQLITE_IOERR_TRUNCATE});
    int nth = 1;
    for (;; ++nth) {
        const Folder folder(fast_place());
        const std::string path = folder / "keys.db";
        FaultPlan plan(path, fault, nth);
        const VfsShim shim({&plan});
        INFO(fault.name << ", call " << nth);
        const Told told = use_keys(path, plan, fault);
        if (!plan.struck())
            break;
        check_what_was_told(path, told);
    }
    CHECK(nth > 2);
}

TEST_CASE("A disk that is full, or whose quota is used up, does not stop the keys") {
    const int full = GENERATE(ENOSPC, EDQUOT);
    const Folder folder;
    const FailingWrites failing;
    const auto keys = es::SqliteKeys::open(folder / "keys.db");
    REQUIRE(keys);
    REQUIRE(keys->seal("person:1", 1));
    writes_fail = full;
    CHECK(fails_with(es::errc::unavailable, keys->seal("person:2", 2)));
    writes_fail = 0;
    const auto sealed = keys->seal("person:2", 2);
    INFO(message_of(sealed));
    REQUIRE(sealed);
    CHECK(*keys->open(*sealed) == 2);
}
