// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_BANK_HPP
#define TESTS_TESTING_SIMULATION_BANK_HPP

// Clients transfer money between accounts, some of which refuse to give or to take it.
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>

namespace simulated_bank {

namespace es = eventsourcing;

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
struct GiveBack {
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
struct GivenBack {
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
    using Command = std::variant<Withdraw, Deposit, GiveBack>;
    using Event = std::variant<Withdrawn, Deposited, GivenBack>;
    struct State {
        std::int64_t amount = 0;
        es::Generation generation{};
    };
    static constexpr std::int64_t most = 150;

    static void apply_event(State& s, const Withdrawn& e) { s.amount -= e.amount; }
    static void apply_event(State& s, const Deposited& e) { s.amount += e.amount; }
    static void apply_event(State& s, const GivenBack& e) { s.amount += e.amount; }
    static es::Result<Withdrawn> handle_command(const State& s, const Withdraw& c) {
        if (c.amount > s.amount)
            return es::reject("not enough money");
        return Withdrawn{c.transfer_id, c.amount};
    }
    static es::Result<Deposited> handle_command(const State& s, const Deposit& c) {
        if (s.amount + c.amount > most)
            return es::reject("too much money");
        return Deposited{c.transfer_id, c.amount};
    }
    static GivenBack handle_command(const State&, const GiveBack& c) {
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
    static Reaction react(const State&, const GivenBack&) { return {es::complete}; }
    static Reaction react(const State&, const es::Rejected<Withdraw>&) { return {es::complete}; }
    static Reaction react(const State& s, const es::Rejected<Deposit>& r) {
        return {es::send<Account>(s.from, GiveBack{r.command.transfer_id, s.amount})};
    }
};

/// What each account has.
struct Money {
    using Event = es::EventsOf<Account>;
    struct State {
        std::map<std::string, std::int64_t> of;
    };
    static void apply_event(State& s, const es::Recorded<Deposited>& e) {
        s.of[std::string(e.stream.id())] += e.event.amount;
    }
    static void apply_event(State& s, const es::Recorded<GivenBack>& e) {
        s.of[std::string(e.stream.id())] += e.event.amount;
    }
    static void apply_event(State& s, const es::Recorded<Withdrawn>& e) {
        s.of[std::string(e.stream.id())] -= e.event.amount;
    }
};

/// Reads what is new in a store since it was asked last: a check after each turn must be cheap.
class Ledger {
public:
    explicit Ledger(es::MemoryStore store) : store_(std::move(store)) {}

    [[nodiscard]] const Money::State& now() {
        for (;;) {
            const auto page = store_.read_all({.after = after_});
            if (!page)
                return money_;
            for (const es::EventRecord& record : page->records())
                if (reader_.knows(record.type))
                    static_cast<void>(reader_.read(record, es::detail::ProjectOnto<Money>{money_}));
            after_ = page->last_position ? page->last_position : after_;
            if (page->at_end)
                return money_;
        }
    }

private:
    es::MemoryStore store_;
    es::detail::FollowedReader<Money> reader_;
    Money::State money_;
    std::optional<es::Position> after_{};
};

inline void scenario(es::Simulation& sim) {
    auto store = sim.store();
    auto broker = sim.sink("broker");
    const es::Repository<Account, es::SimStore> accounts{store};
    for (const char* id : {"0", "1", "2", "3"})
        static_cast<void>(accounts.execute(id, Deposit{"open", 100}));

    sim.component([=](const es::Environment& e) {
        return es::ProcessManager<Transfers, es::SimStore>{store, es::from_beginning, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Subscription<Money, es::SimStore>{store, {}, e};
    });
    sim.component([=](const es::Environment& e) {
        return es::Relay<es::SimStore, es::SimSink>{store, broker, {.name = "out"}, e};
    });
    sim.clients(4, [=](es::Random& random, const es::Environment& e) {
        const auto from = std::to_string(random.below(4));
        const auto to = std::to_string(random.below(4));
        const auto amount = random.between(1, 60);
        const auto id = e.new_id();
        const es::Repository<Requests, es::SimStore> requests{store};
        static_cast<void>(requests.execute(
            id.to_string(), Request{id.to_string(), from, to, amount}, {.command_id = id}));
    });

    const auto ledger = std::make_shared<Ledger>(store.inside());
    sim.always("no account is below zero", [=] {
        for (const auto& [id, amount] : ledger->now().of)
            if (amount < 0)
                return false;
        return true;
    });
    sim.finally("there is as much money as before", [=] {
        std::int64_t sum = 0;
        for (const auto& [id, amount] : ledger->now().of)
            sum += amount;
        return sum == 400;
    });
}

} // namespace simulated_bank

#endif
