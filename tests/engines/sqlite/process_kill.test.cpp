// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/runtime/repository.hpp>

#include "catch.hpp"
#include "engines/sqlite/child_program.hpp"
#include "engines/sqlite/support.hpp"
#include "laws/bank.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <poll.h>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>

using namespace transfers_bank;
using sqlite_tests::ChildProgram;
using sqlite_tests::Folder;
using sqlite_tests::open_store;

namespace {

using Manager = es::ProcessManager<Transfers, es::SqliteStore>;

/// Carries out transfers, and says a byte after each step that did something, until the parent says
/// no more.
int transfer_until_told(const std::string& path) {
    const auto store = open_store(path);
    Manager manager{store, es::from_beginning, es::ProcessOptions{.page_size = 3}};
    for (;;) {
        pollfd end{sqlite_tests::from_parent, POLLIN, 0};
        const es::Step step = manager.step();
        if (step.kind == es::Step::Kind::stopped)
            return 1;
        const bool idle = step.kind != es::Step::Kind::worked;
        if (::poll(&end, 1, idle ? 1 : 0) != 0)
            return 0;
        const char byte = 'w';
        if (!idle && ::write(sqlite_tests::to_parent, &byte, 1) != 1)
            return 2;
    }
}

/// What became of a transfer.
struct Moved {
    int requests = 0;
    int withdrawals = 0;
    int deposits = 0;
    bool back = false;
    std::int64_t amount = 0;
};

class Bank {
public:
    static constexpr std::int64_t deposit = 1'000;

    explicit Bank(const es::SqliteStore& store) : store_(store) {
        for (const char* id : names)
            REQUIRE(accounts_.execute(id, Deposit{"-", deposit}));
        REQUIRE(accounts_.execute("closed", Close{}));
    }

    /// Asks for a transfer of any amount between any two accounts.
    void request(std::mt19937& random) {
        const std::size_t first = random() % names.size();
        const std::size_t second = (first + 1 + random() % (names.size() - 1)) % names.size();
        const bool to_closed = random() % 4 == 0;
        const std::string from = names.at(first);
        const std::string to = to_closed ? "closed" : names.at(second);
        const auto amount = static_cast<std::int64_t>(1 + random() % 200);
        const std::string id = std::to_string(++requested_);
        REQUIRE(requests_.execute(id, Request{id, from, to, amount}));
    }

    /// The money, and that each transfer was carried out once, refused or given back. In words.
    [[nodiscard]] std::string audit() const {
        std::int64_t money = 0;
        for (const char* id : names)
            money += accounts_.load(id)->state.amount;
        CHECK(accounts_.load("closed")->state.amount == 0);
        CHECK(money == deposit * static_cast<std::int64_t>(names.size()));
        std::size_t done = 0;
        std::size_t refused = 0;
        std::size_t back = 0;
        const auto moves = all_moves();
        CHECK(moves.size() == requested_);
        for (const auto& [id, moved] : moves) {
            INFO("transfer " << id);
            CHECK(moved.requests == 1);
            CHECK(moved.withdrawals <= 1);
            CHECK(moved.deposits == moved.withdrawals);
            CHECK(moved.amount == 0);
            refused += moved.withdrawals == 0 ? 1U : 0U;
            back += moved.back ? 1U : 0U;
            done += moved.withdrawals == 1 && !moved.back ? 1U : 0U;
        }
        return std::to_string(requested_) + " transfers, " + std::to_string(done) + " done, " +
               std::to_string(refused) + " refused, " + std::to_string(back) +
               " given back, each once; " + std::to_string(money) +
               " in the accounts, as was paid in";
    }

private:
    [[nodiscard]] std::map<std::string, Moved> all_moves() const {
        std::map<std::string, Moved> out;
        es::EventReader<Requested, Withdrawn, Deposited> reader;
        std::map<std::string, std::string> from;
        for (es::AllRead which;;) {
            const auto page = store_.read_all(which);
            REQUIRE(page);
            for (const es::EventRecord& record : *page) {
                const auto note = [&]<class E>(const E& event) -> es::Result<void> {
                    if (event.transfer_id == "-")
                        return {};
                    Moved& moved = out[event.transfer_id];
                    if constexpr (std::same_as<E, Requested>) {
                        ++moved.requests;
                        from[event.transfer_id] = "account-" + event.from;
                    } else if constexpr (std::same_as<E, Withdrawn>) {
                        ++moved.withdrawals;
                        moved.amount -= event.amount;
                    } else {
                        ++moved.deposits;
                        moved.amount += event.amount;
                        moved.back = record.stream == from[event.transfer_id];
                    }
                    return {};
                };
                if (reader.knows(record.type))
                    REQUIRE(reader.read(record, note));
            }
            if (page->at_end)
                return out;
            which.after = page->last_position;
        }
    }

    static constexpr std::array<const char*, 5> names{"a", "b", "c", "d", "e"};

    es::SqliteStore store_;
    es::Repository<Account, es::SqliteStore> accounts_{store_};
    es::Repository<Requests, es::SqliteStore> requests_{store_};
    std::size_t requested_ = 0;
};

/// What there was, in words.
std::string kill_managers(int kills) {
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Folder folder(sqlite_tests::fast_place());
    const std::string path = folder / "bank.db";
    const auto store = open_store(path);
    Bank bank(store);
    const auto request_some = [&] {
        for (int i = 0; i < 5; ++i)
            bank.request(random);
    };
    for (int i = 0; i < kills; ++i) {
        ChildProgram child("[.sqlite-process]", path);
        request_some();
        REQUIRE(child.answer() == 'w'); // it is at work
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 5'000));
        child.kill();
    }
    ChildProgram last("[.sqlite-process]", path);
    request_some();
    REQUIRE(last.answer() == 'w');
    last.say_no_more();
    CHECK(last.wait() == 0);
    Manager manager{store, es::from_beginning};
    while (manager.step().kind == es::Step::Kind::worked) {
    }
    const auto parked = manager.parked();
    REQUIRE(parked);
    CHECK(parked->empty());
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problems.empty());
    return std::to_string(kills) + " kills, seed " + std::to_string(seed) + ": " + bank.audit();
}

} // namespace

// M1, M2, M4, M5
TEST_CASE("A process that transfers money is killed, and no money is lost or made", "[waits]") {
    INFO(kill_managers(6));
}
TEST_CASE("A process that transfers money is killed a hundred times", "[.long][waits]") {
    WARN(kill_managers(100));
}

TEST_CASE("What a process that transfers money does", "[.sqlite-process]") {
    if (!sqlite_tests::child_argument()) {
        SUCCEED("nobody asked for it");
        return;
    }
    CHECK(transfer_until_told(sqlite_tests::child_argument()) == 0);
}
