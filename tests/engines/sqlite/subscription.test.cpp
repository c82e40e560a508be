// SPDX-License-Identifier: MIT
// The laws of subscriptions, of waiting for them and of rebuilding them, on each store.
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/runtime/target_subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using each_store::on_each_store;

namespace {

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage = 0;
};
struct EntityDied {
    std::string entity_id;
};
/// Nobody follows it.
struct Rained {
    std::uint32_t millimetres = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
struct Attack {
    std::string entity_id;
    std::uint32_t damage = 0;
};
struct Combat {
    using Command = Attack;
    using Event = std::variant<EntityAttacked, EntityDied, Rained>;
    struct State {
        std::uint32_t blows = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const EntityAttacked&) { ++s.blows; }
    static void apply_event(State& s, const EntityDied&) { s.blows = 0; }
    static void apply_event(State& s, const Rained&) { s.blows = s.blows; }
    static EntityAttacked handle_command(const State&, const Attack& c) {
        return {c.entity_id, c.damage};
    }
};

/// The damage of a blow that can't be handled now, and why not.
std::uint32_t poison = 0;
es::errc poisoned_with = es::errc::rejected;
struct Poison {
    explicit Poison(std::uint32_t damage, es::errc kind = es::errc::rejected) {
        poison = damage;
        poisoned_with = kind;
    }
    Poison(const Poison&) = delete;
    Poison& operator=(const Poison&) = delete;
    ~Poison() { poison = 0; }
};
es::Result<void> taste(std::uint32_t damage) {
    if (damage == 0 || damage != poison)
        return {};
    if (poisoned_with == es::errc::rejected)
        return es::reject("poison");
    return es::Error(poisoned_with, "poison");
}

/// Another order of the events gives another digest.
struct Board {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t events = 0;
        std::uint32_t digest = 7;
        bool operator==(const State&) const = default;
    };
    static es::Result<void> apply_event(State& s, const EntityAttacked& e) {
        ++s.events;
        s.digest = s.digest * 31 + e.damage;
        return taste(e.damage);
    }
    static void apply_event(State& s, const es::Recorded<EntityDied>& e) {
        ++s.events;
        s.digest = s.digest * 37 + static_cast<std::uint32_t>(e.event.entity_id.size());
    }
};

/// Several rows for a blow, at most one for a death.
struct Fighter {
    using Event = es::EventsOf<Combat>;
    struct State {
        std::uint32_t blows = 0;
        std::uint32_t deaths = 0;
        bool operator==(const State&) const = default;
    };
    static std::vector<std::string> key(const es::Recorded<EntityAttacked>& e) {
        return {e.event.entity_id, "everybody", e.event.entity_id};
    }
    static std::optional<std::string> key(const es::Recorded<EntityDied>& e) {
        return e.event.entity_id == "ghost" ? std::nullopt : std::optional(e.event.entity_id);
    }
    static es::Result<void> apply_event(State& s, const EntityAttacked& e) {
        ++s.blows;
        return taste(e.damage);
    }
    static es::RowChange apply_event(State& s, const EntityDied&) {
        return ++s.deaths < 2 ? es::keep_row : es::drop_row;
    }
};

struct Scores {
    using Event = es::EventsOf<Combat>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create =
        "CREATE TABLE scores(name TEXT PRIMARY KEY, deaths INTEGER CHECK(deaths < 3)) STRICT";
    static void apply_event(es::SqliteStatements& sql, const EntityDied& e) {
        sql.run("INSERT INTO scores VALUES(?1, 1) ON CONFLICT DO UPDATE SET deaths = deaths + 1",
                e.entity_id);
    }
    static void apply_event(es::SqliteStatements& sql, const EntityAttacked& e) {
        if (e.damage == 99)
            sql.run("DELETE FROM scores WHERE deaths > ?1", std::uint64_t{1} << 63U);
    }
};

template <class P>
concept HasRebuild = requires(es::Subscription<P, es::SqliteStore>& s) { s.rebuild(); };
// B5 (those of processes and relays have no such function at all)
static_assert(HasRebuild<Board> && HasRebuild<Fighter> && !HasRebuild<Scores>);

template <class Store>
void append(const Store& store, std::string_view stream, const std::vector<Combat::Event>& events,
            const es::Environment& environment = {}) {
    Store to = store;
    std::vector<es::Uuid> ids;
    for (std::size_t i = 0; i < events.size(); ++i)
        ids.push_back(environment.new_id());
    const es::Batch<Combat::Event> batch(events, ids, environment.now());
    REQUIRE(to.append_unchecked(*es::StreamName::parse(stream), batch));
}
/// An event of a known type that can't be read.
template <class Store>
void append_broken(const Store& store, std::string_view stream) {
    Store to = store;
    const es::Environment environment;
    const std::string type = es::types_of<EntityAttacked>().front();
    const es::NewEvent broken{.id = environment.new_id(),
                              .type = type,
                              .version = "1.0",
                              .content_type = "application/json",
                              .data = R"({"entity_id":7})",
                              .metadata = {},
                              .recorded_at = environment.now(),
                              .tags = {}};
    REQUIRE(
        to.append_unchecked(*es::StreamName::parse(stream), es::EventBatch(std::span(&broken, 1))));
}

/// Steps until there is nothing more to do.
template <class Subscription>
void run_out(Subscription& subscription) {
    while (subscription.step().kind == es::Step::Kind::worked)
        ;
}
template <class Store, class Beside>
Board::State state_of(const es::Subscription<Board, Store, Beside>& board) {
    return board.view([](const Board::State& s) { return s; });
}
/// What is kept under a name.
template <class Store>
es::Progress kept(const Store& store, std::string_view name) {
    const auto all = store.list_progress();
    REQUIRE(all);
    for (const auto& [key, progress] : *all)
        if (key.name == name && !key.rebuild)
            return progress;
    return {};
}
template <class Store>
es::Position head_of(const Store& store) {
    return **es::detail::last_position(store, {});
}

/// A store in which a call fails: before it is made, or after.
struct CrashPlan {
    std::size_t at = 0; // from 1
    bool after = false;
    bool for_ever = true; // all later calls fail as well: the process is gone
    es::errc kind = es::errc::failed;
    std::size_t calls = 0;
};
class CrashingStore {
public:
    static constexpr es::Capabilities capabilities = es::AnyStore::capabilities;

    CrashingStore(es::AnyStore store, CrashPlan& plan) : store_(std::move(store)), plan_(&plan) {}

    [[nodiscard]] auto actual_verbs() const { return store_.actual_verbs(); }
    [[nodiscard]] auto actual_capabilities() const { return store_.actual_capabilities(); }
    [[nodiscard]] es::Result<es::Uuid> store_id() const { return store_.store_id(); }

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
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        return crash([&] { return store_.read_stream(stream, which, call); });
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        return crash([&] { return store_.read_all(which, call); });
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        return store_.wait_for_append(after, call);
    }
    [[nodiscard]] es::Result<std::optional<es::Progress>>
    load_progress(const es::ProgressKey& key, const es::CallOptions& call = {}) const {
        return crash([&] { return store_.load_progress(key, call); });
    }
    [[nodiscard]] es::Result<std::vector<std::pair<es::ProgressKey, es::Progress>>>
    list_progress(const es::CallOptions& call = {}) const {
        return crash([&] { return store_.list_progress(call); });
    }
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call = {}) const {
        return crash([&] { return store_.commit_progress(commit, call); });
    }
    es::Result<bool> drop_progress(const es::ProgressKey& key,
                                   const es::CallOptions& call = {}) const {
        return crash([&] { return store_.drop_progress(key, call); });
    }
    [[nodiscard]] es::Result<std::optional<std::string>>
    load_row(const es::ProgressKey& key, std::string_view row,
             const es::CallOptions& call = {}) const {
        return crash([&] { return store_.load_row(key, row, call); });
    }
    [[nodiscard]] es::Result<std::vector<es::RowCommit>>
    load_rows(const es::ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
              const es::CallOptions& call = {}) const {
        return crash([&] { return store_.load_rows(key, after, limit, call); });
    }
    [[nodiscard]] es::Result<std::vector<es::ParkedEvent>>
    load_parked(const es::ProgressKey& key, std::optional<std::string_view> after,
                std::size_t limit, const es::CallOptions& call = {}) const {
        return crash([&] { return store_.load_parked(key, after, limit, call); });
    }

private:
    template <class F>
    auto crash(const F& f) const -> decltype(f()) {
        // with partitions in several threads
        const std::size_t call = std::atomic_ref(plan_->calls).fetch_add(1) + 1;
        if (plan_->at == 0 || call < plan_->at || (!plan_->for_ever && call > plan_->at))
            return f();
        if (plan_->after && call == plan_->at)
            static_cast<void>(f());
        return es::Error(plan_->kind, "crash");
    }

    mutable es::AnyStore store_;
    CrashPlan* plan_;
};

/// Calls `test(store)` with a memory store and a SQLite store.
template <class Test>
void on_any_store(const Test& test) {
    test(es::AnyStore(es::MemoryStore()));
    const each_store::File file;
    test(es::AnyStore(file.open()));
}

} // namespace

// S1, S2, S3, S5, S7
TEST_CASE("Any page sizes, any restarts and events that come meanwhile make the same state") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        std::mt19937 draw(1);
        for (const std::size_t page : {1U, 2U, 3U, 500U})
            for (const unsigned restart : {1U, 2U, 1000U}) {
                const es::SubscriptionOptions options{.name = "b" + std::to_string(page) + "-" +
                                                              std::to_string(restart),
                                                      .page_size = page};
                using Boards = es::Subscription<Board, Store>;
                auto board = std::make_unique<Boards>(store, options);
                for (unsigned i = 1; i <= 9; ++i) {
                    append(store, "combat-" + std::to_string(i % 2), {EntityAttacked{"ogre", i}});
                    if (draw() % 2 == 0)
                        board->step();
                    if (i % restart == 0)
                        board = std::make_unique<Boards>(store, options);
                }
                append(store, "combat-1", {EntityDied{"elf"}, Rained{1}});
                run_out(*board);
                REQUIRE(state_of(*board) == *es::fold<Board>(store));
                REQUIRE(*board->load() == *es::fold<Board>(store));
                REQUIRE(board->status().position == head_of(store));
            }
    });
}

namespace {

/// Runs a subscription on a store that fails at each of its calls in turn, and then a new one, or
/// the same one, to the end.
template <class P, class Check>
void crash_at_each_call(const es::AnyStore& store, const CrashPlan& how, unsigned partitions,
                        const Check& check) {
    for (std::size_t at = 1;; ++at) {
        const es::FixedEnvironment clock;
        const es::SubscriptionOptions options{.name = "c" +
                                                      std::to_string(store.list_progress()->size()),
                                              .on_failure = es::OnFailure::park,
                                              .page_size = partitions == 1 ? 2U : 5U,
                                              .partitions = partitions,
                                              .backoff = {.first = 0ns, .most = 0ns},
                                              .environment = clock};
        CrashPlan plan = how;
        plan.at = at;
        const CrashingStore crashing(store, plan);
        es::Subscription<P, CrashingStore> first{crashing, options};
        for (int i = 0; i < 12; ++i)
            first.step();
        const bool crashed = plan.calls >= at;
        if (plan.for_ever) {
            CrashPlan none;
            es::Subscription<P, CrashingStore> second{CrashingStore(store, none), options};
            for (int i = 0; i < 12; ++i)
                second.step();
            check(second);
        } else {
            plan.at = 0;
            for (int i = 0; i < 3; ++i)
                first.step();
            check(first);
        }
        if (!crashed)
            return;
    }
}

} // namespace

// S4, S11
TEST_CASE("A crash before or after any call changes nothing in what is stored") {
    on_any_store([](const es::AnyStore& store) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"elf", 13}});
        append(store, "combat-2", {EntityAttacked{"ogre", 3}, EntityAttacked{"troll", 4}});
        append(store, "combat-1", {EntityAttacked{"ogre", 5}, EntityDied{"troll"}});
        const Poison poisoned(13);
        for (const bool after : {false, true})
            for (const bool for_ever : {false, true}) {
                const CrashPlan plan{.after = after,
                                     .for_ever = for_ever,
                                     .kind = for_ever ? es::errc::failed
                                             : after  ? es::errc::unknown_outcome
                                                      : es::errc::unavailable};
                crash_at_each_call<Board>(store, plan, 1, [](auto& board) {
                    REQUIRE(board.load()->events == 3);
                    REQUIRE(board.load()->digest == ((7U * 31 + 1) * 31 + 3) * 31 + 4);
                    REQUIRE(board.parked()->size() == 3);
                    REQUIRE(board.status().state == es::SubscriptionState::live);
                });
                for (const unsigned partitions : {1U, 3U})
                    crash_at_each_call<Fighter>(store, plan, partitions, [](auto& fighters) {
                        REQUIRE(**fighters.get("ogre") == Fighter::State{3, 0});
                        REQUIRE(**fighters.get("troll") == Fighter::State{1, 1});
                        REQUIRE(**fighters.get("everybody") == Fighter::State{1, 0});
                        REQUIRE_FALSE(*fighters.get("elf"));
                        REQUIRE(fighters.parked()->size() == 5); // 1 of the elf, 4 of everybody
                    });
            }
    });
}

// S6, S13
TEST_CASE("The checkpoint moves past events that are not followed") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::Subscription<Board, Store> board{store};
        append(store, "combat-1", {EntityDied{"ogre"}});
        run_out(board);
        append(store, "weather-1", {Rained{1}, Rained{2}, Rained{3}});
        CHECK(board.status().behind == 3);
        CHECK(board.status().lag == 0ns);
        run_out(board);
        CHECK(board.status().behind == 0);
        CHECK(board.status().lag == 0ns);
        CHECK(kept(store, "board").checkpoint.position == head_of(store));
        append(store, "combat-1", {EntityDied{"ogre"}});
        CHECK(board.status().lag >= 0ns);
        CHECK(board.status().behind == 1);
    });
}

// S8
TEST_CASE("Two runners of one name fold no event twice") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        es::Subscription<Board, Store> one{store, {.page_size = 2}};
        es::Subscription<Board, Store> two{other, {.page_size = 3}};
        es::Subscription<Fighter, Store> rows{store, {.page_size = 2}};
        es::Subscription<Fighter, Store> same_rows{other, {.page_size = 4, .partitions = 2}};
        std::mt19937 draw(2);
        for (unsigned i = 1; i <= 60; ++i) {
            append(store, "combat-1", {EntityAttacked{"ogre", i}});
            if (draw() % 2 == 0)
                one.step(), rows.step();
            if (draw() % 2 == 0)
                two.step(), same_rows.step();
        }
        run_out(one), run_out(two), run_out(rows), run_out(same_rows);
        CHECK(state_of(one) == *es::fold<Board>(store));
        CHECK(state_of(two) == *es::fold<Board>(store));
        CHECK((**rows.get("ogre")).blows == 60);
    });
}

// S9, S10, S15
TEST_CASE("Why a subscription has stopped, where and since when is in the store") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        es::FixedEnvironment clock;
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 13}});
        const es::SubscriptionOptions options{.environment = clock};
        const auto since = clock.time();
        {
            const Poison poisoned(13);
            es::Subscription<Board, Store> board{store, options};
            CHECK(board.step().kind == es::Step::Kind::stopped);
            clock.advance(-24h); // a clock that is set back
            es::Subscription<Board, Store> again{other, options};
            CHECK(again.step().kind == es::Step::Kind::stopped);
            const es::Progress stored = kept(store, "board");
            CHECK(stored.status == "stopped");
            REQUIRE(stored.failure);
            CHECK(stored.failure->message == "stream combat-1, revision 1: poison");
            CHECK(stored.failure->revision == es::Revision{1});
            CHECK(stored.failure->since == since);
            CHECK(stored.failure->attempts == 2);
            CHECK(stored.checkpoint.position == es::Position{1});
            CHECK(state_of(again).events == 1);
            CHECK(again.status().lag >= 0ns);
        }
        es::Subscription<Board, Store> board{store, options};
        run_out(board);
        CHECK(kept(other, "board").status == "live");
        CHECK_FALSE(kept(other, "board").failure);
        CHECK(state_of(board) == *es::fold<Board>(store));
    });
}
// S9
TEST_CASE("What may pass is tried again forever, whatever is done about other failures") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 13}});
        es::FixedEnvironment clock;
        for (const auto policy : {es::OnFailure::stop, es::OnFailure::park, es::OnFailure::skip}) {
            es::Subscription<Board, Store> board{
                store,
                {.name = "b" + std::to_string(static_cast<int>(policy)),
                 .on_failure = policy,
                 .environment = clock}};
            {
                const Poison poisoned(13, es::errc::unavailable);
                for (int i = 0; i < 20; ++i) {
                    REQUIRE(board.step().kind == es::Step::Kind::waiting);
                    clock.advance(1min);
                }
                CHECK(board.status().failure->attempts == 20);
                CHECK(kept(store, board.name()).status == "waiting");
            }
            run_out(board);
            CHECK(state_of(board).events == 2);
        }
    });
}
namespace {
struct SkippedOnes {
    std::vector<es::Revision>& told;
    void on(const es::Skipped& event) { told.push_back(event.revision); }
};
} // namespace
TEST_CASE("An event that is left out is told, and no event of another key is") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 13}});
        append_broken(store, "combat-1");
        append(store, "combat-1", {EntityAttacked{"ogre", 3}});
        const Poison poisoned(13);
        std::vector<es::Revision> told;
        const es::Observer observer = SkippedOnes{told};
        es::Subscription<Board, Store> board{
            store, {.on_failure = es::OnFailure::skip, .observer = observer}};
        run_out(board);
        CHECK(state_of(board).events == 2);
        CHECK(told == std::vector{es::Revision{1}, es::Revision{2}});
        es::Subscription<Fighter, Store> fighters{store, {.on_failure = es::OnFailure::skip}};
        run_out(fighters);
        CHECK((**fighters.get("ogre")).blows == 2);
        CHECK((**fighters.get("everybody")).blows == 2);
        CHECK(fighters.status().state == es::SubscriptionState::live);
    });
}

// S11
TEST_CASE("Each row that an event can't change is parked, and its later events behind it") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append(store, "combat-1",
               {EntityAttacked{"ogre", 13}, EntityAttacked{"elf", 2}, EntityDied{"ogre"},
                EntityDied{"elf"}, EntityDied{"ghost"}});
        es::Subscription<Fighter, Store> fighters{store, {.on_failure = es::OnFailure::park}};
        {
            const Poison poisoned(13);
            run_out(fighters);
            CHECK(fighters.status().state == es::SubscriptionState::live);
            CHECK(fighters.status().parked_keys == 2);
            CHECK(fighters.parked()->size() == 4);
            CHECK(**fighters.get("elf") == Fighter::State{1, 1});
            CHECK(*fighters.replay("ogre") == 2);
        }
        CHECK(*fighters.replay("ogre") == 0);
        CHECK(*fighters.replay("everybody") == 0);
        CHECK(**fighters.get("ogre") == Fighter::State{1, 1});
        CHECK(**fighters.get("everybody") == Fighter::State{2, 0});
    });
}
TEST_CASE("An event that can't be read is parked for its stream, with what comes after it") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}});
        append_broken(store, "combat-1");
        append(store, "combat-1", {EntityAttacked{"ogre", 2}});
        append(store, "combat-2", {EntityAttacked{"elf", 3}});
        es::Subscription<Fighter, Store> fighters{store, {.on_failure = es::OnFailure::park}};
        run_out(fighters);
        CHECK(fighters.status().state == es::SubscriptionState::live);
        CHECK((**fighters.get("everybody")).blows == 2);
        REQUIRE(fighters.parked()->size() == 2);
        CHECK(fighters.parked()->front().key == "stream combat-1");
        CHECK(*fighters.replay("stream combat-1") == 2);
    });
}
TEST_CASE("More parked keys than the limit stop a subscription") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        const Poison poisoned(13);
        append(store, "combat-1", {EntityAttacked{"ogre", 13}, EntityAttacked{"ogre", 13}});
        append(store, "combat-2", {EntityAttacked{"ogre", 13}});
        es::Subscription<Board, Store> board{
            store, {.on_failure = es::OnFailure::park, .max_parked_keys = 1}};
        run_out(board);
        CHECK(board.status().state == es::SubscriptionState::stopped);
        CHECK(board.status().failure->message.find("max_parked_keys") != std::string::npos);
        CHECK(board.parked()->size() == 2);
    });
}

// S12
TEST_CASE("A subscription that was stopped goes on with another stop token") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::Subscription<Fighter, Store> fighters{store};
        append(store, "combat-1", {EntityAttacked{"ogre", 1}});
        std::stop_source first;
        fighters.step(first.get_token());
        first.request_stop();
        append(store, "combat-1", {EntityAttacked{"elf", 1}});
        CHECK(fighters.step(first.get_token()).kind == es::Step::Kind::idle);
        CHECK(fighters.status().state == es::SubscriptionState::live);
        const std::stop_source second;
        CHECK(fighters.step(second.get_token()).kind == es::Step::Kind::worked);
        CHECK((**fighters.get("elf")).blows == 1);
    });
}
TEST_CASE("A store that is closed under a subscription stops it") {
    on_each_store([]<class Store>(Store store, Store) {
        es::Subscription<Board, Store> board{store};
        append(store, "combat-1", {EntityDied{"ogre"}});
        run_out(board);
        if constexpr (requires { store.close(); }) {
            static_cast<void>(store.close());
            CHECK(board.step().kind == es::Step::Kind::stopped);
            CHECK(board.status().failure);
        }
        CHECK(state_of(board).events == 1);
    });
}

// S16
TEST_CASE("Where a subscription begins is stored before its first event is handled") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::FixedEnvironment clock;
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 2}}, clock);
        clock.advance(1h);
        const auto later = clock.time();
        append(store, "combat-1", {EntityAttacked{"ogre", 3}}, clock);
        const std::pair<es::Start, std::uint32_t> starts[] = {
            {es::from_beginning, 4}, {es::from_now, 1},         {es::after(es::Position{1}), 3},
            {es::from(later), 2},    {es::from(later + 1h), 1},
        };
        int name = 0;
        std::vector<std::unique_ptr<es::Subscription<Board, Store>>> boards;
        const auto make = [&] {
            const auto& [start, events] = starts[name];
            const es::SubscriptionOptions options{.name = "s" + std::to_string(name++),
                                                  .start = start};
            return std::make_unique<es::Subscription<Board, Store>>(store, options);
        };
        for (std::size_t i = 0; i < std::size(starts); ++i)
            make()->step();
        append(store, "combat-1", {EntityAttacked{"ogre", 4}}, clock);
        name = 0;
        for (const auto& [start, events] : starts) {
            const auto board = make();
            run_out(*board);
            CHECK(state_of(*board).events == events);
        }
    });
}

namespace {
struct Other {
    using Event = es::EventsOf<Combat>;
    struct State {
        int n = 0;
    };
    static void apply_event(State& s, const EntityDied&) { ++s.n; }
};
} // namespace

// S17
TEST_CASE("A name that another projection has is refused") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        es::Subscription<Board, Store> board{store, {.name = "shown"}};
        board.step();
        es::Subscription<Other, Store> wrong{other, {.name = "shown"}};
        CHECK(wrong.step().kind == es::Step::Kind::stopped);
        const auto message = wrong.status().failure.value().message;
        CHECK(message.find("\"projection Board\"") != std::string::npos);
        CHECK(message.find("\"projection Other\"") != std::string::npos);
    });
}

// S18
TEST_CASE("A checkpoint of another store stops a subscription, with both ids") {
    const es::MemoryStore beside;
    const es::MemoryStore right;
    const es::MemoryStore wrong;
    for (const auto& store : {right, wrong})
        append(store, "combat-1", {EntityDied{"ogre"}, EntityDied{"elf"}});
    es::Subscription<Board, es::MemoryStore, es::MemoryStore> board{right, beside};
    run_out(board);
    es::Subscription<Board, es::MemoryStore, es::MemoryStore> other{wrong, beside};
    CHECK(other.step().kind == es::Step::Kind::stopped);
    const auto message = other.status().failure.value().message;
    CHECK(message.find(right.store_id()->to_string()) != std::string::npos);
    CHECK(message.find(wrong.store_id()->to_string()) != std::string::npos);
}
TEST_CASE("A store that was restored from a backup stops a subscription, with both events") {
    const es::MemoryStore beside;
    const each_store::File file;
    const auto path = std::filesystem::temp_directory_path() /
                      ("eventsourcing-backup-" + std::to_string(getpid()) + ".db");
    std::filesystem::remove(path);
    const auto store = file.open();
    append(store, "combat-1", {EntityDied{"ogre"}});
    REQUIRE(store.backup(path.string()));
    append(store, "combat-1", {EntityDied{"elf"}, EntityDied{"troll"}});
    using Boards = es::Subscription<Board, es::SqliteStore, es::MemoryStore>;
    {
        Boards board{store, beside};
        run_out(board);
    }
    const auto last = kept(beside, "board").checkpoint.event_id;
    REQUIRE(last);
    {
        const auto restored = es::SqliteStore::open(path.string());
        REQUIRE(restored);
        Boards behind{*restored, beside};
        CHECK(behind.step().kind == es::Step::Kind::stopped);
        const auto message = behind.status().failure.value().message;
        CHECK(message.find(last->to_string()) != std::string::npos);
        CHECK(message.find("no event there") != std::string::npos);
        append(*restored, "combat-1", {EntityDied{"a"}, EntityDied{"b"}, EntityDied{"c"}});
        Boards board{*restored, beside};
        CHECK(board.step().kind == es::Step::Kind::stopped);
        const auto now = board.status().failure.value().message;
        CHECK(now.find(last->to_string()) != std::string::npos);
        CHECK(now.find("but this store has event") != std::string::npos);
        // and a rebuild puts it right
        REQUIRE(board.rebuild());
        CHECK(state_of(board) == *es::fold<Board>(*restored));
        board.resume();
        run_out(board);
        CHECK(board.status().state == es::SubscriptionState::live);
    }
    for (const char* const end : {"", "-wal", "-shm", "-lock"})
        std::filesystem::remove(path.string() + end);
}

TEST_CASE("With commit_every pages are stored together, by events or by time, and at the end") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::FixedEnvironment clock;
        for (unsigned i = 1; i <= 9; ++i)
            append(store, "combat-1", {EntityAttacked{"ogre", i}});
        es::Subscription<Board, Store> by_events{
            store, {.name = "e", .page_size = 1, .commit_every = {.events = 3}}};
        by_events.step(), by_events.step();
        CHECK_FALSE(kept(store, "e").checkpoint.position);
        by_events.step();
        CHECK(kept(store, "e").checkpoint.position == es::Position{3});
        run_out(by_events);
        CHECK(state_of(by_events) == *es::fold<Board>(store));
        es::Subscription<Board, Store> by_time{
            store,
            {.name = "t", .page_size = 1, .commit_every = {.time = 10s}, .environment = clock}};
        by_time.step(), by_time.step();
        CHECK_FALSE(kept(store, "t").checkpoint.position);
        clock.advance(10s);
        by_time.step();
        CHECK(kept(store, "t").checkpoint.position == es::Position{3});
        const Poison poisoned(7);
        run_out(by_time);
        CHECK(kept(store, "t").checkpoint.position == es::Position{6});
        CHECK(state_of(by_time).events == 6);
    });
}

TEST_CASE("Statements are run with the checkpoint, and one that fails has the place of its event") {
    const each_store::File file;
    const auto store = file.open();
    append(store, "combat-1", {EntityDied{"ogre"}, EntityDied{"elf"}, EntityDied{"ogre"}});
    append(store, "combat-2", {EntityDied{"ogre"}, EntityDied{"elf"}}); // the third of the ogre
    append(store, "combat-1", {EntityDied{"troll"}});
    es::Subscription<Scores, es::SqliteStore> scores{store};
    CHECK(scores.step().kind == es::Step::Kind::stopped);
    const auto failure = scores.status().failure.value();
    CHECK(failure.message.find("stream combat-2, revision 0: statement 1 of the commit") == 0);
    CHECK(failure.stream == es::StreamName::parse("combat-2").value());
    CHECK(kept(store, "scores").checkpoint.position == es::Position{3});

    es::Subscription<Scores, es::SqliteStore> parks{store, {.on_failure = es::OnFailure::park}};
    run_out(parks);
    CHECK(parks.status().state == es::SubscriptionState::live);
    CHECK(parks.parked()->size() == 2);
    CHECK(kept(store, "scores").checkpoint.position == es::Position{6});

    append(store, "combat-3", {EntityAttacked{"ogre", 99}});
    es::Subscription<Scores, es::SqliteStore> stops{store};
    CHECK(stops.step().kind == es::Step::Kind::stopped);
    CHECK(stops.status().failure.value().message ==
          "stream combat-3, revision 0: ?1 is 9223372036854775808, and an integer of SQL is "
          "2^63 - 1 at most: store it as text");
    es::Subscription<Scores, es::SqliteStore> twice{store, {.name = "again"}};
    CHECK(twice.step().kind == es::Step::Kind::stopped); // the table is there already
    CHECK(twice.status().failure.value().message.find("scores") != std::string::npos);
}

TEST_CASE("Options out of their range are refused, by their names") {
    const es::MemoryStore store;
    const auto refused = [&](const es::SubscriptionOptions& options) {
        es::Subscription<Board, es::MemoryStore> board{store, options};
        CHECK(board.step().kind == es::Step::Kind::stopped);
        return board.status().failure.value().message;
    };
    CHECK(refused({.page_size = 0}) == "SubscriptionOptions::page_size: expected 1 to 4096, got 0");
    CHECK(refused({.page_size = 4097}) ==
          "SubscriptionOptions::page_size: expected 1 to 4096, got 4097");
    CHECK(refused({.commit_every = {.time = -1ns}}) ==
          "SubscriptionOptions::commit_every.time: expected 0 or more, got -1 ns");
    CHECK(refused({.max_parked_keys = 0}) ==
          "SubscriptionOptions::max_parked_keys: expected 1 or more, got 0");
    CHECK(refused({.backoff = {.first = -1ns}}) ==
          "SubscriptionOptions::backoff.first: expected 0 or more, got -1 ns");
    CHECK(store.list_progress()->empty());
    CHECK(es::fold<Board>(store, {.page_size = 0}).error() == es::errc::invalid);
}

// W1, W2, W5, W6
TEST_CASE("What another object stores is waited for, and shown, whether it is followed or not") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        es::Subscription<Board, Store> runs{store};
        es::Subscription<Board, Store> waits{other};
        append(store, "combat-1", {EntityDied{"ogre"}, Rained{1}});
        CHECK(waits.wait_for(es::Position{2}).error() == es::errc::unavailable);
        run_out(runs);
        REQUIRE(waits.wait_for(es::Position{2}));
        CHECK(state_of(waits).events == 1);
        REQUIRE(waits.wait_for(es::Receipt{})); // without a position: the head
        append(store, "combat-1", {EntityDied{"elf"}});
        es::CallOptions late;
        late.deadline = std::chrono::steady_clock::now();
        CHECK(waits.wait_for(head_of(store), late).error() == es::errc::timed_out);
        run_out(waits); // it goes on from what it has read
        CHECK(state_of(waits) == *es::fold<Board>(store));
    });
}
// W3, W6
TEST_CASE("One that was run, and has stopped or is run no more, is not waited for") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        es::Subscription<Board, Store> runs{store};
        es::Subscription<Board, Store> waits{other};
        append(store, "combat-1", {EntityAttacked{"ogre", 13}});
        {
            const Poison poisoned(13);
            run_out(runs);
            const auto why = waits.wait_for(es::Position{1}).error();
            CHECK(why == es::errc::failed);
            CHECK(why.message().find("poison") != std::string::npos);
        }
        runs.resume();
        runs.driven(1);
        run_out(runs);
        runs.driven(-1);
        append(store, "combat-1", {EntityDied{"ogre"}});
        CHECK(waits.wait_for(es::Position{2}).error() == es::errc::unavailable);
        runs.driven(1); // idle from now on, but run
        es::Subscription<Board, Store> next{store};
        next.driven(1);
        run_out(next);
        append(store, "combat-1", {EntityDied{"ogre"}});
        es::CallOptions late;
        late.deadline = std::chrono::steady_clock::now();
        CHECK(waits.wait_for(es::Position{3}, late).error() == es::errc::timed_out);
        next.driven(-1);
        runs.driven(-1);
        CHECK(waits.wait_for(es::Position{3}).error() == es::errc::unavailable);
    });
}
TEST_CASE("An idle subscription that is run again is waited for") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        append(store, "combat-1", {EntityDied{"ogre"}});
        es::Subscription<Board, Store> waits{other};
        {
            es::Subscription<Board, Store> runs{store};
            runs.driven(1);
            run_out(runs);
            runs.driven(-1);
        }
        es::Subscription<Board, Store> again{store};
        again.driven(1);
        run_out(again);
        append(store, "combat-1", {EntityDied{"ogre"}});
        es::CallOptions late;
        late.deadline = std::chrono::steady_clock::now();
        CHECK(waits.wait_for(es::Position{2}, late).error() == es::errc::timed_out);
        again.driven(-1);
    });
}
// W4
TEST_CASE("A command whose wait fails is done all the same, and its answer says so") {
    const es::MemoryStore store;
    es::Subscription<Board, es::MemoryStore> board{store};
    const es::Repository<Combat, es::MemoryStore> fights{store};
    const auto done = fights.execute("ogre", Attack{"ogre", 3}, {.wait_for = board});
    REQUIRE(done);
    CHECK(done->receipt);
    CHECK(done->waited.error() == es::errc::unavailable);
    run_out(board);
    CHECK(state_of(board).events == 1);
}

// B1, B2, B4
TEST_CASE("Readers get the old view until a rebuild is done, and nobody gets it afterwards") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        for (unsigned i = 1; i <= 5; ++i)
            append(store, "combat-1", {EntityAttacked{"ogre", i}});
        es::Subscription<Board, Store> board{store, {.start = es::after(es::Position{2})}};
        run_out(board);
        const auto old = state_of(board);
        CHECK(old.events == 3);
        unsigned pages = 0;
        es::Subscription<Board, Store> shadow{other, {.page_size = 2}};
        es::Subscription<Board, Store> reader{other};
        REQUIRE(shadow.rebuild([&](const es::RebuildProgress& so_far) {
            if (so_far.done) {
                CHECK(so_far.events >= 5);
                return;
            }
            CHECK(*reader.load() == old);
            CHECK(state_of(board) == old);
            if (++pages <= 3) // while it is made
                append(store, "combat-1", {EntityAttacked{"elf", 40 + pages}});
        }));
        CHECK(pages >= 3);
        CHECK(state_of(shadow) == *es::fold<Board>(store));
        CHECK(*reader.load() == *es::fold<Board>(store));
        append(store, "combat-1", {EntityDied{"ogre"}});
        run_out(board); // its commit is refused, and it goes on from the new one
        CHECK(state_of(board) == *es::fold<Board>(store));
        CHECK(store.list_progress()->size() == 1);
    });
}
TEST_CASE("A rebuild begins where the subscription began") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::FixedEnvironment clock;
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 2}}, clock);
        clock.advance(1h);
        const auto later = clock.time();
        append(store, "combat-1", {EntityAttacked{"ogre", 3}, EntityAttacked{"ogre", 4}}, clock);
        const std::pair<es::Start, std::uint32_t> starts[] = {
            {es::from_beginning, 4}, {es::after(es::Position{1}), 3}, {es::from(later), 2}};
        for (const auto& [start, events] : starts) {
            es::Subscription<Board, Store> board{store, {.start = start}};
            run_out(board);
            const auto before = state_of(board);
            REQUIRE(before.events == events);
            REQUIRE(board.rebuild());
            CHECK(state_of(board) == before);
            REQUIRE(*store.drop_progress(store.list_progress()->front().first));
        }
        es::Subscription<Board, Store> now{store, {.start = es::from_now}};
        now.step();
        append(store, "combat-1", {EntityAttacked{"ogre", 5}}, clock);
        run_out(now);
        const auto before = state_of(now);
        const auto refused = now.rebuild();
        REQUIRE_FALSE(refused); // where it began is not known any more
        CHECK(refused.error() == es::errc::invalid);
        CHECK(refused.error().message().find("es::from_now") != std::string::npos);
        CHECK(state_of(now) == before);
    });
}
TEST_CASE("An idle subscription shows what another one has rebuilt or replayed, without an event") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        append(store, "combat-1", {EntityAttacked{"ogre", 1}, EntityAttacked{"ogre", 13}});
        const es::SubscriptionOptions options{.start = es::after(es::Position{1}),
                                              .on_failure = es::OnFailure::park};
        es::Subscription<Board, Store> idle{store, options};
        {
            const Poison poisoned(13);
            run_out(idle);
        }
        CHECK(state_of(idle).events == 0);
        es::Subscription<Board, Store> replays{other, options};
        run_out(replays);
        REQUIRE(*replays.replay("combat-1") == 0);
        run_out(idle);
        CHECK(state_of(idle).events == 1);
        CHECK(idle.status().parked_keys == 0);
        es::Subscription<Board, Store> rebuilds{other};
        REQUIRE(rebuilds.rebuild());
        run_out(idle);
        CHECK(state_of(idle).events == 2);
    });
}
// B3, B7
TEST_CASE("A rebuild that is cancelled or crashes at any call leaves the old view") {
    on_any_store([](const es::AnyStore& store) {
        for (unsigned i = 1; i <= 5; ++i)
            append(store, "combat-1", {EntityAttacked{"ogre", i}});
        es::Subscription<Board, es::AnyStore> live{store, {.start = es::after(es::Position{2})}};
        run_out(live);
        const auto old = *live.load();
        std::stop_source stop;
        stop.request_stop();
        CHECK(live.rebuild({}, {.stop = stop.get_token()}).error() == es::errc::cancelled);
        CHECK(*live.load() == old);
        for (std::size_t at = 1;; ++at) {
            CrashPlan plan{.at = at};
            es::Subscription<Board, CrashingStore> board{CrashingStore(store, plan),
                                                         {.page_size = 2}};
            const auto done = board.rebuild();
            if (done)
                break;
            REQUIRE(*live.load() == old);
            REQUIRE(kept(store, "board").checkpoint.position == es::Position{5});
        }
        CHECK(*live.load() == *es::fold<Board>(store));
        CHECK(store.list_progress()->size() == 1);
        append(store, "combat-1", {EntityDied{"ogre"}});
        run_out(live);
        CHECK(state_of(live) == *es::fold<Board>(store));
    });
}
