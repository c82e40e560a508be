// SPDX-License-Identifier: MIT
// Laws of repositories, for any store: each is called with two handles to one new store.
#ifndef EVENTSOURCING_TESTS_LAWS_REPOSITORY_LAWS_HPP
#define EVENTSOURCING_TESTS_LAWS_REPOSITORY_LAWS_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"
#include "laws/hooked_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace repeats {

namespace es = eventsourcing;

/// Writes what it is told, whatever was written before.
struct Write {
    std::vector<std::string> lines{};
};
struct Line {
    std::string text;
    bool operator==(const Line&) const = default;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "repeats", .source = "events://example.org/repeats"};
}
struct Book {
    using Command = Write;
    using Event = Line;
    struct State {
        std::uint64_t lines = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Line&) { ++s.lines; }
    static es::Result<es::Events<Line>> handle_command(const State&, const Write& c) {
        es::Events<Line> lines;
        for (const std::string& text : c.lines)
            lines.push_back(Line{text});
        return lines;
    }
};

} // namespace repeats

namespace repository_laws {

namespace es = eventsourcing;
using namespace bank;
using hooked::HookedStore;

template <class Store>
using Accounts = es::Repository<Account, Store>;

inline es::Uuid new_id() {
    return es::Environment{}.new_id();
}

/// Every record of a stream, and whether each was decided on exactly the events below it.
template <class Store>
std::vector<std::string> audited(const Store& store, es::StreamNameView stream) {
    std::vector<std::string> types;
    std::int64_t balance = 0;
    for (es::StreamRead next{.limit = 4096};;) {
        const auto page = store.read_stream(stream, next);
        REQUIRE(page);
        for (const es::EventRecord& record : page->records()) {
            types.emplace_back(record.type.substr(5));
            const auto decoded = es::decode_record<Account::Event>(record);
            REQUIRE(decoded);
            if (const auto* in = std::get_if<Deposited>(&decoded->event)) {
                CHECK(in->before == balance);
                balance += in->amount;
            } else if (const auto* out = std::get_if<Withdrawn>(&decoded->event)) {
                CHECK(out->before == balance);
                balance -= out->amount;
            }
        }
        if (page->at_end)
            return types;
        next.from = page->next_revision;
    }
}
using Types = std::vector<std::string>;

/// What an observer has heard, as texts.
struct Diary {
    std::vector<std::string>* lines;
    void on(const es::Appended& a) {
        lines->push_back("appended " + std::to_string(a.events) + " to " + std::string(a.stream));
    }
    void on(const es::ConflictRetried& c) {
        lines->push_back("conflict " + std::to_string(c.attempt) + " in " + std::string(c.stream));
    }
    void on(const es::OutcomeRetried& c) {
        lines->push_back("unknown " + std::to_string(c.attempt) + " in " + std::string(c.stream));
    }
    void on(const es::CommandRepeated& c) {
        lines->push_back("repeated " + std::to_string(c.revision.value()));
    }
    void on(const es::SnapshotIgnored& s) {
        lines->push_back("ignored " +
                         (s.revision ? std::to_string(s.revision->value()) : std::string("any")));
    }
    void on(const es::SnapshotFailed& s) {
        lines->push_back("failed " + std::to_string(s.revision.value()));
    }
    void on(const es::Skipped& s) {
        lines->push_back("skipped " + std::to_string(s.revision.value()));
    }
};

/// R1
inline constexpr auto decided_as_often_as_attempts_says = [](const auto& plain, const auto& other) {
    const HookedStore store{plain};
    es::FixedEnvironment clock{{.jitters = {0.5, 1.0}}};
    const Accounts<std::decay_t<decltype(store)>> accounts{store,
                                                           {.attempts = 4, .environment = clock}};
    const std::function<void()> meddle = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
        store.hooks().before_append = meddle;
    };
    store.hooks().before_append = meddle;
    const auto done = accounts.execute("anna", Deposit{1000});
    REQUIRE(fails_with(es::errc::conflict, done));
    REQUIRE(done.error().conflict());
    CHECK(done.error().conflict()->actual == es::Revision{3});
    CHECK(done.error().message().find("given up after 4 attempts") != std::string::npos);
    CHECK(audited(other, "account-anna").size() == 4);
    using std::chrono::milliseconds;
    CHECK(clock.sleeps() ==
          std::vector<std::chrono::nanoseconds>{milliseconds(1), milliseconds(4), milliseconds(4)});

    CHECK(fails_with(es::errc::conflict, accounts.execute("anna", Deposit{1000}, {.attempts = 1})));
    CHECK(clock.sleeps().size() == 3);
};

/// R1
inline constexpr auto waits_up_to_the_longest = [](const auto& plain, const auto& other) {
    using std::chrono::milliseconds;
    const HookedStore store{plain};
    es::FixedEnvironment clock{{.jitters = {1.0, 1.0, 1.0, 1.0, 1.0}}};
    const Accounts<std::decay_t<decltype(store)>> accounts{
        store,
        {.attempts = 6,
         .backoff = {.first = milliseconds(1), .most = milliseconds(3)},
         .environment = clock}};
    const std::function<void()> meddle = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
        store.hooks().before_append = meddle;
    };
    store.hooks().before_append = meddle;
    CHECK(fails_with(es::errc::conflict, accounts.execute("anna", Deposit{1000})));
    CHECK(clock.sleeps() == std::vector<std::chrono::nanoseconds>{milliseconds(1), milliseconds(2),
                                                                  milliseconds(3), milliseconds(3),
                                                                  milliseconds(3)});
};

/// Emits what it can't apply.
struct Careless : Account {
    static Withdrawn handle_command(const State& s, const Withdraw& c) {
        return {c.amount, s.balance};
    }
    using Command = Withdraw;
    static constexpr std::string_view category = "account";
};

/// R3
inline constexpr auto a_stale_state_that_cant_take_the_events = [](const auto& plain,
                                                                   const auto& other) {
    const HookedStore store{plain};
    const es::Repository<Careless, std::decay_t<decltype(store)>> accounts{store, {.cache = 8}};
    REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
    REQUIRE(accounts.load("anna"));
    REQUIRE(es::execute<Account>(other, "account-anna", Deposit{9}));
    store.hooks().reads.clear();
    const auto done = accounts.execute("anna", Withdraw{5}); // more than the cached state has
    REQUIRE(done);
    CHECK(std::get<Withdrawn>(done->events()[0]).before == 10);
    CHECK(done->state.balance == 5);
    CHECK(done->attempts == 1);
    CHECK(store.hooks().reads.size() == 1);

    // of the current state: it is to blame
    CHECK(fails_with(es::errc::cannot_apply, accounts.execute("anna", Withdraw{6})));
};

/// R1
inline constexpr auto no_time_left_for_another_attempt = [](const auto& plain, const auto& other) {
    const HookedStore store{plain};
    es::FixedEnvironment clock;
    const Accounts<std::decay_t<decltype(store)>> accounts{store, {.environment = clock}};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
    store.hooks().before_append = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
        clock.advance(deadline.time_since_epoch() + std::chrono::hours(1));
    };
    CHECK(fails_with(es::errc::timed_out,
                     accounts.execute("anna", Deposit{1000}, {.call = {.deadline = deadline}})));
    std::stop_source stop;
    store.hooks().before_append = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
        stop.request_stop();
    };
    // the memory store and SQLite see the stop as well
    const auto stopped =
        accounts.execute("anna", Deposit{1000}, {.call = {.stop = stop.get_token()}});
    CHECK(fails_with(es::errc::cancelled, stopped));
    CHECK(audited(other, "account-anna").size() == 2);
};

/// R4
inline constexpr auto racing_calls_with_one_id = [](const auto& store, const auto& other) {
    using Store = std::decay_t<decltype(store)>;
    const Accounts<Store> shared{store, {.cache = 4, .attempts = 1000}};
    const Accounts<Store> elsewhere{other, {.attempts = 1000}};
    for (int round = 0; round < 10; ++round) {
        const es::Uuid id = new_id();
        std::vector<std::optional<es::Receipt>> receipts(4);
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < receipts.size(); ++t)
            threads.emplace_back([&, t] {
                auto done = (t % 2 == 0 ? shared : elsewhere)
                                .execute("anna", Deposit{1}, {.command_id = id});
                if (done)
                    receipts[t] = done->receipt;
            });
        for (std::thread& thread : threads)
            thread.join();
        REQUIRE(receipts[0]);
        for (const auto& receipt : receipts)
            CHECK(receipt == receipts[0]);
        CHECK(audited(store, "account-anna").size() == static_cast<std::size_t>(round) + 1);
    }
};

/// R5
inline constexpr auto an_id_with_another_command = [](const auto& store, const auto& /*other*/) {
    const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 1}};
    const es::Uuid id = new_id();
    REQUIRE(accounts.execute("anna", Deposit{10}, {.command_id = id}));
    for (const Account::Command& command :
         {Account::Command(Deposit{99}), Account::Command(Withdraw{1}),
          Account::Command(Withdraw{10}), Account::Command(Withdraw{500})}) {
        const auto again = accounts.execute("anna", command, {.command_id = id});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->state.balance == 10);
        CHECK(std::get<Deposited>(again->events()[0]).amount == 10);
    }
    CHECK(audited(store, "account-anna").size() == 1);
};

/// R2, R5, R7
inline constexpr auto an_id_used_elsewhere_with_another_command = [](const auto& store,
                                                                     const auto& other) {
    using Store = std::decay_t<decltype(store)>;
    for (const std::size_t cache : {std::size_t{0}, std::size_t{4}}) {
        const std::string id = "anna" + std::to_string(cache);
        const auto name = *es::StreamName::of("account", id);
        const Accounts<Store> accounts{store, {.cache = cache}};
        REQUIRE(accounts.execute(id, Deposit{10}));
        const es::Uuid command = new_id();
        REQUIRE(es::execute<Account>(other, name, Deposit{1}, {.command_id = command}));
        // decided on the same state, so that only the content differs
        const auto answer = accounts.execute(id, Deposit{99}, {.command_id = command});
        REQUIRE(answer);
        CHECK(answer->repeated);
        CHECK(answer->state.balance == 11);
        CHECK(answer->receipt->first == es::Revision{1});
        CHECK(std::get<Deposited>(answer->events()[0]).amount == 1);

        CHECK(fails_with(Refusal::not_enough, accounts.execute(id, Withdraw{100})));
        REQUIRE(accounts.execute(id, Withdraw{11}));
        CHECK(audited(store, name) == Types{"deposited", "deposited", "withdrawn", "emptied"});
        const auto loaded = accounts.load(id);
        REQUIRE(loaded);
        CHECK(loaded->state == es::load<Account>(other, name)->state);
    }
};

/// R2, R5
inline constexpr auto an_id_used_meanwhile_with_another_command = [](const auto& plain,
                                                                     const auto& other) {
    const HookedStore store{plain};
    for (const std::size_t cache : {std::size_t{0}, std::size_t{4}}) {
        const std::string id = "anna" + std::to_string(cache);
        const auto name = *es::StreamName::of("account", id);
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = cache}};
        const es::Uuid command = new_id();
        store.hooks().before_append = [&] {
            REQUIRE(es::execute<Account>(other, name, Deposit{1}, {.command_id = command}));
        };
        const auto answer = accounts.execute(id, Deposit{99}, {.command_id = command});
        REQUIRE(answer);
        CHECK(answer->repeated);
        CHECK(answer->state.balance == 1);
        CHECK(fails_with(Refusal::not_enough, accounts.execute(id, Withdraw{2})));
        CHECK(audited(plain, name).size() == 1);
    }
};

/// R4, R5
inline constexpr auto repeats_that_decide_otherwise = [](const auto& store, const auto& other) {
    using Books = es::Repository<repeats::Book, std::decay_t<decltype(store)>>;
    const Books elsewhere{other};
    int books = 0;
    for (const std::vector<std::string>& lines : {std::vector<std::string>{"one"},
                                                  {"one", "two"},
                                                  {"one", "two", "four"},
                                                  {"one", "two", "three"},
                                                  {"one", "two", "three", "four"}}) {
        const std::string id = std::to_string(++books);
        const Books cached{store, {.cache = 1}};
        REQUIRE(cached.execute(id, repeats::Write{{"title"}}));
        const es::Uuid command = new_id();
        REQUIRE(elsewhere.execute(id, repeats::Write{{"one", "two", "three"}},
                                  {.command_id = command}));
        // decided on the cached state, so that the store compares event by event
        const auto again = cached.execute(id, repeats::Write{lines}, {.command_id = command});
        REQUIRE(again);
        if (lines.size() != 3 || lines[2] != "three" || es::verbs_of(store).find_event) {
            CHECK(again->repeated); // else the engine does not tell
        }
        CHECK(again->receipt->first == es::Revision{1});
        CHECK(again->receipt->last == es::Revision{3});
        CHECK(again->revision == es::Revision{3});
        CHECK(again->state.lines == 4);
        REQUIRE(again->events().size() == 3);
        CHECK(again->events()[2] == repeats::Line{"three"});
        REQUIRE(cached.execute(id, repeats::Write{{"five"}}));
        CHECK(cached.load(id)->state.lines == 5);
    }
};

/// R6
inline constexpr auto unknown_outcomes_are_resolved = [](const auto& plain, const auto& /*other*/) {
    const HookedStore store{plain};
    std::vector<std::string> heard;
    es::FixedEnvironment clock;
    const Accounts<std::decay_t<decltype(store)>> accounts{
        store, {.cache = 4, .observer = Diary{&heard}, .environment = clock}};
    store.hooks().answer = [](std::size_t append, es::Result<es::Receipt> done) {
        return append < 3 ? es::Result<es::Receipt>(es::errc::unknown_outcome) : std::move(done);
    };
    const auto done = accounts.execute("anna", Deposit{10});
    REQUIRE(done);
    CHECK(done->attempts == 1);
    CHECK(store.hooks().appends == 3);
    CHECK(audited(plain, "account-anna").size() == 1);
    CHECK(heard == std::vector<std::string>{"unknown 1 in account-anna",
                                            "unknown 2 in account-anna",
                                            "appended 1 to account-anna"});
};

/// R6
inline constexpr auto unknown_outcomes_carry_the_append = [](const auto& plain,
                                                             const auto& /*other*/) {
    using Store = std::decay_t<decltype(plain)>;
    const HookedStore store{plain};
    es::FixedEnvironment clock;
    const Accounts<HookedStore<Store>> accounts{store, {.environment = clock}};
    store.hooks().answer = [](std::size_t, es::Result<es::Receipt>) {
        return es::Result<es::Receipt>(es::errc::unknown_outcome);
    };
    const auto lost = accounts.execute("anna", Deposit{10});
    REQUIRE(fails_with(es::errc::unknown_outcome, lost));
    CHECK(lost.error().outcome() == es::Outcome::unknown);
    CHECK(store.hooks().appends > 10); // within ten seconds of the environment
    const auto* pending = es::pending_append<Account>(lost.error());
    REQUIRE(pending);
    es::Dispatcher<Account, Store> later{plain};
    const auto done = later.retry(*pending);
    REQUIRE(done);
    CHECK(done->state.balance == 10);
    CHECK(audited(plain, "account-anna").size() == 1);
};

/// R6
inline constexpr auto unknown_outcomes_that_are_conflicts = [](const auto& plain,
                                                               const auto& other) {
    const HookedStore store{plain};
    es::FixedEnvironment clock;
    const Accounts<std::decay_t<decltype(store)>> accounts{store, {.environment = clock}};
    store.hooks().before_append = [&] {
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
    };
    store.hooks().answer = [](std::size_t append, es::Result<es::Receipt> done) {
        return append == 1 ? es::Result<es::Receipt>(es::errc::unknown_outcome) : std::move(done);
    };
    const auto done = accounts.execute("anna", Deposit{10});
    REQUIRE(done);
    CHECK(done->state.balance == 11);
    CHECK(done->attempts == 2);
};

/// R8
inline constexpr auto events_that_cant_be_applied = [](const auto& store, const auto& /*other*/) {
    using Store = std::decay_t<decltype(store)>;
    for (const std::size_t cache : {std::size_t{0}, std::size_t{4}}) {
        const std::string id = "anna" + std::to_string(cache);
        const auto name = *es::StreamName::of("account", id);
        const Accounts<Store> accounts{store, {.cache = cache}};
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute(id, Deposit{1}));
        const std::vector<es::NewEvent> evil{{.id = new_id(),
                                              .type = "bank.withdrawn",
                                              .version = "1.0",
                                              .content_type = "application/json",
                                              .data = R"({"amount":99,"before":3})"}};
        REQUIRE(store.append_unchecked(name, es::EventBatch(evil)));
        REQUIRE(store.append_unchecked(name, es::EventBatch(std::vector<es::NewEvent>{
                                                 {.id = new_id(),
                                                  .type = "bank.deposited",
                                                  .version = "1.0",
                                                  .content_type = "application/json",
                                                  .data = R"({"amount":5,"before":3})"}})));

        const auto loaded = accounts.load(id);
        REQUIRE(fails_with(es::errc::cannot_apply, loaded));
        CHECK(loaded.error().message() ==
              "stream account-" + id + ", revision 3: bank.withdrawn: an account is not overdrawn");
        const auto* until = es::loaded_until<Account>(loaded.error());
        REQUIRE(until);
        CHECK(until->state.balance == 3);
        CHECK(until->state.history == "+1+1+1");
        CHECK(until->revision == es::Revision{2});
        CHECK(until->cause == es::errc::cannot_apply);

        // execute, decide, es::load and es::execute say the same, and carry the same
        const auto carries = [&](const auto& refused) {
            REQUIRE(fails_with(es::errc::cannot_apply, refused));
            CHECK(refused.error().message() == loaded.error().message());
            const auto* before = es::loaded_until<Account>(refused.error());
            REQUIRE(before);
            CHECK(before->state == until->state);
            CHECK(before->revision == until->revision);
        };
        carries(accounts.execute(id, Deposit{1}));
        carries(accounts.execute(id, Deposit{1}, {.command_id = new_id()}));
        carries(accounts.decide(id, Deposit{1}));
        carries(es::execute<Account>(store, name, Deposit{1}));
        carries(es::load<Account>(store, name));

        std::vector<std::string> heard;
        const Accounts<Store> mended{
            store, {.skip = {{name, es::Revision{3}}}, .observer = Diary{&heard}}};
        const auto without = mended.load(id);
        REQUIRE(without);
        CHECK(without->state.balance == 8);
        CHECK(without->revision == es::Revision{4});
        CHECK(without->state.generation == es::Generation{4});
        REQUIRE(mended.execute(id, Deposit{1}));
        CHECK(heard ==
              std::vector<std::string>{"skipped 3", "skipped 3", "appended 1 to account-" + id});
    }
};

/// R8
inline constexpr auto an_unknown_type_at_the_front = [](const auto& store, const auto& /*other*/) {
    const Accounts<std::decay_t<decltype(store)>> accounts{store};
    const std::vector<es::NewEvent> unknown{{.id = new_id(),
                                             .type = "bank.robbed",
                                             .version = "1.0",
                                             .content_type = "application/json",
                                             .data = "{}"}};
    REQUIRE(store.append_unchecked("account-anna", es::EventBatch(unknown)));
    const auto loaded = accounts.load("anna");
    REQUIRE(fails_with(es::errc::unknown_type, loaded));
    const auto* until = es::loaded_until<Account>(loaded.error());
    REQUIRE(until);
    CHECK_FALSE(until->revision);
    CHECK(until->state == Account::State{});
};

/// R8
inline constexpr auto events_that_cant_be_read = [](const auto& store, const auto& /*other*/) {
    const Accounts<std::decay_t<decltype(store)>> accounts{store};
    struct Case {
        std::string_view type;
        std::string_view version;
        std::string_view data;
        es::errc kind;
    };
    int cases = 0;
    for (const Case& bad :
         {Case{"bank.deposited", "1.0", R"({"amount":"one","before":1})", es::errc::malformed},
          Case{"bank.deposited", "9.0", "{}", es::errc::unknown_version},
          Case{"bank.robbed", "1.0", "{}", es::errc::unknown_type}}) {
        const std::string id = "anna" + std::to_string(++cases);
        const auto name = *es::StreamName::of("account", id);
        REQUIRE(accounts.execute(id, Deposit{1}));
        const std::vector<es::NewEvent> event{{.id = new_id(),
                                               .type = bad.type,
                                               .version = bad.version,
                                               .content_type = "application/json",
                                               .data = bad.data}};
        REQUIRE(store.append_unchecked(name, es::EventBatch(event)));
        const auto says = [&](const auto& refused) {
            REQUIRE(fails_with(bad.kind, refused));
            const auto* until = es::loaded_until<Account>(refused.error());
            REQUIRE(until);
            CHECK(until->state.balance == 1);
            CHECK(until->revision == es::Revision{0});
            CHECK(until->cause == bad.kind);
        };
        says(accounts.load(id));
        says(accounts.execute(id, Deposit{1}));
        says(es::load<Account>(store, name));
    }
};

/// R8
inline constexpr auto a_skipped_event_at_the_end = [](const auto& store, const auto& /*other*/) {
    using Store = std::decay_t<decltype(store)>;
    const Accounts<Store> accounts{store};
    REQUIRE(accounts.execute("anna", Deposit{1}));
    REQUIRE(accounts.execute("anna", Deposit{99}));
    REQUIRE(accounts.execute("bert", Deposit{1}));
    const std::vector<es::NewEvent> evil{{.id = new_id(),
                                          .type = "bank.withdrawn",
                                          .version = "1.0",
                                          .content_type = "application/json",
                                          .data = R"({"amount":99,"before":1})"}};
    REQUIRE(store.append_unchecked("account-bert", es::EventBatch(evil)));
    const Accounts<Store> mended{
        store, {.skip = {{"account-anna", es::Revision{1}}, {"account-bert", es::Revision{1}}}}};
    for (const std::string id : {"anna", "bert"}) {
        const auto loaded = mended.load(id);
        REQUIRE(loaded);
        CHECK(loaded->state.balance == 1);
        CHECK(loaded->revision == es::Revision{1});
        const auto done = mended.execute(id, Deposit{5}, {.attempts = 1});
        REQUIRE(done);
        CHECK(done->receipt->first == es::Revision{2});
        CHECK(done->state.balance == 6);
    }
};

/// R8
inline constexpr auto skips_are_told_once = [](const auto& store, const auto& /*other*/) {
    std::vector<std::string> heard;
    const Accounts<std::decay_t<decltype(store)>> accounts{
        store, {.skip = {{"account-anna", es::Revision{1}}}, .observer = Diary{&heard}}};
    for (int i = 0; i < 3; ++i)
        REQUIRE(es::execute<Account>(store, "account-anna", Deposit{1}));
    const std::vector<es::NewEvent> evil{{.id = new_id(),
                                          .type = "bank.withdrawn",
                                          .version = "1.0",
                                          .content_type = "application/json",
                                          .data = R"({"amount":99,"before":3})"}};
    REQUIRE(store.append_unchecked("account-anna", es::EventBatch(evil)));
    const auto loaded = accounts.load("anna");
    REQUIRE(fails_with(es::errc::cannot_apply, loaded));
    const auto* until = es::loaded_until<Account>(loaded.error());
    REQUIRE(until);
    CHECK(until->state.balance == 2);
    CHECK(until->revision == es::Revision{2});
    CHECK(heard == std::vector<std::string>{"skipped 1"});
};

/// R8
inline constexpr auto skips_of_cached_states_are_told = [](const auto& store,
                                                           const auto& /*other*/) {
    std::vector<std::string> heard;
    const Accounts<std::decay_t<decltype(store)>> accounts{
        store,
        {.cache = 4,
         .skip = {{"account-anna", es::Revision{1}},
                  {"account-anna", es::Revision{7}},
                  {"account-bert", es::Revision{0}}},
         .observer = Diary{&heard}}};
    for (int i = 0; i < 3; ++i)
        REQUIRE(es::execute<Account>(store, "account-anna", Deposit{1}));
    const std::vector<std::string> one{"skipped 1"};
    for (int i = 0; i < 3; ++i) {
        heard.clear();
        CHECK(accounts.load("anna")->state.balance == 2);
        CHECK(heard == one);
        heard.clear();
        CHECK(accounts.decide("anna", Deposit{1}));
        CHECK(heard == one);
        heard.clear();
        CHECK(fails_with(Refusal::not_enough, accounts.execute("anna", Withdraw{9})));
        CHECK(heard == one);
    }
    heard.clear();
    REQUIRE(accounts.execute("anna", Deposit{1}));
    CHECK(heard == std::vector<std::string>{"skipped 1", "appended 1 to account-anna"});
};

/// R9
inline constexpr auto states_as_of_a_time = [](const auto& store, const auto& /*other*/) {
    using namespace std::chrono_literals;
    es::FixedEnvironment clock;
    const Accounts<std::decay_t<decltype(store)>> accounts{store,
                                                           {.cache = 4, .environment = clock}};
    const es::Timestamp begin = clock.time();
    REQUIRE(accounts.execute("anna", Deposit{1})); // at 0 s
    clock.advance(10s);
    REQUIRE(accounts.execute("anna", Deposit{2})); // at 10 s
    clock.advance(-5s);
    REQUIRE(accounts.execute("anna", Deposit{4})); // at 5 s: the clock was set back
    const auto balance = [&](es::Timestamp time) {
        return accounts.load("anna", {.as_of = time})->state.balance;
    };
    CHECK(balance(begin - 1s) == 0);
    CHECK(balance(begin) == 1);
    CHECK(balance(begin + 7s) == 1);
    CHECK(balance(begin + 10s) == 7);
    CHECK(accounts.load("anna", {.at = es::Revision{1}})->state.balance == 3);
    CHECK(accounts.load("anna", {.at = es::Revision{1}, .as_of = begin})->state.balance == 1);
    CHECK(fails_with(es::errc::not_found, accounts.load("anna", {.at = es::Revision{3}})));
};

/// R10
inline constexpr auto one_page_at_a_time = [](const auto& plain, const auto& /*other*/) {
    const HookedStore store{plain};
    const Accounts<std::decay_t<decltype(store)>> accounts{store, {.page_size = 7}};
    for (int i = 0; i < 40; ++i)
        REQUIRE(es::execute<Account>(plain, "account-anna", Deposit{1}));
    REQUIRE(accounts.execute("anna", Deposit{1}));
    for (const std::size_t records : store.hooks().read_records)
        CHECK(records <= 7);
    CHECK(store.hooks().read_records.size() == 6);

    store.hooks().read_records.clear();
    REQUIRE(accounts.load("anna"));
    for (const std::size_t records : store.hooks().read_records)
        CHECK(records <= 7);
    store.hooks().read_records.clear();
    REQUIRE(accounts.load("anna", {.page_size = 30}));
    CHECK(store.hooks().read_records == std::vector<std::size_t>{30, 11});
};

} // namespace repository_laws

#endif
