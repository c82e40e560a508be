// SPDX-License-Identifier: MIT
// Which verbs and promises EventStoreDB has, as docs/design/store-contract.md says.
#include <eventsourcing/store/verbs.hpp>

#include <eventsourcing/engines/eventstoredb.hpp>
#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/target.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"

#include <string>
#include <vector>

namespace es = eventsourcing;

static_assert(es::EventStore<es::EventStoreDb>);
static_assert(!es::AppendsIf<es::EventStoreDb> && !es::AppendsAll<es::EventStoreDb>);
static_assert(!es::FindsEvents<es::EventStoreDb> && !es::TellsHead<es::EventStoreDb>);
static_assert(!es::SyncsUpTo<es::EventStoreDb> && !es::IdentifiedStore<es::EventStoreDb>);
static_assert(!es::ProgressStore<es::EventStoreDb> && !es::SnapshotStore<es::EventStoreDb>);

TEST_CASE("EventStoreDB promises what the table of the contract says") {
    const fake_esdb::Server server;
    const auto store = es::EventStoreDb::open(esdb_tests::connection_string(server));
    REQUIRE(store);
    const es::Capabilities promises = es::promises_of(es::AnyStore(*store));
    CHECK(promises.expected_revision);
    CHECK_FALSE(promises.conditions);
    CHECK(promises.global_order);
    CHECK(promises.wakes_readers);
    CHECK_FALSE(promises.remembers_ids);
    CHECK_FALSE(promises.compares_content);
    CHECK(promises.durable);
    CHECK_FALSE(promises.checks_positions);
    CHECK_FALSE(promises.keeps_bytes);
    CHECK(es::verbs_of(*store) == es::Verbs{});
    CHECK(es::verbs_of(es::AnyStore(*store)) == es::Verbs{});
}

TEST_CASE("EventStoreDB as any store says of each verb that it lacks it, and nothing is done") {
    const fake_esdb::Server server;
    const auto opened = es::EventStoreDb::open(esdb_tests::connection_string(server));
    REQUIRE(opened);
    const es::AnyStore store{*opened};
    const std::vector<es::NewEvent> events{{.id = es::Environment{}.new_id(),
                                            .type = "bank.deposited",
                                            .version = "1.0",
                                            .content_type = "application/json",
                                            .data = "{}"}};
    const es::EventBatch batch{events};
    const auto check = [](const auto& refused) {
        REQUIRE(fails_with(es::errc::unsupported, refused));
        CHECK(message_of(refused).find("EventStoreDb can't ") == 0);
    };
    check(
        store.append_if("account-anna", batch, {.fail_if_exists = {.items = {{.tags = {"a:1"}}}}}));
    const es::StreamBatch part{"account-anna", es::ExpectedRevision::no_stream(), batch};
    check(store.append_all({&part, 1}));
    check(store.find_event(events[0].id));
    check(store.head());
    check(store.sync(es::Position{0}));
    check(store.store_id());
    check(store.list_progress());
    check(store.load_snapshot("account-anna", "state", "1"));
    check(es::execute_all(store, es::command<bank::Account>("anna", bank::Deposit{1})));
    CHECK(store.read_stream("account-anna")->empty());
}
