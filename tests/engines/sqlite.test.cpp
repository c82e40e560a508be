// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/without_privileges.hpp"

#include <fstream>
#include <sys/resource.h>
#include <thread>

using namespace sqlite_tests;

static_assert(es::EventStore<es::SqliteStore>);
static_assert(es::SqliteStore::capabilities.durable);

namespace {

constexpr std::string_view ogre_tags[] = {"entity:ogre", "kind:monster"};

es::Result<es::Receipt> receipt(std::uint64_t first, std::uint64_t last, std::uint64_t position) {
    return es::Receipt{es::Revision{first}, es::Revision{last}, es::Position{position}};
}

} // namespace

// ---- opening ------------------------------------------------------------------------------------

TEST_CASE("A SQLite store is made where there is none, and what was appended is there when it is "
          "opened again") {
    const Folder folder;
    auto first = event("combat.entity_attacked", R"({"damage":150})", ogre_tags);
    first.metadata = R"({"commandId":"7"})";
    first.recorded_at = es::Timestamp::from_unix(1'700'000'000, 123'456'789);
    const auto second = event("combat.entity_died", "{}");
    {
        auto store = open_store(folder / "combat.db");
        const auto done =
            append(store, "combat-ogre", es::ExpectedRevision::no_stream(), {first, second});
        REQUIRE(done);
        CHECK(*done == *receipt(0, 1, 2));
    }
    const auto store = open_store(folder / "combat.db");
    const auto page = store.read_stream("combat-ogre");
    REQUIRE(page);
    REQUIRE(page->records().size() == 2);
    CHECK(page->at_end);
    CHECK(page->next_revision == es::Revision{2});
    const es::EventRecord& record = page->records()[0];
    CHECK(record.id == first.id);
    CHECK(record.stream == "combat-ogre");
    CHECK(record.revision == es::Revision{0});
    CHECK(record.position == es::Position{1});
    CHECK(record.recorded_at == first.recorded_at);
    CHECK(record.type == "combat.entity_attacked");
    CHECK(record.version == "1.0");
    CHECK(record.content_type == "application/json");
    CHECK(record.data == R"({"damage":150})");
    CHECK(record.metadata == R"({"commandId":"7"})");
    CHECK(std::vector(record.tags.begin(), record.tags.end()) ==
          std::vector<std::string_view>{"entity:ogre", "kind:monster"});
    CHECK(page->records()[1].metadata.empty());
    CHECK(page->records()[1].tags.empty());
}

TEST_CASE("Opening a file that does not exist can be forbidden") {
    const Folder folder;
    const auto store =
        es::SqliteStore::open(folder / "combat.db", {.open = es::SqliteOpen::existing});
    REQUIRE_FALSE(store);
    CHECK(store.error() == es::errc::not_found);
    CHECK(store.error().message() ==
          "sqlite store \"" + folder / "combat.db" +
              "\": there is no such file: name one that exists, or let it be made (open=create)");
    CHECK_FALSE(std::filesystem::exists(folder / "combat.db"));
}

TEST_CASE("What can't be a store's file is refused") {
    const Folder folder;
    for (const std::string& path : {std::string(), std::string("a\0b", 3), folder / "",
                                    folder / "combat.db/", std::string("/dev/null")}) {
        INFO(path);
        const auto store = es::SqliteStore::open(path);
        REQUIRE_FALSE(store);
        CHECK(store.error() == es::errc::invalid);
    }
    std::ofstream(folder / "file").put(' ');
    for (const std::string& path :
         {folder / "no/such/folder/combat.db", folder / "file/combat.db"}) {
        const auto nowhere = es::SqliteStore::open(path);
        REQUIRE_FALSE(nowhere);
        CHECK(nowhere.error() == es::errc::not_found);
        CHECK(nowhere.error().message() ==
              "sqlite store \"" + path +
                  "\": there is no such folder: make it first, or name a file in another one");
    }
}

TEST_CASE("What keeps the system from opening a file is told in its words", "[waits]") {
    const Folder folder;
    const auto too_long = es::SqliteStore::open(folder / std::string(300, 'x'));
    REQUIRE_FALSE(too_long);
    CHECK(too_long.error() == es::errc::invalid);
    CHECK(too_long.error().message().ends_with(
        ": the file, or one next to it, can't be opened: File name too long"));

    const std::string path = folder / "combat.db";
    open_store(path);
    const pid_t child = in_child([&] {
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_NOFILE, &none) != 0)
            return 1;
        const auto store = es::SqliteStore::open(path);
        if (store || store.error() != es::errc::unavailable)
            return 2;
        return store.error().message().ends_with(": Too many open files") ? 0 : 3;
    });
    CHECK(exit_code(child) == 0);
}

TEST_CASE("A file that may not be written can be read, and an append is denied", "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    REQUIRE(append(open_store(path), "combat-ogre", {event()}));
    std::filesystem::permissions(folder / "", std::filesystem::perms::all);
    std::filesystem::permissions(path, std::filesystem::perms(0444));
    const pid_t child = in_child([&] {
        if (!drop_privileges())
            return 1;
        auto store = es::SqliteStore::open(path);
        if (!store || store->read_stream("combat-ogre")->records().size() != 1)
            return 2;
        const Events events{event()};
        const auto refused = store->append_unchecked("combat-ogre", es::EventBatch(events)).error();
        if (refused != es::errc::denied)
            return 3;
        return refused.message() ==
                       "sqlite store \"" + path +
                           "\": this process may not write the file: let its user write to the "
                           "file and its folder, or name another file"
                   ? 0
                   : 4;
    });
    CHECK(exit_code(child) == 0);
}

TEST_CASE("A file in a folder that may not be used is denied", "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    open_store(path).close();
    const auto mode = GENERATE(0555U, 0U);
    std::filesystem::permissions(folder / "", std::filesystem::perms(mode));
    const pid_t child = in_child([&] {
        if (!drop_privileges())
            return 1;
        const auto store = es::SqliteStore::open(path);
        if (store || store.error() != es::errc::denied)
            return 2;
        return store.error().message().ends_with(
                   ": let its user write to the file and its folder, or name another file")
                   ? 0
                   : 3;
    });
    CHECK(exit_code(child) == 0);
    std::filesystem::permissions(folder / "", std::filesystem::perms::owner_all);
}

TEST_CASE("A SQLite database in memory is refused, and the cure is named") {
    const auto store = es::SqliteStore::open(":memory:");
    REQUIRE_FALSE(store);
    CHECK(store.error() == es::errc::invalid);
    CHECK(store.error().message() ==
          "sqlite store \":memory:\": a SQLite database in memory has no write-ahead log and one "
          "connection: use es::MemoryStore (memory:)");
}

TEST_CASE("Options that make no sense are refused") {
    const Folder folder;
    for (const es::SqliteOptions& options :
         {es::SqliteOptions{.checkpoint_frames = 0}, es::SqliteOptions{.busy_timeout = -1ms}}) {
        const auto store = es::SqliteStore::open(folder / "combat.db", options);
        REQUIRE_FALSE(store);
        CHECK(store.error() == es::errc::invalid);
    }
}

TEST_CASE("A path is never taken for something else, whatever it looks like") {
    const Folder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder / "");
    for (const std::string name : {"file:x.db?mode=memory", "a b?c#d%20.db", "ogre's \"\n.db",
                                   "-wal", "öger.db", "./:memory:", "file::memory:"}) {
        INFO(name);
        {
            auto store = open_store(name);
            REQUIRE(append(store, "combat-ogre", {event()}));
        }
        CHECK(std::filesystem::is_regular_file(name));
        CHECK(open_store(name).read_stream("combat-ogre")->records().size() == 1);
    }
    std::filesystem::current_path(before);
}

TEST_CASE(
    "A store that was opened by a relative path stays where it is when the directory changes") {
    const Folder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder / "");
    auto store = open_store("combat.db");
    std::filesystem::current_path(before);
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(store.read_stream("combat-ogre")->records().size() == 1); // by a connection opened now
}

TEST_CASE("A store is opened by a URL with its options") {
    const Folder folder;
    auto store = es::SqliteStore::open_url(folder / "combat.db?durability=relaxed");
    REQUIRE(store);
    CHECK(append(*store, "combat-ogre", {event()}));
    const auto wrong = es::SqliteStore::open_url(folder / "combat.db?durable=yes");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error() == es::errc::invalid);
}

TEST_CASE("A store says what can be known of the SQLite that is loaded") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    const bool affected = es::detail::sqlite::has_wal_reset_bug(sqlite3_libversion_number());
    REQUIRE(store.engine_warnings().size() == (affected ? 1 : 0));
    if (affected)
        CHECK(store.engine_warnings()[0].find("WAL-reset bug") != std::string::npos);
}

// ---- appending ----------------------------------------------------------------------------------

TEST_CASE("Positions and revisions have no gaps") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    CHECK(*append(store, "combat-ogre", {event(), event()}) == *receipt(0, 1, 2));
    CHECK(*append(store, "combat-troll", {event()}) == *receipt(0, 0, 3));
    CHECK(append(store, "combat-troll", es::ExpectedRevision::no_stream(), {event()}).error() ==
          es::errc::conflict);
    CHECK(*append(store, "combat-ogre", {event(), event()}) == *receipt(2, 3, 5));
    CHECK(all_positions(store) == std::vector{es::Position{1}, es::Position{2}, es::Position{3},
                                              es::Position{4}, es::Position{5}});
}

TEST_CASE("A conflict says what was expected and what was found") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event(), event()}));
    const auto done =
        append(store, "combat-ogre", es::ExpectedRevision::exactly(es::Revision{0}), {event()});
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::conflict);
    REQUIRE(done.error().conflict());
    CHECK(done.error().conflict()->stream == "combat-ogre");
    CHECK(done.error().conflict()->actual == es::Revision{1});
    CHECK(append(store, "combat-elf", es::ExpectedRevision::exists(), {event()}).error() ==
          es::errc::conflict);
}

TEST_CASE("The same batch again returns the first receipt, also after the store was opened again") {
    const Folder folder;
    const Events batch{event("combat.entity_attacked", "{}", ogre_tags), event()};
    const auto expected = es::ExpectedRevision::exactly(es::Revision{0});
    {
        auto store = open_store(folder / "combat.db");
        REQUIRE(append(store, "combat-ogre", {event()}));
        REQUIRE(*append(store, "combat-ogre", expected, batch) == *receipt(1, 2, 3));
        REQUIRE(append(store, "combat-ogre", {event()}));
        CHECK(*append(store, "combat-ogre", expected, batch) == *receipt(1, 2, 3));
        CHECK(*append(store, "combat-ogre", batch) == *receipt(1, 2, 3));
    }
    auto store = open_store(folder / "combat.db");
    Events stamped_anew = batch;
    stamped_anew[0].recorded_at = es::Timestamp::from_unix(1);
    CHECK(*append(store, "combat-ogre", expected, stamped_anew) == *receipt(1, 2, 3));
    CHECK(all_positions(store).size() == 4);
}

TEST_CASE("Ids that are stored already are refused for anything but the same append") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    const Events batch{event("combat.entity_attacked", "{}", ogre_tags), event()};
    REQUIRE(append(store, "combat-ogre", es::ExpectedRevision::no_stream(), batch));
    const auto refused = [&](es::StreamNameView stream, es::ExpectedRevision expected,
                             const Events& events) {
        const auto done = append(store, stream, expected, events);
        REQUIRE_FALSE(done);
        INFO(done.error().message());
        CHECK(done.error() == es::errc::duplicate_id);
    };
    const auto no_stream = es::ExpectedRevision::no_stream();
    const auto changed = [&](auto change) {
        Events events = batch;
        change(events[0]);
        refused("combat-ogre", no_stream, events);
    };
    changed([](es::NewEvent& e) { e.data = R"({"damage":2})"; });
    changed([](es::NewEvent& e) { e.metadata = "{}"; });
    changed([](es::NewEvent& e) { e.type = "combat.entity_healed"; });
    changed([](es::NewEvent& e) { e.version = "2"; });
    changed([](es::NewEvent& e) { e.content_type = "text/plain"; });
    changed([](es::NewEvent& e) { e.tags = e.tags.first(1); });

    refused("combat-ogre", no_stream, {batch[1], batch[0]}); // another order
    refused("combat-ogre", no_stream, {batch[0], event()});  // a part, at the front
    refused("combat-ogre", no_stream, {event(), batch[1]});  // a part, at the end
    refused("combat-troll", no_stream, batch);               // another stream
    refused("combat-ogre", es::ExpectedRevision::exactly(es::Revision{1}), batch); // another place
    refused("combat-ogre", es::ExpectedRevision::exists(), batch);
    CHECK(all_positions(store).size() == 2);

    const Events three{event(), event(), event()};
    REQUIRE(append(store, "combat-elf", three));
    refused("combat-elf", no_stream, {three[0], three[2], three[1]}); // another order
    CHECK(append(store, "combat-elf", {three[2], three[1], three[0]}).error() ==
          es::errc::duplicate_id);
    CHECK(all_positions(store).size() == 5);
}

TEST_CASE("Ids are looked at before the expectation, and the expectation before the condition") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    const Events stored{event()};
    REQUIRE(append(store, "combat-ogre", stored));
    const es::AppendCondition nothing_at_all{.fail_if_exists = {.items = {{}}}};
    const auto no_stream = es::ExpectedRevision::no_stream();

    CHECK(append(store, "combat-ogre", no_stream, {event(), stored[0]}, nothing_at_all).error() ==
          es::errc::duplicate_id);
    CHECK(append(store, "combat-ogre", no_stream, {event()}, nothing_at_all).error() ==
          es::errc::conflict);
    CHECK(append(store, "combat-troll", no_stream, {event()}, nothing_at_all).error() ==
          es::errc::condition_failed);
    CHECK(append(store, "combat-ogre", no_stream, stored, nothing_at_all));
}

TEST_CASE("An append whose condition is matched changes nothing") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event("combat.entity_attacked", "{}", ogre_tags)}));
    REQUIRE(append(store, "combat-troll", {event()}));
    const es::Query ogre{.items = {{.tags = {"entity:ogre"}}}};
    const auto no_stream = es::ExpectedRevision::no_stream();

    const auto refused = append(store, "combat-elf", no_stream, {event()}, {ogre, {}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::condition_failed);
    CHECK(refused.error().message() == "the append condition is matched by the "
                                       "combat.entity_attacked at position 1 (stream combat-ogre); "
                                       "read again and decide again");
    CHECK(all_positions(store).size() == 2);
    CHECK(append(store, "combat-elf", no_stream, {event()}, {ogre, es::Position{1}}));
    const es::Query unknown{.items = {{.types = {"combat.none"}}, {.tags = {"entity:nobody"}}}};
    CHECK(append(store, "combat-dwarf", no_stream, {event()}, {unknown, {}}));
}

TEST_CASE("A batch that fails half-way leaves nothing behind, not even in memory") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    {
        Raw raw(folder / "combat.db");
        raw.run("CREATE TRIGGER es_test BEFORE INSERT ON es_events WHEN NEW.data = x'21' "
                "BEGIN SELECT RAISE(ABORT, 'not this one'); END");
    }
    constexpr std::string_view new_tags[] = {"entity:new"};
    const Events batch{event("combat.new_type", "{}", new_tags), event("combat.new_type", "!")};
    const auto done = append(store, "combat-new", batch);
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::denied);
    CHECK(done.error().message().find("not this one") != std::string::npos);
    CHECK(all_positions(store).size() == 1);

    Raw(folder / "combat.db").run("DROP TRIGGER es_test");
    CHECK(*append(store, "combat-new", batch) == *receipt(0, 1, 3));
    const es::Query found{.items = {{.types = {"combat.new_type"}, .tags = {"entity:new"}}}};
    CHECK(all_positions(store, found) == std::vector{es::Position{2}});
}

TEST_CASE("What can't be stored is refused before the file is touched") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    auto late = event();
    late.recorded_at = es::Timestamp::max();
    auto twice = event();
    auto nil = event();
    nil.id = es::Uuid{};
    const std::string big(es::max_event_size + 1, 'x');
    for (const Events& batch : {Events{}, Events{late}, Events{twice, twice}, Events{nil},
                                Events{event("a type")}, Events{event("a.b", big)}}) {
        const auto done = append(store, "combat-ogre", batch);
        REQUIRE_FALSE(done);
        INFO(done.error().message());
        CHECK((done.error() == es::errc::invalid || done.error() == es::errc::too_large));
    }
    CHECK(all_positions(store).empty());
}

TEST_CASE("Events of the largest size are stored and read") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    const std::string big(es::max_event_size, 'x');
    for (int i = 0; i < 6; ++i)
        REQUIRE(append(store, "combat-ogre", {event("a.b", big)}));
    std::size_t count = 0;
    for (es::StreamRead which;;) {
        const auto page = store.read_stream("combat-ogre", which);
        REQUIRE(page);
        CHECK(page->records().size() <= 4); // a page is bounded in bytes, too
        for (const auto& record : *page)
            count += record.data == big ? 1 : 0;
        if (page->at_end)
            break;
        which.from = page->next_revision;
    }
    CHECK(count == 6);
    CHECK(all_positions(store).size() == 6);
    CHECK(all_positions(store, {.items = {{.types = {"a.b"}}}}).size() == 6);
}

TEST_CASE("A batch of the largest size is stored at once") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    Events batch;
    for (std::size_t i = 0; i < es::max_batch_size; ++i)
        batch.push_back(event());
    REQUIRE(append(store, "combat-ogre", batch));
    CHECK(*append(store, "combat-ogre", batch) == *receipt(0, 9'999, 10'000));
    CHECK(all_positions(store, {}, 4096).size() == 10'000);
}

// ---- reading ------------------------------------------------------------------------------------

TEST_CASE("A stream is read in pages, forward and backward") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event(), event(), event(), event(), event()}));
    const auto revisions = [&](es::StreamRead which) {
        std::vector<std::uint64_t> out;
        const auto page = store.read_stream("combat-ogre", which);
        REQUIRE(page);
        for (const auto& record : *page)
            out.push_back(record.revision.value());
        out.push_back(page->at_end ? 1000 : 0);
        out.push_back(page->next_revision ? page->next_revision->value() : 99);
        return out;
    };
    using Found = std::vector<std::uint64_t>;
    constexpr auto backward = es::Direction::backward;
    const auto from = [](std::uint64_t revision) { return es::Revision{revision}; };

    CHECK(revisions({.limit = 2}) == Found{0, 1, 0, 2});
    CHECK(revisions({.from = from(2), .limit = 2}) == Found{2, 3, 0, 4});
    CHECK(revisions({.from = from(4), .limit = 2}) == Found{4, 1000, 5});
    CHECK(revisions({.from = from(3), .limit = 2}) == Found{3, 4, 1000, 5});
    CHECK(revisions({.from = from(5)}) == Found{1000, 5});
    CHECK(revisions({.from = from(7)}) == Found{1000, 7});
    CHECK(revisions({.from = from(~0ULL)}) == Found{1000, ~0ULL});

    CHECK(revisions({.direction = backward, .limit = 2}) == Found{4, 3, 0, 2});
    CHECK(revisions({.from = from(2), .direction = backward, .limit = 2}) == Found{2, 1, 0, 0});
    CHECK(revisions({.from = from(0), .direction = backward, .limit = 2}) == Found{0, 1000, 99});
    CHECK(revisions({.from = from(1), .direction = backward, .limit = 2}) == Found{1, 0, 1000, 99});
    CHECK(revisions({.from = from(~0ULL), .direction = backward}) ==
          Found{4, 3, 2, 1, 0, 1000, 99});
}

TEST_CASE("A stream that does not exist is an empty page") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    const auto forward = store.read_stream("combat-ogre");
    REQUIRE(forward);
    CHECK(forward->empty());
    CHECK(forward->at_end);
    CHECK(forward->next_revision == es::Revision{0});
    const auto backward = store.read_stream("combat-ogre", {.direction = es::Direction::backward});
    REQUIRE(backward);
    CHECK(backward->empty());
    CHECK(backward->at_end);
    CHECK_FALSE(backward->next_revision);
}

TEST_CASE("The whole store is read in commit order, from a position on") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    const auto empty = store.read_all();
    REQUIRE(empty);
    CHECK(empty->at_end);
    CHECK_FALSE(empty->last_position);

    REQUIRE(append(store, "combat-ogre", {event(), event()}));
    REQUIRE(append(store, "combat-troll", {event()}));
    const auto first = store.read_all({.limit = 2});
    REQUIRE(first);
    CHECK(first->records()[1].stream == "combat-ogre");
    CHECK_FALSE(first->at_end);
    CHECK(first->last_position == es::Position{2});
    const auto second = store.read_all({.after = first->last_position, .limit = 2});
    REQUIRE(second);
    REQUIRE(second->records().size() == 1);
    CHECK(second->records()[0].stream == "combat-troll");
    CHECK(second->at_end);
    CHECK(second->last_position == es::Position{3});
    const auto end = store.read_all({.after = es::Position{3}});
    REQUIRE(end);
    CHECK(end->empty());
    CHECK(end->at_end);
    CHECK(end->last_position == es::Position{3});
    CHECK(store.read_all({.after = es::Position{77}}).error() == es::errc::beyond_head);
}

TEST_CASE("A page that can't be is refused") {
    const Folder folder;
    const auto store = open_store(folder / "combat.db");
    for (const std::size_t limit : {std::size_t{0}, es::max_page_size + 1}) {
        CHECK(store.read_stream("combat-ogre", {.limit = limit}).error() == es::errc::invalid);
        CHECK(store.read_all({.limit = limit}).error() == es::errc::invalid);
    }
}

TEST_CASE("No page holds the log of the store back") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    for (int i = 0; i < 10; ++i)
        REQUIRE(append(store, "combat-ogre", {event()}));
    const auto page = store.read_all({.limit = 3});
    const auto matching =
        store.read_all({.query = {.items = {{.types = {"combat.entity_attacked"}}}}, .limit = 3});
    const auto stream = store.read_stream("combat-ogre", {.limit = 3});
    REQUIRE((page && matching && stream));
    // busy, frames in the log, frames copied
    const auto checkpoint = Raw(folder / "combat.db").rows("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(checkpoint == std::vector<std::string>{"0", "0", "0"});
}

TEST_CASE("A backup that SQLite makes of a store in use is a store") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event(), event()}));
    Raw(folder / "combat.db").run("VACUUM INTO '" + folder / "backup.db" + "'");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const auto backup = open_store(folder / "backup.db");
    CHECK(backup.read_stream("combat-ogre")->records().size() == 2);
}

// ---- closing ------------------------------------------------------------------------------------

TEST_CASE("Closing leaves one file, and answers every later call") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    auto copy = store;
    REQUIRE(append(store, "combat-ogre", {event()}));
    CHECK(std::filesystem::exists(folder / "combat.db-wal"));
    REQUIRE(store.read_all());

    store.close();
    CHECK_FALSE(std::filesystem::exists(folder / "combat.db-wal"));
    CHECK_FALSE(std::filesystem::exists(folder / "combat.db-shm"));
    CHECK(append(copy, "combat-ogre", {event()}).error() == es::errc::closed);
    CHECK(copy.read_stream("combat-ogre").error() == es::errc::closed);
    CHECK(copy.read_all().error() == es::errc::closed);
    CHECK(copy.wait_for_append({}).error() == es::errc::closed);
    copy.close();
    CHECK(all_positions(open_store(folder / "combat.db")).size() == 1);
}

TEST_CASE("Closing one of two stores of a file leaves the other alone") {
    const Folder folder;
    auto one = open_store(folder / "combat.db");
    auto other = open_store(folder / "combat.db");
    REQUIRE(append(one, "combat-ogre", {event()}));
    REQUIRE(append(other, "combat-ogre", {event()}));
    one.close();
    REQUIRE(append(other, "combat-ogre", {event()}));
    CHECK(all_positions(other).size() == 3);
}

TEST_CASE("A handle that was moved from is still one") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    const auto moved = std::move(store);
    CHECK(append(store, "combat-ogre", {event()}));
    CHECK(all_positions(moved).size() == 1);
}

// ---- several threads ----------------------------------------------------------------------------

TEST_CASE("Many threads append and read through one store, and nothing is lost", "[waits]") {
    const Folder folder;
    auto store = open_store(folder / "combat.db",
                            {.durability = es::SqliteDurability::relaxed, .checkpoint_frames = 50});
    constexpr int threads = 6;
    constexpr int each = 40;
    std::atomic<int> conflicts = 0;
    std::atomic<int> failures = 0;
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            auto own = es::StreamName::of("combat", std::to_string(t));
            for (int i = 0; i < each; ++i) {
                if (!append(store, *own, {event()}))
                    ++failures;
                for (;;) { // and one to a stream that all of them want
                    auto page = store.read_stream(
                        "combat-ogre", {.direction = es::Direction::backward, .limit = 1});
                    if (!page) {
                        ++failures;
                        break;
                    }
                    const auto expected =
                        page->empty() ? es::ExpectedRevision::no_stream()
                                      : es::ExpectedRevision::exactly(page->records()[0].revision);
                    auto done = append(store, "combat-ogre", expected, {event()});
                    if (done)
                        break;
                    if (done.error() != es::errc::conflict)
                        ++failures;
                    ++conflicts;
                }
            }
        });
    for (auto& thread : all)
        thread.join();
    CHECK(failures == 0);
    const auto positions = all_positions(store);
    REQUIRE(positions.size() == 2 * threads * each);
    for (std::size_t i = 0; i < positions.size(); ++i)
        REQUIRE(positions[i].value() == i + 1);
    CHECK(store.read_stream("combat-ogre")->records().size() == threads * each);
    store.close();
    CHECK(Raw(folder / "combat.db").value("PRAGMA integrity_check") == "ok");
}
