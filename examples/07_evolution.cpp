// SPDX-License-Identifier: MIT
// An event has changed: the struct of today says how it is made of what was stored before, and a
// lock file, which a test compares, tells of a change that nobody meant.
//
// Prints:
//   before: {"amount":"12.50"}
//   now: 1250 cents
//   the older program stops: true
//   bank.deposited 2.0: field cents: int64 became int32 (stored values may not fit)
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/testing/schema_lock.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace bank {

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

struct Deposit {
    std::int64_t cents;
};
struct State {
    std::int64_t cents = 0;
    es::Generation generation{};
};

namespace older { // the program of last year
using bank::event_family;
struct Deposited {
    std::string amount;
};
struct Account {
    using Command = Deposit;
    using Event = Deposited;
    using State = bank::State;
    static void apply_event(State&, const Deposited&) {}
    static Deposited handle_command(const State&, const Deposit& c) {
        return {std::to_string(c.cents / 100) + "." + std::to_string(c.cents % 100)};
    }
};
} // namespace older

struct DepositedV1 { // as it was; only read
    static constexpr std::string_view event_type = "bank.deposited";
    std::string amount;
};
struct Deposited {
    static constexpr std::string_view event_type_version = "2.0";
    std::int64_t cents;

    static Deposited upcast(const DepositedV1& old) {
        return {std::llround(std::stod(old.amount) * 100)};
    }
};

struct Account {
    using Command = Deposit;
    using Event = Deposited;
    using State = bank::State;
    static void apply_event(State& s, const Deposited& e) { s.cents += e.cents; }
    static Deposited handle_command(const State&, const Deposit& c) { return {c.cents}; }
};

namespace changed { // someone changes a field and gives the event no new version
using bank::event_family;
struct Deposited {
    static constexpr std::string_view event_type_version = "2.0";
    std::int32_t cents;
    static Deposited upcast(const DepositedV1&) { return {0}; }
};
struct Account {
    using Command = Deposit;
    using Event = Deposited;
    using State = bank::State;
    static void apply_event(State& s, const Deposited& e) { s.cents += e.cents; }
    static es::Nothing handle_command(const State&, const Deposit&) { return es::nothing; }
};
} // namespace changed

} // namespace bank

int main() {
    using namespace bank;
    es::MemoryStore store;
    const es::StreamName stream("account-ann");
    if (!es::Dispatcher<older::Account, es::MemoryStore>{store}.dispatch(bank::State{},
                                                                         Deposit{1250}, stream))
        return 1;
    const auto page = store.read_stream(stream);
    if (!page)
        return 1;
    std::cout << "before: " << page->records().front().data << "\n";

    auto ann = es::load<Account>(store, stream); // each event goes through its upcasts
    if (!ann)
        return 1;
    std::cout << "now: " << ann->state.cents << " cents\n";

    if (!es::Dispatcher<Account, es::MemoryStore>{store}.dispatch(*ann, Deposit{5}, stream))
        return 1;
    const auto before = es::load<older::Account>(store, stream); // and writes nothing
    std::cout << "the older program stops: " << std::boolalpha
              << (before.error() == es::errc::unknown_version) << "\n";

    const std::string lock = std::filesystem::temp_directory_path() / "es_07_evolution.lock";
    if (!es::accept_schema<Account>(lock)) // by hand, once; under version control
        return 1;
    for (const auto& sentence : es::schema_matches<changed::Account>(lock).breaking()) // in a test
        std::cout << sentence << "\n";
    std::filesystem::remove(lock);
}
