// SPDX-License-Identifier: MIT
// Read-your-writes when another process runs the read model: this one waits for the checkpoint in
// the store.
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/sqlite/child_program.hpp"
#include "engines/sqlite/support.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <unistd.h>
#include <variant>

using namespace sqlite_tests;

namespace {

struct Attacked {
    std::uint32_t damage = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "fights", .source = "events://example.org/fights", .version = "1.0"};
}
struct Attack {
    std::uint32_t damage = 0;
};
struct Fights {
    using Command = Attack;
    using Event = std::variant<Attacked>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Attacked&) {}
    static Attacked handle_command(const State&, const Attack& c) { return {c.damage}; }
};
struct Blows {
    using Event = es::EventsOf<Fights>;
    struct State {
        std::uint32_t sum = 0;
    };
    static es::Result<void> apply_event(State& s, const Attacked& e) {
        if (e.damage == 13)
            return es::reject("thirteen");
        s.sum += e.damage;
        return {};
    }
};
using Board = es::Subscription<Blows, es::SqliteStore>;

/// Runs the read model until the parent says no more. Says a byte when it runs.
int follow_until_told(const std::string& path) {
    const auto store = open_store(path);
    Board board{store};
    while (board.step().kind == es::Step::Kind::worked) {
    }
    const std::jthread following = es::follow(board);
    char byte = 'r';
    if (::write(to_parent, &byte, 1) != 1)
        return 1;
    while (::read(from_parent, &byte, 1) == 1) {
    }
    return 0;
}

class Runner {
public:
    explicit Runner(const std::string& path) : program_("[.sqlite-view]", path) {
        REQUIRE(program_.answer() == 'r');
    }
    /// As a program that ends by itself.
    void end() {
        program_.say_no_more();
        CHECK(program_.wait() == 0);
    }
    void kill() { program_.kill(); }

private:
    ChildProgram program_;
};

std::uint32_t shown(const Board& board) {
    return board.view([](const Blows::State& s) { return s.sum; });
}

} // namespace

// W1, W6
TEST_CASE("A view that another process runs is waited for in the store", "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "fights.db";
    const auto store = open_store(path);
    const es::Repository<Fights, es::SqliteStore> fights{store};
    Board board{store};
    Runner runner(path);
    for (std::uint32_t i = 1; i <= 20; ++i) {
        const auto done = fights.execute("ogre", Attack{1}, {.wait_for = board});
        REQUIRE(done);
        REQUIRE(done->waited);
        REQUIRE(shown(board) == i);
    }
    runner.end();
}

// W3, W6
TEST_CASE("A view whose process has stopped at an event is not waited for, and says why",
          "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "fights.db";
    const auto store = open_store(path);
    const es::Repository<Fights, es::SqliteStore> fights{store};
    Board board{store};
    Runner runner(path);
    const auto done = fights.execute("ogre", Attack{13}, {.wait_for = board});
    REQUIRE(done);
    CHECK(done->receipt);
    CHECK(done->waited.error() == es::errc::failed);
    const std::string why(done->waited.error().message());
    CHECK(why.find("blows has stopped: stream fights-ogre, revision 0: ") == 0);
    CHECK(why.find("thirteen") != std::string::npos);
    runner.end();
}

// W3, W6
TEST_CASE("A view that no process runs, or none any more, is not waited for", "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "fights.db";
    const auto store = open_store(path);
    const es::Repository<Fights, es::SqliteStore> fights{store};
    Board board{store};
    const auto never = fights.execute("ogre", Attack{1}, {.wait_for = board});
    REQUIRE(never);
    CHECK(never->waited.error() == es::errc::unavailable);
    Runner runner(path);
    REQUIRE(board.wait_for(*never->receipt));
    Runner second(path);
    runner.end();
    // one of the two runs it still, though it had nothing to do since
    const auto one_left = fights.execute("ogre", Attack{2}, {.wait_for = board});
    REQUIRE(one_left);
    CHECK(one_left->waited);
    second.end();
    const auto ended = fights.execute("ogre", Attack{3}, {.wait_for = board});
    REQUIRE(ended);
    CHECK(ended->waited.error() == es::errc::unavailable);
    CHECK(shown(board) == 3);
}

// W4, W6
TEST_CASE("A view whose process was killed is waited for until the deadline, or another runs it",
          "[waits]") {
    const Folder folder(fast_place());
    const std::string path = folder / "fights.db";
    const auto store = open_store(path);
    const es::Repository<Fights, es::SqliteStore> fights{store};
    Board board{store};
    Runner(path).kill();
    const auto done = fights.execute("ogre", Attack{4});
    REQUIRE(done);
    const es::FixedEnvironment clock; // which its sleep moves
    Board until_late{store, {.environment = clock}};
    CHECK(until_late.wait_for(*done->receipt, {.timeout = 1h}).error() == es::errc::timed_out);
    Runner next(path);
    REQUIRE(board.wait_for(*done->receipt));
    CHECK(shown(board) == 4);
    next.end();
}

TEST_CASE("What a process does that runs a view", "[.sqlite-view]") {
    if (!child_argument()) {
        SUCCEED("nobody asked for it");
        return;
    }
    CHECK(follow_until_told(child_argument()) == 0);
}
