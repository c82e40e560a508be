// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/verify.hpp>

#include <eventsourcing/core/event_family.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

namespace verify_tests {

using namespace sqlite_tests;

struct EntityAttacked {
    std::int32_t damage = 0;
};
struct EntityDied {};
struct ItemAdded {
    std::string sku;
};
consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}
using Fight = std::variant<EntityAttacked, EntityDied>;
using Cart = std::variant<ItemAdded>;

/// Three events in two streams, of which two have a tag.
void fill(const std::string& path) {
    auto store = open_store(path);
    static constexpr std::array<std::string_view, 1> tags{"kind:ogre"};
    REQUIRE(
        append(store, "combat-ogre", {event("combat.entity_attacked", "{\"damage\":1}", tags)}));
    REQUIRE(append(store, "combat-goblin", {event("combat.entity_died", "{}", tags)}));
    REQUIRE(append(store, "combat-ogre", {event("combat.entity_attacked", "{\"damage\":2}")}));
    store.close();
}

/// What is found after another program has run this SQL, past the triggers.
es::VerifyReport after(const std::string& sql) {
    const Folder folder;
    fill(folder / "a.db");
    change_events(folder / "a.db", sql);
    const auto report = open_store(folder / "a.db").verify();
    INFO((report ? "" : report.error().message()));
    REQUIRE(report);
    CHECK(report->ok() == report->problems.empty());
    CHECK(report->problem_count == report->problems.size());
    return *report;
}

using Sentences = std::vector<std::string>;

TEST_CASE("A store in order has no problems, and the report says what was checked") {
    const Folder folder;
    fill(folder / "a.db");
    const auto store = open_store(folder / "a.db");
    for (const auto& report :
         {store.verify(), store.verify<Fight>(), store.verify<Cart, Fight>()}) {
        REQUIRE(report);
        CHECK(report->problems == Sentences{});
        CHECK(report->ok());
        CHECK(report->events == 3);
        CHECK(report->streams == 2);
        CHECK(
            report->checked ==
            Sentences{"the tables, indexes and triggers are those of this library",
                      "the store has an id",
                      "SQLite's integrity check of all pages and indexes, in one read transaction",
                      "the rows that others refer to exist, in one read transaction",
                      "progress, rows, parked events and snapshots can be found and read, in one "
                      "read transaction",
                      "the events of each stream have the revisions from 0 on, each as it is in "
                      "the order of positions, read in pages",
                      "positions without gaps, and each record with its stream, type, tags, "
                      "metadata and data, read in pages"});
    }
}

TEST_CASE("A store without events has no problems") {
    const Folder folder;
    const auto report = open_store(folder / "a.db").verify();
    REQUIRE(report);
    CHECK(report->problems == Sentences{});
    CHECK(report->events == 0);
    CHECK(report->streams == 0);
}

TEST_CASE("A store of more than a page of events and streams is checked to its end") {
    const Folder folder;
    auto store = open_store(folder / "a.db", {.durability = es::SqliteDurability::relaxed});
    for (int i = 0; i < 1'200; ++i)
        REQUIRE(append(store, *es::StreamName::of("combat", std::to_string(i % 700)), {event()}));
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problems == Sentences{});
    CHECK(report->events == 1'200);
    CHECK(report->streams == 700);
}

TEST_CASE("Gaps between positions are found") {
    CHECK(after("UPDATE es_events SET position = 7 WHERE position = 3").problems ==
          Sentences{"position 3 to 6 are missing"});
    CHECK(after("UPDATE es_events SET position = 4 WHERE position = 3").problems ==
          Sentences{"position 3 is missing"});
    CHECK(after("UPDATE es_events SET position = -1 WHERE position = 3").problems ==
          Sentences{"position -1: positions begin at 1"});
}

TEST_CASE("Revisions with gaps, twice or below 0, and names that none can have, are found") {
    CHECK(after("UPDATE es_events SET revision = 4 WHERE position = 3; "
                "UPDATE es_stream_events SET key = key + 3 WHERE position = 3")
              .problems == Sentences{"stream \"combat-ogre\": revision 1 to 3 are missing"});
    CHECK(after("UPDATE es_events SET revision = 1 WHERE position = 2; "
                "UPDATE es_stream_events SET key = key + 1 WHERE position = 2")
              .problems == Sentences{"stream \"combat-goblin\": revision 0 is missing"});
    CHECK(after("UPDATE es_events SET revision = 0 WHERE position = 3").problems ==
          Sentences{"stream \"combat-ogre\": revision 1 is said to be the event at position 3, "
                    "which is another one, or has other content",
                    "position 3 (stream combat-ogre, revision 0): it is missing in "
                    "es_stream_events, so readers of its stream don't find it"});
    const auto negative = after("UPDATE es_events SET revision = -1 WHERE position = 1").problems;
    REQUIRE(negative.size() == 2);
    CHECK(negative[0].starts_with("stream \"combat-ogre\": revision 0 is said to be "));
    CHECK(negative[1].find("the event at position 1: it has revision -1") != std::string::npos);
    const auto name =
        after("UPDATE es_events SET stream_name = 'nodash' WHERE position = 2").problems;
    REQUIRE(name.size() == 2);
    CHECK(name[0] == "stream \"nodash\": it is not a valid name");
    CHECK(name[1].find("the event at position 2: its stream has the name \"nodash\"") !=
          std::string::npos);
}

TEST_CASE("Rows that refer to nothing, or are where no reader looks, are found") {
    CHECK(after("DELETE FROM es_stream_events WHERE position = 2").problems ==
          Sentences{"position 2 (stream combat-goblin, revision 0): it is missing in "
                    "es_stream_events, so readers of its stream don't find it"});
    const auto moved =
        after("UPDATE es_stream_events SET position = 99 WHERE position = 2").problems;
    REQUIRE(moved.size() == 3);
    CHECK(moved[0].starts_with("es_stream_events, row "));
    CHECK(moved[0].ends_with(": it names a row of es_events that does not exist"));
    CHECK(moved[1] == "stream \"combat-goblin\": revision 0 is said to be the event at position "
                      "99, which is missing");
    CHECK(moved[2].starts_with("position 2 (stream combat-goblin, revision 0): it is missing"));
    const auto renamed =
        after("UPDATE es_events SET stream_name = 'combat-elf' WHERE position = 2").problems;
    REQUIRE(renamed.size() == 2);
    const auto keys = [](std::string_view stream) {
        return std::to_string(es::detail::sqlite::stream_keys(stream).first);
    };
    CHECK(renamed[0] == "stream \"combat-elf\": its events have keys from " +
                            keys("combat-goblin") + " on, but readers look for them from " +
                            keys("combat-elf") + " on");
    CHECK(renamed[1].starts_with("position 2 (stream combat-elf, revision 0): it is missing"));
    const auto torn =
        after("UPDATE es_events SET stream_name = 'combat-elf' WHERE position = 3").problems;
    REQUIRE(torn.size() == 4);
    CHECK(torn[0].find("stream combat-ogre: events that name another one are among its own") !=
          std::string::npos);
    CHECK(torn[1] == "stream \"combat-elf\": its events have keys from " + keys("combat-ogre") +
                         " on, but readers look for them from " + keys("combat-elf") + " on");
    CHECK(torn[2] == "stream \"combat-elf\": revision 0 is missing");
    CHECK(torn[3].starts_with("position 3 (stream combat-elf, revision 1): it is missing"));
    CHECK(after("INSERT INTO es_event_tags VALUES(1, 99)").problems ==
          Sentences{"es_event_tags: it names a row of es_events that does not exist"});
}

TEST_CASE("A small event that is not the same in both orders is found") {
    const Folder folder;
    fill(folder / "a.db");
    std::string bytes = content(folder / "a.db");
    const std::string data = "{\"damage\":1}";
    std::vector<std::size_t> places;
    for (auto at = bytes.find(data); at != bytes.npos; at = bytes.find(data, at + 1))
        places.push_back(at);
    REQUIRE(places.size() == 2);
    for (const std::size_t place : places) {
        std::string bad = bytes;
        bad[place + data.size() - 2] = '7';
        std::ofstream(folder / "b.db", std::ios::binary) << bad;
        const auto report = open_store(folder / "b.db").verify();
        REQUIRE(report);
        INFO((report->problems.empty() ? "" : report->problems[0]));
        CHECK(report->problems ==
              Sentences{"stream \"combat-ogre\": revision 0 is said to be the event at position "
                        "1, which is another one, or has other content"});
    }
}

TEST_CASE("Tags that an event has not, or has too many of, are found") {
    CHECK(after("DELETE FROM es_event_tags WHERE position = 2").problems ==
          Sentences{"position 2 (stream combat-goblin, revision 0): it has 0 tags, expected 1"});
    CHECK(after("INSERT INTO es_event_tags VALUES(1, 3)").problems ==
          Sentences{"position 3 (stream combat-ogre, revision 1): it has 1 tags, expected 0"});
    CHECK(after("UPDATE es_tags SET name = ''").problems ==
          Sentences{"position 1 (stream combat-ogre, revision 0): it has the tag \"\"",
                    "position 2 (stream combat-goblin, revision 0): it has the tag \"\""});
}

TEST_CASE("Events that can't be decoded are found") {
    const auto data = after("UPDATE es_events SET data = CAST('{\"damage\":' AS BLOB) "
                            "WHERE position = 1");
    REQUIRE(data.problems.size() == 1);
    CHECK(data.problems[0].starts_with("position 1 (stream combat-ogre, revision 0): $.damage: "));
    const auto metadata = after("UPDATE es_events SET metadata = x'FF' WHERE position = 2");
    REQUIRE(metadata.problems.size() == 1);
    CHECK(metadata.problems[0].starts_with(
        "position 2 (stream combat-goblin, revision 0): metadata: "));
    const auto id = after("UPDATE es_events SET id = x'0102' WHERE position = 2");
    REQUIRE(id.problems.size() == 1);
    CHECK(id.problems[0].find("the event at position 2: its id has 2 bytes, expected 16") !=
          std::string::npos);
}

TEST_CASE("Data that is no JSON is no problem if its content type says so") {
    const Folder folder;
    auto store = open_store(folder / "a.db");
    auto bytes = event("picture.taken", "\xFF\xD8");
    bytes.content_type = "image/jpeg";
    REQUIRE(append(store, "picture-1", {bytes}));
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problems == Sentences{});
}

TEST_CASE("Events that are none of the given ones, or do not fit them, are found") {
    const Folder folder;
    fill(folder / "a.db");
    auto store = open_store(folder / "a.db");
    REQUIRE(
        append(store, "combat-ogre", {event("combat.entity_attacked", R"({"damage":"much"})")}));
    CHECK(store.verify()->problems == Sentences{});
    const auto fight = store.verify<Fight>();
    REQUIRE(fight);
    REQUIRE(fight->problems.size() == 1);
    CHECK(fight->problems[0].starts_with("position 4: stream combat-ogre, revision 2: "
                                         "combat.entity_attacked: $.damage: "));
    const auto cart = store.verify<Cart>();
    REQUIRE(cart);
    REQUIRE(cart->problems.size() == 4);
    CHECK(cart->problems[1] == "position 2 (stream combat-goblin, revision 0): none of the given "
                               "events is stored as \"combat.entity_died\"");
}

TEST_CASE("Tables, indexes and triggers that are not ours any more are found") {
    const Folder folder;
    fill(folder / "a.db");
    Raw(folder / "a.db")
        .run("DROP TRIGGER es_no_delete; DROP INDEX es_events_type; CREATE TABLE mine(x)");
    const auto report = open_store(folder / "a.db").verify();
    REQUIRE(report);
    CHECK(report->problems ==
          Sentences{"the index es_events_type is missing", "the trigger es_no_delete is missing"});
    Raw(folder / "a.db")
        .run("CREATE TRIGGER es_no_delete BEFORE DELETE ON es_events BEGIN SELECT 1; END");
    CHECK(open_store(folder / "a.db").verify()->problems ==
          Sentences{"the index es_events_type is missing",
                    "the trigger es_no_delete is not what this library makes"});
}

TEST_CASE("Damaged pages are found, and the report says what could not be checked") {
    const Folder folder;
    {
        auto store = open_store(folder / "a.db");
        for (int i = 0; i < 100; ++i)
            REQUIRE(
                append(store, "combat-ogre", {event("t", "\"" + std::string(200, 'x') + "\"")}));
        store.close();
    }
    const auto size = std::filesystem::file_size(folder / "a.db");
    for (std::uintmax_t page = 4096; page < size; page += 4096) {
        INFO("page " << page / 4096 + 1);
        std::filesystem::copy_file(folder / "a.db", folder / "b.db",
                                   std::filesystem::copy_options::overwrite_existing);
        {
            std::fstream file(folder / "b.db", std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(static_cast<std::streamoff>(page));
            file << std::string(64, '\xEE');
        }
        auto store = es::SqliteStore::open(folder / "b.db");
        if (!store) // the page of the schema
            continue;
        const auto report = store->verify();
        REQUIRE(report);
        CHECK_FALSE(report->ok());
        CHECK(report->problems.size() + report->checked.size() >= 5);
    }
}

TEST_CASE("Rows that lead back to earlier ones are found, and not read again and again") {
    const Folder folder;
    const std::string path = folder / "a.db";
    const std::string data = '"' + std::string(500, 'x') + '"';
    {
        auto store = open_store(path, {.durability = es::SqliteDurability::relaxed});
        Events events;
        for (int i = 0; i < 700; ++i)
            events.push_back(event("t", data));
        REQUIRE(append(store, "combat-ogre", events));
    }
    std::string bytes = content(path);
    std::vector<std::size_t> leaves; // of es_events, in order
    for (std::size_t at = 4096; at < bytes.size(); at += 4096)
        if (bytes[at] == 0x0D && bytes.substr(at, 4096).find(data) != bytes.npos)
            leaves.push_back(at);
    REQUIRE(leaves.size() > 90);
    for (std::size_t leaf = 60; leaf < 85; ++leaf) // where the first page of rows ends
        bytes.replace(leaves[leaf], 4096, bytes, leaves[0], 4096);
    std::ofstream(path, std::ios::binary) << bytes;

    const auto report = open_store(path).verify();
    REQUIRE(report);
    const auto is_told = [](const std::string& problem) {
        return problem.find("is stored after position") != std::string::npos;
    };
    CHECK(std::any_of(report->problems.begin(), report->problems.end(), is_told));
}

/// Where the leaves of a table begin in the bytes of a file, in order. The table has one inner
/// page. https://sqlite.org/fileformat2.html#b_tree_pages
std::vector<std::size_t> leaves_of(const std::string& path, const std::string& table) {
    const auto root =
        Raw(path).value("SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'");
    const std::string bytes = content(path);
    const auto number = [&](std::size_t at, int size) {
        std::size_t out = 0;
        for (int i = 0; i < size; ++i)
            out = out << 8U | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
        return out;
    };
    constexpr std::size_t page_size = 4096;
    const std::size_t page = (std::stoul(root) - 1) * page_size;
    REQUIRE(bytes[page] == 0x05); // an inner page
    std::vector<std::size_t> leaves;
    for (std::size_t cell = 0; cell < number(page + 3, 2); ++cell)
        leaves.push_back((number(page + number(page + 12 + 2 * cell, 2), 4) - 1) * page_size);
    return leaves;
}

TEST_CASE("Rows of a stream that lead back to earlier ones are found") {
    const Folder folder;
    const std::string path = folder / "a.db";
    {
        auto store = open_store(path, {.durability = es::SqliteDurability::relaxed});
        const std::string large = '"' + std::string(2'000, 'x') + '"'; // is not in es_stream_events
        Events events;
        for (int i = 0; i < 700; ++i)
            events.push_back(event("t", large));
        REQUIRE(append(store, "combat-ogre", events));
    }
    std::string bytes = content(path);
    const auto leaves = leaves_of(path, "es_stream_events");
    REQUIRE(leaves.size() > 3);
    bytes.replace(leaves[2], 4096, bytes, leaves[0], 4096);
    std::ofstream(path, std::ios::binary) << bytes;

    const auto report = open_store(path).verify();
    REQUIRE(report);
    const auto is_told = [](const std::string& problem) {
        return problem.find("key ") != std::string::npos &&
               problem.find(" is stored after key ") != std::string::npos;
    };
    CHECK(std::any_of(report->problems.begin(), report->problems.end(), is_told));
}

TEST_CASE("Verifying can be called off") {
    const Folder folder;
    fill(folder / "a.db");
    auto store = open_store(folder / "a.db");
    std::stop_source stop;
    stop.request_stop();
    CHECK(store.verify({.stop = stop.get_token()}).error() == es::errc::cancelled);
    CHECK(store.verify(es::CallOptions::within(-1s)).error() == es::errc::timed_out);
    store.close();
    CHECK(store.verify().error() == es::errc::closed);
}

TEST_CASE("A long check ends soon after its deadline") {
    const Folder folder;
    auto store = open_store(folder / "a.db", {.durability = es::SqliteDurability::relaxed});
    for (int i = 0; i < 20; ++i) {
        Events events;
        for (int j = 0; j < 2'000; ++j)
            events.push_back(event());
        REQUIRE(append(store, "combat-ogre", events));
    }
    // the integrity check alone takes longer
    int asked = 0;
    auto opened =
        es::detail::sqlite::Connection::open(folder / "a.db", es::SqliteOpen::existing, "it");
    REQUIRE(opened);
    const auto report = es::detail::sqlite::verify([&](auto work) {
        return work(**opened, [&]() -> es::Result<void> {
            return ++asked < 3 ? es::Result<void>() : es::errc::timed_out;
        });
    });
    REQUIRE_FALSE(report);
    CHECK(report.error() == es::errc::timed_out);
    CHECK(asked == 3);
}

TEST_CASE("Of very many problems the first thousand are told") {
    const Folder folder;
    auto store = open_store(folder / "a.db", {.durability = es::SqliteDurability::relaxed});
    Events events;
    for (int i = 0; i < 1'500; ++i)
        events.push_back(event("t", "{"));
    REQUIRE(append(store, "combat-ogre", events));
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problem_count == 1'500);
    CHECK(report->problems.size() == 1'000);
}

} // namespace verify_tests
