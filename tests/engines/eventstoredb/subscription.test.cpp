// SPDX-License-Identifier: MIT
// The laws of subscriptions on a store whose records have no positions: only its pages have, so a
// page is stored whole or not at all. What is kept is in a store beside.
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/with_keeper.hpp"
#include "laws/planned_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using esdb_tests::end_of_all;
using esdb_tests::kept;
using esdb_tests::run_out;
using esdb_tests::with_each_keeper;

namespace {

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage = 0;
};
struct EntityDied {
    std::string entity_id;
};
/// Nobody follows it.
struct Rained {
    std::uint32_t millimetres = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
struct Attack {
    std::string entity_id;
    std::uint32_t damage = 0;
};
struct Combat {
    using Command = Attack;
    using Event = std::variant<EntityAttacked, EntityDied, Rained>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const EntityAttacked&) {}
    static void apply_event(State&, const EntityDied&) {}
    static void apply_event(State&, const Rained&) {}
    static EntityAttacked handle_command(const State&, const Attack& c) {
        return {c.entity_id, c.damage};
    }
};

/// The damage of a blow that can't be handled now, and why not.
struct Poison {
    explicit Poison(std::uint32_t damage, es::errc kind = es::errc::rejected) {
        now = damage;
        with = kind;
    }
    Poison(const Poison&) = delete;
    Poison& operator=(const Poison&) = delete;
    ~Poison() { now = 0; }

    static es::Result<void> taste(std::uint32_t damage) {
        if (damage == 0 || damage != now)
            return {};
        if (with == es::errc::rejected)
            return es::reject("poison");
        return es::Error(with, "poison");
    }
    static inline std::uint32_t now = 0;
    static inline es::errc with = es::errc::rejected;
};

/// Another order of the events gives another digest.
struct Board {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t events = 0;
        std::uint32_t digest = 7;
        bool operator==(const State&) const = default;
    };
    static es::Result<void> apply_event(State& s, const EntityAttacked& e) {
        ++s.events;
        s.digest = s.digest * 31 + e.damage;
        return Poison::taste(e.damage);
    }
    static void apply_event(State& s, const EntityDied& e) {
        ++s.events;
        s.digest = s.digest * 37 + static_cast<std::uint32_t>(e.entity_id.size());
    }
};
struct Fighter {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t blows = 0;
    };
    static std::string key(const es::Recorded<EntityAttacked>& e) { return e.event.entity_id; }
    static es::Result<void> apply_event(State& s, const EntityAttacked& e) {
        ++s.blows;
        return Poison::taste(e.damage);
    }
};
/// The number of a poisoned blow is none that JSON has.
struct Force {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t blows = 0;
        double force = 0;
    };
    static std::string key(const es::Recorded<EntityAttacked>& e) { return e.event.entity_id; }
    static void apply_event(State& s, const EntityAttacked& e) {
        ++s.blows;
        if (!Poison::taste(e.damage))
            s.force = std::numeric_limits<double>::infinity();
    }
};
struct Deaths {
    using Event = es::EventsOf<Combat>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create =
        "CREATE TABLE deaths(name TEXT PRIMARY KEY, n INTEGER CHECK(n < 3)) STRICT";
    static void apply_event(es::SqliteStatements& sql, const EntityDied& e) {
        sql.run("INSERT INTO deaths VALUES(?1, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                e.entity_id);
    }
};

template <class Store>
void append(const Store& store, std::string_view stream, const std::vector<Combat::Event>& events,
            const es::Environment& environment = {}) {
    std::vector<es::Uuid> ids;
    for (std::size_t i = 0; i < events.size(); ++i)
        ids.push_back(environment.new_id());
    const es::Batch<Combat::Event> batch(events, ids, environment.now());
    REQUIRE(store.append_unchecked(*es::StreamName::parse(stream), batch));
}
template <class S>
Board::State state_of(const S& board) {
    return board.view([](const Board::State& s) { return s; });
}
template <class Store, class Keeper>
using Boards = es::Subscription<Board, Store, Keeper>;

} // namespace

// S1, S2, S3, S5, S7
TEST_CASE("EventStoreDB: any page sizes and any restarts make the same state",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        std::mt19937 draw(1);
        for (const std::size_t page : {1U, 3U, 500U})
            for (const unsigned restart : {1U, 1000U}) {
                const es::SubscriptionOptions options{.name = "b" + std::to_string(page) + "-" +
                                                              std::to_string(restart),
                                                      .page_size = page};
                auto board = std::make_unique<Boards<Store, Keeper>>(store, beside, options);
                for (unsigned i = 1; i <= 6; ++i) {
                    append(store, "combat-" + std::to_string(i % 2), {EntityAttacked{"ogre", i}});
                    if (draw() % 2 == 0)
                        board->step();
                    if (i % restart == 0)
                        board = std::make_unique<Boards<Store, Keeper>>(store, beside, options);
                }
                append(store, "combat-1", {EntityDied{"elf"}, Rained{1}});
                run_out(*board);
                const auto expected = es::fold<Board>(store);
                REQUIRE(expected);
                REQUIRE(state_of(*board) == *expected);
                REQUIRE(*board->load() == *expected);
                REQUIRE(board->status().position == end_of_all(store));
            }
    });
}

// S3, S4, S11
TEST_CASE("EventStoreDB: a crash before or after any call changes nothing in what is stored",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    const auto store = esdb_tests::opened(server);
    append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"elf", 13}});
    append(store, "combat-2", {EntityAttacked{"ogre", 3}, EntityAttacked{"troll", 4}});
    append(store, "combat-1", {EntityAttacked{"ogre", 5}, EntityDied{"troll"}});
    const Poison poisoned(13);
    /// How many calls it takes.
    const auto run = [&](std::optional<std::size_t> dies_at, bool after) {
        const auto plan = std::make_shared<planned::Plan>();
        plan->dies_at = dies_at;
        plan->after_it_was_done = after;
        const planned::PlannedStore<es::EventStoreDb> from(store, plan);
        const planned::PlannedStore<es::MemoryStore> beside(es::MemoryStore(), plan);
        using Made =
            Boards<planned::PlannedStore<es::EventStoreDb>, planned::PlannedStore<es::MemoryStore>>;
        for (bool again = true; again;) {
            Made board{from, beside, {.on_failure = es::OnFailure::park, .page_size = 4}};
            run_out(board);
            again = std::exchange(plan->dead, false);
            if (again)
                continue;
            REQUIRE(state_of(board).events == 3);
            REQUIRE(state_of(board).digest == ((7U * 31 + 1) * 31 + 3) * 31 + 4);
            REQUIRE(board.load()->events == 3);
            REQUIRE(board.parked()->size() == 3);
            REQUIRE(board.status().state == es::SubscriptionState::live);
        }
        REQUIRE(plan->deaths == (dies_at ? 1U : 0U));
        return plan->calls;
    };
    const std::size_t calls = run({}, false);
    CHECK(calls > 8);
    for (const bool after : {false, true})
        for (std::size_t at = 0; at + 3 < calls; ++at) // the last ones are those of the checks
            run(at, after);
}

// S3, S9, S10, S15
TEST_CASE("EventStoreDB: a failure in the middle of a page commits nothing of the page",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        es::FixedEnvironment clock;
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 2}});
        append(store, "combat-2", {EntityAttacked{"elf", 3}, EntityAttacked{"elf", 13}});
        append(store, "combat-1", {EntityAttacked{"ogre", 5}});
        const auto since = clock.time();
        std::optional<es::Position> before;
        {
            const Poison poisoned(13);
            Boards<Store, Keeper> whole{store, beside, {.name = "whole", .environment = clock}};
            CHECK(whole.step().kind == es::Step::Kind::stopped);
            CHECK_FALSE(kept(beside, "whole").checkpoint.position);
            CHECK(whole.load()->events == 0);
            CHECK(state_of(whole).events == 0);

            const es::SubscriptionOptions options{.page_size = 2, .environment = clock};
            Boards<Store, Keeper> board{store, beside, options};
            CHECK(board.step().kind == es::Step::Kind::worked);
            before = kept(beside, "board").checkpoint.position;
            CHECK(board.step().kind == es::Step::Kind::stopped);
            clock.advance(1h);
            Boards<Store, Keeper> again{store, beside, options};
            CHECK(again.step().kind == es::Step::Kind::stopped);
            const es::Progress stored = kept(beside, "board");
            CHECK(stored.status == "stopped");
            REQUIRE(stored.failure);
            CHECK(stored.failure->message.find("stream combat-2, revision 1: ") == 0);
            CHECK(stored.failure->message.find("poison") != std::string::npos);
            CHECK(stored.failure->stream == es::StreamName::parse("combat-2").value());
            CHECK(stored.failure->revision == es::Revision{1});
            CHECK(stored.failure->since == since);
            CHECK(stored.failure->attempts == 2);
            CHECK(stored.checkpoint.position == before);
            CHECK(before);
            CHECK(state_of(again).events == 2);
            CHECK(again.load()->events == 2);
        }
        Boards<Store, Keeper> board{store, beside, {.page_size = 2, .environment = clock}};
        run_out(board);
        CHECK(kept(beside, "board").status == "live");
        CHECK_FALSE(kept(beside, "board").failure);
        const auto expected = es::fold<Board>(store);
        CHECK(state_of(board) == *expected);
    });
}
// S9
TEST_CASE("EventStoreDB: what may pass is tried again, and nothing of its page is stored meanwhile",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 13}});
        es::FixedEnvironment clock;
        for (const auto policy : {es::OnFailure::stop, es::OnFailure::park, es::OnFailure::skip}) {
            Boards<Store, Keeper> board{store,
                                        beside,
                                        {.name = "b" + std::to_string(static_cast<int>(policy)),
                                         .on_failure = policy,
                                         .environment = clock}};
            {
                const Poison poisoned(13, es::errc::unavailable);
                for (int i = 0; i < 5; ++i) {
                    REQUIRE(board.step().kind == es::Step::Kind::waiting);
                    clock.advance(1min);
                }
                CHECK(board.status().failure->attempts == 5);
                CHECK(kept(beside, board.name()).status == "waiting");
                CHECK_FALSE(kept(beside, board.name()).checkpoint.position);
            }
            run_out(board);
            CHECK(state_of(board).events == 2);
        }
    });
}

// S11
TEST_CASE("EventStoreDB: parked events, what comes after them, and their replay",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        append(store, "combat-1",
               {EntityAttacked{"ogre", 13}, EntityAttacked{"elf", 2}, EntityAttacked{"ogre", 3}});
        es::Subscription<Fighter, Store, Keeper> fighters{
            store, beside, {.on_failure = es::OnFailure::park}};
        {
            const Poison poisoned(13);
            run_out(fighters);
            CHECK(fighters.status().state == es::SubscriptionState::live);
            CHECK(fighters.status().parked_keys == 1);
            CHECK(fighters.parked()->size() == 2);
            CHECK((**fighters.get("elf")).blows == 1);
            CHECK(*fighters.replay("ogre") == 2);
            append(store, "combat-1", {EntityAttacked{"ogre", 4}, EntityAttacked{"elf", 5}});
            run_out(fighters);
            CHECK((**fighters.get("elf")).blows == 2);
        }
        REQUIRE(fighters.parked()->size() == 3);
        CHECK(fighters.parked()->front().revision == es::Revision{0});
        CHECK_FALSE(fighters.parked()->front().position);
        CHECK(*fighters.replay("ogre") == 0);
        CHECK((**fighters.get("ogre")).blows == 3);
        CHECK(fighters.parked()->empty());
    });
}
TEST_CASE("EventStoreDB: a row that can't be stored is a failure of its event, also within a page",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        for (const char* name : {"ogre", "elf", "troll"})
            append(store, "combat-1",
                   {EntityAttacked{name, 1}, EntityAttacked{name, name[0] == 'e' ? 13U : 2U},
                    EntityAttacked{name, 3}});
        const auto force = [&](const es::OnFailure policy, unsigned partitions,
                               const es::CommitEvery& every) {
            return std::make_unique<es::Subscription<Force, Store, Keeper>>(
                store, beside,
                es::SubscriptionOptions{.name = "f" + std::to_string(partitions) +
                                                std::to_string(static_cast<int>(policy)) +
                                                std::to_string(every.events),
                                        .on_failure = policy,
                                        .page_size = every.events == 0 ? 500U : 4U,
                                        .partitions = partitions,
                                        .commit_every = every});
        };
        for (const unsigned partitions : {1U, 3U})
            for (const es::CommitEvery& every :
                 {es::CommitEvery{}, es::CommitEvery{.events = 100}}) {
                const auto parks = force(es::OnFailure::park, partitions, every);
                const auto skips = force(es::OnFailure::skip, partitions, every);
                const auto stops = force(es::OnFailure::stop, partitions, every);
                {
                    const Poison poisoned(13);
                    for (const auto& each : {&parks, &skips, &stops})
                        run_out(**each);
                }
                INFO((parks->status().failure ? parks->status().failure->message : ""));
                REQUIRE(parks->status().state == es::SubscriptionState::live);
                CHECK((**parks->get("ogre")).blows == 3);
                CHECK((**parks->get("elf")).blows == 1);
                CHECK((**parks->get("troll")).blows == 3);
                REQUIRE(parks->parked()->size() == 2);
                CHECK(parks->parked()->front().failure.value().find(
                          "stream combat-1, revision 4: storing row \"elf\"") == 0);
                CHECK(skips->status().state == es::SubscriptionState::live);
                CHECK((**skips->get("elf")).blows == 2);
                CHECK((**skips->get("troll")).blows == 3);
                REQUIRE(stops->status().failure);
                CHECK(stops->status().failure->revision == es::Revision{4});
                CHECK(*parks->replay("elf") == 0);
                CHECK((**parks->get("elf")).blows == 3);
                stops->resume();
                run_out(*stops);
                CHECK((**stops->get("elf")).blows == 3);
            }
    });
}
TEST_CASE("EventStoreDB: more parked keys than the limit stop a subscription, also in one page",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        const Poison poisoned(13);
        append(store, "combat-1", {EntityAttacked{"ogre", 13}, EntityAttacked{"ogre", 13}});
        append(store, "combat-2", {EntityAttacked{"ogre", 13}});
        Boards<Store, Keeper> board{
            store, beside, {.on_failure = es::OnFailure::park, .max_parked_keys = 1}};
        run_out(board);
        CHECK(board.status().state == es::SubscriptionState::stopped);
        CHECK(board.status().failure->message.find("max_parked_keys") != std::string::npos);
        CHECK(board.parked()->empty()); // nothing of the page is stored
    });
}
TEST_CASE("EventStoreDB: an event that is left out costs no other event of its page",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        append(store, "combat-1",
               {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 13}, EntityAttacked{"ogre", 3}});
        const Poison poisoned(13);
        Boards<Store, Keeper> board{store, beside, {.on_failure = es::OnFailure::skip}};
        run_out(board);
        CHECK(state_of(board) == Board::State{2, (7U * 31 + 1) * 31 + 3});
    });
}

// S6, S13
TEST_CASE("EventStoreDB: the checkpoint moves past events that are not followed",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Boards<Store, Keeper> board{store, beside, {}};
        append(store, "combat-1", {EntityDied{"ogre"}});
        run_out(board);
        append(store, "weather-1", {Rained{1}, Rained{2}});
        CHECK(board.status().lag == 0ns);
        append(store, "combat-1", {EntityDied{"ogre"}});
        append(store, "weather-1", {Rained{3}});
        const auto behind = board.status(); // the next event that it follows is not the next event
        CHECK(behind.lag);
        run_out(board);
        const auto live = board.status();
        CHECK(live.state == es::SubscriptionState::live);
        CHECK(live.lag == 0ns);
        CHECK_FALSE(live.behind); // positions are not numbered one by one
        CHECK_FALSE(live.head);
        CHECK(kept(beside, "board").checkpoint.position == end_of_all(store));
    });
}

// S8
TEST_CASE("EventStoreDB: two runners of one name fold no event twice", "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Boards<Store, Keeper> one{store, beside, {.page_size = 2}};
        Boards<Store, Keeper> two{store, beside, {.page_size = 3}};
        for (unsigned i = 1; i <= 12; ++i) {
            append(store, "combat-1", {EntityAttacked{"ogre", i}});
            if (i % 3 != 0)
                one.step();
            if (i % 2 != 0)
                two.step();
        }
        run_out(one), run_out(two);
        const auto expected = es::fold<Board>(store);
        CHECK(state_of(one) == *expected);
        CHECK(state_of(two) == *expected);
    });
}

// S12
TEST_CASE("EventStoreDB: a subscription that was stopped goes on, and one whose store is closed "
          "says so",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(Store store, const Keeper& beside) {
        Boards<Store, Keeper> board{store, beside, {}};
        append(store, "combat-1", {EntityDied{"ogre"}});
        std::stop_source first;
        first.request_stop();
        CHECK(board.step(first.get_token()).kind == es::Step::Kind::idle);
        const std::stop_source second;
        CHECK(board.step(second.get_token()).kind == es::Step::Kind::worked);
        CHECK(state_of(board).events == 1);
        static_cast<void>(store.close());
        CHECK(board.step().kind == es::Step::Kind::stopped);
        CHECK(board.status().failure);
        CHECK(kept(beside, "board").status == "stopped");
        CHECK(board.load()->events == 1);
    });
}

// S16
TEST_CASE("EventStoreDB: where a subscription begins is stored before its first event is handled",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        es::FixedEnvironment clock;
        append(store, "combat-1", {EntityAttacked{"ogre", 1}}, clock);
        const auto first = end_of_all(store);
        append(store, "combat-1", {EntityAttacked{"ogre", 2}}, clock);
        clock.advance(1h);
        const auto later = clock.time();
        append(store, "combat-1", {EntityAttacked{"ogre", 3}}, clock);
        const std::pair<es::Start, std::uint32_t> starts[] = {
            {es::from_beginning, 4}, {es::from_now, 1},         {es::after(first), 3},
            {es::from(later), 2},    {es::from(later + 1h), 1},
        };
        std::size_t name = 0;
        const auto make = [&](const es::Start& start) {
            return std::make_unique<Boards<Store, Keeper>>(
                store, beside,
                es::SubscriptionOptions{.name = "s" + std::to_string(name++), .start = start});
        };
        for (const auto& [start, events] : starts)
            make(start)->step();
        append(store, "combat-1", {EntityAttacked{"ogre", 4}}, clock);
        name = 0;
        for (const auto& [start, events] : starts) {
            const auto board = make(start);
            run_out(*board);
            CHECK(state_of(*board).events == events);
        }
    });
}

// S17, and of S18 what can be kept
TEST_CASE("EventStoreDB: a name that another projection has is refused, and a checkpoint has no id",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        append(store, "combat-1", {EntityDied{"ogre"}});
        Boards<Store, Keeper> board{store, beside, {.name = "shown"}};
        run_out(board);
        es::Subscription<Fighter, Store, Keeper> wrong{store, beside, {.name = "shown"}};
        CHECK(wrong.step().kind == es::Step::Kind::stopped);
        const auto message = wrong.status().failure.value().message;
        CHECK(message.find("\"projection Board\"") != std::string::npos);
        CHECK(message.find("\"projection Fighter\"") != std::string::npos);
        // so a server that was restored is not noticed, as the page of EventStoreDb says
        CHECK_FALSE(kept(beside, "shown").checkpoint.store_id);
        CHECK_FALSE(kept(beside, "shown").checkpoint.event_id);
    });
}

TEST_CASE("EventStoreDB as any store, with nothing beside it, says that it keeps no progress",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    es::Subscription<Board, es::AnyStore> board{es::AnyStore(esdb_tests::opened(server))};
    CHECK(board.step().kind == es::Step::Kind::stopped);
    CHECK(board.status().failure.value().message.find("EventStoreDb can't") == 0);
}

TEST_CASE("EventStoreDB: statements are run with the checkpoint, and one that fails names no event",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    const auto store = esdb_tests::opened(server);
    const each_store::File file;
    const auto beside = file.open();
    append(store, "combat-1", {EntityDied{"ogre"}, EntityDied{"elf"}, EntityDied{"ogre"}});
    es::Subscription<Deaths, es::EventStoreDb, es::SqliteStore> deaths{store, beside, {}};
    run_out(deaths);
    CHECK(deaths.status().state == es::SubscriptionState::live);
    const auto before = kept(beside, "deaths").checkpoint.position;
    append(store, "combat-1", {EntityDied{"elf"}, EntityDied{"ogre"}}); // the third of the ogre
    CHECK(deaths.step().kind == es::Step::Kind::stopped);
    CHECK(deaths.status().failure.value().message.find("does not tell of which event") !=
          std::string::npos);
    CHECK(kept(beside, "deaths").checkpoint.position == before);
}

// B1, B2
TEST_CASE("EventStoreDB: a rebuild takes the place of what was there", "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}});
        const auto first = end_of_all(store);
        append(store, "combat-1", {EntityAttacked{"ogre", 2}, EntityAttacked{"ogre", 3}});
        Boards<Store, Keeper> board{store, beside, {.start = es::after(first), .page_size = 1}};
        run_out(board);
        CHECK(state_of(board).events == 2);
        std::uint64_t handled = 0;
        REQUIRE(board.rebuild([&](const es::RebuildProgress& so_far) { handled = so_far.events; }));
        CHECK(handled == 2);
        CHECK(state_of(board).events == 2);
        append(store, "combat-1", {EntityDied{"ogre"}});
        run_out(board);
        CHECK(state_of(board).events == 3);
    });
}

// W1, W5
TEST_CASE("EventStoreDB: a command waits for the read model, to which the head is told after it",
          "[waits][eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Boards<Store, Keeper> board{store, beside, {}};
        Boards<Store, Keeper> elsewhere{store, beside, {}};
        const es::Repository<Combat, Store> fights{store};
        const std::jthread following = es::follow(board);
        for (std::uint32_t i = 1; i <= 5; ++i) {
            const auto done = fights.execute("ogre", Attack{"ogre", i}, {.wait_for = board});
            REQUIRE(done);
            REQUIRE(done->receipt);
            REQUIRE_FALSE(done->receipt->position);
            REQUIRE(done->waited);
            REQUIRE(state_of(board).events == i);
        }
        append(store, "weather-1", {Rained{1}});
        REQUIRE(board.wait_for(es::Receipt{})); // whether it is followed or not (W2)
        REQUIRE(elsewhere.wait_for(es::Receipt{}));
        CHECK(state_of(elsewhere).events == 5);
    });
}
TEST_CASE("EventStoreDB: the head is read from the checkpoint on, and not from the beginning",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    const auto store = esdb_tests::opened(server);
    const es::MemoryStore beside;
    append(store, "combat-1", {EntityDied{"ogre"}, EntityDied{"elf"}});
    Boards<es::EventStoreDb, es::MemoryStore> runs{store, beside, {}};
    run_out(runs);
    const planned::PlannedStore<es::EventStoreDb> counted(store);
    Boards<planned::PlannedStore<es::EventStoreDb>, es::MemoryStore> waits{counted, beside, {}};
    REQUIRE(waits.wait_for(es::Receipt{}));
    CHECK(state_of(waits).events == 2);
    REQUIRE(counted.plan().read_after.size() == 1);
    CHECK(counted.plan().read_after.front() == kept(beside, "board").checkpoint.position);
}
// W3, W4
TEST_CASE("EventStoreDB: a command whose wait fails is done all the same, and its answer says so",
          "[eventstoredb-fake]") {
    with_each_keeper([]<class Store, class Keeper>(const Store& store, const Keeper& beside) {
        Boards<Store, Keeper> board{store, beside, {}};
        const es::Repository<Combat, Store> fights{store};
        const auto done = fights.execute("ogre", Attack{"ogre", 13}, {.wait_for = board});
        REQUIRE(done);
        CHECK(done->receipt);
        CHECK(done->waited.error() == es::errc::unavailable);
        const Poison poisoned(13);
        run_out(board);
        Boards<Store, Keeper> waits{store, beside, {}};
        const auto why = waits.wait_for(es::Receipt{}).error();
        CHECK(why == es::errc::failed);
        CHECK(why.message().find("poison") != std::string::npos);
    });
}
