// SPDX-License-Identifier: MIT
// The laws of processes read by somebody who looks for holes: rare orders and hostile values.
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/store/any_store.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"
#include "laws/planned_store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace transfers_bank;
using each_store::on_any_store;

// M7, M13
TEST_CASE("A deadline that one runner has set is told by the other one, if that is left") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        es::ProcessManager<Reminders, Store> left{other, es::from_beginning, at(bank.clock)};
        {
            es::ProcessManager<Reminders, Store> first{store, es::from_beginning, at(bank.clock)};
            bank.account("a", Deposit{"-", 100});
            bank.account("a", Withdraw{"a", 1});
            settle(first);
            CHECK(left.state("a")->value().withdrawn == 1); // and it remembers that
            bank.clock.advance(1h);
            bank.account("a", Withdraw{"a", 1}); // moves it
            settle(first);
        }
        settle(left);
        bank.clock.advance(24h);
        settle(left);
        CHECK(bank.amount("reminders") == 1);
    });
}

// M10, M13
TEST_CASE("A process that another runner has begun is told its next input by the one left") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        const auto begun_by_the_first = [&](std::optional<std::int64_t> known) {
            es::ProcessManager<Transfers, Store> left{other, es::from_beginning, at(bank.clock)};
            const auto before = left.state("1"); // is remembered
            CHECK(before->has_value() == known.has_value());
            {
                es::ProcessManager<Transfers, Store> first{store, es::from_beginning,
                                                           at(bank.clock)};
                settle(first);
                bank.request("1", "a", "b", 30);
                first.step(); // begins it, and withdraws
            }
            settle(left);
            CHECK(left.late() == 0);
        };
        begun_by_the_first(std::nullopt);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        begun_by_the_first(30); // after it has ended
        CHECK(bank.amount("a") == 40);
        CHECK(bank.amount("b") == 60);
    });
}
TEST_CASE("The state of a process is what any runner has told it") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        es::ProcessManager<Reminders, Store> one{store, es::from_beginning, at(bank.clock)};
        es::ProcessManager<Reminders, Store> two{other, es::from_beginning, at(bank.clock)};
        for (std::int64_t i = 1; i < 4; ++i) {
            bank.account("a", Withdraw{"a", 1});
            settle(one);
            CHECK(two.state("a")->value().withdrawn == i);
        }
    });
}

// M7
TEST_CASE("A deadline that is set once more for the same time is told once more") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"a", 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.clock.advance(24h);
        settle(manager);
        CHECK(bank.amount("reminders") == 1);
        // by a program whose clock is a day behind: at the time of the first one
        const es::FixedEnvironment slow{{.seed = 7}};
        es::Repository<Account, Store> accounts{store, {.environment = es::Environment(slow)}};
        REQUIRE(accounts.execute("a", Withdraw{"a", 1}));
        settle(manager);
        CHECK(bank.amount("reminders") == 2);
        bank.clock.advance(100h);
        settle(manager);
        CHECK(bank.amount("reminders") == 2);
    });
}

// M7, M9
TEST_CASE("Deadlines are told though there is always something else to do") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"a", 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.clock.advance(25h);
        for (int i = 0; i < 250 && bank.amount("reminders") == 0; ++i) {
            bank.account(("busy" + std::to_string(i)).c_str(), Deposit{"busy", 1});
            CHECK(manager.step().kind == es::Step::Kind::worked);
        }
        CHECK(bank.amount("reminders") == 1);
    });
}

// M8
TEST_CASE("An event whose process can't have its id is parked by itself, whatever the id is") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        const std::vector<std::string> hostile{
            "", "a/b", std::string("a\0b", 3), std::string(3'000, 'x'), "..\\..", "a\nb"};
        for (std::size_t i = 0; i < hostile.size(); ++i)
            REQUIRE(
                bank.requests.execute("h" + std::to_string(i), Request{hostile[i], "a", "b", 1}));
        bank.request("1", "a", "b", 30);
        es::ProcessManager<Transfers, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(bank.amount("b") == 30);
        const auto parked = manager.parked();
        REQUIRE(parked);
        CHECK(parked->size() == hostile.size());
        for (const es::ParkedEvent& event : *parked) {
            INFO(*event.failure);
            CHECK(event.failure->find("process_id") != std::string::npos);
            CHECK(manager.release(event.key).value() == 1);
        }
    });
}
TEST_CASE("A command for a thing that can't have its id parks its process, and no other") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a/b", "c", 30);
        bank.request("2", "", "c", 30);
        bank.request("3", "a", "c", 30);
        es::ProcessManager<Strict, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(bank.amount("c") == 30);
        const auto parked = manager.parked();
        REQUIRE(parked->size() == 2);
        for (const es::ParkedEvent& event : *parked) {
            INFO(*event.failure);
            CHECK(event.failure->find("account") != std::string::npos);
        }
    });
}

namespace {

/// Fails with a long message, for as long as `fails`.
struct Talker {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {
        int told = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static es::Result<void> apply_event(State& s, const Requested& e) {
        if (fails == e.transfer_id)
            return es::Error(es::errc::invalid, std::string(200'000, 'x'));
        ++s.told;
        return {};
    }
    static Reaction react(const State&, const Requested&) { return es::nothing; }

    static inline std::string fails;
};

/// Its own command makes its next input, forever.
struct Echo {
    using Event = es::EventsOf<Account>;
    using Reaction = es::Reaction<Account>;
    struct State {
        int told = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static void apply_event(State& s, const Deposited&) { ++s.told; }
    static Reaction react(const State&, const Deposited& e) {
        return {es::send<Account>(e.transfer_id, Deposit{e.transfer_id, 1})};
    }
};

} // namespace

// M8
TEST_CASE("However long the message of a failure is, only its process is parked") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "a", "b", 30);
        Talker::fails = "1";
        es::ProcessManager<Talker, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(manager.parked()->size() == 1);
        CHECK(manager.state("2")->value().told == 1);
        CHECK(manager.release("1").value() == 1);
        Talker::fails.clear();
        CHECK(manager.release("1").value() == 0);
        CHECK(manager.state("1")->value().told == 1);
    });
}

// M9, M11
TEST_CASE("A process that sends to itself forever makes finite steps, and others have theirs") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("echo", Deposit{"echo", 1});
        es::ProcessManager<Echo, Store> manager{store, es::from_beginning, at(bank.clock)};
        for (int i = 0; i < 5; ++i)
            CHECK(manager.step().kind == es::Step::Kind::worked);
        bank.account("other", Deposit{"other", 1});
        for (int i = 0; i < 2; ++i)
            manager.step();
        CHECK(manager.state("other")->value().told >= 1);
        CHECK(manager.state("echo")->value().told >= 5);
    });
}

// M8
TEST_CASE("The budget of a process that fails is not longer because the clock is set back") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        Reminders::fails_to_react = "bad";
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.clock.advance(-24h);
        for (int i = 0; i < 10; ++i) {
            bank.clock.advance(1min);
            settle(manager);
        }
        const int tried = Reminders::reactions;
        bank.clock.advance(1h);
        settle(manager);
        CHECK(Reminders::reactions == tried); // quarantined
        Reminders::fails_to_react.clear();
        CHECK(manager.release("bad").value() == 0);
        CHECK(manager.state("bad")->value().withdrawn == 1);
    });
}

// M8, M13
TEST_CASE("A process is released while another process runs them all") {
    on_any_store([](const auto& inside, const auto& other) {
        using Store = std::decay_t<decltype(inside)>;
        const planned::PlannedStore<Store> store(inside);
        Bank bank(inside);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        Reminders::fails_to_react = "bad";
        es::ProcessManager<Reminders, Store> runner{other, es::from_beginning, at(bank.clock)};
        settle(runner);
        Reminders::fails_to_react.clear();
        // the runner goes on between the release and what it stores
        bool once = true;
        store.plan().before_append = [&](es::StreamNameView) {
            if (std::exchange(once, false)) {
                bank.account("a", Withdraw{"good", 1});
                bank.account("a", Withdraw{"bad", 2});
                runner.step();
            }
        };
        es::ProcessManager<Reminders, planned::PlannedStore<Store>> tool{store, es::from_beginning,
                                                                         at(bank.clock)};
        const auto left = tool.release("bad");
        INFO((left ? std::string() : std::string(left.error().message())));
        CHECK(left.value() == 0);
        settle(runner);
        CHECK(runner.parked()->empty());
        CHECK(runner.state("bad")->value().withdrawn == 3);
        CHECK(runner.state("good")->value().withdrawn == 1);
    });
}
