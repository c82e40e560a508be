// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_string.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using eventsourcing::detail::find_twice;
using eventsourcing::detail::JsonString;
using namespace std::string_literals;

/// As the scanner makes it of a string without its quotes.
JsonString raw(std::string_view text) {
    return {text, text.find('\\') != text.npos};
}
std::string unescaped(std::string_view text) {
    std::string out = "leftover";
    raw(text).copy_to(out);
    return out;
}
/// The name that occurs twice, or "-".
std::string twice(std::vector<JsonString> names) {
    const auto* found = find_twice(names.data(), names.size());
    std::string buffer;
    return found == nullptr ? "-" : std::string(found->text(buffer));
}

} // namespace

TEST_CASE("Escapes become their characters") {
    CHECK(unescaped("").empty());
    CHECK(unescaped("plain") == "plain");
    CHECK(unescaped(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
    CHECK(unescaped(R"(a\u0000b)") == "a\0b"s);
    CHECK(unescaped(R"(\u007f\u0080\u07ff\u0800\uffff)") == "\x7f\u0080\u07ff\u0800\uffff");
    CHECK(unescaped(R"(\ud800\udc00\uDBFF\uDFFF)") == "\U00010000\U0010FFFF");
    CHECK(unescaped("\u6012\\n\u6012") == "\u6012\n\u6012");
}

TEST_CASE("A string without escapes is not copied") {
    std::string buffer;
    const std::string_view text = "plain";
    CHECK(raw(text).text(buffer).data() == text.data());
    CHECK(raw(R"(\u0041)").text(buffer) == "A");
}

TEST_CASE("Strings are equal if they are without their escapes") {
    CHECK(raw("ab").equals("ab"));
    CHECK_FALSE(raw("ab").equals("abc"));
    CHECK_FALSE(raw("abc").equals("ab"));
    CHECK(raw(R"(\u0061b)").equals("ab"));
    CHECK_FALSE(raw(R"(\u0061b)").equals("a"));
    CHECK_FALSE(raw(R"(\u0061)").equals("ab"));
    CHECK(raw(R"(\u00e9)").equals("\u00e9"));
    CHECK_FALSE(raw("x").equals("\\u0078")); // the other text has no escapes, only a backslash
    CHECK(raw(R"(\\u0078)").equals("\\u0078"));
}

TEST_CASE("Strings are ordered like their unescaped bytes") {
    const std::vector<std::string> ordered{R"(\u0000)", "A",         R"(\u0041b)", "a",
                                           "\u00e9",    R"(\uffff)", "\U00010000"};
    for (std::size_t i = 0; i < ordered.size(); ++i)
        for (std::size_t j = 0; j < ordered.size(); ++j) {
            const int order = raw(ordered[i]).compare(raw(ordered[j]));
            CHECK((order < 0) == (i < j));
            CHECK((order == 0) == (i == j));
        }
}

TEST_CASE("A name that occurs twice is found at any place") {
    CHECK(twice({}) == "-");
    CHECK(twice({raw("a")}) == "-");
    CHECK(twice({raw("a"), raw("b")}) == "-");
    CHECK(twice({raw("a"), raw("a")}) == "a");
    CHECK(twice({raw("a"), raw(R"(\u0061)")}) == "a");
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i)
        texts.push_back(std::to_string(i * 37 % 100));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::vector<JsonString> names;
        for (const auto& text : texts)
            names.push_back(raw(text));
        REQUIRE(twice(names) == "-");
        names.push_back(raw(texts[i]));
        REQUIRE(twice(names) == texts[i]);
    }
}
