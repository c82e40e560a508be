// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/http/message.hpp>

#include "catch.hpp"

#include <string>

namespace {

namespace es = eventsourcing;

std::string refusal(std::string_view method, std::string_view url, es::MessageHeader header) {
    const auto checked =
        es::check_http_request({.method = method, .url = url, .headers = {&header, 1}});
    if (checked)
        return "good";
    CHECK(checked.error() == es::errc::invalid);
    return checked.error().message();
}

} // namespace

TEST_CASE("A header of a response is found by its name in any case") {
    const es::HttpResponse response{
        .status = 400, .headers = {{"es-currentversion", "3"}, {"A", "1"}, {"a", "2"}}};
    REQUIRE(response.header("ES-CurrentVersion"));
    CHECK(*response.header("ES-CurrentVersion") == "3");
    CHECK(*response.header("a") == "1");
    CHECK_FALSE(response.header("ES-Current"));
}

TEST_CASE("No part of a request can be taken for another one") {
    const std::string url = "http://127.0.0.1:2113/streams/combat-ogre";
    CHECK(refusal("POST", url, {"ES-ExpectedVersion", "-1"}) == "good");
    CHECK(refusal("GET", url, {"Accept", ""}) == "good");
    for (const char* method : {"", "GET ", "GET\r\n", "G T"})
        CHECK(refusal(method, url, {"A", "b"}).find("HTTP method") == 0);
    for (const char* bad : {"", "ftp://a", "/streams", "http://a b", "http://a\r\nX: y",
                            "http://a/\xC3\xA4", "file:///etc/passwd"})
        CHECK(refusal("GET", bad, {"A", "b"}).find("URL ") == 0);
    for (const char* name : {"", "A:", "A B", "A\r\nB", "\xC3\xA4"})
        CHECK(refusal("GET", url, {name, "b"}).find("HTTP header ") == 0);
    using namespace std::string_view_literals;
    for (const auto value : {"a\r\nX: y"sv, "a\n"sv, "\0"sv, "\x7F"sv, "\x1B"sv}) {
        const auto message = refusal("GET", url, {"Authorization", std::string(value)});
        CHECK(message.find("HTTP header Authorization: expected a value without line breaks") == 0);
    }
    CHECK(refusal("GET", url, {"Authorization", "SECRET\n"}).find("SECRET") == std::string::npos);
}
