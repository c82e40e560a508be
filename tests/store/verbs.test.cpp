// SPDX-License-Identifier: MIT
#include <eventsourcing/store/verbs.hpp>

#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

using namespace notes;

namespace {

/// Events of two streams, kept for a retry.
struct Transfer {
    Notes<> from = one("out");
    Notes<> to = Notes<>({Written{"in"}, Filed{"a"}});

    template <class Store>
    auto send(const Store& store, std::uint64_t last, es::ExpectedRevision third = no_stream) {
        const auto out = from.batch();
        const auto in = to.batch();
        const es::StreamBatch parts[] = {
            {.stream = "note-from", .expected = at(last), .batch = out},
            {.stream = "note-only-read", .expected = third},
            {.stream = "note-to", .expected = no_stream, .batch = in},
        };
        return store.append_all(parts);
    }
};

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

TEST_CASE("Batches of several streams are appended together, each at its expectation") {
    const es::MemoryStore store;
    REQUIRE(store.append_unchecked("note-from", one("first").batch()));
    Transfer transfer;
    const auto done = transfer.send(store, 0);
    REQUIRE(done);
    REQUIRE(done->size() == 3);
    CHECK((*done)[0] == es::Receipt{es::Revision{1}, es::Revision{1}, es::Position{2}});
    CHECK((*done)[1] == std::nullopt);
    CHECK((*done)[2] == es::Receipt{es::Revision{0}, es::Revision{1}, es::Position{4}});
    CHECK(told(store, "note-from").size() == 2);
    CHECK(told(store, "note-to").size() == 2);
    CHECK(told(store, "note-only-read").empty());
    CHECK(store.read_all({.query = {.items = {{.tags = {"drawer:a"}}}}})->records().size() == 1);

    REQUIRE(store.append_unchecked("note-only-read", one().batch()));
    CHECK(transfer.send(store, 0).value() == *done);
    CHECK(*store.head() == es::Position{5});
}

TEST_CASE("If one of several streams has moved on, nothing is appended to any") {
    const es::MemoryStore store;
    REQUIRE(store.append_unchecked("note-from", one("first").batch()));
    const auto refused = Transfer{}.send(store, 0, at(0));
    REQUIRE(refused.error() == es::errc::conflict);
    CHECK(refused.error().conflict()->stream == "note-only-read");
    CHECK(Transfer{}.send(store, 7).error().conflict()->stream == "note-from");
    CHECK(*store.head() == es::Position{1});
    CHECK(told(store, "note-to").empty());
}

TEST_CASE("Batches of which only some are stored are refused, with the place of one") {
    const es::MemoryStore store;
    REQUIRE(store.append_unchecked("note-from", one("first").batch()));
    Transfer transfer;
    REQUIRE(store.append("note-from", at(0), transfer.from.batch()));
    const auto refused = transfer.send(store, 0);
    REQUIRE(refused.error() == es::errc::duplicate_id);
    REQUIRE(es::duplicate_id(refused.error()));
    CHECK(es::duplicate_id(refused.error())->stream == "note-from");
    CHECK(told(store, "note-to").empty());
}

TEST_CASE("What can never be appended to several streams is refused") {
    const es::MemoryStore store;
    CHECK(store.append_all({}).error() == es::errc::invalid);
    const auto some = one();
    const auto batch = some.batch();
    const es::StreamBatch twice[] = {{"note-1", no_stream, batch}, {"note-1", no_stream, {batch}}};
    CHECK(store.append_all(twice).error().message() ==
          "stream note-1 is named twice in an append to several streams; put its events into one "
          "batch");
    const es::StreamBatch one_id[] = {{"note-1", no_stream, batch}, {"note-2", no_stream, batch}};
    CHECK(store.append_all(one_id).error() == es::errc::invalid);
    CHECK(*store.head() == std::nullopt);
}

TEST_CASE("An append to several streams has at most 10 000 events in all") {
    const es::MemoryStore store;
    const Notes<> half(std::vector<Note>(5'000, Counted{}));
    const Notes<> more(std::vector<Note>(5'001, Counted{}));
    const auto first = half.batch();
    const auto too_many = more.batch();
    const es::StreamBatch refused[] = {{"note-1", no_stream, first},
                                       {"note-2", no_stream, too_many}};
    CHECK(store.append_all(refused).error() == es::errc::too_large);
    CHECK(*store.head() == std::nullopt);
    const Notes<> other(std::vector<Note>(5'000, Counted{}));
    const auto second = other.batch();
    const es::StreamBatch taken[] = {{"note-1", no_stream, first}, {"note-2", no_stream, second}};
    REQUIRE(store.append_all(taken));
    CHECK(*store.head() == es::Position{10'000});
}
