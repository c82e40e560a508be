// SPDX-License-Identifier: MIT
// Accounts, and transfers between them by a process.
#ifndef EVENTSOURCING_TESTS_LAWS_BANK_HPP
#define EVENTSOURCING_TESTS_LAWS_BANK_HPP

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/events_of.hpp>
#include <eventsourcing/runtime/process.hpp>

#include "throw_or_skip.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace transfers_bank {

namespace es = eventsourcing;
using namespace std::chrono_literals;

struct Request {
    std::string transfer_id, from, to;
    std::int64_t amount = 0;
};
struct Requested {
    std::string transfer_id, from, to;
    std::int64_t amount = 0;
};
struct Withdraw {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct Deposit {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct Close {};
struct Withdrawn {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct Deposited {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct Closed {};
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
    using Command = std::variant<Withdraw, Deposit, Close>;
    using Event = std::variant<Withdrawn, Deposited, Closed>;
    struct State {
        std::int64_t amount = 0;
        bool closed = false;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Withdrawn& e) { s.amount -= e.amount; }
    static void apply_event(State& s, const Deposited& e) { s.amount += e.amount; }
    static void apply_event(State& s, const Closed&) { s.closed = true; }
    static es::Result<Withdrawn> handle_command(const State& s, const Withdraw& c) {
        if (c.amount > s.amount)
            return es::reject("not enough money");
        return Withdrawn{c.transfer_id, c.amount};
    }
    static es::Result<Deposited> handle_command(const State& s, const Deposit& c) {
        if (s.closed)
            return es::reject("closed");
        return Deposited{c.transfer_id, c.amount};
    }
    static Closed handle_command(const State&, const Close&) { return {}; }
};

struct Expired {};

/// What was withdrawn is deposited, or given back.
struct Transfers {
    using Event = es::EventsOf<Requests, Account>;
    using StartedBy = Requested;
    using Deadline = Expired;
    using Reaction = es::Reaction<Account>;
    struct State {
        std::string from, to;
        std::int64_t amount = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static void apply_event(State& s, const Requested& e) { s = {e.from, e.to, e.amount}; }

    static Reaction react(const State& s, const Requested& e) {
        ++reactions;
        return {es::send<Account>(s.from, Withdraw{e.transfer_id, s.amount}),
                es::deadline<Expired>(24h)};
    }
    static Reaction react(const State& s, const Withdrawn& e) {
        return {es::send<Account>(s.to, Deposit{e.transfer_id, s.amount})};
    }
    static Reaction react(const State&, const Deposited&) { return {es::complete}; }
    static Reaction react(const State&, const es::Rejected<Withdraw>&) { return {es::complete}; }
    static Reaction react(const State& s, const es::Rejected<Deposit>& r) {
        return {es::send<Account>(s.from, Deposit{r.command.transfer_id, s.amount})};
    }
    static Reaction react(const State&, const Expired&) { return {es::complete}; }

    static inline int reactions = 0; // to requests
};

struct Reminder {};

/// Reminds an account, whose process is its own name, 24 hours after its last withdrawal: by a
/// deposit of 1. It never ends.
struct Reminders {
    using Event = es::EventsOf<Account>;
    using Deadline = Reminder;
    using Reaction = es::Reaction<Account>;
    struct State {
        std::int64_t withdrawn = 0;
        std::string account;
    };
    static std::string process_id(const auto& e) {
        if (fails_to_name == e.event.transfer_id)
            throw_or_skip(1);
        return e.event.transfer_id;
    }
    static void apply_event(State& s, const es::Recorded<Withdrawn>& e) {
        s.withdrawn += e.event.amount;
        s.account = e.event.transfer_id;
    }
    static Reaction react(const State& s, const Withdrawn&) {
        ++reactions;
        if (s.account == fails_to_react)
            throw_or_skip(2);
        return {es::deadline<Reminder>(24h)};
    }
    static Reaction react(const State&, const Deposited&) { return {es::cancel<Reminder>}; }
    static Reaction react(const State& s, const Reminder&) {
        ++reminders;
        if (s.account == fails_to_remind)
            throw_or_skip(3);
        return {es::send<Account>("reminders", Deposit{"-", 1})};
    }

    static inline std::string fails_to_name, fails_to_react, fails_to_remind;
    static inline int reactions = 0, reminders = 0;
};

} // namespace transfers_bank

#endif
