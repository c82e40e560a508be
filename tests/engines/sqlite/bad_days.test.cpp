// SPDX-License-Identifier: MIT
// Bad days of read models, relays and processes: each has a status that says so, loses and doubles
// nothing, and goes on when its cause is gone.
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/text_observer.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "engines/sqlite/support.hpp"
#include "laws/each_store.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

using namespace transfers_bank;
using each_store::on_any_store;

namespace {

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
/// Why it does not go on; printed by `-s`.
template <class Runner>
std::string why(const Runner& runner) {
    const auto status = runner.status();
    REQUIRE(status.failure);
    std::string message = status.failure->message;
    UNSCOPED_INFO(message);
    return message;
}

namespace older {
struct Totals {
    using Event = es::EventsOf<Account>;
    struct State {
        std::int64_t deposited = 0;
    };
    static void apply_event(State& s, const Deposited& e) { s.deposited += e.amount; }
};
} // namespace older

/// A later program, in which a deposit has a currency and the State of `Totals` two sums.
namespace newer {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank", .version = "1.0"};
}
struct Deposited {
    static constexpr std::string_view event_type_version = "2.0";
    std::string transfer_id;
    std::int64_t amount = 0;
    std::string currency;
    static Deposited upcast(const transfers_bank::Deposited& old) {
        return {old.transfer_id, old.amount, "EUR"};
    }
};
struct Account {
    using Command = std::variant<Withdraw, Deposit, Close>;
    using Event = std::variant<Withdrawn, Deposited, Closed>;
    struct State {
        std::int64_t amount = 0;
        es::Generation generation{};
    };
    static constexpr std::string_view category = "account";
    static void apply_event(State& s, const Withdrawn& e) { s.amount -= e.amount; }
    static void apply_event(State& s, const Deposited& e) { s.amount += e.amount; }
    static void apply_event(State&, const Closed&) {}
    static Withdrawn handle_command(const State&, const Withdraw& c) {
        return {c.transfer_id, c.amount};
    }
    static Deposited handle_command(const State&, const Deposit& c) {
        return {c.transfer_id, c.amount, "CHF"};
    }
    static Closed handle_command(const State&, const Close&) { return {}; }
};
struct Totals {
    using Event = es::EventsOf<Account>;
    struct State {
        std::int64_t deposited = 0;
        std::int64_t withdrawn = 0;
    };
    static es::Result<void> apply_event(State& s, const Deposited& e) {
        if (fails)
            return es::Error(es::errc::invalid, "not now");
        s.deposited += e.amount;
        return {};
    }
    static void apply_event(State& s, const Withdrawn& e) { s.withdrawn += e.amount; }

    static inline bool fails = false;
};
/// The process of this name, which counts deposits by currency.
struct Reminders {
    using Event = es::EventsOf<Account>;
    using Deadline = Reminder;
    using Reaction = es::Reaction<Account>;
    struct State {
        std::int64_t withdrawn = 0;
        std::string currencies;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static void apply_event(State& s, const Withdrawn& e) { s.withdrawn += e.amount; }
    static es::Result<void> apply_event(State& s, const Deposited& e) {
        if (fails)
            return es::Error(es::errc::invalid, "not now");
        s.currencies += e.currency;
        return {};
    }
    static Reaction react(const State&, const Withdrawn&) { return {es::deadline<Reminder>(24h)}; }
    static Reaction react(const State&, const Deposited&) { return {es::cancel<Reminder>}; }
    static Reaction react(const State&, const Reminder&) { return es::nothing; }

    static inline bool fails = false;
};
} // namespace newer

template <class Store>
auto totals(const es::Subscription<older::Totals, Store>& subscription) {
    std::int64_t sum = 0;
    subscription.view([&](const auto& state) { sum = state.deposited; });
    return sum;
}
template <class Store>
std::pair<std::int64_t, std::int64_t>
totals(const es::Subscription<newer::Totals, Store>& subscription) {
    std::pair<std::int64_t, std::int64_t> sums;
    subscription.view([&](const auto& state) { sums = {state.deposited, state.withdrawn}; });
    return sums;
}

/// A deposit of the later program.
template <class Store>
void deposit_later(const Bank<Store>& bank, const char* account, const char* process) {
    const es::Repository<newer::Account, Store> accounts{
        bank.store, {.environment = es::Environment(bank.clock)}};
    REQUIRE(accounts.execute(account, Deposit{process, 1}));
}

} // namespace

TEST_CASE("A projection whose State changed under its name is built beside the old one") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"-", 30});
        es::Subscription<older::Totals, Store> old{store};
        settle(old);
        es::Subscription<newer::Totals, Store> now{other};
        CHECK(totals(now) == std::pair<std::int64_t, std::int64_t>(0, 0));
        settle(now);
        CHECK(now.status().state == es::SubscriptionState::live);
        CHECK(totals(now) == std::pair<std::int64_t, std::int64_t>(100, 30));
        bank.account("a", Deposit{"-", 5});
        settle(old); // a rolling deployment: it goes on
        settle(now);
        CHECK(totals(old) == 105);
        CHECK(totals(now) == std::pair<std::int64_t, std::int64_t>(105, 30));
        CHECK(store.list_progress()->size() == 2);
    });
}
TEST_CASE("A stored State that can't be read stops its projection, and a rebuild makes it again") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        {
            es::Subscription<older::Totals, Store> before{store};
            settle(before);
        }
        const auto [key, stored] = store.list_progress()->front();
        es::ProgressCommit damage{.key = key, .loaded = stored, .next = stored};
        ++damage.next.fence;
        damage.rows.push_back({"", R"({"deposited":"many"})"});
        REQUIRE(store.commit_progress(damage));
        es::Subscription<older::Totals, Store> subscription{store};
        CHECK(subscription.step().kind == es::Step::Kind::stopped);
        const auto message = why(subscription);
        CHECK(has(message, "the stored State of totals (a rebuild makes it again): $.deposited: "));
        const auto shown = store.list_progress()->front().second; // to other processes
        CHECK(shown.status == "stopped");
        REQUIRE(shown.failure);
        CHECK(shown.failure->message == message);
        REQUIRE(subscription.rebuild());
        subscription.resume();
        settle(subscription);
        CHECK(subscription.status().state == es::SubscriptionState::live);
        CHECK_FALSE(subscription.status().failure);
        CHECK(totals(subscription) == 100);
    });
}

// V7
TEST_CASE("An older program waits at an event of a later version, parks nothing, and goes on") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"a", 100});
        deposit_later(bank, "b", "b");
        bank.account("c", Deposit{"c", 7});
        es::Subscription<older::Totals, Store> old{
            store, {.on_failure = es::OnFailure::park, .environment = es::Environment(bank.clock)}};
        es::ProcessManager<Reminders, Store> reminders{store, es::from_beginning, at(bank.clock)};
        es::Relay relay{
            store, es::MemoryStore(), {.name = "out", .environment = es::Environment(bank.clock)}};
        for (int i = 0; i < 5; ++i) {
            settle(old);
            settle(reminders);
            bank.clock.advance(1h);
        }
        for (const auto& status : {old.status(), reminders.status()}) {
            CHECK(status.state == es::SubscriptionState::waiting);
            CHECK(status.parked_keys == 0);
            CHECK(status.failure->attempts >= 3);
            CHECK(status.failure->stream->str() == "account-b");
        }
        const auto message = why(old);
        CHECK(has(message, "stream account-b, revision 0"));
        CHECK(has(message, "bank.deposited"));
        CHECK(has(message, "2.0"));
        CHECK(has(why(reminders), "2.0"));
        CHECK(totals(old) == 100);
        CHECK(reminders.parked()->empty());
        CHECK(reminders.state("c").value() == std::nullopt);
        settle(relay); // it hands over what it need not understand
        CHECK(relay.status().state == es::SubscriptionState::live);

        // the later program takes over
        es::Subscription<newer::Totals, Store> now{other};
        settle(now);
        CHECK(totals(now).first == 108);
        es::ProcessManager<newer::Reminders, Store> later{other, es::from_beginning,
                                                          at(bank.clock)};
        settle(later);
        CHECK(later.status().state == es::SubscriptionState::live);
        CHECK(later.state("a")->value().currencies == "EUR"); // told to the older one
        CHECK(later.state("b")->value().currencies == "CHF");
        CHECK(later.state("c")->value().currencies == "EUR");
        CHECK(bank.count("process.reminders.step") == 3);
    });
}

// V4
TEST_CASE("Projections, inputs, memories and parked events of older versions are upcast") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"a", 100});
        newer::Totals::fails = newer::Reminders::fails = true;
        es::Subscription<newer::Totals, Store> now{store, {.on_failure = es::OnFailure::park}};
        es::ProcessManager<newer::Reminders, Store> later{store, es::from_beginning,
                                                          at(bank.clock)};
        settle(now);
        settle(later);
        CHECK(now.parked()->size() == 1);
        CHECK(later.parked()->size() == 1);
        newer::Totals::fails = newer::Reminders::fails = false;
        CHECK(now.replay("account-a").value() == 0);
        CHECK(later.release("a").value() == 0);
        CHECK(totals(now).first == 100);
        CHECK(later.state("a")->value().currencies == "EUR");
        es::ProcessManager<newer::Reminders, Store> again{other, es::from_beginning,
                                                          at(bank.clock)};
        CHECK(again.state("a")->value().currencies == "EUR"); // of what its step has
        CHECK(es::fold<newer::Totals>(store)->deposited == 100);
    });
}

TEST_CASE("A store that is closed stops relays and processes, which go on when it is opened") {
    const sqlite_tests::Folder folder;
    const es::MemoryStore to;
    {
        auto store = sqlite_tests::open_store(folder / "bank.db");
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        es::ProcessManager<Transfers, es::SqliteStore> transfers{store, es::from_beginning};
        es::Relay relay{store, to, {.name = "out"}};
        transfers.step();
        relay.step();
        store.close();
        CHECK(transfers.step().kind == es::Step::Kind::stopped);
        CHECK(relay.step().kind == es::Step::Kind::stopped);
        CHECK(has(why(transfers), "closed"));
        CHECK(has(why(relay), "closed"));
    }
    const auto store = sqlite_tests::open_store(folder / "bank.db");
    const Bank bank(store);
    es::ProcessManager<Transfers, es::SqliteStore> transfers{store, es::from_beginning};
    es::Relay relay{store, to, {.name = "out"}};
    settle(transfers);
    settle(relay);
    CHECK(transfers.status().state == es::SubscriptionState::live);
    CHECK(bank.amount("a") == 70);
    CHECK(bank.amount("b") == 30);
    CHECK(to.head()->value() == store.head()->value()); // each event once
}

TEST_CASE("A checkpoint of another store stops relays and processes, with both ids and a way out") {
    const es::MemoryStore right;
    const es::MemoryStore wrong;
    const es::MemoryStore beside;
    const es::MemoryStore to;
    using Manager = es::ProcessManager<Transfers, es::MemoryStore, es::NoHandler, es::MemoryStore>;
    using Out = es::Relay<es::MemoryStore, es::MemoryStore, es::MemoryStore>;
    Bank bank(right);
    Bank other(wrong);
    for (auto* const each : {&bank, &other}) {
        each->account("a", Deposit{"-", 100});
        each->request("1", "a", "b", 30);
    }
    {
        Manager transfers{right, beside, es::from_beginning};
        Out relay{right, to, beside, {.name = "out"}};
        settle(transfers);
        settle(relay);
    }
    Manager transfers{wrong, beside, es::from_beginning};
    Out relay{wrong, to, beside, {.name = "out"}};
    CHECK(transfers.step().kind == es::Step::Kind::stopped);
    CHECK(relay.step().kind == es::Step::Kind::stopped);
    for (const std::string& message : {why(transfers), why(relay)}) {
        CHECK(has(message, right.store_id()->to_string()));
        CHECK(has(message, wrong.store_id()->to_string()));
        CHECK(has(message, "under another .name"));
    }
    CHECK(other.amount("b") == 0);
    Manager anew{wrong, beside, es::from_beginning, {.name = "transfers of the other"}};
    settle(anew);
    CHECK(other.amount("b") == 30);
    Manager as_before{right, beside, es::from_beginning}; // the cause is gone
    settle(as_before);
    CHECK(as_before.status().state == es::SubscriptionState::live);
    CHECK(bank.amount("b") == 30);
}

namespace {

/// Refuses an account for as long as it is told to.
struct Gate {
    std::string closed_to;
    es::MemoryStore behind{};
};
class GateSink {
public:
    static constexpr es::Capabilities capabilities{};
    explicit GateSink(Gate& gate) : gate_(&gate) {}
    es::Result<void> append_unchecked(es::StreamNameView stream,
                                      const es::EventBatch& batch) const {
        if (stream.str() == gate_->closed_to)
            return es::Error(es::errc::denied, "no right to write here");
        auto done = gate_->behind.append_unchecked(stream, batch);
        return done ? es::Result<void>() : es::Result<void>(std::move(done).error());
    }

private:
    Gate* gate_;
};

} // namespace

// L7
TEST_CASE("A sink that refuses for good stops a relay, which goes on when it is let in") {
    on_any_store([](const auto& store, const auto&) {
        Bank bank(store);
        bank.account("a", Deposit{"-", 1});
        bank.account("b", Deposit{"-", 2});
        bank.account("c", Deposit{"-", 3});
        Gate gate{"account-b"};
        es::Relay relay{store, GateSink(gate), {.name = "out"}};
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::stopped);
        const auto message = why(relay);
        CHECK(has(message, "no right to write here"));
        CHECK(relay.status().failure->stream->str() == "account-b");
        CHECK(gate.behind.head()->value() == es::Position{1});
        gate.closed_to.clear();
        relay.resume();
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::live);
        CHECK_FALSE(relay.status().failure);
        CHECK(gate.behind.head()->value() == es::Position{3});
    });
}

TEST_CASE("A clock that is set back by a day delays deadlines, and nothing else") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        const es::MemoryStore to;
        es::Subscription<older::Totals, Store> subscription{
            store, {.environment = es::Environment(bank.clock)}};
        es::Relay relay{store, to, {.name = "out", .environment = es::Environment(bank.clock)}};
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        const auto all = [&] {
            settle(manager);
            settle(subscription);
            settle(relay);
        };
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"a", 1});
        all();
        bank.clock.advance(23h);
        all();
        bank.clock.advance(-24h);
        bank.account("b", Deposit{"-", 5});
        CHECK(subscription.status().lag == std::chrono::nanoseconds(0)); // and not below
        all();
        CHECK(totals(subscription) == 105);
        CHECK(to.head()->value() == store.head()->value());
        for (const auto& status : {subscription.status(), relay.status(), manager.status()}) {
            CHECK(status.state == es::SubscriptionState::live);
            CHECK(status.lag == std::chrono::nanoseconds(0));
            CHECK(status.behind == 0U);
        }
        CHECK(bank.amount("reminders") == 0);
        // a program that begins by that clock
        es::ProcessManager<Reminders, Store> second{other, es::from_beginning, at(bank.clock)};
        settle(second);
        const auto wake = second.step().next;
        REQUIRE(wake);
        CHECK(*wake - es::Environment(bank.clock).steady_now() == 25h);
        bank.clock.advance(24h + 59min);
        all();
        settle(second);
        CHECK(bank.amount("reminders") == 0);
        bank.clock.advance(1min);
        all();
        settle(second);
        CHECK(bank.amount("reminders") == 1);
        bank.clock.advance(100h);
        all();
        settle(second);
        CHECK(bank.amount("reminders") == 1);
    });
}

namespace {

/// What sends to accounts today will send to requests, and no more to accounts.
namespace later {
struct Strict {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Requests>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested&) { return es::nothing; }
};
} // namespace later

struct Postcards {
    using Command = Request;
};
struct Poster {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Postcards>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Postcards>(e.to, Request{e.transfer_id, e.from, e.to, e.amount})};
    }
};
struct Post {
    std::vector<std::string> sent;
    std::string unknown;
};
struct PostOffice {
    Post* post;
    es::Result<void> handle(const Request&, const es::SentCommand& command) const {
        if (command.id == post->unknown)
            return es::Error(es::errc::invalid, "no such address");
        post->sent.push_back(command.id);
        return {};
    }
};

} // namespace

TEST_CASE("A process whose target is not sent to any more is parked, and goes on when it is") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        {
            es::ProcessManager<later::Strict, Store> later{other, es::from_beginning,
                                                           at(bank.clock)};
            // the step of the older program, which ended before it had sent anything
            es::detail::ProcessInbox<Strict, Store> inbox{
                std::make_shared<es::detail::ProcessTeller<Strict, Store>>(
                    store, es::Environment(bank.clock))};
            const auto page = store.read_stream("requests-1");
            REQUIRE(inbox.handle_parked(page->records().front(), "1", {}));
            settle(later);
            CHECK(later.status().state == es::SubscriptionState::live);
            const auto parked = later.parked();
            REQUIRE(parked->size() == 1);
            CHECK((*parked)[0].key == "1");
            INFO(*(*parked)[0].failure);
            CHECK(has(*(*parked)[0].failure, "a command for account, to which this process does "
                                             "not send any more: add it to its Reaction"));
            CHECK(bank.amount("b") == 0);
        }
        es::ProcessManager<Strict, Store> strict{store, es::from_beginning, at(bank.clock)};
        CHECK(strict.release("1").value() == 0);
        settle(strict);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        CHECK(strict.parked()->empty());
    });
}
TEST_CASE("A handler that does not know whom a command is for parks that process alone") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "a", "c", 30);
        Post post{{}, "b"};
        es::ProcessManager<Poster, Store, PostOffice> poster{store, es::from_beginning,
                                                             PostOffice{&post}, at(bank.clock)};
        settle(poster);
        CHECK(post.sent == std::vector<std::string>{"c"});
        CHECK(poster.status().parked_keys == 1);
        const auto parked = poster.parked();
        REQUIRE(parked->size() == 1);
        INFO(*(*parked)[0].failure);
        CHECK(has(*(*parked)[0].failure, "postcards b"));
        CHECK(has(*(*parked)[0].failure, "no such address"));
        post.unknown.clear();
        CHECK(poster.release("1").value() == 0);
        CHECK(post.sent == std::vector<std::string>{"c", "b"});
    });
}

namespace {

int disk_writes_fail = 0; // with this errno, or not

/// While it lives, the disk can be full for SQLite.
class FullDisk {
public:
    FullDisk() { set(reinterpret_cast<sqlite3_syscall_ptr>(&write_at)); }
    ~FullDisk() {
        disk_writes_fail = 0;
        set(nullptr);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    static void set(sqlite3_syscall_ptr call) {
        sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
        for (const char* const name : {"pwrite", "pwrite64"})
            vfs->xSetSystemCall(vfs, name, call);
    }
    static ssize_t write_at(int file, const void* bytes, std::size_t size, off_t offset) {
        if (disk_writes_fail != 0) {
            errno = disk_writes_fail;
            return -1;
        }
        return ::pwrite(file, bytes, size, offset);
    }
};

} // namespace

TEST_CASE("A disk that fills during a rebuild leaves the old view, and it goes on with room") {
    const sqlite_tests::Folder folder;
    const FullDisk disk;
    const es::FixedEnvironment clock;
    auto store = sqlite_tests::open_store(folder / "bank.db", {.environment = clock});
    Bank bank(store);
    const auto deposit_three = [&] {
        for (int i = 0; i < 3; ++i)
            bank.account("a", Deposit{"-", 1});
    };
    deposit_three();
    const auto said = std::make_shared<std::vector<std::string>>();
    es::Subscription<older::Totals, es::SqliteStore> subscription{
        store,
        {.page_size = 2,
         .observer = es::TextObserver{[said](std::string_view line) { said->emplace_back(line); }},
         .environment = es::Environment(clock)}};
    settle(subscription);
    CHECK(totals(subscription) == 3);
    deposit_three(); // which the old view does not see

    // there is no room until the deadline
    std::size_t steps = 0;
    std::string waited_for;
    const auto fill = [&](const es::RebuildProgress& so_far) {
        if (so_far.waits_for)
            waited_for = *so_far.waits_for;
        if (++steps == 2)
            disk_writes_fail = ENOSPC;
    };
    const auto late = subscription.rebuild(fill, es::CallOptions::within(1h));
    REQUIRE_FALSE(late);
    CHECK(late.error() == es::errc::timed_out);
    CHECK(has(late.error().message(), "rebuilding totals, which waits for what failed "));
    CHECK(has(late.error().message(), "full"));
    CHECK(has(waited_for, "full"));
    CHECK(totals(subscription) == 3);
    REQUIRE_FALSE(said->empty());
    INFO(said->back());
    CHECK(has(said->back(), "totals"));
    CHECK(has(said->back(), "full"));
    disk_writes_fail = 0;
    settle(subscription);
    CHECK(subscription.status().state == es::SubscriptionState::live);
    CHECK(totals(subscription) == 6);
    deposit_three();

    // and this time there is some after a while
    steps = 0;
    REQUIRE(subscription.rebuild([&](const es::RebuildProgress& so_far) {
        fill(so_far);
        if (steps == 9)
            disk_writes_fail = 0;
        CHECK((so_far.done || totals(subscription) == 6));
    }));
    CHECK(steps >= 9);
    settle(subscription);
    CHECK(totals(subscription) == 9);
    CHECK(store.list_progress()->size() == 1);
    bank.account("a", Deposit{"-", 1});
    settle(subscription);
    CHECK(totals(subscription) == 10);
}
