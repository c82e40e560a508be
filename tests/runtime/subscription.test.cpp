// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/runtime/target_subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage;
};
struct EntityDied {
    std::string entity_id;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
struct Combat {
    using Event = std::variant<EntityAttacked, EntityDied>;
};

struct Leaderboard {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::map<std::string, int> deaths;
        es::Timestamp last_death{};
    };
    static void apply_event(State& s, const es::Recorded<EntityDied>& e) {
        ++s.deaths[e.event.entity_id];
        s.last_death = e.recorded_at;
    }
};

struct Fighter {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t blows = 0;
        std::uint32_t deaths = 0;
    };
    static std::string key(const auto& e) { return e.event.entity_id; }
    static void apply_event(State& s, const EntityAttacked&) { ++s.blows; }
    static es::RowChange apply_event(State& s, const EntityDied&) {
        return ++s.deaths < 3 ? es::keep_row : es::drop_row;
    }
};

/// Refuses the damage of 13, and says that 7 may pass.
bool forgiving = false;
struct Blows {
    using Event = es::EventsOf<Combat>;
    struct State {
        int sum = 0;
    };
    static es::Result<void> apply_event(State& s, const EntityAttacked& e) {
        s.sum += static_cast<int>(e.damage);
        if (e.damage == 13 && !forgiving)
            return es::reject("thirteen");
        if (e.damage == 7 && !forgiving)
            return es::Error(es::errc::unavailable, "not now");
        return {};
    }
};

struct World {
    es::FixedEnvironment clock{};
    es::Environment environment = clock;
    es::MemoryStore store{environment};

    void append(std::string_view stream, const std::vector<Combat::Event>& events) {
        std::vector<es::Uuid> ids;
        for (std::size_t i = 0; i < events.size(); ++i)
            ids.push_back(environment.new_id());
        const es::Batch<Combat::Event> batch(events, ids, environment.now());
        REQUIRE(store.append_unchecked(*es::StreamName::parse(stream), batch));
    }
};

} // namespace

TEST_CASE("A subscription folds what is there, and then what comes") {
    World world;
    world.append("combat-1", {EntityAttacked{"ogre", 3}, EntityDied{"ogre"}});
    es::Subscription<Leaderboard, es::MemoryStore> board{world.store};
    CHECK(board.step().kind == es::Step::Kind::worked);
    CHECK(board.step().kind == es::Step::Kind::idle);
    board.view([](const Leaderboard::State& s) { CHECK(s.deaths.at("ogre") == 1); });
    world.append("combat-2", {EntityDied{"ogre"}, EntityAttacked{"elf", 3}});
    CHECK(board.status().behind == 2);
    CHECK(board.step().events == 1);
    CHECK(board.view([](const Leaderboard::State& s) { return s.deaths.at("ogre"); }) == 2);
    const auto status = board.status();
    CHECK(status.state == es::SubscriptionState::live);
    CHECK(status.behind == 0);
    CHECK(status.lag == std::chrono::nanoseconds(0));

    es::Subscription<Leaderboard, es::MemoryStore> other{world.store};
    CHECK(other.step().kind == es::Step::Kind::idle);
    CHECK(other.view([](const Leaderboard::State& s) { return s.deaths.at("ogre"); }) == 2);
}

TEST_CASE("A projection with a key has a row for each entity, until it drops it") {
    World world;
    world.append("combat-1",
                 {EntityAttacked{"ogre", 3}, EntityDied{"ogre"}, EntityAttacked{"elf", 3}});
    es::Subscription<Fighter, es::MemoryStore> fighters{world.store};
    fighters.step();
    REQUIRE(*fighters.get("ogre"));
    CHECK((*fighters.get("ogre"))->deaths == 1);
    CHECK((*fighters.get("elf"))->blows == 1);
    world.append("combat-1", {EntityDied{"ogre"}, EntityDied{"ogre"}});
    fighters.step();
    CHECK_FALSE(*fighters.get("ogre"));
}

TEST_CASE("An event that can't be handled stops a subscription at its place, until resume") {
    forgiving = false;
    World world;
    world.append("combat-1", {EntityAttacked{"ogre", 3}, EntityAttacked{"ogre", 13},
                              EntityAttacked{"ogre", 1}});
    es::Subscription<Blows, es::MemoryStore> blows{world.store};
    CHECK(blows.step().kind == es::Step::Kind::stopped);
    CHECK(blows.view([](const Blows::State& s) { return s.sum; }) == 3);
    const auto status = blows.status();
    REQUIRE(status.failure);
    CHECK(status.failure->message == "stream combat-1, revision 1: thirteen");
    CHECK(status.failure->revision == es::Revision{1});
    CHECK(status.position == es::Position{1});
    es::Subscription<Blows, es::MemoryStore> again{world.store};
    again.step();
    CHECK(again.status().state == es::SubscriptionState::stopped);
    forgiving = true;
    CHECK(blows.step().kind == es::Step::Kind::stopped);
    blows.resume();
    CHECK(blows.step().kind == es::Step::Kind::worked);
    CHECK(blows.view([](const Blows::State& s) { return s.sum; }) == 17);
}
TEST_CASE("An event that can't be handled is parked, and what comes after it") {
    forgiving = false;
    World world;
    world.append("combat-1", {EntityAttacked{"ogre", 3}, EntityAttacked{"ogre", 13},
                              EntityAttacked{"ogre", 1}});
    world.append("combat-2", {EntityAttacked{"elf", 5}});
    es::Subscription<Blows, es::MemoryStore> blows{world.store,
                                                   {.on_failure = es::OnFailure::park}};
    CHECK(blows.step().kind == es::Step::Kind::worked);
    CHECK(blows.view([](const Blows::State& s) { return s.sum; }) == 8);
    CHECK(blows.status().parked_keys == 1);
    REQUIRE(blows.parked());
    CHECK(blows.parked()->size() == 2);
    CHECK(blows.parked()->front().failure == "stream combat-1, revision 1: thirteen");
    CHECK(*blows.replay("combat-1") == 2);
    CHECK(blows.parked()->front().attempts == 2);
    CHECK(blows.view([](const Blows::State& s) { return s.sum; }) == 8);
    forgiving = true;
    world.append("combat-1", {EntityAttacked{"ogre", 2}});
    blows.step();
    CHECK(*blows.replay("combat-1") == 0);
    CHECK(blows.view([](const Blows::State& s) { return s.sum; }) == 24);
    CHECK(blows.replay("combat-1").error() == es::errc::not_found);
    CHECK(blows.status().parked_keys == 0);
}
TEST_CASE("What may pass is tried again after a wait") {
    forgiving = false;
    World world;
    world.append("combat-1",
                 {EntityAttacked{"ogre", 3}, EntityAttacked{"ogre", 7}, EntityAttacked{"ogre", 1}});
    es::Subscription<Blows, es::MemoryStore> blows{world.store};
    const auto step = blows.step();
    CHECK(step.kind == es::Step::Kind::waiting);
    CHECK(step.next);
    CHECK(blows.status().state == es::SubscriptionState::waiting);
    CHECK(blows.view([](const Blows::State& s) { return s.sum; }) == 3);
}
TEST_CASE("A subscription that runs in a thread is waited for", "[waits]") {
    World world;
    es::Subscription<Leaderboard, es::MemoryStore> board{world.store};
    es::Subscription<Fighter, es::MemoryStore> fighters{world.store};
    CHECK(board.wait_for(es::Position{0}).error() == es::errc::unavailable);
    {
        const std::jthread following = es::follow(board, fighters);
        for (int i = 1; i <= 50; ++i) {
            world.append("combat-1", {EntityDied{"ogre"}});
            const es::Position last{static_cast<std::uint64_t>(i)};
            REQUIRE(board.wait_for(last));
            REQUIRE(board.view([](const Leaderboard::State& s) { return s.deaths.at("ogre"); }) ==
                    i);
        }
        es::Subscription<Leaderboard, es::MemoryStore> other{world.store};
        world.append("combat-1", {EntityDied{"ogre"}});
        REQUIRE(other.wait_for(es::Position{51}));
        CHECK(other.view([](const Leaderboard::State& s) { return s.deaths.at("ogre"); }) == 51);
    }
    CHECK(board.wait_for(es::Position{52}).error() == es::errc::unavailable);
}
TEST_CASE("A rebuild takes the place of what was there, and goes on") {
    World world;
    world.append("combat-1", {EntityDied{"ogre"}, EntityDied{"elf"}});
    es::Subscription<Leaderboard, es::MemoryStore> board{world.store, {.page_size = 1}};
    board.step();
    std::uint64_t told = 0;
    REQUIRE(board.rebuild([&](const es::RebuildProgress& so_far) { told = so_far.events; }));
    CHECK(told == 2);
    CHECK(board.view([](const Leaderboard::State& s) { return s.deaths.size(); }) == 2);
    world.append("combat-1", {EntityDied{"elf"}});
    board.step();
    CHECK(board.view([](const Leaderboard::State& s) { return s.deaths.at("elf"); }) == 2);
    CHECK(world.store.list_progress()->size() == 1);
}

TEST_CASE("A projection is folded as of a time") {
    World world;
    world.append("combat-1", {EntityDied{"ogre"}});
    const auto then = world.clock.time();
    world.clock.advance(std::chrono::hours(1));
    world.append("combat-1", {EntityDied{"ogre"}});
    CHECK(es::fold<Leaderboard>(world.store)->deaths.at("ogre") == 2);
    CHECK(es::fold<Leaderboard>(world.store, {.until = then})->deaths.at("ogre") == 1);
}

namespace {
struct Reporting {
    std::shared_ptr<std::optional<es::Position>> at =
        std::make_shared<std::optional<es::Position>>();
    std::shared_ptr<std::vector<std::string>> got = std::make_shared<std::vector<std::string>>();
    es::Result<std::optional<es::Position>> checkpoint(std::string_view) { return *at; }
    es::Result<void> commit(std::string_view, std::optional<es::Position> expected,
                            es::Position next, std::span<const es::EventRecord> page) {
        if (expected != *at)
            return es::errc::conflict;
        for (const auto& record : page)
            got->emplace_back(record.type);
        *at = next;
        return {};
    }
};
} // namespace

TEST_CASE("A target of one's own is given each event once") {
    World world;
    world.append("combat-1", {EntityDied{"ogre"}, EntityAttacked{"elf", 2}});
    Reporting target;
    es::TargetSubscription<Reporting, es::MemoryStore> reports{
        world.store, target, {.name = "reports", .types = es::types_of<Combat>()}};
    reports.step();
    world.append("combat-1", {EntityDied{"ogre"}});
    es::TargetSubscription<Reporting, es::MemoryStore> again{
        world.store, target, {.name = "reports", .types = es::types_of<Combat>()}};
    again.step();
    CHECK(target.got->size() == 3);
    CHECK(reports.step().kind == es::Step::Kind::worked); // a conflict: it asks the target again
    CHECK(reports.step().kind == es::Step::Kind::idle);
    CHECK(target.got->size() == 3);
}
