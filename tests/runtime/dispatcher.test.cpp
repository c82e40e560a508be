// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/dispatcher.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/store/any_sink.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace combat {
struct Attack {
    std::string entity_id;
    std::uint32_t damage;
};
struct Heal {
    std::string entity_id;
    std::uint32_t points;
};
struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"entity:" + entity_id}; }
};
struct EntityHealed {
    std::string entity_id;
    std::uint32_t points;
};
struct EntityDied {
    std::string entity_id;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
struct State {
    std::string entity_id;
    std::uint32_t hitpoints = 900;
    es::Generation generation{};
};
enum class Refusal { already_dead };

struct Combat {
    using Command = std::variant<Attack, Heal>;
    using Event = std::variant<EntityAttacked, EntityHealed, EntityDied>;
    using State = combat::State;

    static es::Result<State> apply_event(State s, const EntityAttacked& e) {
        if (e.damage > s.hitpoints)
            return es::Error(es::errc::invalid, "more damage than hitpoints");
        s.hitpoints -= e.damage;
        return s;
    }
    static State apply_event(State s, const EntityHealed& e) {
        if (e.points == 666)
            throw_or_skip(std::runtime_error("cursed"));
        s.hitpoints += e.points;
        return s;
    }
    static State apply_event(State s, const EntityDied&) {
        s.hitpoints = 0;
        return s;
    }

    static es::Result<es::Events<Event>> handle_command(const State& s, const Attack& c) {
        if (s.hitpoints == 0)
            return es::reject(Refusal::already_dead, c.entity_id);
        if (c.damage == 0)
            return es::nothing;
        if (c.damage == s.hitpoints)
            return {EntityAttacked{c.entity_id, c.damage}, EntityDied{c.entity_id}};
        return EntityAttacked{c.entity_id, c.damage};
    }
    static EntityHealed handle_command(const State&, const Heal& c) {
        if (c.points == 13)
            throw_or_skip(std::runtime_error("unlucky"));
        return {c.entity_id, c.points};
    }
};
} // namespace combat

namespace {
using namespace combat;

/// A checked sink that writes down what it is given and answers what it is told to.
struct Script {
    struct Sent {
        std::string stream{};
        es::ExpectedRevision expected = es::ExpectedRevision::exists();
        std::vector<std::string> texts{};
        std::vector<es::Uuid> ids{};
        std::vector<std::string> tags{};
        std::string metadata{};
        es::Timestamp time{};
        bool conditional = false;
    };
    std::vector<Sent> sent;
    std::vector<es::Result<es::Receipt>> answers;
    bool throws = false;
};

struct ScriptedSink {
    static constexpr es::Capabilities capabilities{.expected_revision = true, .conditions = true};
    std::shared_ptr<Script> script = std::make_shared<Script>();

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& = {}) {
        if (script->throws)
            throw_or_skip(std::runtime_error("lost the connection"));
        auto encoded = batch.encoded();
        if (!encoded)
            return encoded.error();
        Script::Sent sent{.stream = std::string(stream.view()), .expected = expected};
        for (const es::NewEvent& event : *encoded) {
            sent.texts.push_back(std::string(event.type) + " " + std::string(event.data));
            sent.ids.push_back(event.id);
            sent.time = event.recorded_at;
            sent.metadata = event.metadata;
            sent.tags.assign(event.tags.begin(), event.tags.end());
        }
        sent.conditional = !condition.fail_if_exists.items.empty();
        script->sent.push_back(std::move(sent));
        if (!script->answers.empty()) {
            auto answer = script->answers.front();
            script->answers.erase(script->answers.begin());
            return answer;
        }
        const auto first = expected.kind() == es::ExpectedRevision::Kind::exactly
                               ? expected.revision().plus(1)
                               : es::Revision{0};
        return es::Receipt{first, first.plus(batch.size() - 1), es::Position{99}};
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream,
                                             const es::EventBatch& batch) {
        return append(stream, es::ExpectedRevision::exists(), batch);
    }
};

/// Sees typed events, and no stamps.
struct TypedSink {
    static constexpr es::Capabilities capabilities{.stamps = false};
    std::shared_ptr<std::vector<std::size_t>> kinds = std::make_shared<std::vector<std::size_t>>();

    template <class Event>
    es::Result<void> append_unchecked(es::StreamNameView, const es::Batch<Event>& batch) {
        for (const Event& event : batch.events())
            kinds->push_back(event.index());
        return {};
    }
};

static_assert(es::Sink<TypedSink>);
static_assert(es::ConditionalSinkFor<ScriptedSink, Combat::Event>);
static_assert(!es::CheckedSinkFor<TypedSink, Combat::Event>);

// Asking a sink for a check that it can't make is refused with a message
// (compile_fail/condition_on_unchecking_sink.cpp).
static_assert(!es::ConditionalSinkFor<TypedSink, Combat::Event>);

// A command of another aggregate is refused with a message
// (compile_fail/dispatch_int_as_command.cpp).
struct Stranger {};
static_assert(es::detail::CommandOf<Heal, Combat> && es::detail::CommandOf<const Heal&, Combat> &&
              es::detail::CommandOf<Combat::Command, Combat> &&
              !es::detail::CommandOf<Stranger, Combat>);

std::vector<std::size_t> kinds_of(const es::Events<Combat::Event>& events) {
    std::vector<std::size_t> kinds;
    for (const Combat::Event& event : events)
        kinds.push_back(event.index());
    return kinds;
}

State ogre(std::uint32_t hitpoints = 900, std::uint64_t generation = 0) {
    return {.entity_id = "ogre", .hitpoints = hitpoints, .generation = es::Generation{generation}};
}
} // namespace

TEST_CASE("a command is decided, folded and appended, and gives the new state") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const auto done = fight.dispatch(ogre(), Attack{"ogre", 150}, "combat-ogre");
    REQUIRE(done);
    CHECK(done->state.hitpoints == 750);
    CHECK(done->state.generation == es::Generation{1});
    CHECK(done->events().size() == 1);
    CHECK(done->receipt == es::Receipt{es::Revision{0}, es::Revision{0}, es::Position{99}});
    CHECK(done->revision == es::Revision{0});
    REQUIRE(sink.script->sent.size() == 1);
    CHECK(sink.script->sent[0].stream == "combat-ogre");
    CHECK(sink.script->sent[0].texts ==
          std::vector<std::string>{R"(combat.entity_attacked {"entity_id":"ogre","damage":150})"});
}

TEST_CASE("the generation moves on by the number of events emitted") {
    es::Dispatcher<Combat, ScriptedSink> fight{ScriptedSink{}};
    const auto done = fight.dispatch(ogre(20, 4), Attack{"ogre", 20}, "combat-ogre");
    REQUIRE(done);
    CHECK(done->events().size() == 2);
    CHECK(done->state.generation == es::Generation{6});
    CHECK(done->state.hitpoints == 0);
}

TEST_CASE("a bare state expects the revision before its generation, and a new one no stream") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    REQUIRE(fight.dispatch(ogre(), Heal{"ogre", 1}, "combat-ogre"));
    REQUIRE(fight.dispatch(ogre(900, 7), Heal{"ogre", 1}, "combat-ogre"));
    CHECK(sink.script->sent[0].expected == es::ExpectedRevision::no_stream());
    CHECK(sink.script->sent[1].expected == es::ExpectedRevision::exactly(es::Revision{6}));
}

TEST_CASE("a loaded state expects the revision that was read, whatever its generation") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const es::Loaded<Combat> loaded{ogre(900, 2), es::Revision{41}};
    auto done = fight.dispatch(loaded, Heal{"ogre", 1}, "combat-ogre");
    REQUIRE(done);
    CHECK(sink.script->sent[0].expected == es::ExpectedRevision::exactly(es::Revision{41}));
    CHECK(done->revision == es::Revision{42});
    CHECK(done->state.generation == es::Generation{3});
    CHECK(loaded.state.hitpoints == 900);

    SECTION("and what was dispatched can be dispatched again") {
        REQUIRE(fight.dispatch(*std::move(done), Heal{"ogre", 1}, "combat-ogre"));
        CHECK(sink.script->sent[1].expected == es::ExpectedRevision::exactly(es::Revision{42}));
    }
    SECTION("and one without a revision expects no stream") {
        REQUIRE(fight.dispatch(es::Loaded<Combat>{ogre(), {}}, Heal{"ogre", 1}, "combat-ogre"));
        CHECK(sink.script->sent[1].expected == es::ExpectedRevision::no_stream());
    }
}

TEST_CASE("a rejected command sends nothing and leaves the state alone") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const State dead = ogre(0, 3);
    const auto done = fight.dispatch(dead, Attack{"ogre", 1}, "combat-ogre");
    REQUIRE_FALSE(done);
    CHECK(done.error() == Refusal::already_dead);
    CHECK(done.error().message() == "already dead: ogre");
    CHECK(dead.generation == es::Generation{3});
    CHECK(sink.script->sent.empty());
}

TEST_CASE("an empty decision sends nothing and answers the same state without a receipt") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const auto done = fight.dispatch(es::Loaded<Combat>{ogre(900, 5), es::Revision{4}},
                                     Attack{"ogre", 0}, "combat-ogre");
    REQUIRE(done);
    CHECK(done->events().empty());
    CHECK_FALSE(done->receipt);
    CHECK(done->revision == es::Revision{4});
    CHECK(done->state.generation == es::Generation{5});
    CHECK(sink.script->sent.empty());
}

TEST_CASE("events that can't be applied never leave the process") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const State weak = ogre(10);
    const auto refused = fight.dispatch(weak, Attack{"ogre", 11}, "combat-ogre");
    CHECK(fails_with(es::errc::cannot_apply, refused));
    CHECK(message_of(refused).starts_with(
        "stream combat-ogre: the decided event 0, combat.entity_attacked: "));
    CHECK(fails_with(es::errc::threw, fight.dispatch(weak, Heal{"ogre", 666}, "combat-ogre")));
    CHECK(fails_with(es::errc::threw, fight.dispatch(weak, Heal{"ogre", 13}, "combat-ogre")));
    const State last = ogre(10, ~std::uint64_t{0});
    CHECK(fails_with(es::errc::overflow, fight.dispatch(last, Heal{"ogre", 1}, "combat-ogre")));
    CHECK(sink.script->sent.empty());
    CHECK(weak.hitpoints == 10);
}

TEST_CASE("a conflict is an error with stream, expected and actual, and the state is untouched") {
    ScriptedSink sink;
    sink.script->answers.push_back(
        es::Error(es::errc::conflict)
            .with_conflict({.stream = "combat-ogre",
                            .expected = es::ExpectedRevision::no_stream(),
                            .actual = es::Revision{2}}));
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const State before = ogre();
    const auto done = fight.dispatch(before, Attack{"ogre", 150}, "combat-ogre");
    REQUIRE(fails_with(es::errc::conflict, done));
    CHECK(done.error().conflict()->actual == es::Revision{2});
    CHECK(es::pending_append<Combat>(done.error()) == nullptr);
    CHECK(before.hitpoints == 900);
    CHECK(before.generation == es::Generation{0});
}

TEST_CASE("a command may be given as the variant, and a state may be moved in") {
    es::Dispatcher<Combat, ScriptedSink> fight{ScriptedSink{}};
    State state = ogre();
    const Combat::Command command = Attack{"ogre", 100};
    auto done = fight.dispatch(std::move(state), command, "combat-ogre");
    REQUIRE(done);
    state = std::move(*done).state;
    CHECK(state.hitpoints == 800);
    CHECK(state.entity_id == "ogre");
}

TEST_CASE("a state that is moved in is not changed if the command is refused or fails") {
    es::Dispatcher<Combat, ScriptedSink> fight{ScriptedSink{}};
    State dead = ogre(0, 7);
    dead.entity_id = "an ogre with quite a long name";
    CHECK_FALSE(fight.dispatch(std::move(dead), Attack{"ogre", 1}, "combat-ogre"));
    CHECK_FALSE(fight.dispatch(std::move(dead), Heal{"ogre", 13}, "combat-ogre"));
    CHECK(dead.entity_id == "an ogre with quite a long name");
    CHECK(dead.generation == es::Generation{7});
}

namespace {
/// Counts how often it is moved or copied.
struct Crate {
    static inline int moves = 0;
    std::string label;

    explicit Crate(std::string its_label = {}) : label(std::move(its_label)) {}
    Crate(const Crate& other) : label(other.label) { ++moves; }
    Crate(Crate&& other) noexcept : label(std::move(other.label)) { ++moves; }
    Crate& operator=(const Crate&) = default;
    Crate& operator=(Crate&&) = default;
    ~Crate() = default;
};
struct CrateLoaded {
    static constexpr std::string_view event_type = "crate_loaded";
    static constexpr std::string_view event_source = "events://example.org/ship";
    static void members(auto& self, auto&& member) { member("label", self.crate.label); }
    Crate crate;
};
struct LoadOne {};
struct LoadTwo {};
struct LoadIfReady {};
struct Ship {
    using Command = std::variant<LoadOne, LoadTwo, LoadIfReady>;
    using Event = std::variant<CrateLoaded>;
    struct State {
        int crates = 0;
        es::Generation generation{};
    };
    static void apply_event(State& state, const CrateLoaded&) { ++state.crates; }
    static CrateLoaded handle_command(const State&, const LoadOne&) { return {Crate{"one"}}; }
    static es::Result<es::Events<Event>> handle_command(const State&, const LoadTwo&) {
        return {CrateLoaded{Crate{"one"}}, CrateLoaded{Crate{"two"}}};
    }
    static std::optional<CrateLoaded> handle_command(const State&, const LoadIfReady&) {
        return CrateLoaded{Crate{"three"}};
    }
};
} // namespace

TEST_CASE("a dispatch moves each event once, into its variant") {
    es::Dispatcher<Ship, ScriptedSink> ship{ScriptedSink{}};
    Crate::moves = 0;
    const auto one = ship.dispatch(Ship::State{}, LoadOne{}, "ship-1");
    REQUIRE(one);
    CHECK(Crate::moves == 1);
    const auto two = ship.dispatch(*one, Ship::Command(LoadTwo{}), "ship-1");
    REQUIRE(two);
    CHECK(two->state.crates == 3);
    CHECK(Crate::moves == 3);
    const auto three = ship.dispatch(*two, LoadIfReady{}, "ship-1");
    REQUIRE(three);
    CHECK(Crate::moves == 5); // also into its optional
}

TEST_CASE("metadata and tags of one dispatch are recorded with each of its events") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    REQUIRE(fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre",
                           {.metadata = {.correlation_id = "request-1", .values = {{"by", "me"}}},
                            .tags = {"arena:1", "arena:1"}}));
    CHECK(sink.script->sent[0].metadata ==
          R"({"$correlationId":"request-1","values":{"by":"me"}})");
    CHECK(sink.script->sent[0].tags == std::vector<std::string>{"arena:1", "entity:ogre"});
    REQUIRE(fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre"));
    CHECK(sink.script->sent[1].metadata.empty());
}

TEST_CASE("a condition reaches a sink that checks conditions") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const es::AppendCondition condition{.fail_if_exists = {.items = {{.tags = {"entity:ogre"}}}}};
    REQUIRE(fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre", {.condition = condition}));
    CHECK(sink.script->sent[0].conditional);
    REQUIRE(fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre", {}));
    CHECK_FALSE(sink.script->sent[1].conditional);
}

TEST_CASE(
    "an unknown outcome carries the pending append, and retrying sends the same bytes and ids") {
    ScriptedSink sink;
    sink.script->answers = {es::errc::unknown_outcome, es::errc::unknown_outcome,
                            es::Receipt{es::Revision{0}, es::Revision{1}, {}}};
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const auto lost = fight.dispatch(ogre(20), Attack{"ogre", 20}, "combat-ogre",
                                     {.metadata = {.command_id = "c-1"}, .tags = {"t"}});
    REQUIRE_FALSE(lost);
    REQUIRE(lost.error().outcome() == es::Outcome::unknown);
    const auto* pending = es::pending_append<Combat>(lost.error());
    REQUIRE(pending != nullptr);

    CHECK(kinds_of(pending->events()) == std::vector<std::size_t>{0, 2});
    CHECK(std::get<EntityAttacked>(pending->events()[0]).damage == 20);
    CHECK(std::get<EntityDied>(pending->events()[1]).entity_id == "ogre");

    const auto lost_again = fight.retry(*pending);
    REQUIRE_FALSE(lost_again);
    REQUIRE(lost_again.error().outcome() == es::Outcome::unknown);
    const auto* pending_again = es::pending_append<Combat>(lost_again.error());
    REQUIRE(pending_again != nullptr);

    const auto done = fight.retry(*pending_again);
    REQUIRE(done);
    CHECK(done->state.hitpoints == 0);
    CHECK(done->state.generation == es::Generation{2});
    CHECK(done->revision == es::Revision{1});
    CHECK(kinds_of(done->events()) == std::vector<std::size_t>{0, 2});
    REQUIRE(sink.script->sent.size() == 3);
    const auto& first = sink.script->sent[0];
    for (const auto& later : {sink.script->sent[1], sink.script->sent[2]}) {
        CHECK(later.stream == first.stream);
        CHECK(later.expected == first.expected);
        CHECK(later.texts == first.texts);
        CHECK(later.ids == first.ids);
        CHECK(later.tags == first.tags);
        CHECK(later.metadata == first.metadata);
        CHECK(later.time == first.time);
    }
}

namespace seats {
struct Sold {
    int number = 0;
    [[nodiscard]] std::vector<std::string> event_tags() const {
        return {"seat:" + std::to_string(number)};
    }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "seats", .source = "events://example.org/seats"};
}
struct Seat {
    using Command = Sold;
    using Event = Sold;
    struct State {
        es::Generation generation{};
    };
    static Sold handle_command(const State&, const Sold& command) { return command; }
    static void apply_event(State&, const Sold&) {}
};

/// A memory store whose first appends never arrive, with an unknown outcome.
struct Lossy {
    static constexpr es::Capabilities capabilities = es::MemoryStore::capabilities;

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        if (*to_lose > 0) {
            --*to_lose;
            return es::errc::unknown_outcome;
        }
        return inner.append(stream, expected, batch, condition, call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return inner.append_unchecked(stream, batch, call);
    }

    es::MemoryStore inner;
    std::shared_ptr<int> to_lose;
};
} // namespace seats

TEST_CASE("a retry has the append condition of the first attempt, however often it is lost") {
    using namespace seats;
    const es::AppendCondition free{.fail_if_exists = {.items = {{.tags = {"seat:1"}}}}};
    for (const int lost : {1, 2}) {
        es::MemoryStore store;
        es::Dispatcher<Seat, Lossy> ann{Lossy{store, std::make_shared<int>(lost)}};
        es::Dispatcher<Seat, es::MemoryStore> bob{store};
        auto ours = ann.dispatch(Seat::State{}, Sold{1}, "seat-ann", {.condition = free});
        for (int i = 1; i < lost; ++i)
            ours = ann.retry(*es::pending_append<Seat>(ours.error()));
        REQUIRE(bob.dispatch(Seat::State{}, Sold{1}, "seat-bob", {.condition = free}));
        const auto* pending = es::pending_append<Seat>(ours.error());
        REQUIRE(pending != nullptr);
        CHECK(fails_with(es::errc::condition_failed, ann.retry(*pending)));
        CHECK(store.read_stream("seat-ann")->empty());
    }
}

TEST_CASE("a pending append outlives its error, and its copies have the same events") {
    ScriptedSink sink;
    sink.script->answers = {es::errc::unknown_outcome};
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    auto lost = fight.dispatch(ogre(), Heal{"an ogre with quite a long name", 5}, "combat-ogre");
    REQUIRE(fails_with(es::errc::unknown_outcome, lost));
    auto first =
        std::make_unique<es::PendingAppend<Combat>>(*es::pending_append<Combat>(lost.error()));
    const es::PendingAppend<Combat> second = *first;
    lost = es::errc::closed;
    first.reset();
    REQUIRE(kinds_of(second.events()) == std::vector<std::size_t>{1});
    CHECK(std::get<EntityHealed>(second.events()[0]).entity_id == "an ogre with quite a long name");
    CHECK(fight.retry(second));
}

TEST_CASE("a pending append that an application has kept is made again from its parts") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const es::PendingAppend<Combat> kept{.stream = es::StreamName("combat-ogre"),
                                         .expected = es::ExpectedRevision::no_stream(),
                                         .condition = {},
                                         .shared_events =
                                             es::Events<Combat::Event>{EntityHealed{"ogre", 5}},
                                         .ids = {es::Environment().new_id()},
                                         .recorded_at = {},
                                         .metadata = {},
                                         .tags = {},
                                         .state = ogre()};
    const auto done = fight.retry(kept);
    REQUIRE(done);
    CHECK(kinds_of(done->events()) == std::vector<std::size_t>{1});
    CHECK(sink.script->sent[0].ids == kept.ids);
}

TEST_CASE("a sink that throws has an unknown outcome") {
    ScriptedSink sink;
    sink.script->throws = true;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const auto lost = fight.dispatch(ogre(), Heal{"ogre", 1}, "combat-ogre");
    REQUIRE_FALSE(lost);
    CHECK(lost.error() == es::errc::threw);
    CHECK(lost.error().message() == "the sink threw: lost the connection");
    CHECK(lost.error().outcome() == es::Outcome::unknown);
    CHECK(es::pending_append<Combat>(lost.error()) != nullptr);
}

namespace {
/// Checks no revisions, and remembers until when it may wait.
struct PatientSink {
    static constexpr es::Capabilities capabilities{};

    es::Result<void> append_unchecked(es::StreamNameView /*stream*/,
                                      const es::EventBatch& /*batch*/,
                                      const es::CallOptions& call = {}) const {
        *deadline = call.begun({}).deadline;
        return es::errc::unknown_outcome;
    }
    std::shared_ptr<std::optional<std::chrono::steady_clock::time_point>> deadline =
        std::make_shared<std::optional<std::chrono::steady_clock::time_point>>();
};
} // namespace

TEST_CASE("a deadline and a stop reach the store") {
    es::MemoryStore store;
    es::Dispatcher<Combat, es::MemoryStore> fight{store};
    std::stop_source stop;
    stop.request_stop();
    const auto with = [&](const es::CallOptions& call) {
        return fight.dispatch(ogre(), Heal{"ogre", 1}, "combat-ogre",
                              es::DispatchOptions{.call = call});
    };
    CHECK(fails_with(es::errc::timed_out, with(es::CallOptions::within(std::chrono::hours(-1)))));
    CHECK(fails_with(es::errc::cancelled, with({.deadline = {}, .stop = stop.get_token()})));
    CHECK(fails_with(
        es::errc::cancelled,
        fight.dispatch(ogre(), Heal{"ogre", 1}, "combat-ogre",
                       {.condition = {.fail_if_exists = {.items = {{.tags = {"entity:elf"}}}}},
                        .call = {.deadline = {}, .stop = stop.get_token()}})));
    CHECK(store.read_stream("combat-ogre")->empty());
}

TEST_CASE("a condition for a sink that checks none is refused, and nothing is done") {
    const PatientSink sink;
    es::Dispatcher<Combat, PatientSink> fight{sink};
    const es::AppendCondition condition{.fail_if_exists = {.items = {{.tags = {"entity:ogre"}}}}};
    const auto refused =
        fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre", {.condition = condition});
    REQUIRE(fails_with(es::errc::unsupported, refused));
    CHECK(
        refused.error().message() ==
        "PatientSink checks no append conditions (conditions); nothing was done: dispatch without "
        "DispatchOptions::condition, or to a store that checks it, such as MemoryStore");
    CHECK_FALSE(sink.deadline->has_value());
}

TEST_CASE("a deadline reaches a sink that checks no revisions, too") {
    const PatientSink sink;
    es::Dispatcher<Combat, PatientSink> fight{sink};
    const auto first = es::CallOptions::within(std::chrono::hours(1)).begun({});
    const auto lost = fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre",
                                     es::DispatchOptions{.call = first});
    CHECK(*sink.deadline == first.deadline);
    const auto* pending = es::pending_append<Combat>(lost.error());
    REQUIRE(pending != nullptr);
    const auto second = es::CallOptions::within(std::chrono::hours(2)).begun({});
    CHECK_FALSE(fight.retry(*pending, second));
    CHECK(*sink.deadline == second.deadline);
    CHECK_FALSE(fight.dispatch(ogre(), Attack{"ogre", 1}, "combat-ogre"));
    CHECK_FALSE(*sink.deadline);
}

TEST_CASE("a typed sink without stamps sees the events as they are") {
    TypedSink sink;
    es::Dispatcher<Combat, TypedSink> fight{sink};
    const auto done = fight.dispatch(ogre(20), Attack{"ogre", 20}, "combat-ogre");
    REQUIRE(done);
    CHECK_FALSE(done->receipt);
    CHECK(*sink.kinds == std::vector<std::size_t>{0, 2});
}

TEST_CASE("with a fixed environment the same commands give the same records") {
    const auto record = [] {
        ScriptedSink sink;
        es::FixedEnvironment environment;
        es::Dispatcher<Combat, ScriptedSink> fight{sink, environment};
        State state = ogre();
        for (std::uint32_t damage : {1U, 2U, 897U}) {
            auto done = fight.dispatch(state, Attack{"ogre", damage}, "combat-ogre");
            REQUIRE(done);
            state = std::move(*done).state;
        }
        return sink.script->sent;
    };
    const auto once = record();
    const auto again = record();
    REQUIRE(once.size() == 3);
    for (std::size_t i = 0; i < once.size(); ++i) {
        CHECK(once[i].ids == again[i].ids);
        CHECK(once[i].time == again[i].time);
        CHECK(once[i].texts == again[i].texts);
    }
    CHECK(once[0].ids != once[1].ids);
}

TEST_CASE("a dispatcher has the environment of its store, or the one that it is given") {
    const es::FixedEnvironment fixed;
    const es::FixedEnvironment same;
    const es::MemoryStore store{fixed};
    const auto first = [&store](es::StreamNameView stream) {
        const auto page = store.read_stream(stream);
        REQUIRE(page);
        REQUIRE(page->records().size() == 1);
        return std::pair(page->records()[0].id, page->records()[0].recorded_at);
    };
    const es::Environment expected = same;
    CHECK(store.store_id().value() == expected.new_id()); // the first that it gives
    const auto next = [&expected] {
        const es::Timestamp now = expected.now();
        return std::pair(expected.new_id(now), now);
    };
    REQUIRE(es::Dispatcher<Combat, es::MemoryStore>{store}.dispatch(ogre(), Heal{"ogre", 1},
                                                                    "combat-1"));
    CHECK(first("combat-1") == next());
    REQUIRE(
        es::Dispatcher<Combat, es::AnySink>{store}.dispatch(ogre(), Heal{"ogre", 1}, "combat-2"));
    CHECK(first("combat-2") == next());
    REQUIRE(
        es::Dispatcher<Combat, es::AnyStore>{store}.dispatch(ogre(), Heal{"ogre", 1}, "combat-3"));
    CHECK(first("combat-3") == next());

    es::FixedEnvironment other;
    other.advance(std::chrono::hours(1));
    REQUIRE(es::Dispatcher<Combat, es::MemoryStore>{store, other}.dispatch(ogre(), Heal{"ogre", 1},
                                                                           "combat-4"));
    CHECK(first("combat-4").second == other.time());
}

TEST_CASE("an event that can't be encoded is refused before anything is sent") {
    ScriptedSink sink;
    es::Dispatcher<Combat, ScriptedSink> fight{sink};
    const auto done = fight.dispatch(ogre(), Attack{"\xff", 1}, "combat-ogre");
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::invalid);
    CHECK(done.error().message().find("entity_id") != std::string::npos);
    CHECK(done.error().outcome() == es::Outcome::not_done);
    CHECK(sink.script->sent.empty());
}

namespace {
/// Appends, or not, and then loses the answer.
struct LosesTheAnswer {
    static constexpr es::Capabilities capabilities{.expected_revision = true};
    es::MemoryStore store;
    bool appends = true;

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch, const es::AppendCondition& = {},
                                   const es::CallOptions& = {}) {
        if (appends)
            (void)store.append(stream, expected, batch);
        return es::errc::unknown_outcome;
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::EventBatch&) {
        return es::errc::unknown_outcome;
    }
};
} // namespace

TEST_CASE(
    "after a lost answer a retry appends exactly once, whether the first try was done or not") {
    const bool done_before = GENERATE(true, false);
    es::MemoryStore store;
    es::Dispatcher<Combat, LosesTheAnswer> unlucky{LosesTheAnswer{store, done_before}};
    const auto lost = unlucky.dispatch(ogre(20), Attack{"ogre", 20}, "combat-ogre");
    REQUIRE(fails_with(es::errc::unknown_outcome, lost));
    const auto* pending = es::pending_append<Combat>(lost.error());
    REQUIRE(pending != nullptr);

    es::Dispatcher<Combat, es::MemoryStore> fight{store};
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto done = fight.retry(*pending);
        REQUIRE(done);
        CHECK(done->receipt->first == es::Revision{0});
        CHECK(done->receipt->last == es::Revision{1});
    }
    CHECK(store.read_stream("combat-ogre")->records().size() == 2);
}

TEST_CASE("of two dispatches from one state the second is a conflict, and loading again cures it") {
    es::MemoryStore store;
    es::Dispatcher<Combat, es::MemoryStore> fight{store};
    const State start = ogre();
    REQUIRE(fight.dispatch(start, Attack{"ogre", 1}, "combat-ogre"));
    const auto late = fight.dispatch(start, Attack{"ogre", 2}, "combat-ogre");
    REQUIRE(fails_with(es::errc::conflict, late));
    CHECK(late.error().conflict()->expected == es::ExpectedRevision::no_stream());
    CHECK(late.error().conflict()->actual == es::Revision{0});
    const auto loaded = es::load<Combat>(store, "combat-ogre");
    REQUIRE(loaded);
    const auto done = fight.dispatch(*loaded, Attack{"ogre", 2}, "combat-ogre");
    REQUIRE(done);
    CHECK(done->state.hitpoints == 897);
    CHECK(done->revision == es::Revision{1});
}

namespace glass {
/// Breaks when it is copied for the time when `left` is used up.
struct Pane {
    static inline int left = 0;
    Pane() = default;
    Pane(const Pane& /*other*/) { copied(); }
    Pane& operator=(const Pane& /*other*/) {
        copied();
        return *this;
    }
    static void copied() {
        if (--left == 0)
            throw_or_skip(std::runtime_error("broken"));
    }
    static void members(auto& /*self*/, auto&& /*member*/) {}
};
struct Glaze {};
struct Glazed {
    Pane pane;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "glass", .source = "events://example.org/glass"};
}
struct Window {
    using Command = Glaze;
    using Event = Glazed;
    struct State {
        Pane pane;
        es::Generation generation{};
    };
    static void apply_event(State&, const Glazed&) {}
    static Glazed handle_command(const State&, const Glaze&) { return {}; }
};
/// Calls `f` with panes that break at the first copy, at the second and so on, until none does.
template <class F>
void break_each_copy(F f) {
    for (int copy = 1;; ++copy) {
        Pane::left = copy;
        f();
        if (std::exchange(Pane::left, 0) > 0)
            break;
    }
}
} // namespace glass

TEST_CASE("a state or an event that breaks when it is copied is an error") {
    using namespace glass;
    const Window::State state;
    break_each_copy([&] {
        const es::MemoryStore store;
        es::Dispatcher<Window, es::MemoryStore> windows{store};
        const auto done = windows.dispatch(state, Glaze{}, "glass-1");
        if (done)
            return;
        CHECK(done.error() == es::errc::threw);
        CHECK(done.error().outcome() == es::Outcome::not_done); // the store knows
        CHECK(es::pending_append<Window>(done.error()) == nullptr);
        CHECK(store.read_stream("glass-1")->empty());
    });
    break_each_copy([&] {
        const auto folded = es::fold<Window>(std::vector<Glazed>(2), state);
        CHECK((folded || folded.error() == es::errc::threw));
    });
    es::MemoryStore store;
    REQUIRE(es::Dispatcher<Window, es::MemoryStore>(store).dispatch(state, Glaze{}, "glass-1"));
    break_each_copy([&] {
        const auto loaded = es::load<Window>(store, "glass-1");
        CHECK((loaded || loaded.error() == es::errc::threw));
    });
}

TEST_CASE("an outcome stays unknown if copying the pending append throws") {
    using namespace glass;
    const PatientSink sink;
    es::Dispatcher<Window, PatientSink> windows{sink};
    const Window::State state;
    std::optional<es::PendingAppend<Window>> pending;
    break_each_copy([&] {
        sink.deadline->reset();
        const auto first = es::CallOptions::within(std::chrono::hours(1));
        const auto lost =
            windows.dispatch(state, Glaze{}, "glass-1", es::DispatchOptions{.call = first});
        REQUIRE_FALSE(lost);
        if (*sink.deadline) // it was sent
            CHECK(lost.error().outcome() == es::Outcome::unknown);
        if (const auto* kept = es::pending_append<Window>(lost.error())) {
            Pane::left = 0;
            pending.emplace(*kept);
            Pane::left = 1;
        }
    });
    REQUIRE(pending);
    break_each_copy([&] {
        const auto lost = windows.retry(*pending);
        CHECK(lost.error().outcome() == es::Outcome::unknown);
    });

    // a store that knows that this attempt did nothing knows nothing of the first
    bool by_the_store = false;
    break_each_copy([&] {
        const es::MemoryStore store;
        es::Dispatcher<Window, es::MemoryStore> again{store};
        const auto lost = again.retry(*pending);
        if (lost)
            return;
        CHECK(lost.error() == es::errc::threw);
        CHECK(lost.error().outcome() == es::Outcome::unknown);
        by_the_store = by_the_store || lost.error().message().find("copying or encoding") == 0;
    });
    CHECK(by_the_store);
}
