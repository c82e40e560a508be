// SPDX-License-Identifier: MIT
#include <eventsourcing/store/verbs.hpp>

#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

using namespace notes;

namespace {

es::AppendCondition none_filed_in(const std::string& drawer,
                                  std::optional<es::Position> after = {}) {
    return {.fail_if_exists = {.items = {{.tags = {"drawer:" + drawer}}}}, .after = after};
}
Notes<> filed(const std::string& drawer) {
    return Notes<>({Filed{drawer}});
}

} // namespace

TEST_CASE("A const handle of a memory store appends and closes") {
    const es::MemoryStore store;
    REQUIRE(store.append("note-1", no_stream, one().batch()));
    REQUIRE(store.append_unchecked("note-1", one().batch()));
    const es::AnyStore any(store);
    REQUIRE(any.append("note-1", at(1), one().batch()));
    store.close();
    CHECK(store.append_unchecked("note-1", one().batch()).error() == es::errc::closed);
}

TEST_CASE("An append with a condition alone goes to the end of its stream, whatever its revision") {
    const es::MemoryStore store;
    REQUIRE(store.append_if("note-1", filed("a").batch(), none_filed_in("a")));
    const auto again = store.append_if("note-1", filed("a").batch(), none_filed_in("a"));
    CHECK(again.error() == es::errc::condition_failed);
    const auto after =
        store.append_if("note-1", filed("a").batch(), none_filed_in("a", es::Position{1}));
    REQUIRE(after);
    CHECK(after->first == es::Revision{1});
}

TEST_CASE("A batch that is stored is answered before its condition is looked at") {
    const es::MemoryStore store;
    const auto batch = filed("a");
    const auto first = store.append_if("note-1", batch.batch(), none_filed_in("a"));
    REQUIRE(first);
    CHECK(*store.append_if("note-1", batch.batch(), none_filed_in("a")) == *first);
    const auto elsewhere = store.append_if("note-2", batch.batch(), none_filed_in("b"));
    CHECK(elsewhere.error() == es::errc::duplicate_id);
}

TEST_CASE("An id that is stored already comes with its place as data") {
    const es::MemoryStore store;
    const auto batch = one();
    REQUIRE(store.append_unchecked("note-1", one().batch()));
    REQUIRE(store.append_unchecked("note-1", batch.batch()));
    const auto refused = store.append("note-2", no_stream, batch.batch());
    REQUIRE(refused.error() == es::errc::duplicate_id);
    REQUIRE(es::duplicate_id(refused.error()));
    CHECK(*es::duplicate_id(refused.error()) ==
          es::DuplicateId{.id = batch.ids[0], .stream = "note-1", .revision = es::Revision{1}});
    const auto conflict = store.append("note-1", no_stream, one().batch());
    CHECK_FALSE(es::duplicate_id(conflict.error()));
}

TEST_CASE("An event is found by its id, and a page is empty for one that nobody stored") {
    const es::MemoryStore store;
    const auto batch = Notes<>({Written{"a"}, Filed{"b"}});
    REQUIRE(store.append_unchecked("note-1", batch.batch()));
    const auto found = store.find_event(batch.ids[1]);
    REQUIRE(found);
    REQUIRE(found->records().size() == 1);
    const auto& record = found->records().front();
    CHECK(record.id == batch.ids[1]);
    CHECK(record.stream == "note-1");
    CHECK(record.revision == es::Revision{1});
    CHECK(record.tags.size() == 1);
    CHECK(store.find_event(es::Environment{}.new_id())->empty());
}

TEST_CASE("The head of a store is the position of its last event") {
    const es::MemoryStore store;
    CHECK(*store.head() == std::nullopt);
    const auto receipt =
        store.append_unchecked("note-1", Notes<>({Written{"a"}, Written{"b"}}).batch());
    REQUIRE(receipt);
    CHECK(*store.head() == receipt->position);
}
