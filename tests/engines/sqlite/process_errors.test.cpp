// SPDX-License-Identifier: MIT
// Whatever a handler, a target or a process fails with, it costs that process, and no other.
#include <eventsourcing/runtime/process_manager.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/runtime/told_following.hpp>
#include <eventsourcing/store/batch.hpp>

#include "catch.hpp"
#include "engines/sqlite/process_bank.hpp"
#include "laws/each_store.hpp"
#include "throw_or_skip.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace transfers_bank;
using each_store::on_any_store;

namespace {

/// What holds up a reader, when it comes from a store.
constexpr es::errc hostile_kinds[] = {es::errc::closed, es::errc::failed, es::errc::cancelled,
                                      es::errc::unknown_version};

struct Letters {
    using Command = Request;
};
/// Sends two letters.
struct Writer {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Letters>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        const Request letter{e.transfer_id, e.from, e.to, e.amount};
        return {es::send<Letters>(e.from, letter), es::send<Letters>(e.to, letter)};
    }
};
struct Mailbox {
    std::vector<std::string> sent;
    std::string fails;
    es::errc kind = es::errc::unavailable;
    int tried = 0;
};
struct Postman {
    Mailbox* box;
    es::Result<void> handle(const Request&, const es::SentCommand& command) const {
        ++box->tried;
        if (command.id == box->fails)
            return es::Error(box->kind, "no such street");
        box->sent.push_back(command.id);
        return {};
    }
};

/// Calls `test(store, other, kind)`.
template <class Test>
void on_each_kind(const Test& test) {
    for (const es::errc kind : hostile_kinds)
        on_any_store([&](const auto& store, const auto& other) {
            CAPTURE(static_cast<int>(kind));
            test(store, other, kind);
        });
}

/// Refuses in its own way.
struct Picky {
    using Command = Request;
    using Event = Closed;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Closed&) {}
    static es::Result<Closed> handle_command(const State&, const Request& c) {
        if (c.transfer_id == fails)
            return es::Error(kind, "picky");
        return Closed{};
    }
    static inline std::string fails;
    static inline es::errc kind = es::errc::unavailable;
};
struct ToPicky {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Picky>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Picky>(e.transfer_id, Request{e.transfer_id, e.from, e.to, e.amount})};
    }
};

/// Fails to remember.
struct Forgetful {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {
        int told = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static es::Result<void> apply_event(State& s, const Requested& e) {
        if (e.transfer_id == fails)
            return es::Error(kind, "forgotten");
        ++s.told;
        return {};
    }
    static inline std::string fails;
    static inline es::errc kind = es::errc::unavailable;
};

/// The process of this name in a program that sends twice as much.
namespace generous {
struct Strict {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Account>(e.from, Withdraw{e.transfer_id, 2 * e.amount}),
                es::send<Account>(e.to, Deposit{e.transfer_id, 2 * e.amount})};
    }
};
} // namespace generous

/// Ends at once.
struct Once {
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Account>(e.to, Deposit{e.transfer_id, e.amount}), es::complete};
    }
    static Reaction react(const State&, const es::Rejected<Deposit>&) {
        ++refused;
        return es::nothing;
    }
    static inline int refused = 0;
};

/// A process for each withdrawal.
struct Alarms {
    using Event = es::EventsOf<Account>;
    using Deadline = Reminder;
    using Reaction = es::Reaction<Account>;
    struct State {
        std::string name;
    };
    static std::string process_id(const auto& e) { return std::to_string(e.revision.value()); }
    static void apply_event(State& s, const Withdrawn& e) { s.name = e.transfer_id; }
    static Reaction react(const State&, const Withdrawn& e) {
        if (e.transfer_id == "bad command")
            return {es::send<Account>("a/b", Deposit{"-", 1})};
        return {es::deadline<Reminder>(24h)};
    }
    static Reaction react(const State& s, const Reminder&) {
        if (s.name == "bad deadline")
            throw_or_skip(4);
        return {es::send<Account>("told", Deposit{"-", 1})};
    }
};

struct Told {
    std::vector<std::string> quarantined;
    int refused = 0;
    int released = 0;
};
struct Listener {
    Told* told;
    void on(const es::Quarantined& q) const { told->quarantined.emplace_back(q.key); }
    void on(const es::CommandRefused&) const { ++told->refused; }
    void on(const es::Released&) const { ++told->released; }
};

template <class Store>
void append_raw(Bank<Store>& bank, const char* stream, const char* type, const char* version,
                const char* data) {
    const es::NewEvent event{.id = es::Environment(bank.clock).new_id(),
                             .type = type,
                             .version = version,
                             .content_type = "application/json",
                             .data = data,
                             .recorded_at = bank.clock.time(),
                             .source = "urn:eventsourcing:process"};
    const auto done =
        bank.store.append_unchecked(*es::StreamNameView::parse(stream),
                                    es::EventBatch(std::span<const es::NewEvent>(&event, 1)));
    INFO((done ? std::string() : std::string(done.error().message())));
    REQUIRE(done);
}

/// A step, and nothing that it sends: by a program that ended then.
template <class P, class Store>
void only_tell(Bank<Store>& bank, const char* stream) {
    es::detail::ProcessInbox<P, Store> inbox{std::make_shared<es::detail::ProcessTeller<P, Store>>(
        bank.store, es::Environment(bank.clock))};
    const auto page = bank.store.read_stream(*es::StreamNameView::parse(stream));
    REQUIRE(inbox.handle_parked(page->records().front(), "", {}));
}

} // namespace

// M8, M9
TEST_CASE("An error of a handler parks its process alone, whatever kind it is") {
    on_each_kind([](const auto& store, const auto&, es::errc kind) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 30);
        Mailbox box{{}, "b", kind};
        es::ProcessManager<Writer, Store, Postman> writer{store, es::from_beginning, Postman{&box},
                                                          at(bank.clock)};
        settle(writer);
        CHECK(writer.status().state == es::SubscriptionState::live);
        const auto parked = writer.parked();
        REQUIRE(parked->size() == 1);
        CHECK((*parked)[0].key == "1");
        CHECK((*parked)[0].failure->find("no such street") != std::string::npos);
        CHECK(box.sent == std::vector<std::string>{"a", "c", "d"});
        box.fails.clear();
        bank.clock.advance(1min);
        settle(writer);
        CHECK(writer.parked()->empty());
        CHECK(box.sent == std::vector<std::string>{"a", "c", "d", "b"});
    });
}
TEST_CASE("An error of a target parks its process alone, whatever kind it is") {
    on_each_kind([](const auto& store, const auto&, es::errc kind) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 30);
        Picky::fails = "1";
        Picky::kind = kind;
        es::ProcessManager<ToPicky, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(manager.parked()->size() == 1);
        CHECK(store.read_stream("picky-2")->records().size() == 1);
        Picky::fails.clear();
        bank.clock.advance(1min);
        settle(manager);
        CHECK(manager.parked()->empty());
        CHECK(store.read_stream("picky-1")->records().size() == 1);
    });
}
// V7, M9
TEST_CASE("A target with an event of a later version holds up the process that sends to it") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("c", Deposit{"-", 100});
        append_raw(bank, "account-a", "bank.deposited", "9.0", R"({"transfer_id":"-"})");
        bank.request("1", "a", "b", 30);
        bank.request("2", "c", "d", 30);
        es::ProcessManager<Strict, Store> manager{store, es::from_now, at(bank.clock)};
        settle(manager);
        bank.request("3", "a", "b", 30);
        bank.request("4", "c", "d", 30);
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(bank.amount("d") == 30);
        const auto parked = manager.parked();
        REQUIRE(parked->size() == 1);
        CHECK((*parked)[0].key == "3");
        CHECK((*parked)[0].failure->find("9.0") != std::string::npos);
    });
}
TEST_CASE("An error of apply_event of a process parks it alone, whatever kind it is") {
    on_each_kind([](const auto& store, const auto& other, es::errc kind) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        for (const char* const id : {"0", "1", "2"})
            bank.request(id, "a", "b", 30);
        Forgetful::fails = "1";
        Forgetful::kind = kind;
        es::ProcessManager<Forgetful, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(manager.parked()->size() == 1);
        CHECK(manager.state("2")->value().told == 1);
        // nor with what it was told already
        Forgetful::fails = "0";
        bank.request("0", "a", "b", 31);
        bank.request("3", "a", "b", 30);
        es::ProcessManager<Forgetful, Store> again{other, es::from_beginning, at(bank.clock)};
        settle(again);
        CHECK(again.status().state == es::SubscriptionState::live);
        CHECK(again.state("3")->value().told == 1);
        Forgetful::fails.clear();
        bank.clock.advance(1min);
        settle(again);
        CHECK(again.parked()->empty());
        CHECK(again.state("0")->value().told == 2);
    });
}

// M4
TEST_CASE("What a step has sent already is not sent again because a later command of it fails") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        Mailbox box{{}, "b"};
        es::ProcessManager<Writer, Store, Postman> writer{store, es::from_beginning, Postman{&box},
                                                          at(bank.clock)};
        settle(writer);
        for (int i = 0; i < 4; ++i) {
            bank.clock.advance(1min);
            settle(writer);
        }
        CHECK(box.sent == std::vector<std::string>{"a"});
        CHECK(box.tried >= 1 + 4);
        box.fails.clear();
        CHECK(writer.release("1").value() == 0);
        CHECK(box.sent == std::vector<std::string>{"a", "b"});
    });
}

// M8, O1
TEST_CASE("A quarantined process stays so over a restart, and for a second runner") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        Mailbox box{{}, "b"};
        Told told;
        es::ProcessOptions options = at(bank.clock);
        options.observer = es::Observer(Listener{&told});
        es::ProcessManager<Writer, Store, Postman> first{store, es::from_beginning, Postman{&box},
                                                         options};
        settle(first);
        for (int i = 0; i < 10; ++i) {
            bank.clock.advance(1min);
            settle(first);
        }
        CHECK(told.quarantined == std::vector<std::string>{"1"});
        const int tried = box.tried;
        es::ProcessManager<Writer, Store, Postman> second{other, es::from_beginning, Postman{&box},
                                                          options};
        for (int i = 0; i < 10; ++i) {
            settle(second);
            settle(first);
            bank.clock.advance(1min);
        }
        CHECK(box.tried == tried);
        CHECK(told.quarantined.size() == 1);
        CHECK(second.status().parked_keys == 1);
        box.fails.clear();
        CHECK(second.release("1").value() == 0);
        CHECK(box.sent == std::vector<std::string>{"a", "a", "b"}); // the second never sent it
        settle(first);
        CHECK(first.parked()->empty());
        CHECK(told.released > 0);
    });
}
TEST_CASE("A process that failed is not quarantined because nobody ran it for longer than that") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        Mailbox box{{}, "b"};
        {
            es::ProcessManager<Writer, Store, Postman> first{store, es::from_beginning,
                                                             Postman{&box}, at(bank.clock)};
            settle(first);
        }
        bank.clock.advance(24h * 7);
        box.fails.clear();
        es::ProcessManager<Writer, Store, Postman> second{other, es::from_beginning, Postman{&box},
                                                          at(bank.clock)};
        settle(second);
        bank.clock.advance(1min);
        settle(second);
        CHECK(second.parked()->empty());
    });
}
TEST_CASE("A process is tried until its budget of time is used up") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        Mailbox box{{}, "b"};
        Told told;
        es::ProcessOptions options = at(bank.clock);
        options.observer = es::Observer(Listener{&told});
        options.budget = 1h;
        options.backoff = {.first = 1min, .most = 1min};
        es::ProcessManager<Writer, Store, Postman> manager{store, es::from_beginning, Postman{&box},
                                                           options};
        for (int i = 0; i < 55; ++i) {
            settle(manager);
            bank.clock.advance(1min);
        }
        CHECK(told.quarantined.empty());
        CHECK(box.tried >= 50);
        for (int i = 0; i < 10; ++i) {
            settle(manager);
            bank.clock.advance(1min);
        }
        CHECK(told.quarantined.size() == 1);
        const int tried = box.tried;
        CHECK(tried <= 2 + 61);
        bank.clock.advance(24h);
        settle(manager);
        CHECK(box.tried == tried);
    });
}

// M8
TEST_CASE("A process whose command fails takes no input until it is carried out") {
    on_any_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        {
            es::ProcessManager<Strict, Store> before{other, es::from_beginning, at(bank.clock)};
            settle(before);
            CHECK(before.parked()->size() == 1);
        }
        bank.request("1", "a", "b", 40);
        bank.account("c", Deposit{"-", 100});
        bank.request("2", "c", "d", 10);
        es::ProcessManager<Strict, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(bank.count("process.strict.step") == 1 + 1);
        CHECK(bank.amount("d") == 10);
        CHECK(manager.parked()->size() == 2);
        for (int i = 0; i < 10; ++i) { // until it is quarantined
            bank.clock.advance(1min);
            settle(manager);
        }
        CHECK(manager.release("1").value() == 2);
        CHECK(manager.parked()->front().attempts == 0); // the input: it only waits
        CHECK(bank.count("process.strict.step") == 1 + 1);
        {
            bank.request("1", "a", "b", 0);
            es::ProcessManager<Strict, Store> later{other, es::from_beginning, at(bank.clock)};
            settle(later);
            CHECK(later.release("1").value() == 3);
            CHECK(bank.count("process.strict.step") == 1 + 1);
        }
        bank.account("a", Deposit{"-", 100});
        CHECK(manager.release("1").value() == 0);
        settle(manager);
        CHECK(bank.count("process.strict.step") == 3 + 1);
        CHECK(bank.amount("a") == 30);
        CHECK(bank.amount("b") == 70);
        CHECK(manager.parked()->empty());
    });
}

// M9
TEST_CASE("Deadlines are told while what processes send has to wait") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("a", Withdraw{"a", 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        append_raw(bank, "process.reminders-z", "process.reminders.step", "2", "{}");
        settle(manager);
        CHECK(manager.status().state == es::SubscriptionState::waiting);
        const int reminders = Reminders::reminders;
        bank.clock.advance(25h);
        settle(manager);
        CHECK(Reminders::reminders == reminders + 1);
        settle(manager);
        CHECK(bank.count("process.reminders.step") == 4);
        CHECK(manager.step().kind == es::Step::Kind::waiting);
    });
}

// M8
TEST_CASE("A step that can't be read parks its own process") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 10);
        bank.request("2", "a", "c", 10);
        only_tell<Strict>(bank, "requests-1");
        append_raw(bank, "process.strict-3", "process.strict.step", "1", "{");
        only_tell<Strict>(bank, "requests-2");
        es::ProcessManager<Strict, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(bank.amount("b") == 10);
        CHECK(bank.amount("c") == 10);
        const auto parked = manager.parked();
        REQUIRE(parked->size() == 1);
        CHECK((*parked)[0].key == "3");
        bank.request("1", "a", "b", 11);
        settle(manager);
        CHECK(bank.amount("b") == 21);
        CHECK(manager.parked()->size() == 1);
    });
}

// M5
TEST_CASE("A refusal without react is told once, however often the command is tried") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 30);
        Told told;
        es::ProcessOptions options = at(bank.clock);
        options.observer = es::Observer(Listener{&told});
        es::ProcessManager<Strict, Store> manager{store, es::from_beginning, options};
        for (int i = 0; i < 10; ++i) {
            settle(manager);
            bank.clock.advance(1min);
        }
        CHECK(told.refused == 1);
    });
}

// M8
TEST_CASE("A process id can't take the place of the line of a stream") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("b", Deposit{"-", 100});
        const std::string hostile = "stream account-b";
        Reminders::fails_to_react = hostile;
        bank.account("a", Withdraw{hostile, 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.account("b", Withdraw{"good", 2});
        settle(manager);
        CHECK(manager.state("good").value());
        auto parked = manager.parked();
        REQUIRE(parked->size() == 1);
        Reminders::fails_to_react.clear();
        CHECK(manager.release((*parked)[0].key).value() == 0);
        CHECK(manager.state(hostile)->value().withdrawn == 1);

        // nor by what it sends
        bank.request(hostile, "poor", "b", 30);
        bank.request(hostile, "poor", "b", 40);
        es::ProcessManager<Strict, Store> strict{store, es::from_beginning, at(bank.clock)};
        settle(strict);
        parked = strict.parked();
        REQUIRE(parked->size() == 2);
        CHECK((*parked)[0].key == (*parked)[1].key);
        CHECK((*parked)[0].key != hostile);
        bank.account("poor", Deposit{"-", 100});
        CHECK(strict.release((*parked)[0].key).value() == 0);
        CHECK(bank.amount("poor") == 30);
    });
}
TEST_CASE("What waits in the line of a stream is not told to a process that is held up itself") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.account("b", Deposit{"-", 100});
        Reminders::fails_to_name = "x";
        bank.account("a", Withdraw{"x", 1});
        es::ProcessManager<Reminders, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        Reminders::fails_to_name.clear();
        Reminders::fails_to_react = "x";
        bank.account("b", Withdraw{"x", 2});
        settle(manager);
        Reminders::fails_to_react.clear();
        CHECK(manager.release("stream account-a").value() == 1);
        CHECK(manager.state("x").value() == std::nullopt);
        CHECK(manager.release("x").value() == 0);
        CHECK(manager.release("stream account-a").value() == 0);
        CHECK(manager.state("x")->value().withdrawn == 3);
    });
}

TEST_CASE("Who could not read again what is parked knows what it knew") {
    struct Keeper {
        bool fails = false;
        es::Result<std::vector<es::ParkedEvent>>
        load_parked(const es::ProgressKey& /*key*/, std::optional<std::string_view> after,
                    std::size_t /*limit*/, const es::CallOptions& /*call*/) const {
            if (fails)
                return es::Error(es::errc::unavailable);
            std::vector<es::ParkedEvent> all;
            if (!after)
                all.push_back({.key = "1",
                               .stream = *es::StreamName::parse("requests-1"),
                               .event_id = es::Uuid{}});
            return all;
        }
    };
    es::detail::Parking parking;
    CHECK_FALSE(parking.is_read());
    REQUIRE(parking.load(Keeper{}, {}, {}));
    CHECK(parking.is_read());
    CHECK(parking.holds("1"));
    CHECK_FALSE(parking.load(Keeper{true}, {}, {}));
    CHECK(parking.holds("1"));
}

// M12
TEST_CASE("What an older program has decided is carried out as decided") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 30);
        only_tell<Strict>(bank, "requests-1");
        es::ProcessManager<generous::Strict, Store> manager{store, es::from_beginning,
                                                            at(bank.clock)};
        settle(manager);
        CHECK(bank.amount("a") == 70);
        CHECK(bank.amount("b") == 30);
        bank.request("2", "a", "b", 30);
        settle(manager);
        CHECK(bank.amount("a") == 10);
    });
}

// M10
TEST_CASE("A process that names no start ends once, and what comes then is late") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        bank.request("1", "a", "b", 1);
        es::ProcessManager<Once, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        bank.request("1", "a", "b", 2);
        settle(manager);
        CHECK(manager.late() == 1);
        CHECK(bank.count("process.once.step") == 1);
        CHECK(bank.amount("b") == 1);
    });
}
TEST_CASE("A refusal that comes after the end is late, and parks nothing") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.request("1", "a", "b", 1);
        bank.account("b", Close{});
        es::ProcessManager<Once, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.late() == 1);
        CHECK(Once::refused == 0);
        CHECK(manager.parked()->empty());
        CHECK(manager.status().state == es::SubscriptionState::live);
        CHECK(bank.count("process.once.step") == 1);
    });
}

// M9
TEST_CASE("A hundred failing deadlines, and a hundred failing commands, take no turn from others") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 1000});
        for (int i = 0; i < 100; ++i) {
            bank.account("a", Withdraw{"bad command", 1});
            bank.account("a", Withdraw{"bad deadline", 1});
        }
        bank.account("a", Withdraw{"good", 1});
        es::ProcessManager<Alarms, Store> manager{store, es::from_beginning, at(bank.clock)};
        settle(manager);
        CHECK(manager.status().parked_keys == 100);
        bank.clock.advance(24h);
        settle(manager);
        CHECK(bank.amount("told") == 1);
        bank.account("a", Withdraw{"good", 1});
        for (int i = 0; i < 3; ++i) {
            bank.clock.advance(8h);
            settle(manager);
        }
        CHECK(bank.amount("told") == 2);
        const auto status = manager.status();
        CHECK(status.parked_keys == 100);
        CHECK(status.failure->message.find("the deadline reminder of process.alarms-") == 0);
    });
}

// O5
TEST_CASE("A process manager is not live while it has not sent what was decided") {
    on_any_store([](const auto& store, const auto&) {
        using Store = std::decay_t<decltype(store)>;
        Bank bank(store);
        bank.account("a", Deposit{"-", 100});
        for (int i = 0; i < 10; ++i) {
            const std::string id = std::to_string(i);
            bank.request(id, "a", "b", 1);
            only_tell<Strict>(bank, ("requests-" + id).c_str());
        }
        bank.clock.advance(1h);
        es::ProcessOptions options = at(bank.clock);
        options.page_size = 5;
        es::ProcessManager<Strict, Store> manager{store, es::from_now, options};
        manager.step();
        auto status = manager.status();
        CHECK(status.state == es::SubscriptionState::catching_up);
        REQUIRE(status.lag);
        CHECK(*status.lag == 1h);
        settle(manager);
        status = manager.status();
        CHECK(status.state == es::SubscriptionState::live);
        CHECK(status.lag == 0s);
        CHECK(bank.amount("b") == 10);
    });
}
