// SPDX-License-Identifier: MIT
// The laws of subscriptions that handle several keys at once, on each store.
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"
#include "throw_or_skip.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using each_store::on_each_store;

namespace {

struct Moved {
    std::string piece;
    std::uint32_t number = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "board", .source = "events://example.org/board", .version = "1.0"};
}

/// What the functions of the projections do as well, in whichever thread they are.
using Hook = std::function<es::Result<void>(const Moved&)>;
const Hook* hook = nullptr;
struct Hooked {
    explicit Hooked(const Hook& with) { hook = &with; }
    Hooked(const Hooked&) = delete;
    Hooked& operator=(const Hooked&) = delete;
    ~Hooked() { hook = nullptr; }
};
es::Result<void> call_hook(const Moved& e) {
    return hook == nullptr ? es::Result<void>() : (*hook)(e);
}

/// A row for each piece, and one for every fifth move. Another order makes another digest.
struct Pieces {
    using Event = std::variant<Moved>;
    struct State {
        std::uint32_t moves = 0;
        std::uint32_t digest = 7;
        bool operator==(const State&) const = default;
    };
    static std::vector<std::string> key(const es::Recorded<Moved>& e) {
        if (e.event.number % 5 == 0)
            return {e.event.piece, "every fifth"};
        return {e.event.piece};
    }
    static es::Result<void> apply_event(State& s, const Moved& e) {
        ++s.moves;
        s.digest = s.digest * 31 + e.number;
        return call_hook(e);
    }
};

/// A line of numbers, each of which must be one more than the one before.
struct Line {
    using Event = std::variant<Moved>;
    using State = es::SqliteStatements;
    static constexpr std::string_view create =
        "CREATE TABLE line(number INTEGER CHECK(number >= 0)) STRICT";
    static es::Result<void> apply_event(es::SqliteStatements& sql, const Moved& e) {
        sql.run("INSERT INTO line VALUES(CASE WHEN (SELECT coalesce(max(number), -1) FROM line) = "
                "?1 - 1 THEN ?1 ELSE -1 END)",
                e.number);
        return call_hook(e);
    }
};

struct AllMoves {
    using Event = std::variant<Moved>;
    struct State {
        std::uint32_t moves = 0;
    };
    static void apply_event(State& s, const Moved&) { ++s.moves; }
};

template <class Store>
void append(const Store& store, std::string_view stream, const std::vector<Moved>& moves) {
    Store to = store;
    const es::Environment environment;
    std::vector<Pieces::Event> events(moves.begin(), moves.end());
    std::vector<es::Uuid> ids;
    for (std::size_t i = 0; i < events.size(); ++i)
        ids.push_back(environment.new_id());
    const es::Batch<Pieces::Event> batch(events, ids, environment.now());
    REQUIRE(to.append_unchecked(*es::StreamName::parse(stream), batch));
}
/// Moves of seven pieces in five streams, numbered from 0.
template <class Store>
void append_moves(const Store& store, std::uint32_t count) {
    std::mt19937 draw(7);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto piece = "piece " + std::to_string(draw() % 7);
        append(store, "board-" + std::to_string(draw() % 5), {Moved{piece, i}});
    }
}

template <class Subscription>
void run_out(Subscription& subscription) {
    while (subscription.step().kind == es::Step::Kind::worked)
        ;
}
template <class Store>
es::Progress kept(const Store& store, std::string_view name) {
    const auto all = store.list_progress();
    REQUIRE(all);
    for (const auto& [key, progress] : *all)
        if (key.name == name)
            return progress;
    return {};
}

/// Runs one that handles several keys at once, and compares all that it has stored with what one
/// stores that handles one event after the other.
template <class Store>
void check_same_as_one(const Store& store, const es::SubscriptionOptions& options,
                       unsigned partitions) {
    es::SubscriptionOptions one = options;
    one.name = "one";
    es::SubscriptionOptions several = options;
    several.name = "several";
    several.partitions = partitions;
    es::Subscription<Pieces, Store> expected{store, one};
    es::Subscription<Pieces, Store> found{store, several};
    run_out(expected);
    run_out(found);
    for (const auto& key : {"piece 0", "piece 1", "piece 2", "piece 3", "piece 4", "piece 5",
                            "piece 6", "every fifth"})
        REQUIRE(*found.get(key) == *expected.get(key));
    REQUIRE(*found.parked() == *expected.parked());
    const es::Progress now = kept(store, "several");
    const es::Progress then = kept(store, "one");
    REQUIRE(now.checkpoint == then.checkpoint);
    REQUIRE(now.status == then.status);
    REQUIRE(now.failure == then.failure);
    const auto all = store.list_progress();
    for (const auto& [key, progress] : *all)
        REQUIRE(*store.drop_progress(key));
}

} // namespace

// S1
TEST_CASE("Functions of as many keys as there are partitions run at once", "[waits]") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        std::vector<Moved> moves;
        for (std::uint32_t i = 0; i < 4; ++i)
            moves.push_back({"piece " + std::to_string(i), i + 1});
        append(store, "board-1", moves);
        std::latch all(4); // that they wait for each other
        const Hook meet = [&](const Moved&) -> es::Result<void> {
            all.arrive_and_wait();
            return {};
        };
        const Hooked hooked(meet);
        es::Subscription<Pieces, Store> pieces{store, {.partitions = 4}};
        CHECK(pieces.step().kind == es::Step::Kind::worked);
        CHECK((**pieces.get("piece 3")).moves == 1);
        CHECK(pieces.status().state == es::SubscriptionState::live);
    });
}
TEST_CASE("The statements of several streams are made at once and run in the order of the events",
          "[waits]") {
    const each_store::File file;
    const auto store = file.open();
    append_moves(store, 300);
    std::latch two(2);
    std::atomic<unsigned> calls = 0;
    const Hook meet = [&](const Moved& e) -> es::Result<void> {
        if (e.number >= 300)
            two.arrive_and_wait();
        ++calls;
        return {};
    };
    es::Subscription<Line, es::SqliteStore> line{store, {.page_size = 99, .partitions = 4}};
    run_out(line);
    CHECK(line.status().state == es::SubscriptionState::live);
    const Hooked hooked(meet);
    append(store, "board-1", {Moved{"king", 300}});
    append(store, "board-2", {Moved{"king", 301}});
    run_out(line);
    CHECK(line.status().state == es::SubscriptionState::live);
    CHECK(calls == 2);
}

// S1, S2, S3, S7
TEST_CASE("Several keys at once make the same rows as one event after the other") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append_moves(store, 120);
        for (const std::size_t page : {1U, 2U, 7U, 500U})
            for (const unsigned partitions : {2U, 5U})
                check_same_as_one(store, {.page_size = page}, partitions);
        check_same_as_one(store, {.page_size = 7, .commit_every = {.events = 30}}, 3);
    });
}
TEST_CASE("A subscription of several keys at once may be restarted anywhere") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append_moves(store, 60);
        es::Subscription<Pieces, Store> expected{store, {.name = "one"}};
        run_out(expected);
        for (;;) {
            es::Subscription<Pieces, Store> part{store, {.page_size = 7, .partitions = 3}};
            if (part.step().kind == es::Step::Kind::idle)
                break;
        }
        es::Subscription<Pieces, Store> found{store, {.partitions = 3}};
        CHECK(*found.get("piece 0") == *expected.get("piece 0"));
        CHECK(*found.get("every fifth") == *expected.get("every fifth"));
        REQUIRE(found.rebuild());
        CHECK(*found.get("piece 0") == *expected.get("piece 0"));
        CHECK(*found.get("every fifth") == *expected.get("every fifth"));
    });
}

// S9, S10, S11, S14
TEST_CASE("A failure has the same place, and leaves the same, however many keys are at once") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        const es::FixedEnvironment clock;
        append_moves(store, 90);
        for (const auto kind : {es::errc::rejected, es::errc::unavailable}) {
            const Hook fail = [&](const Moved& e) -> es::Result<void> {
                if (e.number == 40 || e.number == 41 || e.number == 55)
                    return kind == es::errc::rejected ? es::reject("poison")
                                                      : es::Error(kind, "poison");
                return {};
            };
            const Hooked hooked(fail);
            for (const auto policy :
                 {es::OnFailure::stop, es::OnFailure::park, es::OnFailure::skip})
                for (const std::size_t page : {7U, 500U})
                    check_same_as_one(
                        store, {.on_failure = policy, .page_size = page, .environment = clock}, 4);
        }
    });
}
// S15
TEST_CASE("What a function throws in a thread of a partition is an error with its place") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append_moves(store, 50);
        const Hook fail = [](const Moved& e) -> es::Result<void> {
            if (e.number >= 20)
                throw_or_skip(std::runtime_error("number " + std::to_string(e.number)));
            return {};
        };
        const Hooked hooked(fail);
        es::Subscription<Pieces, Store> pieces{store, {.partitions = 4}};
        run_out(pieces);
        const auto status = pieces.status();
        CHECK(status.state == es::SubscriptionState::stopped);
        CHECK(status.position == es::Position{20});
        const std::string message = status.failure.value().message;
        CHECK(message.find("number 20") != std::string::npos);
        CHECK(message.find("stream board-") == 0);
    });
}

// S12, S14
TEST_CASE("A key that waits holds up its page and no other event of it, and the status names it",
          "[waits]") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        append(store, "board-1",
               {Moved{"king", 1}, Moved{"pawn", 2}, Moved{"pawn", 3}, Moved{"pawn", 4},
                Moved{"pawn", 6}, Moved{"pawn", 7}});
        std::latch gate(1);
        std::atomic<unsigned> handled = 0;
        const Hook wait = [&](const Moved& e) -> es::Result<void> {
            if (e.piece == "king")
                gate.wait();
            ++handled;
            return {};
        };
        es::Subscription<Pieces, Store> pieces{store, {.page_size = 4, .partitions = 2}};
        {
            const Hooked hooked(wait);
            std::jthread runs([&](const std::stop_token& stop) { pieces.step(stop); });
            while (handled < 3)
                std::this_thread::yield();
            const auto status = pieces.status();
            CHECK(status.oldest_open == es::OpenEvent{"king", "board-1", es::Revision{0}});
            CHECK_FALSE(status.position);
            CHECK_FALSE(*pieces.get("pawn"));
            runs.request_stop(); // the page in work is stored, or none of it
            gate.count_down();
            runs.join();
            CHECK(handled == 4);
        }
        const auto after = pieces.status();
        CHECK_FALSE(after.oldest_open);
        CHECK(after.position.value_or(es::Position{4}) == es::Position{4});
        run_out(pieces);
        CHECK((**pieces.get("king")).moves == 1);
        CHECK((**pieces.get("pawn")).moves == 5);
    });
}

TEST_CASE("One State has no partitions, and their number has a limit") {
    const es::MemoryStore store;
    es::Subscription<AllMoves, es::MemoryStore> one{store, {.partitions = 2}};
    CHECK(one.step().kind == es::Step::Kind::stopped);
    CHECK(
        one.status().failure.value().message ==
        "SubscriptionOptions::partitions: expected 1 for a projection with one State, which takes "
        "its events one after the other (with a key it has rows, and takes several at once), got "
        "2");
    for (const unsigned partitions : {0U, 257U}) {
        es::Subscription<Pieces, es::MemoryStore> pieces{store, {.partitions = partitions}};
        CHECK(pieces.step().kind == es::Step::Kind::stopped);
        CHECK(pieces.status().failure.value().message ==
              "SubscriptionOptions::partitions: expected 1 to 256, got " +
                  std::to_string(partitions));
    }
    CHECK(store.list_progress()->empty());
}
