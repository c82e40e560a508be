// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/ready.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/runtime/target_subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <chrono>
#include <string>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct Note {
    std::string text;
};
struct Noted {
    std::string text;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "notes", .source = "events://example.org/notes", .version = "1.0"};
}
struct Notes {
    using Command = Note;
    using Event = Noted;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State& /*s*/, const Noted& /*e*/) {}
    static Noted handle_command(const State& /*s*/, const Note& c) { return {c.text}; }
};
struct Words {
    using Event = es::EventsOf<Notes>;
    struct State {
        int number = 0;
    };
    static es::Result<void> apply_event(State& s, const Noted& e) {
        if (e.text == "bad")
            return es::reject("no word");
        ++s.number;
        return {};
    }
};

struct World {
    es::FixedEnvironment clock{{.step = 0ns}};
    es::MemoryStore store{clock};
    es::Repository<Notes, es::MemoryStore> notes{store};

    void note(const std::string& text) { REQUIRE(notes.execute("1", Note{text})); }
};

static_assert(es::TellsStatus<es::Subscription<Words, es::MemoryStore>>);
/// Notes each note that is no copy once more.
struct Copier {
    using Event = es::EventsOf<Notes>;
    using Reaction = es::Reaction<Notes>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.text; }
    static Reaction react(const State&, const Noted& e) {
        if (e.text == "copy")
            return es::nothing;
        return {es::send<Notes>("copies", Note{"copy"})};
    }
};

static_assert(es::TellsStatus<es::Relay<es::MemoryStore, es::MemoryStore>>);

} // namespace

TEST_CASE("a subscription is ready once it has handled all that there was") {
    World world;
    world.note("a");
    world.note("b");
    es::Subscription<Words, es::MemoryStore> words{world.store, {.page_size = 1}};
    CHECK(es::ready(words).error().message() ==
          "not ready: words is not_started, 2 events behind, lag 0 s");
    words.step();
    CHECK(es::ready(words).error() == es::errc::unavailable);
    words.step();
    words.step();
    CHECK(es::ready(words));
}

TEST_CASE("with a limit it is ready while it goes on and lags no more than that") {
    World world;
    world.note("a");
    world.note("b");
    es::Subscription<Words, es::MemoryStore> words{world.store, {.page_size = 1}};
    CHECK_FALSE(es::ready(es::lagging_at_most(words, 5s))); // nobody runs it
    words.step();
    world.clock.advance(5s);
    CHECK(es::ready(es::lagging_at_most(words, 5s)));
    world.clock.advance(1s);
    CHECK(es::ready(es::lagging_at_most(words, 5s)).error().message() ==
          "not ready: words is catching_up, 1 event behind, lag 6 s (its limit is a lag of 5 s)");
    words.step();
    words.step();
    CHECK(es::ready(es::lagging_at_most(words, 5s)));
    world.note("c"); // and nobody runs it any more
    world.clock.advance(6s);
    CHECK(es::ready(words));
    CHECK_FALSE(es::ready(es::lagging_at_most(words, 5s)));
}

TEST_CASE("of several all must be ready, and the answer names each that is not, and why") {
    World world;
    es::Subscription<Words, es::MemoryStore> words{world.store};
    es::Subscription<Words, es::MemoryStore> others{world.store, {.name = "others"}};
    es::Relay relay{world.store, es::MemoryStore{}, {.name = "out"}};
    words.step();
    others.step();
    relay.step();
    CHECK(es::ready(words, others, relay));
    world.note("bad");
    words.step();
    others.step();
    relay.step();
    CHECK(es::ready(relay));
    CHECK(es::ready(words, es::lagging_at_most(others, 1h), relay).error().message() ==
          "not ready: words is stopped, 1 event behind, lag 0 s, stream notes-1, revision 0: no "
          "word; others is stopped, 1 event behind, lag 0 s, stream notes-1, revision 0: no word "
          "(its limit is a lag of 1 h)");
}

// O5
TEST_CASE("a process manager is ready by the same rule") {
    World world;
    world.note("a");
    es::ProcessManager<Copier, es::MemoryStore> copier{world.store, es::from_beginning};
    CHECK(es::ready(copier).error().message() ==
          "not ready: copier is not_started, 1 event behind, lag 0 s");
    while (copier.step().kind == es::Step::Kind::worked) {
    }
    CHECK(es::ready(copier));
    world.clock.advance(1s);
    world.note("b"); // and nobody runs it
    world.clock.advance(6s);
    CHECK_FALSE(es::ready(es::lagging_at_most(copier, 5s)));
    while (copier.step().kind == es::Step::Kind::worked) {
    }
    CHECK(es::ready(es::lagging_at_most(copier, 5s)));
}
