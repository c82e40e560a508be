// SPDX-License-Identifier: MIT
// Correlation and trace context from a request to what leaves the program, and the causes between.
#include "catch.hpp"

#include <eventsourcing/cloudevents/cloud_event.hpp>
#include <eventsourcing/cloudevents/convert.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct Place {
    std::string id;
};
struct Ship {
    std::string id;
};
struct Remind {
    std::string id;
};
struct Placed {
    std::string id;
};
struct Shipped {
    std::string id;
};
struct Reminded {
    std::string id;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop", .version = "1.0"};
}
struct Order {
    using Command = std::variant<Place, Ship, Remind>;
    using Event = std::variant<Placed, Shipped, Reminded>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State& /*s*/, const Placed& /*e*/) {}
    static void apply_event(State& /*s*/, const Shipped& /*e*/) {}
    static void apply_event(State& /*s*/, const Reminded& /*e*/) {}
    static Placed handle_command(const State& /*s*/, const Place& c) { return {c.id}; }
    static es::Result<Shipped> handle_command(const State& /*s*/, const Ship& c) {
        if (c.id == "gone")
            return es::reject("nobody there");
        return Shipped{c.id};
    }
    static Reminded handle_command(const State& /*s*/, const Remind& c) { return {c.id}; }
};

/// Ships at once, or reminds after an hour if the order is slow, or if shipping is refused.
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
        if (s.id == "slow")
            return {es::deadline<Overdue>(1h)};
        return {es::send<Order>(s.id, Ship{s.id})};
    }
    static Reaction react(const State& s, const es::Rejected<Ship>& /*r*/) {
        return {es::send<Order>(s.id, Remind{s.id})};
    }
    static Reaction react(const State& s, const Overdue& /*due*/) {
        return {es::send<Order>(s.id, Remind{s.id})};
    }
};

const std::string traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const std::string tracestate = "rojo=00f067aa0ba902b7";

struct Noted {
    std::string type, id;
    es::Metadata metadata;
};

struct World {
    es::FixedEnvironment clock{};
    es::MemoryStore store{clock};

    /// All events that follow from placing an order, as they are stored.
    std::vector<Noted> place(const std::string& id, bool restart = false) {
        const es::Repository<Order, es::MemoryStore> orders{store};
        REQUIRE(orders.execute(id, Place{id},
                               {.metadata = {.correlation_id = "request-1",
                                             .causation_id = "message-1",
                                             .traceparent = traceparent,
                                             .tracestate = tracestate}}));
        settle();
        if (restart)
            clock.advance(2h);
        settle();
        std::vector<Noted> all;
        const auto page = store.read_all();
        REQUIRE(page);
        for (const auto& record : page->records()) {
            const auto metadata = es::decode_metadata(record.metadata);
            REQUIRE(metadata);
            all.push_back({std::string(record.type), record.id.to_string(), *metadata});
        }
        return all;
    }
    /// By a manager of its own each time: it knows only what is stored.
    void settle() {
        es::ProcessManager<Shipping, es::MemoryStore> shipping{store, es::from_beginning};
        for (int i = 0; i < 100; ++i)
            if (shipping.step().kind != es::Step::Kind::worked)
                return;
        FAIL("it does not settle");
    }
};

/// The types in a row, each caused by the one before it, all of the same request.
void check_chain(const std::vector<Noted>& all, const std::vector<std::string>& types) {
    REQUIRE(all.size() == types.size());
    std::string cause = "message-1";
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        CHECK(all[i].type == types[i]);
        CHECK(all[i].metadata.causation_id == cause);
        CHECK(all[i].metadata.correlation_id == "request-1");
        CHECK(all[i].metadata.traceparent == traceparent);
        CHECK(all[i].metadata.tracestate == tracestate);
        cause = all[i].id;
    }
}

} // namespace

TEST_CASE("trace context goes from a request through a process to what it sends") {
    World world;
    check_chain(world.place("quick"), {"shop.placed", "process.shipping.step", "shop.shipped"});
}

TEST_CASE("trace context goes through a refused command") {
    World world;
    check_chain(world.place("gone"),
                {"shop.placed", "process.shipping.step", "process.shipping.step", "shop.reminded"});
}

TEST_CASE("trace context goes through a deadline: its cause is the step that set it") {
    World world;
    check_chain(world.place("slow", true),
                {"shop.placed", "process.shipping.step", "process.shipping.step", "shop.reminded"});
}

TEST_CASE("trace context goes through a relay, and out as a CloudEvent") {
    World world;
    const auto all = world.place("quick");
    const es::MemoryStore there;
    es::Relay relay{world.store, there, {.name = "out", .types = es::types_of<Order>()}};
    relay.step();
    const auto page = there.read_all();
    REQUIRE(page);
    REQUIRE(page->records().size() == 2);
    const auto shipped = es::decode_record<Order::Event>(page->records().back());
    REQUIRE(shipped);
    const auto event = es::to_cloud_event(*shipped);
    REQUIRE(event);
    const auto extension = [&](std::string_view name) {
        const es::CloudEventValue* const value = event->extension(name);
        return value ? value->to_string() : "none";
    };
    CHECK(extension("traceparent") == traceparent);
    CHECK(extension("tracestate") == tracestate);
    CHECK(extension("correlationid") == "request-1");
    CHECK(extension("causationid") == all[1].id);
}
