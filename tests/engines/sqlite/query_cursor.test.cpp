// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/query_cursor.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <eventsourcing/store/matches.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <random>

using namespace sqlite_tests;

namespace {

const std::vector<std::string> types{"t.one", "t.two", "t.three"};
constexpr std::string_view tags[] = {"a", "b", "c", "d"};

/// Whether each event that the query finds is read with the tags that it was sent with, no matter
/// which of them the query names.
bool has_all_tags(const es::SqliteStore& store, const es::Query& query, const Events& sent) {
    const auto page = store.read_all({.query = query});
    return page && std::all_of(page->begin(), page->end(), [&](const es::EventRecord& record) {
               const auto& own = sent[record.position->value() - 1].tags;
               return std::equal(record.tags.begin(), record.tags.end(), own.begin(), own.end());
           });
}

} // namespace

TEST_CASE("A query finds what the definition of a match says, in order") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    std::mt19937 chance(4711); // the same events each time
    const auto one_of = [&](std::size_t count) { return chance() % count; };

    Events events;
    std::vector<std::vector<std::string_view>> tags_of(400);
    for (auto& own : tags_of) {
        for (const auto tag : tags)
            if (one_of(3) == 0)
                own.push_back(tag);
        events.push_back(event(types[one_of(3)], "{}", own));
        if (one_of(5) == 0)
            events.back().version = "2"; // one name, several numbers
    }
    REQUIRE(append(store, "combat-ogre", events));

    for (int round = 0; round < 200; ++round) {
        es::Query query;
        for (std::size_t items = one_of(4); items > 0; --items) {
            auto& item = query.items.emplace_back();
            for (std::size_t i = one_of(3); i > 0; --i)
                item.types.push_back(one_of(9) == 0 ? "t.none" : types[one_of(3)]);
            for (std::size_t i = one_of(4); i > 0; --i)
                item.tags.emplace_back(one_of(15) == 0 ? "none" : tags[one_of(4)]);
        }
        std::vector<es::Position> expected;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (es::detail::matches(query, events[i].type, events[i].tags))
                expected.push_back(es::Position{i + 1});
        CHECK(all_positions(store, query, 1 + one_of(200)) == expected);
        CHECK(has_all_tags(store, query, events));

        // an append condition asks the same index
        const es::Position after{one_of(events.size())};
        const bool matched = !query.items.empty() && !expected.empty() && expected.back() > after;
        const auto own = es::StreamName::of("round", std::to_string(round));
        const Events next{event("t.next", "{}")};
        const auto done =
            append(store, *own, es::ExpectedRevision::no_stream(), next, {query, after});
        CHECK(done.has_value() == !matched);
        if (done)
            events.push_back(next[0]);
        else
            CHECK(done.error() == es::errc::condition_failed);
    }
}

TEST_CASE("A query that matches nothing among very many events moves on by empty pages") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    // two tags that take turns, so that the lists leap over each other and never meet but once
    constexpr std::string_view left[] = {"left"};
    constexpr std::string_view right[] = {"right"};
    constexpr std::string_view both[] = {"left", "right"};
    Events events;
    for (std::size_t i = 0; i < es::max_batch_size; ++i)
        events.push_back(event("t.one", "{}", i % 2 == 0 ? left : right));
    REQUIRE(append(store, "combat-ogre", events));
    for (auto& again : events)
        again.id = event().id;
    events.back() = event("t.one", "{}", both);
    REQUIRE(append(store, "combat-ogre", events));

    const es::Query query{.items = {{.tags = {"left", "right"}}}};
    const auto first = store.read_all({.query = query});
    REQUIRE(first);
    CHECK(first->empty());
    CHECK_FALSE(first->at_end);
    REQUIRE(first->last_position);
    CHECK(first->last_position->value() > 1000);
    CHECK(all_positions(store, query) == std::vector{es::Position{20'000}});

    // also where the one match is next to the last position of the empty page
    const auto end = first->last_position->value();
    REQUIRE(end < es::max_batch_size);
    for (const auto match : {end - 1, end, end + 1}) {
        auto tagged = events;
        tagged.back() = event();
        tagged[match - 1] = event("t.one", "{}", both);
        auto near = open_store(folder / ("near-" + std::to_string(match) + ".db"),
                               {.durability = es::SqliteDurability::relaxed});
        REQUIRE(append(near, "combat-ogre", tagged));
        CHECK(all_positions(near, query) == std::vector{es::Position{match}});
    }

    // a condition is exact, however far it has to look
    const auto refused = append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()},
                                {query, es::Position{19'999}});
    CHECK(refused.error() == es::errc::condition_failed);
    CHECK(append(store, "combat-elf", es::ExpectedRevision::no_stream(), {event()}, {query, {}})
              .error() == es::errc::condition_failed);
}

TEST_CASE("Events of the wanted types are found whether they follow each other closely or not") {
    const Folder folder;
    auto store = open_store(folder / "combat.db", {.durability = es::SqliteDurability::relaxed});
    constexpr std::string_view red[] = {"red"};
    Events events;
    for (const std::size_t others : std::initializer_list<std::size_t>{0, 1, 7, 8, 9, 30})
        for (const std::size_t wanted : std::initializer_list<std::size_t>{1, 7, 9, 10, 11, 60}) {
            for (std::size_t i = 0; i < wanted; ++i) {
                events.push_back(event(types[i % 2], "{}", std::span(red, i % 3 == 0 ? 1 : 0)));
                if (i == 40)
                    events.push_back(event(types[2])); // alone among the others
            }
            for (std::size_t i = 0; i < others; ++i)
                events.push_back(event(types[2]));
        }
    REQUIRE(append(store, "combat-ogre", events));

    const std::vector<es::Query> queries{
        {.items = {{.types = {types[0], types[1]}}}},
        {.items = {{.types = {types[0]}}}},
        {.items = {{.types = {types[0]}}, {.types = {types[1], "t.none"}}}},
        {.items = {{.types = {types[2]}}}},
        {.items = {{.types = types}}},
        {.items = {{.types = {types[0]}}, {.tags = {"red"}}}},
        {.items = {{.types = {types[1]}, .tags = {"red"}}}},
    };
    for (const es::Query& query : queries) {
        std::vector<es::Position> expected;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (es::detail::matches(query, events[i].type, events[i].tags))
                expected.push_back(es::Position{i + 1});
        for (const std::size_t limit : std::initializer_list<std::size_t>{1, 3, 9, 10, 100, 4096})
            CHECK(all_positions(store, query, limit) == expected);
        CHECK(has_all_tags(store, query, events));
        // the first page ends where it is full, or at the head
        const auto page = store.read_all({.query = query, .limit = 50});
        REQUIRE(page);
        REQUIRE(page->records().size() == 50);
        CHECK(page->last_position == page->records().back().position);
        const auto whole = store.read_all({.query = query, .limit = 4'096});
        REQUIRE(whole);
        CHECK(whole->at_end);
        CHECK(whole->last_position == es::Position{events.size()});
    }
}
