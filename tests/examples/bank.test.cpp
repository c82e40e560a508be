// SPDX-License-Identifier: MIT
#include "../examples/bank/bank.hpp"
#include "../examples/bank/audit.hpp"
#include "../examples/bank/transfers.hpp"

#include "catch.hpp"

#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/catch2.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>
#include <eventsourcing/testing/given.hpp>
#include <eventsourcing/testing/given_process.hpp>
#include <eventsourcing/testing/given_projection.hpp>
#include <eventsourcing/testing/settle.hpp>

#include <optional>
#include <string>
#include <utility>

using namespace bank;
using es::given, es::rejected;

namespace {

const TransferRequested requested{"t", "a", "b", 30};
const Withdrawn withdrawn{"t", 30};
const Deposited deposited{"t", 30};
const TransferAccepted accepted{"t"};
const TransferExpired expired{"t"};
const auto pay = es::send<Account>("b", Deposit{"t", 30});
const auto give_back = es::send<Account>("a", GiveBack{"t", 30});
auto end(Outcome outcome) {
    return es::send<Transfer>("t", End{outcome});
}

/// A bank with two accounts.
struct Branch {
    es::FixedEnvironment world;
    es::MemoryStore store{world};
    es::Repository<Account, es::MemoryStore> accounts{store};
    es::Repository<Transfer, es::MemoryStore> transfers{store};
    es::ProcessManager<Transfers, es::MemoryStore> running{store, es::from_beginning};

    Branch(Money a, Money b) {
        REQUIRE(accounts.execute("a", Open{a}));
        REQUIRE(accounts.execute("b", Open{b}));
    }
    void request() { REQUIRE(transfers.execute("t", Request{"t", "a", "b", 30})); }
    [[nodiscard]] bool settles() { return bool(es::settle(world, running)); }
    [[nodiscard]] std::string ended() const {
        const auto outcome = transfers.load("t").value().state.outcome;
        return outcome ? std::string(es::enum_name(*outcome)) : "open";
    }
    [[nodiscard]] Money in(const char* id) const { return accounts.load(id).value().state.amount; }
    [[nodiscard]] bool audited() const { return es::fold<Audit>(store).has_value(); }
};

/// As its transfer is told. (Built up, since g++ 12 takes a literal of it for uninitialised.)
template <class Command>
es::Rejected<Command> refused(Command command, std::string by, std::string why) {
    es::Rejected<Command> out;
    out.command = std::move(command);
    out.id = std::move(by);
    out.reason = std::move(why);
    return out;
}

} // namespace

TEST_CASE("A transfer takes the money, and pays it once it is accepted") {
    CHECK(given<Transfers>().when(requested).then(es::send<Account>("a", Withdraw{"t", 30}),
                                                  es::deadline<Unanswered>(patience)));
    CHECK(given<Transfers>(requested).when(withdrawn).then(es::nothing));
    CHECK(given<Transfers>(requested, withdrawn).when(accepted).then(pay));
    CHECK(given<Transfers>(requested).when(accepted).then(es::nothing));
    CHECK(given<Transfers>(requested, accepted).when(withdrawn).then(pay));
    CHECK(given<Transfers>(requested, accepted, withdrawn)
              .when(deposited)
              .then(end(Outcome::paid), es::complete));
}

TEST_CASE("A transfer that nobody accepts expires, and the money is given back") {
    CHECK(given<Transfers>(requested, withdrawn)
              .when(Unanswered{})
              .then(es::send<Transfer>("t", Expire{})));
    CHECK(given<Transfers>(requested, withdrawn).when(expired).then(give_back));
    CHECK(given<Transfers>(requested, expired).when(withdrawn).then(give_back));
    CHECK(given<Transfers>(requested, withdrawn, expired)
              .when(GivenBack{"t", 30})
              .then(end(Outcome::not_accepted), es::complete));
}

TEST_CASE("A transfer that an account refuses is ended, and the money given back") {
    CHECK(given<Transfers>(requested)
              .when(refused(Withdraw{"t", 30}, "a", "not enough money: t"))
              .then(end(Outcome::no_money), es::complete));
    CHECK(given<Transfers>(requested, withdrawn, accepted)
              .when(refused(Deposit{"t", 30}, "b", "account is full: t"))
              .then(give_back));
    CHECK(given<Transfers>(requested, withdrawn, accepted)
              .when(GivenBack{"t", 30})
              .then(end(Outcome::account_full), es::complete));
}

TEST_CASE("Of acceptance and expiry the first one counts") {
    CHECK(given<Transfer>(requested, accepted)
              .when(Expire{})
              .then(rejected(Refusal::answered_already)));
    CHECK(given<Transfer>(requested, expired)
              .when(Accept{})
              .then(rejected(Refusal::answered_already)));
    CHECK(given<Transfer>().when(Accept{}).then(rejected(Refusal::not_requested)));
    CHECK(given<Transfers>(requested, withdrawn, accepted)
              .when(refused(Expire{}, "t", "answered already: t"))
              .then(es::nothing));
}

TEST_CASE("Money goes from one account to the other, or stays where it is") {
    Branch paid(100, 100);
    paid.request();
    REQUIRE(paid.transfers.execute("t", Accept{}));
    CHECK(paid.settles());
    CHECK(paid.ended() == "paid");
    CHECK((paid.in("a") == 70 && paid.in("b") == 130 && paid.audited()));

    Branch poor(10, 100);
    poor.request();
    CHECK(poor.settles());
    CHECK(poor.ended() == "no_money");
    CHECK((poor.in("a") == 10 && poor.in("b") == 100 && poor.audited()));

    Branch full(100, 140);
    full.request();
    REQUIRE(full.transfers.execute("t", Accept{}));
    CHECK(full.settles());
    CHECK(full.ended() == "account_full");
    CHECK((full.in("a") == 100 && full.in("b") == 140 && full.audited()));

    Branch silent(100, 100);
    silent.request();
    CHECK(silent.settles());
    CHECK(silent.ended() == "open");
    CHECK((silent.in("a") == 70 && silent.audited()));
    silent.world.advance(patience);
    CHECK(silent.settles());
    CHECK(silent.ended() == "not_accepted");
    CHECK((silent.in("a") == 100 && silent.in("b") == 100 && silent.audited()));
}

TEST_CASE("The audit refuses what no bank may do") {
    const auto a = es::on("account-a", Opened{100});
    const auto b = es::on("account-b", Opened{140});
    const auto taken = es::on("account-a", withdrawn);
    const auto paid = es::on("account-b", Deposited{"t", 5});
    CHECK(given<Audit>(a, b, requested, taken).then([](const Audit::State& s) {
        return s.opened == 240 && s.in_accounts == 210 && s.on_the_way == 30;
    }));
    CHECK(given<Audit>(a, b, taken).then(rejected())); // nobody asked for it
    CHECK(given<Audit>(a, b, requested, taken, taken).then(rejected()));
    CHECK(given<Audit>(a, b, requested, taken, es::on("account-b", deposited)).then(rejected()));
    CHECK(given<Audit>(a, b, requested, accepted, taken, paid)
              .then(rejected(Broken::money_was_made_or_lost)));
    CHECK(given<Audit>(a, b, requested, accepted, taken, es::on("account-b", deposited))
              .then(rejected(Broken::account_holds_too_much)));
    CHECK(given<Audit>(es::on("account-a", Opened{20}), b, requested, taken)
              .then(rejected(Broken::below_zero)));
    CHECK(given<Audit>(requested, accepted, expired).then(rejected()));
    CHECK(given<Audit>(requested, TransferEnded{"t", Outcome::paid}).then(rejected()));
}
