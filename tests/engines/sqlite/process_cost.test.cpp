// SPDX-License-Identifier: MIT
// What an input costs, however many the process was told before: counted, not timed. And the
// snapshots that make it so after a restart.
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"
#include "laws/planned_store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace transfers_bank;
using each_store::on_any_store;

namespace {

using Counting = planned::PlannedStore<es::MemoryStore>;
using Manager = es::ProcessManager<Reminders, Counting>;

struct Cost {
    std::size_t calls = 0;
    std::size_t records = 0;

    bool operator==(const Cost&) const = default;
};

/// Inputs of one process, each of a stream of its own, so that only the process grows.
class Inputs {
public:
    void add(std::size_t inputs) {
        for (std::size_t i = 0; i < inputs; ++i)
            bank.account(("of" + std::to_string(added_++)).c_str(), Deposit{"one", 1});
    }
    /// Of 20 inputs, told one by one.
    Cost cost(Manager& manager) {
        const Cost before = now();
        for (int i = 0; i < 20; ++i) {
            add(1);
            settle(manager);
        }
        return {now().calls - before.calls, now().records - before.records};
    }
    [[nodiscard]] Cost now() const { return {store.plan().calls, store.plan().records_read}; }

    const es::MemoryStore inside{};
    const Counting store{inside};
    Bank<es::MemoryStore> bank{inside};

private:
    std::size_t added_ = 0;
};

/// What is read when a process of so many inputs is told one more, by a program that has begun.
std::size_t read_after_restart(Inputs& inputs, std::uint64_t snapshot_every) {
    es::ProcessOptions options = at(inputs.bank.clock);
    options.snapshot_every = snapshot_every;
    Manager manager{inputs.store, es::from_beginning, options};
    settle(manager);
    inputs.add(1);
    const auto before = inputs.now().records;
    settle(manager);
    return inputs.now().records - before;
}

void costs_the_same(std::size_t most) {
    Inputs inputs;
    std::optional<Cost> first;
    for (std::size_t told = 0, next = 10; next <= most; next *= 10) {
        INFO(next << " inputs");
        inputs.add(next - told);
        {
            Manager manager{inputs.store, es::from_beginning, at(inputs.bank.clock)};
            settle(manager);
            const Cost cost = inputs.cost(manager);
            CHECK(cost.records <= 20);
            CHECK(cost == first.value_or(cost));
            first = cost;
        }
        told = next + 21;
        // the first page, the event of the snapshot, and the tail
        CHECK(read_after_restart(inputs, 1'000) <= 100 + 1 + 1'000 + 2);
    }
    CHECK(read_after_restart(inputs, 0) > most);
    CHECK(inputs.store.plan().snapshots_saved >= most / 1'000);
    CHECK(inputs.store.plan().snapshots_saved <= most / 1'000 + 1);
}

} // namespace

TEST_CASE("An input costs the same after 10, 1000 and 10 000 others of its process") {
    costs_the_same(10'000);
}
TEST_CASE("An input costs the same after 100 000 others of its process", "[.long]") {
    costs_the_same(100'000);
}

TEST_CASE("A process that is not in the cache any more costs what it has to read") {
    Inputs inputs;
    es::ProcessOptions options = at(inputs.bank.clock);
    options.cache = 2;
    Manager manager{inputs.store, es::from_beginning, options};
    for (const char* const id : {"x", "y", "x", "y"})
        inputs.bank.account("a", Deposit{id, 1});
    settle(manager);
    const auto before = inputs.now().records;
    inputs.bank.account("a", Deposit{"x", 1});
    settle(manager);
    CHECK(inputs.now().records == before);
    inputs.bank.account("a", Deposit{"z", 1}); // y goes
    inputs.bank.account("a", Deposit{"x", 1});
    settle(manager);
    CHECK(inputs.now().records == before);
    inputs.bank.account("a", Deposit{"y", 1});
    settle(manager);
    CHECK(inputs.now().records == before + 2);
}

// M5
TEST_CASE("What was refused is not carried out later, however many refusals came after it") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        const auto no_more = [&](auto& manager) {
            settle(manager);
            CHECK(bank.amount("a") == 1'000);
            CHECK(bank.amount("b") == 0);
            CHECK(manager.parked()->empty());
        };
        {
            es::ProcessManager<Transfers, Store> manager{store, es::from_beginning, at(bank.clock)};
            for (int i = 0; i < 130; ++i) {
                bank.request("1", "a", "b", 1);
                settle(manager);
            }
        }
        CHECK(bank.count("process.transfers.step") == 260);
        bank.account("a", Deposit{"-", 1'000}); // now it would be accepted
        es::ProcessOptions options = at(bank.clock);
        options.name = "again";
        es::ProcessManager<Transfers, Store> again{other, es::from_beginning, options};
        no_more(again);
        const es::MemoryStore beside;
        options.name = "finds no ids";
        es::ProcessManager<Transfers, Bare<Store>, es::NoHandler, es::MemoryStore> bare{
            Bare<Store>(store), beside, es::from_beginning, options};
        no_more(bare);
    });
}
TEST_CASE("A memory does not grow with the refusals that it was told") {
    es::detail::ProcessMemory<Transfers> memory;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        es::detail::StepInput input{.kind = "refusal"};
        input.id = es::Environment().new_id();
        memory.note(input);
        memory.revision = es::Revision{i};
        CHECK(memory.knows(input));
    }
    CHECK(memory.refusals.size() == 100);
    CHECK(memory.refusals_from == 899);
    CHECK(memory.refusals.front().revision == 900);
}

namespace {

template <class P, class Store>
std::string memory_text(const Store& store, const char* id, std::uint64_t snapshot_every,
                        const es::Observer& observer = {}) {
    es::detail::ProcessTeller<P, Store> teller{
        store, store, es::Environment(), {.cache = 0, .snapshot_every = snapshot_every}, observer};
    const auto memory = teller.memory_of(*es::detail::process_stream<P>(id), {});
    REQUIRE(memory);
    const auto stored = es::detail::stored_memory(**memory);
    REQUIRE(stored);
    return *es::encode_json(*stored) + " at " + std::to_string((*memory)->revision->value());
}

struct Told {
    std::vector<std::string> ignored{};
    std::vector<std::string> failed{};
};
struct Listening {
    std::shared_ptr<Told> told;
    void on(const es::SnapshotIgnored& ignored) const {
        told->ignored.push_back(std::string(ignored.stream) + ": " + ignored.error.message());
    }
    void on(const es::SnapshotFailed& failed) const {
        told->failed.push_back(std::string(failed.stream) + ": " + failed.error.message());
    }
};

constexpr auto snapshots = es::detail::snapshots_of_process<Transfers>();

/// Two transfers by one process, of which one is given back, in 7 steps; a snapshot after each 3.
template <class Store>
void transfer_twice(Bank<Store>& bank, const es::Observer& observer = {}) {
    bank.account("a", Deposit{"-", 100});
    bank.account("c", Close{});
    es::ProcessOptions options = at(bank.clock);
    options.snapshot_every = 3;
    options.observer = observer;
    es::ProcessManager<Transfers, Store> manager{bank.store, es::from_beginning, options};
    bank.request("1", "a", "b", 30);
    settle(manager);
    bank.request("1", "a", "c", 20);
    settle(manager);
    CHECK(bank.amount("a") == 70);
    CHECK(bank.count("process.transfers.step") == 7);
}

} // namespace

// N1
TEST_CASE("What a process remembers by a snapshot and the steps after it is the fold of them all") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("c", Close{});
        es::ProcessOptions options = at(bank.clock);
        options.snapshot_every = 3;
        const auto same = [&] {
            const auto all = memory_text<Transfers>(other, "1", 0);
            CHECK(memory_text<Transfers>(other, "1", 3) == all);
            CHECK(memory_text<Transfers>(other, "1", 1'000) == all);
        };
        for (const char* const to : {"b", "c", "b", "c"}) {
            es::ProcessManager<Transfers, Store> manager{store, es::from_beginning, options};
            bank.request("1", "a", to, 20);
            while (manager.step().kind == es::Step::Kind::worked)
                same();
            bank.request("1", "a", to, 2'000); // is refused
            while (manager.step().kind == es::Step::Kind::worked)
                same();
        }
        CHECK(bank.amount("a") == 60);
        CHECK(store.load_snapshot("process.transfers-1", snapshots.kind, snapshots.fingerprint)
                  ->has_value());
    });
}

namespace {

namespace revised {

/// The process of this name with functions that do something else.
struct Transfers : transfers_bank::Transfers {
    static constexpr std::string_view apply_revision = "2";
};

} // namespace revised

static_assert(es::detail::snapshots_of_process<revised::Transfers>().fingerprint !=
              snapshots.fingerprint);
static_assert(es::detail::snapshots_of_process<revised::Transfers>().kind == snapshots.kind);

} // namespace

// N2
TEST_CASE("Snapshots of a process are those of its code, and others are left alone") {
    on_any_store([](const auto& store, const auto&) {
        Bank bank(store);
        transfer_twice(bank);
        const auto stored = [&] {
            return store
                .load_snapshot("process.transfers-1", snapshots.kind, snapshots.fingerprint)
                ->value();
        };
        const es::Snapshot before = stored();
        const auto told = std::make_shared<Told>();
        static_cast<void>(memory_text<revised::Transfers>(store, "1", 3, Listening{told}));
        CHECK(told->ignored.empty());
        CHECK(stored() == before);
        CHECK(store.prune_snapshots(snapshots.kind, snapshots.fingerprint).value() == 0);
        CHECK(store.prune_snapshots(snapshots.kind, "another").value() == 1);
    });
}

// N3, N4
TEST_CASE("A snapshot of a process that is damaged or not of its stream is told and not used") {
    on_any_store([](const auto& store, const auto&) {
        Bank bank(store);
        transfer_twice(bank);
        const auto all = memory_text<Transfers>(store, "1", 0);
        const es::Snapshot good =
            store.load_snapshot("process.transfers-1", snapshots.kind, snapshots.fingerprint)
                ->value();
        const auto why = [&](const es::Snapshot& snapshot) {
            REQUIRE(store.save_snapshot(snapshot));
            const auto told = std::make_shared<Told>();
            CHECK(memory_text<Transfers>(store, "1", 3, Listening{told}) == all);
            return told->ignored.empty() ? "" : told->ignored.front();
        };
        CHECK(why(good).empty());
        es::Snapshot other = good;
        other.event_id = es::Environment().new_id();
        const auto moved = why(other);
        CHECK(moved.find("process.transfers-1") == 0);
        CHECK(moved.find(good.event_id.to_string()) != std::string::npos);
        CHECK(moved.find(other.event_id.to_string()) != std::string::npos);
        other = good;
        other.data.replace(other.data.find("\"c\""), 3, "\"x\"");
        CHECK(why(other).find("its checksum is wrong") != std::string::npos);
        other.data = good.data.substr(0, good.data.size() / 2);
        CHECK(why(other).find("its checksum is wrong") != std::string::npos);
        other.data.clear();
        CHECK_FALSE(why(other).empty());
    });
}

// N5
TEST_CASE("A snapshot of a process is kept once in so many steps, and may fail") {
    const es::MemoryStore inside;
    const Counting store(inside);
    Bank bank(store);
    transfer_twice(bank);
    CHECK(store.plan().snapshots_saved == 2);
    CHECK(store.plan().snapshots_read == 0); // it was in memory

    const Counting failing{es::MemoryStore()};
    failing.plan().refuse_snapshots = es::Error(es::errc::unavailable, "the disk is full");
    Bank unlucky(failing);
    const auto told = std::make_shared<Told>();
    transfer_twice(unlucky, Listening{told});
    REQUIRE(told->failed.size() == 2);
    CHECK(told->failed.front().find("the disk is full") != std::string::npos);
}
