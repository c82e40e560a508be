// SPDX-License-Identifier: MIT
#include <eventsourcing/core/in_quotes.hpp>

#include "catch.hpp"

#include <string>

using eventsourcing::detail::in_quotes;
using eventsourcing::detail::valid_utf8;
using namespace std::string_literals;

TEST_CASE("readable text is quoted as it is") {
    CHECK(in_quotes("") == R"("")");
    CHECK(in_quotes("ogre \u6012 100%") == "\"ogre \u6012 100%\"");
}

TEST_CASE("quotes and backslashes are escaped") {
    CHECK(in_quotes(R"(a"b\c)") == R"("a\"b\\c")");
}

TEST_CASE("control characters and bytes that are not UTF-8 are written in hexadecimal") {
    CHECK(in_quotes("a\0\x1b\x7f\n"s) == R"("a\x00\x1b\x7f\x0a")");
    CHECK(in_quotes("\u0085") == R"("\xc2\x85")"); // next line, a control character of two bytes
    CHECK(in_quotes("\xff\xc3(") == R"("\xff\xc3(")");
    CHECK(in_quotes("\xed\xa0\x80") == R"("\xed\xa0\x80")");
}

TEST_CASE("long text is cut off between characters") {
    CHECK(in_quotes(std::string(64, 'a')) == "\"" + std::string(64, 'a') + "\"");
    CHECK(in_quotes(std::string(65, 'a')) == "\"" + std::string(64, 'a') + "...\"");
    CHECK(in_quotes("\u20AC\u20AC\u20AC", 4) == "\"\u20AC\u20AC...\"");
}

TEST_CASE("a quoted text is valid UTF-8 without control characters, whatever it contains") {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const auto text =
                in_quotes(std::string{static_cast<char>(first), static_cast<char>(second), 'x'});
            REQUIRE(valid_utf8(text));
            for (const char c : text)
                REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'));
        }
}
