// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"
#include "laws/each_store.hpp"
#include "laws/hooked_store.hpp"
#include "laws/repository_laws.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace bank;
using each_store::on_each_store;
using hooked::HookedStore;
using repository_laws::Accounts;
using repository_laws::audited;
using repository_laws::Careless;
using repository_laws::Diary;
using repository_laws::new_id;
using repository_laws::Types;

namespace {

/// What was folded, and on top of what.
struct Folds {
    std::vector<std::string>* lines;
    void on(const es::StateLoaded& s) {
        lines->push_back(std::to_string(s.folded) + (s.cached ? " cached" : "") +
                         (s.snapshot ? " after " + std::to_string(s.snapshot->value()) : ""));
    }
};

} // namespace

TEST_CASE("a repository loads, decides and appends in the stream of the aggregate's category") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        const auto first = accounts.execute("anna", Deposit{100});
        REQUIRE(first);
        CHECK(first->events().size() == 1);
        CHECK(first->state.balance == 100);
        CHECK(first->revision == es::Revision{0});
        CHECK(first->receipt->first == es::Revision{0});
        CHECK(first->attempts == 1);
        CHECK_FALSE(first->repeated);
        const auto second = accounts.execute("anna", Account::Command(Withdraw{100}));
        REQUIRE(second);
        CHECK(second->events().size() == 2);
        CHECK(second->receipt->last == es::Revision{2});
        CHECK(second->state.history == "+100-100.");
        CHECK(second->state.generation == es::Generation{3});
        CHECK(audited(store, "account-anna") == Types{"deposited", "withdrawn", "emptied"});

        CHECK(fails_with(Refusal::not_enough, accounts.execute("anna", Withdraw{1})));
        const auto nothing = accounts.execute("anna", Empty{});
        REQUIRE(nothing);
        CHECK(nothing->events().empty());
        CHECK_FALSE(nothing->receipt);
        CHECK(nothing->revision == es::Revision{2});
        CHECK(audited(store, "account-anna").size() == 3);

        const auto would = accounts.decide("anna", Deposit{5});
        REQUIRE(would);
        CHECK(would->size() == 1);
        CHECK(audited(store, "account-anna").size() == 3);
    });
}

TEST_CASE("es::execute executes one command in a stream of any name") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        REQUIRE(es::execute<Account>(store, "savings-bert", Deposit{7}));
        const auto done = es::execute<Account>(store, "savings-bert", Withdraw{3},
                                               {.metadata = {.correlation_id = "c"}});
        REQUIRE(done);
        CHECK(done->state.balance == 4);
        const auto page = store.read_stream("savings-bert");
        REQUIRE(page);
        CHECK(page->records().back().metadata == R"({"$correlationId":"c"})");
    });
}

TEST_CASE("on conflict only what is new is read, and the same command is decided on it") { // R1
    on_each_store([](const auto& plain, const auto& other) {
        const HookedStore store{plain};
        std::vector<std::string> heard;
        es::FixedEnvironment clock;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.observer = Diary{&heard}, .environment = clock}};
        for (int i = 0; i < 20; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        heard.clear();
        store.hooks().reads.clear();
        store.hooks().read_records.clear();
        store.hooks().before_append = [&] {
            REQUIRE(es::execute<Account>(other, "account-anna", Withdraw{15}));
        };
        const auto done = accounts.execute("anna", Withdraw{5});
        REQUIRE(done);
        CHECK(done->attempts == 2);
        CHECK(done->state.balance == 0);
        CHECK(done->events().size() == 2); // of the new state: it is empty now
        CHECK(audited(other, "account-anna").size() == 23);
        const auto& reads = store.hooks().reads;
        REQUIRE(reads.size() == 2);
        CHECK(reads[1].from == es::Revision{20});
        CHECK(store.hooks().read_records == std::vector<std::size_t>{20, 1});
        CHECK(heard ==
              std::vector<std::string>{"conflict 1 in account-anna", "appended 2 to account-anna"});
        CHECK(clock.sleeps().size() == 1);

        store.hooks().before_append = [&] {
            REQUIRE(es::execute<Account>(other, "account-anna", Deposit{1}));
        };
        CHECK(fails_with(Refusal::not_enough, [&] {
            REQUIRE(accounts.execute("bert", Deposit{1}));
            store.hooks().before_append = [&] {
                REQUIRE(es::execute<Account>(other, "account-bert", Withdraw{1}));
            };
            return accounts.execute("bert", Withdraw{1});
        }()));
    });
}

TEST_CASE("a command is decided as often as attempts says, with waits of the environment, and then "
          "it is a conflict") { // R1
    on_each_store(repository_laws::decided_as_often_as_attempts_says);
}

TEST_CASE("the waits between two attempts double up to the longest one") { // R1
    on_each_store(repository_laws::waits_up_to_the_longest);
}

namespace {
/// Lets a test cut in before an append, and is read by types as the memory store is.
struct TypedAndMeddled : es::MemoryStore {
    template <es::detail::AnyBatch B>
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const B& batch, const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        if (const auto cut_in = std::exchange(*before, nullptr))
            cut_in();
        return es::MemoryStore::append(stream, expected, batch, condition, call);
    }
    std::shared_ptr<std::function<void()>> before = std::make_shared<std::function<void()>>();
};
} // namespace

TEST_CASE("on conflict only what is new is folded, also of events that are kept as their own "
          "structs") { // R1
    const TypedAndMeddled store;
    std::vector<std::string> folds;
    const Accounts<TypedAndMeddled> accounts{store, {.observer = Folds{&folds}}};
    for (int i = 0; i < 5; ++i)
        REQUIRE(accounts.execute("anna", Deposit{1}));
    folds.clear();
    *store.before = [&] { REQUIRE(es::execute<Account>(store, "account-anna", Withdraw{3})); };
    const auto done = accounts.execute("anna", Withdraw{2});
    REQUIRE(done);
    CHECK(done->attempts == 2);
    CHECK(done->events().size() == 2); // of the new state: it is empty now
    CHECK(folds == std::vector<std::string>{"5", "1"});
    CHECK(audited(store, "account-anna").size() == 8);
}

TEST_CASE("a conflict with no time left for another attempt is timed_out, and after a stop it is "
          "cancelled") { // R1
    on_each_store(repository_laws::no_time_left_for_another_attempt);
}

TEST_CASE("with and without a cache, each event of racing threads was decided on exactly the "
          "events below it",
          "[waits]") { // R2, R7
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        for (const std::size_t cache : {std::size_t{0}, std::size_t{2}}) {
            const std::string id = "anna" + std::to_string(cache);
            const Accounts<Store> shared{store, {.cache = cache, .attempts = 1000}};
            const Accounts<Store> elsewhere{other, {.cache = cache, .attempts = 1000}};
            std::atomic<std::int64_t> balance{0};
            std::vector<std::thread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&, t] {
                    const auto& accounts = t % 2 == 0 ? shared : elsewhere;
                    for (int i = 0; i < 25; ++i) {
                        if (accounts.execute(id, Deposit{3}))
                            balance += 3;
                        if (accounts.execute(id, Withdraw{2}))
                            balance -= 2;
                    }
                });
            for (std::thread& thread : threads)
                thread.join();
            const auto name = *es::StreamName::of("account", id);
            CHECK(audited(store, name).size() >= 100);
            const auto loaded = shared.load(id);
            REQUIRE(loaded);
            CHECK(loaded->state.balance == balance);
            CHECK(loaded->state == es::load<Account>(store, name)->state);
        }
    });
}

TEST_CASE("a refusal and an empty decision are never those of a cached state that others have "
          "moved on") { // R3
    on_each_store([](const auto& plain, const auto& other) {
        const HookedStore store{plain};
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 8}};
        REQUIRE(accounts.execute("anna", Deposit{1}));
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{9}));
        CHECK(fails_with(Refusal::not_enough,
                         accounts.execute("anna", Withdraw{5}, {.stale_ok = true})));
        store.hooks().reads.clear();
        const auto rich = accounts.execute("anna", Withdraw{5});
        REQUIRE(rich);
        CHECK(rich->state.balance == 5);
        CHECK(store.hooks().reads.size() == 1);
        CHECK(store.hooks().reads[0].from == es::Revision{1});
        CHECK(rich->attempts == 1);

        REQUIRE(accounts.execute("anna", Withdraw{5}));
        REQUIRE(es::execute<Account>(other, "account-anna", Deposit{4}));
        const auto emptied = accounts.execute("anna", Empty{});
        REQUIRE(emptied);
        CHECK(emptied->events().size() == 2);

        // nothing is new: looked at once, and then it is a "no"
        store.hooks().reads.clear();
        CHECK(fails_with(Refusal::not_enough, accounts.execute("anna", Withdraw{5})));
        CHECK(store.hooks().reads.size() == 1);
    });
}

TEST_CASE("a cached state that can't take the events is not blamed before the stream was looked "
          "at") { // R3
    on_each_store(repository_laws::a_stale_state_that_cant_take_the_events);
}

TEST_CASE("a command with an id is executed once, and answers what is stored ever after") { // R4
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        std::vector<std::string> heard;
        const Accounts<Store> accounts{store, {.observer = Diary{&heard}}};
        const Accounts<Store> elsewhere{other};
        const es::Uuid id = new_id();
        REQUIRE(accounts.execute("anna", Deposit{10}));
        const auto first = accounts.execute("anna", Withdraw{10}, {.command_id = id});
        REQUIRE(first);
        CHECK_FALSE(first->repeated);
        REQUIRE(accounts.execute("anna", Deposit{10}));
        REQUIRE(accounts.execute("anna", Deposit{1}));

        heard.clear();
        for (const auto& repository : {accounts, elsewhere}) {
            const auto again = repository.execute("anna", Withdraw{10}, {.command_id = id});
            REQUIRE(again);
            CHECK(again->repeated);
            CHECK(again->receipt == first->receipt);
            CHECK(again->state == first->state);
            CHECK(again->revision == first->revision);
            REQUIRE(again->events().size() == 2);
            CHECK(std::get<Withdrawn>(again->events()[0]).before == 10);
            CHECK(std::holds_alternative<Emptied>(again->events()[1]));
        }
        CHECK(heard == std::vector<std::string>{"repeated 1"});
        CHECK(audited(store, "account-anna").size() == 5);

        const auto elsewhere_too = accounts.execute("bert", Deposit{10}, {.command_id = id});
        REQUIRE(elsewhere_too); // at most once in each stream
        CHECK_FALSE(elsewhere_too->repeated);
    });
}

TEST_CASE(
    "a repeat that would be refused now, or would emit nothing, answers what is stored") { // R4
    on_each_store([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        REQUIRE(accounts.execute("anna", Deposit{10}));
        const es::Uuid refused = new_id();
        const es::Uuid empty = new_id();
        REQUIRE(accounts.execute("anna", Withdraw{4}, {.command_id = refused}));
        REQUIRE(accounts.execute("anna", Empty{}, {.command_id = empty}));
        CHECK(store.hooks().finds == 0);
        const auto one = accounts.execute("anna", Withdraw{4}, {.command_id = refused});
        REQUIRE(one);
        CHECK(one->repeated);
        CHECK(one->state.balance == 6);
        CHECK(one->receipt->last == es::Revision{1});
        CHECK(store.hooks().finds == 1);
        const auto other = accounts.execute("anna", Empty{}, {.command_id = empty});
        REQUIRE(other);
        CHECK(other->repeated);
        CHECK(other->events().size() == 2);
        CHECK(other->receipt->first == es::Revision{2});
    });
}

TEST_CASE("a refusal stores nothing: the command is decided again") { // R4
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        const es::Uuid id = new_id();
        CHECK(fails_with(Refusal::not_enough,
                         accounts.execute("anna", Withdraw{4}, {.command_id = id})));
        REQUIRE(accounts.execute("anna", Deposit{10}));
        const auto now = accounts.execute("anna", Withdraw{4}, {.command_id = id});
        REQUIRE(now);
        CHECK_FALSE(now->repeated);
        CHECK(accounts.execute("anna", Withdraw{4}, {.command_id = id})->repeated);
        CHECK(accounts.load("anna")->state.balance == 6);
    });
}

TEST_CASE("a refusal with a command id costs one more read, by that id") {
    on_each_store([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        REQUIRE(accounts.execute("anna", Deposit{1}));
        store.hooks().reads.clear();
        CHECK(fails_with(Refusal::not_enough, accounts.execute("anna", Withdraw{4})));
        const std::size_t reads = store.hooks().reads.size();
        CHECK(store.hooks().finds == 0);
        CHECK(fails_with(Refusal::not_enough,
                         accounts.execute("anna", Withdraw{4}, {.command_id = new_id()})));
        CHECK(store.hooks().reads.size() == 2 * reads);
        CHECK(store.hooks().finds == 1);
        REQUIRE(accounts.execute("anna", Deposit{4}, {.command_id = new_id()}));
        CHECK(store.hooks().finds == 1); // what is accepted needs none
    });
}

TEST_CASE("a command whose answer was lost in a crash is stored once when it comes again") { // R4
    on_each_store([](const auto& plain, const auto& other) {
        using Store = std::decay_t<decltype(plain)>;
        const es::Uuid id = new_id();
        {
            const HookedStore store{plain};
            es::FixedEnvironment clock;
            const Accounts<HookedStore<Store>> dying{
                store, {.patience = std::chrono::seconds(0), .environment = clock}};
            store.hooks().answer = [](std::size_t, es::Result<es::Receipt>) {
                return es::Result<es::Receipt>(es::errc::unknown_outcome);
            };
            CHECK(fails_with(es::errc::unknown_outcome,
                             dying.execute("anna", Deposit{10}, {.command_id = id})));
        }
        const Accounts<Store> after{other, {.cache = 4}};
        const auto again = after.execute("anna", Deposit{10}, {.command_id = id});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->state.balance == 10);
        CHECK(audited(other, "account-anna") == Types{"deposited"});
    });
}

TEST_CASE("of racing calls with one command id one stores its events, and all answer them",
          "[waits]") { // R4
    on_each_store(repository_laws::racing_calls_with_one_id);
}

TEST_CASE(
    "a repeat says so also when the cached state is the one that the first call decided on") { // R4
    on_each_store([](const auto& plain, const auto& other) {
        const HookedStore store{plain};
        std::vector<std::string> heard;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.cache = 4, .observer = Diary{&heard}}};
        REQUIRE(accounts.execute("anna", Deposit{10}));
        const es::Uuid id = new_id();
        const auto first =
            es::execute<Account>(other, "account-anna", Deposit{1}, {.command_id = id});
        REQUIRE(first);
        CHECK_FALSE(first->repeated);
        heard.clear();
        const auto again = accounts.execute("anna", Deposit{1}, {.command_id = id});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->receipt == first->receipt);
        CHECK(again->state == first->state);
        CHECK(heard == std::vector<std::string>{"repeated 1"});

        // what this call itself has sent before, and did not know it
        store.hooks().answer = [n = 0](std::size_t, es::Result<es::Receipt> done) mutable {
            return ++n == 1 ? es::Result<es::Receipt>(es::errc::unknown_outcome) : std::move(done);
        };
        const auto own = accounts.execute("anna", Deposit{2}, {.command_id = new_id()});
        REQUIRE(own);
        CHECK_FALSE(own->repeated);
    });
}

TEST_CASE("an id that comes with another command answers the first outcome") { // R5
    on_each_store(repository_laws::an_id_with_another_command);
}

TEST_CASE("a repeat of which only a later event differs, or that decides on fewer or more of them, "
          "answers all that is stored") { // R4, R5
    on_each_store(repository_laws::repeats_that_decide_otherwise);
}

TEST_CASE("an id that another repository has used with another command answers the first outcome, "
          "also from an old cached state") { // R2, R5, R7
    on_each_store(repository_laws::an_id_used_elsewhere_with_another_command);
}

TEST_CASE("an id that another caller uses with another command between load and append answers "
          "the outcome of that") { // R2, R5
    on_each_store(repository_laws::an_id_used_meanwhile_with_another_command);
}

TEST_CASE("a repeat answers all events that are stored, however many pages they take") { // R4
    on_each_store([](const auto& store, const auto& other) {
        using Books = es::Repository<repeats::Book, std::decay_t<decltype(store)>>;
        const es::Uuid id = new_id();
        const repeats::Write many{std::vector<std::string>(2 * es::default_page_size + 1, "line")};
        const auto first = Books{store}.execute("a", many, {.command_id = id});
        REQUIRE(first);
        const auto again = Books{other}.execute("a", many, {.command_id = id});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->receipt == first->receipt);
        CHECK(again->events().size() == many.lines.size());
        CHECK(again->state.lines == many.lines.size());
    });
}

TEST_CASE("the nil id is no id of a command") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        const auto refused = accounts.execute("anna", Deposit{10}, {.command_id = es::Uuid{}});
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == es::errc::invalid);
        CHECK(refused.error().message().find("the nil UUID") != std::string::npos);
        CHECK(store.read_stream("account-anna")->empty());
    });
}

TEST_CASE("an unknown outcome is resolved inside, with the same ids") { // R6
    on_each_store(repository_laws::unknown_outcomes_are_resolved);
}

TEST_CASE("an outcome that stays unknown until the deadline carries the pending append") { // R6
    on_each_store(repository_laws::unknown_outcomes_carry_the_append);
}

TEST_CASE("an outcome that was unknown and turns out as a conflict is decided again") { // R6
    on_each_store(repository_laws::unknown_outcomes_that_are_conflicts);
}

TEST_CASE(
    "a cache holds as many states as it may, and lets go of the one unused for longest") { // R7
    on_each_store([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 2}};
        const auto reads_of = [&](const char* id) {
            store.hooks().reads.clear();
            REQUIRE(accounts.execute(id, Deposit{1}));
            return store.hooks().reads.size();
        };
        CHECK(reads_of("anna") == 1);
        CHECK(reads_of("bert") == 1);
        CHECK(reads_of("anna") == 0);
        CHECK(reads_of("carl") == 1); // instead of bert
        CHECK(reads_of("anna") == 0);
        CHECK(reads_of("bert") == 1);
        CHECK(accounts.load("anna")->state.balance == 3);
        const auto copy = accounts; // shares the cache
        store.hooks().reads.clear();
        REQUIRE(copy.execute("anna", Deposit{1}));
        CHECK(store.hooks().reads.empty());
    });
}

TEST_CASE("a small cache under threads gives what no cache gives", "[waits]") { // R2, R7
    on_each_store([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        const Accounts<Store> shared{store, {.cache = 2, .attempts = 1000}};
        const Accounts<Store> elsewhere{other, {.cache = 2, .attempts = 1000}};
        constexpr std::size_t ids = 6;
        std::array<std::atomic<std::int64_t>, ids> balances{};
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                const auto& accounts = t % 2 == 0 ? shared : elsewhere;
                for (std::size_t i = 0; i < 36; ++i) {
                    const std::size_t id = (i * (t + 1) + t) % ids;
                    const std::string name = std::to_string(id);
                    if (accounts.execute(name, Deposit{3}))
                        balances[id] += 3;
                    if (accounts.execute(name, Withdraw{2}))
                        balances[id] -= 2;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        for (std::size_t id = 0; id < ids; ++id) {
            const auto name = *es::StreamName::of("account", std::to_string(id));
            audited(store, name);
            const auto loaded = es::load<Account>(store, name);
            REQUIRE(loaded);
            CHECK(loaded->state.balance == balances[id]);
            CHECK(shared.load(std::to_string(id))->state == loaded->state);
            CHECK(elsewhere.load(std::to_string(id))->state == loaded->state);
        }
    });
}

TEST_CASE("a cached state of a stream that was restored to an earlier event is forgotten") { // R7
    on_each_store([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 4}};
        const std::string id = "anna, whose name is longer than what a string keeps in itself";
        const auto name = *es::StreamName::of("account", id);
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute(id, Deposit{1}));
        store.hooks().answer = [&](std::size_t, const es::Result<es::Receipt>&) {
            store.hooks().answer = nullptr;
            return es::Result<es::Receipt>(es::detail::conflict_error(
                name, es::ExpectedRevision::exactly(es::Revision{2}), es::Revision{0}));
        };
        store.hooks().reads.clear();
        const auto done = accounts.execute(id, Deposit{1});
        REQUIRE(done);
        CHECK(done->attempts == 2);
        REQUIRE_FALSE(store.hooks().reads.empty());
        CHECK(store.hooks().reads[0].from == es::Revision{0});
    });
}

TEST_CASE("what a caller does with a state that he was given does not change the cache") { // R7
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 2}};
        auto done = accounts.execute("anna", Deposit{1});
        REQUIRE(done);
        done->state.balance = 1000;
        auto loaded = accounts.load("anna");
        REQUIRE(loaded);
        loaded->state.balance = 1000;
        CHECK(accounts.execute("anna", Deposit{1})->state.balance == 2);
    });
}

TEST_CASE("a stored event that can't be applied ends a load with its place, and with the state "
          "before it") { // R8
    on_each_store(repository_laws::events_that_cant_be_applied);
}

TEST_CASE("an event of an unknown type at the front of a stream carries the first state") { // R8
    on_each_store(repository_laws::an_unknown_type_at_the_front);
}

TEST_CASE("an event that can't be read carries the state before it, whatever is wrong with it") {
    on_each_store(repository_laws::events_that_cant_be_read); // R8
}

TEST_CASE("a command is decided and appended after an event that is left out, also the last one of "
          "its stream") { // R8
    on_each_store(repository_laws::a_skipped_event_at_the_end);
}

TEST_CASE("a skipped event is told once by a load, also by one that fails later") { // R8
    on_each_store(repository_laws::skips_are_told_once);
}

TEST_CASE("a skipped event is told each time, also of a cached state") { // R8
    on_each_store(repository_laws::skips_of_cached_states_are_told);
}

TEST_CASE("a decided event that can't be applied is named with its stream, and is not taken for a "
          "stored one") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        using Store = std::decay_t<decltype(store)>;
        for (const std::size_t cache : {std::size_t{0}, std::size_t{4}}) {
            const es::Repository<Careless, Store> accounts{store, {.cache = cache}};
            const auto refused = accounts.execute("anna", Withdraw{1});
            REQUIRE(fails_with(es::errc::cannot_apply, refused));
            CHECK(refused.error().message() ==
                  "stream account-anna: the decided event 0, bank.withdrawn: an account is not "
                  "overdrawn");
            CHECK_FALSE(es::loaded_until<Careless>(refused.error()));
        }
    });
}

TEST_CASE("a state as of a time is that before the first event recorded later") { // R9
    on_each_store(repository_laws::states_as_of_a_time);
}

TEST_CASE("a call that was stopped, or whose time is over, is an error that says so") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 4}};
        REQUIRE(accounts.execute("anna", Deposit{1}));
        std::stop_source stop;
        stop.request_stop();
        const es::CallOptions stopped{.stop = stop.get_token()};
        const es::CallOptions late{.deadline = std::chrono::steady_clock::time_point{}};
        for (const char* const id : {"anna", "bert"}) { // one of them is cached
            CHECK(fails_with(es::errc::cancelled, accounts.load(id, {.call = stopped})));
            CHECK(fails_with(es::errc::timed_out, accounts.load(id, {.call = late})));
            CHECK(fails_with(es::errc::cancelled, accounts.decide(id, Deposit{1}, stopped)));
            CHECK(fails_with(es::errc::timed_out, accounts.decide(id, Deposit{1}, late)));
            for (const Account::Command& command :
                 {Account::Command(Deposit{1}), Account::Command(Withdraw{9})}) {
                CHECK(fails_with(es::errc::cancelled,
                                 accounts.execute(id, command, {.call = stopped})));
                CHECK(
                    fails_with(es::errc::timed_out, accounts.execute(id, command, {.call = late})));
            }
        }
        CHECK(audited(store, "account-anna").size() == 1);
        CHECK(store.read_stream("account-bert")->empty());
    });
}

TEST_CASE("a load holds one page at a time") { // R10
    on_each_store(repository_laws::one_page_at_a_time);
}

TEST_CASE("an id that can't be part of a stream's name is refused, and says why") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        for (const auto& refused :
             {message_of(accounts.execute("a/b", Deposit{1})), message_of(accounts.load("a/b")),
              message_of(accounts.decide("a/b", Deposit{1}))})
            CHECK(refused == "the id \"a/b\": stream name \"account-a/b\": \"/\" at byte 10 is not "
                             "allowed: none of / \\ ? # %, no control characters, no Unicode "
                             "noncharacters");
        CHECK(fails_with(es::errc::invalid, accounts.execute("", Deposit{1})));
        CHECK(store.read_all()->empty());
    });
}

TEST_CASE("no attempts at all are refused, also with a cached state") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.cache = 4}};
        for (int i = 0; i < 2; ++i) { // the second time it is cached
            const auto refused = accounts.execute("anna", Deposit{1}, {.attempts = 0});
            CHECK(fails_with(es::errc::invalid, refused));
            CHECK(message_of(refused) == "ExecuteOptions::attempts: expected 1 or more, got 0");
            REQUIRE(accounts.execute("anna", Deposit{1}));
        }
        CHECK(audited(store, "account-anna").size() == 2);
    });
}

TEST_CASE("metadata, tags and the command's id are recorded with every event") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store};
        const es::Uuid id = new_id();
        REQUIRE(accounts.execute(
            "anna", Deposit{1},
            {.command_id = id, .metadata = {.correlation_id = "c"}, .tags = {"branch:7"}}));
        const auto page = store.read_stream("account-anna");
        const auto record = es::decode_record<Account::Event>(page->records()[0]);
        REQUIRE(record);
        CHECK(record->metadata.correlation_id == "c");
        CHECK(record->metadata.command_id == id.to_string());
        CHECK(record->tags == std::vector<std::string>{"branch:7"});
        CHECK(record->id == es::detail::CommandIds("account-anna", id).at(0));
    });
}
