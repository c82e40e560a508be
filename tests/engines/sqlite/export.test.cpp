// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/export_events.hpp>
#include <eventsourcing/cloudevents/import_events.hpp>

#include "catch.hpp"
#include "cloudevents/exporting.hpp"
#include "engines/sqlite/support.hpp"

#include <cstddef>
#include <string>

namespace sqlite_export_tests {

using exporting::exported;
using exporting::import_text;
using sqlite_tests::Folder;
using sqlite_tests::open_store;
namespace es = eventsourcing;

TEST_CASE("A store goes from SQLite to SQLite and memory and back, byte for byte") {
    const Folder folder;
    auto store = open_store(folder / "a.db");
    exporting::fill(store);
    const std::string text = exported(store);

    es::MemoryStore memory;
    REQUIRE(import_text(text, memory));
    CHECK(exported(memory) == text);
    auto copy = open_store(folder / "b.db");
    REQUIRE(import_text(exported(memory), copy));
    CHECK(exported(copy) == text);

    const auto report = copy.verify();
    REQUIRE(report);
    CHECK(report->events == 8);
    CHECK(report->streams == 3);
    CHECK(report->problem_count == 1); // the data that is not JSON, though it says so
}

TEST_CASE("An import into SQLite goes on after it was ended, in a store that was opened again") {
    const Folder folder;
    auto whole = open_store(folder / "a.db", {.durability = es::SqliteDurability::relaxed});
    for (int i = 0; i < 30; ++i)
        exporting::add(whole, i % 3 == 0 ? es::StreamNameView("combat-ogre") : "combat-goblin",
                       {.type = "combat.hit", .version = "1.0", .data = "{}"});
    const std::string text = exported(whole);

    std::size_t before = 0;
    {
        auto copy = open_store(folder / "b.db");
        // the first events only, as an import that was killed leaves them
        const auto page = whole.read_all({.limit = 11});
        REQUIRE(page);
        for (const es::EventRecord& record : *page) {
            const es::NewEvent event{.id = record.id,
                                     .type = record.type,
                                     .version = record.version,
                                     .content_type = record.content_type,
                                     .data = record.data,
                                     .metadata = record.metadata,
                                     .recorded_at = record.recorded_at};
            const auto stream = es::StreamName::parse(record.stream);
            REQUIRE(copy.append_unchecked(*stream, es::EventBatch({&event, 1})));
        }
        before = page->records().size();
        copy.close();
    }
    auto copy = open_store(folder / "b.db");
    const auto done = import_text(text, copy);
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    CHECK(done->appended == 30 - before);
    CHECK(exported(copy) == text);
    const auto again = import_text(text, copy);
    REQUIRE(again);
    CHECK(again->appended == 0);
}

} // namespace sqlite_export_tests
