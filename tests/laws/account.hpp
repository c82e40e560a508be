// SPDX-License-Identifier: MIT
// The aggregate that the laws of repositories are tested with.
#ifndef EVENTSOURCING_TESTS_LAWS_ACCOUNT_HPP
#define EVENTSOURCING_TESTS_LAWS_ACCOUNT_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace bank {

namespace es = eventsourcing;

struct Deposit {
    std::int64_t amount = 0;
};
struct Withdraw {
    std::int64_t amount = 0;
};
/// Makes the account empty; nothing happens if it is.
struct Empty {};

/// Each event holds the balance that it was decided on.
struct Deposited {
    std::int64_t amount = 0;
    std::int64_t before = 0;
};
struct Withdrawn {
    std::int64_t amount = 0;
    std::int64_t before = 0;
};
struct Emptied {};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

enum class Refusal { not_enough, no_amount };

struct Account {
    using Command = std::variant<Deposit, Withdraw, Empty>;
    using Event = std::variant<Deposited, Withdrawn, Emptied>;
    struct State {
        std::int64_t balance = 0;
        /// Every amount so far, so that the order counts.
        std::string history{};
        es::Generation generation{};

        bool operator==(const State&) const = default;
    };

    static void apply_event(State& s, const Deposited& e) {
        s.balance += e.amount;
        s.history += "+" + std::to_string(e.amount);
    }
    static es::Result<void> apply_event(State& s, const Withdrawn& e) {
        s.balance -= e.amount; // also when it is refused: a state that is half changed
        if (s.balance < 0)
            return es::Error(es::errc::invalid, "an account is not overdrawn");
        s.history += "-" + std::to_string(e.amount);
        return {};
    }
    static void apply_event(State& s, const Emptied&) { s.history += "."; }

    static es::Result<Deposited> handle_command(const State& s, const Deposit& c) {
        if (c.amount == 0)
            return es::reject(Refusal::no_amount);
        return Deposited{c.amount, s.balance};
    }
    static es::Result<es::Events<Event>> handle_command(const State& s, const Withdraw& c) {
        if (c.amount > s.balance)
            return es::reject(Refusal::not_enough, "{} of {}", c.amount, s.balance);
        if (c.amount == s.balance)
            return {Withdrawn{c.amount, s.balance}, Emptied{}};
        return Withdrawn{c.amount, s.balance};
    }
    static es::Result<es::Events<Event>> handle_command(const State& s, const Empty&) {
        if (s.balance == 0)
            return es::nothing;
        return {Withdrawn{s.balance, s.balance}, Emptied{}};
    }
};

} // namespace bank

#endif
