// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/writer.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

using namespace sqlite_tests;
using es::detail::sqlite::Writer;

namespace {

constexpr std::string_view new_tags[] = {"entity:new"};

/// Appends in the open transaction of `writer`.
es::Result<es::Receipt> append(Writer& writer, es::StreamNameView stream, const Events& events,
                               std::optional<es::ExpectedRevision> expected = {}) {
    const std::vector<std::int64_t> times(events.size(), 0);
    return writer.append({stream, expected, events, times, {}, {}});
}

struct RollBack {
    Writer& writer;
    ~RollBack() { writer.roll_back(); }
};

} // namespace

TEST_CASE("A condition that has to look far heeds the deadline and the stop on its way") {
    const Folder folder;
    const auto connection = es::detail::sqlite::open_writer(folder / "combat.db", {});
    REQUIRE(connection);
    Writer writer(**connection);
    // two tags that take turns, so that the lists leap over each other and never meet
    constexpr std::string_view left[] = {"left"};
    constexpr std::string_view right[] = {"right"};
    Events events;
    for (std::size_t i = 0; i < 4'000; ++i)
        events.push_back(event("t.one", "{}", i % 2 == 0 ? left : right));
    const RollBack at_end{writer};
    REQUIRE(writer.begin());
    REQUIRE(append(writer, "combat-ogre", events));

    const es::AppendCondition far{{{{.tags = {"left", "right"}}}}, {}};
    const es::AppendCondition near{far.fail_if_exists, es::Position{3'500}};
    const Events one{event()};
    const std::int64_t time = 0;
    const auto append_if = [&](const es::AppendCondition& condition, const es::CallOptions& call) {
        return writer.append({"combat-elf", {}, one, {&time, 1}, condition, call});
    };
    const auto late = es::CallOptions::within(-1s);
    std::stop_source stop;
    stop.request_stop();
    const auto too_late = append_if(far, late);
    REQUIRE_FALSE(too_late);
    CHECK(too_late.error() == es::errc::timed_out);
    const auto stopped = append_if(far, {.stop = stop.get_token()});
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error() == es::errc::cancelled);
    CHECK(append_if(near, late)); // the caller has looked at the clock before
}

TEST_CASE("One transaction takes many appends, and one that fails takes none of the others along") {
    const Folder folder;
    const auto connection = es::detail::sqlite::open_writer(folder / "combat.db", {});
    REQUIRE(connection);
    REQUIRE((*connection)
                ->execute("CREATE TEMP TRIGGER es_test BEFORE INSERT ON main.es_events WHEN "
                          "NEW.data = x'21' BEGIN SELECT RAISE(ABORT, 'not this one'); END"));
    Writer writer(**connection);
    const Events bad{event("combat.new_type", "{}", new_tags), event("combat.new_type", "!")};
    const Events good{event("combat.new_type", "{}", new_tags), event()};
    {
        const RollBack at_end{writer};
        REQUIRE(writer.begin());
        CHECK_FALSE(writer.has_written());
        CHECK(append(writer, "combat-ogre", {event()})->position == es::Position{1});
        CHECK(append(writer, "combat-ogre", {event()}, es::ExpectedRevision::no_stream()).error() ==
              es::errc::conflict);
        CHECK(append(writer, "combat-new", bad).error() == es::errc::denied);
        CHECK(append(writer, "combat-new", good)->position == es::Position{3});
        CHECK(append(writer, "combat-new", good)->position == es::Position{3}); // a retry
        CHECK(append(writer, "combat-ogre", {event()})->first == es::Revision{1});
        CHECK(writer.has_written());
        CHECK(writer.head() == 4);
        REQUIRE(writer.commit());
    }
    {
        const RollBack at_end{writer}; // and what is not committed is not there
        REQUIRE(writer.begin());
        CHECK(writer.head() == 4);
        REQUIRE(append(writer, "combat-gone", {event("combat.gone", "{}", new_tags)}));
    }
    const auto store = open_store(folder / "combat.db");
    CHECK(all_positions(store).size() == 4);
    const es::Query found{.items = {{.types = {"combat.new_type"}, .tags = {"entity:new"}}}};
    CHECK(all_positions(store, found) == std::vector{es::Position{2}});
    CHECK(store.read_stream("combat-gone")->empty());
}

TEST_CASE("Numbers given to names in a transaction that was rolled back are forgotten") {
    const Folder folder;
    const auto connection = es::detail::sqlite::open_writer(folder / "combat.db", {});
    REQUIRE(connection);
    Writer writer(**connection);
    const Events events{event("combat.new_type", "{}", new_tags)};
    {
        const RollBack at_end{writer};
        REQUIRE(writer.begin());
        REQUIRE(append(writer, "combat-new", events));
    }
    {
        const RollBack at_end{writer};
        REQUIRE(writer.begin());
        REQUIRE(append(writer, "combat-new", events));
        REQUIRE(writer.commit());
    }
    const auto page = open_store(folder / "combat.db").read_stream("combat-new");
    REQUIRE(page);
    CHECK(page->records()[0].type == "combat.new_type");
    CHECK(page->records()[0].tags.size() == 1);
}

TEST_CASE("Positions and revisions that are at their end are refused") {
    const Folder folder;
    auto store = open_store(folder / "combat.db");
    REQUIRE(sqlite_tests::append(store, "combat-ogre", {event()}));
    const bool position = GENERATE(true, false);
    Raw(folder / "combat.db")
        .run(position ? "INSERT INTO es_events SELECT 9223372036854775806, 0, zeroblob(16), type, "
                        "0, 0, 'combat-elf', data, data FROM es_events"
                      : "DROP TRIGGER es_no_stream_update; "
                        "UPDATE es_stream_events SET key = key + 4294967294");
    const auto done = sqlite_tests::append(store, "combat-ogre", {event()});
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::overflow);
}

TEST_CASE("A log that was cut short in a transaction is noticed before the commit writes to it") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    const auto connection = es::detail::sqlite::open_writer(path, {});
    REQUIRE(connection);
    Writer writer(**connection);
    const RollBack at_end{writer};
    REQUIRE(writer.files().remember());
    const auto begin_and_append = [&] {
        REQUIRE(writer.begin());
        REQUIRE(append(writer, "combat-ogre", {event()}));
    };
    begin_and_append();
    REQUIRE(writer.commit());
    begin_and_append();
    const std::string log = path + "-wal";
    const bool all = GENERATE(true, false);
    std::filesystem::resize_file(log, all ? 0 : std::filesystem::file_size(log) - 1);
    const auto done = writer.commit();
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::failed);
    CHECK(done.error().message().find("-wal\" was cut short") != std::string::npos);
    CHECK(writer.files().fault_error().message() == done.error().message());
}
