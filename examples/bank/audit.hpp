// SPDX-License-Identifier: MIT
// A projection that folds all events, and refuses the first one that breaks a rule: it checks every
// prefix of what is stored, in a way of its own.
#ifndef BANK_AUDIT_HPP
#define BANK_AUDIT_HPP

#include "bank.hpp"

#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bank {

/// What no event may do.
enum class Broken {
    opened_twice = 1,
    not_requested_or_withdrawn_twice,
    not_accepted_or_deposited_twice,
    paid_or_given_back_twice,
    requested_twice,
    ends_otherwise_than_it_went,
    below_zero,
    account_holds_too_much,
    money_was_made_or_lost,
    answered_twice,
};

struct Audit {
    using Event = es::EventsOf<Account, Transfer>;

    enum class Stage { requested, withdrawn, deposited, given_back };
    enum class Answer { none, accepted, expired };
    struct Followed {
        std::string from, to;
        Money amount = 0;
        Stage stage = Stage::requested;
        Answer answer = Answer::none;
        bool ended = false;
    };
    struct State {
        std::map<std::string, Money> accounts;
        std::map<std::string, Followed> transfers;
        Money opened = 0;      // what was there at the beginning
        Money in_accounts = 0; // what is there now
        Money on_the_way = 0;  // withdrawn, and neither paid nor given back
        std::uint64_t events = 0;
    };

    static es::Result<void> apply_event(State& s, const es::Recorded<Opened>& e) {
        if (!s.accounts.emplace(e.stream.id(), e.event.amount).second)
            return es::reject(Broken::opened_twice);
        s.opened += e.event.amount;
        return moved(s, e, e.event.amount);
    }
    static es::Result<void> apply_event(State& s, const es::Recorded<Withdrawn>& e) {
        Followed& transfer = s.transfers[e.event.transfer_id];
        if (transfer.stage != Stage::requested || transfer.from != e.stream.id() ||
            transfer.amount != e.event.amount)
            return es::reject(Broken::not_requested_or_withdrawn_twice);
        transfer.stage = Stage::withdrawn;
        s.on_the_way += transfer.amount;
        s.accounts[transfer.from] -= e.event.amount;
        return moved(s, e, -e.event.amount);
    }
    static es::Result<void> apply_event(State& s, const es::Recorded<Deposited>& e) {
        Followed& transfer = s.transfers[e.event.transfer_id];
        if (transfer.stage != Stage::withdrawn || transfer.to != e.stream.id() ||
            transfer.answer != Answer::accepted)
            return es::reject(Broken::not_accepted_or_deposited_twice);
        transfer.stage = Stage::deposited;
        s.on_the_way -= transfer.amount;
        s.accounts[transfer.to] += e.event.amount;
        return moved(s, e, e.event.amount);
    }
    static es::Result<void> apply_event(State& s, const es::Recorded<GivenBack>& e) {
        Followed& transfer = s.transfers[e.event.transfer_id];
        if (transfer.stage != Stage::withdrawn || transfer.from != e.stream.id())
            return es::reject(Broken::paid_or_given_back_twice);
        transfer.stage = Stage::given_back;
        s.on_the_way -= transfer.amount;
        s.accounts[transfer.from] += e.event.amount;
        return moved(s, e, e.event.amount);
    }
    static es::Result<void> apply_event(State& s, const TransferRequested& e) {
        ++s.events;
        const bool is_new =
            s.transfers.emplace(e.transfer_id, Followed{e.from, e.to, e.amount}).second;
        return is_new ? es::Result<void>() : es::reject(Broken::requested_twice);
    }
    static es::Result<void> apply_event(State& s, const TransferAccepted& e) {
        return answered(s, e.transfer_id, Answer::accepted);
    }
    static es::Result<void> apply_event(State& s, const TransferExpired& e) {
        return answered(s, e.transfer_id, Answer::expired);
    }
    static es::Result<void> apply_event(State& s, const TransferEnded& e) {
        ++s.events;
        Followed& transfer = s.transfers[e.transfer_id];
        const Stage expected = e.outcome == Outcome::paid       ? Stage::deposited
                               : e.outcome == Outcome::no_money ? Stage::requested
                                                                : Stage::given_back;
        if (transfer.ended || transfer.stage != expected)
            return es::reject(Broken::ends_otherwise_than_it_went);
        transfer.ended = true;
        return {};
    }

    /// How many transfers have begun and not ended, of those whose ids begin with this.
    static std::size_t open(const State& s, std::string_view prefix) {
        std::size_t count = 0;
        for (const auto& [id, transfer] : s.transfers)
            count += id.starts_with(prefix) && !transfer.ended ? 1U : 0U;
        return count;
    }

private:
    /// After any event that moves money.
    static es::Result<void> moved(State& s, const auto& e, Money amount) {
        ++s.events;
        s.in_accounts += amount;
        const Money now = s.accounts.at(std::string(e.stream.id()));
        if (now < 0)
            return es::reject(Broken::below_zero);
        if (now > Account::most && amount > 0 && !gives_back(e))
            return es::reject(Broken::account_holds_too_much);
        if (s.in_accounts + s.on_the_way != s.opened)
            return es::reject(Broken::money_was_made_or_lost);
        return {};
    }
    static bool gives_back(const es::Recorded<GivenBack>&) { return true; }
    static bool gives_back(const auto&) { return false; }

    static es::Result<void> answered(State& s, const std::string& id, Answer answer) {
        ++s.events;
        Followed& transfer = s.transfers[id];
        if (transfer.answer != Answer::none || transfer.ended)
            return es::reject(Broken::answered_twice);
        transfer.answer = answer;
        return {};
    }
};

} // namespace bank

#endif
