// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/read_record.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <random>

using namespace sqlite_tests;

namespace {

constexpr std::string_view ogre_tags[] = {"entity:ogre", "kind:monster"};

/// A store of three events, changed by `sql` without its knowledge.
es::SqliteStore damaged(const std::string& path, const std::string& sql) {
    {
        auto store = open_store(path);
        REQUIRE(append(store, "combat-ogre",
                       {event(), event("combat.entity_died", "{}", ogre_tags), event()}));
    }
    change_events(path, sql);
    return open_store(path);
}

} // namespace

TEST_CASE("A row that makes no sense is corrupt, and the error names its position") {
    struct Case {
        const char* sql;
        const char* says;
    };
    const auto [sql, says] = GENERATE(values<Case>({
        {"UPDATE es_events SET id = x'0102' WHERE position = 2", "its id has 2 bytes, expected 16"},
        {"UPDATE es_events SET id = zeroblob(17) WHERE position = 2", "its id has 17 bytes"},
        {"UPDATE es_events SET type = 77 WHERE position = 2", "its type is missing in es_types"},
        {"UPDATE es_types SET name = 'a b' WHERE name LIKE '%died'",
         "its type, version or content type is \"a b\""},
        {"UPDATE es_types SET content_type = '' WHERE name LIKE '%died'",
         "its type, version or content type is \"\""},
        {"UPDATE es_types SET source = 'a b' WHERE name LIKE '%died'", "its source is \"a b\""},
        {"DELETE FROM es_types WHERE name LIKE '%died'", "its type is missing in es_types"},
        {"UPDATE es_events SET tag_count = 3 WHERE position = 2", "it has 2 tags, expected 3"},
        {"UPDATE es_events SET tag_count = -1 WHERE position = 2", "it has -1 tags"},
        {"UPDATE es_events SET tag_count = 65 WHERE position = 2", "it has 65 tags"},
        {"DELETE FROM es_event_tags WHERE tag = 1", "it has 1 tags, expected 2"},
        {"WITH RECURSIVE n(i) AS (VALUES(100) UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
         "INSERT INTO es_tags SELECT i, 'tag' || i FROM n; "
         "INSERT INTO es_event_tags SELECT id, 2 FROM es_tags WHERE id >= 100",
         "it has 65 tags, expected 2"}, // more are not looked at: in a bad index they have no end
        {"DELETE FROM es_tags WHERE id = 1", "one of its tags is missing in es_tags"},
    }));
    INFO(sql);
    const Folder folder;
    const auto store = damaged(folder / "combat.db", sql);
    for (const auto& page : {store.read_stream("combat-ogre"), store.read_all(),
                             store.read_all({.after = es::Position{1}})}) {
        REQUIRE_FALSE(page);
        INFO(page.error().message());
        CHECK(page.error() == es::errc::corrupt);
        CHECK(page.error().message().starts_with("sqlite store \"" + folder / "combat.db" +
                                                 "\": the event at position 2: " + says));
        CHECK(page.error().message().ends_with("restore it from a backup"));
    }
    CHECK(store.read_all({.limit = 1})); // what is whole can be read
    CHECK(store.read_stream("combat-ogre", {.limit = 1}));
}

TEST_CASE("A revision, or the name of a stream, that none can have is corrupt") {
    const Folder folder;
    const auto [sql, says] = GENERATE(table<const char*, const char*>({
        {"UPDATE es_events SET stream_name = 'a/b-c'", "its stream has the name \"a/b-c\""},
        {"UPDATE es_events SET stream_name = CAST(x'ff2d61' AS TEXT)",
         "its stream has the name \"\\xff-a\""},
        {"UPDATE es_events SET revision = revision - 7", "it has revision -7"},
    }));
    const auto store = damaged(folder / "combat.db", sql);
    const auto page = store.read_all();
    REQUIRE_FALSE(page);
    INFO(page.error().message());
    CHECK(page.error() == es::errc::corrupt);
    CHECK(page.error().message().find(std::string("the event at position 1: ") + says) !=
          std::string::npos);
}

TEST_CASE("An event that is missing in the middle of a stream is corrupt") {
    const Folder folder;
    const auto store = damaged(folder / "combat.db", "DELETE FROM es_events WHERE position = 2");
    for (const auto& [direction, next] :
         {std::pair{es::Direction::forward, "2"}, std::pair{es::Direction::backward, "0"}}) {
        const auto page = store.read_stream("combat-ogre", {.direction = direction});
        REQUIRE_FALSE(page);
        INFO(page.error().message());
        CHECK(page.error() == es::errc::corrupt);
        CHECK(page.error().message().find("stream combat-ogre: the event at revision 1 is missing, "
                                          "though there is one at revision " +
                                          std::string(next)) != std::string::npos);
    }
}

TEST_CASE("Events may be missing at the front of a stream") {
    const Folder folder;
    const auto store = damaged(folder / "combat.db", "DELETE FROM es_events WHERE position < 3");
    const auto forward = store.read_stream("combat-ogre");
    REQUIRE(forward);
    CHECK(forward->records().size() == 1);
    CHECK(forward->records()[0].revision == es::Revision{2});
    CHECK(forward->at_end);
    const auto backward = store.read_stream("combat-ogre", {.direction = es::Direction::backward});
    REQUIRE(backward);
    CHECK(backward->records().size() == 1);
    CHECK(backward->at_end);
}

TEST_CASE("A stream whose last revision none can have is corrupt") {
    const Folder folder;
    auto store = damaged(folder / "combat.db",
                         "UPDATE es_stream_events SET key = key | 4294967295 WHERE position = 3");
    for (const auto& error :
         {append(store, "combat-ogre", {event()}).error(),
          store.read_stream("combat-ogre", {.direction = es::Direction::backward}).error()}) {
        CHECK(error == es::errc::corrupt);
        CHECK(error.message() ==
              "sqlite store \"" + folder / "combat.db" +
                  "\": stream combat-ogre: its last event has the key " +
                  std::to_string(es::detail::sqlite::stream_keys("combat-ogre").last()) +
                  "; the file was damaged or changed by other means: restore it from a backup");
    }
    for (const auto from : {std::optional<es::Revision>(), std::optional(es::Revision{3})})
        for (const bool events_only : {false, true})
            CHECK(store.read_stream("combat-ogre", {.from = from, .events_only = events_only})
                      .error() == es::errc::corrupt);
}

TEST_CASE("A long event that its stream names, and that is another one or missing, is corrupt") {
    const Folder folder;
    const std::string sql = GENERATE(as<std::string>(), "DELETE FROM es_events WHERE position = 2",
                                     "UPDATE es_stream_events SET position = 1 WHERE position = 2");
    const std::string path = folder / "combat.db";
    const std::string data = '"' + std::string(500, 'x') + '"';
    {
        auto store = open_store(path);
        REQUIRE(append(store, "combat-ogre", {event(), event("combat.entity_spoke", data)}));
    }
    change_events(path, "/* not in es_stream_events */" + sql);
    const auto store = open_store(path);
    for (const auto direction : {es::Direction::forward, es::Direction::backward})
        for (const bool events_only : {false, true}) {
            const auto error = store
                                   .read_stream("combat-ogre", {.direction = direction,
                                                                .events_only = events_only})
                                   .error();
            CHECK(error == es::errc::corrupt);
            CHECK(error.message().find("it is in its stream, but missing") != std::string::npos);
        }
    CHECK(store.read_stream("combat-ogre", {.limit = 1}));
}

TEST_CASE("A page of a stream knows whether there are more events after it") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event(), event(), event()}));
    REQUIRE(append(store, "combat-troll", {event()})); // next to it in the index
    struct Case {
        std::optional<es::Revision> from;
        std::size_t limit;
        std::size_t events;
        bool at_end;
        es::Revision next;
    };
    for (const Case& c :
         {Case{{}, 2, 2, false, es::Revision{2}}, Case{{}, 3, 3, true, es::Revision{3}},
          Case{{}, 4, 3, true, es::Revision{3}},
          Case{es::Revision{1}, 1, 1, false, es::Revision{2}},
          Case{es::Revision{2}, 1, 1, true, es::Revision{3}},
          Case{es::Revision{3}, 1, 0, true, es::Revision{3}},
          Case{es::Revision{7}, 1, 0, true, es::Revision{7}}})
        for (const bool events_only : {false, true}) {
            const auto page = store.read_stream(
                "combat-ogre", {.from = c.from, .limit = c.limit, .events_only = events_only});
            REQUIRE(page);
            CHECK(page->records().size() == c.events);
            CHECK(page->at_end == c.at_end);
            CHECK(page->next_revision == c.next);
        }
}

TEST_CASE("Numbers at the end of their range are answered, and not counted on from") {
    const Folder folder;
    auto store =
        damaged(folder / "combat.db", "UPDATE es_events SET position = 9223372036854775807, "
                                      "revision = 9223372036854775807 WHERE position = 3; "
                                      "UPDATE es_stream_events SET key = key | 4294967295, "
                                      "position = 9223372036854775807 WHERE position = 3");
    CHECK(store.read_all().error() == es::errc::corrupt);
    CHECK(store.read_stream("combat-ogre").error() == es::errc::corrupt);
    CHECK(store.read_all({.query = {.items = {{.types = {"combat.entity_attacked"}}}}}));
    CHECK(append(store, "combat-elf", {event()}).error() == es::errc::overflow);
}

TEST_CASE("A store whose last position none can have is corrupt, and not taken for an empty one") {
    const Folder folder;
    for (const char* position : {"0", "-1"}) {
        const std::string path = folder / (position + std::string(".db"));
        auto store = damaged(path, "DELETE FROM es_events WHERE position > 1; UPDATE es_events SET "
                                   "position = " +
                                       std::string(position));
        for (const auto& error : {store.read_all().error(), append(store, "a-b", {event()}).error(),
                                  store.wait_for_append({}, es::CallOptions::within(0s)).error()}) {
            CHECK(error == es::errc::corrupt);
            CHECK(error.message() == "sqlite store \"" + path + "\": the event at position " +
                                         position +
                                         ": it is the last, and positions begin with 1; the file "
                                         "was damaged or changed by other means: restore it from "
                                         "a backup");
        }
    }
}

TEST_CASE("Events that are out of order in the file are corrupt, and not read again and again") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const std::string data = '"' + std::string(500, 'x') + '"';
    const es::SqliteOptions relaxed{.durability = es::SqliteDurability::relaxed};
    {
        auto store = open_store(path, relaxed);
        for (int i = 0; i < 40; ++i)
            REQUIRE(append(store, "combat-ogre", {event("combat.entity_spoke", data)}));
    }
    std::string bytes = content(path);
    constexpr std::size_t page_size = 4096;
    std::vector<std::size_t> leaves; // of es_events, in order
    for (std::size_t at = page_size; at < bytes.size(); at += page_size)
        if (bytes[at] == 0x0D && bytes.substr(at, page_size).find(data) != bytes.npos)
            leaves.push_back(at);
    REQUIRE(leaves.size() > 4);
    for (const std::size_t leaf : {1U, 2U}) // the first one is in the place of two others
        bytes.replace(leaves[leaf], page_size, bytes, leaves[0], page_size);
    std::ofstream(path, std::ios::binary) << bytes;

    const auto store = open_store(path, relaxed);
    for (const std::size_t limit : {5U, 500U}) {
        es::AllRead which{.limit = limit};
        auto page = store.read_all(which);
        for (int pages = 0; page && pages < 50; ++pages) {
            which.after = page->last_position;
            page = store.read_all(which);
        }
        REQUIRE_FALSE(page);
        INFO(page.error().message());
        CHECK(page.error() == es::errc::corrupt);
        CHECK(page.error().message().find("the event at position 1: it is stored after "
                                          "position ") != std::string::npos);
    }
    const es::AppendCondition nothing_new{{.items = {{}}}, es::Position{9}};
    const auto done =
        append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()}, nothing_new);
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error() == es::errc::corrupt);
}

TEST_CASE("A table that is missing is corrupt") {
    const Folder folder;
    auto store = damaged(folder / "combat.db", "DROP TABLE es_tags");
    CHECK(store.read_stream("combat-ogre").error() == es::errc::corrupt);
    CHECK(append(store, "combat-ogre", {event("a.b", "{}", ogre_tags)}).error() ==
          es::errc::corrupt);
}

TEST_CASE("Whatever bytes of the file are changed, a store answers and does not crash") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    {
        auto store = open_store(path, {.durability = es::SqliteDurability::relaxed});
        for (int i = 0; i < 20; ++i)
            REQUIRE(append(store, "combat-ogre",
                           {event(), event("combat.entity_died", "{}", ogre_tags)}));
    }
    const std::string good = content(path);
    std::mt19937 chance(4711); // the same damage each time
    int refused = 0;
    for (int round = 0; round < 150; ++round) {
        std::string bad = good;
        for (std::size_t changes = 1 + chance() % 8; changes > 0; --changes)
            bad[chance() % bad.size()] = static_cast<char>(chance());
        for (const char* end : {"-wal", "-shm"})
            std::filesystem::remove(path + end);
        std::ofstream(path, std::ios::binary) << bad;

        auto store = es::SqliteStore::open(path, {.durability = es::SqliteDurability::relaxed});
        if (!store) {
            ++refused;
            continue;
        }
        const es::Query query{
            .items = {{.types = {"combat.entity_died"}, .tags = {"kind:monster"}}}};
        const auto stream = store->read_stream("combat-ogre");
        const auto all = store->read_all();
        const auto some = store->read_all({.query = query});
        const auto done = append(*store, "combat-ogre", {event()});
        for (const bool good_answer :
             {stream.has_value(), all.has_value(), some.has_value(), done.has_value()})
            refused += good_answer ? 0 : 1;
    }
    CHECK(refused > 10);
}

TEST_CASE("Events and metadata of any size are read back, whichever way") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    std::vector<std::string> texts;
    for (const std::size_t size : {2U, 100U, 199U, 200U, 201U, 1'000U, 5'000U, 100'000U})
        texts.push_back('"' + std::string(size - 2, 'x') + '"');
    Events events;
    for (const std::string& data : texts)
        for (const std::string_view metadata : {"", "{}", "{\"user\":\"018f3c1e7b2a\"}"}) {
            events.push_back(event("combat.entity_spoke", data));
            events.back().metadata = metadata;
        }
    REQUIRE(append(store, "combat-ogre", events));

    const auto forward = store.read_stream("combat-ogre");
    const auto backward = store.read_stream("combat-ogre", {.direction = es::Direction::backward});
    const auto events_only = store.read_stream("combat-ogre", {.events_only = true});
    const auto all = store.read_all();
    REQUIRE((forward && backward && events_only && all));
    REQUIRE(events_only->records().size() == events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        CHECK(events_only->records()[i].data == events[i].data);
        for (const es::EventRecord& record :
             {forward->records()[i], backward->records()[events.size() - 1 - i],
              all->records()[i]}) {
            CHECK(record.data == events[i].data);
            CHECK(record.metadata == events[i].metadata);
            CHECK(record.id == events[i].id);
            CHECK(record.recorded_at == events[i].recorded_at);
        }
    }
    CHECK(store.verify()->problems.empty());
}

TEST_CASE("Who reads events only gets the same events, and the same errors") {
    const Folder folder;
    const auto store = damaged(folder / "combat.db", "SELECT 1");
    for (const std::size_t limit : {1UL, 2UL, 500UL}) {
        es::StreamRead next{.limit = limit};
        for (bool more = true; more;) {
            const auto whole = store.read_stream("combat-ogre", next);
            next.events_only = true;
            const auto events = store.read_stream("combat-ogre", next);
            next.events_only = false;
            REQUIRE((whole && events));
            REQUIRE(whole->records().size() == events->records().size());
            for (std::size_t i = 0; i < whole->records().size(); ++i) {
                const es::EventRecord& a = whole->records()[i];
                const es::EventRecord& b = events->records()[i];
                CHECK(a.stream == b.stream);
                CHECK(a.revision == b.revision);
                CHECK(a.type == b.type);
                CHECK(a.version == b.version);
                CHECK(a.content_type == b.content_type);
                CHECK(a.data == b.data);
                CHECK(b.tags.empty());
            }
            CHECK(whole->at_end == events->at_end);
            CHECK(whole->next_revision == events->next_revision);
            more = !whole->at_end;
            next.from = whole->next_revision;
        }
    }
    const auto backward = store.read_stream(
        "combat-ogre", {.direction = es::Direction::backward, .limit = 1, .events_only = true});
    REQUIRE(backward);
    CHECK(backward->records()[0].revision == es::Revision(2));

    const auto [sql, says] = GENERATE(table<const char*, const char*>({
        {"DELETE FROM es_types WHERE name LIKE '%died'",
         "stream combat-ogre, revision 1: its type is missing in es_types"},
        {"UPDATE es_types SET name = '' WHERE name LIKE '%died'",
         "stream combat-ogre, revision 1: its type, version or content type is \"\""},
        {"DELETE FROM es_events WHERE position = 2", "the event at revision 1 is missing"},
    }));
    const auto broken =
        damaged(folder / "b.db", sql).read_stream("combat-ogre", {.events_only = true});
    REQUIRE_FALSE(broken);
    INFO(broken.error().message());
    CHECK(broken.error() == es::errc::corrupt);
    CHECK(broken.error().message().find(says) != std::string::npos);
}
