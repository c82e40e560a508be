// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/testing/check_processes.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace transfers_bank;
using each_store::on_each_store;

// M1
TEST_CASE("What a process remembers is the fold of its stream, and react is not called for it") {
    on_each_store([](const auto& store, const auto& other) {
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        es::ProcessManager<Transfers, std::decay_t<decltype(store)>> first{
            store, es::from_beginning, at(bank.clock)};
        bank.request("1", "a", "b", 30);
        settle(first);
        const int before = Transfers::reactions;
        es::ProcessManager<Transfers, std::decay_t<decltype(store)>> second{
            other, es::from_beginning, at(bank.clock)};
        CHECK(second.state("1")->value().amount == 30);
        CHECK(second.state("2").value() == std::nullopt);
        settle(second);
        CHECK(Transfers::reactions == before);
    });
}

// M3
TEST_CASE("An input that is told again changes nothing") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        es::ProcessManager<Transfers, Store> first{store, es::from_beginning, at(bank.clock)};
        settle(first);
        const auto events = bank.count("process.transfers.step");
        CHECK(events == 3);
        // from the beginning, under another name
        es::ProcessManager<Transfers, Store> again{
            store, es::from_beginning,
            es::ProcessOptions{.name = "again", .environment = es::Environment(bank.clock)}};
        settle(again);
        CHECK(bank.count("process.transfers.step") == events);
        CHECK(bank.amount("b") == 30);
        CHECK(again.late() == 0);
    });
}
TEST_CASE("Where records have no positions a process knows how far it was told each stream") {
    es::detail::ProcessMemory<Transfers> memory;
    const auto input = [](const char* stream, std::uint64_t revision) {
        es::detail::StepInput out{.kind = "event"};
        out.stream = stream;
        out.revision = revision;
        return out;
    };
    memory.note(input("account-a", 3));
    CHECK(memory.knows(input("account-a", 3)));
    CHECK(memory.knows(input("account-a", 2)));
    CHECK_FALSE(memory.knows(input("account-a", 4)));
    CHECK_FALSE(memory.knows(input("account-b", 0)));
    memory.note(input("account-b", 0));
    CHECK(memory.knows(input("account-b", 0)));
    CHECK_FALSE(memory.knows(input("account-b", 1)));
    memory.note(input("account-a", 1)); // one that had waited
    CHECK(memory.knows(input("account-a", 3)));
}

// M13
TEST_CASE("Two runners do the work once") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 1000});
        es::ProcessManager<Transfers, Store> first{store, es::from_beginning, at(bank.clock)};
        es::ProcessManager<Transfers, Store> second{other, es::from_beginning, at(bank.clock)};
        for (int i = 0; i < 10; ++i) {
            bank.request(std::to_string(i), "a", i % 3 == 0 ? "b" : "c", 10);
            first.step();
            second.step();
            if (i % 2 == 0)
                second.step();
        }
        for (int i = 0; i < 60; ++i) {
            first.step();
            second.step();
            bank.clock.advance(1s);
        }
        CHECK(bank.amount("a") == 900);
        CHECK(bank.amount("b") == 40);
        CHECK(bank.amount("c") == 60);
        check_command_ids(bank, 20);
        CHECK(bank.count("process.transfers.step") == 30);
        CHECK(first.parked()->empty());
    });
}

// M14
TEST_CASE("Causation, correlation and trace context go on from the trigger to the last event") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        const es::Metadata given{.correlation_id = "request 7", .traceparent = trace};
        REQUIRE(bank.accounts.execute("a", Withdraw{"a", 1}, {.metadata = given}));
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.clock.advance(24h);
        settle(manager);
        std::vector<std::string> ids;
        std::vector<es::Metadata> all;
        bank.for_each([&](const es::EventRecord& record) {
            ids.push_back(record.id.to_string());
            all.push_back(*es::decode_metadata(record.metadata));
        });
        // of 7: the withdrawal, its step, that of the deadline, the deposit, and a step about that
        REQUIRE(all.size() == 7);
        std::size_t cause = 1;
        for (const std::size_t i : {3U, 4U, 5U, 6U}) {
            CHECK(all[i].causation_id == ids[std::exchange(cause, i)]);
            CHECK(all[i].correlation_id == "request 7");
            CHECK(all[i].traceparent == trace);
        }
    });
}

namespace {

struct Mail {
    using Command = std::variant<Request, Close>;
};
struct Greeter {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Mail>;
    struct State {
        int refused = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Mail>(e.to, Request{e.transfer_id, e.from, e.to, e.amount})};
    }
    static Reaction react(const State&, const es::Rejected<Request>& r) {
        return {es::send<Mail>(r.reason, Close{})};
    }
};
struct Sent {
    std::vector<std::string> ids;
    std::vector<es::Uuid> keys;
    std::optional<es::Error> next;
};
struct MailSender {
    Sent* sent;
    template <class C>
    es::Result<void> handle(const C&, const es::SentCommand& command) const {
        sent->ids.push_back(command.id);
        sent->keys.push_back(command.key);
        if (auto error = std::exchange(sent->next, std::nullopt))
            return *std::move(error);
        return {};
    }
};

} // namespace

// M4
TEST_CASE("A handler gets what is sent to no aggregate, with the same key each time") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "a", "c", 30);
        Sent sent;
        es::ProcessManager<Greeter, Store, MailSender> manager{store, es::from_beginning,
                                                               MailSender{&sent}, at(bank.clock)};
        sent.next = es::Error(es::errc::unavailable);
        settle(manager);
        CHECK(sent.ids == std::vector<std::string>{"b", "c"});
        bank.clock.advance(1min);
        settle(manager);
        REQUIRE(sent.ids == std::vector<std::string>{"b", "c", "b"});
        CHECK(sent.keys[0] == sent.keys[2]);
        CHECK(sent.keys[0] != sent.keys[1]);
        // what it rejects is an input
        sent.next = es::Error(es::errc::rejected, "moved");
        bank.request("3", "a", "d", 30);
        settle(manager);
        CHECK(sent.ids.back() == "moved");
        CHECK(manager.parked()->empty());
    });
}

TEST_CASE("A process manager keeps its progress beside a store that keeps none") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        const Bare<Store> bare(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        {
            es::ProcessManager<Transfers, Bare<Store>, es::NoHandler, Store> manager{
                bare, other, es::from_beginning, at(bank.clock)};
            settle(manager);
        }
        es::ProcessManager<Transfers, Bare<Store>, es::NoHandler, Store> again{
            bare, other, es::from_beginning, at(bank.clock)};
        settle(again);
        CHECK(bank.amount("b") == 30);
        CHECK(bank.count("process.transfers.step") == 3);
    });
}

namespace {

namespace later {

/// The process of this name with other code: a limit of an hour, and no end at a refusal.
struct Transfers : transfers_bank::Transfers {
    static Reaction react(const State& s, const Requested& e) {
        return {es::send<Account>(s.from, Withdraw{e.transfer_id, s.amount}),
                es::deadline<Expired>(1h)};
    }
    static Reaction react(const State& s, const Withdrawn& e) {
        return transfers_bank::Transfers::react(s, e);
    }
    static Reaction react(const State& s, const Deposited& e) {
        return transfers_bank::Transfers::react(s, e);
    }
    static Reaction react(const State&, const es::Rejected<Withdraw>&) { return es::nothing; }
    static Reaction react(const State&, const Expired&) { return {es::complete}; }
};

} // namespace later

} // namespace

// M12
TEST_CASE("check_processes lists where today's code would have reacted otherwise") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("c", Close{});
        bank.request("1", "a", "b", 30);
        bank.request("2", "a", "b", 500);
        bank.request("3", "a", "c", 20);
        es::ProcessManager<Transfers, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        const auto same = es::check_processes<transfers_bank::Transfers>(store);
        REQUIRE(same);
        CHECK(same->same());
        CHECK(same->report() == "9 steps, 0 of them would differ today\n");
        const auto other = es::check_processes<later::Transfers>(store);
        REQUIRE(other);
        // three limits, a refused withdrawal, and a refused deposit for which it has no react
        REQUIRE(other->differences.size() == 5);
        CHECK(other->differences[0].input == "event bank.requested");
        CHECK(other->report().find("process.transfers-2 revision 1, refusal withdraw\n"
                                   "    did:   complete\n"
                                   "    today: nothing\n") != std::string::npos);
        CHECK(other->report().find("today: it can't react: the process has no react for the "
                                   "refusal deposit") != std::string::npos);
    });
}
