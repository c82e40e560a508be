// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb/feed.hpp>

#include "catch.hpp"

#include <string>

namespace {

namespace es = eventsourcing;
using namespace es::detail::eventstoredb;

} // namespace

TEST_CASE("A feed is read by its names, and other members are ignored") {
    const auto feed = read_feed(R"({"title":"Event stream 'a-b'","headOfStream":true,
        "links":[{"uri":"http://h/streams/a-b/4/forward/20","relation":"previous"}],
        "entries":[{"eventId":"000a11ce-0000-4000-8000-000000000004","eventType":"t",
        "eventNumber":3,"data":"{\n  \"n\": 1\n}","streamId":"a-b","isJson":true,
        "positionEventNumber":3,"updated":"2026-11-23T04:11:07.936488Z","author":{"name":"x"}}]})");
    REQUIRE(feed);
    CHECK(feed->head_of_stream);
    REQUIRE(feed->link("previous"));
    CHECK(page_number(*feed->link("previous")).value() == 4);
    CHECK_FALSE(feed->link("next"));
    REQUIRE(feed->entries.size() == 1);
    CHECK(feed->entries[0].id == "000a11ce-0000-4000-8000-000000000004");
    CHECK(feed->entries[0].number == 3U);
    CHECK(feed->entries[0].data == "{\n  \"n\": 1\n}");
    CHECK_FALSE(feed->entries[0].metadata);
}

TEST_CASE("A text that is no feed is malformed, and the error says where") {
    for (const char* text :
         {"", "{}", "[]", "<feed/>", R"({"headOfStream":1})",
          R"({"headOfStream":true,"links":[],"entries":[{"eventNumber":-1}]})"}) {
        const auto feed = read_feed(text);
        REQUIRE_FALSE(feed);
        CHECK(feed.error() == es::errc::malformed);
        CHECK(feed.error().message().find("Atom feed: ") == 0);
    }
}

TEST_CASE("A link says where its page starts") {
    CHECK(page_number("http://h:1/streams/a-b/12/forward/20").value() == 12);
    CHECK(page_number("/streams/a-b/9223372036854775807/backward/1").value() == max_number);
    for (const char* bad :
         {"", "/", "//", "a/b", "/streams/a-b/x/forward/20", "/streams/a-b/-1/forward/20",
          "/streams/a-b//forward/20", "/streams/a-b/9223372036854775808/forward/20"})
        CHECK(page_number(bad).error() == es::errc::malformed);
    const std::string hex = "00000000000003D0FFFFFFFFFFFFFFFF";
    const auto position = page_position("/streams/%24all/" + hex + "/forward/5");
    REQUIRE(position);
    CHECK(*position == es::Position(0x3D0, ~std::uint64_t{0}));
    CHECK(text_of(*position) == hex);
    for (const std::string& bad : {std::string("0"), hex.substr(1), std::string(32, 'x')})
        CHECK(page_position("/streams/%24all/" + bad + "/forward/5").error() ==
              es::errc::malformed);
}
