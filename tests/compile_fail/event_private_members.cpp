// SPDX-License-Identifier: MIT
// What is private in an event is listed by the event itself.
// expect: es: an event is a plain struct: no constructors, no private members; or give this one a line
// expect: static void members(auto& self, auto&& member)
// expect: bank::Account, bank::Deposited
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/store/memory_store.hpp>

namespace es = eventsourcing;

namespace bank {
struct Deposit {
    int amount;
};
class Deposited {
public:
    Deposited() = default;
    explicit Deposited(int amount) : amount_(amount) {}
    [[nodiscard]] int amount() const { return amount_; }
#ifndef MUST_FAIL
    static void members(auto& self, auto&& member) { member("amount", self.amount_); }
#endif

private:
    int amount_ = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://bank.example"};
}
struct State {
    int balance = 0;
    es::Generation generation{};
};
struct Account {
    using Command = Deposit;
    using Event = Deposited;
    using State = bank::State;

    static void apply_event(State& s, const Deposited& e) { s.balance += e.amount(); }
    static Deposited handle_command(const State&, const Deposit& c) { return Deposited(c.amount); }
};
} // namespace bank

bool go(const es::MemoryStore& store) {
    es::Dispatcher<bank::Account, es::MemoryStore> accounts{store};
    return accounts.dispatch(bank::State{}, bank::Deposit{1}, "bank-1").has_value();
}
