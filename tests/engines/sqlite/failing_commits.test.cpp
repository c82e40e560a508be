// SPDX-License-Identifier: MIT
// Events of which a store can't keep what they make: the failure is theirs, and what becomes of
// them is said by `on_failure`.
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using each_store::on_each_store;

namespace {

struct Ordered {
    std::string article;
    std::uint32_t number = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "orders", .source = "events://example.org/orders", .version = "1.0"};
}

bool is_mended = false;
std::string bad_key;

/// A row for each article. 13 makes no number that JSON has.
struct Articles {
    using Event = std::variant<Ordered>;
    struct State {
        std::uint32_t orders = 0;
        double average = 0;
    };
    static std::vector<std::string> key(const es::Recorded<Ordered>& e) {
        if (e.event.article == "bad")
            return {"all", is_mended ? "good" : bad_key};
        return {"all", e.event.article};
    }
    static void apply_event(State& s, const Ordered& e) {
        ++s.orders;
        if (e.number == 13 && !is_mended && e.article != "all")
            s.average = std::numeric_limits<double>::quiet_NaN();
    }
};
/// The same in one State.
struct Average {
    using Event = std::variant<Ordered>;
    struct State {
        std::uint32_t orders = 0;
        double average = 0;
    };
    static void apply_event(State& s, const Ordered& e) {
        ++s.orders;
        if (e.number == 13 && !is_mended)
            s.average = std::numeric_limits<double>::quiet_NaN();
    }
};
struct Refusing {
    using Event = std::variant<Ordered>;
    struct State {
        std::uint32_t orders = 0;
    };
    static es::Result<void> apply_event(State& s, const Ordered& e) {
        ++s.orders;
        return e.number == 13 ? es::reject("thirteen") : es::Result<void>();
    }
};
/// Rows that are larger than a store keeps.
struct Texts {
    using Event = std::variant<Ordered>;
    struct State {
        std::string text;
    };
    static std::string key(const es::Recorded<Ordered>& e) { return e.event.article; }
    static void apply_event(State& s, const Ordered& e) {
        s.text = e.number == 13 && !is_mended ? std::string(es::max_state_size, 'x') : "short";
    }
};
/// 30 rows for each event.
struct Many {
    using Event = std::variant<Ordered>;
    struct State {
        std::uint32_t orders = 0;
    };
    static std::vector<std::string> key(const es::Recorded<Ordered>& e) {
        std::vector<std::string> keys;
        for (std::uint32_t i = 0; i < 30; ++i)
            keys.push_back(std::to_string(30 * e.event.number + i));
        return keys;
    }
    static void apply_event(State& s, const Ordered&) { ++s.orders; }
};

struct Mended {
    Mended() { is_mended = true; }
    Mended(const Mended&) = delete;
    Mended& operator=(const Mended&) = delete;
    ~Mended() { is_mended = false; }
};

template <class Store>
void order(const Store& store, std::string_view stream, const std::vector<Ordered>& orders) {
    Store to = store;
    const es::Environment environment;
    const std::vector<std::variant<Ordered>> events(orders.begin(), orders.end());
    std::vector<es::Uuid> ids;
    for (std::size_t i = 0; i < events.size(); ++i)
        ids.push_back(environment.new_id());
    const es::Batch<std::variant<Ordered>> batch(events, ids, environment.now());
    REQUIRE(to.append_unchecked(*es::StreamName::parse(stream), batch));
}
template <class Subscription>
void run_out(Subscription& subscription) {
    for (int i = 0; i < 10'000; ++i)
        if (subscription.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not come to an end");
}
template <class Store>
std::uint32_t orders(const es::Subscription<Articles, Store>& articles, std::string_view key) {
    const auto row = articles.get(key);
    REQUIRE(row);
    return *row ? (*row)->orders : 0;
}

} // namespace

// S9, S11, S15
TEST_CASE("A row key that no store keeps is a failure of its event, parked for its stream") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        order(store, "orders-1", {{"pen", 1}, {"bad", 2}, {"pen", 3}});
        order(store, "orders-2", {{"ink", 4}, {"pen", 5}});
        for (const std::string& key : {std::string(es::max_row_key_size + 1, 'x'),
                                       std::string("a\0b", 3), std::string("\xC3(")})
            for (const unsigned partitions : {1U, 3U}) {
                bad_key = key;
                {
                    es::Subscription<Articles, Store> parks{store,
                                                            {.name = "parks",
                                                             .on_failure = es::OnFailure::park,
                                                             .partitions = partitions}};
                    run_out(parks);
                    REQUIRE(parks.status().state == es::SubscriptionState::live);
                    CHECK(orders(parks, "pen") == 2);
                    CHECK(orders(parks, "ink") == 1);
                    CHECK(orders(parks, "all") == 3);
                    const auto parked = parks.parked();
                    REQUIRE(parked->size() == 2);
                    CHECK(parked->front().key == "stream orders-1");
                    CHECK(parked->front().failure.value().find(
                              "stream orders-1, revision 1: the key of a row ") == 0);
                    CHECK_FALSE(parked->back().failure);
                    CHECK(*parks.replay("stream orders-1") == 2);
                    CHECK(parks.parked()->front().attempts == 2);
                    const Mended mended;
                    CHECK(*parks.replay("stream orders-1") == 0);
                    CHECK(orders(parks, "all") == 5);
                    CHECK(orders(parks, "good") == 1);
                }
                es::Subscription<Articles, Store> skips{
                    store,
                    {.name = "skips", .on_failure = es::OnFailure::skip, .partitions = partitions}};
                run_out(skips);
                CHECK(skips.status().state == es::SubscriptionState::live);
                CHECK(orders(skips, "all") == 4);
                es::Subscription<Articles, Store> stops{
                    store, {.name = "stops", .partitions = partitions}};
                run_out(stops);
                const auto failure = stops.status().failure;
                REQUIRE(failure);
                CHECK(failure->stream == *es::StreamName::parse("orders-1"));
                CHECK(failure->revision == es::Revision{1});
                CHECK(orders(stops, "all") == 1); // what came before is stored
                const auto all = store.list_progress();
                for (const auto& each : *all)
                    REQUIRE(store.drop_progress(each.first));
            }
    });
}
TEST_CASE("A row that has no JSON form is a failure of the event that made it so") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        order(store, "orders-1", {{"pen", 1}, {"ink", 13}, {"ink", 3}});
        order(store, "orders-2", {{"pen", 4}, {"cap", 13}, {"pen", 6}});
        for (const unsigned partitions : {1U, 3U})
            for (const bool deferred : {false, true}) {
                const es::CommitEvery every{.events = deferred ? 100U : 0U};
                const std::size_t page = deferred ? 2 : 500;
                es::Subscription<Articles, Store> parks{store,
                                                        {.name = "parks",
                                                         .on_failure = es::OnFailure::park,
                                                         .page_size = page,
                                                         .partitions = partitions,
                                                         .commit_every = every}};
                run_out(parks);
                REQUIRE(parks.status().state == es::SubscriptionState::live);
                CHECK(orders(parks, "pen") == 3);
                CHECK(orders(parks, "ink") == 0);
                // both keys of the two events fail: `all` and their own
                CHECK(orders(parks, "all") == 1);
                const auto parked = parks.parked();
                std::map<std::string, int> lines;
                for (const auto& event : *parked)
                    ++lines[event.key];
                CHECK(lines == std::map<std::string, int>{{"all", 5}, {"ink", 2}, {"cap", 1}});
                CHECK(parked->front().failure.value().find(
                          "stream orders-1, revision 1: storing row \"all\" of parks: $.average") ==
                      0);
                es::Subscription<Articles, Store> skips{store,
                                                        {.name = "skips",
                                                         .on_failure = es::OnFailure::skip,
                                                         .page_size = page,
                                                         .partitions = partitions,
                                                         .commit_every = every}};
                run_out(skips);
                CHECK(skips.status().state == es::SubscriptionState::live);
                CHECK(orders(skips, "all") == 4);
                CHECK(orders(skips, "ink") == 1);
                es::Subscription<Articles, Store> stops{store,
                                                        {.name = "stops",
                                                         .page_size = page,
                                                         .partitions = partitions,
                                                         .commit_every = every}};
                run_out(stops);
                const auto failure = stops.status().failure;
                REQUIRE(failure);
                CHECK(failure->stream == *es::StreamName::parse("orders-1"));
                CHECK(failure->revision == es::Revision{1});
                CHECK(orders(stops, "all") == 1);
                {
                    const Mended mended;
                    for (const char* key : {"all", "ink", "cap"})
                        CHECK(*parks.replay(key) == 0);
                    CHECK(orders(parks, "all") == 6);
                    CHECK(orders(parks, "ink") == 2);
                    stops.resume();
                    run_out(stops);
                    CHECK(orders(stops, "all") == 6);
                }
                const auto all = store.list_progress();
                for (const auto& each : *all)
                    REQUIRE(store.drop_progress(each.first));
            }
    });
}
TEST_CASE("A State that has no JSON form is a failure of the event that made it so") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        order(store, "orders-1", {{"pen", 1}, {"ink", 13}, {"ink", 3}});
        order(store, "orders-2", {{"pen", 4}});
        es::Subscription<Average, Store> parks{store,
                                               {.name = "p", .on_failure = es::OnFailure::park}};
        run_out(parks);
        CHECK(parks.status().state == es::SubscriptionState::live);
        CHECK(parks.load()->orders == 2);
        CHECK(parks.parked()->size() == 2);
        CHECK(*parks.replay("orders-1") == 2);
        CHECK(parks.parked()->front().attempts == 2);
        const Mended mended;
        CHECK(*parks.replay("orders-1") == 0);
        CHECK(parks.load()->orders == 4);
    });
}
TEST_CASE("A row that is too large is parked, and those beside it are stored") {
    const es::MemoryStore store;
    order(store, "orders-1", {{"pen", 1}, {"ink", 13}, {"pen", 3}});
    es::Subscription<Texts, es::MemoryStore> texts{store, {.on_failure = es::OnFailure::park}};
    run_out(texts);
    CHECK(texts.status().state == es::SubscriptionState::live);
    CHECK((**texts.get("pen")).text == "short");
    CHECK(texts.parked()->size() == 1);
    CHECK(texts.parked()->front().key == "ink");
    const Mended mended;
    CHECK(*texts.replay("ink") == 0);
    CHECK((**texts.get("ink")).text == "short");
}

TEST_CASE("Commits that would have more parts than a store takes are made smaller") {
    const es::MemoryStore store;
    constexpr std::uint32_t events = 4096;
    std::vector<Ordered> all;
    for (std::uint32_t i = 0; i < events; ++i)
        all.push_back({"pen", i});
    order(store, "orders-1", all);
    for (const es::SubscriptionOptions& options :
         {es::SubscriptionOptions{.page_size = 4096},
          es::SubscriptionOptions{.page_size = 512, .commit_every = {.events = 200'000}},
          es::SubscriptionOptions{.page_size = 512, .commit_every = {.time = 1h}}}) {
        es::Subscription<Many, es::MemoryStore> many{store, options};
        run_out(many);
        REQUIRE(many.status().state == es::SubscriptionState::live);
        CHECK((**many.get(std::to_string(30 * events - 1))).orders == 1);
        CHECK((**many.get("0")).orders == 1);
        REQUIRE(store.drop_progress(store.list_progress()->front().first));
    }
}

TEST_CASE("After an event that is parked or left out pages are stored together again") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        for (std::uint32_t i = 1; i <= 30; ++i)
            order(store, "orders-" + std::to_string(i % 3), {{"pen", i}});
        for (const auto policy : {es::OnFailure::park, es::OnFailure::skip}) {
            es::Subscription<Refusing, Store> refusing{
                store,
                {.name = policy == es::OnFailure::park ? "p" : "s",
                 .on_failure = policy,
                 .page_size = 1,
                 .commit_every = {.events = 100}}};
            const auto stored = [&] {
                const auto all = store.list_progress();
                for (const auto& [key, progress] : *all)
                    if (key.name == refusing.name() && progress.checkpoint.position)
                        return progress.checkpoint.position->value();
                return std::uint64_t{0};
            };
            bool went_on = false; // without a commit, after the failing one
            while (refusing.step().kind == es::Step::Kind::worked)
                went_on = went_on || (stored() >= 13 && stored() < 30 &&
                                      refusing.status().position->value() > stored() + 5);
            CHECK(went_on);
            CHECK(stored() == 30);
            CHECK(refusing.load()->orders == (policy == es::OnFailure::park ? 24U : 29U));
        }
    });
}

namespace {

/// Refuses 12 itself, and the table refuses 13 and 14.
struct Book {
    using Event = std::variant<Ordered>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create =
        "CREATE TABLE book(number INTEGER PRIMARY KEY CHECK(number <> 13 AND number <> 14)) STRICT";
    static es::Result<void> apply_event(es::SqliteStatements& sql, const Ordered& e) {
        if (e.number == 12 && !is_mended)
            return es::reject("not twelve");
        if (e.number == 13 && is_mended)
            sql.run("INSERT INTO book VALUES(113)");
        else
            sql.run("INSERT INTO book VALUES(?1)", e.number);
        return {};
    }
};

} // namespace

// S11
TEST_CASE("Of parked statements those that succeed leave, and the first that fails stays") {
    const each_store::File file;
    const auto store = file.open();
    order(store, "orders-1", {{"a", 12}, {"b", 2}, {"c", 14}, {"d", 4}});
    order(store, "orders-2", {{"a", 13}, {"b", 14}, {"c", 6}});
    es::Subscription<Book, es::SqliteStore> book{store, {.on_failure = es::OnFailure::park}};
    run_out(book);
    CHECK(book.status().state == es::SubscriptionState::live);
    REQUIRE(book.parked()->size() == 7);
    {
        const Mended mended; // 12 and 13 are good now, and 14 is not
        CHECK(*book.replay("orders-1") == 2);
        CHECK(*book.replay("orders-2") == 2);
        CHECK(*book.replay("orders-2") == 2);
    }
    const auto parked = book.parked();
    REQUIRE(parked->size() == 4);
    CHECK((*parked)[0].revision == es::Revision{2});
    CHECK((*parked)[0].attempts == 1);
    CHECK((*parked)[0].failure.value().find("stream orders-1, revision 2: statement 1") == 0);
    CHECK((*parked)[2].revision == es::Revision{1});
    CHECK((*parked)[2].attempts == 2);
    CHECK((*parked)[2].failure.value().find("stream orders-2, revision 1: statement 1") == 0);
    CHECK_FALSE((*parked)[3].failure);
    CHECK(book.status().parked_keys == 2);
    order(store, "orders-3", {{"a", 30}});
    run_out(book);
    CHECK(book.status().state == es::SubscriptionState::live);
}
