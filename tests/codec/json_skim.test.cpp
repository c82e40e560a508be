// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_skim.hpp>

#include "catch.hpp"

#include <eventsourcing/codec/json_scanner.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace {

using eventsourcing::detail::JsonScanner;
using eventsourcing::detail::JsonSkim;

/// How many bytes are skipped; the bytes after the text are not read.
std::size_t skimmed(std::string_view text, int levels = 64) {
    const std::unique_ptr<char[]> copy(new char[text.size()]); // the sanitizers know its end
    text.copy(copy.get(), text.size());
    const char* const end = JsonSkim(copy.get() + text.size()).value(copy.get(), levels);
    return end == nullptr ? 0 : static_cast<std::size_t>(end - copy.get());
}
bool is_json(std::string_view text) {
    JsonScanner scanner(text);
    return scanner.skip_value() && scanner.at_end();
}

std::string with_names(std::size_t count, std::string_view last) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
        text.append("\"").append(i + 1, 'x').append("\":0,");
    return text.append("\"").append(last).append("\":0}");
}

} // namespace

TEST_CASE("An ordinary JSON value is skimmed up to its end") {
    for (const std::string_view text : {"0",
                                        "-0",
                                        "7",
                                        "-12",
                                        "1.5",
                                        "0.25e10",
                                        "1E+2",
                                        "1e-2",
                                        "true",
                                        "false",
                                        "null",
                                        "\"\"",
                                        "\"a\"",
                                        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
                                        "\"\\u00fc\\uFFFF\\ud7ff\\ue000\"",
                                        "\"\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80\"",
                                        "[]",
                                        "[ ]",
                                        "[1]",
                                        "[1,[2],{}]",
                                        "{}",
                                        "{ }",
                                        R"({"a":1})",
                                        R"({"a":{"b":[true,null]},"c":"d"})",
                                        " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : 3 }"}) {
        INFO(text);
        CHECK(skimmed(text) == text.size());
        CHECK(skimmed(std::string(text) + " ,") == text.size());
        CHECK(is_json(text));
    }
}

TEST_CASE("What is wrong is not skimmed") {
    for (const std::string_view text : {"",
                                        " ",
                                        "-",
                                        "01",
                                        "-01",
                                        "1.",
                                        ".5",
                                        "1e",
                                        "1e+",
                                        "+1",
                                        "tru",
                                        "nul",
                                        "truE",
                                        "\"",
                                        "\"a",
                                        "\"\\\"",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\u12g4\"",
                                        "\"\\u",
                                        "\"\n\"",
                                        "\"\x7F\xFF\"",
                                        "\"\xC0\xAF\"",
                                        "\"\xED\xA0\x80\"",
                                        "\"\\ud800\"",
                                        "\"\\udc00\"",
                                        "[",
                                        "[1",
                                        "[1,",
                                        "[,1]",
                                        "[1,]",
                                        "[1 2]",
                                        "{",
                                        "{\"a\"",
                                        "{\"a\":",
                                        "{\"a\":1",
                                        "{\"a\":1,",
                                        "{\"a\":1,}",
                                        "{,\"a\":1}",
                                        "{a:1}",
                                        "{\"a\" 1}",
                                        "{\"a\":1 \"b\":2}",
                                        "{\"a\":1,\"a\":2}",
                                        "{\"a\":1,\"b\":2,\"a\":3}",
                                        "}",
                                        "]",
                                        "\xEF\xBB\xBF{}"}) {
        INFO(text);
        CHECK_FALSE(is_json(text));
        CHECK(skimmed(text) < text.size() + 1);
        if (skimmed(text) != 0) // it may be a value with something after it
            CHECK(is_json(text.substr(0, skimmed(text))));
    }
}

TEST_CASE("What is unusual is left to the scanner, which takes it") {
    for (const std::string& text :
         {std::string(R"("\ud83d\ude00")"), std::string(R"({"\u0061":1,"b":2})"),
          std::string("{\"\xC3\xBC\":1}"), with_names(32, "y")}) {
        INFO(text);
        CHECK(skimmed(text) == 0);
        CHECK(is_json(text));
    }
}

TEST_CASE("A name that is there twice is noticed among names that look alike") {
    CHECK(is_json(R"({"abcdefgh-1-ijklmnop":1,"abcdefgh-2-ijklmnop":2})"));
    CHECK_FALSE(is_json(R"({"abcdefgh-1-ijklmnop":1,"x":1,"abcdefgh-1-ijklmnop":2})"));
    for (std::size_t count = 1; count < 40; ++count) {
        CHECK(is_json(with_names(count, "y")));
        for (std::size_t i = 1; i <= count; ++i) {
            CHECK(skimmed(with_names(count, std::string(i, 'x'))) == 0);
            CHECK_FALSE(is_json(with_names(count, std::string(i, 'x'))));
        }
    }
    CHECK(is_json(R"({"a":{"a":1},"b":{"a":1}})")); // each object by itself
}

TEST_CASE("A value is skimmed as deep as is allowed") {
    for (const int levels : {0, 1, 2, 64}) {
        const auto nested = [](int depth) {
            return std::string(static_cast<std::size_t>(depth), '[') +
                   std::string(static_cast<std::size_t>(depth), ']');
        };
        if (levels > 0)
            CHECK(skimmed(nested(levels), levels) == nested(levels).size());
        CHECK(skimmed(nested(levels + 1), levels) == 0);
        std::string objects = "1";
        for (int depth = 0; depth < levels; ++depth)
            objects = R"({"a":)" + objects + "}";
        CHECK(skimmed(objects, levels) == objects.size());
        CHECK(skimmed(R"({"a":)" + objects + "}", levels) == 0);
    }
    CHECK(skimmed("1", 0) == 1);
    CHECK(skimmed(std::string(1'000'000, '{')) == 0);
}
