// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/told_following.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"

#include <string>
#include <type_traits>

using namespace transfers_bank;
using each_store::on_each_store;

// M7
TEST_CASE("A deadline waits for the grace, also after a restart") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        es::ProcessOptions options = at(bank.clock);
        options.grace = 1min;
        const auto due = bank.clock.time() + 24h;
        bank.account("a", Deposit{"-", 9});
        bank.account("a", Withdraw{"a", 1});
        {
            es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, options};
            settle(manager);
            const auto step = manager.step();
            REQUIRE(step.next);
            CHECK(*step.next - es::Environment(bank.clock).steady_now() ==
                  due + 1min - bank.clock.time());
        }
        bank.clock.advance(24h + 30s);
        es::ProcessManager<Reminders, Store> manager{other, es::from_beginning, options};
        settle(manager);
        CHECK(bank.amount("reminders") == 0);
        bank.clock.advance(30s);
        settle(manager);
        CHECK(bank.amount("reminders") == 1);
        CHECK(manager.step().next == std::nullopt);
    });
}

// M9
TEST_CASE("A deadline that fails takes no turn from others, and the status says so") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        bank.account("a", Withdraw{"good", 1});
        settle(manager);
        Reminders::fails_to_remind = "bad";
        bank.clock.advance(24h);
        settle(manager);
        CHECK(bank.amount("reminders") == 1);
        CHECK(manager.status().failure->message.find("the deadline reminder of "
                                                     "process.reminders-bad") == 0);
        Reminders::fails_to_remind.clear();
        bank.clock.advance(1min);
        settle(manager);
        CHECK(bank.amount("reminders") == 2);
        CHECK_FALSE(manager.status().failure);
    });
}

namespace {

struct Told {
    int waiting = 0, recovered = 0;
};
struct Listener {
    Told* told;
    void on(const es::Waiting&) const { ++told->waiting; }
    void on(const es::Recovered&) const { ++told->recovered; }
};

} // namespace

// M9, O1
TEST_CASE("The status names the first deadline that can't be told, and the observer when it is") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        Told told;
        es::ProcessOptions options = at(bank.clock);
        options.observer = es::Observer(Listener{&told});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, options};
        bank.account("a", Deposit{"-", 100});
        const auto names = [&](const char* process) {
            const auto status = manager.status();
            return status.failure && status.failure->message.find(process) != std::string::npos;
        };
        Reminders::fails_to_remind = "first";
        bank.account("a", Withdraw{"first", 1});
        bank.clock.advance(1h);
        bank.account("a", Withdraw{"second", 1});
        settle(manager);
        bank.clock.advance(23h);
        settle(manager);
        CHECK(names("process.reminders-first"));
        Reminders::fails_to_remind = "second";
        bank.clock.advance(59min); // the first one is told, and no other is due
        settle(manager);
        CHECK_FALSE(manager.status().failure);
        CHECK(told.recovered == 1);
        bank.clock.advance(1min);
        settle(manager);
        CHECK(names("process.reminders-second"));
        const auto since = manager.status().failure->since;
        bank.clock.advance(1min);
        settle(manager);
        CHECK(manager.status().failure->since == since);
        CHECK(told.waiting >= 3);
        CHECK(told.recovered == 1);
        Reminders::fails_to_remind.clear();
        bank.clock.advance(1min);
        settle(manager);
        CHECK(told.recovered == 2);
        CHECK_FALSE(manager.status().failure);
    });
}
