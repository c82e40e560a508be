// SPDX-License-Identifier: MIT
// An earlier state: loading a stream up to one of its events.
//
// Prints:
//   now: 70
//   after event 1: 130
//   stream account-ann, revision 9: there is no such event; the last is 2
#include <eventsourcing/eventsourcing.hpp>

#include <iostream>
#include <variant>

namespace es = eventsourcing;

namespace bank {

struct Deposit {
    int amount;
};
struct Withdraw {
    int amount;
};
struct Deposited {
    int amount;
};
struct Withdrawn {
    int amount;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

struct Account {
    using Command = std::variant<Deposit, Withdraw>;
    using Event = std::variant<Deposited, Withdrawn>;
    struct State {
        int balance = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Deposited& e) { s.balance += e.amount; }
    static void apply_event(State& s, const Withdrawn& e) { s.balance -= e.amount; }

    static Deposited handle_command(const State&, const Deposit& c) { return {c.amount}; }
    static es::Result<Withdrawn> handle_command(const State& s, const Withdraw& c) {
        if (c.amount > s.balance)
            return es::reject("the account holds {}, not {}", s.balance, c.amount);
        return Withdrawn{c.amount};
    }
};

} // namespace bank

int main() {
    using namespace bank;
    es::MemoryStore store;
    const es::Repository<Account, es::MemoryStore> accounts{store};
    for (const Account::Command command :
         {Account::Command(Deposit{100}), Account::Command(Deposit{30}),
          Account::Command(Withdraw{60})})
        if (!accounts.execute("ann", command))
            return 1;
    const auto now = accounts.load("ann");
    if (!now)
        return 1;
    std::cout << "now: " << now->state.balance << "\n";

    const auto before = accounts.load("ann", {.at = es::Revision{1}});
    if (!before)
        return 1;
    std::cout << "after event 1: " << before->state.balance << "\n";

    const auto never = accounts.load("ann", {.at = es::Revision{9}});
    if (never)
        return 1;
    std::cout << never.error().message() << "\n";
}
