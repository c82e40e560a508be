// SPDX-License-Identifier: MIT
// The process that carries out a transfer: it takes the money from one account, waits for an
// answer, and pays it to the other account, or gives it back.
#ifndef BANK_TRANSFERS_HPP
#define BANK_TRANSFERS_HPP

#include "bank.hpp"

#include <eventsourcing/runtime/process.hpp>

#include <chrono>
#include <string>

namespace bank {

/// How long a transfer waits to be accepted.
inline constexpr std::chrono::milliseconds patience{500};

struct Unanswered {}; // a deadline

struct Transfers {
    using Event = es::EventsOf<Transfer, Account>;
    using StartedBy = TransferRequested;
    using Deadline = Unanswered;
    using Reaction = es::Reaction<Account, Transfer>;

    enum class Answer { none, accepted, expired };
    struct State {
        std::string id, from, to;
        Money amount = 0;
        bool withdrawn = false;
        Answer answer = Answer::none;
    };

    static std::string process_id(const auto& e) { return e.event.transfer_id; }

    // What it remembers.

    static void apply_event(State& s, const TransferRequested& e) {
        s.id = e.transfer_id;
        s.from = e.from;
        s.to = e.to;
        s.amount = e.amount;
    }
    static void apply_event(State& s, const TransferAccepted&) { s.answer = Answer::accepted; }
    static void apply_event(State& s, const TransferExpired&) { s.answer = Answer::expired; }
    static void apply_event(State& s, const Withdrawn&) { s.withdrawn = true; }

    // What it does. The money and the answer may come in any order.

    static Reaction react(const State& s, const TransferRequested&) {
        return {es::send<Account>(s.from, Withdraw{s.id, s.amount}),
                es::deadline<Unanswered>(patience)};
    }
    static Reaction react(const State& s, const Unanswered&) {
        return {es::send<Transfer>(s.id, Expire{})};
    }
    static Reaction react(const State& s, const TransferAccepted&) { return pass_on(s); }
    static Reaction react(const State& s, const TransferExpired&) { return pass_on(s); }
    static Reaction react(const State& s, const Withdrawn&) { return pass_on(s); }
    static Reaction react(const State& s, const Deposited&) { return end(s, Outcome::paid); }
    static Reaction react(const State& s, const GivenBack&) {
        return end(s, s.answer == Answer::expired ? Outcome::not_accepted : Outcome::account_full);
    }

    // What becomes of a command that was refused.

    static Reaction react(const State& s, const es::Rejected<Withdraw>&) {
        return end(s, Outcome::no_money);
    }
    static Reaction react(const State& s, const es::Rejected<Deposit>&) {
        return {es::send<Account>(s.from, GiveBack{s.id, s.amount})};
    }
    static Reaction react(const State&, const es::Rejected<Expire>&) { // just accepted
        return es::nothing;
    }

private:
    static Reaction pass_on(const State& s) {
        if (!s.withdrawn || s.answer == Answer::none)
            return es::nothing;
        if (s.answer == Answer::accepted)
            return {es::send<Account>(s.to, Deposit{s.id, s.amount})};
        return {es::send<Account>(s.from, GiveBack{s.id, s.amount})};
    }
    static Reaction end(const State& s, Outcome outcome) {
        return {es::send<Transfer>(s.id, End{outcome}), es::complete};
    }
};

} // namespace bank

#endif
