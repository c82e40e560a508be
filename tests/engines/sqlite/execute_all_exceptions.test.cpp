// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/execute_all.hpp>

#include "catch.hpp"
#include "engines/sqlite/each_store.hpp"
#include "fails_with.hpp"
#include "runtime/watched_store.hpp"
#include "throw_or_skip.hpp"

#include <eventsourcing/runtime/load.hpp>

#include <chrono>
#include <stdexcept>

namespace es = eventsourcing;
using runtime_tests::WatchedStore;
using sqlite_tests::on_each_store;

namespace brittle {

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
    Glass(Glass&& other) : value(other.value) { use(); } // NOLINT: it is to throw
    Glass& operator=(const Glass& other) {
        use();
        value = other.value;
        return *this;
    }
    Glass& operator=(Glass&& other) { // NOLINT: it is to throw
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
consteval es::EventFamily event_family(const auto&) {
    return {.name = "brittle", .source = "events://example.org/brittle"};
}
struct Shelf {
    using Command = Fill;
    using Event = Filled;
    struct State {
        Glass glass{};
        es::Generation generation{};
    };
    static void apply_event(State& s, const Filled& e) { s.glass.value += e.amount; }
    static Filled handle_command(const State&, const Fill& c) { return {c.amount}; }
};

} // namespace brittle

using namespace brittle;

TEST_CASE("whichever copy or move of a state throws, commands on several streams that are said to "
          "be not done are not stored") {
    on_each_store([](const auto& store) {
        int stored = 0;
        int unknown = 0;
        bool failed = true;
        for (int uses = 0; failed; ++uses) {
            REQUIRE(uses < 200);
            left = uses;
            const auto done =
                es::execute_all(store, es::command<Shelf>("a", Fill{1}),
                                es::command<Shelf>("b", Fill{1}), es::unchanged<Shelf>("c"));
            left = -1;
            failed = !done;
            const auto loaded = es::load<Shelf>(store, "shelf-a");
            REQUIRE(loaded);
            const bool is_stored = loaded->state.glass.value == stored + 1;
            if (failed) {
                CHECK(fails_with(es::errc::threw, done));
                if (is_stored)
                    CHECK(done.error().outcome() == es::Outcome::unknown);
                else
                    CHECK(done.error().outcome() == es::Outcome::not_done);
                unknown += is_stored ? 1 : 0;
            }
            stored += is_stored ? 1 : 0;
            CHECK(loaded->state.glass.value == stored);
            CHECK(es::load<Shelf>(store, "shelf-b")->state.glass.value == stored);
        }
        CHECK(unknown > 0);
    });
}

TEST_CASE("an append to several streams that can't be kept for a retry has an unknown outcome") {
    on_each_store([](const auto& inside) {
        int kept = 0;
        int lost = 0;
        for (int uses = 0; kept == 0; ++uses) {
            REQUIRE(uses < 200);
            const WatchedStore store{inside};
            store.watch().lost_appends = 1;
            left = uses;
            const auto done =
                es::execute_all(store, {.patience = std::chrono::seconds(0)},
                                es::command<Shelf>("a", Fill{1}), es::unchanged<Shelf>("c"));
            left = -1;
            REQUIRE_FALSE(done);
            if (store.watch().appends == 0) {
                CHECK(done.error().outcome() == es::Outcome::not_done);
                continue;
            }
            CHECK(done.error().outcome() == es::Outcome::unknown);
            ++(es::pending_append_all(done) ? kept : lost);
        }
        CHECK(lost > 0);
    });
}
