// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"
#include "laws/planned_store.hpp"

#include <optional>
#include <string>
#include <type_traits>

using namespace transfers_bank;
using each_store::on_each_store;

// M5
TEST_CASE("A refused command is an input once, and without react its process is parked with why") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 0);
        es::ProcessManager<Transfers, Store> transfers{store, es::from_beginning, at(bank.clock)};
        settle(transfers);
        es::ProcessManager<Transfers, Store> more{
            other, es::from_beginning,
            es::ProcessOptions{.name = "more", .environment = es::Environment(bank.clock)}};
        settle(more);
        CHECK(transfers.parked()->empty());
        CHECK(bank.count("process.transfers.step") == 2 + 3);

        es::ProcessManager<Strict, Store> strict{store, es::from_beginning, at(bank.clock)};
        settle(strict);
        const auto parked = strict.parked();
        REQUIRE(parked->size() == 1);
        CHECK((*parked)[0].key == "1");
        CHECK((*parked)[0].failure->find("account a refused the command: not enough money") !=
              std::string::npos);
        CHECK(strict.status().parked_keys == 1);
        // nothing after it was carried out (M11), and what it waits for may come
        CHECK(bank.amount("b") == 0);
        bank.account("a", Deposit{"-", 100});
        CHECK(strict.release("1").value() == 0);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        CHECK(strict.release("1").error() == es::errc::not_found);
    });
}

// M8
TEST_CASE("A process that fails is quarantined after its budget, and misses nothing") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        bank.account("a", Withdraw{"good", 1});
        bank.account("b", Deposit{"-", 100});
        bank.account("b", Withdraw{"bad", 2});
        bank.account("b", Withdraw{"good", 2});
        Reminders::fails_to_react = "bad";
        {
            es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
            settle(manager);
            CHECK(manager.state("good")->value().withdrawn == 3);
            CHECK(manager.parked()->size() == 2);
            for (int i = 0; i < 10; ++i) {
                bank.clock.advance(1min);
                settle(manager);
            }
            const int tried = Reminders::reactions;
            bank.clock.advance(24h * 7);
            settle(manager);
            CHECK(Reminders::reactions == tried); // quarantined
        }
        Reminders::fails_to_react.clear();
        bank.account("a", Withdraw{"bad", 4});
        es::ProcessManager<Reminders, Store> manager{other, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.parked()->size() == 3);
        CHECK(manager.state("bad").value() == std::nullopt);
        CHECK(manager.release("bad").value() == 0);
        CHECK(manager.state("bad")->value().withdrawn == 7);
        const auto page = store.read_stream("process.reminders-bad");
        std::string amounts;
        for (const es::EventRecord& record : *page)
            amounts += record.data.substr(record.data.find("amount") + 9, 1);
        CHECK(amounts == "124");
    });
}
TEST_CASE("An event whose process could not be named is told late, and not taken for told") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("b", Deposit{"-", 100});
        bank.account("a", Withdraw{"x", 1});
        Reminders::fails_to_name = "x";
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        Reminders::fails_to_name.clear();
        bank.account("b", Withdraw{"x", 2});
        settle(manager);
        CHECK(manager.state("x")->value().withdrawn == 2);
        CHECK(manager.release("stream account-a").value() == 0);
        CHECK(manager.state("x")->value().withdrawn == 3);
        CHECK(manager.release("stream account-a").error() == es::errc::not_found);
    });
}

// M8
TEST_CASE("A page with a quarantined process, others, and one that fails again loses no input") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        Reminders::fails_to_react = "bad";
        bank.account("a", Withdraw{"bad", 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.account("a", Withdraw{"bad", 2});
        bank.account("a", Withdraw{"good", 1});
        Reminders::fails_to_name = "nobody";
        bank.account("b", Deposit{"-", 100});
        bank.account("b", Withdraw{"nobody", 1});
        settle(manager);
        Reminders::fails_to_react.clear();
        Reminders::fails_to_name.clear();
        CHECK(manager.release("bad").value() == 0);
        CHECK(manager.state("bad")->value().withdrawn == 3);
        CHECK(manager.release("stream account-b").value() == 0);
        CHECK(manager.state("nobody")->value().withdrawn == 1);
    });
}

// M10
TEST_CASE("After the end inputs are late, and only what starts a process begins it again") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Deposit{"9", 1}); // begins none
        es::ProcessManager<Transfers, Store> manager{store, es::from_beginning, at(bank.clock)};
        bank.request("1", "a", "b", 30);
        settle(manager);
        CHECK(manager.state("9").value() == std::nullopt);
        CHECK(manager.late() == 0);
        bank.account("a", Deposit{"1", 5});
        settle(manager);
        CHECK(manager.late() == 1);
        CHECK(bank.amount("b") == 30);
        bank.request("1", "a", "b", 40);
        settle(manager);
        CHECK(bank.amount("b") == 70);
        CHECK(manager.state("1")->value().amount == 40);
    });
}

// M11
TEST_CASE("Commands are carried out in order, and who waits for one holds up nobody else") {
    on_each_store([](const auto& inside, const auto&) {
        using Store = std::decay_t<decltype(inside)>;
        const planned::PlannedStore<Store> store(inside);
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
        es::ProcessManager<Strict, planned::PlannedStore<Store>> manager{store, es::from_beginning,
                                                                         at(bank.clock)};
        settle(manager);
        CHECK(bank.amount("b") == 0);
        CHECK(bank.amount("d") == 30);
        down = false;
        bank.clock.advance(1min);
        settle(manager);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        CHECK(manager.parked()->empty());
    });
}
