// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/interned_names.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;

TEST_CASE(
    "What an event is stored with is never taken for that of another, wherever its texts end") {
    struct Texts {
        std::string_view type, version, content_type, source;
    };
    constexpr Texts all[] = {
        {"t1", "1", "a/b", ""},          {"t", "11", "a/b", ""},
        {"t", "1", "1a/b", ""},          {"t", "11a", "/b", ""},
        {"t", "1", "a/b", "events://x"}, {"t", "1", "a/be", "vents://x"},
        {"t", "1", "a/bevents://x", ""}, {"t", "1", "a/b", ""},
    };
    const Folder folder;
    const std::string path = folder / "combat.db";
    for (int opened = 0; opened < 2; ++opened) { // what is remembered, and what is looked up
        auto store = open_store(path);
        for (const Texts& texts : all) {
            auto one = event(texts.type);
            one.version = texts.version;
            one.content_type = texts.content_type;
            one.source = texts.source;
            const auto stored = append(store, "combat-ogre", {one});
            INFO((stored ? "" : stored.error().message()));
            REQUIRE(stored);
        }
    }
    const auto page = open_store(path).read_stream("combat-ogre");
    REQUIRE(page);
    REQUIRE(page->records().size() == 2 * std::size(all));
    for (std::size_t i = 0; i < page->records().size(); ++i) {
        const es::EventRecord& record = page->records()[i];
        const Texts& texts = all[i % std::size(all)];
        CHECK(record.type == texts.type);
        CHECK(record.version == texts.version);
        CHECK(record.content_type == texts.content_type);
        CHECK(record.source == texts.source);
    }
}
