// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/settle.hpp>

#include "catch.hpp"

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct Hit {
    std::string name;
};
struct Heal {
    std::string name;
};
struct WasHit {
    std::string name;
};
struct Healed {
    std::string name;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "fight", .source = "events://example.org/fight", .version = "1.0"};
}
struct Fight {
    using Command = std::variant<Hit, Heal>;
    using Event = std::variant<WasHit, Healed>;
    struct State {
        int wounds = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const WasHit&) { ++s.wounds; }
    static void apply_event(State& s, const Healed&) { s.wounds = 0; }
    static WasHit handle_command(const State&, const Hit& c) { return {c.name}; }
    static Healed handle_command(const State&, const Heal& c) { return {c.name}; }
};

struct HealDue {};
struct Healer {
    using Event = es::EventsOf<Fight>;
    using Deadline = HealDue;
    using Reaction = es::Reaction<Fight>;
    struct State {
        std::string name;
    };
    static std::string process_id(const auto& e) { return e.event.name; }
    static void apply_event(State& s, const WasHit& e) { s.name = e.name; }
    static Reaction react(const State&, const WasHit&) { return {es::deadline<HealDue>(24h)}; }
    static Reaction react(const State& s, const HealDue&) {
        return {es::send<Fight>(s.name, Heal{s.name})};
    }
};
/// Hits whoever was healed: with the healer it has always work.
struct Bully {
    using Event = es::EventsOf<Fight>;
    using Reaction = es::Reaction<Fight>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.name; }
    static Reaction react(const State&, const WasHit& e) {
        return {es::send<Fight>(e.name, Hit{e.name})};
    }
};
struct Board {
    using Event = es::EventsOf<Fight>;
    struct State {
        int hits = 0;
        int healed = 0;
    };
    static es::Result<void> apply_event(State& s, const WasHit& e) {
        if (e.name == "poison")
            return es::reject("poison");
        if (e.name == "later")
            return es::Error(es::errc::unavailable, "not now");
        ++s.hits;
        return {};
    }
    static void apply_event(State& s, const Healed&) { ++s.healed; }
};

struct World {
    es::FixedEnvironment world{};
    es::MemoryStore store{world};
    es::MemoryStore target{world};
    es::Repository<Fight, es::MemoryStore> fights{store};
    es::Subscription<Board, es::MemoryStore> board{store};
    es::ProcessManager<Healer, es::MemoryStore> healer{store, es::from_beginning};
    es::Relay<es::MemoryStore, es::MemoryStore> relay{store, target, {.name = "out"}};

    void hit(const char* name) { REQUIRE(fights.execute(name, Hit{name})); }
    int healed() {
        return board.view([](const Board::State& s) { return s.healed; });
    }
};

} // namespace

TEST_CASE("settle steps all until nobody has anything to do, and moves no clock") {
    World w;
    w.hit("ogre");
    const auto start = w.world.time();
    const auto first = es::settle(w.world, w.board, w.healer, w.relay);
    CHECK(first);
    CHECK(w.healed() == 0);
    CHECK(w.world.time() == start);
    CHECK(w.world.sleeps().empty());
    CHECK(first.describe() == "board: idle\nhealer: idle, next in 86400 s\nout: idle\n");
    w.world.advance(25h);
    CHECK(es::settle(w.world, w.board, w.healer, w.relay));
    CHECK(w.healed() == 1); // though the board was stepped before the healer sent
    CHECK(w.target.head()->has_value());
    const auto again = es::settle(w.board, w.healer, w.relay); // without a world, too
    CHECK(again);
    CHECK(again.steps == 0);
    CHECK(Catch::Detail::stringify(again) == again.describe());
}

TEST_CASE("settle says who has stopped or waits, and why, and goes on with the others") {
    World w;
    w.hit("poison");
    w.hit("ogre");
    const auto settled = es::settle(w.world, w.board, w.healer);
    REQUIRE(!settled);
    CHECK(settled.parts[0].kind == es::Step::Kind::stopped);
    CHECK(settled.describe().find("board: stopped: ") == 0);
    CHECK(settled.describe().find("poison") != std::string::npos);
    CHECK(settled.parts[1].kind == es::Step::Kind::idle);

    World other;
    other.hit("later");
    const auto waits = es::settle(other.world, other.board);
    REQUIRE(!waits);
    CHECK(waits.parts[0].kind == es::Step::Kind::waiting);
    CHECK(waits.parts[0].next > 0ns);
    CHECK(waits.describe().find("board: waiting, next in ") == 0);
    CHECK(waits.describe().find("not now") != std::string::npos);

    World parks;
    parks.hit("poison");
    es::Subscription<Board, es::MemoryStore> parking{
        parks.store, {.name = "parking", .on_failure = es::OnFailure::park}};
    const auto parked = es::settle(parks.world, parking);
    CHECK(!parked);
    CHECK(parked.describe() == "parking: idle: 1 keys are parked\n");
}

TEST_CASE("settle gives up on those who make work without an end, and says so") {
    World w;
    es::ProcessManager<Bully, es::MemoryStore> bully{w.store, es::from_beginning};
    w.hit("ogre");
    const auto settled = es::settle(w.world, es::SettleOptions{.most_steps = 50}, bully);
    REQUIRE(!settled);
    CHECK(settled.steps == 50);
    CHECK(settled.describe().find("not settled after 50 steps: ") == 0);
    CHECK(settled.describe().find("bully: still working") != std::string::npos);
}

TEST_CASE("settle refuses what is by another clock than its world") {
    World w;
    es::MemoryStore of_system;
    es::Subscription<Board, es::MemoryStore> stranger{of_system, {.name = "stranger"}};
    const auto settled = es::settle(w.world, w.board, stranger);
    REQUIRE(!settled);
    CHECK(settled.describe().find("nothing is done: stranger is of another world\n") == 0);
    CHECK(settled.describe().find("stranger: idle: it has another clock than the world") !=
          std::string::npos);
}

TEST_CASE("settle refuses what is of another world, though both clocks show the same") {
    World w;
    const es::FixedEnvironment other;
    es::MemoryStore of_other{other};
    es::Subscription<Board, es::MemoryStore> stranger{of_other, {.name = "stranger"}};
    const auto settled = es::settle(w.world, w.board, stranger);
    REQUIRE(!settled);
    CHECK(settled.describe().find("nothing is done: stranger is of another world\n") == 0);
    CHECK(es::settle(other, stranger));
}
