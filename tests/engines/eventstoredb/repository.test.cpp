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

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace bank;
using hooked::HookedStore;

namespace {

using Hooked = HookedStore<es::EventStoreDb>;
template <class Store>
using Accounts = es::Repository<Account, Store>;

es::EventStoreDb opened(const fake_esdb::Server& server) {
    auto store = es::EventStoreDb::open(esdb_tests::connection_string(server));
    REQUIRE(store);
    return *std::move(store);
}

es::Uuid new_id() {
    return es::Environment{}.new_id();
}

/// How many events a stream has, each of which was decided on exactly those below it.
template <class Store>
std::size_t audited(const Store& store, es::StreamNameView stream) {
    std::size_t count = 0;
    std::int64_t balance = 0;
    for (es::StreamRead next{.limit = 4096};;) {
        const auto page = store.read_stream(stream, next);
        REQUIRE(page);
        for (const es::EventRecord& record : page->records()) {
            ++count;
            const auto decoded = es::decode_record<Account::Event>(record);
            REQUIRE(decoded);
            if (const auto* in = std::get_if<Deposited>(&decoded->event)) {
                CHECK(in->before == balance);
                balance += in->amount;
            } else if (const auto* out = std::get_if<Withdrawn>(&decoded->event)) {
                CHECK(out->before == balance);
                balance -= out->amount;
            }
        }
        if (page->at_end)
            return count;
        next.from = page->next_revision;
    }
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
    CHECK(audited(other, "account-anna") == 7);
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
    CHECK(audited(shared.store(), "account-anna") >= 40);
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
        CHECK(audited(other, name) == 4);

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
    CHECK(audited(other, "account-anna") == 3);
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
    CHECK(audited(after.store(), "account-anna") == 1);
}
