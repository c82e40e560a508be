// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"
#include "laws/planned_store.hpp"

#include <cstddef>
#include <optional>
#include <utility>

using namespace transfers_bank;
using each_store::on_each_store;

namespace {

/// A manager that is made again whenever its store says that it is dead.
template <class P, class Store>
class Mortal {
public:
    Mortal(const planned::PlannedStore<Store>& store, const es::FixedEnvironment& clock)
        : store_(store),
          clock_(clock) {
        restart();
    }
    void restart() {
        manager_.emplace(
            store_, es::from_beginning,
            es::ProcessOptions{.page_size = 3, .environment = clock_, .snapshot_every = 2});
    }
    void settle() {
        for (int i = 0, quiet = 0; quiet < 2; ++i) {
            REQUIRE(i < 500);
            const auto step = manager_->step();
            if (std::exchange(store_.plan().dead, false)) {
                restart();
                quiet = 0;
            } else {
                quiet = step.kind == es::Step::Kind::worked ? 0 : quiet + 1;
            }
        }
    }

private:
    planned::PlannedStore<Store> store_;
    es::Environment clock_;
    std::optional<es::ProcessManager<P, planned::PlannedStore<Store>>> manager_{};
};

/// Three transfers, of which one works, one is refused and one is given back. Returns the calls.
template <class Store>
std::size_t transfer(const Store& inside, std::optional<std::size_t> dies_at, bool after) {
    Bank<Store> bank(inside);
    bank.account("a", Deposit{"-", 100});
    bank.account("b", Deposit{"-", 1});
    bank.account("c", Close{});
    bank.request("1", "a", "b", 30);
    bank.request("2", "a", "b", 500);
    bank.request("3", "a", "c", 20);
    const planned::PlannedStore<Store> store(inside);
    store.plan().dies_at = dies_at;
    store.plan().after_it_was_done = after;
    Mortal<Transfers, Store> manager(store, bank.clock);
    manager.settle();
    bank.clock.advance(25h);
    manager.settle();
    CHECK(bank.amount("a") == 70);
    CHECK(bank.amount("b") == 31);
    check_command_ids(bank, 4);
    CHECK(bank.count("process.transfers.step") == 9);
    CHECK(store.plan().deaths == (dies_at ? 1U : 0U));
    return store.plan().calls;
}

/// A reminder that is moved, one that is due, and one that is met while nobody runs.
template <class Store>
std::size_t remind(const Store& inside, std::optional<std::size_t> dies_at, bool after) {
    Bank<Store> bank(inside);
    const planned::PlannedStore<Store> store(inside);
    store.plan().dies_at = dies_at;
    store.plan().after_it_was_done = after;
    Mortal<Reminders, Store> manager(store, bank.clock);
    bank.account("a", Deposit{"-", 100});
    bank.account("a", Withdraw{"a", 1});
    manager.settle();
    bank.clock.advance(23h);
    manager.settle();
    bank.account("a", Withdraw{"a", 1}); // moves it
    manager.settle();
    bank.clock.advance(2h);
    manager.settle();
    CHECK(bank.amount("reminders") == 0); // 25 h after the first
    bank.clock.advance(23h);
    manager.settle();
    CHECK(bank.amount("reminders") == 1);
    bank.clock.advance(1000h);
    manager.settle();
    CHECK(bank.amount("reminders") == 1);
    bank.account("a", Withdraw{"a", 1});
    manager.settle(); // the deadline is known
    bank.clock.advance(1h);
    bank.account("a", Deposit{"a", 3}); // in time, and not read
    manager.restart();
    bank.clock.advance(100h);
    manager.settle();
    CHECK(bank.amount("reminders") == 1);
    check_command_ids(bank, 1);
    CHECK(store.plan().deaths == (dies_at ? 1U : 0U));
    return store.plan().calls;
}

/// A process that has ended is begun again, and an input comes after its second end.
template <class Store>
std::size_t begin_again(const Store& inside, std::optional<std::size_t> dies_at, bool after) {
    Bank<Store> bank(inside);
    bank.account("a", Deposit{"-", 100});
    const planned::PlannedStore<Store> store(inside);
    store.plan().dies_at = dies_at;
    store.plan().after_it_was_done = after;
    Mortal<Transfers, Store> manager(store, bank.clock);
    bank.request("1", "a", "b", 30);
    manager.settle();
    bank.request("1", "a", "c", 40);
    manager.settle();
    bank.account("b", Deposit{"1", 5}); // late
    manager.settle();
    bank.clock.advance(25h);
    manager.settle();
    CHECK(bank.amount("a") == 30);
    CHECK(bank.amount("b") == 35);
    CHECK(bank.amount("c") == 40);
    check_command_ids(bank, 4);
    CHECK(bank.count("process.transfers.step") == 6);
    CHECK(store.plan().deaths == (dies_at ? 1U : 0U));
    return store.plan().calls;
}

template <class Run>
void die_everywhere(const Run& run) {
    const std::size_t calls = run(es::MemoryStore(), std::nullopt, false);
    CHECK(calls > 40);
    for (const bool after : {false, true})
        for (std::size_t dies_at = 0; dies_at < calls; ++dies_at) {
            INFO("call " << dies_at << " of " << calls << (after ? ", after" : ", before"));
            run(es::MemoryStore(), dies_at, after);
            if (dies_at % 16 == 0) {
                const each_store::File file;
                run(es::AnyStore(file.open()), dies_at, after);
            }
        }
}

} // namespace

// M1, M2, M4, M5
TEST_CASE("A transfer dies at any call, before or after it is done, and no money is lost or made") {
    die_everywhere([](const auto& store, auto dies_at, bool after) {
        return transfer(store, dies_at, after);
    });
}

// M6, M7
TEST_CASE("A reminder dies at any call, and is told once, in time, and not after it was met") {
    die_everywhere(
        [](const auto& store, auto dies_at, bool after) { return remind(store, dies_at, after); });
}

// M2, M10
TEST_CASE("A process that is begun again dies at any call, and each end ends it once") {
    die_everywhere([](const auto& store, auto dies_at, bool after) {
        return begin_again(store, dies_at, after);
    });
}
