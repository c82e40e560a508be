// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct TransferRequested {
    std::string transfer_id, from, to;
    std::int64_t amount;
};
struct RequestTransfer {
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
    using Command = RequestTransfer;
    using Event = TransferRequested;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const TransferRequested&) {}
    static TransferRequested handle_command(const State&, const RequestTransfer& c) {
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
    static es::Result<Deposited> handle_command(const State&, const Deposit& c) {
        if (c.amount == 13)
            return es::reject("thirteen");
        return Deposited{c.transfer_id, c.amount};
    }
};

struct Expired {};
struct Transfers {
    using Event = es::EventsOf<Requests, Account>;
    using StartedBy = TransferRequested;
    using Deadline = Expired;
    using Reaction = es::Reaction<Account>;
    struct State {
        std::string from, to;
        std::int64_t amount = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static void apply_event(State& s, const TransferRequested& e) { s = {e.from, e.to, e.amount}; }

    static Reaction react(const State& s, const TransferRequested& e) {
        return {es::send<Account>(s.from, Withdraw{e.transfer_id, s.amount}),
                es::deadline<Expired>(24h)};
    }
    static Reaction react(const State& s, const Withdrawn& e) {
        return {es::send<Account>(s.to, Deposit{e.transfer_id, s.amount})};
    }
    static Reaction react(const State&, const Deposited&) { return {es::complete}; }
    static Reaction react(const State&, const es::Rejected<Withdraw>&) { return {es::complete}; }
    static Reaction react(const State& s, const es::Rejected<Deposit>& r) {
        return {es::send<Account>(s.from, Deposit{r.command.transfer_id, s.amount + 1})};
    }
    static Reaction react(const State& s, const Expired&) {
        return {es::send<Account>("late", Deposit{"late", s.amount}), es::complete};
    }
};

struct World {
    es::FixedEnvironment clock{};
    es::MemoryStore store{clock};
    es::Repository<Account, es::MemoryStore> accounts{store};
    es::Repository<Requests, es::MemoryStore> requests{store};

    std::int64_t amount(const char* id) { return accounts.load(id)->state.amount; }
    template <class M>
    void settle(M& manager) {
        for (int i = 0; i < 100; ++i)
            if (manager.step().kind != es::Step::Kind::worked)
                return;
        FAIL("it does not settle");
    }
};

} // namespace

static_assert(es::Process<Transfers>);

TEST_CASE("A transfer withdraws, deposits and ends") {
    World world;
    REQUIRE(world.accounts.execute("a", Deposit{"open", 100}));
    es::ProcessManager<Transfers, es::MemoryStore> transfers{world.store, es::from_now};
    world.settle(transfers);
    REQUIRE(world.requests.execute("1", RequestTransfer{"1", "a", "b", 30}));
    world.settle(transfers);
    CHECK(world.amount("a") == 70);
    CHECK(world.amount("b") == 30);
    CHECK(transfers.parked()->empty());
    REQUIRE(world.requests.execute("2", RequestTransfer{"2", "a", "b", 1000}));
    world.settle(transfers);
    CHECK(world.amount("a") == 70);
    CHECK(transfers.parked()->empty());
    world.clock.advance(25h);
    world.settle(transfers);
    CHECK(world.amount("late") == 0);

    es::ProcessManager<Transfers, es::MemoryStore> other{world.store, es::from_beginning};
    world.settle(other);
    CHECK(world.amount("b") == 30);
}

TEST_CASE("A refused deposit gives the money back") {
    World world;
    REQUIRE(world.accounts.execute("a", Deposit{"open", 100}));
    es::ProcessManager<Transfers, es::MemoryStore> transfers{world.store, es::from_beginning};
    REQUIRE(world.requests.execute("1", RequestTransfer{"1", "a", "b", 13}));
    world.settle(transfers);
    CHECK(world.amount("a") == 101);
    CHECK(world.amount("b") == 0);
    CHECK(transfers.status().parked_keys == 0);
}

TEST_CASE("A deadline is told when it is due, and not after the process has ended") {
    World world;
    es::ProcessManager<Transfers, es::MemoryStore> transfers{world.store, es::from_beginning};
    REQUIRE(world.accounts.execute("a", Deposit{"open", 10}));
    REQUIRE(world.accounts.execute("b", Deposit{"open", 10}));
    // nothing is withdrawn yet: the command is not carried out before the inbox was read
    REQUIRE(world.requests.execute("1", RequestTransfer{"1", "a", "b", 5}));
    world.clock.advance(25h);
    world.settle(transfers);
    CHECK(world.amount("b") == 15);
    CHECK(world.amount("late") == 0);
    CHECK(transfers.step().next == std::nullopt);
}
