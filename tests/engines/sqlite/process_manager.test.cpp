// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/check_processes.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/bank.hpp"
#include "laws/each_store.hpp"
#include "laws/planned_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace transfers_bank;
using each_store::on_each_store;

namespace {

template <class Store>
struct Bank {
    explicit Bank(Store its_store) : store(std::move(its_store)) {}

    Store store;
    es::FixedEnvironment clock{};
    es::Repository<Account, Store> accounts{store, {.environment = es::Environment(clock)}};
    es::Repository<Requests, Store> requests{store, {.environment = es::Environment(clock)}};

    template <class C>
    void account(const char* id, const C& command) {
        const auto done = accounts.execute(id, command);
        INFO((done ? std::string() : std::string(done.error().message())));
        REQUIRE(done);
    }
    void request(const std::string& id, const char* from, const char* to, std::int64_t amount) {
        REQUIRE(requests.execute(id, Request{id, from, to, amount}));
    }
    std::int64_t amount(const char* id) const { return accounts.load(id)->state.amount; }
    std::size_t count(std::string_view type) const {
        std::size_t n = 0;
        for_each([&](const es::EventRecord& record) { n += record.type == type ? 1U : 0U; });
        return n;
    }
    template <class F>
    void for_each(const F& f) const {
        for (es::AllRead which;;) {
            const auto page = store.read_all(which);
            REQUIRE(page);
            for (const es::EventRecord& record : *page)
                f(record);
            if (page->at_end)
                return;
            which.after = page->last_position;
        }
    }
};

template <class M>
void settle(M& manager) {
    for (int i = 0; i < 500; ++i)
        if (manager.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not settle");
}
es::ProcessOptions at(const es::FixedEnvironment& clock) {
    return {.environment = es::Environment(clock)};
}

/// A manager that is made anew whenever its store says that it is dead.
template <class P, class Store>
class Mortal {
public:
    Mortal(const planned::PlannedStore<Store>& store, const es::FixedEnvironment& clock)
        : store_(store),
          clock_(clock) {
        restart();
    }
    void restart() {
        manager_.emplace(store_, es::from_beginning,
                         es::ProcessOptions{.page_size = 3, .environment = clock_});
    }
    void settle() {
        for (int i = 0, quiet = 0; quiet < 2; ++i) {
            REQUIRE(i < 500);
            const auto step = manager_->step();
            if (std::exchange(store_.plan().dead, false)) {
                restart();
                quiet = 0;
            } else {
                quiet = step.kind == es::Step::Kind::worked ? 0 : quiet + 1;
            }
        }
    }

private:
    planned::PlannedStore<Store> store_;
    es::Environment clock_;
    std::optional<es::ProcessManager<P, planned::PlannedStore<Store>>> manager_{};
};

/// Each command that a process sent was carried out once.
template <class Store>
void check_command_ids(const Bank<Store>& bank, std::size_t commands) {
    std::map<std::string, int> ids;
    bank.for_each([&](const es::EventRecord& record) {
        const auto metadata = es::decode_metadata(record.metadata);
        if (!metadata->command_id.empty() && !metadata->causation_id.empty() &&
            record.type.substr(0, 8) != "process.")
            ++ids[metadata->command_id];
    });
    CHECK(ids.size() == commands);
    for (const auto& [id, times] : ids)
        CHECK(times == 1);
}

/// Three transfers, of which one works, one is refused and one is given back. Returns the calls.
template <class Store>
std::size_t transfer(const Store& inside, std::optional<std::size_t> dies_at, bool after) {
    Bank<Store> bank(inside);
    bank.account("a", Deposit{"-", 100});
    bank.account("b", Deposit{"-", 1});
    bank.account("c", Close{});
    bank.request("1", "a", "b", 30);
    bank.request("2", "a", "b", 500);
    bank.request("3", "a", "c", 20);
    const planned::PlannedStore<Store> store(inside);
    store.plan().dies_at = dies_at;
    store.plan().after_it_was_done = after;
    Mortal<Transfers, Store> manager(store, bank.clock);
    manager.settle();
    bank.clock.advance(25h);
    manager.settle();
    CHECK(bank.amount("a") == 70);
    CHECK(bank.amount("b") == 31);
    check_command_ids(bank, 4);
    CHECK(bank.count("process.transfers.step") == 9);
    CHECK(store.plan().deaths == (dies_at ? 1U : 0U));
    return store.plan().calls;
}

/// A reminder that is moved, one that is due, and one that is met while nobody runs.
template <class Store>
std::size_t remind(const Store& inside, std::optional<std::size_t> dies_at, bool after) {
    Bank<Store> bank(inside);
    const planned::PlannedStore<Store> store(inside);
    store.plan().dies_at = dies_at;
    store.plan().after_it_was_done = after;
    Mortal<Reminders, Store> manager(store, bank.clock);
    bank.account("a", Deposit{"-", 100});
    bank.account("a", Withdraw{"a", 1});
    manager.settle();
    bank.clock.advance(23h);
    manager.settle();
    bank.account("a", Withdraw{"a", 1}); // moves it
    manager.settle();
    bank.clock.advance(2h);
    manager.settle();
    CHECK(bank.amount("reminders") == 0); // 25 h after the first
    bank.clock.advance(23h);
    manager.settle();
    CHECK(bank.amount("reminders") == 1);
    bank.clock.advance(1000h);
    manager.settle();
    CHECK(bank.amount("reminders") == 1);
    bank.account("a", Withdraw{"a", 1});
    manager.settle(); // the deadline is known
    bank.clock.advance(1h);
    bank.account("a", Deposit{"a", 3}); // in time, and not read
    manager.restart();
    bank.clock.advance(100h);
    manager.settle();
    CHECK(bank.amount("reminders") == 1);
    check_command_ids(bank, 1);
    CHECK(store.plan().deaths == (dies_at ? 1U : 0U));
    return store.plan().calls;
}

template <class Run>
void die_everywhere(const Run& run) {
    const std::size_t calls = run(es::MemoryStore(), std::nullopt, false);
    CHECK(calls > 40);
    for (const bool after : {false, true})
        for (std::size_t dies_at = 0; dies_at < calls; ++dies_at) {
            INFO("call " << dies_at << " of " << calls << (after ? ", after" : ", before"));
            run(es::MemoryStore(), dies_at, after);
            if (dies_at % 16 == 0) {
                const each_store::File file;
                run(es::AnyStore(file.open()), dies_at, after);
            }
        }
}

} // namespace

// M1, M2, M4, M5
TEST_CASE("A transfer dies at any call, before or after it is done, and no money is lost or made") {
    die_everywhere([](const auto& store, auto dies_at, bool after) {
        return transfer(store, dies_at, after);
    });
}

// M6, M7
TEST_CASE("A reminder dies at any call, and is told once, in time, and not after it was met") {
    die_everywhere(
        [](const auto& store, auto dies_at, bool after) { return remind(store, dies_at, after); });
}

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
}

namespace {

struct Strict { // no react for a refusal
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Account>(e.from, Withdraw{e.transfer_id, e.amount}),
                es::send<Account>(e.to, Deposit{e.transfer_id, e.amount})};
    }
};

} // namespace

// M5
TEST_CASE("A refused command is an input once, and without react its process is parked with why") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 0);
        es::ProcessManager<Transfers, Store> transfers{store, es::from_beginning, at(bank.clock)};
        settle(transfers);
        es::ProcessManager<Transfers, Store> more{
            other, es::from_beginning,
            es::ProcessOptions{.name = "more", .environment = es::Environment(bank.clock)}};
        settle(more);
        CHECK(transfers.parked()->empty());
        CHECK(bank.count("process.transfers.step") == 2 + 3);

        es::ProcessManager<Strict, Store> strict{store, es::from_beginning, at(bank.clock)};
        settle(strict);
        const auto parked = strict.parked();
        REQUIRE(parked->size() == 1);
        CHECK((*parked)[0].key == "1");
        CHECK((*parked)[0].failure->find("account a refused the command: not enough money") !=
              std::string::npos);
        CHECK(strict.status().parked_keys == 1);
        // nothing behind it was carried out (M11), and what it waits for may come
        CHECK(bank.amount("b") == 0);
        bank.account("a", Deposit{"-", 100});
        CHECK(strict.release("1").value() == 0);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        CHECK(strict.release("1").error() == es::errc::not_found);
    });
}

// M7
TEST_CASE("A deadline waits for the grace, also after a restart") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        es::ProcessOptions options = at(bank.clock);
        options.grace = 1min;
        const auto due = bank.clock.time() + 24h;
        bank.account("a", Deposit{"-", 9});
        bank.account("a", Withdraw{"a", 1});
        {
            es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, options};
            settle(manager);
            const auto step = manager.step();
            REQUIRE(step.next);
            CHECK(*step.next - es::Environment(bank.clock).steady_now() ==
                  due + 1min - bank.clock.time());
        }
        bank.clock.advance(24h + 30s);
        es::ProcessManager<Reminders, Store> manager{other, es::from_beginning, options};
        settle(manager);
        CHECK(bank.amount("reminders") == 0);
        bank.clock.advance(30s);
        settle(manager);
        CHECK(bank.amount("reminders") == 1);
        CHECK(manager.step().next == std::nullopt);
    });
}

// M8
TEST_CASE("A process that fails is quarantined after its budget, and misses nothing") {
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        bank.account("a", Withdraw{"good", 1});
        bank.account("b", Deposit{"-", 100});
        bank.account("b", Withdraw{"bad", 2});
        bank.account("b", Withdraw{"good", 2});
        Reminders::fails_to_react = "bad";
        {
            es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
            settle(manager);
            CHECK(manager.state("good")->value().withdrawn == 3);
            CHECK(manager.parked()->size() == 2);
            for (int i = 0; i < 10; ++i) {
                bank.clock.advance(1min);
                settle(manager);
            }
            const int tried = Reminders::reactions;
            bank.clock.advance(24h * 7);
            settle(manager);
            CHECK(Reminders::reactions == tried); // quarantined
        }
        Reminders::fails_to_react.clear();
        bank.account("a", Withdraw{"bad", 4});
        es::ProcessManager<Reminders, Store> manager{other, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.parked()->size() == 3);
        CHECK(manager.state("bad").value() == std::nullopt);
        CHECK(manager.release("bad").value() == 0);
        CHECK(manager.state("bad")->value().withdrawn == 7);
        const auto page = store.read_stream("process.reminders-bad");
        std::string amounts;
        for (const es::EventRecord& record : *page)
            amounts += record.data.substr(record.data.find("amount") + 9, 1);
        CHECK(amounts == "124");
    });
}
TEST_CASE("An event whose process could not be named is told late, and not taken for told") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("b", Deposit{"-", 100});
        bank.account("a", Withdraw{"x", 1});
        Reminders::fails_to_name = "x";
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        Reminders::fails_to_name.clear();
        bank.account("b", Withdraw{"x", 2});
        settle(manager);
        CHECK(manager.state("x")->value().withdrawn == 2);
        CHECK(manager.release("stream account-a").value() == 0);
        CHECK(manager.state("x")->value().withdrawn == 3);
        CHECK(manager.release("stream account-a").error() == es::errc::not_found);
    });
}

// M8
TEST_CASE("A page with a quarantined process, others, and one that fails anew loses no input") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        Reminders::fails_to_react = "bad";
        bank.account("a", Withdraw{"bad", 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.account("a", Withdraw{"bad", 2});
        bank.account("a", Withdraw{"good", 1});
        Reminders::fails_to_name = "nobody";
        bank.account("b", Deposit{"-", 100});
        bank.account("b", Withdraw{"nobody", 1});
        settle(manager);
        Reminders::fails_to_react.clear();
        Reminders::fails_to_name.clear();
        CHECK(manager.release("bad").value() == 0);
        CHECK(manager.state("bad")->value().withdrawn == 3);
        CHECK(manager.release("stream account-b").value() == 0);
        CHECK(manager.state("nobody")->value().withdrawn == 1);
    });
}

// M9
TEST_CASE("A deadline that fails takes no turn from others, and the status says so") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"bad", 1});
        bank.account("a", Withdraw{"good", 1});
        settle(manager);
        Reminders::fails_to_remind = "bad";
        bank.clock.advance(24h);
        settle(manager);
        CHECK(bank.amount("reminders") == 1);
        CHECK(manager.status().failure->message.find("the deadline reminder of "
                                                     "process.reminders-bad") == 0);
        Reminders::fails_to_remind.clear();
        bank.clock.advance(1min);
        settle(manager);
        CHECK(bank.amount("reminders") == 2);
        CHECK_FALSE(manager.status().failure);
    });
}

// M10
TEST_CASE("After the end inputs are late, and only what starts a process begins it again") {
    on_each_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Deposit{"9", 1}); // begins none
        es::ProcessManager<Transfers, Store> manager{store, es::from_beginning, at(bank.clock)};
        bank.request("1", "a", "b", 30);
        settle(manager);
        CHECK(manager.state("9").value() == std::nullopt);
        CHECK(manager.late() == 0);
        bank.account("a", Deposit{"1", 5});
        settle(manager);
        CHECK(manager.late() == 1);
        CHECK(bank.amount("b") == 30);
        bank.request("1", "a", "b", 40);
        settle(manager);
        CHECK(bank.amount("b") == 70);
        CHECK(manager.state("1")->value().amount == 40);
    });
}

// M11
TEST_CASE("Commands are carried out in order, and who waits for one holds up nobody else") {
    on_each_store([](const auto& inside, const auto&) {
        using Store = std::decay_t<decltype(inside)>;
        const planned::PlannedStore<Store> store(inside);
        Bank bank(inside);
        bank.account("a", Deposit{"-", 100});
        bank.account("c", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 30);
        bool down = true;
        store.plan().refuse_append = [&](es::StreamNameView stream) -> std::optional<es::Error> {
            if (down && stream.str() == "account-a")
                return es::Error(es::errc::unavailable);
            return std::nullopt;
        };
        es::ProcessManager<Strict, planned::PlannedStore<Store>> manager{store, es::from_beginning,
                                                                         at(bank.clock)};
        settle(manager);
        CHECK(bank.amount("b") == 0);
        CHECK(bank.amount("d") == 30);
        down = false;
        bank.clock.advance(1min);
        settle(manager);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        CHECK(manager.parked()->empty());
    });
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

/// Has events, and keeps no progress.
template <class Store>
class Bare {
public:
    static constexpr es::Capabilities capabilities = Store::capabilities;
    template <std::same_as<Store> S>
    explicit Bare(S store) : store_(std::move(store)) {}

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        return store_.append(stream, expected, batch, condition, call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) const {
        return store_.append_unchecked(stream, batch, call);
    }
    es::Result<es::Page> read_stream(es::StreamNameView stream, const es::StreamRead& which = {},
                                     const es::CallOptions& call = {}) const {
        return store_.read_stream(stream, which, call);
    }
    es::Result<es::Page> read_all(const es::AllRead& which = {},
                                  const es::CallOptions& call = {}) const {
        return store_.read_all(which, call);
    }
    es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                     const es::CallOptions& call = {}) const {
        return store_.wait_for_append(after, call);
    }

private:
    Store store_;
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

TEST_CASE("An input costs the same, however many the process was told before") {
    const es::MemoryStore inside;
    const planned::PlannedStore store(inside);
    Bank bank(inside);
    bank.account("a", Deposit{"-", 1'000'000});
    es::ProcessManager<Reminders, planned::PlannedStore<es::MemoryStore>> manager{
        store, es::from_beginning, at(bank.clock)};
    settle(manager);
    const auto tell = [&](int inputs) {
        const auto read = store.plan().records_read;
        const auto calls = store.plan().calls;
        for (int i = 0; i < inputs; ++i) {
            bank.account("a", Withdraw{"a", 1});
            settle(manager);
        }
        return std::pair(store.plan().records_read - read, store.plan().calls - calls);
    };
    tell(10);
    const auto first = tell(100);
    tell(800);
    CHECK(tell(100) == first);
    CHECK(first.first <= 100);
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
