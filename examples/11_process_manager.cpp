// SPDX-License-Identifier: MIT
// A process waits for a payment, and reminds if none has come in two weeks. Its own stream holds
// what it was told and what it did about it: a restart forgets nothing and repeats nothing.
//
// Prints:
//   day 0: 0 reminders of invoice 1, 0 of invoice 2
//   day 15: 0 reminders of invoice 1, 1 of invoice 2
//   after a restart: 0 reminders of invoice 1, 1 of invoice 2
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/testing/settle.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <variant>

namespace es = eventsourcing;

struct Bill {};
struct Pay {};
struct Remind {};
struct Billed {};
struct Paid {};
struct Reminded {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

struct Invoice {
    using Command = std::variant<Bill, Pay, Remind>;
    using Event = std::variant<Billed, Paid, Reminded>;
    struct State {
        int reminders = 0;
        es::Generation generation{};
    };
    static void apply_event(State&, const Billed&) {}
    static void apply_event(State&, const Paid&) {}
    static void apply_event(State& s, const Reminded&) { ++s.reminders; }
    static Billed handle_command(const State&, const Bill&) { return {}; }
    static Paid handle_command(const State&, const Pay&) { return {}; }
    static Reminded handle_command(const State&, const Remind&) { return {}; }
};

struct PaymentDue {};
struct Dunning {
    using Event = es::EventsOf<Invoice>;    // those for which it has functions
    using Deadline = PaymentDue;            // what it may wait for
    using Reaction = es::Reaction<Invoice>; // the aggregates that it may send commands to
    struct State {                          // what it remembers
        std::string invoice;
    };
    static std::string process_id(const auto& e) { return std::string(e.stream.id()); }
    static void apply_event(State& s, const es::Recorded<Billed>& e) { s = {process_id(e)}; }
    static Reaction react(const State&, const Billed&) {
        return {es::deadline<PaymentDue>(std::chrono::days(14))};
    }
    static Reaction react(const State&, const Paid&) { return {es::complete}; }
    static Reaction react(const State& s, const PaymentDue&) {
        return {es::send<Invoice>(s.invoice, Remind{})};
    }
};

int main() {
    es::FixedEnvironment world; // its clock is moved by hand; without it all goes by the system's
    const es::MemoryStore store{world};
    const es::Repository<Invoice, es::MemoryStore> invoices{store};
    const auto show = [&](const char* when) {
        std::cout << when << ": " << invoices.load("1").value().state.reminders
                  << " reminders of invoice 1, " << invoices.load("2").value().state.reminders
                  << " of invoice 2\n";
    };
    es::ProcessManager<Dunning, es::MemoryStore> dunning{store, es::from_beginning};
    if (!invoices.execute("1", Bill{}) || !invoices.execute("2", Bill{}))
        return 1;
    es::settle(world, dunning); // a program has a thread: std::jthread t = es::follow(dunning);
    show("day 0");
    world.advance(std::chrono::days(10));
    if (!invoices.execute("1", Pay{}) || !es::settle(world, dunning))
        return 1;
    world.advance(std::chrono::days(5));
    es::settle(world, dunning);
    show("day 15");
    es::ProcessManager<Dunning, es::MemoryStore> restarted{store, es::from_beginning};
    es::settle(world, restarted);
    show("after a restart");
}
