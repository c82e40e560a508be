// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/stream_keys.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <limits>

using namespace sqlite_tests;
using namespace es::detail::sqlite;

TEST_CASE("The hash is SipHash-2-4") {
    // of another implementation, which answers what its authors say
    CHECK(sip_hash("", 0) == 0x1e92'4b9d'7377'00d7);
    CHECK(sip_hash("combat-ogre", 1) == 0x9bf4'2360'acb9'7b51);
    CHECK(sip_hash("combat-018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f", 63) == 0x40e7'a19d'02d6'6891);
    CHECK(sip_hash("\xc3\xa9-12345", 7) == 0x74cd'c33a'6bc6'b7d6);
}

TEST_CASE("The keys of a stream are its number above its revisions, and never change") {
    static_assert(stream_keys("combat-ogre").first == std::int64_t{2'016'175'196} << 32);
    for (const char* name : {"combat-ogre", "a-b", "combat-018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f"})
        for (std::uint64_t place = 0; place < most_stream_places; ++place) {
            const StreamKeys keys = stream_keys(name, place);
            CHECK(keys.first >= 0);
            CHECK(keys.first % (std::int64_t{1} << 32) == 0);
            CHECK(keys.last() > keys.first);
            CHECK(keys.at(7) == keys.first + 7);
            CHECK(keys.contain(keys.at(StreamKeys::revisions_end - 1)));
            CHECK_FALSE(keys.contain(keys.at(std::numeric_limits<std::int64_t>::max())));
            CHECK_FALSE(keys.contain(keys.first - 1));
        }
    CHECK(stream_keys("combat-ogre", 0) != stream_keys("combat-ogre", 1));
}

TEST_CASE("Streams whose names have the same hash are kept apart") {
    const Folder folder;
    constexpr es::StreamNameView names[] = {"combat-89201", "combat-142230"};
    static_assert(stream_keys("combat-89201") == stream_keys("combat-142230"));
    auto store = open_store(folder / "combat.db");
    CHECK(store.read_stream(names[1])->empty());
    const Events first{event("combat.first", "1"), event("combat.first", "2")};
    const Events second{event("combat.second", "3"), event("combat.second", "4"),
                        event("combat.second", "5")};
    REQUIRE(append(store, names[0], es::ExpectedRevision::no_stream(), first));
    for (const auto from : {std::optional<es::Revision>(), std::optional(es::Revision{1}),
                            std::optional(es::Revision{9})})
        CHECK(store.read_stream(names[1], {.from = from})->empty());
    REQUIRE(append(store, names[1], es::ExpectedRevision::no_stream(), second));
    CHECK(append(store, names[1], es::ExpectedRevision::no_stream(), {event()}).error() ==
          es::errc::conflict);
    REQUIRE(append(store, names[0], es::ExpectedRevision::exactly(es::Revision{1}),
                   {event("combat.first", "6")}));
    REQUIRE(append(store, names[1], es::ExpectedRevision::exactly(es::Revision{2}),
                   {event("combat.second", "7")}));
    for (const bool is_second : {false, true}) {
        const auto read = [&](const es::StreamRead& which) {
            std::string out;
            const auto page = store.read_stream(names[is_second ? 1 : 0], which);
            REQUIRE(page);
            for (const es::EventRecord& record : page->records()) {
                CHECK(record.type == (is_second ? "combat.second" : "combat.first"));
                CHECK(record.stream == names[is_second ? 1 : 0].view());
                out += record.data;
            }
            return out;
        };
        for (const bool events_only : {false, true}) {
            CHECK(read({.events_only = events_only}) == (is_second ? "3457" : "126"));
            CHECK(read({.from = es::Revision{2}, .events_only = events_only}) ==
                  (is_second ? "57" : "6"));
            CHECK(read({.from = es::Revision{3}, .events_only = events_only}) ==
                  (is_second ? "7" : ""));
            CHECK(read({.from = es::Revision{4}, .events_only = events_only}).empty());
        }
        CHECK(read({.direction = es::Direction::backward}) == (is_second ? "7543" : "621"));
    }
    CHECK(store.verify()->problems == std::vector<std::string>{});
}

TEST_CASE("A stream takes the first place that is free, and one without any is corrupt") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event()}));
    const std::uint64_t taken = GENERATE(3U, most_stream_places - 1, most_stream_places);
    for (std::uint64_t place = 0; place < taken; ++place)
        Raw(folder / "combat.db")
            .run("INSERT INTO es_stream_events SELECT " +
                 std::to_string(stream_keys("combat-elf", place).first) +
                 ", 1, 'combat-troll', id, type, 0, 0, data, metadata FROM es_events");
    const auto done =
        append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event(), event()});
    const auto read = store.read_stream("combat-elf", {.from = es::Revision{1}});
    if (taken < most_stream_places) {
        REQUIRE((done && read));
        CHECK(read->records().size() == 1);
        CHECK(Raw(folder / "combat.db")
                  .value("SELECT min(key) FROM es_stream_events WHERE stream_name = "
                         "'combat-elf'") == std::to_string(stream_keys("combat-elf", taken).first));
    } else {
        for (const auto& error : {done.error(), read.error()}) {
            CHECK(error == es::errc::corrupt);
            CHECK(error.message().find("stream combat-elf: all of its 64 places are taken by "
                                       "other streams") != std::string::npos);
        }
    }
}

TEST_CASE("A stream whose events do not all name it is corrupt, and gets no second place") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(append(store, "combat-ogre", {event(), event(), event()}));
    const int position = GENERATE(1, 3);
    change_events(folder / "combat.db", "UPDATE es_stream_events SET stream_name = 'combat-oger' "
                                        "WHERE position = " +
                                            std::to_string(position));
    const auto is_told = [](const auto& answer) {
        return answer.error() == es::errc::corrupt &&
               answer.error().message().find("stream combat-ogre: events that name another one "
                                             "are among its own") != std::string::npos;
    };
    if (position == 1) {
        CHECK(is_told(store.read_stream("combat-ogre")));
        CHECK(is_told(store.read_stream("combat-ogre", {.events_only = true})));
    } else {
        CHECK(is_told(append(store, "combat-ogre", {event()})));
        CHECK(is_told(store.read_stream("combat-ogre", {.direction = es::Direction::backward})));
        CHECK(is_told(store.read_stream("combat-ogre", {.from = es::Revision{2}})));
    }
    CHECK_FALSE(store.verify()->ok());
}

TEST_CASE("Beyond the last revision that a stream can have there are no events of other streams") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    constexpr es::StreamNameView names[] = {"combat-ogre", "combat-elf", "combat-orc",
                                            "combat-troll"};
    for (const es::StreamNameView name : names)
        REQUIRE(append(store, name, {event()}));
    for (const std::uint64_t from : {std::uint64_t{0xffff'ffff}, std::uint64_t{1} << 32U,
                                     std::numeric_limits<std::uint64_t>::max()}) {
        const auto page = store.read_stream("combat-ogre", {.from = es::Revision(from)});
        REQUIRE(page);
        CHECK(page->empty());
        CHECK(page->at_end);
    }
}
