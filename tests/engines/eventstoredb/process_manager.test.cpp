// SPDX-License-Identifier: MIT
// The laws of process managers on a store whose records have no positions.
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/with_keeper.hpp"
#include "laws/bank.hpp"
#include "laws/planned_store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace transfers_bank;
using esdb_tests::run_out;
using esdb_tests::with_each_keeper;

namespace {

template <class Store>
struct Bank {
    explicit Bank(Store its_store) : store(std::move(its_store)) {}

    Store store;
    es::FixedEnvironment clock{};
    es::Repository<Account, Store> accounts{store, {.environment = es::Environment(clock)}};
    es::Repository<Requests, Store> requests{store, {.environment = es::Environment(clock)}};

    template <class C>
    void account(const char* id, const C& command) {
        REQUIRE(accounts.execute(id, command));
    }
    void request(const std::string& id, const char* from, const char* to, std::int64_t amount) {
        REQUIRE(requests.execute(id, Request{id, from, to, amount}));
    }
    std::int64_t amount(const char* id) const { return accounts.load(id)->state.amount; }
    template <class F>
    void for_each(const F& f) const {
        for (es::AllRead which;;) {
            const auto page = store.read_all(which);
            REQUIRE(page);
            for (const es::EventRecord& record : *page)
                f(record);
            if (page->at_end)
                return;
            which.after = page->last_position;
        }
    }
    std::size_t count(std::string_view type) const {
        std::size_t n = 0;
        for_each([&](const es::EventRecord& record) { n += record.type == type ? 1U : 0U; });
        return n;
    }
    /// Each command that a process sent was carried out once.
    void check_commands(std::size_t commands) const {
        std::map<std::string, int> ids;
        for_each([&](const es::EventRecord& record) {
            const auto metadata = es::decode_metadata(record.metadata);
            if (!metadata->command_id.empty() && !metadata->causation_id.empty() &&
                record.type.substr(0, 8) != "process.")
                ++ids[metadata->command_id];
        });
        CHECK(ids.size() == commands);
        for (const auto& [id, times] : ids)
            CHECK(times == 1);
    }
};
es::ProcessOptions at(const es::FixedEnvironment& clock) {
    return {.environment = es::Environment(clock)};
}
template <class P, class Store, class Keeper>
using Manager = es::ProcessManager<P, Store, es::NoHandler, Keeper>;

/// Three transfers, of which one works, one is refused and one is given back. Returns the calls.
std::size_t transfer(std::optional<std::size_t> dies_at, bool after) {
    const fake_esdb::Server server;
    const auto inside = esdb_tests::opened(server);
    Bank bank(inside);
    bank.account("a", Deposit{"-", 100});
    bank.account("b", Deposit{"-", 1});
    bank.account("c", Close{});
    bank.request("1", "a", "b", 30);
    bank.request("2", "a", "b", 500);
    bank.request("3", "a", "c", 20);
    const auto plan = std::make_shared<planned::Plan>();
    plan->dies_at = dies_at;
    plan->after_it_was_done = after;
    using Store = planned::PlannedStore<es::EventStoreDb>;
    using Keeper = planned::PlannedStore<es::MemoryStore>;
    const Store store(inside, plan);
    const Keeper beside(es::MemoryStore(), plan);
    for (bool again = true; again;) {
        Manager<Transfers, Store, Keeper> manager{
            store, beside, es::from_beginning,
            es::ProcessOptions{.page_size = 3, .environment = es::Environment(bank.clock)}};
        for (int i = 0, quiet = 0; quiet < 3 && !plan->dead; ++i) {
            REQUIRE(i < 500);
            quiet = manager.step().kind == es::Step::Kind::worked ? 0 : quiet + 1;
            if (quiet == 2)
                bank.clock.advance(1min); // for what waits
        }
        again = std::exchange(plan->dead, false);
    }
    CHECK(bank.amount("a") == 70);
    CHECK(bank.amount("b") == 31);
    bank.check_commands(4);
    CHECK(bank.count("process.transfers.step") == 9);
    CHECK(plan->deaths == (dies_at ? 1U : 0U));
    return plan->calls;
}

} // namespace

// M1, M2, M4, M5
TEST_CASE("EventStoreDB: a transfer dies at calls of all kinds, and no money is lost or made",
          "[eventstoredb-fake]") {
    const std::size_t calls = transfer({}, false);
    CHECK(calls > 40);
    for (std::size_t dies_at = 0; dies_at < calls; ++dies_at) {
        INFO("call " << dies_at << " of " << calls);
        transfer(dies_at, dies_at % 2 == 0);
    }
}

// M1
TEST_CASE("EventStoreDB: what a process remembers is the fold of its stream, without react",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        Manager<Transfers, Store, Keeper> first{store, beside, es::from_beginning, at(bank.clock)};
        bank.request("1", "a", "b", 30);
        run_out(first);
        const int before = Transfers::reactions;
        Manager<Transfers, Store, Keeper> second{store, beside, es::from_beginning, at(bank.clock)};
        CHECK(second.state("1")->value().amount == 30);
        CHECK(second.state("2").value() == std::nullopt);
        run_out(second);
        CHECK(Transfers::reactions == before);
    });
}

// M3
TEST_CASE("EventStoreDB: an input that is told again changes nothing", "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        Manager<Transfers, Store, Keeper> first{store, beside, es::from_beginning, at(bank.clock)};
        run_out(first);
        CHECK(bank.count("process.transfers.step") == 3);
        // from the beginning, under another name
        Manager<Transfers, Store, Keeper> again{
            store, beside, es::from_beginning,
            es::ProcessOptions{.name = "again", .environment = es::Environment(bank.clock)}};
        run_out(again);
        CHECK(bank.count("process.transfers.step") == 3);
        CHECK(bank.amount("b") == 30);
        CHECK(again.late() == 0);
    });
}

namespace {

struct Strict { // no react for a refusal
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Account>(e.from, Withdraw{e.transfer_id, e.amount}),
                es::send<Account>(e.to, Deposit{e.transfer_id, e.amount})};
    }
};

} // namespace

// M5
TEST_CASE("EventStoreDB: a refused command without react for it parks its process, with why",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 0);
        Manager<Strict, Store, Keeper> strict{store, beside, es::from_beginning, at(bank.clock)};
        run_out(strict);
        const auto parked = strict.parked();
        REQUIRE(parked->size() == 1);
        CHECK((*parked)[0].key == "1");
        CHECK((*parked)[0].failure->find("account a refused the command: not enough money") !=
              std::string::npos);
        CHECK(bank.amount("b") == 0);
        bank.account("a", Deposit{"-", 100});
        CHECK(strict.release("1").value() == 0);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        CHECK(strict.release("1").error() == es::errc::not_found);
    });
}

// M8
TEST_CASE("EventStoreDB: a process that fails is quarantined after its budget, and misses nothing",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        bank.account("a", Withdraw{"good", 1});
        bank.account("b", Deposit{"-", 100});
        bank.account("b", Withdraw{"bad", 2});
        bank.account("b", Withdraw{"good", 2});
        Reminders::fails_to_react = "bad";
        {
            Manager<Reminders, Store, Keeper> manager{store, beside, es::from_beginning,
                                                      at(bank.clock)};
            run_out(manager);
            CHECK(manager.state("good")->value().withdrawn == 3);
            CHECK(manager.parked()->size() == 2);
            for (int i = 0; i < 10; ++i) {
                bank.clock.advance(1min);
                run_out(manager);
            }
            const int tried = Reminders::reactions;
            bank.clock.advance(24h * 7);
            run_out(manager);
            CHECK(Reminders::reactions == tried); // quarantined
        }
        Reminders::fails_to_react.clear();
        bank.account("a", Withdraw{"bad", 4});
        Manager<Reminders, Store, Keeper> manager{store, beside, es::from_beginning,
                                                  at(bank.clock)};
        run_out(manager);
        CHECK(manager.parked()->size() == 3);
        CHECK(manager.state("bad").value() == std::nullopt);
        CHECK(manager.release("bad").value() == 0);
        CHECK(manager.state("bad")->value().withdrawn == 7);
        std::string amounts;
        Bank audit(store);
        audit.for_each([&](const es::EventRecord& record) {
            if (record.stream != "process.reminders-bad")
                return;
            const auto step = es::decode_json<es::detail::ProcessStep<Reminders>>(record.data);
            REQUIRE(step);
            const auto told = es::decode_json<Withdrawn>(step->input.data);
            REQUIRE(told);
            amounts += std::to_string(told->amount);
        });
        CHECK(amounts == "124");
    });
}

// M11
TEST_CASE("EventStoreDB: commands are carried out in order, and who waits holds up nobody else",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    const auto inside = esdb_tests::opened(server);
    using Store = planned::PlannedStore<es::EventStoreDb>;
    const Store store(inside);
    const es::MemoryStore beside;
    Bank bank(inside);
    bank.account("a", Deposit{"-", 100});
    bank.account("c", Deposit{"-", 100});
    bank.request("1", "a", "b", 30);
    bank.request("2", "c", "d", 30);
    bool down = true;
    store.plan().refuse_append = [&](es::StreamNameView stream) -> std::optional<es::Error> {
        if (down && stream.str() == "account-a")
            return es::Error(es::errc::unavailable);
        return std::nullopt;
    };
    Manager<Strict, Store, es::MemoryStore> manager{store, beside, es::from_beginning,
                                                    at(bank.clock)};
    run_out(manager);
    CHECK(bank.amount("b") == 0);
    CHECK(bank.amount("d") == 30);
    down = false;
    bank.clock.advance(1min);
    run_out(manager);
    CHECK(bank.amount("a") == 70);
    CHECK(bank.amount("b") == 30);
    CHECK(manager.parked()->empty());
}

// M13
TEST_CASE("EventStoreDB: two runners of a process do the work once", "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Bank bank(store);
        bank.account("a", Deposit{"-", 1000});
        Manager<Transfers, Store, Keeper> first{store, beside, es::from_beginning, at(bank.clock)};
        Manager<Transfers, Store, Keeper> second{store, beside, es::from_beginning, at(bank.clock)};
        for (int i = 0; i < 4; ++i) {
            bank.request(std::to_string(i), "a", "b", 10);
            first.step();
            second.step();
            if (i % 2 == 0)
                second.step();
        }
        for (int i = 0; i < 20; ++i) {
            first.step();
            second.step();
            bank.clock.advance(1s);
        }
        CHECK(bank.amount("a") == 960);
        CHECK(bank.amount("b") == 40);
        bank.check_commands(8);
        CHECK(bank.count("process.transfers.step") == 12);
    });
}
