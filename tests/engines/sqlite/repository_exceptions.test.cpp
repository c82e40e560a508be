// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"
#include "laws/each_store.hpp"
#include "laws/hooked_store.hpp"
#include "throw_or_skip.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace es = eventsourcing;
using each_store::on_each_store;
using hooked::HookedStore;

namespace fragile {

/// Copies, moves and assignments until the next one throws; none does below 0.
inline int left = -1;
inline void use() {
    if (left == 0)
        throw_or_skip(std::runtime_error("glass"));
    if (left > 0)
        --left;
}

struct Glass {
    Glass() = default;
    Glass(const Glass& other) : value(other.value) { use(); }
    Glass(Glass&& other) : value(other.value) { use(); } // it is to throw
    Glass& operator=(const Glass& other) {
        use();
        value = other.value;
        return *this;
    }
    Glass& operator=(Glass&& other) { // it is to throw
        use();
        value = other.value;
        return *this;
    }
    ~Glass() = default;

    int value = 0;
};

struct Fill {
    int amount = 0;
};
struct Filled {
    int amount = 0;
};
/// Its copies throw, too.
struct Drop {
    Glass glass{};
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "fragile", .source = "events://example.org/fragile"};
}

struct Shelf {
    using Command = std::variant<Fill, Drop>;
    using Event = Filled;
    struct State {
        Glass glass{};
        es::Generation generation{};
    };
    static void apply_event(State& s, const Filled& e) {
        s.glass.value += e.amount;
        if (e.amount < 0)
            throw_or_skip(std::runtime_error("less than nothing"));
    }
    static Filled handle_command(const State&, const Fill& c) { return {c.amount}; }
    static Filled handle_command(const State&, Drop&& c) { return {c.glass.value}; }
};

} // namespace fragile

using namespace fragile;

namespace {

/// Of which a wait throws.
class Sleepless final : public es::EnvironmentSource {
public:
    es::Timestamp now() override { return system_.now(); }
    es::Uuid new_id() override { return system_.new_id(); }
    bool sleep(std::chrono::nanoseconds /*duration*/, const std::stop_token& /*stop*/) override {
        return throw_or_skip<bool>(std::runtime_error("no sleep"));
    }
    double jitter() override { return 0; }
    std::chrono::steady_clock::time_point steady_now() noexcept override {
        return system_.steady_now();
    }
    void watch(es::TimeWatcher& /*watcher*/) override {}
    void unwatch(es::TimeWatcher& /*watcher*/) noexcept override {}

private:
    es::Environment system_{};
};

} // namespace

TEST_CASE(
    "whichever copy or move of a state throws, a call that failed has stored nothing, and one "
    "that has not has stored its events") {
    on_each_store([](const auto& store, const auto& /*other*/) {
        for (const std::size_t cache : {std::size_t{0}, std::size_t{4}}) {
            const es::Repository<Shelf, std::decay_t<decltype(store)>> shelves{store,
                                                                               {.cache = cache}};
            const std::string id = "a" + std::to_string(cache);
            int stored = 0;
            bool failed = true;
            for (int uses = 0; failed; ++uses) {
                REQUIRE(uses < 100);
                left = uses;
                const auto done = shelves.execute(id, Fill{1});
                left = -1;
                failed = !done;
                if (failed)
                    CHECK(fails_with(es::errc::threw, done));
                else
                    ++stored;
                const auto loaded = es::load<Shelf>(store, *es::StreamName::of("shelf", id));
                REQUIRE(loaded);
                CHECK(loaded->state.glass.value == stored);
                const auto own = shelves.load(id);
                REQUIRE(own);
                CHECK(own->state.glass.value == stored);
            }
            for (int uses = 0; uses < 20; ++uses) {
                left = uses;
                const auto loaded = shelves.load(id);
                left = -1;
                if (!loaded)
                    CHECK(fails_with(es::errc::threw, loaded));
            }
        }
    });
}

TEST_CASE("an event whose apply_event throws ends a load with the state before it") { // R8
    on_each_store([](const auto& store, const auto& /*other*/) {
        const es::Repository<Shelf, std::decay_t<decltype(store)>> shelves{store};
        REQUIRE(shelves.execute("a", Fill{1}));
        const std::vector<es::NewEvent> evil{{.id = es::Environment{}.new_id(),
                                              .type = "fragile.filled",
                                              .version = "1.0",
                                              .content_type = "application/json",
                                              .data = R"({"amount":-5})"}};
        REQUIRE(store.append_unchecked("shelf-a", es::EventBatch(evil)));
        const auto loaded = shelves.load("a");
        REQUIRE(fails_with(es::errc::threw, loaded));
        const auto* until = es::loaded_until<Shelf>(loaded.error());
        REQUIRE(until);
        CHECK(until->state.glass.value == 1);
        CHECK(until->revision == es::Revision{0});
    });
}

TEST_CASE("a command that throws when it is copied is an error, of execute and of decide") {
    const es::MemoryStore store;
    const es::Repository<Shelf, es::MemoryStore> shelves{store};
    const Drop drop{};
    bool failed = true;
    for (int uses = 0; failed; ++uses) { // those of the state, and then that of the command
        REQUIRE(uses < 100);
        left = uses;
        const auto decided = shelves.decide("a", drop);
        left = -1;
        failed = !decided;
        if (failed)
            CHECK(fails_with(es::errc::threw, decided));
        left = uses;
        const auto executed = shelves.execute("a", drop);
        left = -1;
        if (!executed)
            CHECK(fails_with(es::errc::threw, executed));
    }
}

namespace {
/// An observer of a repository that throws whatever it is told, and counts.
struct Shouting {
    std::map<std::string, int>* told;
    template <class Told>
    void hear(const char* what, const Told& /*told*/) {
        ++(*told)[what];
        throw_or_skip(std::runtime_error(what));
    }
    void on(const es::Appended& t) { hear("appended", t); }
    void on(const es::ConflictRetried& t) { hear("conflict", t); }
    void on(const es::OutcomeRetried& t) { hear("unknown", t); }
    void on(const es::CommandRepeated& t) { hear("repeated", t); }
    void on(const es::StateLoaded& t) { hear("loaded", t); }
    void on(const es::SnapshotIgnored& t) { hear("ignored", t); }
    void on(const es::SnapshotFailed& t) { hear("failed", t); }
    void on(const es::Skipped& t) { hear("skipped", t); }
};
} // namespace

TEST_CASE(
    "what an observer throws changes nothing that a repository does, whatever it tells") { // O2
    using bank::Account, bank::Deposit, bank::Withdraw;
    using Hooked = HookedStore<es::MemoryStore>;
    const es::MemoryStore plain;
    const Hooked store{plain};
    std::map<std::string, int> told;
    const es::FixedEnvironment world;
    const es::Repository<Account, Hooked> accounts{store,
                                                   {.cache = 4,
                                                    .snapshot_every = 2,
                                                    .skip = {{"account-skipped", es::Revision{0}}},
                                                    .observer = Shouting{&told},
                                                    .environment = world}};
    const es::Uuid request = es::Environment{}.new_id();
    store.hooks().answer = [&](std::size_t append, es::Result<es::Receipt> done) {
        return append == 1 ? es::Result<es::Receipt>(es::errc::unknown_outcome) : std::move(done);
    };
    const auto first = accounts.execute("anna", Deposit{10}, {.command_id = request});
    REQUIRE(first);
    store.hooks().before_append = [&] {
        REQUIRE(es::execute<Account>(plain, "account-anna", Deposit{1}));
    };
    const auto second = accounts.execute("anna", Deposit{5});
    REQUIRE(second);
    CHECK(second->attempts == 2);
    CHECK(second->state.balance == 16);
    CHECK(accounts.execute("anna", Deposit{10}, {.command_id = request})->repeated);
    CHECK_FALSE(accounts.execute("anna", Withdraw{99}));

    store.hooks().save_snapshot = [] { return es::Result<void>(es::errc::unavailable); };
    REQUIRE(accounts.execute("bert", Withdraw{0})); // two events cross the border
    store.hooks().loaded_snapshot = [](auto& loaded) { loaded = es::errc::unavailable; };
    const es::Repository<Account, Hooked> uncached{
        store, {.snapshot_every = 2, .observer = Shouting{&told}}};
    CHECK(uncached.load("anna")->state.balance == 16);

    REQUIRE(es::execute<Account>(plain, "account-skipped", Deposit{1}));
    CHECK(accounts.load("skipped")->state.balance == 0);
    CHECK(accounts.load("skipped")->state.balance == 0); // of the cache
    CHECK(told["skipped"] == 2);
    for (const char* const what : {"appended", "conflict", "unknown", "repeated", "loaded",
                                   "ignored", "failed", "skipped"}) {
        INFO(what);
        CHECK(told[what] > 0);
    }
}

TEST_CASE("a wait that throws leaves an unknown outcome unknown") { // R6
    on_each_store([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        const es::Repository<bank::Account, std::decay_t<decltype(store)>> accounts{
            store, {.environment = es::Environment(std::make_shared<Sleepless>())}};
        store.hooks().answer = [](std::size_t, es::Result<es::Receipt>) {
            return es::Result<es::Receipt>(es::errc::unknown_outcome);
        };
        const auto lost = accounts.execute("anna", bank::Deposit{10});
        REQUIRE_FALSE(lost);
        CHECK(lost.error().outcome() == es::Outcome::unknown);
        CHECK(lost.error().message().find("no sleep") != std::string::npos);
        CHECK(es::pending_append<bank::Account>(lost.error()));
    });
}
