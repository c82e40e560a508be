// SPDX-License-Identifier: MIT
// Two programs use one file while a new release is rolled out: two processes, of which one has the
// events as they were and the other as they are now.
#include <eventsourcing/engines/sqlite.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/repository.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {
struct Attack {
    std::uint32_t damage;
};
struct Total {
    std::uint64_t damage = 0;
    es::Generation generation{};
};

namespace older {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat"};
}
struct EntityAttacked {
    std::string damage; // as text
};
struct EntityHealed {
    std::uint32_t points;
};
struct Combat {
    using Command = Attack;
    using Event = std::variant<EntityAttacked, EntityHealed>;
    using State = Total;
    static void apply_event(State& s, const EntityAttacked& e) { s.damage += e.damage.size(); }
    static void apply_event(State& s, const EntityHealed& e) { s.damage -= e.points; }
    static EntityAttacked handle_command(const State&, const Attack& c) {
        return {std::string(c.damage, '|')};
    }
};
/// Of the same program: an aggregate whose change needs no new version.
struct Healing {
    using Command = Attack;
    using Event = EntityHealed;
    using State = Total;
    static void apply_event(State& s, const EntityHealed& e) { s.damage += e.points; }
    static EntityHealed handle_command(const State&, const Attack& c) { return {c.damage}; }
};
} // namespace older

namespace newer {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat"};
}
struct EntityAttackedV1 {
    static constexpr std::string_view event_type = "combat.entity_attacked";
    std::string damage;
};
struct EntityAttacked {
    static constexpr std::string_view event_type_version = "2.0";
    std::uint32_t damage;
    static EntityAttacked upcast(const EntityAttackedV1& old) {
        return {static_cast<std::uint32_t>(old.damage.size())};
    }
};
struct EntityHealed {
    std::uint32_t points;
    std::optional<std::string> by; // is new: allowed without a new version
};
struct Combat {
    using Command = Attack;
    using Event = std::variant<EntityAttacked, EntityHealed>;
    using State = Total;
    static void apply_event(State& s, const EntityAttacked& e) { s.damage += e.damage; }
    static void apply_event(State& s, const EntityHealed& e) { s.damage -= e.points; }
    static EntityAttacked handle_command(const State&, const Attack& c) { return {c.damage}; }
};
struct Healing {
    using Command = Attack;
    using Event = EntityHealed;
    using State = Total;
    static void apply_event(State& s, const EntityHealed& e) { s.damage += e.points; }
    static EntityHealed handle_command(const State&, const Attack& c) { return {c.damage, "Ann"}; }
};
} // namespace newer

/// How a program ended.
enum Ending : int { went_on, unknown_version, failed };

/// Loads and decides so many times that an event was stored each time, or until that is not
/// possible.
template <class Aggregate>
Ending play(const es::SqliteStore& store, const es::StreamName& stream, int events) {
    es::Dispatcher<Aggregate, es::SqliteStore> dispatcher{store};
    while (events > 0) {
        auto loaded = es::load<Aggregate>(store, stream);
        if (!loaded)
            return loaded.error() == es::errc::unknown_version ? unknown_version : failed;
        const auto done = dispatcher.dispatch(*std::move(loaded), Attack{1}, stream);
        if (done)
            --events;
        else if (done.error() != es::errc::conflict)
            return failed;
    }
    return went_on;
}

/// The same by a repository with a cache and snapshots.
template <class Aggregate>
Ending play_cached(const es::SqliteStore& store, const es::StreamName& stream, int events) {
    const es::Repository<Aggregate, es::SqliteStore> fights{
        store, {.cache = 4, .snapshot_every = 5, .attempts = 1'000}};
    while (events-- > 0)
        if (const auto done = fights.execute_in(stream, Attack{1}); !done)
            return done.error() == es::errc::unknown_version ? unknown_version : failed;
    return went_on;
}

/// Another process, which opens the file by itself.
template <class Run>
pid_t program(const std::string& path, Run&& run) {
    return sqlite_tests::in_child([&]() -> int {
        const auto store = es::SqliteStore::open(path);
        return store ? run(*store) : failed;
    });
}

std::vector<std::string> versions(const es::SqliteStore& store, const es::StreamName& stream) {
    std::vector<std::string> out;
    es::StreamRead next;
    for (bool more = true; more;) {
        const auto page = store.read_stream(stream, next);
        REQUIRE(page);
        for (const es::EventRecord& record : page->records())
            out.emplace_back(record.version);
        more = !page->at_end;
        next.from = page->next_revision;
    }
    return out;
}
const es::StreamName shared_stream("combat-shared");
const es::StreamName own_stream("combat-own");
} // namespace

TEST_CASE("A rolling deployment: after a new version the older program stops with unknown_version "
          "where the newer one has written, and goes on elsewhere",
          "[waits]") {
    const sqlite_tests::Folder folder;
    const std::string path = folder / "combat.db";
    const pid_t before = program(path, [](const es::SqliteStore& store) {
        return play<older::Combat>(store, shared_stream, 3);
    });
    REQUIRE(sqlite_tests::exit_code(before) == went_on);

    const pid_t old_on_shared = program(path, [](const es::SqliteStore& store) {
        return play<older::Combat>(store, shared_stream, 100'000); // until it can't
    });
    const pid_t old_on_own = program(path, [](const es::SqliteStore& store) {
        return play<older::Combat>(store, own_stream, 50);
    });
    const pid_t now = program(path, [](const es::SqliteStore& store) {
        return play<newer::Combat>(store, shared_stream, 50);
    });
    CHECK(sqlite_tests::exit_code(now) ==
          went_on); // reads all that the older program writes beside it
    CHECK(sqlite_tests::exit_code(old_on_shared) == unknown_version);
    CHECK(sqlite_tests::exit_code(old_on_own) == went_on);

    const auto store = sqlite_tests::open_store(path);
    // nothing was decided on what could not be read
    const auto found = versions(store, shared_stream);
    const auto first_new = std::find(found.begin(), found.end(), "2.0");
    CHECK(std::count(found.begin(), first_new, "1.0") >= 3);
    CHECK(std::count(first_new, found.end(), "2.0") == 50);
    CHECK(std::count(first_new, found.end(), "1.0") == 0);
    // and the newer program reads it all
    const auto loaded = es::load<newer::Combat>(store, shared_stream);
    REQUIRE(loaded);
    CHECK(loaded->state.damage == found.size());
    CHECK(es::load<newer::Combat>(store, own_stream)->state.damage == 50);
    CHECK(store.verify<newer::Combat::Event>()->ok());
}

TEST_CASE(
    "A rolling deployment: a cached state and a snapshot of the older program are no way around "
    "what the newer one has written",
    "[waits]") {
    const sqlite_tests::Folder folder;
    const std::string path = folder / "combat.db";
    const pid_t before = program(path, [](const es::SqliteStore& store) {
        return play_cached<older::Combat>(store, shared_stream, 7);
    });
    REQUIRE(sqlite_tests::exit_code(before) == went_on);
    const pid_t old_on_shared = program(path, [](const es::SqliteStore& store) {
        return play_cached<older::Combat>(store, shared_stream, 100'000); // until it can't
    });
    const pid_t old_on_own = program(path, [](const es::SqliteStore& store) {
        return play_cached<older::Combat>(store, own_stream, 50);
    });
    const pid_t now = program(path, [](const es::SqliteStore& store) {
        return play_cached<newer::Combat>(store, shared_stream, 50);
    });
    CHECK(sqlite_tests::exit_code(now) == went_on);
    CHECK(sqlite_tests::exit_code(old_on_shared) == unknown_version);
    CHECK(sqlite_tests::exit_code(old_on_own) == went_on);

    const auto store = sqlite_tests::open_store(path);
    const auto found = versions(store, shared_stream);
    const auto first_new = std::find(found.begin(), found.end(), "2.0");
    CHECK(std::count(found.begin(), first_new, "1.0") >= 7);
    CHECK(std::count(first_new, found.end(), "1.0") == 0);
    CHECK(std::count(first_new, found.end(), "2.0") == 50);
    // the state of cache and snapshots is that of all events
    const es::Repository<newer::Combat, es::SqliteStore> fights{store, {.snapshot_every = 5}};
    const auto loaded = fights.execute_in(shared_stream, Attack{1});
    REQUIRE(loaded);
    CHECK(loaded->state.damage == found.size() + 1);
    CHECK(es::load<newer::Combat>(store, shared_stream)->state.damage == found.size() + 1);
    CHECK(es::load<newer::Combat>(store, own_stream)->state.damage == 50);
}

TEST_CASE("A rolling deployment: with an added optional field both programs go on, and read each "
          "other",
          "[waits]") {
    const sqlite_tests::Folder folder;
    const std::string path = folder / "combat.db";
    const pid_t old = program(path, [](const es::SqliteStore& store) {
        return play<older::Healing>(store, shared_stream, 50);
    });
    const pid_t now = program(path, [](const es::SqliteStore& store) {
        return play<newer::Healing>(store, shared_stream, 50);
    });
    CHECK(sqlite_tests::exit_code(old) == went_on);
    CHECK(sqlite_tests::exit_code(now) == went_on);
    const auto store = sqlite_tests::open_store(path);
    CHECK(es::load<older::Healing>(store, shared_stream)->state.damage == 100);
    CHECK(es::load<newer::Healing>(store, shared_stream)->state.damage == 100);
}
