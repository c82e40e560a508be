// SPDX-License-Identifier: MIT
#include <eventsourcing/store/recorded.hpp>

#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <array>

using namespace notes;

namespace {

es::EventRecord record(std::string_view type, std::string_view data) {
    return {.id = es::Environment{}.new_id(),
            .stream = "notes-1",
            .revision = es::Revision{3},
            .position = es::Position{9},
            .recorded_at = es::Timestamp::from_unix(5, 7),
            .type = type,
            .version = "1.0",
            .content_type = "application/json",
            .data = data};
}

std::string refusal(const es::EventRecord& from, es::errc kind) {
    const auto event = es::decode_record<Note>(from);
    if (event || event.error() != kind)
        return "not refused so";
    return event.error().message();
}

} // namespace

TEST_CASE("A record becomes an event with all that is known of it") {
    es::MemoryStore store;
    Notes<> notes({Written{"a"}, Filed{"b"}});
    notes.metadata = {.correlation_id = "request-1", .values = {{"who", "ann"}}};
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    es::Result<es::Recorded<Note>> recorded = es::errc::internal;
    {
        const auto page = store.read_stream("notes-1");
        recorded = es::decode_record<Note>(page->records()[1]);
    } // it does not need the page
    REQUIRE(recorded);
    CHECK(recorded->event == Note(Filed{"b"}));
    CHECK(recorded->id == notes.ids[1]);
    CHECK(recorded->stream == "notes-1");
    CHECK(recorded->revision == es::Revision{1});
    CHECK(recorded->position == es::Position{2});
    CHECK(recorded->recorded_at == notes.recorded_at);
    CHECK(recorded->metadata == notes.metadata);
    CHECK(recorded->tags == Lines{"drawer:b"});
    CHECK(recorded->source == "events://example.org/notes");
}

TEST_CASE("A record that is no event of the variant names its place") {
    CHECK(refusal(record("notes.counted", R"({"number":-5})"), es::errc::malformed)
              .find("stream notes-1, revision 3: notes.counted: $.number: expected ") == 0);
    CHECK(refusal(record("notes.burnt", "{}"), es::errc::unknown_type)
              .find("stream notes-1, revision 3: ") == 0);
    auto later = record("notes.counted", R"({"number":5})");
    later.version = "2.0";
    CHECK(refusal(later, es::errc::unknown_version).find("stream notes-1, revision 3: ") == 0);
    auto binary = record("notes.counted", "\x01");
    binary.content_type = "application/octet-stream";
    CHECK(refusal(binary, es::errc::malformed) ==
          "stream notes-1, revision 3: notes.counted: expected application/json, got "
          "\"application/octet-stream\"; read such an event as a record, by its bytes");
    auto foreign = record("notes.counted", R"({"number":5})");
    foreign.metadata = "[]";
    CHECK(refusal(foreign, es::errc::malformed).find("stream notes-1, revision 3: metadata: ") ==
          0);
}

TEST_CASE("A record of a stream with a foreign name says so") {
    auto foreign = record("notes.counted", R"({"number":5})");
    foreign.stream = "$ce-notes";
    CHECK(refusal(foreign, es::errc::invalid).find("stream $ce-notes, revision 3: ") == 0);
}

TEST_CASE("A record can be decoded as one struct") {
    const auto counted = es::decode_record<Counted>(record("notes.counted", R"({"number":5})"));
    REQUIRE(counted);
    CHECK(counted->event.number == 5);
}
