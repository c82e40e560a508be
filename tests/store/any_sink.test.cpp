// SPDX-License-Identifier: MIT
#include <eventsourcing/store/any_sink.hpp>

#include <eventsourcing/store/callback_sink.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <stdexcept>
#include <vector>

using namespace notes;

static_assert(es::Sink<es::AnySink> && es::Sink<const es::AnySink>);
static_assert(!es::AnySink::capabilities.keeps_bytes && !es::AnySink::capabilities.durable);
class Throws {
public:
    static constexpr es::Capabilities capabilities{};
    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch&) {
        throw_or_skip(std::runtime_error("no wire"));
    }
};
struct OnlyNotes {
    static constexpr es::Capabilities capabilities{};
    es::Result<void> append_unchecked(es::StreamNameView, const es::Batch<Note>&) { return {}; }
};
static_assert(!std::is_constructible_v<es::AnySink, OnlyNotes>);

TEST_CASE("A sink whose type is forgotten passes batches on, and receipts back if there are any") {
    const es::MemoryStore memory;
    const es::AnySink store = memory;
    const auto kept = store.append_unchecked("notes-1", one().batch());
    REQUIRE(kept);
    REQUIRE(*kept);
    CHECK((*kept)->position == es::Position{1});
    CHECK(told(memory, "notes-1").size() == 1);
    CHECK(store.name() == "MemoryStore");
    CHECK(es::promises_of(store) == es::MemoryStore::capabilities);

    std::vector<std::string> seen;
    const es::AnySink callback{
        es::CallbackSink{[&](es::StreamNameView stream, const es::EventBatch& batch) {
            seen.push_back(stream.str() + " " + std::to_string(batch.size()));
        }}};
    const auto told_of = callback.append_unchecked("notes-2", one().batch());
    REQUIRE(told_of);
    CHECK(*told_of == std::nullopt);
    CHECK(seen == std::vector<std::string>{"notes-2 1"});
}

TEST_CASE("Copies of a sink whose type is forgotten are copies of what is inside") {
    struct Counts {
        std::vector<int>* calls;
        int own = 0;
        void operator()(es::StreamNameView, const es::EventBatch&) { calls->push_back(++own); }
    };
    std::vector<int> calls;
    const es::AnySink first{es::CallbackSink{Counts{&calls}}};
    REQUIRE(first.append_unchecked("notes-1", one().batch()));
    es::AnySink second = first;
    REQUIRE(second.append_unchecked("notes-1", one().batch()));
    REQUIRE(first.append_unchecked("notes-1", one().batch()));
    CHECK(calls == std::vector<int>{1, 2, 2});
    second = es::MemoryStore{};
    CHECK(second.name() == "MemoryStore");
}

TEST_CASE("What a sink whose type is forgotten throws or refuses comes back") {
    const es::AnySink refuses{
        es::CallbackSink{[](es::StreamNameView, const es::EventBatch&) -> es::Result<void> {
            return es::errc::unavailable;
        }}};
    CHECK(refuses.append_unchecked("notes-1", one().batch()).error() == es::errc::unavailable);

    const es::AnySink throws{Throws{}};
    const auto thrown = throws.append_unchecked("notes-1", one().batch());
    REQUIRE(thrown.error() == es::errc::threw);
    CHECK(thrown.error().message() == "the sink inside threw: no wire");
    CHECK(thrown.error().outcome() == es::Outcome::unknown);
}
