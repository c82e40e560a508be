// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/execute_all.hpp>

#include "catch.hpp"
#include "engines/sqlite/each_store.hpp"
#include "fails_with.hpp"
#include "runtime/watched_store.hpp"

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/loaded_until.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using runtime_tests::WatchedStore;
using sqlite_tests::on_each_store;

namespace bank {

struct Withdraw {
    int amount;
};
struct Deposit {
    int amount;
};
/// All above a limit.
struct SweepOver {
    int limit;
};
/// Two events.
struct DepositTwice {
    int amount;
};
struct Withdrawn {
    int amount;
};
struct Deposited {
    int amount;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}
enum class Refusal { too_little = 1 };

struct Account {
    using Command = std::variant<Withdraw, Deposit, SweepOver, DepositTwice>;
    using Event = std::variant<Withdrawn, Deposited>;
    struct State {
        int balance = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Withdrawn& e) { s.balance -= e.amount; }
    static void apply_event(State& s, const Deposited& e) { s.balance += e.amount; }
    static es::Result<Withdrawn> handle_command(const State& s, const Withdraw& c) {
        if (s.balance < c.amount)
            return es::reject(Refusal::too_little, std::to_string(s.balance));
        return Withdrawn{c.amount};
    }
    static es::Events<Event> handle_command(const State& /*s*/, const Deposit& c) {
        if (c.amount == 0)
            return es::nothing;
        return Deposited{c.amount};
    }
    static es::Events<Event> handle_command(const State& s, const SweepOver& c) {
        if (s.balance <= c.limit)
            return es::nothing;
        return Withdrawn{s.balance - c.limit};
    }
    static es::Events<Event> handle_command(const State& /*s*/, const DepositTwice& c) {
        return {Deposited{c.amount}, Deposited{c.amount}};
    }
};

/// Another aggregate, which counts what it is told.
struct Note {
    std::string text;
};
struct Noted {
    std::string text;
};
struct Journal {
    using Command = Note;
    using Event = Noted;
    struct State {
        int lines = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Noted& /*e*/) { ++s.lines; }
    static Noted handle_command(const State& /*s*/, const Note& c) { return {c.text}; }
};

} // namespace bank

namespace {

using namespace bank;

template <class S>
int balance(const S& store, const std::string& id) {
    const auto loaded = es::load<Account>(store, *es::StreamName::of("account", id));
    REQUIRE(loaded);
    return loaded->state.balance;
}
template <class S>
std::size_t stored(const S& store) {
    auto page = store.read_all();
    REQUIRE(page);
    return page->records().size();
}

/// A journal that takes no empty line.
struct Strict : Journal {
    static constexpr std::string_view category = "journal";
    static es::Result<void> apply_event(State& s, const Noted& e) {
        if (e.text.empty())
            return es::Error(es::errc::invalid, "an empty line");
        ++s.lines;
        return {};
    }
};

} // namespace

TEST_CASE(
    "An event that can't be applied is named, and the state before it is in the error") { // R8
    on_each_store([](const auto& store) {
        REQUIRE(es::execute<Journal>(store, "journal-1", Note{"a"}));
        const auto decided = es::execute_all(store, es::command<Account>("anna", Deposit{1}),
                                             es::command<Strict>("1", Note{""}));
        CHECK(fails_with(es::errc::cannot_apply, decided));
        CHECK(message_of(decided) ==
              "stream journal-1: the decided event 0, bank.noted: an empty line");

        REQUIRE(es::execute<Journal>(store, "journal-1", Note{""}));
        const auto read = es::execute_all(store, es::command<Account>("anna", Deposit{1}),
                                          es::command<Strict>("1", Note{"b"}));
        REQUIRE(fails_with(es::errc::cannot_apply, read));
        CHECK(message_of(read) == "stream journal-1, revision 1: bank.noted: an empty line");
        const auto* before = es::loaded_until<Strict>(read.error());
        REQUIRE(before);
        CHECK(before->revision == es::Revision{0});
        CHECK(before->state.lines == 1);
    });
}

TEST_CASE("Commands on several streams are executed in one commit, each on its own state") {
    on_each_store([](const auto& store) {
        REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{100})));
        const auto done = es::execute_all(
            store, es::command<Account>("a", Withdraw{30}), es::command<Account>("b", Deposit{30}),
            es::command_in<Journal>("journal-2026", Note{"t1"}), es::unchanged<Account>("c"));
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->attempts == 1);
        CHECK(!done->repeated);
        const auto& [a, b, journal, c] = done->parts;
        CHECK(a.state.balance == 70);
        CHECK(a.revision == es::Revision{1});
        REQUIRE(a.events().size() == 1);
        CHECK(std::get<Withdrawn>(a.events()[0]).amount == 30);
        REQUIRE(a.receipt);
        CHECK(a.receipt->first == es::Revision{1});
        CHECK(b.state.balance == 30);
        CHECK(b.receipt->first == es::Revision{0});
        CHECK(journal.state.lines == 1);
        CHECK(c.state.balance == 0);
        CHECK(!c.revision);

        CHECK(balance(store, "a") == 70);
        CHECK(balance(store, "b") == 30);
        CHECK(stored(store) == 4);

        // a decision without events appends none, and checks its stream nevertheless
        const auto some = es::execute_all(store, es::command<Account>("a", Deposit{0}),
                                          es::command<Account>("b", Deposit{1}));
        REQUIRE(some);
        CHECK(!std::get<0>(some->parts).receipt);
        CHECK(std::get<0>(some->parts).events().empty());
        CHECK(std::get<1>(some->parts).receipt);
        const auto none = es::execute_all(store, es::command<Account>("a", Deposit{0}));
        REQUIRE(none);
        CHECK(stored(store) == 5);
    });
}

TEST_CASE(
    "If one of several commands is refused, none is executed, and the error names its stream") {
    on_each_store([](const auto& store) {
        const auto refused = es::execute_all(store, es::command<Account>("b", Deposit{30}),
                                             es::command<Account>("a", Withdraw{30}));
        REQUIRE(fails_with(Refusal::too_little, refused));
        CHECK(message_of(refused) == "stream account-a: too little: 0");
        CHECK(stored(store) == 0);
    });
}

TEST_CASE("On a conflict with any of the streams all commands are decided again on what is new") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{100})));
        for (int i = 0; i < 5; ++i)
            REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{1})));
        const auto transfer = [&](const es::ExecuteAllOptions& options = {}) {
            store.watch().appends = 0;
            store.watch().records_read = 0;
            return es::execute_all(store, options, es::command<Account>("a", Withdraw{80}),
                                   es::command<Account>("b", Deposit{80}),
                                   es::unchanged<Account>("c"));
        };
        const auto meddle_once = [&](es::StreamNameView stream, const auto& command) {
            store.watch().before_append = [&inside, stream, command](std::size_t attempt) {
                if (attempt == 1)
                    REQUIRE(es::execute<Account>(inside, stream, command));
            };
        };

        SECTION("with one that a command is for") {
            meddle_once("account-b", Deposit{5});
            const auto done = transfer();
            REQUIRE(done);
            CHECK(done->attempts == 2);
            CHECK(store.watch().records_read == 6 + 1); // of a once, and what is new in b
            CHECK(std::get<0>(done->parts).state.balance == 25);
            CHECK(std::get<1>(done->parts).state.balance == 85);
            CHECK(std::get<1>(done->parts).attempts == 2);
        }
        SECTION("with one that has to stay unchanged") {
            meddle_once("account-c", Deposit{5});
            const auto done = transfer();
            REQUIRE(done);
            CHECK(done->attempts == 2);
            CHECK(std::get<2>(done->parts).state.balance == 5);

            meddle_once("account-c", Deposit{5});
            const auto given_up = transfer({.attempts = 1});
            REQUIRE(fails_with(es::errc::conflict, given_up) == false); // decided: too little
            CHECK(fails_with(Refusal::too_little, given_up));
        }
        SECTION("until there is not enough left: the refusal is one of the new state") {
            meddle_once("account-a", Withdraw{80});
            CHECK(fails_with(Refusal::too_little, transfer()));
            CHECK(balance(inside, "b") == 0);
        }
        SECTION("at most three times") {
            store.watch().before_append = [&](std::size_t) {
                REQUIRE(es::execute<Account>(inside, "account-c", Deposit{5}));
            };
            const auto given_up = transfer();
            REQUIRE(fails_with(es::errc::conflict, given_up));
            REQUIRE(given_up.error().conflict());
            CHECK(given_up.error().conflict()->stream == "account-c");
            CHECK(message_of(given_up).find("given up after 3 attempts") != std::string::npos);
            CHECK(store.watch().appends == 3);
            CHECK(balance(inside, "a") == 105);
            CHECK(balance(inside, "b") == 0);
        }
    });
}

TEST_CASE("Of transfers that race every prefix of commits holds as much money as before",
          "[waits]") {
    on_each_store([](const auto& store) {
        constexpr std::size_t accounts = 4;
        const auto name = [](std::size_t i) { return std::string(1, static_cast<char>('a' + i)); };
        for (std::size_t i = 0; i < accounts; ++i)
            REQUIRE(es::execute_all(store, es::command<Account>(name(i), Deposit{20})));
        std::atomic<int> wrong = 0;
        std::atomic<int> moved = 0;
        std::vector<std::jthread> all;
        for (std::size_t t = 0; t < 8; ++t)
            all.emplace_back([&, t] {
                for (std::size_t i = 0; i < 15; ++i) {
                    const std::size_t from = (t + i) % accounts;
                    const std::size_t to = (from + 1 + i % (accounts - 1)) % accounts;
                    const auto done = es::execute_all(store, {.attempts = 10'000},
                                                      es::command<Account>(name(from), Withdraw{9}),
                                                      es::command<Account>(name(to), Deposit{9}));
                    if (done)
                        ++moved;
                    else if (done.error() != Refusal::too_little)
                        ++wrong;
                }
            });
        all.clear();
        CHECK(wrong == 0);
        CHECK(moved > 0);

        std::map<std::string, int> balances;
        int pending = 0; // withdrawn and not yet deposited: zero after each commit
        int events = 0;
        for (std::optional<es::Position> after;;) {
            auto page = store.read_all({.after = after});
            REQUIRE(page);
            for (const es::EventRecord& record : *page) {
                const auto event = es::decode_record<Account::Event>(record);
                REQUIRE(event);
                int& balance = balances[std::string(record.stream)];
                if (const auto* out = std::get_if<Withdrawn>(&event->event)) {
                    CHECK(pending == 0);
                    balance -= out->amount;
                    pending = out->amount;
                } else if (++events > static_cast<int>(accounts)) {
                    CHECK(pending == std::get<Deposited>(event->event).amount);
                    balance += pending;
                    pending = 0;
                } else {
                    balance += std::get<Deposited>(event->event).amount;
                }
                CHECK(balance >= 0);
            }
            after = page->last_position;
            if (page->at_end)
                break;
        }
        CHECK(pending == 0);
        int sum = 0;
        for (const auto& [account, balance] : balances)
            sum += balance;
        CHECK(sum == 20 * static_cast<int>(accounts));
    });
}

TEST_CASE("Commands on several streams with an id are executed once, whatever came meanwhile") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        const es::Uuid request = es::Environment{}.new_id();
        REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{100})));
        const auto transfer = [&] {
            return es::execute_all(
                store, {.command_id = request, .patience = std::chrono::seconds(0)},
                es::command<Account>("a", Withdraw{80}), es::command<Account>("b", Deposit{80}),
                es::command<Account>("d", Deposit{0}), es::unchanged<Account>("c"));
        };
        store.watch().lost_answers = 1; // a crash between append and answer
        CHECK(fails_with(es::errc::unknown_outcome, transfer()));
        CHECK(stored(inside) == 3);

        const auto again = transfer(); // refused by now, and done before
        INFO(message_of(again));
        REQUIRE(again);
        CHECK(again->repeated);
        const auto& [a, b, d, c] = again->parts;
        CHECK(a.repeated);
        CHECK(a.state.balance == 20);
        CHECK(a.receipt->first == es::Revision{1});
        CHECK(std::get<Withdrawn>(a.events()[0]).amount == 80);
        CHECK(b.state.balance == 80);
        CHECK(d.events().empty());
        CHECK(stored(inside) == 3);

        REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{500})));
        const auto later = transfer(); // would be possible again
        REQUIRE(later);
        CHECK(later->repeated);
        CHECK(std::get<0>(later->parts).state.balance == 20); // as it was right after
        CHECK(stored(inside) == 4);
    });
}

TEST_CASE("An append to several streams whose outcome is unknown is sent again, and stored once") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        const es::FixedEnvironment world;
        store.watch().lost_answers = 2;
        const auto done =
            es::execute_all(store, {.environment = world}, es::command<Account>("a", Deposit{1}),
                            es::command<Account>("b", Deposit{1}));
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(store.watch().appends == 3);
        CHECK(stored(inside) == 2);
    });
}

TEST_CASE("An append to several streams whose outcome stays unknown is carried by the error, and "
          "done once by a retry") { // R6
    on_each_store([](const auto& inside) {
        const bool stored_at_once = GENERATE(true, false);
        const WatchedStore store{inside};
        REQUIRE(es::execute_all(inside, es::command<Account>("a", Deposit{100}),
                                es::command<Account>("c", Deposit{7})));
        const es::FixedEnvironment world;
        (stored_at_once ? store.watch().lost_answers : store.watch().lost_appends) = 1'000'000;
        const auto lost = es::execute_all(
            store,
            {.metadata = {.correlation_id = "request 7"},
             .tags = {"transfer:1"},
             .environment = world},
            es::command<Account>("a", Withdraw{30}), es::command<Account>("b", Deposit{30}),
            es::command_in<Journal>("journal-2026", Note{"t1"}),
            es::command<Account>("d", Deposit{0}), es::unchanged<Account>("c"));
        REQUIRE(fails_with(es::errc::unknown_outcome, lost));
        CHECK(lost.error().outcome() == es::Outcome::unknown);
        CHECK(store.watch().appends > 10); // within ten seconds of the environment
        CHECK(stored(inside) == (stored_at_once ? 5 : 2));

        const auto* const pending = es::pending_append_all(lost);
        REQUIRE(pending);
        CHECK(std::get<0>(pending->parts).stream.view() == "account-a");
        CHECK(std::get<0>(pending->parts).expected ==
              es::ExpectedRevision::exactly(es::Revision{0}));
        CHECK(std::get<0>(pending->parts).events().size() == 1);
        CHECK(std::get<1>(pending->parts).expected == es::ExpectedRevision::no_stream());
        CHECK(std::get<3>(pending->parts).ids.empty());
        CHECK(std::get<4>(pending->parts).loaded.state.balance == 7);

        // a retry that is lost as well carries the same
        const auto again = es::retry_all(store, *pending);
        REQUIRE(fails_with(es::errc::unknown_outcome, again));
        REQUIRE(es::pending_append_all(again));
        CHECK(std::get<2>(es::pending_append_all(again)->parts).ids ==
              std::get<2>(pending->parts).ids);

        const auto done = es::retry_all(inside, *es::pending_append_all(again));
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(es::pending_append_all(done) == nullptr);
        const auto& [a, b, journal, d, c] = done->parts;
        CHECK(a.state.balance == 70);
        CHECK(a.receipt->first == es::Revision{1});
        CHECK(a.revision == es::Revision{1});
        CHECK(std::get<Withdrawn>(a.events()[0]).amount == 30);
        CHECK(b.state.balance == 30);
        CHECK(b.receipt->first == es::Revision{0});
        CHECK(journal.state.lines == 1);
        CHECK(d.events().empty());
        CHECK_FALSE(d.receipt);
        CHECK(c.state.balance == 7);
        CHECK(c.revision == es::Revision{0});
        CHECK(stored(inside) == 5);
        CHECK(balance(inside, "a") == 70);
        const auto page = inside.read_stream("account-a");
        REQUIRE(page);
        const auto record = es::decode_record<Account::Event>(page->records()[1]);
        REQUIRE(record);
        CHECK(record->id == std::get<0>(pending->parts).ids[0]);
        CHECK(record->metadata.correlation_id == "request 7");
        CHECK(record->tags == std::vector<std::string>{"transfer:1"});
    });
}

TEST_CASE("A pending append to several streams that was not stored is a conflict once one of them "
          "has moved on") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        store.watch().lost_appends = 1;
        const auto lost =
            es::execute_all(store, {.patience = std::chrono::seconds(0)},
                            es::command<Account>("b", Deposit{30}), es::unchanged<Account>("c"));
        const auto* const pending = es::pending_append_all(lost);
        REQUIRE(pending);
        using First = es::StreamCommand<Account, Deposit>;
        CHECK(es::pending_append_all<First, es::UnchangedStream<Account>>(lost.error()) == pending);
        REQUIRE(es::execute<Account>(inside, "account-c", Deposit{1}));
        const auto done = es::retry_all(store, *pending);
        REQUIRE(fails_with(es::errc::conflict, done));
        CHECK(done.error().conflict()->stream == "account-c");
        CHECK(done.error().outcome() == es::Outcome::not_done);
        CHECK(es::pending_append_all(done) == nullptr);
        CHECK(stored(inside) == 1);
    });
}

TEST_CASE("An error of commands on several streams whose outcome is known carries no append") {
    const es::MemoryStore store;
    const auto refused = es::execute_all(store, es::command<Account>("a", Withdraw{1}));
    REQUIRE_FALSE(refused);
    CHECK(es::pending_append_all(refused) == nullptr);
}

TEST_CASE("The result for each stream says where it is, what it is, and after how many attempts") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{5}),
                                es::command<Account>("d", Deposit{7})));
        store.watch().appends = 0;
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1)
                REQUIRE(es::execute_all(inside, es::command<Account>("a", Deposit{1})));
        };
        const es::Uuid request = es::Environment{}.new_id();
        const auto go = [&] {
            return es::execute_all(
                store, {.command_id = request, .metadata = {.command_id = "of the client"}},
                es::command<Account>("d", Deposit{0}), es::command<Account>("a", Withdraw{2}),
                es::unchanged<Account>("c"));
        };
        const auto done = go();
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->attempts == 2);
        CHECK(std::get<1>(done->parts).attempts == 2);
        CHECK(std::get<1>(done->parts).revision == es::Revision{2});
        CHECK(std::get<1>(done->parts).state.balance == 4);
        CHECK(std::get<0>(done->parts).revision == es::Revision{0});
        CHECK(std::get<2>(done->parts).revision == std::nullopt);
        const auto last = inside.read_all({.after = es::Position{3}});
        REQUIRE(last);
        REQUIRE(last->records().size() == 1);
        CHECK(es::decode_record<Account::Event>(last->records()[0])->metadata.command_id ==
              "of the client");

        const auto again = go();
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(std::get<0>(again->parts).state.balance == 7);
        CHECK(std::get<0>(again->parts).revision == es::Revision{0});
        CHECK(std::get<1>(again->parts).revision == es::Revision{2});
    });
}

TEST_CASE("A stream that is named twice, or has no name, is refused before anything is read") {
    const WatchedStore store{es::MemoryStore{}};
    const auto twice = es::execute_all(store, es::command<Account>("a", Deposit{1}),
                                       es::unchanged_in<Account>("account-a"));
    REQUIRE(fails_with(es::errc::invalid, twice));
    CHECK(message_of(twice) ==
          "stream account-a is named twice: two commands on one stream are executed one after the "
          "other, or are one command");
    const auto wrong = es::execute_all(store, es::command<Account>("a/b", Deposit{1}));
    REQUIRE(fails_with(es::errc::invalid, wrong));
    CHECK(message_of(wrong).find("the id \"a/b\": stream name \"account-a/b\": \"/\" at byte 10") ==
          0);
    CHECK(store.watch().records_read == 0);
}

TEST_CASE("Each event of commands on several streams has the metadata and tags of the call") {
    const es::MemoryStore store;
    const es::Uuid request = es::Environment{}.new_id();
    REQUIRE(es::execute_all(store,
                            {.command_id = request,
                             .metadata = {.correlation_id = "request 7"},
                             .tags = {"transfer:1"}},
                            es::command<Account>("a", Deposit{1}),
                            es::command<Account>("b", Deposit{1})));
    const auto page = store.read_all();
    REQUIRE(page);
    for (const es::EventRecord& record : *page) {
        const auto event = es::decode_record<Account::Event>(record);
        REQUIRE(event);
        CHECK(event->metadata.correlation_id == "request 7");
        CHECK(event->metadata.command_id == request.to_string());
        CHECK(event->tags == std::vector<std::string>{"transfer:1"});
    }
}

TEST_CASE("A repeat that emits events only where the first call emitted none stores nothing") {
    on_each_store([](const auto& store) {
        const es::Uuid request = es::Environment{}.new_id();
        REQUIRE(es::execute_all(store, es::command<Account>("a", Deposit{100}),
                                es::command<Account>("b", Deposit{10})));
        const auto sweep = [&] {
            return es::execute_all(store, {.command_id = request},
                                   es::command<Account>("a", SweepOver{50}),
                                   es::command<Account>("b", SweepOver{50}));
        };
        const auto first = sweep();
        REQUIRE(first);
        CHECK_FALSE(first->repeated);
        CHECK(std::get<1>(first->parts).events().empty());

        REQUIRE(es::execute_all(store, es::command<Account>("b", Deposit{100})));
        const auto again = sweep();
        INFO(message_of(again));
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(std::get<0>(again->parts).receipt == std::get<0>(first->parts).receipt);
        CHECK(std::get<0>(again->parts).state.balance == 50);
        CHECK(std::get<1>(again->parts).events().empty());
        CHECK(balance(store, "b") == 110);
        CHECK(stored(store) == 4);
    });
}

TEST_CASE("An id that comes with other commands on several streams answers the first outcome") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        const es::Uuid request = es::Environment{}.new_id();
        const auto first = [&] {
            return es::execute_all(inside, {.command_id = request},
                                   es::command<Account>("a", DepositTwice{5}),
                                   es::command<Account>("b", Deposit{5}));
        };
        const auto is_first = [&](const auto& answer) {
            INFO(message_of(answer));
            REQUIRE(answer);
            CHECK(answer->repeated);
            const auto& [a, b] = answer->parts;
            CHECK(a.repeated);
            CHECK(a.events().size() == 2);
            CHECK(a.state.balance == 10);
            CHECK(a.receipt->last == es::Revision{1});
            CHECK(b.events().size() == 1);
            CHECK(std::get<Deposited>(b.events()[0]).amount == 5);
            CHECK(stored(inside) == 3);
        };
        SECTION("that decide on the first events only, at the same time") {
            store.watch().before_append = [&](std::size_t attempt) {
                if (attempt == 1)
                    REQUIRE(first());
            };
            is_first(es::execute_all(store, {.command_id = request},
                                     es::command<Account>("a", Deposit{5}),
                                     es::command<Account>("b", Deposit{5})));
        }
        SECTION("later") {
            REQUIRE(first());
            is_first(es::execute_all(store, {.command_id = request},
                                     es::command<Account>("a", Deposit{7}),
                                     es::command<Account>("b", Deposit{5})));
            is_first(es::execute_all(store, {.command_id = request},
                                     es::command<Account>("a", Withdraw{100}),
                                     es::command<Account>("b", Deposit{0})));
        }
    });
}

namespace {
struct Heard {
    std::vector<std::string>& lines;
    void on(const es::StateLoaded& s) {
        lines.push_back("read " + std::to_string(s.folded) + " of " + std::string(s.stream));
    }
    void on(const es::Appended& a) {
        lines.push_back("appended " + std::to_string(a.events) + " to " + std::string(a.stream) +
                        " at " + std::to_string(a.receipt.first.value()));
    }
    void on(const es::ConflictRetried& c) {
        lines.push_back("conflict " + std::to_string(c.attempt) + " in " + std::string(c.stream));
    }
    void on(const es::OutcomeRetried& /*o*/) { lines.emplace_back("sent again"); }
    void on(const es::CommandRepeated& c) {
        lines.push_back("repeated " + std::to_string(c.revision.value()) + " of " +
                        std::string(c.stream));
    }
};
using Lines = std::vector<std::string>;
} // namespace

TEST_CASE("An observer is told what commands on several streams read, retried, repeated and "
          "appended") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        Lines lines;
        const es::Uuid request = es::Environment{}.new_id();
        REQUIRE(es::execute_all(inside, es::command<Account>("a", Deposit{100})));
        const auto transfer = [&] {
            lines.clear();
            return es::execute_all(store,
                                   {.command_id = request,
                                    .observer = Heard{lines},
                                    .environment = es::FixedEnvironment{}},
                                   es::command<Account>("a", Withdraw{1}),
                                   es::command<Account>("b", Deposit{1}),
                                   es::unchanged<Account>("c"));
        };
        store.watch().lost_answers = 1;
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1)
                REQUIRE(es::execute<Account>(inside, "account-c", Deposit{5}));
        };
        const auto done = transfer();
        REQUIRE(done);
        CHECK_FALSE(done->repeated); // what it found stored when it was sent again is its own
        CHECK(std::get<0>(done->parts).attempts == 2);
        CHECK(lines == Lines{"read 1 of account-a", "read 0 of account-b", "read 0 of account-c",
                             "conflict 1 in account-c", "read 0 of account-a",
                             "read 0 of account-b", "read 1 of account-c", "sent again",
                             "appended 1 to account-a at 1", "appended 1 to account-b at 0"});
        REQUIRE(transfer());
        CHECK(lines == Lines{"read 2 of account-a", "read 1 of account-b", "read 1 of account-c",
                             "repeated 1 of account-a", "repeated 0 of account-b"});
        // one that was executed long ago is a repeat, also if this call has sent it twice
        store.watch().lost_appends = 1;
        const auto lost = transfer();
        REQUIRE(lost);
        CHECK(lost->repeated);

        // the same request, at the same time
        const auto racing = [&] {
            lines.clear();
            return es::execute_all(store, {.command_id = es::Uuid{{1}}, .observer = Heard{lines}},
                                   es::command<Account>("d", Deposit{1}),
                                   es::command<Account>("e", Deposit{1}));
        };
        store.watch().appends = 0;
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1)
                REQUIRE(es::execute_all(inside, {.command_id = es::Uuid{{1}}},
                                        es::command<Account>("d", Deposit{1}),
                                        es::command<Account>("e", Deposit{1})));
        };
        const auto second = racing();
        REQUIRE(second);
        CHECK(second->repeated);
        CHECK(lines == Lines{"read 0 of account-d", "read 0 of account-e",
                             "repeated 0 of account-d", "repeated 0 of account-e"});
        CHECK(balance(inside, "d") == 1);
    });
}

TEST_CASE("Of racing calls with one id on several streams exactly one says that it was the first",
          "[waits]") {
    on_each_store([](const auto& store) {
        for (int round = 0; round < 5; ++round) {
            const es::Uuid request = es::Environment{}.new_id();
            std::atomic<int> first = 0;
            std::atomic<int> good = 0;
            std::vector<std::jthread> all;
            for (int t = 0; t < 4; ++t)
                all.emplace_back([&] {
                    const auto done =
                        es::execute_all(store, {.command_id = request, .attempts = 1'000},
                                        es::command<Account>("a", DepositTwice{1}),
                                        es::command<Account>("b", Deposit{1}));
                    good += done && std::get<0>(done->parts).events().size() == 2 ? 1 : 0;
                    first += done && !done->repeated ? 1 : 0;
                });
            all.clear();
            CHECK(good == 4);
            CHECK(first == 1);
        }
        CHECK(balance(store, "a") == 10);
        CHECK(stored(store) == 15);
    });
}

TEST_CASE("A stream whose command emits nothing must not move either") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1)
                REQUIRE(es::execute<Account>(inside, "account-b", Deposit{80}));
        };
        const auto done = es::execute_all(store, es::command<Account>("a", Deposit{1}),
                                          es::command<Account>("b", SweepOver{50}));
        REQUIRE(done);
        CHECK(done->attempts == 2);
        CHECK(std::get<1>(done->parts).events().size() == 1); // decided on what came
        CHECK(balance(inside, "b") == 50);
    });
}

TEST_CASE("Commands on several streams end with their deadline or stop, and say what they waited "
          "for") {
    const es::FixedEnvironment world;
    const es::MemoryStore inside{world};
    const WatchedStore store{inside};
    store.watch().before_append = [&](std::size_t) {
        REQUIRE(es::execute<Account>(inside, "account-b", Deposit{1}));
    };
    es::ExecuteAllOptions options{
        .attempts = 1'000,
        .backoff = {.first = std::chrono::seconds(2), .most = std::chrono::seconds(2)},
        .environment = world,
        .call = {.timeout = std::chrono::milliseconds(3'500)}};
    const auto go = [&] {
        return es::execute_all(store, options, es::command<Account>("a", Deposit{1}),
                               es::unchanged<Account>("b"));
    };
    const auto late = go();
    REQUIRE(fails_with(es::errc::timed_out, late));
    CHECK(message_of(late).find("stream account-b") != std::string::npos);
    CHECK(message_of(late).find("no time for another attempt") != std::string::npos);
    CHECK(late.error().outcome() == es::Outcome::not_done);
    CHECK(store.watch().appends == 4);

    std::stop_source stop;
    options.call = {.stop = stop.get_token()};
    store.watch().before_append = [&](std::size_t) {
        REQUIRE(es::execute<Account>(inside, "account-b", Deposit{1}));
        stop.request_stop();
    };
    CHECK(fails_with(es::errc::cancelled, go()));
    CHECK(balance(inside, "a") == 0);
}

namespace {
/// A store that can't say whether an id is stored.
struct Forgetting : es::MemoryStore {
    void find_event() const;
};
} // namespace

TEST_CASE("A store that finds no old ids takes no command id for several streams, and says what "
          "to do") {
    const Forgetting inside;
    const auto refuses = [&](const auto& store) {
        const auto refused = es::execute_all(store, {.command_id = es::Environment{}.new_id()},
                                             es::command<Account>("a", Deposit{1}));
        REQUIRE(fails_with(es::errc::unsupported, refused));
        CHECK(message_of(refused).find("can't say whether a command with this command_id was "
                                       "executed before") != std::string::npos);
        CHECK(message_of(refused).find("execute it without a command_id") != std::string::npos);
    };
    refuses(inside);
    refuses(es::AnyStore{inside});
    CHECK(stored(inside) == 0);
    CHECK(es::execute_all(inside, es::command<Account>("a", Deposit{1})));
}

namespace {
/// A store without the verb.
struct OneByOne : es::MemoryStore {
    void append_all() const;
    void append_if() const;
};
} // namespace

TEST_CASE(
    "A store that is any, and can't append to several streams, says so before anything is done") {
    const OneByOne inside;
    const es::AnyStore store{inside};
    const auto done = es::execute_all(store, es::command<Account>("a", Deposit{1}));
    REQUIRE(fails_with(es::errc::unsupported, done));
    CHECK(message_of(done).find("OneByOne") == 0);
    CHECK(stored(inside) == 0);
}

TEST_CASE("The nil id is no id of commands on several streams") {
    const es::MemoryStore store;
    const auto refused =
        es::execute_all(store, {.command_id = es::Uuid{}}, es::command<Account>("a", Deposit{1}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(*store.head() == std::nullopt);
}
