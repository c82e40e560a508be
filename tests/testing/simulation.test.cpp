// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/simulation.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include "catch.hpp"

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <variant>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct Request {
    std::string transfer_id, from, to;
    std::int64_t amount;
};
struct Requested {
    std::string transfer_id, from, to;
    std::int64_t amount;
};
struct Withdraw {
    std::string transfer_id;
    std::int64_t amount;
};
struct Deposit {
    std::string transfer_id;
    std::int64_t amount;
};
struct Withdrawn {
    std::string transfer_id;
    std::int64_t amount;
};
struct Deposited {
    std::string transfer_id;
    std::int64_t amount;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank", .version = "1.0"};
}
struct Requests {
    using Command = Request;
    using Event = Requested;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Requested&) {}
    static Requested handle_command(const State&, const Request& c) {
        return {c.transfer_id, c.from, c.to, c.amount};
    }
};
struct Account {
    using Command = std::variant<Withdraw, Deposit>;
    using Event = std::variant<Withdrawn, Deposited>;
    struct State {
        std::int64_t amount = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Withdrawn& e) { s.amount -= e.amount; }
    static void apply_event(State& s, const Deposited& e) { s.amount += e.amount; }
    static es::Result<Withdrawn> handle_command(const State& s, const Withdraw& c) {
        if (c.amount > s.amount)
            return es::reject("not enough money");
        return Withdrawn{c.transfer_id, c.amount};
    }
    static Deposited handle_command(const State&, const Deposit& c) {
        return {c.transfer_id, c.amount};
    }
};
struct Transfers {
    using Event = es::EventsOf<Requests, Account>;
    using StartedBy = Requested;
    using Reaction = es::Reaction<Account>;
    struct State {
        std::string from, to;
        std::int64_t amount = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static void apply_event(State& s, const Requested& e) { s = {e.from, e.to, e.amount}; }
    static Reaction react(const State& s, const Requested& e) {
        return {es::send<Account>(s.from, Withdraw{e.transfer_id, s.amount})};
    }
    static Reaction react(const State& s, const Withdrawn& e) {
        return {es::send<Account>(s.to, Deposit{e.transfer_id, s.amount})};
    }
    static Reaction react(const State&, const Deposited&) { return {es::complete}; }
    static Reaction react(const State&, const es::Rejected<Withdraw>&) { return {es::complete}; }
};
struct Money {
    using Event = es::EventsOf<Account>;
    struct State {
        std::map<std::string, std::int64_t> of;
    };
    static void apply_event(State& s, const es::Recorded<Deposited>& e) {
        s.of[std::string(e.stream.id())] += e.event.amount;
    }
    static void apply_event(State& s, const es::Recorded<Withdrawn>& e) {
        s.of[std::string(e.stream.id())] -= e.event.amount;
    }
};

void bank(es::Simulation& sim) {
    auto store = sim.store();
    auto broker = sim.sink("broker");
    const es::Repository<Account, es::SimStore> accounts{store};
    for (const char* id : {"0", "1", "2", "3"})
        REQUIRE(accounts.execute(id, Deposit{"open", 100}));
    sim.component([=](const es::Environment& e) {
        return es::ProcessManager<Transfers, es::SimStore>{store, es::from_beginning, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Subscription<Money, es::SimStore>{store, {}, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Relay<es::SimStore, es::SimSink>{store, broker, {.name = "out"}, e};
    });
    sim.clients(4, [=](es::Random& r, const es::Environment& e) {
        const auto from = std::to_string(r.below(4));
        const auto to = std::to_string(r.below(4));
        const auto amount = r.between(1, 60);
        const auto id = e.new_id();
        const es::Repository<Requests, es::SimStore> requests{store};
        static_cast<void>(requests.execute(
            id.to_string(), Request{id.to_string(), from, to, amount}, {.command_id = id}));
    });
    sim.finally("as much money as before", [=] {
        const auto money = es::fold<Money>(store.inside());
        std::int64_t sum = 0;
        for (const auto& [id, amount] : money->of)
            sum += amount;
        return sum == 400;
    });
    sim.always("no account below zero", [=] {
        const auto money = es::fold<Money>(store.inside());
        for (const auto& [id, amount] : money->of)
            if (amount < 0)
                return false;
        return true;
    });
    sim.finally("everything was relayed, in order within each stream", [=] {
        const auto all = store.inside().read_all({.limit = 4096});
        std::map<std::string, std::size_t> seen;
        for (const auto& one : broker.delivered())
            ++seen[one.id.to_string()];
        for (const auto& record : all->records())
            if (seen[record.id.to_string()] == 0)
                return false;
        return true;
    });
}

} // namespace

TEST_CASE("Money is neither made nor lost") {
    const char* seeds = std::getenv("ES_SEEDS");
    const auto report =
        es::simulate({.seeds = seeds ? std::strtoull(seeds, nullptr, 10) : 20, .turns = 150}, bank);
    INFO(report.describe());
    CHECK(report);
    UNSCOPED_INFO(report.trace);
}
