// SPDX-License-Identifier: MIT
// The whole life of an aggregate: a repository loads it, decides, appends, and decides again when
// others were faster. A request that comes twice is executed once.
//
// Prints:
//   ann has 100
//   appended 1 to account-ann
//   ann has 70 after the payment
//   told twice: still 70, nothing appended
//   the account holds 70, not 500
//   100, then 70
#include <eventsourcing/eventsourcing.hpp>

#include <iostream>
#include <variant>

namespace es = eventsourcing;

namespace bank {

struct Deposit {
    int amount;
};
struct Pay {
    int amount;
};
struct Deposited {
    int amount;
};
struct Paid {
    int amount;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

/// Its streams are named account-<id>, for its own name; a `category` would name them otherwise.
struct Account {
    using Command = std::variant<Deposit, Pay>;
    using Event = std::variant<Deposited, Paid>;
    struct State {
        int balance = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Deposited& e) { s.balance += e.amount; }
    static void apply_event(State& s, const Paid& e) { s.balance -= e.amount; }

    static Deposited handle_command(const State&, const Deposit& c) { return {c.amount}; }
    static es::Result<Paid> handle_command(const State& s, const Pay& c) {
        if (c.amount > s.balance)
            return es::reject("the account holds {}, not {}", s.balance, c.amount);
        return Paid{c.amount};
    }
};

/// Any struct that has `on` for some of what es::Observer lists.
struct Printer {
    void on(const es::Appended& a) {
        if (a.receipt.first > es::Revision{0})
            std::cout << "appended " << a.events << " to " << a.stream << "\n";
    }
    void on(const es::ConflictRetried& c) { std::cout << "conflict in " << c.stream << "\n"; }
};

} // namespace bank

int main() {
    using namespace bank;
    const es::MemoryStore store;
    const es::Repository<Account, es::MemoryStore> accounts{
        store, {.cache = 1'000, .snapshot_every = 500, .observer = Printer{}}};

    const auto opened = accounts.execute("ann", Deposit{100});
    if (!opened)
        return 1;
    std::cout << "ann has " << opened->state.balance << "\n";

    // A request has an id, and may come twice: from an impatient user, or after a crash.
    const es::Uuid request = es::Environment{}.new_id();
    const auto paid = accounts.execute("ann", Pay{30}, {.command_id = request});
    if (!paid)
        return 1;
    std::cout << "ann has " << paid->state.balance << " after the payment\n";
    const auto again = accounts.execute("ann", Pay{30}, {.command_id = request});
    if (!again || !again->repeated)
        return 1;
    std::cout << "told twice: still " << again->state.balance << ", nothing appended\n";

    const auto refused = accounts.execute("ann", Pay{500});
    if (refused)
        return 1;
    std::cout << refused.error().message() << "\n";

    const auto before = accounts.load("ann", {.at = es::Revision{0}});
    const auto now = accounts.load("ann");
    if (!before || !now)
        return 1;
    std::cout << before->state.balance << ", then " << now->state.balance << "\n";
}
