// SPDX-License-Identifier: MIT
// Accounts and transfers between them: two aggregates that know nothing of each other. They need no
// store and no I/O.
#ifndef BANK_BANK_HPP
#define BANK_BANK_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace es = eventsourcing;

namespace bank {

using Money = std::int64_t;

// ---- An account holds money. It refuses to go below zero, and to take more than it may hold -----

struct Open {
    Money amount;
};
struct Withdraw {
    std::string transfer_id;
    Money amount;
};
struct Deposit {
    std::string transfer_id;
    Money amount;
};
/// Of what was withdrawn: it is never refused.
struct GiveBack {
    std::string transfer_id;
    Money amount;
};

struct Opened {
    Money amount;
};
struct Withdrawn {
    std::string transfer_id;
    Money amount;
};
struct Deposited {
    std::string transfer_id;
    Money amount;
};
struct GivenBack {
    std::string transfer_id;
    Money amount;
};

// ---- A transfer is requested, and accepted by the one who gets the money, or it expires ---------

enum class Outcome {
    paid,
    no_money,     ///< it was not withdrawn
    account_full, ///< it was given back
    not_accepted, ///< it was given back
};

struct Request {
    std::string transfer_id, from, to;
    Money amount;
};
struct Accept {};
struct Expire {};
struct End {
    Outcome outcome;
};

struct TransferRequested {
    std::string transfer_id, from, to;
    Money amount;
};
struct TransferAccepted {
    std::string transfer_id;
};
struct TransferExpired {
    std::string transfer_id;
};
struct TransferEnded {
    std::string transfer_id;
    Outcome outcome;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank", .version = "1.0"};
}

enum class Refusal {
    opened_already = 1,
    not_enough_money,
    account_is_full,
    requested_already,
    not_requested,
    answered_already,
    ended_already,
};

struct Account {
    using Command = std::variant<Open, Withdraw, Deposit, GiveBack>;
    using Event = std::variant<Opened, Withdrawn, Deposited, GivenBack>;
    struct State {
        Money amount = 0;
        es::Generation generation{};
    };
    static constexpr Money most = 150;

    static void apply_event(State& s, const Opened& e) { s.amount = e.amount; }
    static void apply_event(State& s, const Withdrawn& e) { s.amount -= e.amount; }
    static void apply_event(State& s, const Deposited& e) { s.amount += e.amount; }
    static void apply_event(State& s, const GivenBack& e) { s.amount += e.amount; }

    static es::Result<Opened> handle_command(const State& s, const Open& c) {
        if (s.generation != es::Generation{})
            return es::reject(Refusal::opened_already);
        return Opened{c.amount};
    }
    static es::Result<Withdrawn> handle_command(const State& s, const Withdraw& c) {
        if (c.amount > s.amount)
            return es::reject(Refusal::not_enough_money, c.transfer_id);
        return Withdrawn{c.transfer_id, c.amount};
    }
    static es::Result<Deposited> handle_command(const State& s, const Deposit& c) {
        if (s.amount + c.amount > most)
            return es::reject(Refusal::account_is_full, c.transfer_id);
        return Deposited{c.transfer_id, c.amount};
    }
    static GivenBack handle_command(const State&, const GiveBack& c) {
        return {c.transfer_id, c.amount};
    }
};

struct Transfer {
    using Command = std::variant<Request, Accept, Expire, End>;
    using Event = std::variant<TransferRequested, TransferAccepted, TransferExpired, TransferEnded>;
    struct State {
        std::string transfer_id;
        bool answered = false;
        std::optional<Outcome> outcome{};
        es::Generation generation{};
    };

    static void apply_event(State& s, const TransferRequested& e) { s.transfer_id = e.transfer_id; }
    static void apply_event(State& s, const TransferAccepted&) { s.answered = true; }
    static void apply_event(State& s, const TransferExpired&) { s.answered = true; }
    static void apply_event(State& s, const TransferEnded& e) { s.outcome = e.outcome; }

    static es::Result<TransferRequested> handle_command(const State& s, const Request& c) {
        if (!s.transfer_id.empty())
            return es::reject(Refusal::requested_already, c.transfer_id);
        return TransferRequested{c.transfer_id, c.from, c.to, c.amount};
    }
    // Of these two, the first one counts.
    static es::Result<TransferAccepted> handle_command(const State& s, const Accept&) {
        if (auto open = unanswered(s); !open)
            return open.error();
        return TransferAccepted{s.transfer_id};
    }
    static es::Result<TransferExpired> handle_command(const State& s, const Expire&) {
        if (auto open = unanswered(s); !open)
            return open.error();
        return TransferExpired{s.transfer_id};
    }
    static es::Result<TransferEnded> handle_command(const State& s, const End& c) {
        if (s.outcome)
            return es::reject(Refusal::ended_already, s.transfer_id);
        return TransferEnded{s.transfer_id, c.outcome};
    }

private:
    static es::Result<void> unanswered(const State& s) {
        if (s.transfer_id.empty())
            return es::reject(Refusal::not_requested);
        if (s.outcome)
            return es::reject(Refusal::ended_already, s.transfer_id);
        if (s.answered)
            return es::reject(Refusal::answered_already, s.transfer_id);
        return {};
    }
};

} // namespace bank

#endif
