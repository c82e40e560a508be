// SPDX-License-Identifier: MIT
// The whole life of an aggregate: a repository loads it, decides, appends, and decides again if
// others were faster. A request that comes twice is executed once.
//
// Prints:
//   account-ann: 1 event appended
//   account-ann: 1 event appended
//   ann pays 30 euros and has 70
//   the request comes again: nothing is appended, ann still has 70 euros
//   ann can't pay 500: the account holds 70 euros, not 500
//   after her first event ann had 100 euros
#include <eventsourcing/eventsourcing.hpp>

#include <iostream>
#include <variant>

namespace es = eventsourcing;

namespace bank {

struct Deposit {
    int euros;
};
struct Pay {
    int euros;
};
struct Deposited {
    int euros;
};
struct Paid {
    int euros;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

struct Account { // its streams are named account-<id>
    using Command = std::variant<Deposit, Pay>;
    using Event = std::variant<Deposited, Paid>;
    struct State {
        int euros = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Deposited& e) { s.euros += e.euros; }
    static void apply_event(State& s, const Paid& e) { s.euros -= e.euros; }

    static Deposited handle_command(const State&, const Deposit& c) { return {c.euros}; }
    static es::Result<Paid> handle_command(const State& s, const Pay& c) {
        if (c.euros > s.euros)
            return es::reject("the account holds {} euros, not {}", s.euros, c.euros);
        return Paid{c.euros};
    }
};

struct Log { // an observer: any struct with `on` for some of what es::Observer tells
    void on(const es::Appended& a) {
        std::cout << a.stream << ": " << a.events << " event appended\n";
    }
};

} // namespace bank

int main() {
    using namespace bank;
    const es::MemoryStore store;
    const es::Repository<Account, es::MemoryStore> accounts{
        store, {.cache = 1'000, .snapshot_every = 500, .observer = Log{}}};

    // A request may come twice, from an impatient user or after a crash. So it has an id.
    const es::Uuid request = es::Environment{}.new_id();
    const auto opened = accounts.execute("ann", Deposit{100});
    const auto paid = accounts.execute("ann", Pay{30}, {.command_id = request});
    const auto again = accounts.execute("ann", Pay{30}, {.command_id = request});
    const auto refused = accounts.execute("ann", Pay{500});
    const auto first = accounts.load("ann", {.at = es::Revision{0}});
    if (!opened || !paid || !again || !again->repeated || refused || !first)
        return 1;

    std::cout << "ann pays 30 euros and has " << paid->state.euros << "\n"
              << "the request comes again: nothing is appended, ann still has "
              << again->state.euros << " euros\n"
              << "ann can't pay 500: " << refused.error().message() << "\n"
              << "after her first event ann had " << first->state.euros << " euros\n";
}
