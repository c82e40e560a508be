// SPDX-License-Identifier: MIT
#include <eventsourcing/store/batch.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <array>
#include <stdexcept>

using namespace notes;

namespace {

struct Loud {
    static constexpr std::string_view event_type = "notes.loud";
    [[maybe_unused]] static constexpr std::string_view event_source = "events://example.org/notes";
    [[nodiscard]] std::vector<std::string> event_tags() const {
        throw_or_skip(std::runtime_error("loud"));
    }
};

} // namespace

TEST_CASE("A batch becomes bytes once, with everything that it is stamped with") {
    Notes<> notes({Written{"a"}, Filed{"b"}});
    notes.metadata.correlation_id = "request-1";
    notes.tags = {"z", "drawer:b"};
    const auto batch = notes.batch();
    const auto events = batch.encoded();
    REQUIRE(events);
    REQUIRE(events->size() == 2);
    CHECK(batch.encoded()->data() == events->data());

    const es::NewEvent& first = (*events)[0];
    CHECK(first.id == notes.ids[0]);
    CHECK(first.type == "notes.written");
    CHECK(first.version == "1.0");
    CHECK(first.content_type == "application/json");
    CHECK(first.data == R"({"text":"a"})");
    CHECK(first.metadata == R"({"$correlationId":"request-1"})");
    CHECK(first.recorded_at == notes.recorded_at);
    CHECK(first.source == "events://example.org/notes");
    const es::NewEvent& second = (*events)[1];
    CHECK(second.type == "notes.filed");
    CHECK(std::vector<std::string>(first.tags.begin(), first.tags.end()) == Lines{"drawer:b", "z"});
    CHECK(std::vector<std::string>(second.tags.begin(), second.tags.end()) ==
          Lines{"drawer:b", "z"});
}

TEST_CASE("A batch with nothing recorded with the events has no metadata and no tags") {
    const auto note = one();
    const auto batch = note.batch();
    const auto events = batch.encoded();
    CHECK(events->front().metadata.empty());
    CHECK(events->front().tags.empty());
}

TEST_CASE("A batch that can't be encoded says why, each time") {
    const auto note = one("\xFF");
    const auto batch = note.batch();
    for (int i = 0; i < 2; ++i) {
        const auto events = batch.encoded();
        REQUIRE_FALSE(events);
        CHECK(events.error() == es::errc::invalid);
        CHECK(events.error().message().find("notes.written: $.text: ") == 0);
    }
    auto bad = one();
    bad.metadata.causation_id = "\xFF";
    const auto bad_batch = bad.batch();
    CHECK(bad_batch.encoded().error().message().find("metadata: ") == 0);
    const Notes<Loud> loud(std::vector<Loud>(1));
    const auto loud_batch = loud.batch();
    CHECK(loud_batch.encoded().error() == es::errc::threw);
}

TEST_CASE("A batch whose type is forgotten gives the same bytes") {
    const auto note = one();
    const auto batch = note.batch();
    const es::EventBatch any = batch;
    CHECK(any.size() == 1);
    CHECK(any.encoded()->data() == batch.encoded()->data());

    const std::array<es::NewEvent, 2> events{};
    const es::EventBatch ready(events);
    CHECK(ready.size() == 2);
    CHECK(ready.encoded()->data() == events.data());
    CHECK(es::EventBatch(std::span<const es::NewEvent>{}).encoded()->empty());
}

TEST_CASE("A batch without stamps has events and nothing else") {
    const Notes<> notes({Written{"a"}});
    const es::Batch<Note> batch(notes.events);
    CHECK(batch.size() == 1);
    CHECK(batch.ids().empty());
    CHECK(batch.metadata() == nullptr);
    CHECK(batch.encoded()->front().id.is_nil());
}
