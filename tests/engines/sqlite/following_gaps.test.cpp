// SPDX-License-Identifier: MIT
// More laws of subscriptions, rebuilds and relays on each store: what an idle one costs, when they
// die or are stopped, how parked events are handled, and versions of a projection.
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/projection_fingerprint.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"
#include "throw_or_skip.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
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

struct Weighed {
    std::string crate;
    int weight = 0;
};
struct Sealed {
    std::string crate;
};
struct Weigh {
    std::string crate;
    int weight = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "depot", .source = "events://example.org/depot", .version = "1.0"};
}
struct Crate {
    using Command = Weigh;
    using Event = std::variant<Weighed, Sealed>;
    struct State {
        int weight = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Weighed& e) { s.weight += e.weight; }
    static void apply_event(State& s, const Sealed&) { s.weight = 0; }
    static Weighed handle_command(const State&, const Weigh& c) { return {c.crate, c.weight}; }
};

/// What the projections do as well.
using Hook = std::function<es::Result<void>(const Weighed&)>;
Hook* hook = nullptr;
struct Hooked {
    explicit Hooked(Hook with) : f(std::move(with)) { hook = &f; }
    Hooked(const Hooked&) = delete;
    Hooked& operator=(const Hooked&) = delete;
    ~Hooked() { hook = nullptr; }
    Hook f;
};

struct Depot {
    using Event = es::EventsOf<Crate>;
    struct State {
        int events = 0;
        int weight = 0;
        bool operator==(const State&) const = default;
    };
    static es::Result<void> apply_event(State& s, const Weighed& e) {
        ++s.events;
        s.weight = (s.weight * 3 + e.weight) % 1'000'003; // the order counts
        return hook != nullptr ? (*hook)(e) : es::Result<void>();
    }
    static void apply_event(State& s, const Sealed&) { ++s.events; }
};
struct Crates : Depot {
    static std::string key(const auto& e) { return e.event.crate; }
};

template <class Store>
void weigh(const Store& store, std::string_view crate, int weight,
           const es::Environment& environment = {}) {
    Store to = store;
    const Crate::Event event = Weighed{std::string(crate), weight};
    const es::Uuid id = environment.new_id();
    const auto stream = "crate-" + std::string(crate);
    REQUIRE(to.append_unchecked(*es::StreamName::parse(stream),
                                es::Batch<Crate::Event>({&event, 1}, {&id, 1}, environment.now())));
}
template <class Runner>
void run_out(Runner& runner) {
    for (int i = 0; i < 10'000; ++i)
        if (runner.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not come to an end");
}
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
Depot::State state_of(const es::Subscription<Depot, Store>& depot) {
    return depot.view([](const Depot::State& s) { return s; });
}

/// Counts what is committed, and dies at a call: all from it on fail.
struct Calls {
    std::vector<es::ProgressCommit> commits{};
    std::size_t all = 0;
    std::size_t dies_at = 0; // from 1
    bool after = false;
};
template <class Store>
class Watched : public Store {
public:
    Watched(const Store& store, Calls& calls) : Store(store), calls_(&calls) {}

    [[nodiscard]] auto load_progress(const es::ProgressKey& key,
                                     const es::CallOptions& call = {}) const {
        return count([&] { return Store::load_progress(key, call); });
    }
    [[nodiscard]] auto list_progress(const es::CallOptions& call = {}) const {
        return count([&] { return Store::list_progress(call); });
    }
    [[nodiscard]] auto drop_progress(const es::ProgressKey& key,
                                     const es::CallOptions& call = {}) const {
        return count([&] { return Store::drop_progress(key, call); });
    }
    [[nodiscard]] auto read_all(const es::AllRead& which = {},
                                const es::CallOptions& call = {}) const {
        return count([&] { return Store::read_all(which, call); });
    }
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call = {}) const {
        return count([&] {
            calls_->commits.push_back(commit);
            return Store::commit_progress(commit, call);
        });
    }

private:
    template <class F>
    auto count(const F& f) const -> decltype(f()) {
        const std::size_t call = ++calls_->all;
        if (calls_->dies_at == 0 || call < calls_->dies_at)
            return f();
        if (calls_->after && call == calls_->dies_at)
            static_cast<void>(f());
        return es::Error(es::errc::failed, "it died");
    }
    Calls* calls_;
};

} // namespace

// S11
TEST_CASE("Parked events are handled in pages, and each page is one commit") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        for (int i = 1; i <= 7; ++i)
            weigh(store, "a", i);
        Calls calls;
        es::Subscription<Depot, Watched<Store>> depot{
            Watched<Store>(store, calls), {.on_failure = es::OnFailure::park, .page_size = 2}};
        {
            const Hooked refuse([](const Weighed&) { return es::reject("not now"); });
            run_out(depot);
        }
        REQUIRE(depot.parked()->size() == 7);
        calls.commits.clear();
        CHECK(*depot.replay("crate-a") == 0);
        std::vector<std::size_t> pages;
        for (const es::ProgressCommit& commit : calls.commits)
            pages.push_back(commit.unpark.size());
        CHECK(pages == std::vector<std::size_t>{2, 2, 2, 1});
        CHECK(depot.load()->events == 7);
        CHECK(*depot.load() == *es::fold<Depot>(store));
    });
}
TEST_CASE("A store that is away during a replay is told, and no failure of a parked event") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        weigh(store, "a", 1), weigh(store, "a", 2);
        es::Subscription<Depot, Store> depot{store, {.on_failure = es::OnFailure::park}};
        {
            const Hooked refuse([](const Weighed&) { return es::reject("not now"); });
            run_out(depot);
        }
        for (const auto kind : {es::errc::unavailable, es::errc::timed_out, es::errc::closed}) {
            const Hooked away([&](const Weighed& e) {
                return e.weight == 2 ? es::Result<void>(es::Error(kind, "away"))
                                     : es::Result<void>();
            });
            es::Subscription<Depot, Store> again{other, {.on_failure = es::OnFailure::park}};
            const auto left = again.replay("crate-a");
            REQUIRE_FALSE(left);
            CHECK(left.error() == kind);
            const auto parked = depot.parked();
            REQUIRE(parked->size() == 1); // the first one is handled and has left
            CHECK(parked->front().attempts == 0);
            CHECK_FALSE(parked->front().failure);
        }
        CHECK(*depot.replay("crate-a") == 0);
        CHECK(*depot.load() == *es::fold<Depot>(store));
    });
}

// O5, design: progress is written with commits, status on change only
TEST_CASE("An idle subscription and an idle relay write nothing, however long they are idle") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::FixedEnvironment clock;
        weigh(store, "a", 1, clock);
        Calls calls;
        const Watched<Store> watched(store, calls);
        es::Subscription<Depot, Watched<Store>> depot{watched, {.environment = clock}};
        es::Relay relay{
            watched, es::MemoryStore(), {.name = "out", .environment = es::Environment(clock)}};
        run_out(depot), run_out(relay);
        calls.commits.clear();
        for (int i = 0; i < 100; ++i) {
            CHECK(depot.step().kind == es::Step::Kind::idle);
            CHECK(relay.step().kind == es::Step::Kind::idle);
            clock.advance(1h);
        }
        CHECK(calls.commits.empty());
    });
}

namespace {

/// A line for each event, which the table takes once.
struct Lines {
    using Event = es::EventsOf<Crate>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create =
        "CREATE TABLE lines(weight INTEGER PRIMARY KEY, after INTEGER) STRICT";
    static es::Result<void> apply_event(es::SqliteStatements& sql, const Weighed& e) {
        sql.run("INSERT INTO lines VALUES(?1, (SELECT max(weight) FROM lines))", e.weight);
        return hook != nullptr ? (*hook)(e) : es::Result<void>();
    }
};
/// Finds out what is in the table by a statement that only succeeds then.
struct Checked {
    using Event = es::EventsOf<Crate>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create =
        "CREATE TABLE checked(fits INTEGER CHECK(fits = 1)) STRICT";
    static void apply_event(es::SqliteStatements& sql, const Sealed&) {
        sql.run("INSERT INTO checked SELECT count(*) = 6 AND sum(weight) = 21 AND "
                "count(after) = 5 AND sum(after = weight - 1) = 5 FROM lines");
    }
};
template <class Store>
bool has_all_lines(const Store& store) {
    const es::Environment environment;
    const Crate::Event event = Sealed{"a"};
    const es::Uuid id = environment.new_id();
    REQUIRE(store.append_unchecked(
        "crate-sealed", es::Batch<Crate::Event>({&event, 1}, {&id, 1}, environment.now())));
    es::Subscription<Checked, Store> checked{store};
    run_out(checked);
    if (checked.status().failure)
        UNSCOPED_INFO(checked.status().failure->message);
    return checked.status().state == es::SubscriptionState::live;
}

} // namespace

// S3, S4
TEST_CASE("Statements are run once each, in order, wherever the program dies") {
    for (const bool after : {false, true})
        for (std::size_t at = 1;; ++at) {
            const each_store::File file;
            const auto store = file.open();
            for (int i = 1; i <= 6; ++i)
                weigh(store, "a", i);
            Calls calls{.dies_at = at, .after = after};
            {
                es::Subscription<Lines, Watched<es::SqliteStore>> dies{
                    Watched<es::SqliteStore>(store, calls), {.page_size = 2}};
                for (int i = 0; i < 8; ++i)
                    dies.step();
            }
            es::Subscription<Lines, es::SqliteStore> next{store, {.page_size = 2}};
            run_out(next);
            REQUIRE(next.status().state == es::SubscriptionState::live);
            REQUIRE(has_all_lines(store));
            if (calls.all < at)
                break;
        }
}
// S8
TEST_CASE("Two runners run each statement once, in order") {
    const each_store::File file;
    const auto store = file.open();
    const auto other = file.open();
    es::Subscription<Lines, es::SqliteStore> one{store, {.page_size = 1}};
    es::Subscription<Lines, es::SqliteStore> two{other, {.page_size = 2}};
    one.step(), two.step();
    for (int i = 1; i <= 6; ++i) {
        weigh(store, "a", i);
        if (i % 2 == 0)
            two.step(), one.step(), one.step();
        else
            one.step();
    }
    run_out(one), run_out(two);
    CHECK(one.status().state == es::SubscriptionState::live);
    CHECK(two.status().state == es::SubscriptionState::live);
    CHECK(has_all_lines(store));
}
// S11
TEST_CASE("Statements of a parked line are run in order by its replay") {
    const each_store::File file;
    const auto store = file.open();
    for (int i = 1; i <= 6; ++i)
        weigh(store, "a", i);
    es::Subscription<Lines, es::SqliteStore> lines{
        store, {.on_failure = es::OnFailure::park, .page_size = 2}};
    {
        const Hooked refuse([](const Weighed& e) {
            return e.weight == 2 ? es::Result<void>(es::reject("not now")) : es::Result<void>();
        });
        run_out(lines);
    }
    CHECK(lines.parked()->size() == 5);
    CHECK(*lines.replay("crate-a") == 0);
    CHECK(has_all_lines(store));
}

// S13
TEST_CASE("The status has the head and the exact age of the oldest event that was not handled") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::FixedEnvironment clock;
        es::Subscription<Depot, Store> depot{store, {.environment = clock}};
        weigh(store, "a", 1, clock);
        run_out(depot);
        clock.advance(1h);
        weigh(store, "a", 2, clock);
        clock.advance(1min);
        weigh(store, "a", 3, clock);
        clock.advance(1s);
        CHECK(depot.status().head == es::Position{3});
        CHECK(depot.status().lag == 61s);
        CHECK(depot.status().behind == 2);
        run_out(depot);
        clock.advance(1h);
        CHECK(depot.status().head == es::Position{3});
        CHECK(depot.status().lag == 0s);
        CHECK(depot.status().behind == 0);
    });
}

// S15
TEST_CASE("A lack of memory in apply_event is an error with the place of its event") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        weigh(store, "a", 1), weigh(store, "a", 2);
        es::Subscription<Depot, Store> depot{store};
        {
            const Hooked starve([](const Weighed& e) -> es::Result<void> {
                if (e.weight == 2)
                    throw_or_skip(std::bad_alloc());
                return {};
            });
            run_out(depot);
            CHECK(depot.status().state == es::SubscriptionState::stopped);
            CHECK(depot.status().failure.value().message.find("stream crate-a, revision 1: ") == 0);
            CHECK(depot.load()->events == 1);
        }
        depot.resume();
        run_out(depot);
        CHECK(*depot.load() == *es::fold<Depot>(store));
    });
}

// S12
TEST_CASE("A stop while an event is handled leaves its page whole or not begun") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        for (int i = 1; i <= 6; ++i)
            weigh(store, "a", i);
        es::Subscription<Depot, Store> depot{store, {.page_size = 4}};
        std::stop_source stop;
        {
            const Hooked stops([&](const Weighed& e) -> es::Result<void> {
                if (e.weight == 2)
                    stop.request_stop();
                return {};
            });
            depot.step(stop.get_token());
        }
        const auto at = kept(other, "depot").checkpoint.position;
        CHECK((!at || *at == es::Position{4}));
        CHECK(depot.status().state != es::SubscriptionState::stopped);
        run_out(depot);
        CHECK(*depot.load() == *es::fold<Depot>(store));
    });
}
TEST_CASE("A store that is closed says so in the status of what follows it") {
    on_each_store([]<class Store>(Store store, const Store&) {
        if constexpr (requires { store.close(); }) {
            weigh(store, "a", 1);
            es::Subscription<Depot, Store> depot{store};
            run_out(depot);
            static_cast<void>(store.close());
            CHECK(depot.step().kind == es::Step::Kind::stopped);
            CHECK(depot.status().failure.value().message.find("closed") != std::string::npos);
        }
    });
}

// S16
TEST_CASE("A subscription that begins now and dies in its first steps misses nothing after that") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        weigh(store, "a", 1);
        for (const bool after : {false, true})
            for (std::size_t at = 1;; ++at) {
                const auto name = "d" + std::to_string(at) + (after ? "a" : "b");
                Calls calls{.dies_at = at, .after = after};
                {
                    es::Subscription<Depot, Watched<Store>> dies{
                        Watched<Store>(store, calls), {.name = name, .start = es::from_now}};
                    dies.step(), dies.step();
                }
                const bool begun = !kept(store, name).status.empty();
                weigh(store, "a", 7);
                es::Subscription<Depot, Store> next{other, {.name = name, .start = es::from_now}};
                run_out(next);
                REQUIRE(next.load()->events == (begun ? 1 : 0));
                if (calls.all < at)
                    break;
            }
    });
}

// B3, B7
TEST_CASE("A rebuild of rows that dies before or after any call leaves the old ones, or has them") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        for (int i = 1; i <= 5; ++i)
            weigh(store, i % 2 == 0 ? "a" : "b", i);
        es::Subscription<Crates, Store> all{other, {.name = "all"}};
        run_out(all);
        const auto both = [](const auto& crates) {
            const auto a = crates.get("a");
            const auto b = crates.get("b");
            return std::pair(**a, **b);
        };
        for (const bool after : {false, true})
            for (std::size_t at = 1;; ++at) {
                es::Subscription<Crates, Store> live{other};
                run_out(live);
                const auto [key, progress] = [&] {
                    const auto list = store.list_progress();
                    return *std::find_if(list->begin(), list->end(), [](const auto& each) {
                        return each.first.name == "crates" && !each.first.rebuild;
                    });
                }();
                es::ProgressCommit damage{.key = key, .loaded = progress, .next = progress};
                ++damage.next.fence;
                damage.rows.push_back({"a", R"({"events":1,"weight":-1})"});
                REQUIRE(store.commit_progress(damage));
                const auto old = both(live);
                Calls calls{.dies_at = at, .after = after};
                es::Subscription<Crates, Watched<Store>> dies{Watched<Store>(store, calls),
                                                              {.page_size = 2}};
                const auto done = dies.rebuild();
                const bool swapped = both(live) == both(all);
                REQUIRE((swapped || both(live) == old));
                if (done)
                    REQUIRE(swapped);
                es::Subscription<Crates, Store> next{other};
                REQUIRE(next.rebuild());
                REQUIRE(both(next) == both(all));
                REQUIRE(store.list_progress()->size() == 2);
                if (calls.all < at)
                    break;
            }
    });
}
TEST_CASE(
    "A rebuild that is stopped in its middle leaves the old view, and the next one is whole") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        for (int i = 1; i <= 6; ++i)
            weigh(store, "a", i);
        es::Subscription<Depot, Store> depot{store, {.start = es::after(es::Position{3})}};
        run_out(depot);
        const auto old = *depot.load();
        es::Subscription<Depot, Store> rebuilds{store, {.page_size = 2}};
        std::stop_source stop;
        int pages = 0;
        const auto done = rebuilds.rebuild(
            [&](const es::RebuildProgress&) {
                if (++pages == 2)
                    stop.request_stop();
            },
            {.stop = stop.get_token()});
        REQUIRE_FALSE(done);
        CHECK(done.error() == es::errc::cancelled);
        CHECK(*depot.load() == old);
        REQUIRE(rebuilds.rebuild());
        CHECK(*depot.load() == *es::fold<Depot>(store));
        CHECK(store.list_progress()->size() == 1);
    });
}
// B4
TEST_CASE("A runner goes on while its read model is rebuilt, and from what was rebuilt") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        for (int i = 1; i <= 6; ++i)
            weigh(store, "a", i);
        es::Subscription<Depot, Store> live{other};
        run_out(live);
        es::Subscription<Depot, Store> rebuilds{store, {.page_size = 2}};
        int weight = 10;
        REQUIRE(rebuilds.rebuild([&](const es::RebuildProgress& so_far) {
            if (so_far.done || weight > 14)
                return;
            weigh(store, "a", ++weight);
            run_out(live);
            CHECK(live.status().state == es::SubscriptionState::live);
            CHECK(state_of(live) == *es::fold<Depot>(store));
        }));
        weigh(store, "a", 99);
        run_out(live);
        CHECK(state_of(live) == *es::fold<Depot>(store));
        CHECK(live.load()->events == 6 + 5 + 1);
    });
}

namespace {
template <class R>
concept HasRebuild = requires(R& runner) { runner.rebuild(); };
} // namespace
// B5
static_assert(!HasRebuild<es::Relay<es::SqliteStore, es::MemoryStore>>);
static_assert(HasRebuild<es::Subscription<Depot, es::MemoryStore>>);

// W4
TEST_CASE("A command that waits longer than it may for a read model is done, and says timed_out") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::Subscription<Depot, Store> depot{store};
        depot.driven(1); // and makes no step
        run_out(depot);
        const es::Repository<Crate, Store> crates{store};
        es::ExecuteOptions options{.wait_for = depot};
        options.call = es::CallOptions::within(20ms);
        const auto done = crates.execute("a", Weigh{"a", 3}, options);
        REQUIRE(done);
        CHECK(done->receipt);
        REQUIRE_FALSE(done->waited);
        CHECK(done->waited.error() == es::errc::timed_out);
        run_out(depot);
        CHECK(state_of(depot).events == 1);
        depot.driven(-1);
    });
}
// W1
TEST_CASE("What is waited for is shown, also where pages are stored together and in rows",
          "[waits]") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        for (int i = 1; i <= 20; ++i)
            weigh(store, "a", i);
        es::Subscription<Depot, Store> depot{store,
                                             {.page_size = 3, .commit_every = {.events = 1000}}};
        es::Subscription<Crates, Store> rows{
            store, {.page_size = 3, .partitions = 2, .commit_every = {.events = 7}}};
        const std::jthread following = es::follow(depot, rows);
        for (int i = 1; i <= 5; ++i) {
            weigh(store, "a", i);
            const auto head = *es::detail::last_position(store, {});
            REQUIRE(depot.wait_for(*head));
            REQUIRE(rows.wait_for(*head));
            CHECK(state_of(depot).events == 20 + i);
            CHECK((**rows.get("a")).events == 20 + i);
        }
    });
}

TEST_CASE("A projection is folded until a time, or up to a position, on each store") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        es::FixedEnvironment clock;
        weigh(store, "a", 1, clock);
        const auto then = clock.time();
        clock.advance(1h);
        weigh(store, "a", 2, clock);
        weigh(store, "a", 3, clock);
        CHECK(es::fold<Depot>(store)->events == 3);
        CHECK(es::fold<Depot>(store, {.until = then})->events == 1);
        CHECK(es::fold<Depot>(store, {.at = es::Position{2}})->events == 2);
    });
}

namespace {

template <class E>
struct Counts {
    using Event = std::variant<E>;
    struct State {
        int n = 0;
    };
    static void apply_event(State& s, const E&) { ++s.n; }
};
namespace next_year {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "depot", .source = "events://example.org/depot", .version = "1.0"};
}
/// With a field more.
struct Weighed {
    static constexpr std::string_view event_type_version = "1.0";
    std::string crate;
    int weight = 0;
    int floor = 0;
};
/// Of another version.
struct Sealed {
    static constexpr std::string_view event_type_version = "1.1";
    std::string crate;
};
} // namespace next_year
struct Revised : Counts<Weighed> {
    static constexpr std::string_view apply_revision = "2";
};
struct Keyed : Counts<Weighed> {
    static std::string key(const auto& e) { return e.event.crate; }
};
struct Wider {
    using Event = std::variant<Weighed>;
    struct State {
        int n = 0;
        int weight = 0;
    };
    static void apply_event(State& s, const Weighed&) { ++s.n; }
};
struct Made {
    using Event = std::variant<Weighed>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create = "CREATE TABLE a(n INTEGER) STRICT";
    static void apply_event(es::SqliteStatements&, const Weighed&) {}
};
struct MadeOtherwise : Made {
    static constexpr std::string_view create = "CREATE TABLE b(n INTEGER) STRICT";
};

} // namespace
TEST_CASE("Whatever could change what a read model means changes its fingerprint") {
    const std::string_view all[] = {es::projection_fingerprint<Counts<Weighed>>(),
                                    es::projection_fingerprint<Counts<Sealed>>(),
                                    es::projection_fingerprint<Counts<next_year::Weighed>>(),
                                    es::projection_fingerprint<Counts<next_year::Sealed>>(),
                                    es::projection_fingerprint<Revised>(),
                                    es::projection_fingerprint<Keyed>(),
                                    es::projection_fingerprint<Wider>(),
                                    es::projection_fingerprint<Made>(),
                                    es::projection_fingerprint<MadeOtherwise>()};
    CHECK(std::set<std::string_view>(std::begin(all), std::end(all)).size() == std::size(all));
    struct Same : Counts<Weighed> {};
    CHECK(es::projection_fingerprint<Same>() == all[0]);
}
