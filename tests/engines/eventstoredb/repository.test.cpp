// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/engines/eventstoredb.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/target.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"
#include "laws/hooked_store.hpp"
#include "laws/repository_laws.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace es = eventsourcing;
using namespace bank;
using hooked::HookedStore;
using repository_laws::Accounts;
using repository_laws::audited;
using repository_laws::new_id;

namespace {

using Hooked = HookedStore<es::EventStoreDb>;
es::EventStoreDb opened(const fake_esdb::Server& server) {
    auto store = es::EventStoreDb::open(esdb_tests::connection_string(server));
    REQUIRE(store);
    return *std::move(store);
}

/// Calls a law with two stores of one new server.
template <class Law>
void on_a_server(const Law& law) {
    const fake_esdb::Server server;
    law(opened(server), opened(server));
}

} // namespace

TEST_CASE("EventStoreDB: on conflict only what is new is read, and the command is decided on it") {
    const fake_esdb::Server server;
    const Hooked store{opened(server)};
    const auto other = opened(server);
    const Accounts<Hooked> accounts{store};
    for (int i = 0; i < 5; ++i)
        REQUIRE(accounts.execute("anna", Deposit{1}));
    store.hooks().before_append = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
    };
    store.hooks().reads.clear();
    const auto again = accounts.execute("anna", Withdraw{5});
    REQUIRE(again);
    CHECK(again->attempts == 2);
    CHECK(again->state.balance == 1);
    REQUIRE(store.hooks().reads.size() == 2);
    CHECK(store.hooks().reads[1].from == es::Revision{5});
    CHECK(audited(other, "account-anna").size() == 7);
}

TEST_CASE("EventStoreDB: each event of racing threads was decided on exactly the events below it",
          "[waits]") {
    const fake_esdb::Server server;
    const Accounts<es::EventStoreDb> shared{opened(server), {.cache = 2, .attempts = 1000}};
    const Accounts<es::EventStoreDb> elsewhere{opened(server), {.attempts = 1000}};
    std::atomic<std::int64_t> balance{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            const auto& accounts = t % 2 == 0 ? shared : elsewhere;
            for (int i = 0; i < 10; ++i) {
                if (accounts.execute("anna", Deposit{3}))
                    balance += 3;
                if (accounts.execute("anna", Withdraw{2}))
                    balance -= 2;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(audited(shared.store(), "account-anna").size() >= 40);
    CHECK(shared.load("anna")->state.balance == balance);
}

TEST_CASE("EventStoreDB: a refusal is never that of a cached state that others have moved on") {
    const fake_esdb::Server server;
    const Accounts<es::EventStoreDb> accounts{opened(server), {.cache = 2}};
    REQUIRE(accounts.execute("anna", Deposit{1}));
    REQUIRE(es::execute<Account>(opened(server), "account-anna", Deposit{9}));
    CHECK(accounts.execute("anna", Withdraw{10})->state.balance == 0);
}

TEST_CASE("EventStoreDB: a command with an id is executed once within the last 1000 events, and "
          "answers what is stored") {
    const fake_esdb::Server server;
    const auto other = opened(server);
    for (const std::size_t cache : {std::size_t{0}, std::size_t{4}}) {
        const std::string id = "anna" + std::to_string(cache);
        const auto name = *es::StreamName::of("account", id);
        const Accounts<es::EventStoreDb> accounts{opened(server), {.cache = cache}};
        const es::Uuid command = new_id();
        const es::Uuid refused = new_id();
        REQUIRE(accounts.execute(id, Deposit{10}));
        const auto first = accounts.execute(id, Withdraw{10}, {.command_id = command});
        REQUIRE(first);
        CHECK_FALSE(first->repeated);
        CHECK(fails_with(Refusal::not_enough,
                         accounts.execute(id, Withdraw{10}, {.command_id = refused})));

        const auto refused_now = accounts.execute(id, Withdraw{10}, {.command_id = command});
        REQUIRE(refused_now);
        CHECK(refused_now->repeated);
        REQUIRE(es::execute<Account>(other, name, Deposit{10}));
        const auto again = accounts.execute(id, Withdraw{10}, {.command_id = command});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->receipt->first == first->receipt->first);
        CHECK(again->receipt->last == first->receipt->last);
        CHECK(again->state == first->state);
        CHECK(again->events().size() == 2);
        CHECK(audited(other, name).size() == 4);

        const auto decided_now = accounts.execute(id, Withdraw{10}, {.command_id = refused});
        REQUIRE(decided_now);
        CHECK_FALSE(decided_now->repeated);
    }
}

TEST_CASE("EventStoreDB: a repeat that meets its own first execution as a conflict answers that") {
    const fake_esdb::Server server;
    const Hooked store{opened(server)};
    const auto other = opened(server);
    const es::Uuid command = new_id();
    const Accounts<Hooked> accounts{store, {.cache = 4}};
    REQUIRE(accounts.execute("anna", Deposit{10}));
    store.hooks().before_append = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{5}, {.command_id = command}));
    };
    // also if there is no further attempt
    const auto done = accounts.execute("anna", Deposit{5}, {.command_id = command, .attempts = 1});
    REQUIRE(done);
    CHECK(done->repeated);
    CHECK(done->state.balance == 16);
    CHECK(audited(other, "account-anna").size() == 3);
}

TEST_CASE("EventStoreDB: a command that is 1000 events old is executed again, if the state comes "
          "from a cache or a snapshot") {
    const fake_esdb::Server server;
    const auto store = opened(server);
    const es::MemoryStore beside;
    const es::Repository<Account, es::EventStoreDb, es::MemoryStore> accounts{
        store, beside, {.snapshot_every = 500}};
    const es::Uuid command = new_id();
    REQUIRE(accounts.execute("anna", Deposit{1}, {.command_id = command}));
    const auto fill = [&](std::size_t count) {
        std::vector<Deposited> events;
        const auto loaded = accounts.load("anna");
        for (std::size_t i = 0; i < count; ++i)
            events.push_back({0, loaded->state.balance});
        std::vector<es::Uuid> ids(count);
        for (es::Uuid& id : ids)
            id = new_id();
        const es::Batch<Deposited> batch(events, ids, es::Environment{}.now());
        REQUIRE(
            store.append("account-anna", es::ExpectedRevision::exactly(*loaded->revision), batch));
    };
    fill(998);
    REQUIRE(accounts.execute("anna", Deposit{1})); // the 1000th event, and a snapshot
    CHECK(accounts.execute("anna", Deposit{1}, {.command_id = command})->repeated);
    fill(499);
    REQUIRE(accounts.execute("anna", Deposit{1})); // the next snapshot
    CHECK_FALSE(accounts.execute("anna", Deposit{1}, {.command_id = command})->repeated);
    CHECK(accounts.load("anna")->state.balance == 4);
}

TEST_CASE("EventStoreDB: snapshots are in a store beside") {
    const fake_esdb::Server server;
    const Hooked store{opened(server)};
    const es::MemoryStore beside;
    const es::Repository<Account, Hooked, es::MemoryStore> accounts{
        store, beside, {.snapshot_every = 3}};
    for (int i = 0; i < 8; ++i)
        REQUIRE(accounts.execute("anna", Deposit{1}));
    store.hooks().read_records.clear();
    CHECK(accounts.load("anna")->state.balance == 8);
    CHECK(store.hooks().read_records == std::vector<std::size_t>{1, 2});
}

TEST_CASE("EventStoreDB: a command whose answer was lost in a crash is stored once when it comes "
          "again") {
    const fake_esdb::Server server;
    const Hooked store{opened(server)};
    const Accounts<Hooked> dying{store, {.patience = std::chrono::seconds(0)}};
    const es::Uuid command = new_id();
    store.hooks().answer = [](std::size_t, es::Result<es::Receipt>) {
        return es::Result<es::Receipt>(es::errc::unknown_outcome);
    };
    CHECK(fails_with(es::errc::unknown_outcome,
                     dying.execute("anna", Deposit{10}, {.command_id = command})));
    const Accounts<es::EventStoreDb> after{opened(server)};
    const auto again = after.execute("anna", Deposit{10}, {.command_id = command});
    REQUIRE(again);
    CHECK(again->repeated);
    CHECK(audited(after.store(), "account-anna").size() == 1);
}

TEST_CASE("EventStoreDB: a command is decided as often as attempts says, and then it is a "
          "conflict") { // R1
    on_a_server(repository_laws::decided_as_often_as_attempts_says);
}

TEST_CASE("EventStoreDB: a conflict with no time left for another attempt is timed_out, and after "
          "a stop it is cancelled") { // R1
    on_a_server(repository_laws::no_time_left_for_another_attempt);
}

TEST_CASE(
    "EventStoreDB: of racing calls with one command id one stores its events, and all answer them",
    "[waits]") { // R4
    on_a_server(repository_laws::racing_calls_with_one_id);
}

TEST_CASE("EventStoreDB: an id that comes with another command answers the first outcome") { // R5
    on_a_server(repository_laws::an_id_with_another_command);
}

TEST_CASE("EventStoreDB: an unknown outcome is resolved inside, with the same ids") { // R6
    on_a_server(repository_laws::unknown_outcomes_are_resolved);
}

TEST_CASE("EventStoreDB: an outcome that stays unknown until the deadline carries the pending "
          "append") { // R6
    on_a_server(repository_laws::unknown_outcomes_carry_the_append);
}

TEST_CASE("EventStoreDB: an outcome that was unknown and turns out as a conflict is decided "
          "again") { // R6
    on_a_server(repository_laws::unknown_outcomes_that_are_conflicts);
}

TEST_CASE("EventStoreDB: a stored event that can't be applied ends a load with its place, and with "
          "the state before it") { // R8
    on_a_server(repository_laws::events_that_cant_be_applied);
}

TEST_CASE("EventStoreDB: an event of an unknown type at the front of a stream carries the first "
          "state") { // R8
    on_a_server(repository_laws::an_unknown_type_at_the_front);
}

TEST_CASE(
    "EventStoreDB: a state as of a time is that before the first event recorded later") { // R9
    on_a_server(repository_laws::states_as_of_a_time);
}

TEST_CASE("EventStoreDB: an event that can't be read carries the state before it") { // R8
    on_a_server(repository_laws::events_that_cant_be_read);
}

TEST_CASE("EventStoreDB: a command is appended after an event that is left out at the end of its "
          "stream") { // R8
    on_a_server(repository_laws::a_skipped_event_at_the_end);
}

TEST_CASE("EventStoreDB: a skipped event is told once by a load that fails later") { // R8
    on_a_server(repository_laws::skips_are_told_once);
}

TEST_CASE("EventStoreDB: a load holds one page at a time") { // R10
    on_a_server(repository_laws::one_page_at_a_time);
}
