// SPDX-License-Identifier: MIT
// The laws of a subscription whose read model is in a database of the application's own.
#include <eventsourcing/runtime/target_subscription.hpp>

#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/store/types_of.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"
#include "throw_or_skip.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using each_store::on_each_store;

namespace {

struct Drawn {
    int number = 0;
};
/// Nobody asks for it.
struct Shuffled {
    int seed = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "lottery", .source = "events://example.org/lottery", .version = "1.0"};
}
struct Lottery {
    using Event = std::variant<Drawn>;
};

template <class E, class Store>
void append(const Store& store, E event, const es::Environment& environment = {}) {
    const std::variant<E> one = event;
    const es::Uuid id = environment.new_id();
    const es::Batch<std::variant<E>> batch({&one, 1}, {&id, 1}, environment.now());
    REQUIRE(store.append_unchecked("lottery-1", batch));
}
template <class Store>
void draw(const Store& store, int number, const es::Environment& environment = {}) {
    append(store, Drawn{number}, environment);
}

/// A database with transactions: the checkpoint and what was applied change together.
struct Database {
    std::optional<es::Position> at{};
    std::string numbers{}; // `1 2 3`
    std::size_t commits = 0;
    /// Answers in its place: before a transaction, or after it was done.
    std::function<std::optional<es::Error>()> before{};
    std::function<std::optional<es::Error>()> after{};
};
class Target {
public:
    explicit Target(Database& database) : database_(&database) {}

    es::Result<std::optional<es::Position>> checkpoint(std::string_view name) const {
        CHECK(name == "numbers");
        return call<std::optional<es::Position>>([&] { return database_->at; });
    }
    es::Result<void> commit(std::string_view, std::optional<es::Position> expected,
                            es::Position next, std::span<const es::EventRecord> page) const {
        const auto done = call<bool>([&] { return transact(expected, next, page); });
        if (!done)
            return done.error();
        return *done ? es::Result<void>() : es::errc::conflict;
    }

private:
    template <class T, class F>
    es::Result<T> call(const F& f) const {
        if (database_->before)
            if (auto error = database_->before())
                return *std::move(error);
        auto done = f();
        if (database_->after)
            if (auto error = database_->after())
                return *std::move(error);
        return done;
    }
    bool transact(std::optional<es::Position> expected, es::Position next,
                  std::span<const es::EventRecord> page) const {
        if (expected != database_->at)
            return false;
        ++database_->commits;
        for (const es::EventRecord& record : page) {
            const auto begin = record.data.find(':') + 1;
            database_->numbers += database_->numbers.empty() ? "" : " ";
            database_->numbers += record.data.substr(begin, record.data.find('}') - begin);
        }
        database_->at = next;
        return true;
    }

    Database* database_;
};

es::TargetOptions options(const es::Environment& environment, es::Start start = {},
                          std::size_t page_size = 2) {
    return {.name = "numbers",
            .types = es::types_of<Lottery>(),
            .start = start,
            .page_size = page_size,
            .environment = environment};
}
template <class Numbers>
void run_out(Numbers& numbers) {
    for (int i = 0; i < 100; ++i)
        if (numbers.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not come to an end");
}

} // namespace

// S3, S4
TEST_CASE("A crash at any call of a target with transactions leaves each event in it once") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        for (int i = 1; i <= 5; ++i)
            draw(store, i), append(store, Shuffled{i});
        for (const bool afterwards : {false, true})
            for (std::size_t at = 1;; ++at) {
                Database database;
                std::size_t calls = 0;
                (afterwards ? database.after : database.before) = [&] {
                    return ++calls >= at ? std::optional(es::Error(es::errc::failed, "crash"))
                                         : std::nullopt;
                };
                {
                    es::TargetSubscription<Target, Store> first{store, Target(database),
                                                                options({})};
                    run_out(first);
                }
                const bool crashed = calls >= at;
                database.before = database.after = {};
                es::TargetSubscription<Target, Store> second{other, Target(database), options({})};
                run_out(second);
                REQUIRE(database.numbers == "1 2 3 4 5");
                REQUIRE(second.status().state == es::SubscriptionState::live);
                REQUIRE(second.status().behind == 0);
                if (!crashed)
                    break;
            }
    });
}

// S8
TEST_CASE("Two runners of one target hand each event over once") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        Database database;
        es::TargetSubscription<Target, Store> one{store, Target(database), options({})};
        es::TargetSubscription<Target, Store> two{other, Target(database), options({}, {}, 3)};
        std::string all;
        for (int i = 1; i <= 30; ++i) {
            draw(store, i);
            all += (i > 1 ? " " : "") + std::to_string(i);
            if (i % 2 == 0)
                one.step();
            if (i % 3 == 0)
                two.step();
        }
        run_out(one), run_out(two), run_out(one);
        CHECK(database.numbers == all);
        CHECK(one.status().state == es::SubscriptionState::live);
        CHECK(two.status().state == es::SubscriptionState::live);
    });
}

// S16
TEST_CASE("A target begins where the start says, decided once, whatever fails then") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        es::FixedEnvironment clock;
        draw(store, 1, clock);
        draw(store, 2, clock);
        clock.advance(1h);
        const auto later = clock.time();
        draw(store, 3, clock);
        const std::pair<es::Start, const char*> starts[] = {{es::from_beginning, "1 2 3 4 5"},
                                                            {es::from_now, "4 5"},
                                                            {es::after(es::Position{1}), "2 3 4 5"},
                                                            {es::from(later), "3 4 5"},
                                                            {es::from(later + 9h), "4 5"}};
        std::vector<Database> databases(std::size(starts));
        std::vector<std::unique_ptr<es::TargetSubscription<Target, Store>>> all;
        bool away = true;
        for (std::size_t i = 0; i < std::size(starts); ++i)
            all.push_back(std::make_unique<es::TargetSubscription<Target, Store>>(
                store, Target(databases[i]), options(clock, starts[i].first)));
        // the target can be read, and its first commits fail
        for (std::size_t i = 0; i < std::size(starts); ++i) {
            std::size_t calls = 0;
            databases[i].before = [&, calls]() mutable {
                return away && ++calls % 2 == 0
                           ? std::optional(es::Error(es::errc::unavailable, "away"))
                           : std::nullopt;
            };
            CHECK(all[i]->step().kind == es::Step::Kind::waiting);
        }
        draw(store, 4, clock);
        clock.advance(1h);
        away = false;
        for (std::size_t i = 0; i < std::size(starts); ++i)
            all[i]->step(), all[i].reset(); // and it ends
        draw(store, 5, clock);
        for (std::size_t i = 0; i < std::size(starts); ++i) {
            es::TargetSubscription<Target, Store> again{other, Target(databases[i]),
                                                        options(clock, starts[i].first)};
            run_out(again);
            CHECK(databases[i].numbers == starts[i].second);
        }
    });
}
TEST_CASE(
    "A target that begins now in an empty store is given its first event, after a crash too") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        Database database;
        {
            es::TargetSubscription<Target, Store> first{store, Target(database),
                                                        options({}, es::from_now)};
            CHECK(first.step().kind == es::Step::Kind::idle);
        }
        draw(store, 1);
        es::TargetSubscription<Target, Store> second{other, Target(database),
                                                     options({}, es::from_now)};
        run_out(second);
        CHECK(database.numbers == "1");
    });
}

// S9
TEST_CASE("What may pass of a target is tried again for ever, and anything else stops it") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        draw(store, 1);
        const std::pair<es::Error, bool> failures[] = {
            {es::Error(es::errc::unavailable, "away"), true},
            {es::Error(es::errc::timed_out, "too slow"), true},
            {es::Error(es::errc::unknown_version, "2.0"), true},
            {es::Error(es::errc::unknown_outcome, "no answer"), true},
            {es::Error(es::errc::not_sent, "no route"), true},
            {es::Error(es::errc::denied, "no rights"), false},
            {es::Error(es::errc::invalid, "no table"), false}};
        for (const auto& [error, passes] : failures) {
            es::FixedEnvironment clock;
            Database database;
            const es::Error failure = error;
            database.before = [&] { return database.at ? std::nullopt : std::optional(failure); };
            es::TargetSubscription<Target, Store> numbers{store, Target(database), options(clock)};
            for (int i = 0; i < (passes ? 20 : 1); ++i) {
                REQUIRE(numbers.step().kind ==
                        (passes ? es::Step::Kind::waiting : es::Step::Kind::stopped));
                clock.advance(1min);
            }
            CHECK(numbers.status().failure->attempts == (passes ? 20U : 1U));
            CHECK(numbers.status().failure->message.find(error.message()) != std::string::npos);
            database.before = {};
            numbers.resume();
            run_out(numbers);
            CHECK(database.numbers == "1");
            CHECK(numbers.status().state == es::SubscriptionState::live);
        }
    });
}
TEST_CASE("A commit of a target that throws stops it with what it threw, until resume") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        draw(store, 1);
        Database database;
        bool broken = true;
        std::size_t calls = 0;
        database.before = [&]() -> std::optional<es::Error> {
            if (++calls == 2 && broken)
                throw_or_skip(std::runtime_error("no such table"));
            return std::nullopt;
        };
        es::TargetSubscription<Target, Store> numbers{store, Target(database), options({})};
        CHECK(numbers.step().kind == es::Step::Kind::stopped);
        const auto message = numbers.status().failure.value().message;
        CHECK(message.find("commit of the target") != std::string::npos);
        CHECK(message.find("no such table") != std::string::npos);
        broken = false;
        numbers.resume();
        run_out(numbers);
        CHECK(database.numbers == "1");
    });
}
TEST_CASE("One conflict is another runner, and a target that refuses for ever is given time") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        draw(store, 1);
        es::FixedEnvironment clock;
        Database database;
        std::size_t refusals = 1;
        std::size_t calls = 0;
        database.before = [&]() -> std::optional<es::Error> {
            if (++calls % 2 != 0 || refusals == 0)
                return std::nullopt;
            --refusals;
            return es::Error(es::errc::conflict);
        };
        es::TargetSubscription<Target, Store> numbers{store, Target(database), options(clock)};
        CHECK(numbers.step().kind == es::Step::Kind::worked);
        CHECK_FALSE(numbers.status().failure);
        run_out(numbers);
        CHECK(database.numbers == "1");
        draw(store, 2);
        database.at = es::Position{1};
        refusals = 1000;
        calls = 1; // its first call is a commit
        int steps = 0;
        while (numbers.step().kind == es::Step::Kind::worked)
            REQUIRE(++steps < 10);
        CHECK(numbers.status().state == es::SubscriptionState::waiting);
        CHECK(numbers.status().failure.value().message.find(
                  "the target refuses each commit, though nobody else has moved its checkpoint") ==
              0);
        CHECK(numbers.step().kind == es::Step::Kind::waiting);
        refusals = 0;
        clock.advance(1min);
        run_out(numbers);
        CHECK(database.numbers == "1 2");
    });
}
