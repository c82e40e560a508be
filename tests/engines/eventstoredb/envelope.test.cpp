// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb/envelope.hpp>

#include "catch.hpp"

#include <array>
#include <string>

namespace {

namespace es = eventsourcing;
using es::detail::eventstoredb::append_metadata;
using es::detail::eventstoredb::open_metadata;

es::NewEvent event(std::string_view metadata) {
    return {.id = {},
            .type = "combat.entity_attacked",
            .version = "1.0",
            .content_type = "application/json",
            .data = "{}",
            .metadata = metadata,
            .recorded_at = es::Timestamp::from_unix(1'767'225'600, 250'000'000),
            .tags = {}};
}

std::string written(const es::NewEvent& event) {
    std::string out;
    const auto done = append_metadata(out, event);
    return done ? out : done.error().message();
}

} // namespace

TEST_CASE("Version, content type, time and tags of an event go into one member of its metadata") {
    CHECK(written(event({})) ==
          R"({"eventsourcing":{"typeversion":"1.0","datacontenttype":"application/json",)"
          R"("time":"2026-01-01T00:00:00.25Z"}})");
    const std::array<std::string_view, 2> tags{"a\"b", "c"};
    auto tagged = event(R"({ "$correlationId" : "x" })");
    tagged.tags = tags;
    CHECK(written(tagged) ==
          R"({"$correlationId":"x","eventsourcing":{"typeversion":"1.0",)"
          R"("datacontenttype":"application/json","time":"2026-01-01T00:00:00.25Z",)"
          R"("tags":["a\"b","c"]}})");
}

TEST_CASE("Tags may share their memory") {
    const std::string_view text = "seat:12";
    const std::array<std::string_view, 3> tags{text.substr(0, 6), text, text.substr(0, 6)};
    auto tagged = event({});
    tagged.tags = tags;
    CHECK(written(tagged).ends_with(R"("tags":["seat:1","seat:12","seat:1"]}})"));
}

TEST_CASE("The source of an event is in the envelope, and comes back") {
    auto sourced = event({});
    sourced.source = "events://example.org/\"combat\"";
    CHECK(written(sourced).starts_with(
        R"({"eventsourcing":{"source":"events://example.org/\"combat\"","typeversion":"1.0",)"));
    const auto opened = open_metadata(written(sourced));
    CHECK(opened.own.empty());
    CHECK(opened.envelope.version == "1.0");
    CHECK(opened.envelope.source == "events://example.org/\"combat\"");
}

TEST_CASE("Metadata comes back without the envelope, its own members to the letter") {
    const auto own =
        R"({"$correlationId":"\u00e4","x":[1, 2.50,1e3],"y":{"z":12345678901234567890123}})";
    const auto opened = open_metadata(written(event(own)));
    CHECK(opened.own == own);
    CHECK(opened.envelope.version == "1.0");
    CHECK(opened.envelope.content_type == "application/json");
    CHECK(opened.envelope.recorded_at == "2026-01-01T00:00:00.25Z");
    CHECK_FALSE(opened.envelope.tags);

    const auto bare = open_metadata(written(event({})));
    CHECK(bare.own.empty());
}

TEST_CASE("Metadata of other programs is taken as it is") {
    for (const char* foreign : {"", "[1]", "\"text\"", "{}", "{\"a\":", "{1}", "{} {}", "\xff"}) {
        const auto opened = open_metadata(foreign);
        CHECK(opened.own.empty());
        CHECK_FALSE(opened.envelope.version);
    }
    const auto opened = open_metadata("{\n  \"user\": \"x\"\n}");
    CHECK(opened.own == R"({"user":"x"})");
    for (const char* member :
         {"7", "null", "\"text\"", "[]", "{}", R"({"a":1})", R"({"typeversion":1})",
          R"({"typeversion":"1.0","tags":"a"})", R"({"typeversion":"1.0","tags":[1]})",
          R"({"typeversion":"1.0","time":"yesterday"})"}) {
        const auto theirs = "{\"a\":1,\"eventsourcing\":" + std::string(member) + "}";
        CAPTURE(theirs);
        const auto odd = open_metadata(theirs);
        CHECK(odd.own == theirs);
        CHECK_FALSE(odd.envelope.version);
        CHECK_FALSE(odd.envelope.tags);
    }
}

TEST_CASE("The name of the envelope can't be used by an application") {
    CHECK(written(event(R"({"eventsourcing":1})")).find("this library's own") != std::string::npos);
    CHECK(written(event(R"({"event\u0073ourcing":1})")).find("this library's own") !=
          std::string::npos);
}
