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

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

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

/// What each account has, and of how many entries.
struct Money {
    using Event = es::EventsOf<Account>;
    struct State {
        std::map<std::string, std::int64_t> of;
        std::uint64_t entries = 0;
    };
    static void apply_event(State& s, const es::Recorded<Deposited>& e) {
        enter(s, e.stream.id(), e.event.amount);
    }
    static void apply_event(State& s, const es::Recorded<GivenBack>& e) {
        enter(s, e.stream.id(), e.event.amount);
    }
    static void apply_event(State& s, const es::Recorded<Withdrawn>& e) {
        enter(s, e.stream.id(), -e.event.amount);
    }

private:
    static void enter(State& s, std::string_view account, std::int64_t amount) {
        s.of[std::string(account)] += amount;
        ++s.entries;
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
                if (reader_.knows(record.type)) {
                    static_cast<void>(reader_.read(record, es::detail::ProjectOnto<Money>{money_}));
                    entries_.push_back(*record.position);
                }
            after_ = page->last_position ? page->last_position : after_;
            if (page->at_end)
                return money_;
        }
    }
    /// How many entries there are up to this position.
    [[nodiscard]] std::uint64_t entries_up_to(es::Position position) {
        static_cast<void>(now());
        const auto end = std::upper_bound(entries_.begin(), entries_.end(), position);
        return static_cast<std::uint64_t>(end - entries_.begin());
    }

private:
    es::MemoryStore store_;
    es::detail::FollowedReader<Money> reader_;
    Money::State money_;
    std::vector<es::Position> entries_;
    std::optional<es::Position> after_{};
};

/// Asks for a transfer, waits until the read model that others make holds everything up to that,
/// and looks at it. Returns whether it does (W1), also if it gives up waiting.
inline bool sees_what_it_waits_for(const es::SimStore& store, Ledger& ledger,
                                   const es::Environment& e) {
    const auto id = e.new_id();
    const es::Repository<Requests, es::SimStore> requests{store};
    const auto asked =
        requests.execute(id.to_string(), Request{id.to_string(), "0", "1", 1}, {.command_id = id});
    if (!asked || !asked->receipt || !asked->receipt->position)
        return true;
    es::Subscription<Money, es::SimStore> money{store, {}, e};
    if (!money.wait_for(*asked->receipt, es::within(std::chrono::seconds(1))))
        return true;
    const auto entries = money.view([](const Money::State& s) { return s.entries; });
    return entries >= ledger.entries_up_to(*asked->receipt->position);
}

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
        if (random.chance(0.5))
            return;
        const auto from = std::to_string(random.below(4));
        const auto to = std::to_string(random.below(4));
        const auto amount = random.between(1, 60);
        const auto id = e.new_id();
        const es::Repository<Requests, es::SimStore> requests{store};
        static_cast<void>(requests.execute(
            id.to_string(), Request{id.to_string(), from, to, amount}, {.command_id = id}));
    });

    const auto ledger = std::make_shared<Ledger>(store.inside());
    const auto sees = std::make_shared<bool>(true);
    sim.clients(1, [=](es::Random& random, const es::Environment& e) {
        if (random.chance(0.2))
            *sees = sees_what_it_waits_for(store, *ledger, e) && *sees;
    });
    sim.always("who has waited for an event sees it", [=] { return *sees; });
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
