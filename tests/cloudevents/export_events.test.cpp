// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/export_events.hpp>

#include "catch.hpp"
#include "cloudevents/exporting.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace export_events_tests {

using namespace exporting;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != text.npos);
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

TEST_CASE("An exported store is a CloudEvent a line, and a record of the file at its end") {
    es::MemoryStore store;
    constexpr std::array<std::string_view, 2> tags{"kind:ogre", "place:cave"};
    const es::NewEvent event{.id = *es::Uuid::parse("018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f"),
                             .type = "combat.entity_attacked",
                             .version = "1.0",
                             .content_type = "application/json",
                             .data = R"({"entity_id":"ogre","damage":150})",
                             .metadata = R"({"$correlationId":"r-1"})",
                             .recorded_at = es::Timestamp::from_unix(1'767'225'600, 250'000'000),
                             .tags = tags,
                             .source = "events://example.org/arena"};
    REQUIRE(store.append_unchecked("combat-ogre", es::EventBatch({&event, 1})));

    const File file;
    const auto done = es::export_events(store, source, file);
    REQUIRE(done);
    CHECK(done->events == 1);
    const auto lines = lines_of(file.content());
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] ==
          R"({"specversion":"1.0","id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",)"
          R"("source":"events://example.org/arena","type":"combat.entity_attacked",)"
          R"("subject":"combat-ogre","time":"2026-01-01T00:00:00.25Z",)"
          R"("datacontenttype":"application/json","metadata":"{\"$correlationId\":\"r-1\"}",)"
          R"("streamrevision":"0","tags":"kind:ogre,place:cave","typeversion":"1.0",)"
          R"("data":{"entity_id":"ogre","damage":150}})");
    CHECK(done->sha256 == es::detail::Sha256().add(lines[0] + "\n").hex());
    CHECK(lines[1] == R"({"specversion":"1.0","id":")" + done->sha256 +
                          R"(","source":"events://example.org/combat",)"
                          R"("type":"eventsourcing.export_ended",)"
                          R"("datacontenttype":"application/json","data":{"events":1,"sha256":")" +
                          done->sha256 + R"(","source":"events://example.org/combat"}})");
}

TEST_CASE("An event that was stored without a source is exported with that of the file") {
    es::MemoryStore store;
    add(store, "combat-ogre", {.type = "combat.hit", .version = "1.0", .data = "{}"});
    add(store, "combat-ogre",
        {.type = "combat.hit", .version = "1.0", .data = "{}", .source = source});
    const auto lines = lines_of(exported(store));
    const std::string named = "\"source\":\"" + std::string(source) + "\"";
    CHECK(lines[0].find(named) != std::string::npos);
    CHECK(lines[0].find("\"sourceoffile\":true") != std::string::npos);
    CHECK(lines[1].find(named) != std::string::npos);
    CHECK(lines[1].find("sourceoffile") == std::string::npos);
}

TEST_CASE("Each line of an exported store is a CloudEvent, whatever the events hold") {
    es::MemoryStore store;
    fill(store);
    const auto lines = lines_of(exported(store));
    REQUIRE(lines.size() == event_count(store) + 1);
    for (const std::string& line : lines) {
        const auto event = es::decode_cloud_event(line);
        INFO(line << (event ? "" : event.error().message()));
        CHECK(event);
    }
}

TEST_CASE("Data that is no JSON on one line is exported as text, or in Base64") {
    es::MemoryStore store;
    const auto add_data = [&store](std::string_view type, std::string_view data) {
        add(store, "data-1",
            {.type = "data.kept", .version = "1.0", .content_type = type, .data = data});
    };
    add_data("application/json", "{\n}");
    add_data("application/json", "no JSON");
    add_data("text/plain", "Gr\xC3\xBC\xC3\x9F"
                           "e \"%\"");
    add_data("text/plain", "a\nb");
    add_data("image/png", std::string_view("\0\xFF", 2));
    add_data("image/png", "");
    add_data("application/json", " 1");
    add_data("application/json", "1 ");
    add_data("application/json", "");
    add_data("text/plain;charset=iso-8859-1", "\xC3\xA4"); // as it is meant there, two letters
    const auto lines = lines_of(exported(store));
    REQUIRE(lines.size() == 11);
    CHECK(lines[0].ends_with(R"(,"data_base64":"ewp9"})"));
    CHECK(lines[1].ends_with(R"(,"data_base64":"bm8gSlNPTg=="})"));
    CHECK(lines[2].ends_with(",\"data\":\"Gr\xC3\xBC\xC3\x9F"
                             "e \\\"%\\\"\"}"));
    CHECK(lines[3].ends_with(R"(,"data_base64":"YQpi"})"));
    CHECK(lines[4].ends_with(R"(,"data_base64":"AP8="})"));
    CHECK(lines[5].ends_with(R"(,"data":""})"));
    CHECK(lines[6].ends_with(R"(,"data_base64":"IDE="})"));
    CHECK(lines[7].ends_with(R"(,"data_base64":"MSA="})"));
    CHECK(lines[8].ends_with(R"(,"data_base64":""})"));
    CHECK(lines[9].ends_with(R"(,"data_base64":"w6Q="})"));
}

TEST_CASE("An empty store is exported as the record of the file alone") {
    const File file;
    const auto done = es::export_events(es::MemoryStore(), source, file);
    REQUIRE(done);
    CHECK(done->events == 0);
    CHECK(done->sha256 == es::detail::Sha256().hex());
    CHECK(lines_of(file.content()).size() == 1);
}

TEST_CASE("More events than a page holds are exported in their order") {
    es::MemoryStore store;
    constexpr std::size_t count = 3 * es::default_page_size + 1;
    for (std::size_t i = 0; i < count; ++i)
        add(store, i % 2 == 0 ? es::StreamNameView("combat-ogre") : "combat-goblin",
            {.type = "combat.hit", .version = "1.0", .data = "{}"});
    const auto lines = lines_of(exported(store));
    REQUIRE(lines.size() == count + 1);
    for (std::size_t i = 0; i < count; ++i)
        CHECK(lines[i].find("\"streamrevision\":\"" + std::to_string(i / 2) + "\"") !=
              std::string::npos);
}

TEST_CASE("An export that can't be written, or says a source that is none, is an error") {
    es::MemoryStore store;
    fill(store);
    const File file;
    const auto refused = es::export_events(store, "not a source", file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(refused.error().message().find("CloudEvent attribute source: ") == 0);
    CHECK(file.content().empty());

    if (const std::unique_ptr<std::FILE, int (*)(std::FILE*)> full(std::fopen("/dev/full", "w"),
                                                                   &std::fclose);
        full) {
        const auto failed = es::export_events(store, source, full.get());
        REQUIRE_FALSE(failed);
        CHECK(failed.error() == es::errc::unavailable);
        CHECK(failed.error().message().find("export: the file can't be written: ") == 0);
    }
}

TEST_CASE("An event with a source or content type of no CloudEvent doesn't stop an export") {
    es::MemoryStore store;
    add(store, "combat-ogre",
        {.type = "a", .version = "1", .content_type = "json", .data = "1", .source = "100%|shop"});
    add(store, "combat-ogre", {.type = "a", .version = "1", .data = "2", .source = source});
    const auto lines = lines_of(exported(store));
    REQUIRE(lines.size() == 3);
    for (const std::string& line : lines)
        CHECK(es::decode_cloud_event(line));
    const std::string named = "\"source\":\"" + std::string(source) + "\"";
    CHECK(lines[0].find(named) != std::string::npos);
    CHECK(lines[0].find("\"storedsource\":\"100%25|shop\"") != std::string::npos);
    CHECK(lines[0].find("\"sourceoffile\"") == std::string::npos);
    CHECK(lines[0].find("\"datacontenttype\":\"application/octet-stream\"") != std::string::npos);
    CHECK(lines[0].find("\"storedcontenttype\":\"json\"") != std::string::npos);
    CHECK(lines[0].ends_with(R"(,"data_base64":"MQ=="})"));
    CHECK(lines[1].find("\"stored") == std::string::npos);
}

} // namespace export_events_tests
