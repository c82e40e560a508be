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

TEST_CASE("EventStoreDB: the waits between two attempts double up to the longest one") { // R1
    on_a_server(repository_laws::waits_up_to_the_longest);
}

TEST_CASE("EventStoreDB: a cached state that can't take the events is not blamed before the stream "
          "was looked at") { // R3
    on_a_server(repository_laws::a_stale_state_that_cant_take_the_events);
}

TEST_CASE(
    "EventStoreDB: a command is found among exactly the last 1000 events of its stream") { // R4
    const fake_esdb::Server server;
    const auto store = opened(server);
    const Accounts<es::EventStoreDb> accounts{store, {.cache = 1}};
    const es::Uuid command = new_id();
    REQUIRE(accounts.execute("anna", Deposit{1}, {.command_id = command}));
    const std::vector<Deposited> events(998, Deposited{0, 1});
    std::vector<es::Uuid> ids(events.size());
    for (es::Uuid& id : ids)
        id = new_id();
    REQUIRE(store.append("account-anna", es::ExpectedRevision::exactly(es::Revision{0}),
                         es::Batch<Deposited>(events, ids, es::Environment{}.now())));
    REQUIRE(accounts.execute("anna", Deposit{1})); // the 1000th, and cached
    const auto again = accounts.execute("anna", Deposit{1}, {.command_id = command});
    REQUIRE(again);
    CHECK(again->repeated);
    CHECK(again->receipt->first == es::Revision{0});
    REQUIRE(accounts.execute("anna", Deposit{1})); // the 1001st
    const auto forgotten = accounts.execute("anna", Deposit{1}, {.command_id = command});
    REQUIRE(forgotten);
    CHECK_FALSE(forgotten->repeated);
    CHECK(forgotten->receipt->first == es::Revision{1001});
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

TEST_CASE("EventStoreDB: an id that another repository has used with another command answers the "
          "first outcome, also from an old cached state") { // R2, R5, R7
    on_a_server(repository_laws::an_id_used_elsewhere_with_another_command);
}

TEST_CASE("EventStoreDB: an id that another caller uses with another command between load and "
          "append answers the outcome of that") { // R2, R5
    on_a_server(repository_laws::an_id_used_meanwhile_with_another_command);
}

TEST_CASE("EventStoreDB: a repeat of which only a later event differs, or that decides on fewer or "
          "more of them, answers all that is stored") { // R4, R5
    on_a_server(repository_laws::repeats_that_decide_otherwise);
}

TEST_CASE(
    "EventStoreDB: no snapshot has the events of a command whose id was another's") { // N1, R5
    const fake_esdb::Server server;
    const es::MemoryStore beside;
    const es::Repository<Account, es::EventStoreDb, es::MemoryStore> accounts{
        opened(server), beside, {.cache = 4, .snapshot_every = 1}};
    REQUIRE(accounts.execute("anna", Deposit{10}));
    const es::Uuid command = new_id();
    REQUIRE(
        es::execute<Account>(opened(server), "account-anna", Deposit{1}, {.command_id = command}));
    REQUIRE(accounts.execute("anna", Deposit{99}, {.command_id = command}));
    const es::Repository<Account, es::EventStoreDb, es::MemoryStore> another{
        opened(server), beside, {.snapshot_every = 1}};
    CHECK(another.load("anna")->state.history == "+10+1");
}

TEST_CASE("EventStoreDB: an append with a command id of which nobody can say whose events are "
          "stored has an unknown outcome, and changes no cached state") { // R5, R6, R7
    const fake_esdb::Server server;
    const Hooked store{opened(server)};
    const auto other = opened(server);
    es::FixedEnvironment clock;
    const Accounts<Hooked> accounts{store, {.cache = 4, .environment = clock}};
    REQUIRE(accounts.execute("anna", Deposit{10}));
    const es::Uuid command = new_id();
    REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}, {.command_id = command}));
    store.hooks().answer = [&](std::size_t, es::Result<es::Receipt> done) {
        store.hooks().refuse_reads = es::Error(es::errc::unavailable, "no server");
        return done;
    };
    const auto lost = accounts.execute("anna", Deposit{99}, {.command_id = command});
    REQUIRE(fails_with(es::errc::unknown_outcome, lost));
    CHECK(lost.error().outcome() == es::Outcome::unknown);
    CHECK(message_of(lost) ==
          "the store has events of this command_id, and whether they are of this command is "
          "unknown: no server");
    const auto* pending = es::pending_append<Account>(lost.error());
    REQUIRE(pending);
    CHECK(pending->events().size() == 1);

    store.hooks().answer = nullptr;
    store.hooks().refuse_reads.reset();
    CHECK(fails_with(Refusal::not_enough, accounts.execute("anna", Withdraw{12})));
    const auto again = accounts.execute("anna", Deposit{99}, {.command_id = command});
    REQUIRE(again);
    CHECK(again->repeated);
    CHECK(again->state.balance == 11);
    CHECK(audited(other, "account-anna").size() == 2);
}

TEST_CASE("EventStoreDB: a command with an id reads once what it has stored") {
    const fake_esdb::Server server;
    const Hooked store{opened(server)};
    const Accounts<Hooked> accounts{store, {.cache = 4}};
    REQUIRE(accounts.execute("anna", Deposit{10}));
    store.hooks().reads.clear();
    REQUIRE(accounts.execute("anna", Deposit{1}));
    CHECK(store.hooks().reads.empty());
    const auto done = accounts.execute("anna", Deposit{1}, {.command_id = new_id()});
    REQUIRE(done);
    CHECK_FALSE(done->repeated);
    REQUIRE(store.hooks().reads.size() == 2); // for an earlier event of this id, and after it
    CHECK(store.hooks().reads[1].from == es::Revision{2});
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

TEST_CASE("EventStoreDB: a skipped event is told each time, also of a cached state") { // R8
    on_a_server(repository_laws::skips_of_cached_states_are_told);
}

TEST_CASE("EventStoreDB: a load holds one page at a time") { // R10
    on_a_server(repository_laws::one_page_at_a_time);
}
