// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/told_following.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/runtime/target_subscription.hpp>
#include <eventsourcing/runtime/text_observer.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>
#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"
#include "throw_or_skip.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

struct Place {
    std::string id;
};
struct Ship {
    std::string id;
};
struct Placed {
    std::string id;
};
struct Shipped {
    std::string id;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop", .version = "1.0"};
}
struct Order {
    using Command = std::variant<Place, Ship>;
    using Event = std::variant<Placed, Shipped>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State& /*s*/, const Placed& /*e*/) {}
    static void apply_event(State& /*s*/, const Shipped& /*e*/) {}
    static Placed handle_command(const State& /*s*/, const Place& c) { return {c.id}; }
    static es::Result<Shipped> handle_command(const State& /*s*/, const Ship& c) {
        if (c.id == "bad" || c.id == "worse")
            return es::reject("no such address");
        return Shipped{c.id};
    }
};

/// Can't fold the order 13 for now, and never the order 666, unless it has become forgiving.
bool forgiving = false;
struct Orders {
    using Event = es::EventsOf<Order>;
    struct State {
        int placed = 0;
    };
    static es::Result<void> apply_event(State& s, const Placed& e) {
        if (e.id == "13" && !forgiving)
            return es::Error(es::errc::unavailable, "not now");
        if (e.id == "666" && !forgiving)
            return es::reject("never");
        ++s.placed;
        return {};
    }
};

struct Overdue {};
struct Shipping {
    using Event = es::EventsOf<Order>;
    using StartedBy = Placed;
    using Deadline = Overdue;
    using Reaction = es::Reaction<Order>;
    struct State {
        std::string id;
    };
    static std::string process_id(const auto& e) { return e.event.id; }
    static void apply_event(State& s, const Placed& e) { s.id = e.id; }
    static Reaction react(const State& s, const Placed& /*e*/) {
        return {es::send<Order>(s.id, Ship{s.id}), es::deadline<Overdue>(1h)};
    }
    static Reaction react(const State& /*s*/, const Shipped& /*e*/) { return {es::complete}; }
    static Reaction react(const State& s, const es::Rejected<Ship>& r) {
        if (s.id == "worse" && !forgiving)
            throw_or_skip(std::runtime_error(r.reason));
        return {es::cancel<Overdue>};
    }
    static Reaction react(const State& /*s*/, const Overdue& /*due*/) { return {es::complete}; }
};

struct World {
    Lines lines{};
    es::FixedEnvironment clock{{.step = 0ns}};
    es::MemoryStore store{clock};
    es::Repository<Order, es::MemoryStore> orders{store};
    es::Observer observer =
        es::TextObserver{[this](std::string_view line) { lines.emplace_back(line); }};

    World() { forgiving = false; }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void place(const std::string& id) { REQUIRE(orders.execute(id, Place{id})); }
    Lines told() { return std::exchange(lines, {}); }
};

} // namespace

TEST_CASE("a subscription tells how far it lags after each page, and once that it has caught up") {
    World world;
    for (const char* const id : {"1", "2", "3"}) {
        world.place(id);
        world.clock.advance(1s);
    }
    es::Subscription<Orders, es::MemoryStore> orders{world.store,
                                                     {.page_size = 1, .observer = world.observer}};
    for (int i = 0; i < 5; ++i)
        orders.step();
    CHECK(world.told() == Lines{"orders: there is more to read, 2 events, the oldest one 2 s old",
                                "orders: there is more to read, 1 event, the oldest one 1 s old",
                                "orders: has caught up"});
}

TEST_CASE("a failure that may pass is told each time, and the success after it once") {
    World world;
    world.place("13");
    es::Subscription<Orders, es::MemoryStore> orders{
        world.store, {.backoff = {.first = 0ns, .most = 0ns}, .observer = world.observer}};
    orders.step();
    orders.step();
    CHECK(world.told() ==
          Lines{"orders: tries again in 0 s after 1 failure: stream order-13, revision 0: not now",
                "orders: tries again in 0 s after 2 failures: stream order-13, revision 0: not "
                "now"});
    world.clock.advance(90s);
    forgiving = true;
    orders.step();
    orders.step();
    CHECK(world.told() == Lines{"orders: goes on after 2 failures in 1.5 min"});
}

TEST_CASE("a stop is told once with its cause, and the success after resume") {
    World world;
    world.place("666");
    es::Subscription<Orders, es::MemoryStore> orders{world.store, {.observer = world.observer}};
    orders.step();
    orders.step();
    CHECK(world.told() == Lines{"orders: has stopped: stream order-666, revision 0: never"});
    forgiving = true;
    orders.resume();
    orders.step();
    CHECK(world.told() == Lines{"orders: goes on after 1 failure in 0 s"});
}

TEST_CASE("each parked event is told when it is stored, and what a replay comes to") {
    World world;
    world.place("666");
    REQUIRE(world.orders.execute("666", Place{"7"}));
    es::Subscription<Orders, es::MemoryStore> orders{
        world.store, {.on_failure = es::OnFailure::park, .observer = world.observer}};
    orders.step();
    CHECK(world.told() == Lines{"orders: order-666, revision 0 is parked for key \"order-666\": "
                                "stream order-666, revision 0: never",
                                "orders: order-666, revision 1 is parked for key \"order-666\", "
                                "after the one that failed"});
    CHECK(*orders.replay("order-666") == 2);
    forgiving = true;
    CHECK(*orders.replay("order-666") == 0);
    CHECK(world.told() == Lines{"orders: 0 parked events of key \"order-666\" handled, 2 left",
                                "orders: 2 parked events of key \"order-666\" handled, 0 left"});
}

TEST_CASE("a skipped event is told by the one that stores so, and not by one that was slower") {
    World world;
    const es::SubscriptionOptions options{.on_failure = es::OnFailure::skip,
                                          .observer = world.observer};
    es::Subscription<Orders, es::MemoryStore> slow{world.store, options};
    es::Subscription<Orders, es::MemoryStore> fast{world.store, options};
    slow.step();
    fast.step();
    CHECK(world.told().empty());
    world.place("666");
    fast.step();
    CHECK(world.told() == Lines{"orders: order-666, revision 0 is left out: stream order-666, "
                                "revision 0: never"});
    slow.step();
    slow.step();
    CHECK(world.told() == Lines{"orders: another runner was faster, this one goes on from what it "
                                "has stored"});
    CHECK(slow.status().state == es::SubscriptionState::live);
}

TEST_CASE("a rebuild tells under a name of its own, and when it has taken the place") {
    World world;
    world.place("1");
    world.place("2");
    es::Subscription<Orders, es::MemoryStore> orders{world.store,
                                                     {.page_size = 1, .observer = world.observer}};
    REQUIRE(orders.rebuild());
    CHECK(world.told() == Lines{"orders (rebuild): there is more to read, 1 event, the oldest one "
                                "0 s old",
                                "orders (rebuild): has caught up",
                                "orders: rebuilt from 2 events in 0 s"});
}

namespace {
struct Away {
    std::optional<es::Error>* error;
    es::Result<std::optional<es::Position>> checkpoint(std::string_view /*name*/) {
        if (*error)
            return **error;
        return std::optional<es::Position>();
    }
    es::Result<void> commit(std::string_view /*name*/, std::optional<es::Position> /*expected*/,
                            es::Position /*next*/, std::span<const es::EventRecord> /*page*/) {
        return {};
    }
};
} // namespace

TEST_CASE("a subscription of a target of one's own tells the same") {
    World world;
    std::optional<es::Error> error = es::Error(es::errc::unavailable, "no database");
    es::TargetSubscription<Away, es::MemoryStore> away{
        world.store,
        Away{&error},
        {.name = "away", .backoff = {.first = 0ns, .most = 0ns}, .observer = world.observer}};
    away.step();
    error = es::Error(es::errc::conflict);
    away.step();
    error = es::Error(es::errc::denied, "no rights");
    away.step();
    error.reset();
    away.resume();
    away.step();
    CHECK(world.told() == Lines{"away: tries again in 0 s after 1 failure: no database",
                                "away: another runner was faster, this one goes on from what it "
                                "has stored",
                                "away: has stopped: no rights",
                                "away: goes on after 2 failures in 0 s"});
}

TEST_CASE("a relay tells what the sink has acknowledged, batch by batch") {
    World world;
    world.place("1");
    REQUIRE(world.orders.execute("1", Ship{"1"}));
    world.place("2");
    const es::MemoryStore to;
    es::Relay relay{world.store, to, {.name = "out", .observer = world.observer}};
    relay.step();
    relay.step();
    CHECK(world.told() ==
          Lines{"out: the sink has 2 events of order-1", "out: the sink has 1 event of order-2"});
}

TEST_CASE("a relay to a pipeline tells how many events were acknowledged") {
    World world;
    world.place("1");
    world.place("2");
    es::Relay relay{
        world.store, es::PipelinedMemorySink{}, {.name = "out", .observer = world.observer}};
    relay.step();
    CHECK(world.told() == Lines{"out: the sink has 2 events"});
}

namespace {
/// What process managers tell; the commands' ids are left out.
struct OfProcesses {
    Lines* lines;
    template <class Told>
        requires requires(const Told& told) { told.process; }
    void on(const Told& told) {
        std::string line = es::detail::sentence_of(told);
        constexpr std::size_t id = 37; // and the space before it
        if (const auto at = line.find("command "); at != std::string::npos && line[at + 16] == '-')
            line.erase(at + 7, id);
        lines->push_back(line);
    }
    void on(const es::Quarantined& told) { lines->push_back(es::detail::sentence_of(told)); }
    void on(const es::Waiting& told) { lines->push_back(es::detail::sentence_of(told)); }
    void on(const es::Parked& told) { lines->push_back(es::detail::sentence_of(told)); }
    void on(const es::Appended& told) { lines->push_back(std::string(told.stream) + " appended"); }
};
template <class Manager>
void settle(Manager& manager) {
    for (int i = 0; i < 100; ++i)
        if (manager.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not settle");
}
} // namespace

TEST_CASE("a process manager tells steps, commands sent and refused, and late inputs") {
    World world;
    es::ProcessManager<Shipping, es::MemoryStore> shipping{
        world.store, es::from_beginning, {.observer = OfProcesses{&world.lines}}};
    world.place("1");
    settle(shipping);
    CHECK(world.told() ==
          Lines{"process.shipping-1: revision 0 is shop.placed, with 1 command and 1 deadline",
                "order-1 appended", "process.shipping-1: sent command to order 1",
                "process.shipping-1: revision 1 is shop.shipped, with 0 commands and 0 deadlines, "
                "the last one"});
    REQUIRE(world.orders.execute("1", Ship{"1"}));
    settle(shipping);
    CHECK(world.told() == Lines{"process.shipping-1: has ended, so shop.shipped is ignored"});
    world.place("bad");
    settle(shipping);
    CHECK(world.told() ==
          Lines{"process.shipping-bad: revision 0 is shop.placed, with 1 command and 1 deadline",
                "process.shipping-bad: order bad refused command: no such address",
                "process.shipping-bad: revision 1 is ship, with 0 commands and 1 deadline"});
}

TEST_CASE("a process that fails too long is told as quarantined once, until it is released") {
#if defined(__cpp_exceptions)
    World world;
    es::ProcessManager<Shipping, es::MemoryStore> shipping{
        world.store,
        es::from_beginning,
        {.backoff = {.first = 1s, .most = 1s}, .observer = OfProcesses{&world.lines}}};
    world.place("worse");
    const auto count = [&](std::string_view what) {
        return std::count_if(world.lines.begin(), world.lines.end(), [&](const std::string& line) {
            return line.find(what) != std::string::npos;
        });
    };
    for (int i = 0; i < 20; ++i) {
        settle(shipping);
        world.clock.advance(1min);
    }
    CHECK(count("is parked for key \"worse\"") == 1);
    CHECK(count("shipping: process \"worse\" has failed too long") == 1);
    world.lines.clear();
    forgiving = true;
    REQUIRE(shipping.release("worse"));
    settle(shipping);
    CHECK(count("is ship, with 0 commands") == 1);
    CHECK(count("has failed too long") == 0);
#endif
}

namespace {
struct Broken {
    int* heard;
    void on(const auto& /*told*/) {
        ++*heard;
        throw_or_skip(std::runtime_error("no"));
    }
};
} // namespace

TEST_CASE("an observer that throws changes nothing of a subscription") {
    World world;
    int heard = 0;
    world.place("666");
    world.place("1");
    es::Subscription<Orders, es::MemoryStore> orders{
        world.store,
        {.on_failure = es::OnFailure::park, .page_size = 1, .observer = Broken{&heard}}};
    while (orders.step().kind == es::Step::Kind::worked)
        ;
    CHECK(heard >= 3);
    CHECK(orders.view([](const Orders::State& s) { return s.placed; }) == 1);
    CHECK(orders.status().parked_keys == 1);
    CHECK(orders.status().state == es::SubscriptionState::live);
}
