// SPDX-License-Identifier: MIT
// As runtime/upcast.test.cpp, over SQLite and over an AnyStore; and of repeats and decisions, over
// each store.
#include <eventsourcing/engines/sqlite.hpp>

#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "engines/sqlite/each_store.hpp"
#include "engines/sqlite/support.hpp"
#include "runtime/upcast_checks.hpp"
#include "runtime/upcast_of_tails.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace upcast_checks;

namespace duels {

consteval es::EventFamily event_family(const auto&) {
    return {.name = "duels", .source = "events://example.org/duels"};
}
using Tags = std::vector<std::string>;
struct Strike {};

namespace v1 { // the older program
using duels::event_family;
struct Struck {
    std::string damage;
    [[nodiscard]] Tags event_tags() const { return {"duel:1"}; }
};
struct Duel {
    using Event = Struck;
    [[nodiscard]] Tags event_tags() const { return {"duel:1"}; }
    static void apply_event(Duel& /*d*/, const Struck& /*e*/) {}
};
struct Duelling {
    using Event = Struck;
    static std::tuple<Duel> boundary(const Strike& /*c*/) { return {Duel{}}; }
    static Struck handle_command(const Duel& /*d*/, const Strike& /*c*/) { return {"7"}; }
};
} // namespace v1

struct Struck {
    static constexpr std::string_view event_type_version = "2.0";
    std::uint32_t damage;
    std::string weapon;
    [[nodiscard]] Tags event_tags() const { return {"duel:1"}; }
    static Struck upcast(const v1::Struck& old) {
        return {static_cast<std::uint32_t>(std::stoul(old.damage)), "fists"};
    }
};
struct Duel {
    std::string told{};
    using Event = Struck;
    [[nodiscard]] Tags event_tags() const { return {"duel:1"}; }
    static void apply_event(Duel& d, const Struck& e) {
        d.told += std::to_string(e.damage) + " " + e.weapon + ";";
    }
};
struct Duelling {
    using Event = Struck;
    static std::tuple<Duel> boundary(const Strike& /*c*/) { return {Duel{}}; }
    static Struck handle_command(const Duel& d, const Strike& /*c*/) { return {1, d.told}; }
};

} // namespace duels

namespace {

/// What the older program executes: it stores events of version 1.
struct OldCombat {
    static constexpr std::string_view category = "combat";
    using Command = combat::Attack;
    using Event = combat::v1::EntityAttacked;
    using State = combat::State;
    static void apply_event(State& s, const Event& e) { s.told += e.damage + ";"; }
    static Event handle_command(const State&, const Command& c) { return {c.entity_id, "7"}; }
};

bool is_7_with_fists(const combat::EntityAttacked& e) {
    return e.damage == 7 && e.weapon == "fists";
}

} // namespace

TEST_CASE("V4, V5: loads and records of SQLite go through upcasts, its bytes do not") {
    const sqlite_tests::Folder folder;
    reads_all_versions(sqlite_tests::open_store(folder / "es.db"));
}
TEST_CASE("V4: SQLite's verify goes through upcasts, and tells of one that fails") {
    const sqlite_tests::Folder folder;
    auto store = sqlite_tests::open_store(folder / "es.db");
    store_event(store, combat::v1::EntityAttacked{"ogre", "7"});
    const auto report = store.verify<combat::Event>();
    REQUIRE(report);
    CHECK(report->ok());
    store_event(store, combat::v1::EntityAttacked{"ogre", ""});
    const auto bad = store.verify<combat::Event>();
    REQUIRE(bad);
    REQUIRE(bad->problems.size() == 1);
    CHECK_THAT(bad->problems.front(),
               Catch::Contains("combat.entity_attacked in version \"1.0\": upcast: no damage"));
}

TEST_CASE("V3: an upcast that fails or throws is an error with the place, in SQLite") {
    const sqlite_tests::Folder folder;
    tells_of_failed_upcasts(sqlite_tests::open_store(folder / "failed.db"));
    tells_of_throwing_upcasts(sqlite_tests::open_store(folder / "thrown.db"));
}

TEST_CASE("V4: what comes after a snapshot goes through upcasts, in SQLite") {
    const sqlite_tests::Folder folder;
    const auto store = sqlite_tests::open_store(folder / "es.db");
    reads_what_comes_after_a_snapshot(store, store);
}

TEST_CASE("V4: what comes after a snapshot goes through upcasts, in the memory store and through "
          "AnyStore") {
    const es::MemoryStore memory;
    reads_what_comes_after_a_snapshot(memory, memory);
    const es::AnyStore any_memory{es::MemoryStore{}};
    reads_what_comes_after_a_snapshot(any_memory, any_memory);
    const sqlite_tests::Folder folder;
    const es::AnyStore any_file{sqlite_tests::open_store(folder / "es.db")};
    reads_what_comes_after_a_snapshot(any_file, any_file);
}

TEST_CASE("V3 to V8 hold through AnyStore, with a memory store and with SQLite inside") {
    const sqlite_tests::Folder folder;
    int files = 0;
    const auto holds = [](const auto& new_store) {
        reads_all_versions(new_store());
        tells_of_failed_upcasts(new_store());
        tells_of_throwing_upcasts(new_store());
        stops_at_unknown_versions(new_store());
        ignores_unknown_types(new_store());
        sees_the_record(new_store());
    };
    holds([] { return es::AnyStore{es::MemoryStore{}}; });
    holds([&] {
        return es::AnyStore{sqlite_tests::open_store(folder / (std::to_string(++files) + ".db"))};
    });
}

TEST_CASE("V4: a repeat whose events an older program has stored answers those of today") {
    sqlite_tests::on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Repository<combat::Combat, Store> cached{store, {.cache = 1}};
        REQUIRE(cached.load("ogre")); // so that it is decided on the same state
        const es::Uuid id = es::Environment{}.new_id();
        REQUIRE(es::execute<OldCombat>(store, "combat-ogre", combat::Attack{"ogre"},
                                       {.command_id = id}));
        for (const auto& again :
             {cached.execute("ogre", combat::Attack{"ogre"}, {.command_id = id}),
              es::execute<combat::Combat>(store, "combat-ogre", combat::Attack{"ogre"},
                                          {.command_id = id})}) {
            REQUIRE(again);
            CHECK(again->repeated);
            REQUIRE(again->events().size() == 1);
            CHECK(is_7_with_fists(std::get<combat::EntityAttacked>(again->events()[0])));
            CHECK(again->state.told == "ogre 7 fists;");
        }
    });
}

TEST_CASE("V4: a repeat on several streams whose events an older program has stored answers those "
          "of today") {
    sqlite_tests::on_each_store([](const auto& store) {
        const es::Uuid id = es::Environment{}.new_id();
        const auto attack = [&]<class A>(const A* /*aggregate*/) {
            return es::execute_all(store, {.command_id = id},
                                   es::command_in<A>("combat-ogre", combat::Attack{"ogre"}),
                                   es::command_in<A>("combat-orc", combat::Attack{"orc"}));
        };
        const OldCombat* const older = nullptr;
        REQUIRE(attack(older));
        const combat::Combat* const newer = nullptr;
        const auto again = attack(newer);
        REQUIRE(again);
        CHECK(again->repeated);
        const auto& orc = std::get<1>(again->parts);
        REQUIRE(orc.events().size() == 1);
        CHECK(is_7_with_fists(std::get<combat::EntityAttacked>(orc.events()[0])));
        CHECK(orc.state.told == "orc 7 fists;");
    });
}

TEST_CASE("V4: a decision reads events of older versions as those of today, and a repeat answers "
          "them so") {
    sqlite_tests::on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<duels::v1::Duelling, Store> older{store};
        const es::Decisions<duels::Duelling, Store> newer{store};
        const es::Uuid id = es::Environment{}.new_id();
        REQUIRE(older.execute(duels::Strike{}, {.command_id = id}));
        const auto would = newer.decide(duels::Strike{});
        REQUIRE(would);
        CHECK((*would)[0].weapon == "7 fists;");
        const auto again = newer.execute(duels::Strike{}, {.command_id = id});
        REQUIRE(again);
        CHECK(again->repeated);
        REQUIRE(again->events().size() == 1);
        CHECK(again->events()[0].damage == 7);
        CHECK(again->events()[0].weapon == "fists");
    });
}

TEST_CASE("V7: an unknown version stops a load, and the message lists those that are known, in "
          "SQLite") {
    const sqlite_tests::Folder folder;
    stops_at_unknown_versions(sqlite_tests::open_store(folder / "es.db"));
}

TEST_CASE("V8: unknown types are refused or ignored as the aggregate says, in SQLite") {
    const sqlite_tests::Folder folder;
    ignores_unknown_types(sqlite_tests::open_store(folder / "es.db"));
}

TEST_CASE("An upcast that asks for the record sees all of it, in SQLite") {
    const sqlite_tests::Folder folder;
    sees_the_record(sqlite_tests::open_store(folder / "es.db"));
}
