// SPDX-License-Identifier: MIT
#include <eventsourcing/store/memory_store.hpp>

#include "allocations.hpp"
#include "catch.hpp"
#include "store/notes.hpp"

#include <cstddef>

using namespace notes;

namespace {

/// Appends with less memory than it takes, again and again with a little more, until it is enough.
/// Answers how often it was not.
template <class Append>
int starved(es::MemoryStore& store, Append append) {
    const auto before = told(store, "notes-1");
    for (int enough = 0; enough < 1000; ++enough) {
        allocations::left = enough;
        const auto done = append();
        allocations::left = allocations::plenty;
        if (done)
            return enough;
        CHECK(done.error() == es::errc::unavailable);
        REQUIRE(told(store, "notes-1") == before);
        REQUIRE(store.read_all()->records().size() == before.size());
    }
    return 1000;
}

} // namespace

TEST_CASE("An append that runs out of memory at any place leaves the store as it was") {
    es::MemoryStore store;
    Notes<> notes({Written{std::string(100, 'x')}, Filed{"drawer"}, Counted{3}});
    notes.metadata.correlation_id = std::string(100, 'c');
    notes.tags = {"one", "two"};
    const auto batch = notes.batch();
    CHECK(starved(store, [&] { return store.append("notes-1", no_stream, batch); }) > 10);
    CHECK(told(store, "notes-1").size() == 3);

    const Notes<> more({Written{std::string(100, 'y')}, Filed{"other"}, Counted{4}});
    const auto bytes = more.batch();
    REQUIRE(bytes.encoded());
    CHECK(starved(store, [&] { return store.append("notes-1", at(2), es::EventBatch(bytes)); }) >
          3);
    CHECK(told(store, "notes-1").size() == 6);

    // what was begun and taken back has left nothing in the indexes
    CHECK(store.append("notes-1", no_stream, batch));
    CHECK(store.append_unchecked("notes-1", one().batch())->position == es::Position{7});
    const auto tagged =
        store.read_all({.query = {.items = {{.types = {}, .tags = {"drawer:drawer"}}}}});
    REQUIRE(tagged);
    CHECK(tagged->records().size() == 1);
}

TEST_CASE("An append to several streams that runs out of memory at any place leaves all of them as "
          "they were") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", one().batch()));
    const Notes<> first({Written{std::string(100, 'x')}, Filed{"drawer"}});
    Notes<> second({Filed{"drawer"}, Counted{3}, Written{"a"}, Written{"b"}, Written{"c"}});
    second.tags = {"one", "two"};
    const auto old_stream = first.batch();
    const auto new_stream = second.batch();
    REQUIRE((old_stream.encoded() && new_stream.encoded()));
    const es::StreamBatch parts[] = {
        {"notes-2", no_stream, new_stream}, {"notes-3", no_stream}, {"notes-1", at(0), old_stream}};
    CHECK(starved(store, [&] { return store.append_all(parts); }) > 10);
    CHECK(told(store, "notes-1").size() == 3);
    CHECK(told(store, "notes-2").size() == 5);
    CHECK(store.read_all({.query = {.items = {{.tags = {"drawer:drawer"}}}}})->records().size() ==
          2);
    CHECK(store.append_all(parts).value()[0]->position == es::Position{6});
    CHECK(store.append_unchecked("notes-3", one().batch())->first == es::Revision{0});
}

TEST_CASE("Reading that runs out of memory is an error") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", one(std::string(10'000, 'x')).batch()));
    int failed = 0;
    for (int enough = 0;; ++enough) {
        allocations::left = enough;
        const auto page = store.read_stream("notes-1");
        allocations::left = allocations::plenty;
        if (page)
            break;
        CHECK(page.error() == es::errc::unavailable);
        ++failed;
    }
    CHECK(failed > 2);
}

TEST_CASE("An append of a small event takes no memory while its block has room") {
    es::MemoryStore store;
    for (int i = 0; i < 200; ++i)
        REQUIRE(store.append_unchecked("notes-1", one().batch()));
    const auto note = one();
    const auto batch = note.batch();
    allocations::left = 0;
    const auto done = store.append("notes-1", at(199), batch);
    std::size_t shown = 0;
    const auto read = store.read_events<Note>("notes-1", std::nullopt,
                                              [&](const Note&, es::Revision) { ++shown; });
    allocations::left = allocations::plenty;
    CHECK(done);
    CHECK(read);
    CHECK(shown == 201);
}

TEST_CASE("A commit of progress without memory for all of it leaves everything as it was") {
    const es::MemoryStore store;
    const es::ProgressKey key{.name = "a subscription with a long name", .rebuild = true};
    const es::ProgressKey live{.name = key.name};
    const std::string old(100, 'o');
    for (const es::ProgressKey& each : {live, key}) {
        es::ProgressCommit first{.key = each};
        first.next.fence = 1;
        first.rows = {{.key = "changed", .data = old}, {.key = "dropped", .data = old}};
        first.park = {{.key = "k", .stream = es::StreamName("notes-1")}};
        REQUIRE(store.commit_progress(first));
    }
    es::ProgressCommit commit{.key = key, .loaded = *store.load_progress(key)};
    commit.next.fence = 2;
    commit.next.owner = std::string(100, 'n');
    commit.rows = {{.key = "changed", .data = std::string(100, 'n')},
                   {.key = "dropped"},
                   {.key = "a row with a name of its own", .data = std::string(100, 'n')}};
    commit.unpark = {{.key = "k", .sequence = 0}};
    commit.park = {{.key = "k", .sequence = 1, .stream = es::StreamName("notes-1")}};
    commit.replaces_live = true;
    int enough = 0;
    for (;; ++enough) {
        allocations::left = enough;
        const auto done = store.commit_progress(commit);
        allocations::left = allocations::plenty;
        if (done)
            break;
        CHECK(done.error() == es::errc::unavailable);
        REQUIRE(*store.load_progress(key) == commit.loaded);
        for (const es::ProgressKey& each : {live, key}) {
            const auto rows = store.load_rows(each, {}, 10);
            REQUIRE(rows->size() == 2);
            REQUIRE((*rows)[0].data == old);
            REQUIRE(store.load_parked(each, {}, 10)->at(0).sequence == 0);
        }
    }
    CHECK(enough > 10);
    CHECK(**store.load_progress(live) == commit.next);
    CHECK(store.load_rows(live, {}, 10)->size() == 2);
    CHECK(store.load_parked(live, {}, 10)->at(0).sequence == 1);
    CHECK(store.list_progress()->size() == 1);
}
