// SPDX-License-Identifier: MIT
// An event has changed. The struct of today says how it is made of what was stored before, and a
// test compares a lock file with the program, to find a change that nobody meant.
//
// Prints:
//   stored last year: {"amount":"12.50"}
//   read today: 1250 cents
//   bank.deposited 2.0: field cents: int64 became int32 (stored values may not fit)
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/testing/schema_lock.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace bank {

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

struct DepositedInEuros { // version 1.0, as last year's program stored it; only read
    static constexpr std::string_view event_type = "bank.deposited";
    std::string amount;
};
struct Deposited {
    static constexpr std::string_view event_type_version = "2.0";
    std::int64_t cents;

    static Deposited upcast(const DepositedInEuros& old) {
        return {std::llround(std::stod(old.amount) * 100)};
    }
};

struct ChangedInHaste { // a narrower field, and no new version
    static constexpr std::string_view event_type = "bank.deposited", event_type_version = "2.0";
    std::int32_t cents;

    static ChangedInHaste upcast(const DepositedInEuros& /*old*/) { return {}; }
};

struct Deposit {
    std::int64_t cents;
};
template <class E = Deposited>
struct Account {
    using Command = Deposit;
    using Event = E;
    struct State {
        std::int64_t cents = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const E& e) { s.cents += e.cents; }
    static E handle_command(const State&, const Deposit&) { return {}; }
};

} // namespace bank

int main() {
    using namespace bank;
    const es::MemoryStore store;
    const es::NewEvent last_year{.id = es::Environment{}.new_id(),
                                 .type = "bank.deposited",
                                 .version = "1.0",
                                 .content_type = "application/json",
                                 .data = R"({"amount":"12.50"})"};
    if (!store.append_unchecked("account-ann", es::EventBatch(std::span(&last_year, 1))))
        return 1;
    std::cout << "stored last year: " << last_year.data << "\n";

    const auto ann = es::load<Account<>>(store, "account-ann"); // through the upcast
    if (!ann)
        return 1;
    std::cout << "read today: " << ann->state.cents << " cents\n";

    const std::string lock = std::filesystem::temp_directory_path() / "es_07_evolution.lock";
    if (!es::accept_schema<Account<>>(lock)) // by hand; the file is under version control
        return 1;
    const auto verdict = es::schema_matches<Account<ChangedInHaste>>(lock); // in a test
    for (const std::string& sentence : verdict.breaking())
        std::cout << sentence << "\n";
    std::filesystem::remove(lock);
}
